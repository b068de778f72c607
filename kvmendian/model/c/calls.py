"""The kernel's functions that a conversion may call: byte orders, swaps, and what KVM is asked.

`be32_to_cpu` and its like first cut their argument to their width, as the kernel's macros do with
a cast; each is the lane algebra's move.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmendian.model import lanes
from kvmendian.model.solve.terms import const, extract, make, of_lanes, resize

from . import text as ctext
from .values import BOOL, INT, UINT, VOID, Type, Value, cast, long, number, true

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.solve.terms import Term

_ORDER = re.compile(r"(?:__)?(?:(be|le)(16|32|64)_to_cpu|cpu_to_(be|le)(16|32|64))")
_SWAP = re.compile(r"(?:__builtin_bswap|_{0,2}f?swab|___constant_swab|bswap_?)(16|32|64)")

TAKEN = (
    "u8 … u64, int, (unsigned) long, bool; locals, if, ?:, switch, loops, casts, arithmetic; "
    "be16_to_cpu … cpu_to_le64, swab16 … swab64, bswap32, __builtin_bswap64, kvm_vcpu_is_be(vcpu), "
    "IS_ENABLED(CONFIG_CPU_BIG_ENDIAN), functions in the same text"
)


@dataclass(frozen=True)
class Access:
    """What the kernel knows of the access while it runs the function."""

    width: int
    guest_is_big: bool
    host_is_big: bool
    arch: str = "arm64"
    signed: bool = False
    register_width: int = 64


@dataclass(frozen=True)
class Opaque:
    """Something that is only handed on: a vcpu, its run page, or a part of these, by its name."""

    name: str


def plain(name: str, arguments: list[Value], access: Access) -> Value | None:
    """Return what one of the kernel's functions gives for numbers; None if it is not known.

    >>> plain("be16_to_cpu", [number(0x112233)], Access(2, False, False)).constant == 0x3322
    True
    """
    order, swap = _ORDER.fullmatch(name), _SWAP.fullmatch(name)
    if (order or swap) and len(arguments) == 1:
        found = swap or order
        size = int(next(g for g in found.groups() if g and g.isdigit())) if found else 0
        kind = Type(f"u{size}", size, signed=False)
        low = cast(arguments[0], kind)
        big = order is not None and (order[1] or order[3]) == "be"
        if order and big == access.host_is_big:
            return low
        return Value(kind, _swapped(low.term))
    known = _KNOWN.get(name)
    if known is None or len(arguments) != known[0]:
        return None
    return known[1](access, *arguments)


def _swapped(term: Term) -> Term:
    source = resize(term, 64)
    return of_lanes(lanes.swap(lanes.SOURCE, term.width // 8)[: term.width // 8], source)


def _bit(access: Access, n: Value) -> Value:
    kind = long(access.arch, signed=False)
    return Value(kind, make("shl", const(1, kind.bits), cast(n, kind).term))


def _genmask(access: Access, high: Value, low: Value) -> Value:
    kind = long(access.arch, signed=False)
    top, bottom = high.constant, low.constant
    if top is None or bottom is None or not 0 <= bottom <= top < kind.bits:
        raise TypeError("GENMASK wants two known bits, the higher first")
    return number((1 << (top + 1)) - (1 << bottom), kind)


def _sign_extend(bits: int) -> Callable[[Access, Value, Value], Value]:
    def work(_: Access, value: Value, index: Value) -> Value:
        top = index.constant
        if top is None or not 0 <= top < bits:
            raise TypeError(f"sign_extend{bits} wants the number of the sign's bit")
        kind = Type(f"s{bits}", bits, signed=True)
        low = extract(cast(value, kind).term, 0, top + 1)
        return Value(kind, resize(low, bits, sign=True))

    return work


def _truth(_: Access, value: Value) -> Value:
    return Value(INT, resize(true(value), INT.bits))


_KNOWN: dict[str, tuple[int, Callable[..., Value]]] = {
    "likely": (1, _truth),
    "unlikely": (1, _truth),
    "BIT": (1, _bit),
    "GENMASK": (2, _genmask),
    "sign_extend32": (2, _sign_extend(32)),
    "sign_extend64": (2, _sign_extend(64)),
    "lower_32_bits": (1, lambda _, value: cast(value, Type("u32", 32, signed=False))),
}

_ASKED: dict[str, Callable[[Access], Value]] = {
    "kvm_vcpu_is_be": lambda a: number(a.guest_is_big, BOOL),
    "kvm_vcpu_dabt_iswrite": lambda _: number(0, BOOL),
    "kvm_vcpu_dabt_get_as": lambda a: number(a.width, UINT),
    "kvm_vcpu_dabt_issext": lambda a: number(a.signed, BOOL),
    "kvm_vcpu_dabt_issf": lambda a: number(a.register_width == 64, BOOL),
    "kvm_vcpu_dabt_get_rd": lambda _: number(0),
    "kvm_incr_pc": lambda _: number(0, VOID),
    "kvm_skip_instr": lambda _: number(0, VOID),
    "trace_kvm_mmio": lambda _: number(0, VOID),
}
"""What KVM is asked about the access, whatever stands in the brackets."""

_PARTS: dict[str, Callable[[Access], Value]] = {
    "mmio_needed": lambda _: number(1),
    "len": lambda a: number(a.width, UINT),
    "is_write": lambda _: number(0, BOOL),
    "sign_extend": lambda a: number(a.signed, BOOL),
    "sixty_four": lambda a: number(a.register_width == 64, BOOL),
    "rt": lambda _: number(0, long("arm64", signed=False)),
}
"""What stands in the structures of a load that has come back, by the field's name."""


def asked(name: str, access: Access) -> Value | None:
    """Return KVM's answer about the access, or None: it is no such question."""
    return _ASKED[name](access) if name in _ASKED else None


def part(name: str, access: Access) -> Value | Opaque:
    """Return a field of a structure: a number where one is known, else only its name."""
    return _PARTS[name](access) if name in _PARTS else Opaque(name)


def macro(name: str, access: Access) -> Value | None:
    """Return the value of a name that is no variable; None for one that is not known."""
    if name in ("true", "false"):
        return number(name == "true")
    holds = ctext.known(name, big=access.host_is_big, arch=access.arch)
    return None if holds is None else number(int(holds))


def is_known(name: str) -> bool:
    """Whether a function of this name is taken."""
    known = name in _KNOWN or name in _ASKED or name in ("IS_ENABLED", "vcpu_set_reg", "vcpu_reg")
    return bool(known or name in BUFFERS or _ORDER.fullmatch(name) or _SWAP.fullmatch(name))


BUFFERS = ("kvm_mmio_read_buf", "mmio_read_buf")
"""What a load's data come from."""
