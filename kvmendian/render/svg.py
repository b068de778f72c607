"""A story as a static picture: one SVG, top to bottom, with no script and no outside reference.

Every place is a row. An integer's bytes are joined, in brackets, with their power of two; bytes in
memory stand apart, each with its address. Memory is drawn the way the host reads it, so that lines
between rows cross where somebody swaps, and only there.
"""

from __future__ import annotations

import itertools
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from . import spoken, text as text_form, words
from .rows import LEFT, NARROW, NOTES, SHUT, Row, draw, lay_out
from .shapes import curve, document, hidden, inline, tag, text
from .theme import look

WIDTH = 960
_EVIDENCE = 662  # where it is said what a kernel did, right of the yardstick
_CELLS = 130  # where the bytes of the yardstick start

if TYPE_CHECKING:
    from kvmendian.model.steps import Swap
    from kvmendian.model.story import Story

    from .shapes import Point


def story(told: Story) -> str:
    """Return the picture of a story as an SVG document.

    The bytes of `mmio.data` take the keyboard's focus: every story has this place, all its bytes
    move, and each is somewhere in nearly every other place, so one to eight stops reach all.

    >>> from kvmendian import Setup
    >>> story(Setup().trace(1))[:4]
    '<svg'
    """
    head, top = _head(told)
    rows = lay_out(told, top + 40)
    drawn = [draw(row, told) for row in rows]
    mmio = [row.stage.place for row in rows].index("mmio.data")
    foot, height = _foot(told, rows[-1].bottom + 30)
    body = [tag("rect", class_="bg", width=WIDTH, height=height), head, _zone(rows[0])]
    body += [_between(a, b, told) for a, b in itertools.pairwise(rows)]
    body += [around for around, _ in drawn]
    body += [cells for number, (_, cells) in enumerate(drawn) if number != mmio]
    return document(
        (WIDTH, height),
        kind="kve-story kve-narrow" if rows[0].cell == NARROW else "kve-story",
        name=spoken.name(told),
        says=spoken.description(told),
        body=hidden("".join((*body, foot))) + drawn[mmio][1],
    )


def html(told: Story) -> str:
    """Return the picture for a page.

    >>> from kvmendian import Setup
    >>> html(Setup().trace(1))[:4]
    '<pre'
    """
    return inline(story(told), text_form.story(told))


def _head(told: Story) -> tuple[str, float]:
    verdict, sentence = words.verdict(told)
    top = f"{spoken.capital(words.title(told))} · {words.subtitle(told)}"
    right = verdict == "Right"
    start = tag("tspan", escape(f"{verdict}: "), **({} if right else {"class_": "bad"}))
    out = [text(LEFT, 30, top, "muted")]
    y = 58.0
    for number, line in enumerate(wrap(f"{verdict}: {sentence}", 92)):
        rest = escape(line.removeprefix(f"{verdict}:").strip() if number == 0 else line)
        content = (start if number == 0 else "") + rest
        out.append(tag("text", content, x=LEFT, y=y, font_size=17, class_="b"))
        y += 24
    for line in wrap(words.why(told.road), 132):
        out.append(text(LEFT, y, line, size=13.5))
        y += 19
    return "".join(out), y - 8


def _between(a: Row, b: Row, told: Story) -> str:
    """Draw the lines from one row to the next, and what is said beside them."""
    found = [k for k, entry in enumerate(told.swaps) if entry.stage == b.number]
    entry = told.swaps[found[0]] if found else None
    out = [_zone(b)] if a.stage.zone != b.stage.zone else []
    at = {a.stage.lanes[k]: x for k, x in a.middle.items()}
    for position, x in b.middle.items():
        lane = b.stage.lanes[position]
        if lane != lanes.ZERO and lane in at:
            out.append(ribbon(lane, (at[lane], a.bottom), (x, b.top)))
    if entry:
        out.append(_badge(entry, found[0] + 1, (a, b), told.setup.width))
    out.append(_note(b, entry, a.bottom))
    return "".join(out)


def _zone(row: Row) -> str:
    zone = words.owner(row.stage.zone, row.stage.order)
    return text(LEFT, row.top - 11, zone, "b", "muted", size=12)


