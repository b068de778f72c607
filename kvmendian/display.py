"""How an object answers at a prompt and in a notebook. Lies below everything that is shown.

`Drawn` is for what has a picture: the render layer, which lies above, enters the functions that
draw it. `Tabular` is for what has a table: the object says what stands in it, and `Table` makes
text and HTML of that, the same in both. `Catalogue` is a mapping that shows itself as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from html import escape
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from .errors import SetupError, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_ROWS = 12
"""Rows of a table that are shown; of the rest the number is told."""

_LINE = 100  # characters: as wide as a table may be as text, and a caption in a `repr`
_LONGEST = 400  # characters of a cell: a learner's names may have any length
_NARROW = 12  # characters that a column keeps when a wide table is folded

_STYLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;text-align:left;margin:.3em 0"


LIVE: dict[str, Callable[[Any], Any]] = {}
"""What makes the live picture of a thing, by its class: the widgets, which lie above, are entered
by `kvmendian/__init__`."""


class Drawn:
    """An object with a picture: as text anywhere, drawn in a notebook.

    `renderers` has a function by mime type for each class, by its name; `kvmendian/__init__` fills
    it, and a class that is not in it has no picture. One that is in `LIVE` shows as that widget
    where there are widgets.
    """

    renderers: ClassVar[dict[str, Mapping[str, Callable[[Any], str]]]] = {}

    def __str__(self) -> str:
        """Tell it as text, without colour."""
        return self.renderers[type(self).__name__]["text/plain"](self)

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        name = type(self).__name__
        try:
            widget = LIVE[name](self) if name in LIVE else None
        except ImportError:  # no widgets here
            widget = None
        if widget is not None:
            return widget._repr_mimebundle_(**more)
        return {mime: show(self) for mime, show in self.renderers[name].items()}


class Table(NamedTuple):
    """A table to be shown: a caption, the columns' names, rows of short texts, notes below.

    `more` is the number of rows that were not even made, for tables of millions; `most`, how many
    are shown.

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
    more: int = 0
    most: int = MOST_ROWS

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The rows that are shown, each cell in one line of 400 characters at the most."""
        return tuple(tuple(map(_short, row)) for row in self.rows[: self.most])

    @property
    def below(self) -> tuple[str, ...]:
        """The lines below the rows: how many are not shown, then the notes."""
        left = len(self.rows) - len(self.shown) + self.more
        return ((f"and {left:,} more",) if left > 0 else ()) + self.notes

    def __str__(self) -> str:
        """Return aligned text of 100 columns; what is too long for them is folded in its cell."""
        rows = ((self.columns,) if any(self.columns) else ()) + self.shown if self.rows else ()
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        while sum(wide) + 2 * len(wide) > _LINE and max(wide) > _NARROW:
            wide[wide.index(max(wide))] -= 1
        lines = []
        for row in rows:
            cells = [wrap(cell, width) or [""] for cell, width in zip(row, wide, strict=True)]
            folded = zip_longest(*cells, fillvalue="")
            lines += ["  ".join(map(str.ljust, line, wide)) for line in folded]
        return "\n  ".join(line.rstrip() for line in (self.caption, *lines, *self.below))

    def html(self) -> str:
        """Return an HTML table of the same words, all of them escaped; without rows, lines alone.

        >>> Table("a < b", ("x",), (("1",),)).html().count("&lt;")
        1
        >>> Table("a < b", (), ()).html()
        '<div>a &lt; b</div>'
        """
        notes = "".join(f"<div>{escape(line)}</div>" for line in self.below)
        if not self.rows:  # a caption is as wide as its table, and of no rows that is one word
            return f"<div>{escape(self.caption)}</div>{notes}"
        head = "".join(_cell("th", name) for name in self.columns)
        body = "".join(f"<tr>{''.join(_cell('td', c) for c in row)}</tr>" for row in self.shown)
        caption = _cell("caption", self.caption)
        head = f"<thead><tr>{head}</tr></thead>" if any(self.columns) else ""
        return f'<table style="{_STYLE}">{caption}{head}<tbody>{body}</tbody></table>{notes}'


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


_Thing = TypeVar("_Thing")


class UnknownIdError(SetupError, KeyError):
    """There is nothing of this id. A `KeyError` too, as a mapping owes one."""

    __str__ = SetupError.__str__  # KeyError's own would show the `repr` of the message


class Catalogue(Tabular, Mapping[str, _Thing]):
    """A read-only mapping from ids to things, in a fixed order, that shows itself as a table.

    `columns` are names and what to write below them, for each thing. An id that is not there
    raises `UnknownIdError`, with the nearest that is.

    >>> print(Catalogue("orders", {"E=1": "big"}, {"order": str}))
    orders
      id   order
      E=1  big
    """

    def __init__(
        self,
        caption: str,
        things: Mapping[str, _Thing],
        columns: Mapping[str, Callable[[_Thing], str]],
    ) -> None:
        """Keep things by id, and how to show them."""
        self._caption, self._things, self._columns = caption, dict(things), dict(columns)

    def __getitem__(self, key: str) -> _Thing:
        """Return the thing of this id."""
        try:
            return self._things[key]
        except (KeyError, TypeError):
            ids = list(self._things)
            near = get_close_matches(str(key), ids, 1, 0.4) or ids
            raise UnknownIdError(f"id {show(key)}", ", ".join(ids), repr(near[0])) from None

    def __iter__(self) -> Iterator[str]:
        """Yield the ids in their order."""
        return iter(self._things)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._things)

    def __contains__(self, key: object) -> bool:
        """Say whether there is something of this id."""
        return isinstance(key, str) and key in self._things

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._things)

    def table(self) -> Table:
        """Return all of it, a row an id."""
        rows = [
            (key, *(tell(thing) for tell in self._columns.values()))
            for key, thing in self._things.items()
        ]
        return Table(self._caption, ("id", *self._columns), tuple(rows))


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="text-align:left">{escape(text)}</{tag}>'


def _short(text: str, limit: int = _LONGEST) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
