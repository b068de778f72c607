"""All paths through a function that looks at its data.

A function is run with a symbol in place of `data`. Where it asks whether something is true
(`if data >> 8`), the run decides: it goes one way now and notes the other for later. So a function
with three paths runs three times, and what it returns is one term that chooses among the three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn

from .solver import INSTALL, SECONDS, Solver, TooHardError, available
from .terms import FALSE, TRUE, Term, const, make

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.lanes import Arch

MOST_PATHS = 400
MOST_DECISIONS = 2_000

_TOO_HARD = f"the solver did not answer within {SECONDS} seconds"


class UndecidedError(BaseException):
    """A symbol cannot follow the function here; the text says which operation it was.

    No `Exception`: a function's own `except Exception` must not turn it into an answer.
    """


class Image(NamedTuple):
    """What a function makes of its data, for all values at once.

    `out` is its result, 64 bits, or None where that is `undecided`, which says why. `broken` is
    true for the values for which the function has no result, because it raises.
    """

    out: Term | None
    broken: Term = FALSE
    undecided: str | None = None
    error: str = ""
    """What it raised, on one of these paths."""


class Readable:
    """A function that says itself what it makes, as a term: one that was read from C."""

    def on(self, arch: Arch) -> Readable:  # noqa: ARG002 - what has no `long` is the same on all
        """Return the same function on an architecture."""
        return self

    def term(self, run: Run, data: Term, *args: int) -> Term:
        """Return the result, 64 bits, for data of 64 bits; decisions are the run's."""
        raise NotImplementedError


class Run:
    """One run of a function: which way it goes at each question about the data."""

    def __init__(self, ways: list[bool], domain: Term, solver: Solver | None) -> None:
        """Go the given ways first."""
        self.ways, self.taken, self.path = ways, 0, domain
        self.asked = 0
        self.later: list[list[bool]] = []
        self.failed: str | None = None
        self._solver = solver

    def give_up(self, reason: str) -> NoReturn:
        """End the run undecided; that it was is remembered even if a function catches it."""
        self.failed = self.failed or reason
        raise UndecidedError(self.failed)

    def possible(self, condition: Term) -> bool:
        """Whether a condition can be true on this path. Asks the solver."""
        if condition.constant is not None:
            return bool(condition.constant)
        if self._solver is None:
            self.give_up(f"a solver is not installed ({INSTALL}), and it branches on the data")
        try:
            return self._solver.find(self.path, condition) is not None
        except TooHardError:
            self.give_up(_TOO_HARD)

    def decide(self, condition: Term) -> bool:
        """Return whether a condition holds on this path."""
        if condition.constant is not None:
            return bool(condition.constant)
        self.asked += 1
        if self.asked > MOST_DECISIONS:
            self.give_up(f"it asks more than {MOST_DECISIONS:,} questions about the data")
        if self.taken < len(self.ways):
            way = self.ways[self.taken]
        else:
            way = self.possible(condition)
            if way and self.possible(make("not", condition)):
                self.later.append([*self.ways, False])
            self.ways = [*self.ways, way]
        self.taken += 1
        self.path = make("and", self.path, condition if way else make("not", condition))
        return way


def explore(function: Callable[[Run], Term], domain: Term = TRUE) -> Image:
    """Run a function on every path that some value in `domain` takes; return what it makes.

    The function is given the run. An exception of it counts as broken for the values of its path.
    """
    solver = Solver() if available() else None
    waiting: list[list[bool]] = [[]]
    out: Term | None = None
    broken, error = FALSE, ""
    ran = 0
    while waiting:
        run = Run(waiting.pop(), domain, solver)
        ran += 1
        if ran > MOST_PATHS:
            return Image(None, undecided=f"it has more than {MOST_PATHS} paths through the data")
        made: Term | None = None
        try:
            made = function(run)
        except UndecidedError as gave_up:
            run.failed = run.failed or str(gave_up)
        except Exception as raised:  # noqa: BLE001 - whatever it raises, it has no result here
            broken = make("or", broken, run.path)
            error = f"{type(raised).__name__}: {raised}"
        if run.failed:
            return Image(None, undecided=run.failed)
        waiting += run.later
        if made is not None:
            out = made if out is None else make("ite", run.path, made, out)
    if out is None:  # it raises whatever it is given
        out = const(0, 64)
    return Image(out, broken, error=error)