def ribbon(lane: int, start: Point, end: Point) -> str:
    """Draw the way of one byte: a broad band, or a thin line for what is no byte of the value.

    >>> ribbon(8, (0, 0), (0, 2))
    '<g class="flow b8"><path d="M0 0C0 1 0 1 0 2" class="line thin"/></g>'
    """
    moves = lane in lanes.SOURCE
    bands = ("case", "rim", "line", *(["dash"] if lane else [])) if moves else ("line thin",)
    path = curve(start, end)
    way = "".join(tag("path", d=path, class_=band) for band in bands)
    return tag("g", way, class_=f"flow {look(lane)[0]}")


def _badge(entry: Swap, number: int, between: tuple[Row, Row], width: int) -> str:
    """Mark a step that could swap; draw the swap that is missing, or the straights that are."""
    a, b = between
    low = [x for k, x in a.middle.items() if k < width or a.stage.kind == "bytes"]
    xs = sorted(low)[-width:]
    x, y = (xs[0] + xs[-1]) / 2, (a.bottom + b.top) / 2
    wrong = entry.swapped != entry.needed
    out = []
    if wrong:
        far = xs[::-1] if entry.needed else xs
        for start, end in ((xs[0], far[0]), (xs[-1], far[-1])):
            path = curve((start, a.bottom), (end, b.top))
            out.append(tag("path", d=path, class_="case", stroke_width=5))
            out.append(tag("path", d=path, class_="no"))
    ring = {"class_": "no" if wrong else "edge", "stroke_width": 2 if entry.swapped else 1.4}
    if not entry.swapped:
        ring["stroke_dasharray"] = "3 2.5"
    out.append(tag("circle", cx=x, cy=y, r=11, class_="bg"))
    out.append(tag("circle", cx=x, cy=y, r=11, **ring))
    bad = ["bad"] if wrong else []
    out.append(text(x, y + 4.5, str(number), "b", "middle", *bad))
    return "".join(out)


def _note(row: Row, entry: Swap | None, top: float) -> str:
    """Write beside a row which function made it, and why."""
    y = (top + row.top) / 2 + (-10 if entry else 5)
    out = [text(NOTES, y, row.stage.function, "m", *(["b"] if entry else ["muted"]))]
    if entry:
        wrong = entry.swapped != entry.needed
        says = words.did(entry.swapped, entry.needed)
        y += 17
        out.append(text(NOTES, y, says, "b", *(["bad"] if wrong else [])))
    for number, line in enumerate(wrap(row.stage.why, 47)):
        out.append(text(NOTES, y + 17 + 16 * number, line))
    return "".join(out)


def _foot(told: Story, top: float) -> tuple[str, float]:
    """Draw the yardstick, `mmio.data` and RAM address by address, and what a kernel did."""
    did = "leaves in RAM" if told.setup.op == "store" else "must have found in RAM"
    out = [
        tag("path", d=f"M{LEFT} {top}H{WIDTH - LEFT}", class_="hair"),
        text(LEFT, top + 24, f"The yardstick: what the same instruction {did}", "b"),
        text(WIDTH - LEFT, top + 24, words.ledger_head(told.swaps), "b", "end"),
    ]
    road = told.road
    for name, content, values, y in (
        ("mmio.data", road.mmio, told.mmio_data, top + 38),
        ("RAM", road.ram, told.ram_bytes, top + 92),
    ):
        out.append(text(LEFT, y + 20, name, "m", "b", size=13.5))
        for k, (lane, byte) in enumerate(zip(content, values, strict=True)):
            out.append(_strip(lane, byte, k, _CELLS + 64.0 * k, y))
    for k, (a, b) in enumerate(zip(told.mmio_data, told.ram_bytes, strict=True)):
        mark = ("=", ()) if a == b else ("≠", ("bad",))
        x = _CELLS + 64 * k + 30
        out.append(text(x, top + 85, mark[0], "b", "middle", *mark[1], size=14))
    for n, line in enumerate(wrap(words.evidence(told.evidence), 42)):
        out.append(text(_EVIDENCE, top + 50 + 16 * n, line, "muted"))
    return "".join(out), top + 140


def _strip(lane: int, byte: int, address: int, x: float, y: float) -> str:
    return tag(
        "g",
        tag("rect", x=x, y=y, width=60, height=SHUT, class_="fill edge")
        + text(x + 4, y + 20, f"+{address}", "m", "address")
        + text(x + 24, y + 20, lanes.letter(lane), "letter")
        + text(x + 36, y + 20.5, f"{byte:02x}", "m", "digits"),
        class_=" ".join(("cell", *look(lane))),
    )
