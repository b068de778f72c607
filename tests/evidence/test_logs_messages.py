"""Error texts, in the words that the kernel, QEMU and other VMMs print."""

from __future__ import annotations

import errno
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from kvmendian.evidence.logs.exits import EXITS
from kvmendian.evidence.logs.message_table import MESSAGES
from kvmendian.evidence.logs.messages import find
from kvmendian.machine.syndrome import DataAbort, what_kvm_does

# --- text -> the fields that must be there, and ISV
TEXTS = {
    "error: kvm run failed Function not implemented": ({"errno": 38}, False),
    "error: kvm run failed Bad address": ({"errno": 14}, None),
    "[  411.5] kvm [7713]: Unsupported FSC: EC=0x24 xFSC=0x21 ESR_EL2=0x92000061": (
        {"errno": 14, "EC": 0x24, "DFSC": 0x21}, None),
    "kvm [10652]: load/store instruction decoding not implemented": ({"errno": 38}, False),
    "kvm [1]: Data abort outside memslots with no valid syndrome info": ({"errno": 38}, False),
    "Assertion failed: (isv), function hvf_handle_exception, file hvf.c, line 1883.": ({}, False),
    "ERROR:../target/arm/hvf/hvf.c:2181:hvf_vcpu_exec: assertion failed: (isv)": ({}, False),
    "qemu: ../hvf.c:9: hvf_vcpu_exec: Assertion `isv' failed.": ({}, False),
    "assert(isv)": ({}, False),
    "qemu-system-aarch64: Data abort exception triggered by guest memory access at physical "
    "address: 0x09000010": ({}, False),
    "KVM unable to emulate faulting instruction.": ({}, False),
    "Failed to enable KVM_CAP_ARM_NISV_TO_USER cap": ({}, None),
    "[anonymous-instance:fc_vcpu 0] Received ENOSYS error because KVM failed to emulate an "
    "instruction.": ({"errno": 38}, False),
    "ERROR crosvm: vcpu hit unknown error: Function not implemented (os error 38)": (
        {"errno": 38}, False),
    "Failure during vcpu run: Bad address (os error 14)": ({"errno": 14}, None),
    "VCPU generated error: VcpuRun(Failed to run vcpu: Function not implemented (os error 38))": (
        {"errno": 38}, False),
    "  KVM_RUN failed: Bad address": ({"errno": 14}, None),
    "KVM_RUN: errno=38": ({"errno": 38}, False),
    "ioctl(12, KVM_RUN, 0)  = -1 ENOSYS (Function not implemented)": ({"errno": 38}, False),
    "ioctl(8, KVM_RUN, 0)            = -1 EINTR (Interrupted system call)": ({"errno": 4}, None),
    "error: kvm run failed Invalid argument": ({}, None),
    "Unexpected exit reason on vcpu run: Unsupported(28)": ({"exit_reason": 28}, False),
    'KVM exit reason: 28 ("KVM_EXIT_ARM_NISV")': ({"exit_reason": 28}, False),
    "exit reason 28": ({"exit_reason": 28}, False),
    "unhandled exit_reason=42": ({"exit_reason": 42}, True),
    "KVM_EXIT_ARM_LDST64B": ({"exit_reason": 42}, None),
    "KVM internal error. Suberror: 1": ({"exit_reason": 17, "suberror": 1}, None),
    "Unexpected exit reason on vcpu run: InternalError": ({"exit_reason": 17}, None),
    "run failed: KVM_EXIT_MEMORY_FAULT": ({"exit_reason": 39}, None),
    "kvm [9]: Hardware is weird: SAS 0b11 is reserved": ({"errno": 14, "SAS": 3}, None),
    "Internal error: synchronous external abort: 0000000096000010 [#1] PREEMPT SMP": ({}, None),
    "Guest MMIO write to unregistered address 0xfffffffc": ({"gpa": 0xFFFFFFFC}, None),
    "  Warning: Ignoring MMIO read at 000000000a003e00 (length 4)": ({"len": 4}, None),
    "ioctl(9, KVM_IOEVENTFD, {addr=0xa000050, len=2, fd=5}) = 0": ({}, None),
}  # fmt: skip


