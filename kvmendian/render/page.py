"""The pictures' module, and pages of it: what widgets and `save_html` hand to a browser."""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .shapes import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPTS = (
    *("values.js", "atlas.js", "story.js", "dom.js", "keys.js", "squares.js", "layout.js"),
    *("cell.js", "gap.js", "road.js", "panels.js", "controls.js", "state.js", "picture.js"),
    *("explorer.js", "mapgrid.js", "mapcase.js", "map.js", "small.js"),
    *("strip.js", "casemap.js", "casestrip.js", "board.js", "scenario.js", "thread.js"),
    *("dump.js", "syndrome.js", "events.js", "read.js", "reader.js", "app.js"),
)
"""Files of `view/` that make up the module: each imports from those before it alone."""

STYLES = (
    *("theme.css", "controls.css", "road.css", "panels.css", "squares.css", "map.css"),
    *("maproom.css", "scenario.css", "scenarioroom.css", "thread.css", "reader.css"),
    "modes.css",
)
"""Files of `view/` that make up the style sheet; a later rule wins over an earlier one."""

_FOR_TOOLS = re.compile(
    r"""^import\ \{[^}]*\}\ from\ "\./\w+\.js";\n      # what a file takes from those before it
      | ^export\ (?=async|class|const|function)      # what it gives them
      | ^\ */\*\*(?:[^*]|\*(?!/))*\*/\n              # types and what a function is for
    """,
    re.MULTILINE | re.VERBOSE,
)


def read(name: str) -> str:
    """Return a file of `view/`.

    A script comes without what its readers, linter and type checker alone need: imports and
    exports, for what it imports stands before it in one module, and JSDoc.

    >>> "render" in read("pulse.js")
    True
    >>> "import" in read("page.js")
    False
    """
    return _FOR_TOOLS.sub("", (files(__package__) / "view" / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def module() -> str:
    """Return the one ES module: the scripts of `view/`, one after the other, asking for nothing.

    >>> "import " in module()
    False
    """
    return "\n".join(read(name) for name in SCRIPTS)


@lru_cache(maxsize=1)
def style() -> str:
    """Return the one style sheet.

    >>> "@import" in style()
    False
    """
    return "\n".join(read(name) for name in STYLES)


def page(state: Mapping[str, Any], atlas: bytes, title: str, fallback: str) -> str:
    """Return a page that needs nothing else: module, style, atlas and a first state inside.

    `state` holds the widget's traits as JSON values, `fallback` an SVG for where no script runs.
    The address carries the state: names of the setup's fields and `value`, after the hash.
    """
    return _PAGE.format(
        title=safe(title),
        style=style(),
        data=_json(state),
        atlas=base64.b64encode(atlas).decode("ascii"),
        module=module().replace("</script", "<\\/script"),
        stub=read("page.js"),
        fallback=fallback,
    )


def embedded(state: Mapping[str, Any], atlas: bytes, fallback: str) -> str:
    """Return a picture for a page of many, and after it what all of them share.

    `once` keeps one copy of what is shared. Arguments as of `page`.

    >>> text = embedded({"_view": "explorer"}, b"", "")
    >>> text.index("kvmendian-live") < text.index("<style>") < text.index("export default")
    True
    """
    name = f"kvmendian-{sha256(atlas).hexdigest()[:12]}" if atlas else ""
    packed = base64.b64encode(atlas).decode("ascii")
    holds = f'<script type="text/plain" id="{name}">{packed}</script>'
    code = f"{module()}\n{read('embed.js')}".replace("</script", "<\\/script")
    shared = [f'<style>{style()}</style><script type="module">\n{code}</script>']
    parts = [
        f'<div class="kvmendian-live" data-atlas="{name}">',
        f'<script type="application/json">{_json(state)}</script>',
        f"<noscript>{fallback}</noscript></div>",
        *(f"{_OPEN}{one}{_CLOSE}" for one in ([holds] if atlas else []) + shared),
    ]
    return "".join(parts)


def folds() -> str:
    """Return what folds need: a size for fingers, and a script that keeps them as they are left.

    >>> "keepFolds();" in folds()
    True
    """
    code = f"<script>{{\n{read('fold.js')}\nkeepFolds();\n}}</script>"
    return f"{_OPEN}<style>{read('fold.css')}</style>{code}{_CLOSE}"


def once(document: str) -> str:
    """Return a page with one copy of what its pictures share, at its end.

    The boxes that hold them are no longer nbconvert's rendered HTML, whose style is for prose.

    >>> twice = embedded({"_view": "small"}, b"", "") * 2
    >>> once(f"<body>{twice}</body>").count("export default")
    1
    """
    shared = dict.fromkeys(_SHARED.findall(document))
    if not shared:
        return document
    document = _BOX.sub(r"\1", _SHARED.sub("", document))
    return document.replace("</body>", "".join(shared) + "</body>", 1)


_OPEN, _CLOSE = "<!--kvmendian-->", "<!--/kvmendian-->"
_SHARED = re.compile(f"{_OPEN}.*?{_CLOSE}", re.DOTALL)
_BOX = re.compile(r'jp-RenderedHTMLCommon jp-RenderedHTML ([^>]*>\s*<div class="kvmendian-live")')


def _json(state: Mapping[str, Any]) -> str:
    return json.dumps(dict(state), ensure_ascii=True).replace("<", "\\u003c")


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">
<style>
:root{{color-scheme:light dark}}
body{{margin:0;background:#fff}}
@media(prefers-color-scheme:dark){{
  body{{
    background:#14171b;
    --jp-layout-color1:#14171b;--jp-layout-color2:#232930;--jp-ui-font-color1:#e7eaee
  }}
}}
{style}</style></head>
<body><main id="explorer"></main><noscript>{fallback}</noscript>
<script type="application/json" id="state">{data}</script>
<script type="text/plain" id="atlas">{atlas}</script>
<script type="module">
{module}
{stub}
</script></body></html>
"""
