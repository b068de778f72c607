"""The first hint of every question against the lanes of its road."""

from __future__ import annotations

import re

from facts import Facts

from kvmendian import Setup, SetupError
from kvmendian.course.questions import ASKS, Question
from kvmendian.model import lanes


def laid_out(f):
    return f.road.mmio == f.in_order(f.road.device, f.s.device_order)


def turns(f):
    return len(f.turns_of("guest CPU"))


def differ(f):
    return f.s.width > 1 and f.s.guest != f.s.device_order


TRUE = {
    r"The ABI sentence compares with RAM, so the guest's data order decides, if the design keeps "
    r"the sentence\. Does it\?": lambda f: f.road.ram == f.in_order(f.road.register, f.s.guest),
    r"The device speaks first: its value is laid out in the device's order\.": laid_out,
    r"RAM knows the guest alone: neither KVM, host nor device takes part\.": lambda f: all(
        f.other(**change).ram == f.road.ram
        for change in ({"host": "little"}, {"host": "big"}, {"device": "little"}, {"device": "big"},
                       {"design": "swab"})),
    r"RAM knows the guest alone; but it gets the register, after the accessor\.": lambda f: (
        f.road.ram == f.in_order(f.road.register, f.s.guest) and f.s.driver != "raw"),
    r"The accessor reverses the value if guest and device order differ\.": lambda f: (
        turns(f) == differ(f)),
    r"An accessor for little devices reverses the value of a big guest\.": lambda f: (
        turns(f) == (f.s.width > 1 and f.s.guest == "big")),
    r"The driver reverses the value twice if guest and device order differ, else never\.":
    lambda f: turns(f) == 2 * differ(f),
    r"Two steps: the device's order lays out mmio\.data; then the design loads it, rightly in the "
    r"guest's order\. Extension comes last, if the design is right\.": lambda f: (
        laid_out(f) and f.road.expected[: f.s.width] == lanes.load(f.road.mmio, f.s.guest)[
            : f.s.width]),
    r"Two steps: the design fills mmio\.data; then the device's order reads it\.": laid_out,
}  # fmt: skip


def test_the_first_hint_is_true_in_every_setup():
    used = set()
    for setup in Setup.all():
        for ask in ASKS:
            try:
                question = Question(ask, setup, 0x11)
            except SetupError:  # the answer would be the question
                continue
            hint, f = question.hints[0], Facts(question.story)
            found = [pattern for pattern in TRUE if re.fullmatch(pattern, hint)]
            assert found, hint
            assert TRUE[found[0]](f), (ask, setup, hint)
            used.add(found[0])
    assert used == set(TRUE)
