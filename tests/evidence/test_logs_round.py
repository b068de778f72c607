"""Every data abort in eight layouts comes back, and damaged texts raise nothing."""

from __future__ import annotations

import time
from functools import cache
from itertools import product
from random import Random

import pytest
from amount import EXHAUSTIVE, many
from loglines import damaged

from kvmendian import read
from kvmendian.machine.syndrome import FIELDS, DataAbort

HEAD = 0x24 << 26 | 1 << 25
ACCESSES = [
    {"op": op, "width": width, "signed": signed, "register_width": bits}
    for op, width, signed, bits in product(("store", "load"), (1, 2, 4, 8), (False, True), (32, 64))
    if not (signed and op == "store") and 8 * width + signed <= bits
]
LAYOUTS = {
    "ESR_EL2": "[   12.3] ESR_EL2 = {0:#010x}",
    "HSR_": "(XEN) HSR=0x{1:04x}_{2:04x} pc=0xffff800010001018",
    "esr": "esr: {0:08x}",
    "esr 64": "esr_el2:0x{0:016X}",
    "gpa": "hsr {0:#x} gpa=0x9000000",
    "kvm_guest_fault": " q-7 [001] d..1 8.1: kvm_guest_fault: ipa 0x9000000, hsr {0:#08x}, "
    "hxfar 0x18, pc 0xffff8000107a1b2c",
    "kvm_mmio_nisv": " q-7 [001] 8.1: kvm_mmio_nisv: ipa 0x9000000, esr {0:#016x}, "
    "far 0x18, pc 0xffff8000107a1b2c",
    "alone": "0x{1:04x}_{2:04x}",
}


@cache
def aborts():
    """Every access that the model has, in every register, with every fault code."""
    return [
        (access, DataAbort.of_access(**access, rt=rt, dfsc=dfsc))
        for access, rt, dfsc in product(ACCESSES, range(32), range(64))
    ]


def test_there_are_as_many_as_there_should_be():
    assert (len(ACCESSES), len(aborts())) == (19, 19 * 32 * 64)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_data_abort_comes_back(layout):
    """Every one in one of the layouts, in turn; all of them in all with KVMENDIAN_EXHAUSTIVE set.

    Those of level 3 in the registers 0, 30 and 31 come in each layout anyway.
    """
    turn = [*LAYOUTS].index(layout)
    chosen = [
        (access, abort)
        for k, (access, abort) in enumerate(aborts())
        if EXHAUSTIVE
        or (k + k // 64) % len(LAYOUTS) == turn
        or (abort.dfsc == 7 and abort.srt in (0, 30, 31))
    ]
    different = 0
    for start in range(0, len(chosen), 2_000):
        some = chosen[start : start + 2_000]
        words = [HEAD | abort.encode() for _, abort in some]
        lines = [LAYOUTS[layout].format(word, word >> 16, word & 0xFFFF) for word in words]
        findings = read("\n".join(lines)).findings
        assert len(findings) == len(some)
        for (access, abort), found in zip(some, findings, strict=True):
            bits = {name: found.fields[about.name] for name, about in FIELDS.items()}
            back = (
                DataAbort(**bits), found.op, found.width, found.signed, found.register_width,
                found.register, found.valid,
            )  # fmt: skip
            there = (
                abort, access["op"], access["width"], access["signed"], access["register_width"],
                abort.register, True,
            )  # fmt: skip
            different += back != there
    assert different == 0
    assert len(chosen) >= len(aborts()) / len(LAYOUTS)


MARKUP = ("<script", "</textarea", "<i>", "a<b>")


TEXTS = many(20_000, 5_000)


def test_damaged_texts_raise_nothing_and_are_escaped():
    r, started, found = Random(16), time.process_time(), 0  # noqa: S311 - reproducible
    for number in range(TEXTS):
        text = damaged(r)
        reading = read(text)
        found += len(reading.findings)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert all(1 <= each.line <= len(lines) for each in reading.findings)
        assert 0 <= reading.unread <= len(lines)
        if number % 20 == 0:
            for thing in (reading, *reading.findings):
                shown = thing._repr_mimebundle_()
                assert not [mark for mark in MARKUP if mark in shown["text/html"]]
                assert len(repr(thing)) < 200
    assert found > TEXTS
    assert time.process_time() - started < 60  # a few seconds on an idle machine


PIECES = [
    "\n", "\x1b[31m", "\x1b[", "\u202e", "<script>alert(1)</script>", "0x_", "ESR=", "f" * 40, " ",
    "esr\n", "0x9\n", "kvm_mmio: mmio ", "a-1 [", "f0 ", "f0\n", "pc=0x0\n", "93800045\n",
    "HSR=0x93800045 gpa=0x9000000\n", "prose of a few words\n", "str w3, [x0], #4\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_megabyte_of_anything_is_read_in_about_a_second(piece):
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 4  # under one on an idle machine
