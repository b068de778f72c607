"""A claim with its cases as a still picture: what stands where no scenario can run.

It takes the data that a scenario has (`kvmendian.course.scenario`), and tells no answer before the
learner has given one: then the squares are empty, and those of what was tried besides are absent.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from .shapes import document, hidden, inline, tag, text

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 720
_LEFT, _SQUARE, _GAP, _LABELS = 24, 26, 12, 130


def card(facts: Mapping[str, Any], answered: str | None) -> str:
    """Return a claim as an SVG document: its question, or what was found."""
    lines, y = _head(facts), 34.0
    out = []
    for number, line in enumerate(lines):
        look = ("muted",) if number == 0 else ("b",)
        out.append(text(_LEFT, y, line, *look, size=13.5 if number == 0 else 18))
        y += 24
    for line in wrap(_told(facts, answered), 92):
        out.append(text(_LEFT, y + 4, line, size=14))
        y += 20
    y += 14
    for block in _shown(facts, answered):
        drawn, y = _block(block, y, answered)
        out.append(drawn)
    size = (WIDTH, y + 6)
    return document(
        size,
        kind="kve-claim",
        name=f"Claim {facts['number']}: {facts['text']}",
        says=_told(facts, answered),
        body=hidden(tag("rect", class_="bg", width=size[0], height=size[1]) + "".join(out)),
    )


def html(facts: Mapping[str, Any], answered: str | None) -> str:
    """Return the picture for a page."""
    return inline(card(facts, answered), plain(facts, answered))


def plain(facts: Mapping[str, Any], answered: str | None) -> str:
    """Return the claim as text: its question, or what was found."""
    return "\n".join((*_head(facts), _told(facts, answered)))


def _head(facts: Mapping[str, Any]) -> list[str]:
    who = f"Claim {facts['number']} · {facts['who']} · {facts['when']}"
    return [who, *wrap(facts["text"], 70)]


def _told(facts: Mapping[str, Any], answered: str | None) -> str:
    yes, tried = facts["count"]
    if answered is None:
        waiting = "1 case is waiting" if tried == 1 else f"{tried} cases are waiting"
        return f"{facts['about']} Predict: {facts['ask']} {waiting}."
    found = facts["outcome"][0].upper() + facts["outcome"][1:]
    return f"{found}. Yes in {yes} of {tried} case{'s' * (tried > 1)}, each tried."


def _shown(facts: Mapping[str, Any], answered: str | None) -> list[Mapping[str, Any]]:
    return [block for block in facts["blocks"] if answered is not None or not block["also"]]


def _block(block: Mapping[str, Any], y: float, answered: str | None) -> tuple[str, float]:
    """Draw the squares of one reading below `y`; return them and where they end."""
    out = []
    if answered is not None:
        name = f"{block['name']}: " if block["name"] else ""
        told = f"{name}{block['outcome']} ({block['held']} of {block['tried']})"
        for line in wrap(told, 88):
            out.append(text(_LEFT, y, line, size=13.5))
            y += 18
    xs = _places(block["across"], _LEFT + _LABELS)
    ys = _places(block["down"], y + 22)
    for k, (group, width) in enumerate(block["across"]):
        if group and (not k or block["across"][k - 1][0] != group):
            out.append(text(xs[k], y + 12, group, "muted"))
        out.append(text(xs[k] + 9, ys[-1] + _SQUARE + 12, width, "muted"))
    for k, (group, row) in enumerate(block["down"]):
        out.append(text(_LEFT, ys[k] + 17, ", ".join(filter(None, (group, row))), "muted"))
    for (down, across, row, column), yes, wrong, counted, *_ in block["cases"]:
        x = xs[across * block["wide"] + column]
        top = ys[down * block["high"] + row]
        out.append(_square(x, top, yes if answered is not None else None, wrong, counted))
    return "".join(dict.fromkeys(out)), ys[-1] + _SQUARE + 34


def _places(lines: list[list[str]], start: float) -> list[float]:
    found: list[float] = []
    for k, (group, _) in enumerate(lines):
        gap = _GAP if k and lines[k - 1][0] != group else 0
        found.append(found[-1] + _SQUARE + gap if found else start)
    return found


def _square(x: float, y: float, yes: int | None, wrong: int, counted: int) -> str:
    """Draw a case: full for yes, a cross in a frame for no, dashed while the question is open."""
    box = {"x": x + 3, "y": y + 3, "width": 20, "height": 20, "rx": 5}
    if yes is None:
        return tag("rect", class_="hair", stroke_dasharray="3 3", **box)
    ink = "var(--wrong)" if wrong else "var(--ink)"
    look = {"stroke": ink, "fill": ink if yes else "none", "opacity": 1 if counted else 0.45}
    cross = f"M{x + 9} {y + 9}l8 8m0 -8l-8 8"
    mark = "" if yes and not wrong else tag(
        "path", d=cross, stroke="var(--bg)" if yes else ink, fill="none", stroke_width=2
    )  # fmt: skip
    return tag("g", tag("rect", **box, **look) + mark)
