"""A Python integer that nobody has chosen yet: it computes as an `int` does, for all values.

Python's integers have no width, so a symbol carries the interval that its value lies in and is as
wide as that needs: nothing ever overflows. What a symbol cannot follow (being a key, an index, a
text) ends the run undecided, and says which operation it was.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

from . import lanes
from .intervals import size, span
from .printing import inside_print
from .terms import DATA, Term, const, extract, make, of_lanes, resize

if TYPE_CHECKING:
    from collections.abc import Callable

    from .paths import Run

MOST_BITS = 2_048


class Symbol:
    """An integer known as a term; `low` and `high` enclose its value."""

    __slots__ = ("_run", "high", "low", "term")

    def __init__(self, run: Run, term: Term, low: int, high: int) -> None:
        """Fit the term (two's complement) to the interval."""
        width = size(low, high)
        if width > MOST_BITS:
            run.give_up(f"it makes a number of more than {MOST_BITS:,} bits")
        self._run, self.low, self.high = run, low, high
        self.term = resize(term, width, sign=True)

    @classmethod
    def data(cls, run: Run, bits: int) -> Symbol:
        """Return the argument of a conversion: unsigned, of at most so many bits."""
        return cls.of(run, extract(DATA, 0, bits))

    @classmethod
    def of(cls, run: Run, term: Term) -> Symbol:
        """Return a term as an unsigned number."""
        return cls(run, resize(term, term.width + 1), 0, (1 << term.width) - 1)

    def low64(self) -> Term:
        """Return the low 64 bits, as C keeps them."""
        return resize(self.term, 64, sign=True)

    def moved(self, move: Callable[[lanes.Lanes], lanes.Lanes]) -> Symbol:
        """Apply a step of the lane algebra to the low 64 bits, as `swab` does to an integer."""
        return Symbol.of(self._run, of_lanes(move(lanes.SOURCE), self.low64()))

    @property
    def __class__(self) -> type:  # type: ignore[override]  # isinstance(data, int) is True, as it is
        return int

    # --- arithmetic ----------------------------------------------------------------------------

    def _other(self, other: object) -> Symbol | None:
        if type(other) is Symbol or type(other) is Truth:
            return other
        if isinstance(other, int):
            number = int(other)
            return Symbol(self._run, const(number, size(number, number)), number, number)
        if isinstance(other, float | complex):
            self._run.give_up("it computes with a fraction")
        return None

    def _make(self, op: str, a: Symbol, b: Symbol, low: int, high: int) -> Symbol:
        """Compute at a width that holds the operands and the result."""
        width = max(size(low, high), a.term.width, b.term.width)
        if width > MOST_BITS:
            self._run.give_up(f"it makes a number of more than {MOST_BITS:,} bits")
        one, other = (resize(x.term, width, sign=True) for x in (a, b))
        return Symbol(self._run, make(op, one, other), low, high)

    def _plain(self, op: str, a: Symbol, b: Symbol) -> Symbol:
        return self._make(op, a, b, *span(op, (a.low, a.high), (b.low, b.high)))

    def _count(self, count: Symbol) -> None:
        if count.low < 0 and self._run.decide(extract(count.term, count.term.width - 1, 1)):
            raise ValueError("negative shift count")

    def _lshift(self, a: Symbol, b: Symbol) -> Symbol:
        self._count(b)
        most = max(b.high, 0)
        if most > MOST_BITS:
            self._run.give_up("it shifts left by a number made of the data")
        ends = [x << s for x in (a.low, a.high) for s in (max(b.low, 0), most)]
        return self._make("shl", a, b, min(ends), max(ends))

    def _rshift(self, a: Symbol, b: Symbol) -> Symbol:
        self._count(b)
        least, most = max(b.low, 0), min(max(b.high, 0), MOST_BITS)
        ends = [x >> s for x in (a.low, a.high) for s in (least, most)]
        return self._make("ashr", a, b, min(ends), max(ends))

    def _divide(self, a: Symbol, b: Symbol) -> tuple[Symbol, Symbol]:
        """Divide as Python does: the quotient is rounded down, the rest has the divisor's sign."""
        if self._run.decide(_equal(b, 0)):
            raise ZeroDivisionError("integer division or modulo by zero")
        if a.low >= 0 and b.low >= 0:
            least = max(b.low, 1)
            quotient = self._make("udiv", a, b, 0, a.high // least)
            return quotient, self._make("urem", a, b, 0, min(a.high, b.high))
        if self._run.decide(_negative(b)):
            quotient, rest = self._divide(-a, -_without(b, high=-1))
            return quotient, -rest
        divisor = _without(b, low=1)
        if self._run.decide(_negative(a)):  # down, not towards zero
            lifted = -_without(a, high=-1) - 1
            quotient, rest = self._divide(lifted, divisor)
            return -quotient - 1, divisor - 1 - rest
        return self._divide(_without(a, low=0), divisor)

    def __divmod__(self, other: object) -> tuple[Symbol, Symbol]:
        b = self._other(other)
        return NotImplemented if b is None else self._divide(self, b)

    def __rdivmod__(self, other: object) -> tuple[Symbol, Symbol]:
        a = self._other(other)
        return NotImplemented if a is None else self._divide(a, self)

    def __pow__(self, power: object, modulus: object = None) -> Symbol | int:
        if type(power) is not int or not 0 <= power <= 64 or modulus is not None:
            self._run.give_up("it raises to a power")
        result: Symbol | int = 1
        for _ in range(power):
            result = self * result
        return result

    def __rpow__(self, base: object) -> Symbol | int:
        if type(base) is int and base == 2 and self.low >= 0:
            return 1 << self  # type: ignore[operator, no-any-return]
        self._run.give_up("it raises to a power made of the data")

    def __neg__(self) -> Symbol:
        return 0 - self  # type: ignore[no-any-return, operator]

    def __pos__(self) -> Symbol:
        return self + 0  # type: ignore[no-any-return, operator]

    def __invert__(self) -> Symbol:
        return -1 - self  # type: ignore[no-any-return, operator]

    def __abs__(self) -> Symbol:
        return -self if self < 0 else +self

    # --- questions -----------------------------------------------------------------------------

    def _compare(self, op: str, a: Symbol, b: Symbol) -> Truth:
        width = max(a.term.width, b.term.width)
        one, other = (resize(x.term, width, sign=True) for x in (a, b))
        if op == "slt" and a.high < b.low:
            return Truth(self._run, const(1, 1))
        if op == "slt" and a.low >= b.high or op == "eq" and (a.high < b.low or b.high < a.low):
            return Truth(self._run, const(0, 1))
        return Truth(self._run, make(op, one, other))

    def __eq__(self, other: object) -> Any:  # noqa: ANN401 - a Truth, not a bool
        b = self._other(other)
        return NotImplemented if b is None else self._compare("eq", self, b)

    def __ne__(self, other: object) -> Any:  # noqa: ANN401
        b = self._other(other)
        return NotImplemented if b is None else self._compare("eq", self, b).opposite()

    def __lt__(self, other: object) -> Truth:
        b = self._other(other)
        return NotImplemented if b is None else self._compare("slt", self, b)

    def __gt__(self, other: object) -> Truth:
        b = self._other(other)
        return NotImplemented if b is None else self._compare("slt", b, self)

    def __le__(self, other: object) -> Truth:
        b = self._other(other)
        return NotImplemented if b is None else self._compare("slt", b, self).opposite()

    def __ge__(self, other: object) -> Truth:
        b = self._other(other)
        return NotImplemented if b is None else self._compare("slt", self, b).opposite()

    def __bool__(self) -> bool:
        return not self._run.decide(_equal(self, 0))

    def _text(self, *_: object) -> str:
        if inside_print(sys._getframe(1)):  # noqa: SLF001 - who wants it: a print, or the result?
            return "data"
        self._run.give_up("it makes a text of the data")

    __str__ = __repr__ = __format__ = _text  # type: ignore[assignment]

    def __index__(self) -> int:
        if inside_print(sys._getframe(1)):  # noqa: SLF001 - hex(data), to be printed
            return 0x1122334455667788
        self._run.give_up("it takes the data for an index, a count or a text (range, [], hex)")

    def __getattr__(self, name: str) -> NoReturn:
        if hasattr(int, name):
            self._run.give_up(f"it calls data.{name}")
        raise AttributeError(f"'int' object has no attribute {name!r}")


def _refuse(words: str) -> Callable[..., NoReturn]:
    def refuse(self: Symbol, *_: object) -> NoReturn:
        self._run.give_up(words)  # noqa: SLF001 - a method of it

    return refuse


for _name, _words in {
    "__hash__": "it looks the data up in a dict or set",
    "__int__": "it calls int() of the data",
    "__float__": "it computes with a fraction",
    "__truediv__": "it divides with /, which makes a fraction (// does not)",
    "__rtruediv__": "it divides with /, which makes a fraction (// does not)",
    "__round__": "it calls round() of the data",
}.items():
    setattr(Symbol, _name, _refuse(_words))


def _operator(name: str) -> None:
    """Give `Symbol` an operator and its mirror image, made of the method of the same name."""
    of = getattr(Symbol, f"_{name}", None)

    def work(self: Symbol, a: Symbol, b: Symbol) -> Symbol:
        if name in ("floordiv", "mod"):
            return self._divide(a, b)[name == "mod"]  # noqa: SLF001
        made: Symbol = of(self, a, b) if of else self._plain(name, a, b)  # noqa: SLF001
        return made

    def forward(self: Symbol, other: object) -> Any:  # noqa: ANN401 - or NotImplemented
        b = self._other(other)  # noqa: SLF001
        return NotImplemented if b is None else work(self, self, b)

    def mirrored(self: Symbol, other: object) -> Any:  # noqa: ANN401
        a = self._other(other)  # noqa: SLF001
        return NotImplemented if a is None else work(self, a, self)

    setattr(Symbol, f"__{name}__", forward)
    setattr(Symbol, f"__r{name}__", mirrored)


for _name in ("add", "sub", "mul", "and", "or", "xor", "lshift", "rshift", "floordiv", "mod"):
    _operator(_name)


class Truth(Symbol):
    """What a comparison of a symbol gives: a bool that nobody has chosen yet."""

    __slots__ = ("condition",)

    def __init__(self, run: Run, condition: Term) -> None:
        """Take a term of one bit."""
        super().__init__(run, resize(condition, 2), 0, 1)
        self.condition = condition

    @property
    def __class__(self) -> type:  # type: ignore[override]
        return bool

    def opposite(self) -> Truth:
        """Return `not self`, without asking which."""
        return Truth(self._run, make("not", self.condition))

    def _both(self, op: str, other: object) -> Any:  # noqa: ANN401 - of two bools a bool
        theirs = other.condition if type(other) is Truth else None
        if isinstance(other, bool) and theirs is None:
            theirs = const(int(other), 1)
        if theirs is None:
            return getattr(Symbol, f"__{op}__")(self, other)
        return Truth(self._run, make(op, self.condition, theirs))

    def __and__(self, other: object) -> Any:  # noqa: ANN401
        return self._both("and", other)

    def __or__(self, other: object) -> Any:  # noqa: ANN401
        return self._both("or", other)

    def __xor__(self, other: object) -> Any:  # noqa: ANN401
        return self._both("xor", other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __bool__(self) -> bool:
        return self._run.decide(self.condition)

    def __int__(self) -> int:
        return int(bool(self))

    def __index__(self) -> int:
        return int(bool(self))

    def __hash__(self) -> int:
        return hash(bool(self))

    def _text(self, *_: object) -> str:
        return str(bool(self))

    __str__ = __repr__ = _text

    def __format__(self, how: str) -> str:
        return format(bool(self), how)


def _equal(symbol: Symbol, number: int) -> Term:
    if not symbol.low <= number <= symbol.high:
        return const(0, 1)
    return make("eq", symbol.term, const(number, symbol.term.width))


def _negative(symbol: Symbol) -> Term:
    if symbol.low >= 0:
        return const(0, 1)
    return make("slt", symbol.term, const(0, symbol.term.width))


def _without(symbol: Symbol, low: int | None = None, high: int | None = None) -> Symbol:
    """Return the same number, known to lie no lower, or no higher."""
    least = symbol.low if low is None else max(symbol.low, low)
    most = symbol.high if high is None else min(symbol.high, high)
    return Symbol(symbol._run, symbol.term, least, most)  # noqa: SLF001
