"""The Explorer as a module and as a page: what the widget and `save_html` hand to a browser."""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .shapes import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPTS = (
    *("values.js", "atlas.js", "story.js", "dom.js", "keys.js", "squares.js", "layout.js"),
    *("cell.js", "gap.js", "road.js", "panels.js", "controls.js", "state.js", "picture.js"),
    *("explorer.js", "small.js"),
    "app.js",
)
"""Files of `view/` that make up the module: each imports from those before it alone."""

STYLES = ("theme.css", "controls.css", "road.css", "panels.css", "squares.css", "modes.css")
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
    data = json.dumps(dict(state), ensure_ascii=True).replace("<", "\\u003c")
    return _PAGE.format(
        title=safe(title),
        style=style(),
        data=data,
        atlas=base64.b64encode(atlas).decode("ascii"),
        module=module().replace("</script", "<\\/script"),
        stub=read("page.js"),
        fallback=fallback,
    )


def frame(document: str, title: str, height: str = "60rem") -> str:
    """Return a page inside another one, `height` tall until it knows how tall it needs to be.

    >>> frame("<p>hello", "a greeting")[:7]
    '<iframe'
    """
    look = f"width:100%;height:{height};border:0;color-scheme:normal"
    return f'<iframe title="{safe(title)}" style="{look}" srcdoc="{safe(document)}"></iframe>'


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
