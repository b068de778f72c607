"""The rows of a picture: where each place is drawn, and its bytes, bits and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from . import words
from .places import content_of, rest_label, split
from .shapes import outline, tag, text
from .theme import fill_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.story import Stage, Story

LEFT, NOTES = 20, 644
"""Where the names start, and the sentences; the bytes end a little before the sentences."""

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
    cell = 56.0 if columns > 4 else 78.0
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


def draw(row: Row, told: Story) -> str:
    """Draw a row: name, bytes, the box of what is summed up, and an integer's brackets."""
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
        text(LEFT, row.top + 13, stage.place, 13.5, "m", "b"),
        text(LEFT, row.top + 28, kind, 11.5, "muted"),
        text(LEFT, row.top + 44, under, 12 if integer else 13, *weight),
    ]
    content = lanes.evaluate(stage.lanes, told.value, told.road.computed)
    xs = sorted(row.middle.values())
    for position, x in row.middle.items():
        out.append(_cell(row, position, x, content[position]))
    left, right = xs[0] - row.cell / 2, xs[-1] + row.cell / 2
    if row.rest:
        out.append(_rest(row, content, left))
        left -= _REST + 6
    if integer:
        for x, turn in ((left - 6, 5), (right + 6, -5)):
            path = f"M{x + turn} {row.top - 4}H{x}V{row.bottom + 4}H{x + turn}"
            out.append(tag("path", d=path, class_="edge", stroke_width=2))
    return "".join(out)


def _cell(row: Row, position: int, x: float, byte: int) -> str:
    """Draw one byte: letter, hex digits, power of two or address, and in an open row its bits."""
    stage, lane = row.stage, row.stage.lanes[position]
    integer = stage.kind == "integer"
    gap = 0 if integer else 2
    left, right = x - row.cell / 2 + gap, x + row.cell / 2 - gap
    colour = fill_of(lane)
    on = ["on"] if colour else []
    xs = row.middle.values()
    ends = (9 * (integer and x == min(xs)), 9 * (integer and x == max(xs)))
    shape = outline((left, row.top, right, row.bottom), *ends)
    out = [tag("path", d=shape, **({"fill": colour} if colour else {"class_": "bg"}))]
    if lane not in lanes.SOURCE and colour:  # a sign fill: the byte's colour, paled
        out.append(tag("path", d=shape, fill="#fff", fill_opacity=0.6))
    base, start = row.top + 20.5, left + 6
    if integer and (row.cell > 70 or lane in lanes.SOURCE):  # no room beside a sign fill's name
        power = "2" + str(8 * position).translate(_SUPERSCRIPTS)
        out.append(text(right - 5, base, power, 11, *on, text_anchor="end"))
    if not integer:
        start, tab = left + 24, outline((left, row.top, left + 20, row.top + SHUT))
        out.append(tag("path", d=tab, fill="#fff", fill_opacity=0.6 if colour else 0.0))
        out.append(tag("path", d=tab, class_="edge", stroke_width=0.8))
        out.append(text(left + 2.5, base, f"+{position}", 11.5, "m", *on))
    out.append(tag("path", d=shape, class_="edge", stroke_width=1.2))
    name = lanes.letter(lane)
    out.append(text(start, base, name, 12, "b", *on))
    digits = start + (14 if row.cell > 70 else 10) + 6 * (len(name) - 1)
    out.append(text(digits, base, f"{byte:02x}", 15 if row.cell > 70 else 14, "m", *on))
    if row.height == _OPEN:
        size = 13 if row.cell > 70 else 10.5
        bits = f"{byte:08b}"
        out.append(text(x, row.top + 41, bits, size, "m", *on, text_anchor="middle"))
    return tag("g", "".join(out), class_="cell")


def _rest(row: Row, content: bytes, left: float) -> str:
    """Draw the bytes that are summed up as one dashed box beside the others."""
    label = rest_label(row.stage, row.rest)
    values = content_of(row.stage, row.rest, content)
    x = left - _REST - 6
    centre, middle = x + _REST / 2, row.top + row.height / 2
    return (
        tag("rect", x=x, y=row.top, width=_REST, height=row.height, class_="rest")
        + text(centre, middle - 2, values, 11, "m", text_anchor="middle")
        + text(centre, middle + 11, label, 10.5, "muted", text_anchor="middle")
    )
