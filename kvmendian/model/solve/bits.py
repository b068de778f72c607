"""Where the bits of a term came from, if it only moves them: then no solver is needed.

`bits` says it bit by bit, and `lanes_of` in lanes, if whole bytes were moved.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from kvmendian.model import lanes

from .terms import Term, order

ZERO, ONE = -1, -2
Bit: TypeAlias = int | None
"""Where a bit came from: a bit of `data` (0 or more), `ZERO`, `ONE`, or None, a mixture."""


def bits(term: Term) -> tuple[Bit, ...]:
    """Return for each bit of a term, the least significant first, where it came from.

    >>> from kvmendian.model.solve.terms import DATA, const, make
    >>> bits(make("shl", DATA, const(60, 64)))[58:]
    (-1, -1, 0, 1, 2, 3)
    """
    done: dict[Term, tuple[Bit, ...]] = {}
    for one in order(term, done):
        done[one] = _moved(one, [done[arg] for arg in one.args])
    return done[term]


def _moved(term: Term, args: list[tuple[Bit, ...]]) -> tuple[Bit, ...]:  # noqa: PLR0911, C901 - one return an operation
    width, op = term.width, term.op
    if op == "data":
        return tuple(range(width))
    if op == "const":
        return tuple(ONE if term.given >> k & 1 else ZERO for k in range(width))
    if op == "extract":
        return args[0][term.given : term.given + width]
    if op in ("zext", "sext"):
        fill = args[0][-1] if op == "sext" else ZERO
        return args[0] + (fill,) * (width - len(args[0]))
    if op in ("shl", "lshr", "ashr") and (count := term.args[1].constant) is not None:
        fill = args[0][-1] if op == "ashr" else ZERO
        gap = (fill,) * min(count, width)
        return (gap + args[0])[:width] if op == "shl" else args[0][count:] + gap
    if op == "not":
        flipped: dict[Bit, Bit] = {ZERO: ONE, ONE: ZERO}
        return tuple(flipped.get(bit) for bit in args[0])
    if op in ("and", "or", "xor"):
        return tuple(_bit(op, a, b) for a, b in zip(*args, strict=True))
    if op == "add":
        return _sum(*args)
    if op == "sub":
        return _difference(term, *args)
    if op == "ite":
        same = zip(args[1], args[2], strict=True)
        return tuple(a if a == b else None for a, b in same)
    return (None,) * width


_RULES: dict[str, dict[Bit, Bit]] = {
    "and": {ZERO: ZERO, ONE: None},
    "or": {ONE: ONE, ZERO: None},
    "xor": {ZERO: None},
}
"""What a known bit makes of another: a bit of its own, or (None) the other as it is."""


def _bit(op: str, a: Bit, b: Bit) -> Bit:
    if a == b and a is not None:
        return ZERO if op == "xor" else a
    rules = _RULES[op]
    for one, other in ((a, b), (b, a)):
        if one in rules:
            return other if rules[one] is None else rules[one]
    return None


def _sum(a: tuple[Bit, ...], b: tuple[Bit, ...]) -> tuple[Bit, ...]:
    """Add where no two bits meet, which is the same as `or`; from the first that meet, unknown."""
    total = [y if x == ZERO else x if y == ZERO else None for x, y in zip(a, b, strict=True)]
    meet = total.index(None) if None in total else len(total)
    return tuple(total[:meet]) + (None,) * (len(total) - meet)


def _difference(term: Term, a: tuple[Bit, ...], b: tuple[Bit, ...]) -> tuple[Bit, ...]:
    """Subtract; the kernel's sign extension, `(x ^ mask) - mask`, is known by its form."""
    width, mask = term.width, term.args[1].constant
    first = term.args[0]
    if mask and first.op == "xor" and mask in (first.args[0].constant, first.args[1].constant):
        top = (mask & -mask).bit_length() - 1
        x = first.args[0] if first.args[1].constant == mask else first.args[1]
        moved = bits(x)
        if mask in (1 << top, (1 << width) - (1 << top)) and set(moved[top + 1 :]) <= {ZERO}:
            return moved[:top] + (moved[top],) * (width - top)
    start = next((k for k, bit in enumerate(b) if bit != ZERO), width)
    return a[:start] + (None,) * (width - start)


@lru_cache(maxsize=512)
def lanes_of(term: Term) -> lanes.Lanes | None:
    """Return a 64-bit term as lanes of `data`, or None where it does more than move bytes.

    >>> from kvmendian.model.solve.terms import DATA, const, make
    >>> lanes_of(make("lshr", DATA, const(48, 64)))
    (6, 7, 8, 8, 8, 8, 8, 8)
    """
    came, found = bits(term), []
    for byte in (came[k : k + 8] for k in range(0, 64, 8)):
        first = byte[0]
        if first is None or first == ONE:
            return None
        if byte == (ZERO,) * 8:
            found.append(lanes.ZERO)
        elif first % 8 == 0 and byte == tuple(range(first, first + 8)):
            found.append(first // 8)
        elif first % 8 == 7 and byte == (first,) * 8:
            found.append(lanes.sign_of(first // 8))
        else:
            return None
    return tuple(found)