@pytest.mark.parametrize("line", TEXTS)
def test_what_is_printed_is_known(line):
    ((column, found),) = find(line)
    fields, valid = TEXTS[line]
    assert found.kind == "error"
    assert line[column : column + len(found.text)] == found.text
    assert found.fields.items() >= fields.items()
    assert found.valid is valid
    assert len(found.explanation) > 80
    assert "{}" not in found.explanation


def test_every_kind_of_text_is_among_them():
    found = {f.fields["message"] for line in TEXTS for _, f in find(line)}
    assert found >= {message.name for message in MESSAGES}
    assert found >= {"KVM_RUN failed", "exit reason", "unclaimed"}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_the_quick_look_lets_through_what_the_pattern_finds(message):
    for line in TEXTS:
        if message.words.search(line):
            assert message.quick in line.lower()
            assert list(find(line))


def test_what_to_write_instead_is_said_where_there_is_no_syndrome():
    for line, (_, valid) in TEXTS.items():
        ((_, found),) = find(line)
        if valid is False:
            assert "use one plain LDR or STR" in found.explanation, line
            assert found.setups == ()


def test_an_unclaimed_access_keeps_its_op_width_and_address():
    ((_, read),) = find("Warning: Ignoring MMIO read at 000000000a003e00 (length 4)")
    assert (read.op, read.width, read.address) == ("load", 4, 0xA003E00)
    assert {(s.op, s.width) for s in read.setups} == {("load", 4)}
    assert {s.guest for s in read.setups} == {"little", "big"}
    ((_, write),) = find("Guest MMIO write to unregistered address 0xfffffffc")
    assert (write.op, write.width, write.setups) == ("store", None, ())


NOT_OURS = [
    "open: Function not implemented",
    "kvm_init_vcpu failed: Function not implemented",
    "write(1): Bad address",
    "process exited: reason 28 days",
    "kvm_userspace_exit: reason KVM_EXIT_ARM_NISV (28)",  # a trace event, told by its own reader
    "the exit reason is not known",
    "exit reason 280",
    "assert(is_valid)",
    "kvm: exiting hardware virtualization",
    "",
]


@pytest.mark.parametrize("line", NOT_OURS)
def test_other_lines_are_left_alone(line):
    assert list(find(line)) == []


# --- oracles
def test_errnos_and_their_words_are_those_of_this_system():
    for number, name in ((38, "ENOSYS"), (14, "EFAULT")):
        assert getattr(errno, name) == number
        for spelled in (os.strerror(number), name, f"os error {number}"):
            ((_, found),) = find(f"error: kvm run failed: {spelled}")
            assert found.fields["errno"] == number


def test_exit_reasons_are_those_of_the_kernel_headers():
    header = Path("/usr/include/linux/kvm.h")
    if not header.exists():
        pytest.skip("linux-libc-dev is not installed")
    pairs = re.findall(r"#define (KVM_EXIT_\w+)\s+(\d+)\s", header.read_text())
    names = {int(number): name for name, number in reversed(pairs)}  # below, other defines follow
    shared = names.keys() & EXITS.keys()
    assert len(shared) >= 6
    assert {n: names[n] for n in shared} == {n: EXITS[n].name for n in shared}


def test_the_model_agrees_with_what_the_texts_say():
    none, alignment = DataAbort(wnr=1, dfsc=5), DataAbort(wnr=1, dfsc=0x21)
    assert what_kvm_does(none).errno == 38
    assert what_kvm_does(none, nisv_to_user=True).result == EXITS[28].name
    assert what_kvm_does(alignment).errno == 14
    assert what_kvm_does(DataAbort(isv=1, lst=2, sf=1, sas=3, dfsc=7)).result == EXITS[42].name


# --- hostile text
PIECES = ["kvm run failed ", "Function not implemented", "KVM_RUN", "vcpu run: ", "os error 38",
          "exit reason ", "28", "Unsupported FSC: EC=0x24 xFSC=", "0x", "isv", "assert(", "{}",
          "Ignoring MMIO read at ", "(length 4)", "\x00", "\x1b[0m", "\u202e", "<b>"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=80))
def test_no_text_raises(line):
    for column, found in find(line):
        assert line[column : column + len(found.text)] == found.text


@pytest.mark.parametrize("piece", [*PIECES, *TEXTS][::2])
def test_a_megabyte_on_one_line_takes_no_longer_than_its_length(piece):
    line = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    assert len(list(find(line))) <= len(MESSAGES)
    assert time.perf_counter() - start < 3  # a guard against hanging, no measure
