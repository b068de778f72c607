"""`Fold`: what follows a question, folded up until an attempt, or until it is opened by hand.

It is HTML's own `details`, of a class: the same in JupyterLab, on the site and in slides. A saved
notebook keeps it, with or without a kernel. Prose has it as
`<details class="kvmendian-fold"><summary>After your answer</summary> … </details>`. An attempt at
the question before, or its *Show answer*, opens all folds up to the next question; on a page
without a kernel, opening its *Answer* does.

An open fold stays open while the browser's tab lives: over a reload, a restarted kernel, another
Run All. Another tab, or another day, begins with all of them shut.
"""

from __future__ import annotations

from typing import Any

from kvmendian.errors import instance
from kvmendian.render import page
from kvmendian.render.shapes import safe

CLASS = "kvmendian-fold"


class Fold:
    """Show a thing folded up: its picture or table if it has one, else its words.

    `name` is what can be clicked. At a prompt it says only that it is folded; `open()` gives the
    thing. Raises `SetupError` for a name that is no text.

    >>> from kvmendian import Setup
    >>> fold = Fold(Setup(width=2).trace(0x1122), "The picture")
    >>> fold
    <Fold: The picture; .open() shows it>
    >>> fold.open().mmio_data.hex(" ")
    '22 11'
    """

    def __init__(self, thing: object, name: str = "After your answer") -> None:
        """Keep the thing; nothing of it is shown."""
        self._thing, self.name = thing, instance("name", name, str, "'After your answer'")

    def open(self) -> Any:  # noqa: ANN401 - whatever was folded
        """Return what is folded."""
        return self._thing

    def __repr__(self) -> str:
        """Say that something is folded."""
        return f"<Fold: {self.name}; .open() shows it>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:  # noqa: ANN401 - Jupyter's protocol
        html = f"<summary>{safe(self.name)}</summary>{_html(self._thing)}{page.folds()}"
        return {
            "text/html": f'<details class="{CLASS}">{html}</details>',
            "text/plain": repr(self),
        }


def _html(thing: Any) -> str:  # noqa: ANN401 - whatever was folded
    bundle = getattr(thing, "_repr_mimebundle_", None)
    data = bundle() if callable(bundle) else {}
    data = data[0] if isinstance(data, tuple) else data or {}
    if "text/html" in data:
        return str(data["text/html"])
    maker = getattr(thing, "_repr_html_", None)
    made = maker() if callable(maker) else None
    if isinstance(made, str):
        return made
    return f"<pre>{safe(thing if isinstance(thing, str) else str(thing))}</pre>"
