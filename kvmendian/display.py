"""How an object answers at a prompt and in a notebook. Lies below everything that is shown.

`Drawn` is for what has a picture: the render layer, which lies above, enters the functions that
draw it. `Tabular` is for what has a table: the object says what stands in it, and `Table` makes
text and HTML of that, the same in both.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_ROWS = 12
"""Rows of a table that are shown; of the rest the number is told."""

_CELL, _LINE = 60, 100  # characters

_STYLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;text-align:left;margin:.3em 0"


class Drawn:
    """An object with a picture: as text anywhere, drawn in a notebook.

    `renderers` has a function by mime type for each class, by its name. `kvmendian/__init__`
    fills it; a class that is not in there has no picture.
    """

    renderers: ClassVar[dict[str, Mapping[str, Callable[[Any], str]]]] = {}

    def __str__(self) -> str:
        """Tell it as text, without colour."""
        return self.renderers[type(self).__name__]["text/plain"](self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:  # noqa: ANN401 - Jupyter's protocol
        return {mime: show(self) for mime, show in self.renderers[type(self).__name__].items()}


class Table(NamedTuple):
    """A table to be shown: a caption, the columns' names, rows of short texts, notes below.

    >>> print(Table("orders", ("who", "order"), (("guest", "big"), ("host", "little"))))
    orders
      who    order
      guest  big
      host   little
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The rows that are shown, each cell at most 60 characters long."""
        return tuple(tuple(map(_short, row)) for row in self.rows[:MOST_ROWS])

    @property
    def below(self) -> tuple[str, ...]:
        """The lines below the rows: how many are not shown, then the notes."""
        left = len(self.rows) - MOST_ROWS
        return ((f"and {left:,} more",) if left > 0 else ()) + self.notes

    def __str__(self) -> str:
        """Return aligned text, a line a row."""
        rows = (self.columns, *self.shown) if self.rows else ()
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, wide)) for row in rows]
        return "\n  ".join(line.rstrip() for line in (self.caption, *lines, *self.below))

    def html(self) -> str:
        """Return an HTML table of the same words, all of them escaped.

        >>> Table("a < b", ("x",), (("1",),)).html().count("&lt;")
        1
        """
        head = "".join(_cell("th", name) for name in self.columns)
        body = "".join(f"<tr>{''.join(_cell('td', c) for c in row)}</tr>" for row in self.shown)
        caption = _cell("caption", self.caption)
        rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>" if self.rows else ""
        notes = "".join(f"<div>{escape(line)}</div>" for line in self.below)
        return f'<table style="{_STYLE}">{caption}{rows}</table>{notes}'


class Tabular:
    """An object with a table: one line as `repr`, the table as text, the same in a notebook."""

    def table(self) -> Table:
        """Return what is shown."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Say in a line what this is: the table's caption."""
        caption = self.table().caption
        return f"<{type(self).__name__}: {_short(caption, _LINE)}>"

    def __str__(self) -> str:
        """Return the table as text."""
        return str(self.table())

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:  # noqa: ANN401 - Jupyter's protocol
        table = self.table()
        return {"text/plain": str(table), "text/html": table.html()}


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="text-align:left">{escape(text)}</{tag}>'


def _short(text: str, limit: int = _CELL) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
