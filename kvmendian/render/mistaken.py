"""A VMM's mistake as a picture: what it starts from and makes, what is right, what mends it."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from .shapes import document, hidden, inline, tag, text
from .svg import ribbon
from .theme import look

if TYPE_CHECKING:
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
    return "\n".join((*lines, *(f"{name + ':':<16}{code}" for name, code in _code(told))))


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
    out = [text(_LEFT, 28, _head(told), "b", size=15)]
    verdict = [] if told.harmless else ["bad"]
    out += [text(_LEFT, 50, _state(told), "muted"), text(_LEFT, 70, _verdict(told), "b", *verdict)]
    top, bands, drawn = 92.0, [], []
    rows = _rows(told)
    for number, (name, place) in enumerate(rows):
        drawn.append(_row(told, name, place, top))
        if number < len(rows) - 1:
            top += _ROW + (56 if number == len(rows) - 2 else 14)
    starts = {
        lane: (x, 92.0 + number * (_ROW + 14) + _ROW)
        for number, (_, place) in enumerate(rows[:-1])
        for lane, x in _middles(told, place)
    }
    for lane, x in _middles(told, told.made.wrong):
        if lane in starts and lane != lanes.ZERO:
            bands.append(ribbon(lane, starts[lane], (x, top)))
    marks = _marks(told, top + _ROW + 17)
    drawn.append(_row(told, "right", told.made.right, top + _ROW + 26))
    top += 2 * _ROW + 26 + 28
    code, height = _lines(told, top)
    background = tag("rect", class_="bg", width=_WIDTH, height=height)
    return document(
        (_WIDTH, height),
        kind="kve-mistaken kve-narrow",
        name=f"A VMM's mistake: {_head(told)}",
        says=_description(told),
        body=hidden("".join((background, *out, *bands, *drawn, marks, code))),
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


def _row(told: Mistaken, name: str, place: Place, top: float) -> str:
    kind = "bytes, addresses →" if place.kind == "bytes" else "integer"
    out = [
        text(_LEFT, top + 13, name, "m", "b", size=13),
        text(_LEFT, top + 28, kind, "muted", size=11.5),
    ]
    gap = 2 if place.kind == "bytes" else 0
    shown = _shown(told, place)
    for number, position in enumerate(shown):
        where, letter, digits = _words(told, place, position)
        x = _CELLS + _CELL * number
        box = {"x": x + gap, "y": top, "width": _CELL - 2 * gap, "height": _ROW}
        cell = (
            tag("rect", class_="fill edge", **box)
            + text(x + 5, top + 20, where, "m", "address")
            + text(x + 31, top + 20, letter, "letter")
            + text(x + 51, top + 20.5, digits, "m", "digits")
        )
        out.append(tag("g", cell, class_=" ".join(("cell", *look(place.lanes[position])))))
    if place.kind == "integer":
        for x, turn in ((_CELLS - 6, 5), (_CELLS + _CELL * len(shown) + 6, -5)):
            path = f"M{x + turn} {top - 4}H{x}V{top + _ROW + 4}H{x + turn}"
            out.append(tag("path", d=path, class_="edge", stroke_width=2))
    return "".join(out)


def _marks(told: Mistaken, y: float) -> str:
    """Say of each byte whether it is what is right."""
    made, right = (_middles(told, place) for place in (told.made.wrong, told.made.right))
    return "".join(
        text(x, y, *(("=", "b", "middle") if a == b else ("≠", "b", "middle", "bad")), size=14)
        for (a, x), (b, _) in zip(made, right, strict=True)
    )


def _code(told: Mistaken) -> tuple[tuple[str, str], ...]:
    m = told.mistake
    return (
        ("wrong, in C", m.wrong_c),
        ("right, in C", m.repair_c),
        ("right, in Rust", m.repair_rust),
    )


def _lines(told: Mistaken, top: float) -> tuple[str, float]:
    out = []
    for name, code in _code(told):
        for number, line in enumerate(wrap(code, _LINE)):
            if not number:
                out.append(text(_LEFT, top, name, "b", *(["bad"] if "wrong" in name else [])))
                top += 17
            out.append(text(_LEFT, top, line, "m", size=11.5))
            top += 17
        top += 6
    for line in wrap(told.mistake.where, 128):
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
