"""A VMM's mistake as a picture: what it starts from and makes, what is right, what mends it."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from .shapes import document, hidden, inline, tag, text
from .svg import ribbon
from .theme import look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvmendian.machine.mistaken import Mistaken, Place

_WIDTH, _LEFT, _CELLS, _CELL, _ROW = 800, 20, 150, 74.0, 30
_LINE = 108  # characters of code, before it goes on in another line
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def text_of(told: Mistaken) -> str:
    """Return state, places and repair as text.

    >>> from kvmendian.machine.vmm import VMM_MISTAKES
    >>> print(text_of(VMM_MISTAKES["unclaimed-read"].case()).splitlines()[2].strip())
    data before      +0 A2 c1  +1 B2 c2
    """
    rows = [*_rows(told), ("right", told.made.right)]
    wide = max(len(name) for name, _ in rows)
    lines = [_head(told), f"{_state(told)}. {_verdict(told)}"]
    for name, place in rows:
        cells = "  ".join(" ".join(_words(told, place, k)) for k in _shown(told, place))
        lines.append(f"  {name:<{wide}}  {cells}")
    return "\n".join((*lines, *(f"{name + ':':<18}{code}" for name, code in _code(told))))


def html(told: Mistaken) -> str:
    """Return the picture for a page.

    >>> from kvmendian.machine.vmm import VMM_MISTAKES
    >>> html(VMM_MISTAKES["unclaimed-read"].case())[:4]
    '<pre'
    """
    return inline(picture(told), text_of(told))


def picture(told: Mistaken) -> str:
    """Return the picture as an SVG document.

    >>> from kvmendian.machine.vmm import VMM_MISTAKES
    >>> picture(VMM_MISTAKES["stale-bytes"].case())[:4]
    '<svg'
    """
    verdict = [] if told.harmless else ["bad"]
    head = text(_LEFT, 28, _head(told), "b", size=15) + text(_LEFT, 50, _state(told), "muted")
    head += text(_LEFT, 70, _verdict(told), "b", *verdict)
    rows = [*_rows(told), ("right", told.made.right)]
    tops = [92.0]
    for gap in (*(14,) * (len(rows) - 3), 56, 26):  # the last but one is what is made
        tops.append(tops[-1] + _ROW + gap)
    placed = [(*row, top) for row, top in zip(rows, tops, strict=True)]
    names = "".join(_name(*one) + _brackets(told, *one[1:]) for one in placed)
    cells = [_cells(told, place, top) for _, place, top in placed]
    heard = "".join(_heard(told, rows[-3], cells.pop(-3)))
    drawn = "".join(tag("g", cell, class_=kind) for row in cells for kind, cell in row)
    starts = {
        lane: (x, top + _ROW) for _, place, top in placed[:-2] for lane, x in _middles(told, place)
    }
    bands = [
        ribbon(lane, starts[lane], (x, tops[-2]))
        for lane, x in _middles(told, told.made.wrong)
        if lane in starts and lane != lanes.ZERO
    ]
    marks = _marks(told, tops[-1] - 9)
    code, height = _lines(told, tops[-1] + _ROW + 28)
    background = tag("rect", class_="bg", width=_WIDTH, height=height)
    return document(
        (_WIDTH, height),
        kind="kve-story kve-narrow kve-mistaken",
        name=f"A VMM's mistake: {_head(told)}",
        says=_description(told),
        body=hidden("".join((background, head, *bands, names, drawn, marks, code))) + heard,
    )


def _head(told: Mistaken) -> str:
    return f"{told.mistake.id}: {told.mistake.says}"


def _state(told: Mistaken) -> str:
    """Name the state; an order that decides nothing is none of it."""
    m, many = told.mistake, "byte" if told.width == 1 else "bytes"
    states = {(h, o): m.made(told.width, h, o) for h in lanes.ORDERS for o in lanes.ORDERS}
    by_host = any(states["little", o] != states["big", o] for o in lanes.ORDERS)
    by_order = any(states[h, "little"] != states[h, "big"] for h in lanes.ORDERS)
    host = f"{told.host} host" if by_host else "any host"
    order = f"{told.order} {m.order_of}" if by_order else f"any {m.order_of}"
    return f"A {m.op} of {told.width} {many}, {host}, {order}"


def _verdict(told: Mistaken) -> str:
    if told.harmless:
        return "Harmless here: it makes what is right, for every value."
    if told.got == told.wanted:
        return "Wrong, though this value hides it."
    got, wanted = (x.hex(" ") if isinstance(x, bytes) else hex(x) for x in (told.got, told.wanted))
    return f"Wrong: it makes {got}, and right is {wanted}."


def _rows(told: Mistaken) -> list[tuple[str, Place]]:
    """Name the places down to what the mistake makes."""
    given = [(place.name, place) for place in told.made.given]
    return [*given, (f"{told.made.wrong.name}, made", told.made.wrong)]


def _shown(told: Mistaken, place: Place) -> list[int]:
    """Return positions from left to right: bytes by address, an integer from its highest byte."""
    if place.kind == "bytes":
        return list(range(len(place.lanes)))
    ends = [told.made.wrong, told.made.right]
    high = any(set(p.lanes[told.width :]) - {lanes.ZERO} for p in ends if p.kind == "integer")
    return list(range(lanes.WORD if high else told.width))[::-1]


def _middles(told: Mistaken, place: Place) -> list[tuple[int, float]]:
    shown = _shown(told, place)
    return [(place.lanes[k], _CELLS + _CELL * (n + 0.5)) for n, k in enumerate(shown)]


def _words(told: Mistaken, place: Place, position: int) -> tuple[str, str, str]:
    """Say where a byte is, which it is and what it is."""
    content = lanes.evaluate(place.lanes, told.value, told.before)
    power = "2" + str(8 * position).translate(_SUPERSCRIPTS)
    where = f"+{position}" if place.kind == "bytes" else power
    return where, lanes.letter(place.lanes[position]), f"{content[position]:02x}"


def _name(name: str, place: Place, top: float) -> str:
    kind = "bytes, addresses →" if place.kind == "bytes" else "integer"
    first = text(_LEFT, top + 13, name, "m", "b", size=13)
    return first + text(_LEFT, top + 28, kind, "muted", size=11.5)


def _cells(told: Mistaken, place: Place, top: float) -> list[tuple[str, str]]:
    """Return the classes and the drawing of each byte of a place, in the order of `_shown`."""
    out = []
    gap = 2 if place.kind == "bytes" else 0
    for number, position in enumerate(_shown(told, place)):
        where, letter, digits = _words(told, place, position)
        x = _CELLS + _CELL * number
        box = {"x": x + gap, "y": top, "width": _CELL - 2 * gap, "height": _ROW}
        cell = (
            tag("rect", class_="fill edge", **box)
            + text(x + 5, top + 20, where, "m", "address")
            + text(x + 31, top + 20, letter, "letter")
            + text(x + 53, top + 20.5, digits, "m", "digits")
        )
        out.append((" ".join(("cell", *look(place.lanes[position]))), cell))
    return out


def _brackets(told: Mistaken, place: Place, top: float) -> str:
    """Draw what says that bytes are joined to an integer."""
    if place.kind == "bytes":
        return ""
    ends = ((_CELLS - 6, 5), (_CELLS + _CELL * len(_shown(told, place)) + 6, -5))
    paths = (f"M{x + turn} {top - 4}H{x}V{top + _ROW + 4}H{x + turn}" for x, turn in ends)
    return "".join(tag("path", d=path, class_="edge", stroke_width=2) for path in paths)


def _heard(told: Mistaken, row: tuple[str, Place], cells: list[tuple[str, str]]) -> Iterator[str]:
    """Give the bytes that the mistake starts from the keyboard's focus, and a name each."""
    name, place = row
    for (kind, cell), position in zip(cells, _shown(told, place), strict=True):
        where, letter, digits = _words(told, place, position)
        said = f"{name} {where}: byte {letter}, 0x{digits}."
        yield tag("g", hidden(cell), class_=kind, tabindex=0, role="img", aria_label=said)


