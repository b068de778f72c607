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


def as_ram(f):
    return f.road.ram == f.in_order(f.road.register, f.s.guest)


PLAIN = {
    r"RAM's rule: mmio\.data is what the guest's own store would leave in RAM\. "
    r"Does [\w-]+ keep it\?": as_ram,
    r"RAM's rule: mmio\.data is what the guest's own store would leave in RAM\. "
    r"Today's kernel keeps it\.": lambda f: as_ram(f) and f.road.mmio == f.road.ram,
    r"RAM knows only the guest: in which order does its store put the bytes\?": lambda f: all(
        as_ram(f) and f.other(**change).ram == f.road.ram
        for change in ({"host": "little"}, {"host": "big"}, {"design": "swab"})),
    r"Two steps: mmio\.data as the kernel fills it; then the device reads it in its own order\.":
    laid_out,
}  # fmt: skip
FIRST = r"First the accessor: it reverses the value where guest and device differ\. "
TRUE = PLAIN | {
    r"The device alone decides: the VMM lays its value out in its order\.": laid_out,
    r"The accessor reverses the value where guest and device differ\.": lambda f: (
        turns(f) == differ(f)),
    r"Two steps: mmio\.data in the device's order; then the kernel loads it, by RAM's rule as the "
    r"guest would\. Last, what stands above: zeros, or the sign\.": lambda f: (
        laid_out(f) and f.road.expected[: f.s.width] == lanes.load(f.road.mmio, f.s.guest)[
            : f.s.width]),
}  # fmt: skip
TRUE |= {
    FIRST + hint: lambda f, true=true: turns(f) == differ(f) and true(f)
    for hint, true in PLAIN.items()
}


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
