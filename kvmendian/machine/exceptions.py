"""What an exception syndrome says beside a data abort: classes, layouts of the ISS, modes, names.

Sources: Arm ARM, ESR_EL2 (EC, and the ISS by class), HSR, SPSR_EL2, and the AArch64 view of the
AArch32 registers (D1, "Mapping of the general-purpose registers between the Execution states").
"""

from __future__ import annotations

from typing import NamedTuple

from .syndrome import FIELDS

CLASSES = {
    0x00: "unknown reason",
    0x01: "trapped WFI or WFE",
    0x03: "trapped MCR or MRC to cp15",
    0x04: "trapped MCRR or MRRC to cp15",
    0x05: "trapped MCR or MRC to cp14",
    0x06: "trapped LDC or STC to cp14",
    0x07: "trapped access to SME, SVE, SIMD or floating point",
    0x08: "trapped VMRS of an ID register",
    0x09: "trapped pointer authentication",
    0x0A: "trapped instruction that no other class covers",
    0x0C: "trapped MRRC to cp14",
    0x0D: "branch target exception",
    0x0E: "illegal execution state",
    0x11: "SVC from AArch32",
    0x12: "HVC from AArch32",
    0x13: "SMC from AArch32",
    0x14: "trapped MSRR, MRRS or 128-bit system instruction",
    0x15: "SVC from AArch64",
    0x16: "HVC from AArch64",
    0x17: "SMC from AArch64",
    0x18: "trapped MSR, MRS or system instruction",
    0x19: "trapped access to SVE",
    0x1A: "trapped ERET",
    0x1B: "trapped TSTART",
    0x1C: "pointer authentication failure",
    0x1D: "trapped access to SME",
    0x1E: "granule protection check",
    0x1F: "implementation defined, to EL3",
    0x20: "instruction abort from a lower level",
    0x21: "instruction abort, same level",
    0x22: "PC alignment fault",
    0x24: "data abort from a lower level",
    0x25: "data abort, same level",
    0x26: "SP alignment fault",
    0x27: "memory copy or memory set exception",
    0x28: "trapped floating-point exception from AArch32",
    0x2C: "trapped floating-point exception from AArch64",
    0x2D: "guarded control stack exception",
    0x2F: "SError",
    0x30: "breakpoint from a lower level",
    0x31: "breakpoint, same level",
    0x32: "software step from a lower level",
    0x33: "software step, same level",
    0x34: "watchpoint from a lower level",
    0x35: "watchpoint, same level",
    0x38: "BKPT from AArch32",
    0x3A: "vector catch from AArch32",
    0x3C: "BRK from AArch64",
    0x3D: "profiling exception",
}
"""The exception classes (EC, bits 31:26) by name; what is not here is reserved."""


class Part(NamedTuple):
    """One field of an ISS: its name, its bits, and what 0 and 1 mean where it is a flag.

    >>> LAYOUTS["data"][0].name, LAYOUTS["data"][0].high
    ('ISV', 24)
    """

    name: str
    high: int
    low: int
    flag: tuple[str, ...] = ()


LAYOUTS: dict[str, tuple[Part, ...]] = {
    "data": tuple(
        Part(f.name, f.high, f.low, f.flag if f.flag[0] else ()) for f in FIELDS.values()
    ),
    "instruction": (
        Part("FnV", 10, 10, ("FAR holds the address", "FAR is not valid")),
        Part("EA", 9, 9, ("external abort type 0", "external abort type 1")),
        Part("S1PTW", 7, 7, ("not a stage 1 table walk", "a stage 1 table walk")),
        Part("IFSC", 5, 0),
    ),
    "system": (
        Part("Op0", 21, 20),
        Part("Op2", 19, 17),
        Part("Op1", 16, 14),
        Part("CRn", 13, 10),
        Part("Rt", 9, 5),
        Part("CRm", 4, 1),
        Part("Direction", 0, 0, ("a write (MSR)", "a read (MRS)")),
    ),
}
"""Layouts of the ISS, the highest bits first."""

LAYOUT_OF = {0x18: "system", 0x20: "instruction", 0x21: "instruction", 0x24: "data", 0x25: "data"}
"""Which layout a class has. Of the other classes the ISS is given whole."""

AARCH32_MODES = {
    0x10: "usr",
    0x11: "fiq",
    0x12: "irq",
    0x13: "svc",
    0x16: "mon",
    0x17: "abt",
    0x1A: "hyp",
    0x1B: "und",
    0x1F: "sys",
}
"""CPSR.M, bits 4:0, of AArch32: bit 4 is set in all of them, and in none of AArch64."""

AARCH64_MODES = {0: "EL0t", 4: "EL1t", 5: "EL1h", 8: "EL2t", 9: "EL2h", 12: "EL3t", 13: "EL3h"}
"""PSTATE.M, bits 4:0, of AArch64."""


def register_names() -> dict[str, list[str]]:
    """Return the names of SRT 0 to 31: of an X, of a W register, and as AArch32 calls them.

    >>> names = register_names()
    >>> names["x"][31], names["w"][9], names["r"][6], names["r"][19], names["r"][24]
    ('xzr', 'w9', 'r6', 'r13', 'r8')
    """
    banked = ["r13", "r14", "r13", *["r14", "r13"] * 4]  # usr, hyp, irq, svc, abt, und
    aarch32 = [f"r{k}" for k in range(13)] + banked + [f"r{k}" for k in range(8, 15)] + ["wzr"]
    numbered = {kind: [f"{kind}{k}" for k in range(31)] + [f"{kind}zr"] for kind in "xw"}
    return numbered | {"r": aarch32}
