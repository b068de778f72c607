"""The error texts that are known, and what each says: the table of `messages`.

The words that people see were looked up in the sources named beside them; what they mean is told
in our words.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .exits import EXITS


class Message(NamedTuple):
    """One kind of error text: `words` find it, the rest says what it is.

    `quick`: a lower-case piece of every such text, looked for first. `valid`: the syndrome's ISV
    where the text implies it.
    """

    name: str
    quick: str
    words: re.Pattern[str]
    explanation: str
    valid: bool | None = None
    fields: dict[str, Any] = {}  # noqa: RUF012 - a table's entry, never written to


def text(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that takes capitals and small letters for the same.

    >>> bool(text("kvm run").match("KVM_RUN")), bool(text("kvm run").match("KVM run"))
    (False, True)
    """
    return re.compile(pattern, re.IGNORECASE)


LOOK = (
    "Look at the instruction at PC: writeback (str w3, [x0], #4), a pair (stp), a SIMD"
    " register (str q3, [x0]), an exclusive or an atomic have none. Compilers make them of plain"
    " C and Rust: use one plain LDR or STR, as readl and writel do by inline assembly. A wild"
    " pointer outside the guest's memory ends here too."
)
ENOSYS = (
    "KVM_RUN failed with ENOSYS (38): the guest touched an address outside its memory by an"
    " instruction whose abort has no valid syndrome (ISV = 0), and KVM decodes no instructions."
    " Before v5.5 this was the only answer; since then (c726200dd1) a VMM can ask for"
    " KVM_EXIT_ARM_NISV, and QEMU has since 5.1. " + LOOK
)
EFAULT = (
    "KVM_RUN failed with EFAULT (14): the fault was none that KVM can emulate or map, so there was"
    " no mmio.data and no byte order to get wrong. With 'Unsupported FSC' in the host's log it"
    " was another fault than translation, access flag or permission: 0x21, alignment, comes of"
    " Device memory at stage 2, as of a passed-through device. Without it, the host could not"
    " provide the page behind a memslot: a mapping that is gone or read-only, a file cut short."
    " arch/arm also gave it for an access of 8 bytes (SAS 0b11)."
)
_HVF = (
    "QEMU on Apple's Hypervisor.framework: a data abort came without a valid syndrome (ISV = 0),"
    " and QEMU asserts that there is one (since hvf came to Arm, 2021; cache maintenance is"
    " skipped before). The guest did not misbehave by the architecture, QEMU just cannot tell what"
    " to emulate. Real hardware and TCG accept the same instruction. " + LOOK
)
_NISV_LOG = (
    "The guest touched an address outside its memory by an instruction whose abort has no valid"
    " syndrome (ISV = 0). {} KVM_RUN then fails with ENOSYS. " + LOOK
)
UNCLAIMED = (
    "No device claims this address. The VMM has the access, KVM did its part. Of a write nothing"
    " comes; of a read the VMM must fill mmio.data itself, with zeros or ones: KVM loads"
    " whatever lies there, which can be what the guest wrote last."
)

