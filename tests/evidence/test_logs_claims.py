"""What `read` says of logs that a fresh reader was misled by: it claims no more than they tell."""

from __future__ import annotations

import pytest

from kvmendian import read
from kvmendian.evidence.recordings.said import said

FAULT = "HSR=0x93c88006 gpa=0x0000003f00b008"
FETCH = "ESR_EL2 = {:#x}, FAR_EL2 = {:#x}, HPFAR_EL2 = 0x90000, ELR_EL2 = 0x9000008"


def only(text, kind=None):
    (found,) = (each for each in read(text).findings if kind in (None, each.kind))
    return found


@pytest.mark.parametrize("name", ["(XEN)", "Xen", "jailhouse:", "hvf_vcpu_exec", "hv_vcpu_run"])
def test_a_log_of_another_hypervisor_is_not_taken_for_kvms(name):
    other = f"The text names {name.removesuffix(':').removesuffix('_vcpu_exec')}, and not KVM"
    assert other in only(f"{name} unhandled\n{FAULT}").explanation
    assert other in only(f"{name}\nst1 {{v0.4s}}, [x9]", "instruction").explanation
    assert "The text names" not in only(f"{name} unhandled, as kvm has it\n{FAULT}").explanation


@pytest.mark.parametrize("text", [FAULT, f"{FAULT} relaxen hvff", f"qemu: {FAULT}"])
def test_where_none_is_named_kvm_is_a_condition(text):
    found = only(text).explanation
    assert "Under KVM: where the address is the guest's memory" in found
    assert "The text names" not in found


@pytest.mark.parametrize("order", ["little", "big"])
def test_what_the_words_say_of_the_guest_is_not_denied(order):
    found = only(f"guest {order}-endian\nESR_EL2 = 0x93658007")
    assert found.guest is None
    assert "no register here does" in found.explanation


@pytest.mark.parametrize(("line", "wrong"), [
    ("exit MMIO read len=4, data = [00, 00, 00, 00, 76, 69, 72, 74]", True),
    ("exit MMIO read len=4, data = [76, 69, 72, 74, 11, 00, 00, 00]", False),
    ("exit MMIO write len=4, data = [00, 00, 00, 00, 76, 69, 72, 74]", False),
    ("mmio={phys_addr=0x1, data=[0, 0, 0, 0, 0x76, 0x69, 0, 0], len=4, is_write=0}", True),
    ("mmio={phys_addr=0x1, data=[0, 0, 0, 1, 0x76, 0x69, 0, 0], len=4, is_write=0}", False),
    ("mmio={phys_addr=0x1, data=[0, 0, 0, 0, 0x76, 0x69, 0, 0], len=4, is_write=1}", False),
])  # fmt: skip
def test_an_answer_at_the_wrong_end_is_seen(line, wrong):
    found = only(line)
    assert "Only the first 4 of the 8 bytes count" in found.explanation
    assert "the text does not tell" in found.explanation
    assert ("wrong end of the buffer" in found.explanation) == wrong


def test_nothing_is_said_of_zeros_above_the_length():
    for line in (
        "mmio={phys_addr=0x1, data=[1, 0, 0, 0, 0, 0, 0, 0], len=1, is_write=1}",
        "write len=4, data = [44, 33, 22, 11]",
    ):
        assert "left from before" not in only(line).explanation


@pytest.mark.parametrize(("esr", "guest"), [(0x93000047, None), (0x930C0047, "big")])
def test_one_byte_has_no_order(esr, guest):
    cpsr = " cpsr=0x60000313" if guest else ""
    found = only(f"hsr={esr:#x}{cpsr}")
    assert (found.width, found.guest) == (1, guest)
    assert "A single byte has no order" in found.explanation
    assert "v3.13" not in found.explanation
    assert "no register here" not in found.explanation
    assert ("The guest's data is big-endian" in found.explanation) == bool(guest)
    assert "A single byte has no order" in only("mmio write len 1 gpa 0x1 val 0xa5").explanation


def test_a_fetch_has_an_address_and_memory_may_be_there():
    found = only(FETCH.format(0x82000007, 0x9000008))
    assert (found.op, found.width, found.address) == (None, None, 0x9000008)
    for word in ("the page is mapped", "an abort is injected", "PC is FAR", "0x9000008."):
        assert word in found.explanation
    assert "PC is FAR" not in only(FETCH.format(0x82000007, 0x9000000)).explanation


@pytest.mark.parametrize(("iss", "word", "address"), [
    (0x10, "SError", 0x9000008), (0x21, "EFAULT", 0x9000008), (0x87, "page tables", None),
])  # fmt: skip
def test_a_fetch_with_another_fault_is_not_mapped(iss, word, address):
    found = only(FETCH.format(0x82000000 | iss, 0x9000008))
    assert found.address == address
    assert word in found.explanation
    assert "the page is mapped" not in found.explanation


def test_a_val_says_something_of_the_host_where_it_can():
    told = [only(f"kvm_mmio: mmio read {rest}").explanation for rest in (
        "len 4 gpa 0xa0 val 0x74726976", "len 2 gpa 0xa0 val 0xffff000000000000",
        "len 4 gpa 0xa0 val 0x0", "len 8 gpa 0xa0 val 0x1",
    )]  # fmt: skip
    assert ["this host is little-endian" in each for each in told] == [True, False, False, False]
    assert ["It may not be the value" in each for each in told] == [False, True, True, False]
    assert (
        "later line mmio read, or not in this log"
        in only("kvm_mmio: mmio unsatisfied-read len 4 gpa 0xa0 val 0x0").explanation
    )


@pytest.mark.parametrize("host", ["little", "big"])
def test_no_val_that_a_real_kernel_showed_is_of_the_other_host(host):
    shown = [f for f in read(said("ftrace", "merged-2014", host)).findings if f.value is not None]
    little = [f for f in shown if "this host is little-endian" in f.explanation]
    assert bool(little) == (host == "little")
    assert len(shown) == 15


def test_strace_has_one_finding_a_line():
    line = "ioctl(8, KVM_RUN, 0)                    = "
    assert only(f"{line}0 (KVM_EXIT_ARM_NISV)").kind == "trace"
    found = only(f"{line}-1 EINTR (Interrupted system call)")
    assert (found.kind, found.fields["errno"], found.valid) == ("error", 4, None)


DUMP = """error: kvm run failed Function not implemented
 PC=00000000400a1c38 X08=0000000000000000 X10=0000000009010000
PSTATE=600003c5 -ZC- EL1h
{}0x400a1c{:x}:  ldp   w8, w9, [x10]
"""


@pytest.mark.parametrize(("arrow", "at", "told"), [
    ("=> ", 0x38, True), ("", 0x38, True), ("", 0x34, False),
])  # fmt: skip
def test_the_base_register_of_the_instruction_at_pc_is_told(arrow, at, told):
    error, instruction = read(DUMP.format(arrow, at)).findings
    assert error.meanings["CPSR"] == "AArch64, EL1h"
    assert error.guest is None
    assert (instruction.fields.get("x10") == 0x9010000) == told
    assert ("x10 is 0x9010000" in instruction.explanation) == told
