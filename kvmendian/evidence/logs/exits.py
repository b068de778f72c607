"""Exit reasons of KVM_RUN that a log names by number: what each says about an access.

Source: include/uapi/linux/kvm.h and Documentation/virt/kvm/api.rst; only those that an Arm guest
can meet, and the two that mean trouble anywhere.
"""

from __future__ import annotations

from typing import NamedTuple


class Exit(NamedTuple):
    """One exit reason: its name in kvm.h, and what it says."""

    name: str
    says: str


EXITS = {
    0: Exit("KVM_EXIT_UNKNOWN", "KVM_EXIT_UNKNOWN (0): KVM met something that it has no word for."),
    6: Exit(
        "KVM_EXIT_MMIO",
        "KVM_EXIT_MMIO (6): the syndrome was valid, and the bytes lie in mmio.data, in"
        " address order, len of them. A VMM that calls it unexpected has no handler for MMIO.",
    ),
    9: Exit(
        "KVM_EXIT_FAIL_ENTRY",
        "KVM_EXIT_FAIL_ENTRY (9): the CPU could not enter the guest; no access was made.",
    ),
    17: Exit(
        "KVM_EXIT_INTERNAL_ERROR",
        "KVM_EXIT_INTERNAL_ERROR (17): on x86 suberror 1 is an instruction that KVM could not"
        " emulate. On Arm KVM emulates none: there it means an exception type that the kernel does"
        " not know, and an access without a syndrome ends as ENOSYS or KVM_EXIT_ARM_NISV instead.",
    ),
    24: Exit(
        "KVM_EXIT_SYSTEM_EVENT",
        "KVM_EXIT_SYSTEM_EVENT (24): the guest asked for shutdown or reset by PSCI; no"
        " error, and no access.",
    ),
    28: Exit(
        "KVM_EXIT_ARM_NISV",
        "KVM_EXIT_ARM_NISV (28): an abort outside the guest's memory without a valid syndrome, for"
        " a VMM that asked for such (KVM_CAP_ARM_NISV_TO_USER, v5.5, c726200dd1). Of esr_iss only"
        " CM, WnR and DFSC are left; register, length and value are not told. A VMM can decode the"
        " instruction itself, or have KVM inject an external abort, as QEMU does.",
    ),
    39: Exit(
        "KVM_EXIT_MEMORY_FAULT",
        "KVM_EXIT_MEMORY_FAULT (39): KVM could not map the page, and KVM_RUN returns EFAULT or"
        " EHWPOISON beside it. No MMIO: there is no mmio.data.",
    ),
    41: Exit(
        "KVM_EXIT_ARM_SEA",
        "KVM_EXIT_ARM_SEA (41): a synchronous external abort of the hardware, at memory of the"
        " guest. No MMIO.",
    ),
    42: Exit(
        "KVM_EXIT_ARM_LDST64B",
        "KVM_EXIT_ARM_LDST64B (42): LD64B, ST64B or their like outside the guest's memory (since"
        " 2026, f174a9ffcd48). 64 bytes move, in eight registers: not by mmio.data, and the exit"
        " has the syndrome without its DFSC and the IPA.",
    ),
}
"""Exit reason to what it says."""
