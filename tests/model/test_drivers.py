"""The guest's driver, right and wrong, in every setup, against the standard library's struct."""

from __future__ import annotations

import itertools
import struct
from dataclasses import replace

import pytest

from kvmendian import Design, Sentence, Setup, check, prove
from kvmendian.model.proofs import _setups, _sides, _verdicts
from kvmendian.model.sentences import SENTENCES
from kvmendian.model.setups import CHOICES
from kvmendian.model.solve.judge import Judge
from kvmendian.render import words

ALL = tuple(Setup.all())
LETTER = {1: "B", 2: "H", 4: "I", 8: "Q"}
VALUE = 0x8192A3B4C5D6E7F8


def as_read_by(value, width, written, read):
    """An integer written to memory in one order and read in another."""
    value &= (1 << 8 * width) - 1
    of = {"little": "<", "big": ">"}
    return struct.unpack(of[read] + LETTER[width], struct.pack(of[written] + LETTER[width], value))[
        0
    ]


def steps(setup):
    """The orders that each of the driver's functions is made for, in the order of travel."""
    device = setup.device_order
    twice = [device, device] if setup.width > 1 else [device]
    return {"raw": [], "accessor": [device], "little-accessor": ["little"], "double-swap": twice}[
        setup.driver
    ]


def guest_swaps(story):
    return [s for s in story.swaps if story.stages[s.stage].zone == "guest CPU"]


def test_every_step_of_every_driver_is_what_struct_makes_of_it():
    seen = 0
    for setup in (s for s in ALL if s.driver != "raw"):
        story = setup.trace(VALUE >> (64 - setup.value_bits))
        places = [k for k, s in enumerate(story.stages) if s.zone == "guest CPU"]
        assert len(places) == len(steps(setup)) + 1 == len(guest_swaps(story)) + 1
        for (one, two), order, entry in zip(
            itertools.pairwise(places), steps(setup), guest_swaps(story), strict=True
        ):
            before, after = story.stages[one].value, story.stages[two].value
            low = (1 << 8 * setup.width) - 1
            assert after & low == as_read_by(before, setup.width, setup.guest, order), setup
            if setup.signed and entry.swapped:
                top = after >> (8 * setup.width - 1)
                bits = setup.register_width - 8 * setup.width + 1
                assert top in (0, (1 << bits) - 1), setup
            assert entry.stage == two
            assert entry.swapped == (setup.width > 1 and setup.guest != order), setup
            seen += 1
    assert seen == 12_672


def test_the_ledger_needs_one_reversal_where_guest_and_device_differ_and_never_more():
    for setup in (s for s in ALL if s.driver != "raw"):
        entries = guest_swaps(setup.trace(1))
        differ = setup.width > 1 and setup.guest != setup.device_order
        assert sum(e.needed for e in entries) == differ, setup
        wrong = [e for e in entries if e.swapped != e.needed]
        reversals = sum(e.swapped for e in entries)
        assert bool(wrong) == (reversals != differ), setup
        if setup.driver == "accessor":
            assert not wrong


def test_under_a_right_kernel_the_driver_is_right_exactly_where_it_reverses_as_needed():
    for setup in (s for s in ALL if s.kernel.name == "sign-fixed-2026"):
        story = setup.trace(VALUE >> (64 - setup.value_bits))
        same = setup.width == 1 or setup.guest == setup.device_order
        right = {
            "raw": same,
            "accessor": True,
            "little-accessor": setup.width == 1 or setup.device_order == "little",
            "double-swap": same,
        }[setup.driver]
        assert story.driver_is_right == right, setup
        assert story.honours_abi
        said = "Right" if right else "Kernel right, driver wrong"
        assert words.verdict(story)[0] == said


def test_a_driver_that_swaps_twice_is_a_raw_one_with_a_detour():
    for setup in (s for s in ALL if s.driver == "double-swap"):
        raw = replace(setup, driver="raw")
        told, plain = (s.trace(VALUE >> (64 - 8 * s.width)) for s in (setup, raw))
        for what in ("mmio_data", "register", "device_value", "driver_is_right", "honours_abi"):
            assert getattr(told, what) == getattr(plain, what), setup


def test_a_little_accessor_is_the_right_one_for_little_devices():
    for setup in (s for s in ALL if s.driver == "little-accessor"):
        right = replace(setup, driver="accessor")
        one, two = setup.trace(0x81), right.trace(0x81)
        assert (one.stages == two.stages) == (setup.device_order == "little"), setup


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"driver": "little-accessor", "guest": "big", "device": "big"},
         "writel reverses for a little device, and this one is big."),
        ({"driver": "little-accessor", "device": "big"},
         "writel is made for little devices and leaves the value alone"),
        ({"driver": "double-swap", "guest": "big"},
         "The driver reverses twice, in cpu_to_le32 and in writel: the two cancel."),
        ({"driver": "double-swap", "guest": "big", "op": "load", "width": 2},
         "The driver reverses twice, in readw and in le16_to_cpu: the two cancel."),
        ({"driver": "double-swap", "device": "big", "width": 8},
         "The driver reverses twice, in cpu_to_be64 and in iowrite64be: the two cancel."),
    ],
)  # fmt: skip
def test_the_reports_that_people_filed_are_told(fields, says):
    story = Setup(**fields).trace(0x1122)
    assert says in words.why(story.road)
    assert "driver wrong" in str(story)


def computing(data, width, guest_is_big, host_is_big):
    return data + (data >> 40) if guest_is_big else data ^ (width > 2)


@pytest.mark.parametrize(
    "design", ["be-guests-2013", Design("odd", guest_to_host=computing, host_to_guest=computing)]
)
@pytest.mark.parametrize("sentence", ["as-if-ram", "device-order", "guest-independent"])
def test_what_is_said_of_one_driver_and_of_the_next_is_what_each_alone_would_get(design, sentence):
    spec, setups = SENTENCES[sentence], _setups(design)
    assert [s.driver for s in setups[:4]] == list(CHOICES["driver"])  # the fastest
    verdicts, _, _ = _verdicts(spec, setups)
    judge = Judge()
    for setup, verdict in list(zip(setups, verdicts, strict=True))[::7]:
        sides = _sides(spec, setup, spec.order_of(setup))
        if sides[0].image is None and sides[1].image is None:
            fails = sides[0].content != sides[1].content
        else:
            fails = judge.compare(*sides, setup.value_bits, lambda _: True).fails
        assert verdict.fails == fails, setup


def test_a_rule_may_ask_for_the_driver():
    odd = Sentence(
        "odd", "It depends.", "nobody", lambda s: s.guest if s.driver == "raw" else "big"
    )
    failures = check(odd, "sign-fixed-2026").failures
    assert {s.driver for s in failures} == set(CHOICES["driver"]) - {"raw"}
    assert all(s.guest == "little" for s in failures)
    assert prove("sign-fixed-2026").holds
