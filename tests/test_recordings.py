"""What a real kernel did, row by row against the model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kvmendian import Setup, SetupError, recordings

ALL = [recordings.load(name) for name in recordings.NAMES]


def test_all_574_rows_come_out_of_the_model():
    assert sum(len(recording.rows) for recording in ALL) == 574
    for recording in ALL:
        replay = recordings.replay(recording)
        assert replay.disagreements == (), str(replay)
        assert replay.agreeing == 287
        assert str(replay).startswith(f"{recording.design}: 287 of 287 accesses agree (")


def test_every_kind_of_row_is_among_them():
    rows = [row for recording in ALL for row in recording.rows]
    seen = {(row.setup.op, row.setup.width, row.setup.guest, row.signed) for row in rows}
    orders = ("little", "big")
    stores = {("store", width, guest, False) for width in (1, 2, 4, 8) for guest in orders}
    loads = {("load", width, guest, False) for width in (1, 2, 4, 8) for guest in orders}
    signed = {("load", width, guest, True) for width in (1, 2, 4) for guest in orders}
    assert seen == stores | loads | signed
    assert {row.setup.host for row in rows} == {"little"}
    assert any("zr" in row.insn and row.register == 0 for row in rows)


def disagreeing(recording, **changes):
    rows = tuple(replace(row, setup=replace(row.setup, **changes)) for row in recording.rows)
    return len(recordings.replay(replace(recording, rows=rows)).disagreements)


def test_the_comparison_can_fail():
    """The other design, the other host, or the other guest order do not explain the rows."""
    merged, fixed = ALL
    assert disagreeing(merged, design="merged-2014") == 0
    assert disagreeing(merged, design="sign-fixed-2026") == 52
    assert disagreeing(fixed, design="merged-2014") == 52
    assert disagreeing(fixed, design="memcpy-2012") > 50
    for guest in ("little", "big"):
        of_guest = sum(row.setup.guest != guest and row.setup.width > 1 for row in fixed.rows)
        assert 0 < disagreeing(fixed, guest=guest) <= of_guest


def test_a_row_that_was_tampered_with_is_named():
    recording = ALL[0]
    first = recording.rows[0]
    wrong = replace(first, mmio_data=bytes([first.mmio_data[0] ^ 1]))
    replay = recordings.replay(replace(recording, rows=(wrong, *recording.rows[1:])))
    assert replay.agreeing == 286
    assert "mmio.data: the model says 88, the recording 89" in str(replay)


def test_the_recordings_differ_in_52_sign_extending_loads_and_nowhere_else():
    merged, fixed = ALL
    pairs = list(zip(merged.rows, fixed.rows, strict=True))
    changed = [(old, new) for old, new in pairs if old.register != new.register]
    assert len(changed) == 52
    assert all(old.signed and new.same_as_ram and not old.same_as_ram for old, new in changed)
    assert all(old.mmio_data == new.mmio_data for old, new in pairs)


def test_a_guest_that_turns_its_order_between_two_accesses():
    steps = ALL[0].switching
    assert len(steps) == 10
    for step in steps:
        if step["guest"] == "a32_svc":
            big = int(step["cpsr"], 16) >> 9 & 1  # CPSR.E
        else:
            big = int(step["sctlr"], 16) >> 25 & 1  # SCTLR_EL1.EE
        order = "big" if big else "little"
        if step["is_write"] and step["len"] == 4:
            story = Setup(guest=order, design="merged-2014").trace(0x11223344)
            assert bytes.fromhex(step["data"])[:4] == story.mmio_data
        if step.get("end"):
            for name, guest in (("read_be", "big"), ("read_le", "little")):
                setup = Setup(op="load", guest=guest, design="merged-2014")
                assert setup.trace(0x44332211).register == int(step[name], 16)


def test_a_recording_that_does_not_exist_is_refused():
    with pytest.raises(SetupError, match="merged-2014"):
        recordings.load("swab")
