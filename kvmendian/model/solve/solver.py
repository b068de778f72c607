"""The solver: the one module that knows bitwuzla, an SMT solver for bit vectors.

Where it is not installed, `available` says so, and what needs it stays undecided. It is asked one
thing only: is there a value of `data` for which some terms of one bit are all true?
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .terms import DATA, Term, const, evaluate, extract, make

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 4
"""The longest that one question may take."""

INSTALL = "pip install 'kvmendian[prove]'"

_KINDS = {
    "not": "BV_NOT",
    "and": "BV_AND",
    "or": "BV_OR",
    "xor": "BV_XOR",
    "add": "BV_ADD",
    "sub": "BV_SUB",
    "mul": "BV_MUL",
    "udiv": "BV_UDIV",
    "urem": "BV_UREM",
    "shl": "BV_SHL",
    "lshr": "BV_SHR",
    "ashr": "BV_ASHR",
    "eq": "BV_COMP",
}


def available() -> bool:
    """Whether the solver is installed."""
    return find_spec("bitwuzla") is not None


class TooHardError(Exception):
    """The solver did not answer in time."""


class Solver:
    """Questions about terms; what was translated once is kept.

    >>> odd = make("eq", make("and", DATA, const(1, 64)), const(1, 64))
    >>> hex(Solver().smallest(odd, make("ult", const(0x100, 64), DATA))) if available() else "0x101"
    '0x101'
    """

    def __init__(self) -> None:
        """Load the solver. Raises `ImportError` where there is none."""
        import bitwuzla  # noqa: PLC0415 - 15 ms, and only who computes needs it

        self._b: Any = bitwuzla
        self._terms = bitwuzla.TermManager()
        options = bitwuzla.Options()
        options.set(bitwuzla.Option.PRODUCE_MODELS, True)  # noqa: FBT003 - its own interface
        options.set(bitwuzla.Option.TIME_LIMIT_PER, 1000 * SECONDS)
        self._solver = bitwuzla.Bitwuzla(self._terms, options)
        self._done: dict[Term, Any] = {}

    def find(self, *conditions: Term) -> int | None:
        """Return a value of `data` for which all conditions are 1, or None: there is none.

        What comes back has been put into the terms, by our own arithmetic.
        """
        if any(condition.constant == 0 for condition in conditions):
            return None
        one = self._terms.mk_bv_value(self._terms.mk_bv_sort(1), 1)
        equal = self._b.Kind.EQUAL
        asked = [self._terms.mk_term(equal, [self._translate(c), one]) for c in conditions]
        answer = self._solver.check_sat(*asked)
        if answer == self._b.Result.UNSAT:
            return None
        if answer != self._b.Result.SAT:
            raise TooHardError
        value = int(self._solver.get_value(self._translate(DATA)).value(16), 16)
        if not all(evaluate(condition, value) for condition in conditions):
            raise TooHardError  # an answer that does not hold decides nothing
        return value

    def smallest(self, *conditions: Term) -> int | None:
        """Return the smallest value of `data`, unsigned, for which all conditions are 1."""
        found = self.find(*conditions)
        if found is None:
            return None
        for simple in _simple():
            if simple < found and all(evaluate(condition, simple) for condition in conditions):
                found = simple
                break
        for low in range(found.bit_length() - 1, -1, -1):  # clear what can be cleared, from the top
            if found >> low & 1:
                width = 64 - low
                less = make("eq", extract(DATA, low, width), const(found >> low ^ 1, width))
                smaller = self.find(*conditions, less)
                found = found if smaller is None else smaller
        return found

    def _translate(self, term: Term) -> Any:  # noqa: ANN401 - the solver's own
        waiting = [term]
        while waiting:
            one = waiting[-1]
            missing = [arg for arg in one.args if arg not in self._done]
            waiting += missing
            if not missing:
                waiting.pop()
                if one not in self._done:
                    self._done[one] = self._one(one, [self._done[arg] for arg in one.args])
        return self._done[term]

    def _one(self, term: Term, args: list[Any]) -> Any:  # noqa: ANN401, PLR0911 - one a kind
        kind, terms, op = self._b.Kind, self._terms, term.op
        if op == "data":
            return terms.mk_const(terms.mk_bv_sort(term.width), "data")
        if op == "const":
            return terms.mk_bv_value(terms.mk_bv_sort(term.width), term.given)
        if op == "extract":
            bounds = [term.given + term.width - 1, term.given]
            return terms.mk_term(kind.BV_EXTRACT, args, bounds)
        if op in ("zext", "sext"):
            more = [term.width - term.args[0].width]
            which = kind.BV_ZERO_EXTEND if op == "zext" else kind.BV_SIGN_EXTEND
            return terms.mk_term(which, args, more)
        one = terms.mk_bv_value(terms.mk_bv_sort(1), 1)
        if op == "ite":
            chosen = terms.mk_term(kind.EQUAL, [args[0], one])
            return terms.mk_term(kind.ITE, [chosen, *args[1:]])
        if op in ("ult", "slt"):
            zero = terms.mk_bv_value(terms.mk_bv_sort(1), 0)
            less = terms.mk_term(kind.BV_ULT if op == "ult" else kind.BV_SLT, args)
            return terms.mk_term(kind.ITE, [less, one, zero])
        return terms.mk_term(getattr(kind, _KINDS[op]), args)


def _simple() -> Iterator[int]:
    """Yield small values and single bits, which are counterexamples more often than not."""
    yield from range(4)
    for k in range(2, 64):
        yield 1 << k