MESSAGES = (
    Message(
        "Unsupported FSC",  # arch/arm64/kvm/mmu.c, kvm_handle_guest_abort
        "fsc",
        text(r"Unsupported FSC(?:: EC=(0x[0-9a-f]{1,4}) xFSC=(0x[0-9a-f]{1,4}))?"),
        "KVM goes on with translation, access flag and permission faults only. {} No MMIO"
        " emulation, no mmio.data: KVM_RUN gives EFAULT (14), Bad address. An alignment fault"
        " (0x21) comes of memory that stage 2 makes Device, as a passed-through device's: use"
        " aligned accesses of general-purpose registers there.",
        fields={"errno": 14},
    ),
    Message(
        "decoding not implemented",  # io_mem_abort, until v5.4
        "decoding not impl",
        text(r"load/store instruction decoding not implemented"),
        _NISV_LOG.format("Kernels up to v5.4 logged it so; c726200dd1 (v5.5) changed the words."),
        valid=False,
        fields={"errno": 38},
    ),
    Message(
        "no valid syndrome",  # c726200dd1, taken out by d11974dc5f20
        "outside memslots",
        text(r"data abort outside memslots with no valid syndrome info"),
        _NISV_LOG.format(
            "Kernels from v5.5 (c726200dd1) to v6.6 logged it so; d11974dc5f20 (v6.7) made it the"
            " trace event kvm_mmio_nisv, which tells IPA, ESR, FAR and PC."
        ),
        valid=False,
        fields={"errno": 38},
    ),
    Message(
        "hvf asserts ISV",  # QEMU, target/arm/hvf/hvf.c; whpx has the same
        "isv",
        text(
            r"assertion failed: \(isv\)(?:, function \w{1,40})?(?:, file [\w./-]{1,80})?"
            r"|hvf\w{0,40}: assertion [`'\"]?isv[`'\"]? failed|assertion [`'\"]isv[`'\"] failed"
            r"|\bassert\(isv\)"
        ),
        _HVF,
        valid=False,
    ),
    Message(
        "QEMU cannot inject",  # target/arm/kvm.c, kvm_arm_handle_dabt_nisv
        "data abort exception",
        text(
            r"Data abort exception (?:triggered by|with no valid ISS generated by) guest memory"
            r" access at physical address: (0x[0-9a-f]{1,16})"
        ),
        "KVM passed an abort without a valid syndrome to QEMU (KVM_EXIT_ARM_NISV), and this kernel"
        " cannot inject an external abort for it (KVM_CAP_ARM_INJECT_EXT_DABT, v5.5): QEMU stops."
        " " + LOOK,
        valid=False,
    ),
    Message(
        "QEMU cannot emulate",
        "unable to emulate",
        text(r"KVM unable to emulate faulting instruction"),
        "QEMU's second line beside 'Data abort exception triggered by guest memory access': ISV"
        " was 0, and the kernel could not inject an abort. " + LOOK,
        valid=False,
    ),
    Message(
        "NISV not enabled",
        "nisv_to_user",
        text(r"Failed to enable KVM_CAP_ARM_NISV_TO_USER cap"),
        "QEMU asked KVM to pass aborts without a syndrome on, and the kernel refused: KVM_RUN will"
        " fail with ENOSYS where the guest makes one. The capability exists since v5.5.",
    ),
    Message(
        "Firecracker",  # src/vmm/src/vstate/vcpu
        "received enosys",
        text(r"Received ENOSYS error because KVM failed to emulate an instruction"),
        "Firecracker's words for it. " + ENOSYS,
        valid=False,
        fields={"errno": 38},
    ),
    Message(
        "SAS 0b11",  # arch/arm, kvm_vcpu_dabt_get_as
        "sas 0b11",
        text(r"Hardware is weird: SAS 0b11 is reserved"),
        "32-bit arch/arm (v3.9 to v5.6): the syndrome says 8 bytes, which ARMv7 does not have;"
        " KVM_RUN gives EFAULT. An AArch64 kernel takes 8 bytes.",
        fields={"errno": 14, "SAS": 3},
    ),
    Message(
        "external abort",  # arch/arm64/mm/fault.c, arch/arm/mm/fault.c
        "external abort",
        text(r"(?:Internal error|Unhandled fault): (?:a)?synchronous external abort"),
        "The guest's own words: it got an external abort. Under KVM this is how a VMM answers an"
        " access that it cannot emulate: QEMU since 5.1 where there was no valid syndrome, others"
        " where no device claims the address. Hardware makes them too. " + LOOK,
    ),
    Message(
        "interrupted",
        "eintr",
        text(r"\bKVM_RUN\b[^\n]{0,60}\bEINTR\b(?: \(Interrupted system call\))?"),
        "KVM_RUN returned EINTR (4): a signal came, or the VMM had set immediate_exit. It tells of"
        " no access, and is no failure: KVM_RUN is called again. An access that was under way is"
        " complete by then: so a VMM can finish the last one without running the guest on.",
        fields={"errno": 4},
    ),
    Message(
        "memory fault",
        "memory_fault",
        text(r"KVM_EXIT_MEMORY_FAULT|VcpuExit::MemoryFault\b|run: MemoryFault\b"),
        EXITS[39].says,
        fields={"exit_reason": 39},
    ),
    Message(
        "internal error",
        "internal",
        text(
            r"KVM internal error\. Suberror: (\d{1,6})|\bKVM_EXIT_INTERNAL_ERROR\b"
            r"|vcpu run: InternalError\b"
        ),
        EXITS[17].says,
        fields={"exit_reason": 17},
    ),
    Message(
        "NISV",
        "nisv",
        text(r"\bKVM_EXIT_ARM_NISV\b(?: \(28\))?"),
        EXITS[28].says + " " + LOOK,
        valid=False,
        fields={"exit_reason": 28},
    ),
    Message(
        "LDST64B",
        "ldst64b",
        text(r"\bKVM_EXIT_ARM_LDST64B\b(?: \(42\))?"),
        EXITS[42].says,
        fields={"exit_reason": 42},
    ),
    Message(
        "ioeventfd",
        "ioeventfd",
        text(r"\bKVM_IOEVENTFD\b|\bioeventfd (?:registered|with|of) (?:len|length|size)\b"),
        "KVM compares what the guest writes with address, length and, if asked for, datamatch: the"
        " length must be equal, so that a doorbell of 2 bytes does not ring for a store of 4;"
        " length 0 matches any. The bytes of mmio.data are read in the host's order for that:"
        " what a big guest writes on a little host compares as the swapped number.",
    ),
)
"""Kinds of error text; the first that matches at a place is taken."""
