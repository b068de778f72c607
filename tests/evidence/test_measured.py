"""`story.evidence`: what a real kernel did in the state of a story, or that all is computed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kvmendian import DESIGNS, Setup
from kvmendian.evidence import measured, recordings
from kvmendian.render import words

PLAIN = {"device": "little", "target": "little", "driver": "raw"}


@pytest.mark.parametrize("design", recordings.NAMES)
def test_every_state_of_a_recorded_design_on_arm64_has_evidence(design):
    for setup in Setup.all(design=design, arch="arm64", **PLAIN):
        found = setup.trace(0x81).evidence
        if found is None:  # no instruction loads 1 to 4 bytes into an X register without a sign
            assert (design, setup.host, setup.op) == ("memcpy-2012", "big", "load")
            assert (setup.signed, setup.register_width) == (False, 64)
            assert setup.width < 8
            continue
        assert (found.design, found.host) == (design, setup.host)
        told = setup.trace(found.value)
        assert told.evidence == found
        assert found.agrees == (
            (told.mmio_data, told.register) == (found.mmio_data, found.register)
        )
        assert found.agrees or told.road.arithmetic


def test_the_row_with_this_very_value_is_preferred():
    for row in recordings.load("merged-2014", "big").rows:
        found = row.story.evidence
        assert (found.value, found.mmio_data) == (row.value, row.mmio_data)


def test_device_and_driver_are_nothing_that_a_kernel_asks_for():
    one = Setup(width=2, host="big")
    other = replace(one, device="big", driver="accessor")
    assert one.trace(1).evidence == other.trace(1).evidence


def test_what_no_kernel_ran_is_computed_and_says_so():
    mine = replace(DESIGNS["swab"], name="mine")
    for setup in (Setup(arch="arm"), Setup(design=mine)):
        told = setup.trace(1)
        assert told.evidence is None
        assert words.evidence(told.evidence) == words.COMPUTED
        assert words.COMPUTED in str(told)


def test_a_line_says_what_was_recorded_where():
    told = Setup(host="big", design="merged-2014", width=2).trace(0x1122)
    said = words.evidence(told.evidence)
    assert said.startswith("Recorded: Linux 6.1 as a big-endian host, this design, strh ")
    assert told.evidence.mmio_data.hex(" ") in said
    assert " ".join(said.split()) in " ".join(str(told).split())
    assert len(repr(told.evidence)) < 300
    assert measured.of(told.setup).insn == told.evidence.insn
