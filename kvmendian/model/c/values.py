"""C's integers: a type and a term, with C's rules for which type comes out.

Signed numbers wrap, as the kernel is compiled (-fno-strict-overflow); what stays undefined is a
shift by the width of its type or more, and a division by zero: these are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kvmendian.model.solve.terms import Term, const, extend, extract, make, resize, signed

if TYPE_CHECKING:
    from kvmendian.model.solve.paths import Run


class Type(NamedTuple):
    """An integer type: its name, its bits, whether it is signed. A bool holds 0 or 1."""

    name: str
    bits: int
    signed: bool


BOOL = Type("bool", 8, signed=False)
INT, UINT = Type("int", 32, signed=True), Type("unsigned int", 32, signed=False)
VOID = Type("void", 0, signed=False)


def long(arch: str, *, signed: bool) -> Type:
    """Return `long` or `unsigned long` of an architecture.

    >>> long("arm", signed=False).bits
    32
    """
    bits = 64 if arch == "arm64" else 32
    return Type("long" if signed else "unsigned long", bits, signed)


class Value(NamedTuple):
    """A number that a C expression gave."""

    type: Type
    term: Term

    @property
    def constant(self) -> int | None:
        """Its value, if it is known, with its sign."""
        if self.term.constant is None:
            return None
        return signed(self.term.given, self.type.bits) if self.type.signed else self.term.given


class UndefinedError(Exception):
    """C does not say what comes out; the text says of what."""


def number(value: int, kind: Type = INT) -> Value:
    """Return a constant of a type."""
    return Value(kind, const(value, kind.bits))


def cast(value: Value, kind: Type) -> Value:
    """Convert to a type: cut, or widen by the sign of what is converted.

    >>> cast(number(-1), Type("u64", 64, signed=False)).constant == 2**64 - 1
    True
    """
    if kind is BOOL or kind.name == "bool":
        return Value(kind, resize(true(value), kind.bits))
    return Value(kind, resize(value.term, kind.bits, sign=value.type.signed))


def true(value: Value) -> Term:
    """Return one bit: whether a value is not 0."""
    return make("not", make("eq", value.term, const(0, value.term.width)))


def promote(value: Value) -> Value:
    """Apply the integer promotions: what is narrower than int becomes int.

    >>> promote(number(200, Type("u8", 8, False))).type.name
    'int'
    """
    return cast(value, INT) if value.type.bits < INT.bits else value


def common(one: Value, other: Value) -> tuple[Value, Value]:
    """Apply the usual arithmetic conversions: both get the type in which C computes."""
    one, other = promote(one), promote(other)
    a, b = one.type, other.type
    wide = max((a, b), key=lambda t: (t.bits, not t.signed))
    return cast(one, wide), cast(other, wide)


_PLAIN = {"+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor"}


def compute(op: str, one: Value, other: Value, run: Run) -> Value:
    """Return what a binary operator gives. Raises `UndefinedError`.

    >>> from kvmendian.model.solve.paths import Run
    >>> from kvmendian.model.solve.terms import TRUE
    >>> compute("<", number(-1), number(1, UINT), Run([], TRUE, None)).constant  # -1 is 0xffffffff
    0
    """
    if op in ("<<", ">>"):
        return _shift(op, promote(one), promote(other), run)
    a, b = common(one, other)
    kind = a.type
    if op in _PLAIN:
        return Value(kind, make(_PLAIN[op], a.term, b.term))
    if op in ("/", "%"):
        return _divide(op, a, b, run)
    less = "slt" if kind.signed else "ult"
    condition = {
        "==": lambda: make("eq", a.term, b.term),
        "!=": lambda: make("not", make("eq", a.term, b.term)),
        "<": lambda: make(less, a.term, b.term),
        ">": lambda: make(less, b.term, a.term),
        "<=": lambda: make("not", make(less, b.term, a.term)),
        ">=": lambda: make("not", make(less, a.term, b.term)),
    }[op]()
    return Value(INT, resize(condition, INT.bits))


def _shift(op: str, value: Value, count: Value, run: Run) -> Value:
    kind, bits = value.type, value.type.bits
    wide = make("ult", count.term, const(bits, count.term.width))
    if not run.decide(wide):
        by = "a number below 0, or too large" if count.constant is None else str(count.constant)
        raise UndefinedError(f"shifts {kind.name}, {bits} bits, by {by}: undefined in C")
    name = "shl" if op == "<<" else "ashr" if kind.signed else "lshr"
    return Value(kind, make(name, value.term, resize(count.term, bits)))


def _divide(op: str, a: Value, b: Value, run: Run) -> Value:
    """Divide; of signed numbers the quotient is rounded towards zero."""
    if run.decide(make("eq", b.term, const(0, b.term.width))):
        raise UndefinedError("divides by zero: undefined in C")
    name = "udiv" if op == "/" else "urem"
    if not a.type.signed:
        return Value(a.type, make(name, a.term, b.term))
    bits = a.type.bits
    minus_a, minus_b = (extract(x.term, bits - 1, 1) for x in (a, b))
    result = make(name, _absolute(a.term, minus_a), _absolute(b.term, minus_b))
    minus = make("xor", minus_a, minus_b) if op == "/" else minus_a
    return Value(a.type, _absolute(result, minus))


def _absolute(term: Term, minus: Term) -> Term:
    return make("ite", minus, make("sub", const(0, term.width), term), term)


def unary(op: str, value: Value) -> Value:
    """Return what `-`, `~`, `+` or `!` gives."""
    if op == "!":
        return Value(INT, extend(make("not", true(value)), INT.bits))
    value = promote(value)
    if op == "-":
        return Value(value.type, make("sub", const(0, value.type.bits), value.term))
    return Value(value.type, make("not", value.term)) if op == "~" else value


def literal(text: str, arch: str) -> Value:
    """Return an integer constant, of the first type that can hold it.

    >>> literal("0xffffffff", "arm64").type.name, literal("4294967295", "arm64").type.name
    ('unsigned int', 'long')
    """
    digits = text.rstrip("uUlL")
    suffix = text[len(digits) :].lower()
    octal = digits.startswith("0") and digits.isdigit() and len(digits) > 1
    value = int(digits, 8 if octal else 0)
    decimal = not digits.startswith("0") or digits == "0"
    longs = (long(arch, signed=True), long(arch, signed=False))
    longest = (Type("long long", 64, signed=True), Type("unsigned long long", 64, signed=False))
    kinds = [*longest] if suffix.count("l") == 2 else [*longs, *longest]
    if "l" not in suffix:
        kinds = [INT, UINT, *kinds]
    if "u" in suffix:
        kinds = [kind for kind in kinds if not kind.signed]
    elif decimal:
        kinds = [kind for kind in kinds if kind.signed]
    for kind in kinds:
        if value < 1 << (kind.bits - kind.signed):
            return number(value, kind)
    raise UndefinedError("is a number of more than 64 bits")
