"""What a finding says, sentence by sentence: `{name}` is filled in, here and in the browser alike.

Sources: as in `kvmendian.machine.syndrome`; include/trace/events/kvm.h; arch/arm64/kvm/trace_arm.h;
QEMU's system/memory.c. The trace's `memcpy` of a long: e39d200fa5bf (v4.15).
"""

from __future__ import annotations

SENTENCES = {
    # the access
    "store": "The guest's store of {bytes} from {register} was trapped: {fault}.",
    "load": "The guest's load of {bytes} into {register} was trapped: {fault}.",
    "signed": "The guest's sign-extending load of {bytes} into {register} was trapped: {fault}.",
    "invalid-store": "A write was trapped: {fault}. ISV is 0: neither register nor length is told.",
    "invalid-load": "A read was trapped: {fault}. ISV is 0: neither register nor length is told.",
    "same-store": "A write of the level that was running failed: {fault}.",
    "same-load": "A read of the level that was running failed: {fault}.",
    "same": "No trap of a guest: KVM emulates nothing here, and no access to a device can be read "
    "from it.",
    "zero-store": "Register 31 is the zero register: zeros are stored.",
    "zero-load": "Register 31 is the zero register: what is loaded is discarded.",
    "refused": "No CPU reports this: {problem}.",
    "address": "The guest physical address is {address}.",
    "page": "The guest physical page is {address}; FAR would have the low 12 bits.",
    "virtual": "FAR is the guest's virtual address; HPFAR would have the page of the physical one.",
    # the guest's order
    "order-open": "A syndrome never tells the guest's byte order, and no register here does: "
    "CPSR.E (AArch32) or SCTLR_EL1.EE (EL0: E0E) would.",
    "one-byte": "A single byte has no order: it is the same to every guest and device.",
    "order-e": "The guest's data is {guest}-endian: AArch32 ({mode}), CPSR.E = {bit}.",
    "order-ee": "The guest's data is {guest}-endian: AArch64 ({mode}), SCTLR_EL1.EE = {bit}.",
    "order-e0e": "The guest's data is {guest}-endian: AArch64 ({mode}), SCTLR_EL1.E0E = {bit}.",
    "order-both": "The guest's data is {guest}-endian at EL1 and at EL0: SCTLR_EL1.EE and E0E are "
    "{bit}.",
    "order-mixed": "SCTLR_EL1.EE is {bit} and E0E is not: the guest's order depends on the level, "
    "which PSTATE would tell.",
    "big": "Before 6d89d2d9 (v3.13) KVM took every guest for a little-endian one.",
    "sign-lost": "From v3.17 to v7.1 KVM lost the sign of such a load; 85f56708a443 (v7.2) keeps "
    "it.",
    # what KVM does
    "KVM_EXIT_MMIO": "Under KVM: where the address is the guest's memory (a memslot), the page is "
    "mapped. Elsewhere the access is emulated: a device in the kernel takes it, or KVM_RUN returns "
    "KVM_EXIT_MMIO.",
    "ENOSYS": "KVM decodes no instructions. Outside every memslot KVM_RUN fails with ENOSYS (38, "
    "Function not implemented), or, since v5.5 and if the VMM enabled KVM_CAP_ARM_NISV_TO_USER, "
    "returns KVM_EXIT_ARM_NISV; QEMU then has an external abort injected. Look at the instruction "
    "at PC for writeback, a pair, SIMD or an exclusive, and use one plain LDR or STR instead.",
    "el1": "If this is ESR_EL1 (a program that crashed), ISV is always 0 and no hypervisor is "
    "concerned.",
    "EFAULT": "KVM has no answer to this fault code: it logs Unsupported FSC, and KVM_RUN fails "
    "with EFAULT (14, Bad address). There is no MMIO emulation.",
    "alignment": "An alignment fault comes from memory that stage 2 maps as Device, as of a device "
    "passed through: align the access, and do not use memcpy or SIMD on it.",
    "SError injected": "An external abort comes from the host's hardware. If the host does not "
    "claim it, KVM injects an SError into the guest.",
    "abort injected": "The walk of the guest's own page tables left its memory: KVM injects an "
    "abort into the guest, and emulates nothing.",
    "skipped": "What is no memory cannot be cached: KVM skips the instruction, without an exit.",
    "KVM_EXIT_ARM_LDST64B": "64 bytes, as LD64B and ST64B move: since f174a9ffcd48 (2026) "
    "KVM_RUN returns KVM_EXIT_ARM_LDST64B.",
    "arm-8": "32-bit arch/arm answered 8 bytes (SAS 0b11) with EFAULT.",
    # other classes
    "class": "{name}: no data abort, so that no access to a device can be read from it.",
    "fetched": "A fetch of an instruction, no load or store. Under KVM: where the address is the "
    "guest's memory (a memslot), the page is mapped and the guest goes on; elsewhere an abort is "
    "injected, since nothing emulates a fetch.",
    "jumped": "PC is FAR: the guest went there to execute. If no memory is there, look for the "
    "jump: a wrong pointer, a wrong load address (LR may tell where it came from).",
    "system": "{direction} S{Op0}_{Op1}_C{CRn}_C{CRm}_{Op2}, x{Rt}: KVM emulates the register, "
    "not memory.",
    "nisv": "KVM_EXIT_ARM_NISV (since v5.5) passes on no more than CM, WnR and DFSC: neither "
    "register nor length is told. A VMM must decode the instruction itself; QEMU has an external "
    "abort injected.",
    "base": "{base} is {value} in this dump: a virtual address, where the guest's MMU is on.",
    "other": "The text names {other}, and not KVM: what is said of KVM is what KVM would do.",
    # traces
    "unsatisfied-read": "A load of {bytes} at {gpa} begins: there is no data yet, and val is 0. "
    "The answer is in a later line mmio read, or not in this log.",
    "read": "The answer to a load of {bytes} at {gpa}: val is what KVM loaded from mmio.data, in "
    "the host's order and before the conversion for the guest.",
    "write": "A store of {bytes} at {gpa}: val is after the conversion for the guest; KVM then "
    "writes it into mmio.data in the host's order.",
    "val": "The bytes of mmio.data follow from val with the host's order, which the line does not "
    "name.",
    "val-shown": "Since e39d200fa5bf (v4.15) a big-endian host shows no such val for fewer than 8 "
    "bytes: this host is little-endian, or its kernel is older.",
    "val-lost": "It may not be the value: for fewer than 8 bytes a big-endian host has shown 0 "
    "since e39d200fa5bf (v4.15), or ones at the top for a sign-extended load, since the trace "
    "copies the first bytes of a long.",
    "untold": "This line tells neither the register nor the guest's order; the syndrome in "
    "kvm_guest_fault has the register.",
    "kvm_exit": "The guest left for the host ({name}). kvm_guest_fault has the whole syndrome.",
    "reason-mmio": "KVM_RUN returned KVM_EXIT_MMIO: the VMM has the access in kvm_run->mmio. A "
    "load is completed by the next KVM_RUN.",
    "reason-nisv": "KVM_RUN returned KVM_EXIT_ARM_NISV: a data abort outside every memslot "
    "without a valid syndrome.",
    "reason-ldst64b": "KVM_RUN returned KVM_EXIT_ARM_LDST64B: 64 bytes, for the VMM to move.",
    "reason-restart": "KVM_RUN returned EINTR: a signal, no access.",
    "reason-38": "KVM_RUN failed with ENOSYS: a data abort outside every memslot without a valid "
    "syndrome.",
    "reason-14": "KVM_RUN failed with EFAULT: a fault that KVM does not handle; the kernel's log "
    "has Unsupported FSC.",
    "reason-error": "KVM_RUN failed with errno {number}.",
    "reason": "KVM_RUN returned {reason}: no access to a device.",
    "struct-write": "A store of {bytes} at {gpa}: data has what the same store would leave in RAM, "
    "in address order.",
    "struct-read": "A load of {bytes} at {gpa}: data has what the VMM answers, as RAM would have "
    "it, in address order.",
    "counted": "Only the first {len} of the {all} bytes count (len).",
    "stale": "Only the first {len} of the {all} bytes count (len). What stands above can be left "
    "from before, or put there by mistake: the text does not tell.",
    "wrong-end": "Here all that count are 0, and what stands above is not: was the answer put at "
    "the wrong end of the buffer? It belongs into data[0..len].",
    "device": "A little-endian device takes data[0] as its least significant byte, a big-endian "
    "one as its most significant.",
    "region-write": "QEMU wrote to the region {region}: value is the device's own, after QEMU's "
    "conversion to the order that the device declares.",
    "region-read": "QEMU read from the region {region}: value is the device's own, before QEMU's "
    "conversion from the order that the device declares.",
    "pieces": "A wider or unaligned access of the guest comes in several such pieces.",
    "invalid": "QEMU refused a {type} of {bytes} in the region {region} ({reason}): a read gives "
    "0, a write is dropped, and under KVM the guest is not told.",
    "invalid-size": "The device takes other sizes only ({limits}): change the driver's width.",
}

REASONS = {
    "kvm_exit_mmio": "reason-mmio",
    "kvm_exit_arm_nisv": "reason-nisv",
    "0x1c": "reason-nisv",
    "kvm_exit_arm_ldst64b": "reason-ldst64b",
    "0x2a": "reason-ldst64b",
    "restart": "reason-restart",
    "error 38": "reason-38",
    "error 14": "reason-14",
}
"""Which sentence an exit's reason has; of an error, with its number."""
