"""The kernel's words for byte order, on integers: what conversions are written with."""

from __future__ import annotations

from kvmendian.errors import SetupError, show

from . import lanes
from .word import Number, lift


def _check(called: str, width: int) -> None:
    if type(width) is not int or width not in (1, 2, 4, 8):
        given = f"{called}(data, {show(width)})"
        raise SetupError(given, "1, 2, 4 or 8 bytes", f"{called}(data, width)")


def mask(data: Number, width: int) -> Number:
    """C's `data & 0xff…`: keep the low `width` bytes.

    >>> hex(mask(0x11223344, 2))
    '0x3344'
    """
    _check("mask", width)
    return lift(lambda x: lanes.truncate(x, width), data)


def swab(data: Number, width: int) -> Number:
    """C's `__swab16`, `__swab32`, `__swab64`: reverse the low `width` bytes, clear the rest.

    >>> hex(swab(0x11223344, 4))
    '0x44332211'
    """
    _check("swab", width)
    return lift(lambda x: lanes.swap(x, width), data)


def be_to_cpu(data: Number, width: int, host_is_big: bool) -> Number:
    """C's `be16_to_cpu` … `be64_to_cpu` and, being the same move, `cpu_to_be16` ….

    >>> hex(be_to_cpu(0x1122, 2, host_is_big=False)), hex(be_to_cpu(0x1122, 2, host_is_big=True))
    ('0x2211', '0x1122')
    """
    return mask(data, width) if host_is_big else swab(data, width)


def le_to_cpu(data: Number, width: int, host_is_big: bool) -> Number:
    """C's `le16_to_cpu` … `le64_to_cpu` and, being the same move, `cpu_to_le16` ….

    >>> hex(le_to_cpu(0x1122, 2, host_is_big=False)), hex(le_to_cpu(0x1122, 2, host_is_big=True))
    ('0x1122', '0x2211')
    """
    return swab(data, width) if host_is_big else mask(data, width)
