"""The small picture of one case: a few places side by side, as lanes, and a yardstick.

A column is an integer or bytes, as a place of a road is. Between two columns bytes move, unless
the second is held *against* an earlier one: then each byte is compared. That is the yardstick.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.model import lanes
from kvmendian.model.road import road
from kvmendian.render.spoken import capital

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.lanes import ByteOrder, Lanes
    from kvmendian.model.setups import Setup
    from kvmendian.model.steps import Kind, Road

PLAIN, SIGNED = 0x1122334455667788, 0x8899AABBCCDDEEFF
"""What is moved: all bytes different. Where a sign is extended every byte has its top bit set."""

ZONES = {"guest CPU": "guest", "kvm_run page": "kvm_run"}
"""Zones of a road by the shorter names that a small picture has room for."""


_SAYS = {"register": "the device gets", "value": "the driver gets"}


class Column(NamedTuple):
    """One place: `lanes` from the least significant byte, or from the lowest address.

    `order` says which way its owner reads memory, `head` stands above the name with `owner`, an
    order, after it; `sub` below. `says` is how a sentence names it. `against` is the column that
    it is held against, or None; `rest` are positions that are summed up.
    """

    place: str
    kind: Kind
    lanes: Lanes
    head: str
    order: ByteOrder
    says: str
    owner: str = ""
    sub: str = ""
    against: int | None = None
    rest: tuple[int, ...] = ()

    def content(self, value: int) -> str:
        """Write what rests here: an integer in hex, bytes by address."""
        data = lanes.evaluate(self.lanes, value)
        if self.kind == "bytes":
            return data.hex(" ")
        return "0x" + data[::-1].hex()


class Crossing(NamedTuple):
    """Somebody between two columns who could swap; `column` is the one that it makes."""

    who: str
    swapped: bool
    needed: bool
    column: int


@dataclass(frozen=True)
class Picture:
    """The columns of a case in the order of travel, who could swap, the value, and two sentences.

    `wrong` says whether a difference from the yardstick means wrong bytes: crimson; `leftwards`
    that the first column stands on the right, as a load's does. `given` is the column that is
    shown while the question is open.
    """

    columns: tuple[Column, ...]
    crossings: tuple[Crossing, ...]
    value: int
    width: int
    why: str = ""
    says: str = ""
    red: bool = False
    leftwards: bool = False
    given: int = 0

    @property
    def compared(self) -> list[tuple[Column, Column]]:
        """Each column that is held against another, after that one."""
        return [(self.columns[c.against], c) for c in self.columns if c.against is not None]

    @property
    def equal(self) -> bool:
        """Whether all that is compared is equal, for every value."""
        return all(a.lanes == b.lanes for a, b in self.compared)

    @property
    def wrong(self) -> bool:
        """Whether the bytes are wrong by the yardstick of this picture."""
        return self.red and not self.equal

    @property
    def sentence(self) -> str:
        """What is compared, in a sentence; or what was said of the picture."""
        return self.says or " ".join(self._compare(a, b) for a, b in self.compared)

    def _compare(self, a: Column, b: Column) -> str:
        one, two = a.content(self.value), b.content(self.value)
        start = a.says if re.match(r"[a-z]+\d|mmio", a.says) else capital(a.says)
        if one == two:
            return f"{start} {one}, and {b.says} the same."
        return f"{start} {one}; {b.says} {two}."

    def against(self, *yards: Column, at: int | None = None, red: bool = False) -> Picture:
        """Add yardsticks after the last column, each held against column `at`, or the last."""
        where = len(self.columns) - 1 if at is None else at
        added = tuple(yard._replace(against=where) for yard in yards)
        return replace(self, columns=(*self.columns, *added), red=red)

    def tidy(self) -> Picture:
        """Sum up the upper bytes of integers, or leave them out where they say nothing.

        They say something where a load fills them: with a sign, or otherwise than RAM would.
        """
        pairs = [(a, b) for a, b in self.compared if a.kind == "integer"]
        keep = self.leftwards and (
            any(map(_signed, self.columns))
            or any(_above(a, self.width) != _above(b, self.width) for a, b in pairs)
        )
        filled = [
            number + 1
            for column in self.columns
            for number, lane in enumerate(column.lanes)
            if lane != lanes.ZERO
        ]
        size = max(self.width, *filled) if keep else self.width
        return replace(self, columns=tuple(self._cut(c, size) for c in self.columns))

    def _cut(self, column: Column, size: int) -> Column:
        """Leave out an integer's bytes from `size` on, and sum up those above the access."""
        if column.kind == "bytes":
            return column
        kept = column.lanes[:size]
        return column._replace(lanes=kept, rest=tuple(range(self.width, len(kept))))


