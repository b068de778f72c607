"""Colours, patterns and the style sheet of static pictures; nothing here has a meaning alone.

Every byte also carries its letter and its hex digits, so a reader who sees no colour loses
nothing. Fills are bright in both themes and the text on them is black, 7:1 or better.
"""

from __future__ import annotations

FILLS = ("56B4E9", "E69F00", "1FAE84", "D98BB8", "F0E442", "8EA2F0", "EA7A44", "BFC4CA")
"""Colour of lanes A to H (after Okabe and Ito, lightened)."""

DASHES = ("", "1 0", "7 5", "1.5 4", "1 0", "2 3", "8 3 1.5 3", "3 1.5")
"""Centre line of lanes A to H: none, line, dashes, dots, rail, ticks, dash-dot, zebra."""

CSS = """
.kve{--bg:#fff;--ink:#15181c;--muted:#59616b;--line:#c3c9d0;--wrong:#b3123b;--tab:.62;
background:var(--bg);font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
@media(prefers-color-scheme:dark){.kve{--bg:#14171b;--ink:#e7eaee;--muted:#a2abb6;--line:#4a525c;
--wrong:#ff8097}}
@media(forced-colors:active){.kve{--bg:Canvas;--ink:CanvasText;--muted:CanvasText;
--line:CanvasText;--wrong:Highlight}}
.kve text{fill:var(--ink);forced-color-adjust:none}
.kve .bg{fill:var(--bg)}.kve .cell{forced-color-adjust:none}
.kve .m{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
.kve .on{fill:#000}.kve .muted{fill:var(--muted)}.kve .bad{fill:var(--wrong)}
.kve .b{font-weight:650}
.kve .edge{stroke:var(--ink);fill:none}.kve .hair{stroke:var(--line);fill:none}
.kve .rest{stroke:var(--muted);fill:none;stroke-dasharray:2 3}
.kve .no{stroke:var(--wrong);fill:none;stroke-width:1.6;stroke-dasharray:5 4}
.kve .case{stroke:var(--bg);fill:none}.kve .dark{stroke:#000;fill:none}
""".strip()


def fill_of(lane: int) -> str | None:
    """Return the colour of a source byte or of its sign fill; None for a fill of zeros.

    >>> fill_of(0), fill_of(9), fill_of(8)
    ('#56B4E9', '#56B4E9', None)
    """
    number = lane if lane < len(FILLS) else lane - 9
    return f"#{FILLS[number]}" if 0 <= number < len(FILLS) and lane != len(FILLS) else None
