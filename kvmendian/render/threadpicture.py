"""The thread as a picture: mails in time, who answers whom, and the claims that stand in each.

Time goes from left to right, one column a mail; each who wrote has a row. It is one SVG, whose
claims are links: a page has the scenarios below it, and the live picture takes their clicks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .shapes import document, safe, tag, text

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 960
_NAMES, _CHIP, _PAD, _TOP = 150, 28, 4, 84
_CSS = """
.kve .kvl-lane{stroke:var(--line)}.kve .kvl-mail{fill:var(--bg);stroke:var(--ink);stroke-width:1.2}
.kve .kvl-event .kvl-mail{stroke-dasharray:3 3}
.kve .kvl-edge{fill:none;stroke:var(--ink);stroke-width:1.6}
.kve .kvl-content{stroke-dasharray:6 4}.kve .kvl-under{stroke-dasharray:1.5 4}
.kve .kvl-tip{fill:var(--ink);stroke:none}
.kve .kvl-claim{cursor:pointer;outline:none}
.kve .kvl-claim rect,.kve .kvl-claim text{forced-color-adjust:none}
.kve .kvl-claim rect{fill:var(--ink)}
.kve .kvl-claim text{fill:var(--bg);font-size:12.5px;font-weight:650;text-anchor:middle}
.kve .kvl-claim:hover rect{fill:var(--muted)}
.kve .kvl-claim .kvl-ring{fill:none;stroke:none}
.kve .kvl-claim[aria-current=true] .kvl-ring,.kve .kvl-claim:focus-visible .kvl-ring{
stroke:#2f7cf6;stroke-width:3}
@media(forced-colors:active){.kve .kvl-claim[aria-current=true] .kvl-ring,
.kve .kvl-claim:focus-visible .kvl-ring{stroke:Highlight}.kve .kvl-claim text{fill:Canvas}
.kve .kvl-claim[aria-current=true] rect:not(.kvl-ring){fill:Highlight}
.kve .kvl-claim[aria-current=true] text{fill:HighlightText}
.kve .kvl-claim .kvl-ring{fill:none}}
""".replace("\n", "")
_KINDS = (
    ("quoted", "answers, by quotes or by name"),
    ("content", "takes it up, by its words"),
    ("under", "stands below it; whom it answers was not found"),
)


class _Box(NamedTuple):
    """Where a mail stands."""

    x: float
    y: float
    wide: float
    high: float


def draw(found: Mapping[str, Any], current: int | None = None) -> str:
    """Return the picture of a thread (`course.thread.document`) as an SVG document."""
    heights = _heights(found)
    tops = [_TOP + sum(heights[:k]) for k in range(len(heights))]
    boxes = {mail["id"]: _box(found, mail, tops, heights) for mail in found["mails"]}
    low = _TOP + sum(heights)
    body = [tag("rect", class_="bg", width=WIDTH, height=low + 46)]
    body.append(text(8, 26, found["title"], "b", size=17))
    for name, top, high in zip(found["people"], tops, heights, strict=True):
        y = top + high / 2
        body.append(tag("path", d=f"M{_NAMES + 6} {y:g}H{WIDTH - 8}", class_="kvl-lane"))
        said = found["said"].get(name, "")
        body.append(text(8, y - 3 if said else y + 4.5, name, "b", size=13))
        body.append(text(8, y + 13, said, "muted", size=11.5) if said else "")
    body += [_days(found)]
    body += [_edge(mail, boxes) for mail in found["mails"] if mail["answers"]]
    body += [_mail(mail, boxes[mail["id"]], current) for mail in found["mails"]]
    body.append(_legend(low + 28))
    return document(
        (WIDTH, low + 46),
        kind="kve-thread",
        name="The argument as mails in time",
        says=" ".join(_says(mail) for mail in found["mails"]),
        body=tag("style", _CSS) + "".join(body),
    )


def _heights(found: Mapping[str, Any]) -> list[float]:
    """Return how tall each row is: as its fullest mail."""
    return [
        20 + max(_size(mail)[1] for mail in found["mails"] if mail["who"] == name)
        for name in found["people"]
    ]


def _size(mail: Mapping[str, Any]) -> tuple[float, float]:
    """Return how wide and high a mail is: two claims a row."""
    count = len(mail["claims"])
    if not count:
        return 56, 26
    return 2 * _PAD + _CHIP * min(2, count), 2 * _PAD + _CHIP * ((count + 1) // 2)


def _box(
    found: Mapping[str, Any], mail: Mapping[str, Any], tops: list[float], heights: list[float]
) -> _Box:
    lane = found["people"].index(mail["who"])
    wide, high = _size(mail)
    middle = _middle(found, found["mails"].index(mail))
    return _Box(middle - wide / 2, tops[lane] + (heights[lane] - high) / 2, wide, high)


def _days(found: Mapping[str, Any]) -> str:
    """Write each day over its mails, with a line as long as their columns."""
    out, days = [], [mail["day"] for mail in found["mails"]]
    for day in dict.fromkeys(days):
        start = _middle(found, days.index(day)) - _step(found) / 2 + 4
        end = start + _step(found) * days.count(day) - 8
        out.append(tag("path", d=f"M{start:g} 66H{end:g}", class_="edge"))
        out.append(text((start + end) / 2, 58, day, "middle", size=12))
    return "".join(out)


def _step(found: Mapping[str, Any]) -> float:
    return (WIDTH - _NAMES - 8) / len(found["mails"])


def _middle(found: Mapping[str, Any], column: int) -> float:
    return _NAMES + _step(found) * (column + 0.5)


def _edge(mail: Mapping[str, Any], boxes: Mapping[str, _Box]) -> str:
    """Draw the line from a mail to the right side of the one that it answers."""
    to, known = mail["answers"]
    a, b = boxes[mail["id"]], boxes[to]
    x, end, y = a.x + a.wide / 2, b.x + b.wide, b.y + b.high / 2
    start = a.y + a.high if b.y > a.y else a.y
    way = f"M{x:g} {start:g}C{x:g} {y:g} {x:g} {y:g} {end + 6:g} {y:g}"
    line = tag("path", d=way, class_=f"kvl-edge kvl-{known}")
    return line + tag("path", d=f"M{end:g} {y:g}l8 -4v8z", class_="kvl-tip")


def _mail(mail: Mapping[str, Any], box: _Box, current: int | None) -> str:
    look = "kvl-event" if mail["what"] else "kvl-box"
    frame = tag("rect", x=box.x, y=box.y, width=box.wide, height=box.high, rx=6, class_="kvl-mail")
    title = tag("title", safe(_says(mail)))
    if mail["what"]:
        inside = text(box.x + box.wide / 2, box.y + 17, mail["what"], "middle", size=11)
    else:
        inside = "".join(_claim(claim, k, box, current) for k, claim in enumerate(mail["claims"]))
    return tag("g", title + frame + inside, class_=look)


def _claim(claim: Mapping[str, Any], k: int, box: _Box, current: int | None) -> str:
    x = box.x + _PAD + _CHIP * (k % 2) + 1
    y = box.y + _PAD + _CHIP * (k // 2) + 1
    size = _CHIP - 2
    now = {"aria_current": "true"} if claim["number"] == current else {}
    return tag(
        "a",
        tag("title", safe(f"{claim['number']}. {claim['text']}"))
        + tag("rect", x=x, y=y, width=size, height=size, rx=4)
        + tag("rect", x=x - 1, y=y - 1, width=size + 2, height=size + 2, rx=5, class_="kvl-ring")
        + text(x + size / 2, y + 17.5, str(claim["number"])),
        href=f"#claim-{claim['number']}",
        class_="kvl-claim",
        aria_label=f"Claim {claim['number']}, {claim['who']}: {claim['text']}",
        data_square=claim["number"],
        data_x=claim["order"],
        data_y=0,
        **now,
    )


def _legend(y: float) -> str:
    out, x = [], 8.0
    for known, words in _KINDS:
        out.append(tag("path", d=f"M{x:g} {y - 4:g}h34", class_=f"kvl-edge kvl-{known}"))
        out.append(text(x + 42, y, words, "muted", size=12))
        x += 62 + 6.3 * len(words)
    return "".join(out)


def _says(mail: Mapping[str, Any]) -> str:
    numbers = ", ".join(str(claim["number"]) for claim in mail["claims"])
    what = f" ({mail['what']})" if mail["what"] else ""
    claims = f": claim{'s' * (len(mail['claims']) > 1)} {numbers}" if numbers else ""
    return f"{mail['who']}, {mail['when']}{what}{claims}. {mail['says']}".strip()
