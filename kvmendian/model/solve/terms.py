"""Terms: what a function computed from a number that nobody has chosen yet.

A term is a bit vector of fixed width, made of the variable `data`, constants and operations, as in
SMT-LIB's theory of bit vectors: it wraps, and a shift by its width or more leaves zeros (or the
sign). Operations on constants are worked out at once. Python's and C's integers are built on terms
(`symbols`, `cvalues`), and a solver answers questions about them (`solver`).

Where a term only moves bits, no solver is needed: see `bits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kvmendian.model import lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Term:
    """One operation, its operands and its width in bits; `given` holds its numbers.

    `given` is the value of a constant, the low bit of an `extract`; equality is identity.
    """

    __slots__ = ("args", "given", "op", "width")

    def __init__(self, op: str, width: int, args: tuple[Term, ...] = (), given: int = 0) -> None:
        """Keep them; `make` and its like fold constants first."""
        self.op, self.width, self.args, self.given = op, width, args, given

    @property
    def constant(self) -> int | None:
        """The value of a constant, unsigned; None for anything else."""
        return self.given if self.op == "const" else None

    def __repr__(self) -> str:
        """Show the operation: terms share operands, so all of it may be long."""
        return f"<Term {self.op}, {self.width} bits>"


DATA = Term("data", 64)
"""The one variable: the 64-bit integer that a conversion is given."""


def signed(value: int, width: int) -> int:
    """Read an unsigned value as two's complement.

    >>> signed(0xff, 8)
    -1
    """
    return value - (1 << width) if value >> (width - 1) & 1 else value


_FOLD: dict[str, Callable[..., int]] = {
    "not": lambda _, a: ~a,
    "and": lambda _, a, b: a & b,
    "or": lambda _, a, b: a | b,
    "xor": lambda _, a, b: a ^ b,
    "add": lambda _, a, b: a + b,
    "sub": lambda _, a, b: a - b,
    "mul": lambda _, a, b: a * b,
    "udiv": lambda _, a, b: a // b if b else -1,
    "urem": lambda _, a, b: a % b if b else a,
    "shl": lambda w, a, b: a << b if b < w else 0,
    "lshr": lambda w, a, b: a >> b if b < w else 0,
    "ashr": lambda w, a, b: signed(a, w) >> min(b, w),
    "ite": lambda _, a, b, c: b if a else c,
    "eq": lambda _, a, b: a == b,
    "ult": lambda _, a, b: a < b,
    "slt": lambda _, a, b: a < b,  # the operands come signed
}


def const(value: int, width: int) -> Term:
    """Return a constant; the value is cut to the width."""
    return Term("const", width, (), value & (1 << width) - 1)


TRUE, FALSE = const(1, 1), const(0, 1)


def make(op: str, *args: Term) -> Term:  # noqa: C901, PLR0911 - one return a rule
    """Return an operation on operands of one width (`ite` chooses by one of one bit).

    >>> make("add", const(3, 8), const(255, 8)).constant
    2
    """
    width = 1 if op in ("eq", "ult", "slt") else args[-1].width
    values = [arg.constant for arg in args]
    if op == "ite" and values[0] is not None:
        return args[1] if values[0] else args[2]
    if None not in values:
        return const(_fold(op, width, args[-1].width, values), width)
    if op == "ite" and args[1] is args[2]:
        return args[1]
    if op == "not" and args[0].op == "not":
        return args[0].args[0]
    if op in ("and", "or", "xor", "add"):
        for one, other in (args, args[::-1]):
            if one.constant == 0:
                return one if op == "and" else other
            if op == "and" and one.constant == (1 << width) - 1:
                return other
            if op == "or" and width == 1 and one.constant:
                return one
    if op in ("sub", "shl", "lshr", "ashr") and args[1].constant == 0:
        return args[0]
    return Term(op, width, args)


def _fold(op: str, width: int, operands: int, values: list[int | None]) -> int:
    numbers = [v or 0 for v in values]
    if op == "slt":
        numbers = [signed(v, operands) for v in numbers]
    return int(_FOLD[op](width, *numbers))


def extract(term: Term, low: int, width: int) -> Term:
    """Return `width` bits of a term, from bit `low` up."""
    if low == 0 and width == term.width:
        return term
    if term.op == "const":
        return const(term.given >> low, width)
    if term.op == "extract":
        return extract(term.args[0], term.given + low, width)
    if term.op in ("zext", "sext") and low + width <= term.args[0].width:
        return extract(term.args[0], low, width)
    return Term("extract", width, (term,), low)


def extend(term: Term, width: int, *, sign: bool = False) -> Term:
    """Return a term widened, by zeros or by its sign."""
    if width == term.width:
        return term
    if term.op == "const":
        return const(signed(term.given, term.width) if sign else term.given, width)
    return Term("sext" if sign else "zext", width, (term,))


def resize(term: Term, width: int, *, sign: bool = False) -> Term:
    """Cut or widen a term, as a cast does."""
    return extract(term, 0, width) if width <= term.width else extend(term, width, sign=sign)


def concat(parts: list[Term]) -> Term:
    """Join terms, the first the least significant."""
    joined = parts[0]
    for part in parts[1:]:
        width = joined.width + part.width
        low = extend(joined, width)
        high = make("shl", extend(part, width), const(joined.width, width))
        joined = make("or", low, high)
    return joined


def order(term: Term, done: dict[Term, Any]) -> Iterator[Term]:
    """Yield a term's operands before the term, each once, and none that is done."""
    waiting = [term]
    while waiting:
        one = waiting[-1]
        missing = [arg for arg in one.args if arg not in done]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if one not in done:
            yield one