def _signed(column: Column) -> bool:
    return any(lane not in lanes.SOURCE and lane != lanes.ZERO for lane in column.lanes)


def _above(column: Column, width: int) -> Lanes:
    return lanes.zero_extend(column.lanes)[width:]


def value_of(width: int, *, signed: bool = False) -> int:
    """Return the value that a picture of this width shows.

    >>> hex(value_of(2)), hex(value_of(2, signed=True))
    ('0x1122', '0x8899')
    """
    return (SIGNED if signed else PLAIN) >> (64 - 8 * width)


def integer(  # noqa: PLR0913 - a column's parts
    place: str, content: Lanes, head: str, says: str, *, owner: str = "", sub: str = ""
) -> Column:
    """Return a column that holds an integer."""
    return Column(place, "integer", content, head, "little", says, owner, sub)


def memory(  # noqa: PLR0913 - a column's parts
    place: str,
    content: Lanes,
    head: str,
    says: str,
    *,
    order: ByteOrder = "little",
    owner: str = "",
    sub: str = "",
) -> Column:
    """Return a column that holds bytes; `order` is how whoever reads them does."""
    return Column(place, "bytes", content, head, order, says, owner, sub)


def path(setup: Setup, *places: str) -> Picture:
    """Return some places of a setup's road, in the order of travel, and the swaps between them.

    Two swaps between two places that are drawn have no badge: they cancel, or are told apart in
    the Explorer.

    >>> from kvmendian.model.setups import Setup
    >>> found = path(Setup(guest="big"), "x0", "data′", "mmio.data")
    >>> [c.place for c in found.columns], found.crossings[0].who
    (['x0', 'data′', 'mmio.data'], 'vcpu_data_guest_to_host')
    """
    whole = walked(setup)
    names = [step.place for step in whole.steps]
    at = [names.index(place) for place in places]
    columns = []
    for k in at:
        step = whole.steps[k]
        owner = "" if step.zone == "kvm_run page" else step.order
        head = ZONES.get(step.zone, step.zone)
        says = (
            _SAYS.get(step.place) or f"{step.place} {'is' if step.kind == 'integer' else 'holds'}"
        )
        columns.append(Column(step.place, step.kind, step.lanes, head, step.order, says, owner))
    crossings = []
    for number, (a, b) in enumerate(pairwise(at), 1):
        between = [swap for swap in whole.swaps if a < swap.stage <= b]
        if len(between) == 1:
            who, swapped, needed, *_ = between[0]
            crossings.append(Crossing(who, swapped, needed, number))
    return Picture(
        tuple(columns),
        tuple(crossings),
        value_of(setup.width, signed=setup.signed),
        setup.width,
        leftwards=setup.op == "load",
    )


def walked(setup: Setup) -> Road:
    """Return the road of a setup of the six designs, which only move bytes."""
    found = road(setup)
    assert found is not None  # noqa: S101 - a learner's design is no claim's
    return found


def moved(function: Callable[[bytes], int | bytes], content: Lanes) -> Lanes:
    """Return where a function that only moves bytes puts them: found by giving it eight others.

    >>> moved(lambda data: lanes.from_memory(data, "big"), (0, 1, 2, 3))
    (3, 2, 1, 0, 8, 8, 8, 8)
    """
    marks = bytes(range(1, len(content) + 1))
    made = function(marks)
    found = lanes.to_memory(made, 8, "little") if isinstance(made, int) else made
    return tuple(content[marks.index(one)] if one else lanes.ZERO for one in found)
