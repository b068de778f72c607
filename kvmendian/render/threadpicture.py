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
_NAMES, _CHIP, _PAD, _TOP = 118, 25, 4, 66
_CSS = """
.kve .kvl-lane{stroke:var(--line)}.kve .kvl-mail{fill:var(--bg);stroke:var(--ink);stroke-width:1.2}
.kve .kvl-event .kvl-mail{stroke-dasharray:3 3}
.kve .kvl-edge{fill:none;stroke:var(--ink);stroke-width:1.6}
.kve .kvl-content{stroke-dasharray:6 4}.kve .kvl-under{stroke-dasharray:1.5 4}
.kve .kvl-tip{fill:var(--ink);stroke:none}
.kve .kvl-claim{cursor:pointer;outline:none}.kve .kvl-claim rect{fill:var(--ink)}
.kve .kvl-claim text{fill:var(--bg);font-size:12.5px;font-weight:650;text-anchor:middle}
.kve .kvl-claim:hover rect{fill:var(--muted)}
.kve .kvl-claim .kvl-ring{fill:none;stroke:none}
.kve .kvl-claim[aria-current=true] .kvl-ring,.kve .kvl-claim:focus-visible .kvl-ring{
stroke:#2f7cf6;stroke-width:3}
@media(forced-colors:active){.kve .kvl-claim[aria-current=true] .kvl-ring,
.kve .kvl-claim:focus-visible .kvl-ring{stroke:Highlight}.kve .kvl-claim text{fill:Canvas}
.kve .kvl-claim rect{fill:CanvasText}.kve .kvl-claim .kvl-ring{fill:none}}
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
    for name, top, high in zip(found["people"], tops, heights, strict=True):
        y = top + high / 2
        body.append(tag("path", d=f"M{_NAMES} {y:g}H{WIDTH - 8}", class_="kvl-lane"))
        body.append(text(10, y + 4.5, name, "b", size=13))
    body += [_days(found, boxes)]
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
        return 52, 26
    return 2 * _PAD + _CHIP * min(2, count), 2 * _PAD + _CHIP * ((count + 1) // 2)


def _box(
    found: Mapping[str, Any], mail: Mapping[str, Any], tops: list[float], heights: list[float]
) -> _Box:
    step = (WIDTH - _NAMES - 8) / len(found["mails"])
    lane = found["people"].index(mail["who"])
    wide, high = _size(mail)
    middle = _NAMES + step * (found["mails"].index(mail) + 0.5)
    return _Box(middle - wide / 2, tops[lane] + (heights[lane] - high) / 2, wide, high)


def _days(found: Mapping[str, Any], boxes: Mapping[str, _Box]) -> str:
    """Write each day over its mails, with a line as long as they are."""
    out, mails = [], found["mails"]
    for day in dict.fromkeys(mail["day"] for mail in mails):
        mine = [boxes[mail["id"]] for mail in mails if mail["day"] == day]
        start, end = min(b.x for b in mine), max(b.x + b.wide for b in mine)
        first, *rest = day.split(" ", 1) if day[:1].isdigit() and " " in day else (day,)
        out.append(tag("path", d=f"M{start:g} 46H{end:g}", class_="edge"))
        for k, line in enumerate((" ".join((first, *rest)),) if len(mine) > 1 else (first, *rest)):
            out.append(text((start + end) / 2, 22 + 15 * k, line, "middle", size=12))
    return "".join(out)


def _edge(mail: Mapping[str, Any], boxes: Mapping[str, _Box]) -> str:
    """Draw the line from a mail to the one that it answers, with its tip there."""
    to, known = mail["answers"]
    a, b = boxes[mail["id"]], boxes[to]
    x, y = a.x, a.y + a.high / 2
    if abs(a.y + a.high / 2 - b.y - b.high / 2) < 1:  # in one row: over what lies between
        x, y = a.x + a.wide / 2, a.y
        end = (b.x + b.wide / 2, b.y)
        way = f"M{x:g} {y:g}C{x:g} {y - 26:g} {end[0]:g} {end[1] - 26:g} {end[0]:g} {end[1] - 6:g}"
        tip = f"M{end[0]:g} {end[1]:g}l-4 -8h8z"
    else:
        down = b.y > a.y
        end = (b.x + b.wide / 2, b.y - 6 if down else b.y + b.high + 6)
        way = f"M{x:g} {y:g}C{end[0]:g} {y:g} {end[0]:g} {y:g} {end[0]:g} {end[1]:g}"
        turn = "l-4 -8h8z" if down else "l-4 8h8z"
        tip = f"M{end[0]:g} {end[1] + (6 if down else -6):g}{turn}"
    line = tag("path", d=way, class_=f"kvl-edge kvl-{known}")
    return line + tag("path", d=tip, class_="kvl-tip")


def _mail(mail: Mapping[str, Any], box: _Box, current: int | None) -> str:
    look = "kvl-event" if mail["what"] else "kvl-box"
    frame = tag("rect", x=box.x, y=box.y, width=box.wide, height=box.high, rx=6, class_="kvl-mail")
    title = tag("title", safe(_says(mail)))
    if mail["what"]:
        words = mail["what"][:8]
        inside = text(box.x + box.wide / 2, box.y + 17, words, "middle", size=11)
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
        + text(x + size / 2, y + 16, str(claim["number"])),
        href=f"#claim-{claim['number']}",
        class_="kvl-claim",
        aria_label=f"Claim {claim['number']}, {claim['who']}: {claim['text']}",
        data_square=claim["number"],
        data_x=claim["order"],
        data_y=0,
        **now,
    )


def _legend(y: float) -> str:
    out, x = [], 10.0
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