def _marks(told: Mistaken, y: float) -> str:
    """Say of each byte whether it is what is right."""
    made, right = (_middles(told, place) for place in (told.made.wrong, told.made.right))
    return "".join(
        text(x, y, *(("=", "b", "middle") if a == b else ("≠", "b", "middle", "bad")), size=14)
        for (a, x), (b, _) in zip(made, right, strict=True)
    )


def _code(told: Mistaken) -> tuple[tuple[str, str], ...]:
    m = told.mistake
    mended = ("mended, in C", m.repair_c), ("mended, in Rust", m.repair_rust)
    return ("as written, in C", m.wrong_c), *mended


def _lines(told: Mistaken, top: float) -> tuple[str, float]:
    out = []
    for name, code in _code(told):
        for number, line in enumerate(wrap(code, _LINE)):
            if not number:
                out.append(text(_LEFT, top, name, "b"))
                top += 17
            out.append(text(_LEFT, top, line, "m", size=11.5))
            top += 17
        top += 6
    for line in wrap(told.mistake.where, 112):
        out.append(text(_LEFT, top, line, "muted"))
        top += 17
    return "".join(out), top


def _description(told: Mistaken) -> str:
    """Tell places, what is made, what is right and what mends it in sentences."""
    places = [*told.made.given, told.made.wrong, told.made.right]
    names = [*(p.name for p in told.made.given), f"Made: {told.made.wrong.name}", "Right"]
    said = [
        f"{name}: {', '.join(' '.join(_words(told, p, k)) for k in _shown(told, p))}."
        for name, p in zip(names, places, strict=True)
    ]
    m = told.mistake
    mends = f"In C: {m.repair_c} In Rust: {m.repair_rust}"
    return f"{_state(told)}. {_verdict(told)} {' '.join(said)} {mends} {m.where}"
