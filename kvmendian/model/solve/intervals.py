"""Intervals of integers: how far a result can lie, so that a symbol is wide enough to hold it."""

from __future__ import annotations

from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""The lowest and the highest value."""


def size(low: int, high: int) -> int:
    """Return the bits that two's complement needs for every value of an interval.

    >>> size(0, 255), size(-128, 127)
    (9, 8)
    """
    below = low.bit_length() if low >= 0 else (-low - 1).bit_length()
    above = high.bit_length() if high >= 0 else (-high - 1).bit_length()
    return max(below, above) + 1


def span(op: str, a: Span, b: Span) -> Span:
    """Return an interval that holds what an operation makes of two.

    >>> span("sub", (0, 255), (0, 1)), span("and", (0, 255), (-5, 5)), span("xor", (0, 9), (0, 1))
    ((-1, 255), (0, 255), (0, 15))
    """
    if op == "add":
        return a[0] + b[0], a[1] + b[1]
    if op == "sub":
        return a[0] - b[1], a[1] - b[0]
    if op == "mul":
        ends = [x * y for x in a for y in b]
        return min(ends), max(ends)
    tops = [high for low, high in (a, b) if low >= 0]
    if op == "and" and tops:
        return 0, min(tops)
    top = 1 << (max(size(*a), size(*b)) - 1)
    return (0 if len(tops) == 2 else -top), top - 1
