"""The map of everything as a static picture: for where no script runs."""

from __future__ import annotations

from typing import Any

from . import spoken
from .shapes import document, hidden, tag, text

WIDTH = 900
_NAMES, _SQUARE, _BLOCK, _GROUP, _ROW = 190, 22, 54, 16, 60
_LOOKS = {"right": "kvm-right", "wrong": "kvm-wrong", "undecided": "kvm-open"}
_CSS = """
.kve .kvm-right{fill:var(--line)}.kve .kvm-wrong{fill:var(--wrong)}
.kve .kvm-open{fill:none;stroke:var(--muted);stroke-dasharray:2 2}
.kve .kvm-cross{stroke:var(--bg);stroke-width:2.4;stroke-linecap:round;fill:none}
@media(forced-colors:active){.kve .kvm-right{fill:none;stroke:CanvasText}
.kve .kvm-wrong{fill:CanvasText}}
""".replace("\n", "")


def draw(found: dict[str, Any]) -> str:
    """Return the map (`casemap.document`) as an SVG document.

    >>> from kvmendian.render.casemap import document
    >>> from kvmendian.render.table import truth_table
    >>> draw(document(truth_table("swab"))).count("kvm-cross")
    21
    """
    starts = _starts(found["columns"])
    body = [text(16, 30, found["question"], "b", size=17), text(16, 52, found["says"], "muted")]
    body += [_heads(found["columns"], starts, 92)]
    top = 108
    for row in found["rows"]:
        body.append(_row(row, starts, top))
        top += _ROW + (14 if row["note"] else 0)
    how = "In each block: guest little at the left, big at the right; host little above, big below."
    body += [text(16, top + 12, how, "muted")]
    size = (WIDTH, top + 30)
    back = tag("rect", class_="bg", width=WIDTH, height=size[1])
    return document(
        size,
        kind="kve-map",
        name=found["question"],
        says=spoken.capital(found["says"]) + " " + " ".join(map(_says, found["rows"])),
        body=tag("style", _CSS) + hidden(back + "".join(body)),
    )


def _starts(columns: list[dict[str, Any]]) -> list[float]:
    """Return where each block begins: a gap before each kind of access."""
    x, starts = float(_NAMES), []
    for k, column in enumerate(columns):
        x += _GROUP if k and columns[k - 1]["kind"] != column["kind"] else 0
        starts.append(x)
        x += _BLOCK
    return starts


def _heads(columns: list[dict[str, Any]], starts: list[float], y: float) -> str:
    out = []
    for k, (column, x) in enumerate(zip(columns, starts, strict=True)):
        if not k or columns[k - 1]["kind"] != column["kind"]:
            out.append(text(x, y - 20, column["kind"], "b", size=13.5))
        width = str(column["fields"]["width"])
        out.append(text(x + _SQUARE, y, width, "muted", "middle", size=13))
    return "".join(out) + text(WIDTH - 16, y, "wrong", "muted", "end")


def _row(row: dict[str, Any], starts: list[float], top: float) -> str:
    name = row["name"] if len(row["name"]) <= 20 else row["name"][:19] + "…"
    out = [
        text(16, top + 18, name, "m", "b", size=13),
        text(16, top + 36, row["by"], "muted"),
        text(WIDTH - 16, top + 27, str(row["wrong"]), "b", "end", *(["bad"] * bool(row["wrong"]))),
    ]
    for k, state in enumerate(row["states"]):
        x = starts[k // 4] + _SQUARE * (k % 2)
        out.append(_square(state, x, top + _SQUARE * (k // 2 % 2)) if state else "")
    note = row["note"] if len(row["note"]) <= 130 else row["note"][:129] + "…"
    return "".join(out) + (text(16, top + 60, note, "muted", size=12) if note else "")


def _square(state: str, x: float, y: float) -> str:
    box = tag("rect", x=x + 1, y=y + 1, width=20, height=20, rx=4, class_=_LOOKS[state])
    cross = f"M{x + 7:g} {y + 7:g}l8 8m0-8l-8 8"
    return box + (tag("path", d=cross, class_="kvm-cross") if state == "wrong" else "")


def _says(row: dict[str, Any]) -> str:
    cases = sum(bool(state) for state in row["states"])
    return f"{row['name']}: {row['wrong']} of {cases} wrong. {row['note']}".strip()
