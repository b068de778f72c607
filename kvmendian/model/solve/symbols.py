"""A Python integer that nobody has chosen yet: it computes as an `int` does, for all values.

Python's integers have no width, so a symbol carries the interval that its value lies in and is as
wide as that needs. What it cannot follow (being a key, a text) ends the run undecided, by name.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

from kvmendian.model import lanes

from .intervals import size, span
from .printing import inside_print
from .terms import DATA, Term, const, extract, make, of_lanes, resize

if TYPE_CHECKING:
    from collections.abc import Callable

    from .paths import Run

MOST_BITS = 2_048

_FRACTION = "it divides with /, which makes a fraction (// does not)"


class Symbol:
    """An integer known as a term; `low` and `high` enclose its value.

    What a comparison gives is a symbol too, a bool: `condition` is its term of one bit.
    """

    __slots__ = ("condition", "high", "low", "run", "term")

    def __init__(
        self, run: Run, term: Term, low: int, high: int, condition: Term | None = None
    ) -> None:
        """Fit the term (two's complement) to the interval."""
        width = size(low, high)
        if width > MOST_BITS:
            run.give_up(f"it makes a number of more than {MOST_BITS:,} bits")
        self.run, self.low, self.high, self.condition = run, low, high, condition
        self.term = resize(term, width, sign=True)

    @classmethod
    def of(cls, run: Run, term: Term) -> Symbol:
        """Return a term as an unsigned number."""
        return cls(run, resize(term, term.width + 1), 0, (1 << term.width) - 1)

    @classmethod
    def data(cls, run: Run, bits: int) -> Symbol:
        """Return the argument of a conversion: unsigned, of at most so many bits."""
        return cls.of(run, extract(DATA, 0, bits))

    def low64(self) -> Term:
        """Return the low 64 bits, as C keeps them."""
        return resize(self.term, 64, sign=True)

    def beyond(self, bits: int) -> bool:
        """Whether it does not fit into so many bits, unsigned."""
        if self.low >= 0 and self.high < 1 << bits:
            return False
        shifted = self._rshift(self, self._number(bits))
        return not self.run.decide(_equal(shifted, 0))

    def moved(self, move: Callable[[lanes.Lanes], lanes.Lanes]) -> Symbol:
        """Apply a step of the lane algebra to the low 64 bits, as `swab` does to an integer."""
        return Symbol.of(self.run, of_lanes(move(lanes.SOURCE), self.low64()))

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """Answer `isinstance(data, int)` as an integer does; C code is not deceived."""
            return int if self.condition is None else bool

    # --- arithmetic ----------------------------------------------------------------------------

    def _number(self, number: int) -> Symbol:
        return Symbol(self.run, const(number, size(number, number)), number, number)

    def _truth(self, condition: Term) -> Symbol:
        return Symbol(self.run, resize(condition, 2), 0, 1, condition)

    def _other(self, other: object) -> Symbol | None:
        if type(other) is Symbol:
            return other
        if isinstance(other, bool):
            return self._truth(const(int(other), 1))
        if isinstance(other, int):
            return self._number(int(other))
        if isinstance(other, float | complex):
            self.run.give_up("it computes with a fraction")
        return None

    def _make(self, op: str, a: Symbol, b: Symbol, low: int, high: int) -> Symbol:
        """Compute at a width that holds the operands and the result."""
        width = max(size(low, high), a.term.width, b.term.width)
        if width > MOST_BITS:
            self.run.give_up(f"it makes a number of more than {MOST_BITS:,} bits")
        one, other = (resize(x.term, width, sign=True) for x in (a, b))
        return Symbol(self.run, make(op, one, other), low, high)

    def _plain(self, op: str, a: Symbol, b: Symbol) -> Symbol:
        if op in ("and", "or", "xor") and a.condition is not None and b.condition is not None:
            return self._truth(make(op, a.condition, b.condition))  # of two bools a bool
        return self._make(op, a, b, *span(op, (a.low, a.high), (b.low, b.high)))

    def _count(self, count: Symbol) -> None:
        if count.low < 0 and self.run.decide(_negative(count)):
            raise ValueError("negative shift count")

    def _lshift(self, a: Symbol, b: Symbol) -> Symbol:
        self._count(b)
        most = max(b.high, 0)
        if most > MOST_BITS:
            self.run.give_up("it shifts left by a number made of the data")
        ends = [x << s for x in (a.low, a.high) for s in (max(b.low, 0), most)]
        return self._make("shl", a, b, min(ends), max(ends))

    def _rshift(self, a: Symbol, b: Symbol) -> Symbol:
        self._count(b)
        least, most = max(b.low, 0), min(max(b.high, 0), MOST_BITS)
        ends = [x >> s for x in (a.low, a.high) for s in (least, most)]
        return self._make("ashr", a, b, min(ends), max(ends))

    def _divide(self, a: Symbol, b: Symbol) -> tuple[Symbol, Symbol]:
        """Divide as Python does: the quotient is rounded down, the rest has the divisor's sign."""
        if self.run.decide(_equal(b, 0)):
            raise ZeroDivisionError("integer division or modulo by zero")
        one, minus = self._number(1), self._number(0)
        if a.low >= 0 and b.low >= 0:
            quotient = self._make("udiv", a, b, 0, a.high // max(b.low, 1))
            return quotient, self._make("urem", a, b, 0, min(a.high, b.high))
        if self.run.decide(_negative(b)):
            flipped = self._plain("sub", minus, a), self._plain("sub", minus, _within(b, high=-1))
            quotient, rest = self._divide(*flipped)
            return quotient, self._plain("sub", minus, rest)
        divisor = _within(b, low=1)
        if self.run.decide(_negative(a)):  # down, not towards zero
            lifted = self._plain("sub", self._number(-1), _within(a, high=-1))
            quotient, rest = self._divide(lifted, divisor)
            down = self._plain("sub", self._number(-1), quotient)
            return down, self._plain("sub", self._plain("sub", divisor, one), rest)
        return self._divide(_within(a, low=0), divisor)

    def _floordiv(self, a: Symbol, b: Symbol) -> Symbol:
        return self._divide(a, b)[0]

    def _mod(self, a: Symbol, b: Symbol) -> Symbol:
        return self._divide(a, b)[1]

    def _divmod(self, a: Symbol, b: Symbol) -> Any:  # noqa: ANN401 - a pair
        return self._divide(a, b)

    def __pow__(self, power: object, modulus: object = None) -> Symbol:
        if type(power) is not int or not 0 <= power <= 64 or modulus is not None:
            self.run.give_up("it raises to a power")
        result = self._number(1)
        for _ in range(power):
            result = self._plain("mul", self, result)
        return result

    def __neg__(self) -> Symbol:
        return self._plain("sub", self._number(0), self)

    def __pos__(self) -> Symbol:
        return Symbol(self.run, self.term, self.low, self.high)

    def __invert__(self) -> Symbol:
        return self._plain("sub", self._number(-1), self)

    def __abs__(self) -> Symbol:
        return -self if self.run.decide(_negative(self)) else +self

    # --- questions -----------------------------------------------------------------------------

    def _compare(self, op: str, a: Symbol, b: Symbol) -> Symbol:
        width = max(a.term.width, b.term.width)
        one, other = (resize(x.term, width, sign=True) for x in (a, b))
        if op == "slt" and a.high < b.low:
            return self._truth(const(1, 1))
        if (op == "slt" and a.low >= b.high) or (op == "eq" and (a.high < b.low or b.high < a.low)):
            return self._truth(const(0, 1))
        return self._truth(make(op, one, other))

    def _not(self, answer: Symbol) -> Symbol:
        assert answer.condition is not None  # noqa: S101 - it is a comparison's
        return self._truth(make("not", answer.condition))

    def _eq(self, a: Symbol, b: Symbol) -> Symbol:
        return self._compare("eq", a, b)

    def _ne(self, a: Symbol, b: Symbol) -> Symbol:
        return self._not(self._compare("eq", a, b))

    def _lt(self, a: Symbol, b: Symbol) -> Symbol:
        return self._compare("slt", a, b)

    def _gt(self, a: Symbol, b: Symbol) -> Symbol:
        return self._compare("slt", b, a)

    def _le(self, a: Symbol, b: Symbol) -> Symbol:
        return self._not(self._compare("slt", b, a))

    def _ge(self, a: Symbol, b: Symbol) -> Symbol:
        return self._not(self._compare("slt", a, b))

    def __bool__(self) -> bool:
        if self.condition is not None:
            return self.run.decide(self.condition)
        return not self.run.decide(_equal(self, 0))

    def __int__(self) -> int:
        if self.condition is not None:
            return int(bool(self))
        return self.run.give_up("it calls int() of the data")

    def __hash__(self) -> int:
        if self.condition is not None:
            return hash(bool(self))
        return self.run.give_up("it looks the data up in a dict or set")

    def __str__(self) -> str:
        return self._text(sys._getframe(1), "")  # noqa: SLF001 - a print, or the result?

    __repr__ = __str__

    def __format__(self, how: str) -> str:
        return self._text(sys._getframe(1), how)  # noqa: SLF001

    def _text(self, frame: Any, how: str) -> str:  # noqa: ANN401
        if inside_print(frame):
            return "data" if self.condition is None else "data?"
        if self.condition is not None:
            return format(bool(self), how)
        return self.run.give_up("it makes a text of the data")

    def __index__(self) -> int:
        if self.condition is not None:
            return int(bool(self))
        if inside_print(sys._getframe(1)):  # noqa: SLF001 - hex(data), to be printed
            return 0x1122334455667788
        return self.run.give_up("it takes the data for an index, a count or a text")

    def __getattr__(self, name: str) -> NoReturn:
        if hasattr(int, name):
            self.run.give_up(f"it calls data.{name}")
        raise AttributeError(f"'int' object has no attribute {name!r}")

    def _refuse(self, *_: object) -> NoReturn:
        self.run.give_up(_FRACTION)

    __truediv__ = __rtruediv__ = __float__ = __complex__ = __round__ = _refuse


def _operator(name: str, mirror: str | None) -> None:
    """Give `Symbol` an operator and its mirror image, made of the method of the same name."""
    work = getattr(Symbol, f"_{name}", None)

    def make_it(self: Symbol, a: Symbol, b: Symbol) -> Any:  # noqa: ANN401
        return work(self, a, b) if work else self._plain(name, a, b)

    def forward(self: Symbol, other: object) -> Any:  # noqa: ANN401 - or NotImplemented
        b = self._other(other)
        return NotImplemented if b is None else make_it(self, self, b)

    def mirrored(self: Symbol, other: object) -> Any:  # noqa: ANN401
        a = self._other(other)
        return NotImplemented if a is None else make_it(self, a, self)

    setattr(Symbol, f"__{name}__", forward)
    if mirror:
        setattr(Symbol, mirror, mirrored)


for _name in "add sub mul and or xor lshift rshift floordiv mod divmod".split():  # noqa: SIM905
    _operator(_name, f"__r{_name}__")
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    _operator(_name, None)


def _equal(symbol: Symbol, number: int) -> Term:
    if not symbol.low <= number <= symbol.high:
        return const(0, 1)
    return make("eq", symbol.term, const(number, symbol.term.width))


def _negative(symbol: Symbol) -> Term:
    if symbol.low >= 0:
        return const(0, 1)
    return make("slt", symbol.term, const(0, symbol.term.width))


def _within(symbol: Symbol, low: int | None = None, high: int | None = None) -> Symbol:
    """Return the same number, known to lie no lower, or no higher."""
    least = symbol.low if low is None else max(symbol.low, low)
    most = symbol.high if high is None else min(symbol.high, high)
    return Symbol(symbol.run, symbol.term, least, most)
