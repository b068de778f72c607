"""What a real kernel did, row by row against the model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kvmendian import DESIGNS, Setup, SetupError
from kvmendian.evidence import recordings
from kvmendian.machine.guest import AArch64

HOSTS = ("little", "big")
ON = {host: [recordings.load(name, host) for name in recordings.NAMES] for host in HOSTS}
ALL = [*ON["little"], *ON["big"]]
OF_ROW = {"LE": "little", "BE": "big"}


def test_every_row_of_four_kernels_comes_out_of_the_model():
    assert sum(len(recording.rows) for recording in ALL) == 4 * 287
    for recording in ALL:
        replay = recordings.replay(recording)
        assert replay.disagreements == (), str(replay)
        assert replay.agreeing == 287
        start = f"{recording.design}, {recording.host} host: 287 of 287 accesses agree ("
        assert str(replay).startswith(start)


@pytest.mark.parametrize("recording", ALL)
def test_a_recording_says_where_it_comes_from(recording):
    meta = recording.meta
    assert f"({'LE' if recording.host == 'little' else 'BE'})" in meta["kernel"]
    assert meta["design"] == recording.design
    assert ("CPU_BIG_ENDIAN" in meta["config"]) == (recording.host == "big")
    assert ("before sign extension" in meta["kernel"]) == (recording.design == "sign-fixed-2026")
    for name in ("compiler", "qemu", "machine", "cpu", "date", "recorded_on"):
        assert meta[name]


@pytest.mark.parametrize("number", range(len(recordings.NAMES)))
def test_the_order_of_the_host_shows_in_two_places_only(number):
    """What a cast gives, and what an ioeventfd compares. Bytes and registers are the same."""
    little, big = (ON[host][number] for host in HOSTS)
    for one, other in zip(little.rows, big.rows, strict=True):
        assert (one.insn, one.guest_isa, one.setup.guest) == (
            *(other.insn, other.guest_isa),
            other.setup.guest,
        )
        assert (one.mmio_data, one.register) == (other.mmio_data, other.register)
        assert (one.ram_bytes, one.ram_register) == (other.ram_bytes, other.ram_register)
        assert one.as_integer[:2] == other.as_integer[:2]
        if one.as_integer:
            assert (one.as_integer[2], other.as_integer[2]) == one.as_integer[:2]
    for section in ("no_syndrome", "switching", "vgic", "ee_and_e0e", "flipped"):
        pair = (getattr(recording, section) for recording in (little, big))
        one, other = ([dict(row, host="") for row in rows] for rows in pair)
        assert one == other
        assert one
    matched = [[row["matched"] for row in recording.ioeventfd] for recording in (little, big)]
    assert matched == [[1, 0, 0, 1], [0, 1, 1, 0]]


def test_every_kind_of_row_is_among_them():
    rows = [row for recording in ALL for row in recording.rows]
    seen = {(row.setup.op, row.setup.width, row.setup.guest, row.signed) for row in rows}
    orders = ("little", "big")
    stores = {("store", width, guest, False) for width in (1, 2, 4, 8) for guest in orders}
    loads = {("load", width, guest, False) for width in (1, 2, 4, 8) for guest in orders}
    signed = {("load", width, guest, True) for width in (1, 2, 4) for guest in orders}
    assert seen == stores | loads | signed
    assert {row.setup.host for row in rows} == {"little", "big"}
    assert any("zr" in row.insn and row.register == 0 for row in rows)


def disagreeing(recording, **changes):
    rows = tuple(replace(row, setup=replace(row.setup, **changes)) for row in recording.rows)
    return len(recordings.replay(replace(recording, rows=rows)).disagreements)


@pytest.mark.parametrize("host", HOSTS)
def test_the_comparison_can_fail(host):
    """The other design, the other host, or the other guest order do not explain the rows."""
    merged, fixed = ON[host]
    assert disagreeing(merged, design="merged-2014") == 0
    assert disagreeing(merged, design="sign-fixed-2026") == 52
    assert disagreeing(fixed, design="merged-2014") == 52
    assert disagreeing(fixed, design="memcpy-2012") > 50
    for guest in HOSTS:
        of_guest = sum(row.setup.guest != guest and row.setup.width > 1 for row in fixed.rows)
        assert 0 < disagreeing(fixed, guest=guest) <= of_guest
    wide_stores = sum(row.setup.op == "store" and row.setup.width > 1 for row in fixed.rows)
    zeros = sum("zr" in row.insn for row in fixed.rows)
    other = "big" if host == "little" else "little"
    assert disagreeing(fixed, host=other) == wide_stores - zeros, "the cast alone tells the host"


def test_a_big_host_tells_the_designs_apart():
    """Three explain its stores and plain loads; those of 2012 and 2013 and the bare swab do not."""
    fixed = ON["big"][1]
    plain = replace(fixed, rows=tuple(row for row in fixed.rows if not row.signed))
    right = {name for name in DESIGNS if not disagreeing(plain, design=name)}
    assert right == {"merged-2014", "sign-fixed-2026", "swab-le-buffer"}


def test_a_row_that_was_tampered_with_is_named():
    recording = ALL[0]
    first = recording.rows[0]
    wrong = replace(first, mmio_data=bytes([first.mmio_data[0] ^ 1]))
    replay = recordings.replay(replace(recording, rows=(wrong, *recording.rows[1:])))
    assert replay.agreeing == 286
    assert "mmio.data: the model says 88, the recording 89" in str(replay)


@pytest.mark.parametrize("host", HOSTS)
def test_the_recordings_differ_in_52_sign_extending_loads_and_nowhere_else(host):
    merged, fixed = ON[host]
    pairs = list(zip(merged.rows, fixed.rows, strict=True))
    changed = [(old, new) for old, new in pairs if old.register != new.register]
    assert len(changed) == 52
    assert all(old.signed and new.same_as_ram and not old.same_as_ram for old, new in changed)
    assert all(old.mmio_data == new.mmio_data for old, new in pairs)


@pytest.mark.parametrize("recording", ALL)
def test_a_guest_that_turns_its_order_between_two_accesses(recording):
    steps = recording.switching
    assert len(steps) == 10
    for step in steps:
        if step["guest"] == "a32_svc":
            big = int(step["cpsr"], 16) >> 9 & 1  # CPSR.E
        else:
            big = int(step["sctlr"], 16) >> 25 & 1  # SCTLR_EL1.EE
        order = "big" if big else "little"
        if step["is_write"] and step["len"] == 4:
            story = Setup(guest=order, host=recording.host).trace(0x11223344)
            assert bytes.fromhex(step["data"])[:4] == story.mmio_data
        if step.get("end"):
            for name, guest in (("read_be", "big"), ("read_le", "little")):
                setup = Setup(op="load", guest=guest, host=recording.host)
                assert setup.trace(0x44332211).register == int(step[name], 16)


@pytest.mark.parametrize("recording", ALL)
def test_a_load_takes_the_order_that_the_guest_has_when_it_is_completed(recording):
    """Not the one it had at the exit: KVM converts on the way back in."""
    assert len(recording.flipped) == 8
    for row in recording.flipped:
        after = Setup(op="load", guest=OF_ROW[row["at_completion"]], host=recording.host)
        answer = int.from_bytes(bytes.fromhex(row["mmio_data"]), "little")
        assert after.trace(answer).register == int(row["reg_out"], 16)


@pytest.mark.parametrize("recording", ALL)
def test_an_access_asks_the_bit_of_its_exception_level(recording):
    assert len(recording.ee_and_e0e) == 8
    for row in recording.ee_and_e0e:
        level = 1 if row["guest"] == "a64_el1" else 0
        cpu = AArch64(el=level, ee=bool(row["ee"]), e0e=bool(row["e0e"]))
        setup = Setup(guest=cpu.data_order, host=recording.host)
        stored = setup.trace(int(row["reg_in"], 16)).mmio_data
        assert stored.hex(" ") == row["mmio_data"] == row["ram_bytes"]
        answer = int.from_bytes(bytes.fromhex(row["vmm_fills"]), "little")
        loaded = replace(setup, op="load").trace(answer).register
        assert loaded == int(row["reg_out"], 16)


def test_a_recording_that_does_not_exist_is_refused():
    with pytest.raises(SetupError, match="merged-2014"):
        recordings.load("swab")
    with pytest.raises(SetupError, match="'little', 'big'"):
        recordings.load("merged-2014", "middle")
