"""The judge: whether two readings of a road are the same for every value, and if not, for which.

Lanes decide where bytes only move. Where a learner's function computes, its result is a term; if
that only moves bits, comparing bits decides, else the solver. Where neither can, values are tried,
and the judge says why that proves nothing. Whatever a solver finds is run with integers before it
is told.
"""

from __future__ import annotations

import time
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.model import lanes

from .bits import bits
from .solver import INSTALL, SECONDS, Solver, TooHardError, available
from .terms import DATA, FALSE, Term, evaluate, make, of_lanes, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.lanes import Lanes

    from .paths import Image

MOST_SECONDS = 20
"""What trying values may take in all, where nothing can be proven."""

_NO_SOLVER = f"it does more than move bits, and no solver is installed ({INSTALL})"
_CLASH = "it answers a symbol otherwise than an integer"


class Side(NamedTuple):
    """One reading of a road: lanes, and what the function in it was given and makes of it."""

    content: Lanes
    asked: Lanes = ()
    image: Image | None = None


class Verdict(NamedTuple):
    """Whether two sides differ for some value: that value, or why it is not known."""

    fails: bool
    value: int | None = None
    undecided: str | None = None


class Judge:
    """Compares sides; what was asked once is not asked again."""

    def __init__(self) -> None:
        """Start with nothing known; the solver is loaded when first needed."""
        self.solver: Solver | None = None
        self.tried = 0
        self._known: dict[tuple[Side, Side], Verdict] = {}
        self._terms: dict[tuple[Term, Lanes], Term] = {}
        self._ends: float | None = None
        self._hard: dict[int, str] = {}

    def compare(self, one: Side, other: Side, size: int, differs: Callable[[int], bool]) -> Verdict:
        """Return whether two sides differ for some value of `size` bits, with a value if so.

        `differs` runs a value with integers, and may raise what a learner's function raises.
        """
        key = (one, other)
        if key not in self._known:
            verdict = self._prove(one, other, differs)
            if verdict.undecided is not None and not verdict.fails:
                verdict = self._try(verdict.undecided, size, differs)
            self._known[key] = verdict
        return self._known[key]

    def smallest(self, one: Side, other: Side, found: int) -> int:
        """Return the smallest value for which two sides differ; one that does is known."""
        terms = self._two(one, other)
        if terms is None:
            return found
        differ = make("not", make("eq", *terms))
        for simple in (*range(256), *(1 << k for k in range(64))):
            if simple >= found:
                break
            if _true(differ, simple):
                return self._less(differ, simple)
        return self._less(differ, found)

    def _less(self, differ: Term, found: int) -> int:
        if found < 256 or not available():  # smaller values have all been tried
            return found
        try:
            least = self._ask().smallest(differ)
        except TooHardError:
            return found
        return found if least is None else min(least, found)

    def _ask(self) -> Solver:
        self.solver = self.solver or Solver()
        return self.solver

    # --- for all values ------------------------------------------------------------------------

    def _prove(  # noqa: PLR0911 - one return a reason
        self, one: Side, other: Side, differs: Callable[[int], bool]
    ) -> Verdict:
        for side in (one, other):
            if side.image and side.image.undecided:
                return Verdict(fails=False, undecided=side.image.undecided)
            if id(side.image) in self._hard:  # the solver will not do better the next time
                return Verdict(fails=False, undecided=self._hard[id(side.image)])
        try:
            for side in (one, other):
                if side.image and (why := self._broken(side, side.image, differs)):
                    return Verdict(fails=False, undecided=why)
            terms = self._two(one, other)
            assert terms is not None  # noqa: S101 - no side is undecided
            found = self._differ(*terms)
        except TooHardError:
            why = f"the solver did not answer within {SECONDS} seconds"
            self._hard |= {id(side.image): why for side in (one, other) if side.image}
            return Verdict(fails=False, undecided=why)
        except ImportError:
            return Verdict(fails=False, undecided=_NO_SOLVER)
        if found is None:
            return Verdict(fails=False)
        if not differs(found):
            return Verdict(fails=False, undecided=_CLASH)
        return Verdict(fails=True, value=found)

    def _broken(self, side: Side, made: Image, differs: Callable[[int], bool]) -> str | None:
        """Run a value for which the function has no result: it raises, with integers as well."""
        if made.broken is FALSE:
            return None
        found = self._ask().smallest(self._put(made.broken, side.asked))
        if found is None:
            return None
        differs(found)
        return f"a symbol cannot follow it ({made.error})"

    def _put(self, term: Term, asked: Lanes) -> Term:
        key = (term, asked)
        if key not in self._terms:
            data = DATA if asked == lanes.SOURCE else of_lanes(asked, DATA)
            self._terms[key] = put(term, data)
        return self._terms[key]

    def _two(self, one: Side, other: Side) -> tuple[Term, Term] | None:
        made = []
        for side in (one, other):
            second = None
            if side.image is not None:
                if side.image.out is None:
                    return None
                second = self._put(side.image.out, side.asked)
            made.append(of_lanes(side.content, DATA, second))
        return made[0], made[1]

    def _differ(self, one: Term, other: Term) -> int | None:
        """Return a value for which two terms differ, or None."""
        first, second = bits(one), bits(other)
        if None not in first and None not in second:
            if first == second:
                return None
            differ = make("not", make("eq", one, other))
            return next(v for v in (0, *(1 << k for k in range(64))) if _true(differ, v))
        return self._ask().find(make("not", make("eq", one, other)))

    # --- for some ------------------------------------------------------------------------------

    def _try(self, why: str, size: int, differs: Callable[[int], bool]) -> Verdict:
        """Try values, smallest first, with every bit of the register in play."""
        self._ends = self._ends or time.monotonic() + MOST_SECONDS
        values = samples(size)
        self.tried = max(self.tried, len(values))
        for value in values:
            if time.monotonic() > self._ends:
                return Verdict(fails=False, undecided=f"{why}; and trying values took too long")
            if differs(value):
                return Verdict(fails=True, value=value, undecided=why)
        return Verdict(fails=False, undecided=why)


def samples(size: int) -> tuple[int, ...]:
    """Return values of up to `size` bits to try, smallest first: every bit alone, and mixtures.

    >>> 1 << 63 in samples(64), max(samples(8))
    (True, 255)
    """
    random = Random(20140121)  # noqa: S311 - the same values every time, not secrets
    full = (1 << size) - 1
    some = [random.getrandbits(size) for _ in range(30)]
    some += [random.getrandbits(size) & random.getrandbits(size) >> 7 for _ in range(10)]
    marked = [0x8877665544332211 & full, 0x1122334455667788 & full]
    return tuple(sorted({0, full, *marked, *(1 << k for k in range(size)), *some}))


def _true(term: Term, value: int) -> bool:
    return bool(evaluate(term, value))
