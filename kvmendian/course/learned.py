"""What a class learned: gain per item, the wrong answers that were chosen, items that tell nothing.

Reads the files that `pairs.Sitting` exports. The figures are the usual ones of item analysis:
normalised gain (R. Hake, American Journal of Physics 66, 1998), and the correlation of an item with
the rest of its test, by which an item under 0.2 does not tell the strong from the weak.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import StatisticsError, correlation
from typing import TYPE_CHECKING, Any

from kvmendian.display import Table, Tabular
from kvmendian.errors import SetupError, show

from .pairs import FORM, PAIRS, SITTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FEWEST = 10
"""Learners below which nothing is said of whether an item discriminates."""
LOWEST = 0.2
"""Correlation with the rest of the test below which an item does not discriminate."""

Answers = dict[str, tuple[bool, str]]
"""Of one sitting: for each item, whether it is right, and the kind of mistake."""


@dataclass(frozen=True, repr=False)
class Learned(Tabular):
    """What became of the items: rows of `of_items`, how many sat, and what was left out."""

    rows: tuple[tuple[str, ...], ...]
    before: int
    after: int
    both: int
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Return a row an item."""
        sat = f"{self.before} before, {self.after} after, {self.both} both"
        columns = ("item", "before", "after", "gain", "wrong answers after", "discriminates")
        return Table(f"Answers of {sat}", columns, self.rows, self.notes)


def read(paths: Iterable[str | Path]) -> tuple[dict[str, dict[str, Answers]], tuple[str, ...]]:
    """Return the answers by sitting and learner, and what was wrong with files that were left out.

    Of two files of one learner and sitting, the later in the list counts. Raises `SetupError` for a
    file that cannot be read at all.
    """
    found: dict[str, dict[str, Answers]] = {sitting: {} for sitting in SITTINGS}
    left: list[str] = []
    for path in paths:
        try:
            text = Path(path).read_bytes()
        except (OSError, ValueError) as error:
            given = f"{show(str(path))} ({type(error).__name__})"
            allowed = "files of answers, as a sitting exports them"
            raise SetupError(given, allowed, "python -m kvmendian learned answers.json") from None
        told = _told(text)
        if told is None:
            left.append(f"left out, no file of answers: {_plain(path, 200)}")
            continue
        sitting, learner, answers = told
        if learner in found[sitting]:
            left.append(
                f"{learner}, {sitting}: a second file; the later one counts: {_plain(path, 200)}"
            )
        found[sitting][learner] = answers
    return found, tuple(left)


def _plain(text: object, longest: int = 40) -> str:
    """Return a text of a file for one line of a terminal: it may hold anything."""
    return "".join(c for c in str(text) if c.isprintable())[:longest]


def _told(text: bytes) -> tuple[str, str, Answers] | None:
    """Take a file apart, in any encoding of Unicode; None for what is none of ours."""
    try:
        data: Any = json.loads(text)
        if data["what"] != FORM or data["sitting"] not in SITTINGS:
            return None
        answers = {
            str(one["item"]): (one["right"] is True, _plain(one["mistake"]))
            for one in data["answers"]
            if one["item"] in PAIRS
        }
        return data["sitting"], _plain(data["learner"]), answers
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def learned(paths: Iterable[str | Path]) -> Learned:
    """Read files of answers and say, item by item, what was learned.

    Gain compares those who sat both times. Raises `SetupError` where no file has answers.
    """
    sittings, left = read(paths)
    before, after = sittings["before"], sittings["after"]
    if not before and not after:
        given = "; ".join(left) or "no file"
        allowed = "files of answers, as a sitting exports them"
        raise SetupError(given, allowed, "python -m kvmendian learned answers.json")
    both = sorted(set(before) & set(after))
    rows = tuple(_row(item, before, after, both) for item in PAIRS)
    notes = (*left, "not validated on learners yet: compare classes with care, grade nobody by it")
    return Learned(rows, len(before), len(after), len(both), notes)


def _row(
    item: str, before: Mapping[str, Answers], after: Mapping[str, Answers], both: list[str]
) -> tuple[str, ...]:
    wrong = Counter(
        answers[item][1] for answers in after.values() if item in answers and not answers[item][0]
    )
    chosen = ", ".join(f"{kind} {count}" for kind, count in wrong.most_common(3))
    shares = [_share(item, sat.values()) for sat in (before, after)]
    first, second = (_share(item, [sat[one] for one in both]) for sat in (before, after))
    return (item, *map(_percent, shares), _gain(first, second), chosen or "none",
            _discriminates(item, after or before))  # fmt: skip


def _share(item: str, sat: Iterable[Answers]) -> float | None:
    """Return which part of those who were asked is right; an item left out is wrong."""
    right = [answers.get(item, (False, ""))[0] for answers in sat]
    return sum(right) / len(right) if right else None


def _percent(share: float | None) -> str:
    return "no data" if share is None else f"{share:.0%}"


def _gain(before: float | None, after: float | None) -> str:
    """Return what was gained of what could be: 1 is all of it, below 0 is lost."""
    if before is None or after is None:
        return "no data"
    if before == 1:
        return "all knew it" if after == 1 else f"{after - 1:+.0%} of all"
    return f"{(after - before) / (1 - before):+.2f}"


def _discriminates(item: str, sat: Mapping[str, Answers]) -> str:
    """Say whether those who are right here are right elsewhere too."""
    if len(sat) < FEWEST:
        return f"too few ({len(sat)})"
    here = [float(answers.get(item, (False, ""))[0]) for answers in sat.values()]
    rest = [
        float(sum(right for name, (right, _) in answers.items() if name != item))
        for answers in sat.values()
    ]
    try:
        found = correlation(here, rest)
    except StatisticsError:
        return "no: all answer alike"
    return f"{'yes' if found >= LOWEST else 'no'}: {found:+.2f}"
