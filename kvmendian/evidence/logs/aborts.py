"""A data abort, as a log has it: what it says, and which sentences tell it.

What KVM does comes from `kvmendian.machine.syndrome`, as tables: the browser explains by the same.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.machine import exceptions, faults
from kvmendian.machine.syndrome import DataAbort, impossible, what_kvm_does

from . import context
from .finding import remaining

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.lanes import Arch

_ALIGNMENT = 0x21
_REGISTERS = exceptions.register_names()

FAULTS = [faults.name(code) for code in range(64)]
LEVELS = [int(name.rpartition("level ")[2]) if "level " in name else None for name in FAULTS]
STAGED = (*range(16), 0x29, 0x2A, 0x2B, 0x2C)
"""Faults of a stage of translation: address size, translation, access flag, permission."""


def group(dfsc: int) -> int:
    """Return how KVM sorts a fault: 0 external, 1 unsupported, 2 goes on, 3 goes on without LST.

    >>> group(0x10), group(0x21), group(0x05), group(0x35)
    (0, 1, 2, 3)
    """
    if dfsc in faults.EXTERNAL:
        return 0
    return 1 if dfsc not in faults.TO_MMIO else 2 if dfsc in faults.WITH_LST else 3


def _outcomes() -> list[str]:
    some = {group(code): code for code in range(64)}
    bits = product(range(4), (0, 1), (0, 1), (0, 1), (0, 1))
    return [
        what_kvm_does(DataAbort(dfsc=some[g], s1ptw=s, cm=c, isv=v, sf=1, lst=t)).result
        for g, s, c, v, t in bits
    ]


OUTCOMES = _outcomes()
"""What KVM does, by 16 * group + 8 * S1PTW + 4 * CM + 2 * ISV + (LST is not 0)."""

PROBLEMS = [
    impossible("store" if wnr else "load", sas, sse, 64 if sf else 32) or ""
    for wnr, sas, sse, sf in product((0, 1), range(4), (0, 1), (0, 1))
]
"""Why no valid syndrome is like that, by 16 * WnR + 4 * SAS + 2 * SSE + SF; empty if one may be."""


def bytes_of(count: int) -> str:
    """Say a number of bytes.

    >>> bytes_of(1), bytes_of(8)
    ('1 byte', '8 bytes')
    """
    return f"{count} byte" + "s" * (count != 1)


class Abort(NamedTuple):
    """A data abort: the name that the log gives the register, fields of the ISS, what is seen."""

    name: str
    lower: bool
    staged: bool
    bits: Mapping[str, int]
    seen: Mapping[str, int]

    @property
    def op(self) -> str:
        """What WnR says."""
        return "store" if self.bits["WnR"] else "load"

    @property
    def arch(self) -> Arch:
        """Whose KVM: HSR beside an AArch32 CPSR is that of 32-bit Arm."""
        return "arm" if self.name == "HSR" and context.is_aarch32(self.seen) else "arm64"

    @property
    def width(self) -> int:
        """Bytes, where ISV is 1: 1 << SAS, or 64 by LST."""
        return 64 if self.bits["LST"] and group(self.bits["DFSC"]) == 2 else 1 << self.bits["SAS"]

    @property
    def register(self) -> str:
        """The register, as that guest calls it."""
        kind = "r" if context.is_aarch32(self.seen) else "x" if self.bits["SF"] else "w"
        return _REGISTERS[kind][self.bits["SRT"]]

    @property
    def register_width(self) -> int:
        """Bits of the register: SF, which AArch32 does not have."""
        return 64 if self.bits["SF"] and not context.is_aarch32(self.seen) else 32

    @property
    def outcome(self) -> str:
        """What KVM does: a key of the sentences."""
        b = self.bits
        flags = 8 * b["S1PTW"] + 4 * b["CM"] + 2 * b["ISV"] + (b["LST"] != 0)
        return OUTCOMES[16 * group(b["DFSC"]) + flags]

    @property
    def problem(self) -> str:
        """Why no CPU makes this; empty if one may."""
        b = self.bits
        return PROBLEMS[16 * b["WnR"] + 4 * b["SAS"] + 2 * b["SSE"] + b["SF"]] if b["ISV"] else ""

    def values(self) -> dict[str, Any]:
        """Return what the sentences need."""
        address, _ = context.address(self.seen)
        fault = FAULTS[self.bits["DFSC"]]
        return {
            "bytes": bytes_of(self.width),
            "register": self.register,
            "fault": f"stage 2 {fault}" if self.staged else fault,
            "problem": self.problem,
            "address": "" if address is None else hex(address),
            **context.order(self.seen).values,
        }

    def parts(self) -> dict[str, Any]:
        """Return the parts of a finding."""
        guest = context.order(self.seen).guest
        parts: dict[str, Any] = {
            "op": None if self.bits["CM"] else self.op,
            "valid": bool(self.bits["ISV"]),
            "address": context.address(self.seen)[0],
            "guest": guest,
        }
        if not self.bits["ISV"]:
            return parts
        access: dict[str, Any] = {
            "width": self.width,
            "signed": bool(self.bits["SSE"]),
            "register_width": self.register_width,
        }
        parts |= {"register": self.register, **access}
        if self.lower and self.outcome == "KVM_EXIT_MMIO" and not self.problem:
            parts["setups"] = remaining(op=self.op, arch=self.arch, guest=guest, **access)
        return parts

    def keys(self) -> list[str]:
        """Choose the sentences: the access, where, in which order, what KVM does, since when."""
        bits, op, at = self.bits, self.op, context.address(self.seen)[1]
        where = [at] if at else []
        if not self.lower:
            return [f"same-{op}", "same"]
        if self.name == "esr_iss":
            return [f"invalid-{op}", *where, "nisv"]
        if bits["CM"]:
            return [*where, self.outcome]
        if self.problem:
            return ["refused", *where]
        valid, emulated = bits["ISV"], self.outcome == "KVM_EXIT_MMIO"
        extends, told = valid and bits["SSE"], context.order(self.seen)
        one = emulated and self.width == 1
        unnamed = self.name == "ESR" and not context.is_physical(self.seen)
        return [
            "signed" if extends else op if valid else f"invalid-{op}",
            *[f"zero-{op}"] * (valid and bits["SRT"] == 31),
            *where,
            *[told.sentence] * (emulated and (not one or told.guest is not None)),
            *["one-byte" if one else "big"] * (emulated and (one or told.guest == "big")),
            self.outcome,
            *["alignment"] * (bits["DFSC"] == _ALIGNMENT),
            *["el1"] * (not valid and unnamed),
            *["sign-lost"] * bool(emulated and extends and self.arch == "arm64"),
            *["arm-8"] * (valid and self.arch == "arm" and bits["SAS"] == 3),
        ]
