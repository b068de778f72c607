"""Where every case of a claim stands: which fields matter, which are folded, which square it is in.

Nothing here is typed in for a claim. What its cases differ in decides: a field whose change alone
turns an answer round *decides*; a field that never does may be folded, so that one square stands
for all cases that differ in it alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.model.setups import Setup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kvmendian.course.claims import Claim, Reading
    from kvmendian.course.claims.verdict import Case

FEW, MOST = 24, 44
"""Squares of a block up to which a device's order, and a host's, stay though they decide nothing:
that they do not is worth seeing. 44 are two orders twice, for each width of store, load, signed.
"""

NAMES = {
    "access": "Access",
    "width": "Bytes",
    "guest": "Guest",
    "host": "Host",
    "device": "Device",
    "driver": "Driver",
    "era": "vGIC of",
    "el": "Level",
    "ee": "EE",
    "e0e": "E0E",
    "declared": "Device declared",
    "target": "Emulator's target",
    "register_width": "Register width",
    "arch": "Machine",
}
"""What a case can differ in, by the name of its toggle. The last four are small print."""

_SMALL = ("declared", "target", "register_width", "arch", "driver", "device")  # may be folded
_ACROSS = ("guest", "e0e", "device")
_DOWN = ("host", "device", "target", "ee", "era", "driver")
_ACCESSES = ("store", "load", "signed load")


class Entry(NamedTuple):
    """A case that a reading asks about: its fields, the answer, and whether the claim counts it.

    A claim about big hosts alone has its neighbours beside it: `counted` is False for those.
    """

    case: Case
    fields: dict[str, Any]
    yes: bool
    counted: bool


class Block(NamedTuple):
    """The squares of one reading: fields by axis, the values of each, and where each entry is.

    `at[k]` are the four numbers of entry k: the half down, the half across, the row and the
    column inside it, each from 0.
    """

    reading: Reading
    also: bool
    entries: tuple[Entry, ...]
    down: str
    across: str
    rows: tuple[str, ...]
    values: dict[str, tuple[Any, ...]]
    at: tuple[tuple[int, int, int, int], ...]

    @property
    def inner(self) -> list[tuple[Any, ...]]:
        """The rows inside a half: one value of each field of `rows`."""
        return list(product(*(self.values[name] for name in self.rows)))

    @property
    def squares(self) -> int:
        """How many squares there are to see."""
        return len(set(self.at))

    @property
    def each(self) -> int:
        """How many cases each square stands for; 0 if not all for as many."""
        sizes = set(Counter(self.at).values())
        return sizes.pop() if len(sizes) == 1 else 0

    @property
    def held(self) -> int:
        """How many counted cases say yes."""
        return sum(one.yes for one in self.entries if one.counted)

    @property
    def tried(self) -> int:
        """How many cases are counted."""
        return sum(one.counted for one in self.entries)


class Grid(NamedTuple):
    """All blocks of a claim, the fields that have a toggle, and those that are folded."""

    blocks: tuple[Block, ...]
    toggles: tuple[str, ...]
    folded: tuple[str, ...]
    deciding: tuple[str, ...]


def fields_of(case: Case) -> dict[str, Any]:
    """Return what a case can differ in, by the names of `NAMES`.

    >>> sorted(fields_of(Setup(op="load", signed=True)).items())[:3]
    [('access', 'signed load'), ('arch', 'arm64'), ('declared', 'little')]
    """
    if not isinstance(case, Setup):
        return dict(case._asdict())
    found = case.fields()
    for name in ("op", "signed", "design"):
        del found[name]
    access = "signed load" if case.signed else case.op
    found["declared"] = case.device
    return {"access": access, **found, "device": case.device_order}


def entries(reading: Reading) -> tuple[Entry, ...]:
    """Return the cases of a reading with their answers; after them the neighbours.

    >>> from kvmendian import CLAIMS
    >>> found = entries(CLAIMS["nothing-swaps-on-a-big-host"].readings[0])
    >>> len(found), sum(one.counted for one in found)
    (8, 2)
    """
    own = list(reading.cases())
    beside = [case for case in _neighbours(own) if case not in set(own)]
    return tuple(
        Entry(case, fields_of(case), bool(reading.holds(case)), counted)
        for cases, counted in ((own, True), (beside, False))
        for case in cases
    )


def _neighbours(cases: Sequence[Case]) -> Iterable[Case]:
    """Yield the cases with a little guest or host where a claim speaks of big ones alone."""
    orders = {
        name: ("little", "big")
        for name in ("guest", "host")
        if {getattr(case, name, "") for case in cases} == {"big"}
    }
    for values in product(*orders.values()):
        for case in cases:
            change = dict(zip(orders, values, strict=True))
            if isinstance(case, Setup):
                yield Setup(**{**case.fields(), **change})
            else:
                yield case._replace(**change)


def grid(claim: Claim) -> Grid:
    """Lay all cases of a claim out.

    >>> from kvmendian import CLAIMS
    >>> found = grid(CLAIMS["in-the-order-of-the-device"])
    >>> found.toggles, found.folded, found.blocks[0].squares
    (('guest', 'host', 'device'), ('declared', 'target'), 24)
    """
    readings = [(one, False) for one in claim.readings] + [(one, True) for one in claim.also]
    asked = [(reading, also, entries(reading)) for reading, also in readings]
    every = [found for _, _, found in asked]
    deciding = {name for name in NAMES if any(_decides(name, found) for found in every)}
    varies = {name for name in NAMES if any(len(_values(name, found)) > 1 for found in every)}
    folded = {name for name in _SMALL if name in varies} - deciding
    native = "device" in varies and all(
        one.fields.get("declared") == "native" for found in every for one in found
    )
    if native:
        deciding.discard("device")  # its order is the target's
        folded.add("device")
    elif "device" in folded and all(
        _count(varies - folded | {"device"}, found) <= FEW for found in every
    ):
        folded.discard("device")
    if any(_count(varies - folded, found) > MOST for found in every) and "host" not in deciding:
        folded.add("host")
    kept = [name for name in NAMES if name in varies - folded]
    blocks = tuple(_block(*one, kept, deciding) for one in asked)
    toggles = [name for name in kept if name not in ("access", "width")]
    shown = [name for name in NAMES if name in folded and name in varies]
    if "device" in shown and (native or "declared" in shown):
        shown.remove("device")  # what is declared, and the target, make it
    return Grid(blocks, tuple(toggles), tuple(shown), tuple(n for n in NAMES if n in deciding))


def _values(name: str, found: Iterable[Entry]) -> tuple[Any, ...]:
    values = dict.fromkeys(one.fields[name] for one in found if name in one.fields)
    if name in ("guest", "host", "device", "target"):
        return tuple(v for v in ("little", "big", "native") if v in values)
    if name == "access":
        return tuple(v for v in _ACCESSES if v in values)
    return tuple(sorted(values)) if name == "width" else tuple(values)


def _decides(name: str, found: Iterable[Entry]) -> bool:
    """Whether two cases that differ in this alone have different answers."""
    without = {name, "declared", "target"} if name == "device" else {name}
    if name in ("declared", "target"):  # where the device's own order stays
        without = {name, "declared" if name == "target" else "target"}
        if all(one.fields.get("declared") == "native" for one in found):
            without = {name, "device"}
    groups: dict[tuple[Any, ...], set[bool]] = defaultdict(set)
    for one in found:
        if name in one.fields:
            groups[tuple(v for k, v in one.fields.items() if k not in without)].add(one.yes)
    return any(len(answers) > 1 for answers in groups.values())


def _count(names: set[str], found: Iterable[Entry]) -> int:
    return len({tuple(one.fields.get(name) for name in names) for one in found})


def _block(
    reading: Reading,
    also: bool,
    found: tuple[Entry, ...],
    kept: Sequence[str],
    deciding: set[str],
) -> Block:
    values = {name: _values(name, found) for name in kept}
    names = [name for name in kept if len(values[name]) > 1]
    across = next((name for name in _ACROSS if name in names), "")
    left = [name for name in _DOWN if name in names and name != across]
    down = next((n for n in left if n in deciding), left[0] if left else "")
    rows = tuple(name for name in names if name not in (across, down, "width"))
    inner = list(product(*(values[name] for name in rows)))
    widths = values["width"] if "width" in names else ()

    def at(one: Entry) -> tuple[int, int, int, int]:
        f = one.fields
        return (
            values[down].index(f[down]) if down else 0,
            values[across].index(f[across]) if across else 0,
            inner.index(tuple(f[name] for name in rows)),
            widths.index(f["width"]) if widths else 0,
        )

    return Block(reading, also, found, down, across, rows, values, tuple(map(at, found)))
