"""A claim as plain data for the browser, which draws and compares and knows no rule of its own."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from kvmendian.course.claims import CLAIMS
from kvmendian.errors import SetupError, nearest, show
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace
from kvmendian.render import words

from .grid import NAMES, grid
from .plays import PLAYS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kvmendian.course.claims import Claim, Verdict

    from .columns import Column, Crossing, Picture
    from .grid import Block, Entry, Grid
    from .plays import Play

ANSWERS = ("holds", "fails", "depends")
"""What can be predicted of a claim."""


@dataclass(frozen=True)
class Board:
    """One claim with all its cases, answers, pictures and words: what a scenario plays.

    >>> board = Board(CLAIMS["only-big-guests"])
    >>> board.truth, board.grid.blocks[0].squares, board.story(0, 0).honours_abi
    ('depends', 24, True)
    """

    claim: Claim

    @cached_property
    def verdict(self) -> Verdict:
        """The claim's verdict, from every case."""
        return self.claim.verdict()

    @property
    def truth(self) -> str:
        """The right prediction: one of `ANSWERS`."""
        outcome = self.verdict.outcome
        return outcome if outcome in ANSWERS else "depends"

    @cached_property
    def grid(self) -> Grid:
        """Where every case stands."""
        return grid(self.claim)

    @property
    def play(self) -> Play:
        """The words of the claim."""
        return PLAYS[self.claim.id]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything that a scenario shows, as JSON data."""
        return document(self)

    @property
    def start(self) -> tuple[int, int]:
        """Reading and case to begin with: an access of four bytes, if there is one."""
        cases = self.grid.blocks[0].entries
        counted = [k for k, one in enumerate(cases) if one.counted]
        wide = [k for k in counted if cases[k].fields.get("width", 4) == 4]
        return 0, (wide or counted)[0]

    def entry(self, reading: int, case: int) -> Entry:
        """Return a case by the number of its reading and its own."""
        return self.grid.blocks[reading].entries[case]

    def setup(self, reading: int, case: int) -> Setup | None:
        """Return the setup of a case; None where it is no whole access."""
        found = self.entry(reading, case).case
        return found if isinstance(found, Setup) else None

    def story(self, reading: int, case: int) -> Story | None:
        """Return the story of a case with the value that its picture shows."""
        setup = self.setup(reading, case)
        return None if setup is None else trace(setup, self.picture(reading, case).value)

    def picture(self, reading: int, case: int) -> Picture:
        """Return the picture of a case."""
        made: Picture = self.play.parts[reading].picture(self.entry(reading, case).case)
        return made.tidy()


def board(claim: str) -> Board:
    """Return the board of a claim by its id. Raises `SetupError` for an id that is none."""
    if claim not in CLAIMS:
        hint = f"claim={nearest(claim, CLAIMS)!r}"
        raise SetupError(f"claim={show(claim)}", "an id of CLAIMS", hint)
    return _boards(claim)


@cache
def _boards(claim: str) -> Board:
    return Board(CLAIMS[claim])


class _Pool:
    """Keeps each thing once and gives it a number."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}

    def number(self, item: Hashable) -> int:
        return self.numbers.setdefault(item, len(self.numbers))

    @property
    def items(self) -> list[Any]:
        return list(self.numbers)


class _Book:
    """Collects columns, pictures and texts, each once."""

    def __init__(self) -> None:
        self.texts, self.columns, self.pictures = _Pool(), _Pool(), _Pool()

    def column(self, c: Column) -> int:
        text = self.texts.number
        head = (text(c.place), int(c.kind == "integer"), c.lanes)
        tail = (text(c.head), text(c.owner), c.order, text(c.sub), c.against, c.rest)
        return self.columns.number((*head, *tail))

    def crossing(self, c: Crossing) -> tuple[int, ...]:
        text = self.texts.number
        did = text(words.did(c.swapped, c.needed))
        return text(c.who), int(c.swapped), int(c.needed), c.column, did

    def picture(self, found: Picture) -> int:
        text = self.texts.number
        return self.pictures.number(
            (
                tuple(map(self.column, found.columns)),
                tuple(map(self.crossing, found.crossings)),
                hex(found.value),
                found.width,
                int(found.red),
                int(found.leftwards),
                found.given,
                text(found.sentence),
                text(found.why),
            )
        )


