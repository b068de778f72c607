"""The kernel's words for byte order, on integers, and the four conversions that it had."""

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

    Raises `SetupError` for a width that is not 1, 2, 4 or 8.

    >>> hex(mask(0x11223344, 2))
    '0x3344'
    """
    _check("mask", width)
    return lift(lambda x: lanes.truncate(x, width), data)


def swab(data: Number, width: int) -> Number:
    """C's `__swab16`, `__swab32`, `__swab64`: reverse the low `width` bytes, clear the rest.

    Raises `SetupError` for a width that is not 1, 2, 4 or 8.

    >>> hex(swab(0x11223344, 4))
    '0x44332211'
    """
    _check("swab", width)
    return lift(lambda x: lanes.swap(x, width), data)


def be_to_cpu(data: Number, width: int, host_is_big: bool) -> Number:
    """C's `be16_to_cpu` … `be64_to_cpu` and, being the same move, `cpu_to_be16` ….

    Raises `SetupError` for a width that is not 1, 2, 4 or 8.

    >>> hex(be_to_cpu(0x1122, 2, host_is_big=False)), hex(be_to_cpu(0x1122, 2, host_is_big=True))
    ('0x2211', '0x1122')
    """
    return mask(data, width) if host_is_big else swab(data, width)


def le_to_cpu(data: Number, width: int, host_is_big: bool) -> Number:
    """C's `le16_to_cpu` … `le64_to_cpu` and, being the same move, `cpu_to_le16` ….

    Raises `SetupError` for a width that is not 1, 2, 4 or 8.

    >>> hex(le_to_cpu(0x1122, 2, host_is_big=False)), hex(le_to_cpu(0x1122, 2, host_is_big=True))
    ('0x1122', '0x2211')
    """
    return swab(data, width) if host_is_big else mask(data, width)


# --- the conversions: of a store and of a load alike ----------------------------------------------


def untouched(data: Number, width: int, guest_is_big: bool, host_is_big: bool) -> Number:  # noqa: ARG001 - a Convert
    """Convert nothing: what the kernel did before it knew the guest's order."""
    return data


def be_guests_only(data: Number, width: int, guest_is_big: bool, host_is_big: bool) -> Number:
    """6d89d2d9: a big guest's data goes through beN_to_cpu, a little guest's is passed on."""
    if guest_is_big:
        return be_to_cpu(data, width, host_is_big)
    return data


def both_guests(data: Number, width: int, guest_is_big: bool, host_is_big: bool) -> Number:
    """27f194fd, b3007086: the else branch exists now, leN_to_cpu for a little guest."""
    if guest_is_big:
        return be_to_cpu(data, width, host_is_big)
    return le_to_cpu(data, width, host_is_big)


def swab_big_guests(data: Number, width: int, guest_is_big: bool, host_is_big: bool) -> Number:  # noqa: ARG001 - a Convert
    """Reverse a big guest's data on any host; pass a little guest's on."""
    if guest_is_big:
        return swab(data, width)
    return data
