"""What the fault status code of a data abort says (DFSC, bits 5:0), and who goes on with it.

Sources: Arm ARM, ESR_EL2, ISS of a data abort; asm/esr.h (`esr_fsc_is_translation_fault`),
asm/kvm_emulate.h (`kvm_vcpu_abt_issea`) and arch/arm64/kvm/mmu.c (`kvm_handle_guest_abort`).
"""

from __future__ import annotations

from kvmendian.errors import fits

_KINDS = ("address size", "translation", "access flag", "permission")
_SEA = 0b010000
_NAMES = {
    **{4 * k + level: f"{_KINDS[k]} fault, level {level}" for k in range(4) for level in range(4)},
    _SEA: "external abort",
    0b010001: "tag check fault",
    **{0b010010 + k: f"external abort on a table walk, level {k - 2}" for k in range(6)},
    0b011000: "parity or ECC error",
    **{0b011011 + k: f"parity or ECC error on a table walk, level {k - 1}" for k in range(5)},
    0b100001: "alignment fault",
    **{0b100010 + k: f"granule protection fault on a table walk, level {k - 2}" for k in range(6)},
    0b101000: "granule protection fault",
    0b101001: "address size fault, level -1",
    0b101010: "translation fault, level -2",
    0b101011: "translation fault, level -1",
    0b101100: "address size fault, level -2",
    0b110000: "TLB conflict",
    0b110001: "atomic hardware update not supported there",
    0b110101: "exclusive or atomic access not supported there",
}
_LST = ("no 64-byte access", "ST64BV", "LD64B or ST64B", "ST64BV0")
_SET = ("recoverable", "reserved", "uncontainable", "restartable")

WITH_LST = (*range(0b000100, 0b010000), 0b101010, 0b101011)
"""Translation, access flag and permission faults: bits 12:11 are LST."""

TO_MMIO = (*range(0b000100, 0b010000), 0b101011, 0b110101)
"""What KVM goes on with. Its test leaves out level -2; 0b110101 since 2026 (2937aeec9dc5)."""

EXTERNAL = (_SEA, *range(0b010011, 0b011001), *range(0b011011, 0b100000))
"""External aborts, and errors of parity and ECC: the hardware's, no fault of translation."""


def name(dfsc: int) -> str:
    """Name a fault status code.

    >>> name(0x21), name(0x2b)
    ('alignment fault', 'translation fault, level -1')
    """
    return _NAMES.get(fits("dfsc", dfsc, 6), "reserved, or of the implementation")


def set_or_lst(dfsc: int, bits: int) -> str:
    """Say what bits 12:11 mean: LST, or SET of an external abort, or nothing.

    >>> set_or_lst(0x10, 2), set_or_lst(0x05, 2), set_or_lst(0x21, 2)
    ('SET: uncontainable', 'LD64B or ST64B', 'nothing for this fault')
    """
    bits = fits("bits", bits, 2)
    if fits("dfsc", dfsc, 6) == _SEA:
        return f"SET: {_SET[bits]}"
    return _LST[bits] if dfsc in WITH_LST else "nothing for this fault"