def document(of: Board) -> dict[str, Any]:
    """Return everything that a scenario shows, as JSON data.

    A case is a row: where it stands, yes, wrong bytes, counted, its picture, and its fields by
    number. `first` is the first no of the verdict, or None.

    >>> made = document(board("only-big-guests"))
    >>> made["truth"], made["count"], len(made["blocks"][0]["cases"])
    ('depends', [20, 24], 24)
    """
    claim, laid, book = of.claim, of.grid, _Book()
    names = [name for name in NAMES if any(_has(block, name) for block in laid.blocks)]
    choices = {name: _choices(laid, name) for name in names}
    blocks = [_block(of, k, book, choices) for k in range(len(laid.blocks))]
    counted = [block for block in laid.blocks if not block.also]
    return {
        "id": claim.id,
        "number": claim.number,
        "who": claim.who,
        "when": claim.when,
        "text": claim.text,
        "note": claim.note,
        "ask": of.play.ask,
        "about": of.play.about,
        "truth": of.truth,
        "outcome": of.verdict.outcome,
        "count": [sum(b.held for b in counted), sum(b.tried for b in counted)],
        "first": _first_no(of),
        "start": list(of.start),
        "names": {name: NAMES[name] for name in names},
        "choices": {name: [_say(name, v) for v in values] for name, values in choices.items()},
        "readings": "Read as" if any(one.when for one in claim.readings) else "Look at",
        "toggles": list(laid.toggles),
        "folded": list(laid.folded),
        "blocks": blocks,
        "texts": book.texts.items,
        "columns": book.columns.items,
        "pictures": book.pictures.items,
    }


@cache
def packed(claim: str) -> bytes:
    """Return the document of a claim as gzipped JSON: what is handed to the browser."""
    text = json.dumps(board(claim).facts, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode("utf-8"), mtime=0)


def _has(block: Block, name: str) -> bool:
    return any(name in one.fields for one in block.entries)


def _choices(laid: Grid, name: str) -> list[Any]:
    """Return every value of a field, little first and widths in order."""
    found = {v: None for b in laid.blocks for v in b.values.get(name, ())}
    found |= {
        one.fields[name]: None for b in laid.blocks for one in b.entries if name in one.fields
    }
    order = {v: k for k, v in enumerate(("little", "big", "native"))}
    values = list(found)
    if name in ("width", "era"):
        return sorted(values)
    return sorted(values, key=lambda v: order.get(v, 0)) if set(values) & set(order) else values


def _say(name: str, value: Any) -> str:  # noqa: ANN401 - whatever a field holds
    """Write a choice for a toggle."""
    if name == "el":
        return f"EL{value}"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _block(of: Board, number: int, book: _Book, choices: dict[str, list[Any]]) -> dict[str, Any]:
    block, part = of.grid.blocks[number], of.play.parts[number]
    findings = (*of.verdict.findings, *of.verdict.also)
    rows = []
    for k, (one, at) in enumerate(zip(block.entries, block.at, strict=True)):
        picture = of.picture(number, k)
        fields = [
            values.index(one.fields[name]) if name in one.fields else -1
            for name, values in choices.items()
        ]
        flags = (int(one.yes), int(picture.wrong), int(one.counted))
        rows.append([list(at), *flags, book.picture(picture), fields])
    return {
        "name": part.name,
        "yes": part.yes,
        "no": part.no,
        "says": block.reading.text,
        "also": block.also,
        "outcome": findings[number].outcome,
        "held": block.held,
        "tried": block.tried,
        "squares": block.squares,
        "each": block.each,
        **_lines(block),
        "cases": rows,
    }


def _lines(block: Block) -> dict[str, Any]:
    """Return the headings of columns and rows: a group and a text each."""

    def halves(name: str) -> list[str]:
        return [_heading(name, v) for v in block.values[name]] if name else [""]

    widths = block.values["width"] if len(block.values.get("width", ())) > 1 else ("",)
    inner = [", ".join(map(_inner, block.rows, values)) for values in block.inner]
    return {
        "across": [[half, str(width)] for half in halves(block.across) for width in widths],
        "down": [[half, row] for half in halves(block.down) for row in inner],
        "wide": len(widths),
        "high": len(inner),
        "unit": "bytes" if len(widths) > 1 else "",
    }


def _heading(name: str, value: Any) -> str:  # noqa: ANN401 - whatever a field holds
    return f"{NAMES[name] if name in ('ee', 'e0e') else name} {_say(name, value)}"


def _inner(name: str, value: Any) -> str:  # noqa: ANN401 - whatever a field holds
    if name in ("access", "driver", "era", "el"):
        return _say(name, value).removesuffix(" load")
    return f"{name} {_say(name, value)}"


def _first_no(of: Board) -> list[int] | None:
    """Return reading and case of the first case that says no and counts; None if none does."""
    for number, block in enumerate(of.grid.blocks):
        for k, one in enumerate(block.entries):
            if one.counted and not one.yes and not block.also:
                return [number, k]
    return None
