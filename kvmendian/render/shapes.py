"""SVG elements as strings, and the two outlines that pictures are made of."""

from __future__ import annotations

import re
from html import escape
from typing import TypeAlias

from .theme import CSS

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe(words: str) -> str:
    r"""Escape anybody's text for an element or an attribute; what XML forbids becomes a mark.

    >>> safe("<b>\x00")
    '&lt;b&gt;�'
    """
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words))


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Return one element; attribute values are escaped, content is taken as it is.

    >>> tag("rect", x=1, class_='a"b')
    '<rect x="1" class="a&quot;b"/>'
    """
    parts = [name]
    for key, value in attributes.items():
        shown = f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{safe(shown)}"')
    opening = " ".join(parts)
    return f"<{opening}>{content}</{name}>" if content else f"<{opening}/>"


def text(x: float, y: float, content: str, *classes: str, size: float | None = None) -> str:
    """Return a text element, its content escaped; its size in pixels, or that of its classes.

    >>> text(1, 2, "a < b", "bits")
    '<text x="1" y="2" class="bits">a &lt; b</text>'
    """
    kind = {"class_": " ".join(classes)} if classes else {}
    return tag("text", safe(content), x=x, y=y, **({"font_size": size} if size else {}), **kind)


def document(size: Point, *, kind: str, name: str, says: str, body: str) -> str:
    """Return an SVG document with its style sheet, and with a name and a description to be heard.

    `size` is that of the coordinates: a page scales a picture to its column. A picture is a figure
    and no `img`, which may have nothing in it that takes the focus. A label and a `desc` need no
    ids, which would have to differ where a page has the same picture twice (SVG-AAM, 8.2); a
    `title` would pop up under every pointer.
    """
    width, height = size
    return tag(
        "svg",
        tag("desc", safe(says)) + tag("style", CSS) + body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:.0f}",
        class_=f"kve {kind}",
        role="figure",
        aria_label=name,
    )


def hidden(drawing: str) -> str:
    """Return a drawing that is seen and not heard: the document's description tells it.

    >>> hidden("<g/>")
    '<g aria-hidden="true"><g/></g>'
    """
    return tag("g", drawing, aria_hidden="true")


def inline(picture: str, words: str) -> str:
    """Return a picture for a page; what is wider than its column scrolls.

    Where a page drops SVG and styles, as JupyterLab does in a notebook that it does not trust, the
    words of the drawing would be left without it: so it shows only where the style sheet is, and
    the text form only where that is not.

    >>> inline("<svg/>", "a < b")
    '<pre class="kve-text">a &lt; b</pre><div class="kve-picture" style="display:none"><svg/></div>'
    """
    text = f'<pre class="kve-text">{safe(words)}</pre>'
    return f'{text}<div class="kve-picture" style="display:none">{picture}</div>'


def outline(box: Box, left: float = 0, right: float = 0) -> str:
    """Return the path of a box whose left and right corners have these radii.

    >>> outline((0, 0, 4, 2))
    'M0 0H4Q4 0 4 0V2Q4 2 4 2H0Q0 2 0 2V0Q0 0 0 0Z'
    """
    x, y, x2, y2 = box
    return (
        f"M{x + left:g} {y:g}H{x2 - right:g}Q{x2:g} {y:g} {x2:g} {y + right:g}V{y2 - right:g}"
        f"Q{x2:g} {y2:g} {x2 - right:g} {y2:g}H{x + left:g}Q{x:g} {y2:g} {x:g} {y2 - left:g}"
        f"V{y + left:g}Q{x:g} {y:g} {x + left:g} {y:g}Z"
    )


def curve(start: Point, end: Point) -> str:
    """Return a path that leaves downwards and arrives downwards; mirrored ones meet half-way.

    >>> curve((0, 0), (4, 2))
    'M0 0C0 1 4 1 4 2'
    """
    (x, top), (x2, bottom) = start, end
    middle = (top + bottom) / 2
    return f"M{x:g} {top:g}C{x:g} {middle:g} {x2:g} {middle:g} {x2:g} {bottom:g}"
