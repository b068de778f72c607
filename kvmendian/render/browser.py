"""The atlas for the browser: every road with its words, as one JSON document.

The browser evaluates lanes and draws; it knows nothing about byte order. So everything that
depends on a setup is worked out here, once: which byte sits where, which positions a picture
shows, how memory is read, what each step is called and why, which sentences follow. Equal things
are stored once and named by number; numbers stand in columns, which pack to half of rows.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from itertools import pairwise, product, zip_longest
from typing import TYPE_CHECKING, Any

from kvmendian.errors import SetupError
from kvmendian.evidence import measured
from kvmendian.model import reasons
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.road import road
from kvmendian.model.setups import CHOICES, COMBINED, SLOTS, Setup, impossible
from kvmendian.model.story import Story

from . import casemap, places, words
from .table import truth_table

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kvmendian.model.designs import Design
    from kvmendian.model.steps import Road, Step

FIELDS = (*(name for name in CHOICES if name != "design"), "design")
"""Fields of a setup in the order in which the index counts them, the last the fastest."""

LABELS = {
    "op": "Operation",
    "width": "Width",
    "guest": "Guest data order (E bit)",
    "host": "Host byte order",
    "device": "Device byte order",
    "target": "Emulator target order",
    "design": "KVM design",
    "driver": "Driver",
    "signed": "Sign-extend",
    "register_width": "Register width",
    "arch": "Architecture",
    "value": "Value",
}
"""Accessible names of the controls."""


class _Pool:
    """Keeps each thing once and gives it a number."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, item: Hashable) -> int:
        """Return the number of an item, a new one if it is new."""
        found = self._numbers.get(item)
        if found is None:
            found = self._numbers[item] = len(self.items)
            self.items.append(item)
        return found


class _Book:
    """Collects roads, sharing texts, lanes, steps and ledger lines among them."""

    def __init__(self) -> None:
        self.texts, self.lanes, self.steps, self.swaps, self.roads = (_Pool() for _ in range(5))

    def step(self, step: Step, told: Story, number: int) -> int:
        """Enter one place: its names, lanes, how it is drawn, and why."""
        stage = told.stages[number]
        shown, rest = places.split(stage, told)
        label = places.rest_label(stage, rest) if rest else ""
        text = self.texts.number
        return self.steps.number(
            (
                text(step.place),
                int(step.kind == "integer"),
                self.lanes.number(step.lanes),
                text(step.function),
                text(stage.why),
                text(stage.zone),
                text(stage.order),
                self.lanes.number(tuple(sorted(shown))),
                self.lanes.number(rest),
                text(label),
            )
        )

    def road(self, found: Road) -> int:
        """Enter a whole road."""
        told, text = Story(found.setup, 0), self.texts.number
        recorded = measured.of(found.setup)
        swaps = [
            self.swaps.number(
                (
                    text(swap.who),
                    int(swap.swapped),
                    int(swap.needed),
                    text(swap.why),
                    swap.stage,
                    text(words.did(swap.swapped, swap.needed)),
                )
            )
            for swap in found.swaps
        ]
        ends = (getattr(found, name) for name in ENDS)
        return self.roads.number(
            (
                tuple(self.step(step, told, k) for k, step in enumerate(found.steps)),
                tuple(swaps),
                tuple(self.lanes.number(end) for end in ends),
                int(found.honours_abi),
                text(words.why(found)),
                text(words.ledger_head(found.swaps)),
                text(reasons.instruction(found.setup)),
                found.setup.value_bits,
                found.setup.slot,
                text(found.setup.register_name),
                text(words.evidence(recorded)),
                text(hex(recorded.value) if recorded else ""),
            )
        )


ENDS = ("mmio", "ram", "register", "expected", "device", "software")
"""Lanes of a road that verdicts compare, in the order in which the document has them."""


def document(designs: tuple[Design, ...] = ()) -> dict[str, Any]:
    """Return the atlas of the six designs and of some more, as plain JSON data.

    Raises `SetupError` for a design that does more than move bytes, or a name used twice.

    >>> sorted(document())[:4]
    ['choices', 'combined', 'defaults', 'did']
    """
    names = [*DESIGNS, *(design.name for design in designs)]
    if len(set(names)) < len(names):
        raise SetupError(f"designs={names}", "a name of its own for each", "another name")
    choices = {name: list(CHOICES[name]) for name in FIELDS if name != "design"}
    choices["design"] = [*DESIGNS.values(), *designs]
    book, index = _Book(), []
    for point in product(*choices.values()):
        fields = dict(zip(FIELDS, point, strict=True))
        if impossible(*(fields[name] for name in COMBINED)):
            index.append(-1)
            continue
        found = road(Setup(**fields))
        if found is None:
            given = f"design={fields['design'].name!r}"
            raise SetupError(given, "a design that only moves bytes", "prove(design), by values")
        index.append(book.road(found))
    choices["design"] = names
    return {
        "fields": list(FIELDS),
        "choices": choices,
        "labels": LABELS,
        "defaults": Setup().fields(),
        "zones": list(reasons.ZONES),
        "ends": list(ENDS),
        "texts": book.texts.items,
        "lanes": book.lanes.items,
        "steps": book.steps.items,
        "swaps": book.swaps.items,
        "roads": _columns(book.roads.items),
        "index": [road - before for before, road in pairwise((0, *index))],
        "combined": list(COMBINED),
        "problems": _problems(),
        "follows": {
            "arch": {arch: {"register_width": 8 * slot} for arch, slot in SLOTS.items()},
        },
        "verdicts": words.VERDICTS,
        "phrases": words.PHRASES,
        "map": casemap.document(truth_table(*DESIGNS, *designs)),
        "did": {
            f"{int(swapped)}{int(needed)}": words.did(swapped=swapped, needed=needed)
            for swapped, needed in product((False, True), repeat=2)
        },
    }


@lru_cache(maxsize=8)
def packed(designs: tuple[Design, ...] = ()) -> bytes:
    """Return the document as gzipped JSON: what is handed to the browser."""
    text = json.dumps(document(designs), separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode("utf-8"), mtime=0)


def _columns(rows: list[tuple[Any, ...]]) -> list[Any]:
    """Turn rows into columns, and those of lists into a column for each position, or -1."""
    columns = [[row[k] for row in rows] for k in range(len(rows[0]))]
    return [
        list(zip_longest(*column, fillvalue=-1)) if isinstance(column[0], tuple) else column
        for column in columns
    ]


def _problems() -> dict[str, str]:
    """Say of each impossible combination why it is impossible, keyed by its five fields."""
    found = {}
    for point in product(*(CHOICES[name] for name in COMBINED)):
        problem = impossible(*point)
        if problem:
            found["|".join(str(value).lower() for value in point)] = problem[0]
    return found
