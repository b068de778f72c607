"""Boxes of ipywidgets in a static export, where nbconvert alone would print their names.

`IPython` calls `show_boxes` at the start of a kernel that makes pages (notebooks/build.py). What is
ours shows as it does alone; a control that needs a kernel is named, with its choices.
"""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython
from ipywidgets import Box, Widget

from kvmendian.render.shapes import safe


def show_boxes() -> None:
    """Tell the running IPython how to show a box as HTML. Without one nothing happens."""
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        shell.display_formatter.formatters["text/html"].for_type(Box, _html)


def box_html(box: Any) -> str:  # noqa: ANN401 - ipywidgets has no types
    """Return a box's children, one below the other.

    >>> from ipywidgets import Checkbox, VBox
    >>> box_html(VBox([Checkbox(description="E <bit>")]))
    '<p><i>E &lt;bit&gt;: works where a kernel runs</i></p>'
    """
    return "".join(_html(child) for child in box.children)


def _html(child: Widget) -> str:
    if isinstance(child, Box) and not type(child).__module__.startswith("kvmendian"):
        return box_html(child)
    bundle = child._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if "text/html" in data:
        return str(data["text/html"])
    name = getattr(child, "description", "") or type(child).__name__
    choices = [str(label) for label in getattr(child, "_options_labels", ())]
    offers = f" ({', '.join(choices)})" if choices else ""
    return f"<p><i>{safe(name + offers)}: works where a kernel runs</i></p>"
