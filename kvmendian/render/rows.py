"""The rows of a picture: where each place is drawn, and its bytes, bits and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from . import spoken, words
from .places import content_of, rest_label, split
from .shapes import hidden, outline, tag, text
from .theme import look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.story import Stage, Story

LEFT, NOTES = 20, 644
"""Where the names start, and the sentences; the bytes end a little before the sentences."""

NARROW = 56.0
"""Width of a byte where one of the places has more than four of them."""

SHUT, _OPEN = 30, 48  # height of a row without its bits, and with them
_GAP, _SWAP_GAP = 36, 72
_REST = 126.0  # width of the box that sums up the bytes that are not drawn
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Row:
    """Where a stage is drawn: its number, top and height, and the middle of each position drawn."""

    number: int
    stage: Stage
    top: float
    height: float
    middle: Mapping[int, float]
    rest: tuple[int, ...]
    cell: float

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height


def lay_out(told: Story, top: float) -> list[Row]:
    """Lay the stages out below each other; positions of equal significance stand in a column."""
    splits = [split(stage, told, fold_signs=False) for stage in told.stages]
    columns = max(len(shown) for shown, _ in splits)
    cell = NARROW if columns > 4 else 78.0
    right = NOTES - 34.0
    made_by = {entry.stage for entry in told.swaps}
    opened = {"mmio.data", "x0", "r0", "register"}
    rows: list[Row] = []
    for number, (stage, (shown, rest)) in enumerate(zip(told.stages, splits, strict=True)):
        if number:
            top += _SWAP_GAP if number in made_by else _GAP
            if stage.place == "mmio.data" and rows[-1].stage.kind == "integer":
                top += 12  # a load's row above has a third line where this zone's name goes
        big_memory = stage.kind == "bytes" and stage.order == "big"
        order = sorted(shown, reverse=not big_memory)  # left to right
        middle = {k: right - cell * (len(order) - 0.5 - n) for n, k in enumerate(order)}
        height = _OPEN if stage.place in opened else SHUT
        rows.append(Row(number, stage, top, height, middle, rest, cell))
        top += height
    return rows


def draw(row: Row, told: Story) -> tuple[str, str]:
    """Draw a row: its bytes; and round them the name, what is summed up, an integer's brackets."""
    stage = row.stage
    integer = stage.kind == "integer"
    direction = "→" if stage.order == "big" else "←"
    kind = "integer" if integer else f"bytes, addresses {direction}"
    under, bad = "", False
    if stage.value is not None:
        under = words.full(told, stage.value)
    elif stage.place == "mmio.data":
        bad = told.mmio_data != told.ram_bytes
        under = "≠ RAM" if bad else "= RAM"
    weight = ["m", "muted"] if integer else ["b", "bad"] if bad else ["b"]
    out = [
        text(LEFT, row.top + 13, stage.place, "m", "b", size=13.5),
        text(LEFT, row.top + 28, kind, "muted", size=11.5),
        text(LEFT, row.top + 44, under, *weight, size=12 if integer else 13),
    ]
    content = lanes.evaluate(stage.lanes, told.value, told.road.computed)
    xs = sorted(row.middle.values())
    cells = []
    for position, x in row.middle.items():
        heard = spoken.byte(told, position) if stage.place == "mmio.data" else ""
        cells.append(_cell(row, position, x, content[position], heard))
    left, right = xs[0] - row.cell / 2, xs[-1] + row.cell / 2
    if row.rest:
        out.append(_rest(row, content, left))
        left -= _REST + 6
    if integer:
        for x, turn in ((left - 6, 5), (right + 6, -5)):
            path = f"M{x + turn} {row.top - 4}H{x}V{row.bottom + 4}H{x + turn}"
            out.append(tag("path", d=path, class_="edge", stroke_width=2))
    return "".join(out), "".join(cells)


def _cell(row: Row, position: int, x: float, byte: int, heard: str) -> str:
    """Draw one byte: letter, hex digits, power of two or address, and in an open row its bits.

    A byte that is `heard` takes the keyboard's focus, as a picture of its own with this name.
    """
    stage, lane = row.stage, row.stage.lanes[position]
    integer = stage.kind == "integer"
    gap = 0 if integer else 2
    left, right = x - row.cell / 2 + gap, x + row.cell / 2 - gap
    xs = row.middle.values()
    ends = (9 * (integer and x == min(xs)), 9 * (integer and x == max(xs)))
    shape = outline((left, row.top, right, row.bottom), *ends)
    out = [tag("path", d=shape, class_="fill edge")]
    if lane not in lanes.SOURCE and "plain" not in look(lane):  # the byte's colour, paled
        out.append(tag("path", d=shape, class_="pale"))
        out.append(tag("path", d=shape, class_="edge"))
    base, start = row.top + 20.5, left + 6
    if integer and (row.cell > NARROW or lane in lanes.SOURCE):  # a sign fill's name is longer
        power = "2" + str(8 * position).translate(_SUPERSCRIPTS)
        out.append(text(right - 5, base, power, "power"))
    if not integer:
        start, tab = left + 24, outline((left, row.top, left + 20, row.top + SHUT))
        out.append(tag("path", d=tab, class_="tab"))
        out.append(text(left + 2.5, base, f"+{position}", "m", "address"))
    name = lanes.letter(lane)
    out.append(text(start, base, name, "letter"))
    digits = start + (14 if row.cell > NARROW else 10) + 6 * (len(name) - 1)
    out.append(text(digits, base, f"{byte:02x}", "m", "digits"))
    if row.height == _OPEN:
        out.append(text(x, row.top + 41, f"{byte:08b}", "m", "bits"))
    drawn, kind = "".join(out), " ".join(("cell", *look(lane)))
    if not heard:
        return tag("g", drawn, class_=kind)
    return tag("g", hidden(drawn), class_=kind, tabindex=0, role="img", aria_label=heard)


def _rest(row: Row, content: bytes, left: float) -> str:
    """Draw the bytes that are summed up as one dashed box beside the others."""
    label = rest_label(row.stage, row.rest)
    values = content_of(row.stage, row.rest, content)
    x = left - _REST - 6
    centre, middle = x + _REST / 2, row.top + row.height / 2
    return tag(
        "g",
        tag("rect", x=x, y=row.top, width=_REST, height=row.height)
        + text(centre, middle - 2, values, "m", "middle", size=11)
        + text(centre, middle + 11, label, "muted", "middle", size=10.5),
        class_="rest",
    )
