"""Colours, patterns and the style sheet of static pictures; nothing here has a meaning alone.

Every byte also carries its letter and its hex digits, so a reader who sees no colour loses
nothing. Fills are bright in both themes and the text on them is black, 7:1 or better.

The style sheet stands inside each picture, because an output of a notebook must stand alone. In
a page it counts for all of the page, so every rule begins with `.kve`. Two colours decide the rest:
paper and ink. A page that has a theme says them (JupyterLab, nbconvert and VS Code do, in variables
of their own). A page without says at most `color-scheme`. A file of its own asks the system.
"""

from __future__ import annotations

from kvmendian.model import lanes

FILLS = ("56B4E9", "E69F00", "1FAE84", "D98BB8", "F0E442", "8EA2F0", "EA7A44", "BFC4CA")
"""Colour of lanes A to H (after Okabe and Ito, lightened)."""

_DASHES = ("", "1 0", "7 5", "1.5 4", "1 0", "2 3", "8 3 1.5 3", "3 1.5")
"""Centre line of lanes A to H: none, line, dashes, dots, rail, ticks, dash-dot, zebra."""

_BASE = """
.kve{--paper:#fff;--pen:#15181c;--bg:var(--jp-layout-color0,var(--vscode-editor-background,
var(--paper)));--ink:var(--jp-content-font-color1,var(--vscode-editor-foreground,var(--pen)));
--muted:color-mix(in srgb,var(--ink) 72%,var(--bg));
--line:color-mix(in srgb,var(--ink) 25%,var(--bg));
--wrong:color-mix(in srgb,#e6174f 65%,var(--ink));
background:var(--bg);font:12.5px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
.kve-text{display:none!important}.kve-picture{display:block!important;overflow-x:auto}
.kve:root{color-scheme:light dark}
.kve:not(:root){display:block;max-width:75rem}.kve-story:not(:root){min-width:34rem}
@supports(color:light-dark(red,red)){.kve{--paper:light-dark(#fff,#14171b);
--pen:light-dark(#15181c,#e7eaee)}}
@media print{.kve{--bg:#fff;--ink:#000}}
@media(forced-colors:active){.kve{--bg:Canvas;--ink:CanvasText;--muted:CanvasText;
--line:CanvasText;--wrong:Highlight}}
.kve text{fill:var(--ink);forced-color-adjust:none}
.kve .bg{fill:#fff;fill:var(--bg)}
.kve .m{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
.kve .muted{fill:var(--muted)}.kve .bad{fill:var(--wrong)}.kve .b{font-weight:650}
.kve .middle{text-anchor:middle}.kve .end{text-anchor:end}
.kve .edge{stroke:#15181c;stroke:var(--ink)}.kve .cell .edge{stroke-width:1.2}
.kve .edge:not(.fill){fill:none}
.kve .hair{stroke:var(--line);fill:none}
.kve .rest rect{stroke:var(--muted);fill:none;stroke-dasharray:2 3}
.kve .no{stroke:var(--wrong);fill:none;stroke-width:1.6;stroke-dasharray:5 4}
.kve .cell{forced-color-adjust:none}.kve .cell text{fill:#000}
.kve .plain text{fill:var(--ink)}.kve .plain .fill{fill:var(--bg)}
.kve .pale,.kve .tab{fill:#fff;fill-opacity:.6}.kve .plain .tab{fill-opacity:0}
.kve .tab{stroke:var(--ink);stroke-width:.8}
.kve .letter{font-weight:650;font-size:12px}.kve .power{font-size:11px;text-anchor:end}
.kve .digits{font-size:15px}.kve .bits{font-size:13px;text-anchor:middle}
.kve .address{font-size:11.5px}
.kve-narrow .digits{font-size:14px}.kve-narrow .bits{font-size:10.5px}
.kve .flow path{fill:none;stroke-width:15}
.kve .case{stroke:var(--bg);fill:none}.kve .flow .case{stroke-width:19}
.kve .flow .rim{stroke:#000;stroke-width:16;stroke-opacity:.35}
.kve .flow .dash{stroke:#000;stroke-width:1.4;stroke-opacity:.62}
.kve .flow .thin{stroke:#9aa3ad;stroke-width:3;stroke-dasharray:4}
.kve-narrow .flow path{stroke-width:12}.kve-narrow .flow .case{stroke-width:16}
.kve-narrow .flow .rim{stroke-width:13}
.kve .cell:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
@media(prefers-reduced-motion:no-preference){.kve :is(.cell,.flow,.rest){transition:opacity .12s}}
.kve:has(:is(.cell,.flow):is(:hover,:focus-visible)) :is(.cell,.flow,.rest){opacity:.25}
""".strip()


def byte_of(lane: int) -> int:
    """Return the lane of the byte that a lane shows: a sign fill shows the byte of its sign.

    >>> from kvmendian.model.lanes import ZERO, sign_of
    >>> byte_of(3), byte_of(sign_of(3)), byte_of(ZERO)
    (3, 3, 8)
    """
    return _SHOWN.get(lane, lane)


def look(lane: int) -> tuple[str, ...]:
    """Return the classes of what shows a lane: which byte it is, and whether it has no colour.

    >>> look(0), look(8)
    (('b0',), ('b8', 'plain'))
    """
    byte = byte_of(lane)
    return (f"b{byte}",) if byte in lanes.SOURCE else (f"b{byte}", "plain")


_BYTES = (*lanes.SOURCE, lanes.ZERO, *lanes.SECOND)
_SHOWN = {lanes.sign_of(lane): lane for lane in (*lanes.SOURCE, *lanes.SECOND)}

_COLOURS = "".join(
    f"\n.kve .b{k} .fill{{fill:#{fill}}}.kve .b{k} .line{{stroke:#{fill}}}"
    f".kve .b{k} .dash{{stroke-dasharray:{dash}}}"
    for k, (fill, dash) in enumerate(zip(FILLS, _DASHES, strict=True))
)
_LIT = ",".join(f".kve:has(.b{k}:is(:hover,:focus-visible)) .b{k}" for k in _BYTES)

CSS = f"{_BASE}{_COLOURS}\n{_LIT}{{opacity:1}}"
"""The style sheet: with it, pointing at a byte or giving it the focus dims all others."""