def evaluate(term: Term, data: int) -> int:
    """Return a term's value, unsigned, for a value of `data`.

    >>> hex(evaluate(make("add", DATA, const(1, 64)), 0xff))
    '0x100'
    """
    done: dict[Term, int] = {}
    for one in order(term, done):
        numbers = [done[arg] for arg in one.args]
        if one.op == "data":
            value = data
        elif one.op == "const":
            value = one.given
        elif one.op == "extract":
            value = numbers[0] >> one.given
        elif one.op == "zext":
            value = numbers[0]
        elif one.op == "sext":
            value = signed(numbers[0], one.args[0].width)
        else:
            value = _fold(one.op, one.width, one.args[-1].width, list(numbers))
        done[one] = value & (1 << one.width) - 1
    return done[term]


def of_lanes(content: lanes.Lanes, source: Term, second: Term | None = None) -> Term:
    """Return lanes as a term: the bytes of `source` (64 bits), of `second`, zeros and signs.

    >>> hex(evaluate(of_lanes((1, 0, lanes.ZERO), DATA), 0x1122))
    '0x2211'
    """
    parts: list[Term] = []
    last: lanes.Lane | None = None
    for lane in content:
        base = 0 if lane < lanes.SECOND[0] else lanes.SECOND[0]
        term = second if base and second is not None else source
        k = lane - base
        if lane == lanes.ZERO:
            part = const(0, 8)
        elif k < lanes.WORD:
            part = extract(term, 8 * k, 8)
            if last is not None and lane == last + 1 and lane != base:  # the next byte: one piece
                whole = parts.pop()
                part = extract(term, 8 * k - whole.width, whole.width + 8)
        else:
            top = extract(term, 8 * (k - lanes.sign_of(0)) + 7, 1)
            part = extend(top, 8, sign=True)
        last = lane if lane != lanes.ZERO and k < lanes.WORD else None
        parts.append(part)
    return concat(parts)


def put(term: Term, data: Term) -> Term:
    """Return a term with `data` in place of its variable."""
    if data is DATA:
        return term
    done: dict[Term, Term] = {DATA: data}
    for one in order(term, done):
        args = [done[arg] for arg in one.args]
        if one.op == "extract":
            done[one] = extract(args[0], one.given, one.width)
        elif one.op in ("zext", "sext"):
            done[one] = extend(args[0], one.width, sign=one.op == "sext")
        else:
            done[one] = make(one.op, *args) if args else one
    return done[term]
