"""What a real kernel did, row by row against the model."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import replace

import pytest

from kvmendian import DESIGNS, Setup, SetupError
from kvmendian.evidence import recordings
from kvmendian.evidence.recordings import arithmetic
from kvmendian.machine.guest import AArch64

HOSTS = ("little", "big")
ON = {host: {name: recordings.load(name, host) for name in recordings.NAMES} for host in HOSTS}
ALL = [*ON["little"].values(), *ON["big"].values()]
OF_ROW = {"LE": "little", "BE": "big"}
HOST_DOES_NOT_MATTER = ("merged-2014", "swab-le-buffer", "sign-fixed-2026")
PUBLISHED = {  # sha256 of all sections of the first four, as they were committed one by one
    ("merged-2014", "little"): "fca9c4fe3786bfe65d8c92de3ec466bf96c3b4d00df351299ae1d634c6c69865",
    ("sign-fixed-2026", "little"): (
        "385bb97e03cf75533873787e0b66916be9e6932e6d1f0480aea080be5303d7d9"
    ),
    ("merged-2014", "big"): "38bce552b26b25afe5507ebc2bd911316a4bce89e605eb9ffe3a69c0b01aa89d",
    ("sign-fixed-2026", "big"): "fe6e56b875adf15b59411e8d6c8fd409f350dde8dadff191835b779fe8b58d8e",
}


def test_all_six_designs_are_recorded():
    assert tuple(DESIGNS) == recordings.NAMES


@pytest.mark.parametrize("recording", ALL, ids=lambda r: f"{r.design}-{r.host}")
def test_every_row_of_twelve_kernels_is_explained(recording):
    """By the model alone but for one instruction of one design on one host."""
    replay = recordings.replay(recording)
    assert len(recording.rows) == 287
    assert replay.unexplained == (), str(replay)
    beyond = (recording.design, recording.host) == ("memcpy-2012", "big")
    assert (replay.agreeing, len(replay.explained)) == ((271, 16) if beyond else (287, 0))
    more = ", 16 more are C's arithmetic" if beyond else ""
    start = f"{recording.design}, {recording.host} host: {287 - 16 * beyond} of 287 accesses agree"
    assert str(replay).startswith(f"{start}{more} (")
    assert len(replay.table().rows) == 16 * beyond


def test_what_no_moved_byte_explains_is_the_negative_of_what_was_read():
    """Each LDRSW of memcpy-2012 on a big host, and nothing else of it."""
    recording = ON["big"]["memcpy-2012"]
    explained = recordings.replay(recording).explained
    assert [row for row, _ in explained] == [r for r in recording.rows if "ldrsw" in r.insn]
    for row, why in explained:
        (value,) = struct.unpack(">i", row.mmio_data)
        assert row.register == -value % 2**32 << 32
        assert row.story.register == value % 2**32 << 32
        assert not row.same_as_ram
        ones = "0xffffffff80000000"
        assert f"({value % 2**32 << 32:#x} ^ {ones}) - {ones} = {row.register:#x}" in why


def test_an_explanation_must_give_exactly_what_was_recorded():
    recording = ON["big"]["memcpy-2012"]
    (row, _), *_ = recordings.replay(recording).explained
    for wrong in (
        replace(row, register=row.register ^ 1),
        replace(row, ram_register=row.ram_register ^ 1),
        replace(row, same_as_ram=True),
        replace(row, setup=replace(row.setup, design="swab")),
    ):
        assert wrong.differences()
        assert wrong.explanation() == ""
        replay = recordings.replay(replace(recording, rows=(wrong,)))
        assert replay.explained == ()
        assert [found for found, _ in replay.unexplained] == [wrong]
        assert wrong.differences()[0] in replay.table().rows[0][2]


def test_sign_extension_in_c_is_what_python_reads_where_nothing_is_above_it():
    """And elsewhere the lanes and the arithmetic agree, but for four bytes with more above."""
    for width, letter in ((1, "b"), (2, "h"), (4, "i")):
        for value in (0, 1, 0x7F, 0x80, 0xFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8192_A3B4):
            data = value % 256**width
            (signed,) = struct.unpack(f"<{letter}", data.to_bytes(width, "little"))
            assert arithmetic.sign_extended(data, width) == signed % 2**64
    told = [row for recording in ALL for row in recording.rows if row.signed]
    other = [row for row in told if arithmetic.register(row.story) != row.story.register]
    assert {(r.setup.design, r.setup.host, r.setup.width) for r in other} == {
        ("memcpy-2012", "big", 4)
    }
    assert all(arithmetic.register(row.story) == row.register for row in told)


@pytest.mark.parametrize(("design", "host"), PUBLISHED)
def test_the_first_four_recordings_are_kept_to_the_byte(design, host):
    sections = {k: v for k, v in recordings.read(design, host).items() if k != "meta"}
    text = json.dumps(sections, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == PUBLISHED[design, host]


@pytest.mark.parametrize("recording", ALL)
def test_a_recording_says_where_it_comes_from(recording):
    meta = recording.meta
    assert f"({'LE' if recording.host == 'little' else 'BE'})" in meta["kernel"]
    assert meta["design"] == recording.design
    assert ("CPU_BIG_ENDIAN" in meta["config"]) == (recording.host == "big")
    assert ("before sign extension" in meta["kernel"]) == (recording.design == "sign-fixed-2026")
    ours = f"with the byte order of {recording.design}"
    assert meta["kernel"].endswith(ours) != (recording.design in ("merged-2014", "sign-fixed-2026"))
    for name in ("compiler", "qemu", "machine", "cpu", "date", "recorded_on"):
        assert meta[name]


@pytest.mark.parametrize("name", HOST_DOES_NOT_MATTER)
def test_the_order_of_the_host_shows_in_two_places_only(name):
    """What a cast gives, and what an ioeventfd compares. Bytes and registers are the same."""
    little, big = (ON[host][name] for host in HOSTS)
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


@pytest.mark.parametrize("name", sorted(set(recordings.NAMES) - set(HOST_DOES_NOT_MATTER)))
def test_the_other_designs_give_another_host_other_bytes(name):
    """Guest RAM and what has no syndrome are the same even there."""
    pairs = list(zip(ON["little"][name].rows, ON["big"][name].rows, strict=True))
    assert any(one.mmio_data != other.mmio_data for one, other in pairs)
    assert any(one.register != other.register for one, other in pairs)
    for one, other in pairs:
        assert (one.ram_bytes, one.ram_register) == (other.ram_bytes, other.ram_register)
    plain = [[dict(row, host="") for row in ON[host][name].no_syndrome] for host in HOSTS]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("recording", ALL)
def test_a_datamatch_is_compared_with_what_a_cast_gives(recording):
    for row in recording.ioeventfd:
        setup = Setup(guest=OF_ROW[row["ge"]], host=recording.host, design=recording.design)
        data = setup.trace(int(row["guest_str_w"], 16)).mmio_data
        matches = int.from_bytes(data, recording.host) == int(row["datamatch"], 16)
        assert (row["matched"], row["user_exit"]) == (matches, not matches)


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
    merged, fixed = ON[host]["merged-2014"], ON[host]["sign-fixed-2026"]
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


def explaining(recording, *, signed):
    """Return the designs that tell all rows of a recording, or all that extend no sign."""
    rows = tuple(row for row in recording.rows if signed or not row.signed)
    kept = replace(recording, rows=rows)
    return {name for name in DESIGNS if not disagreeing(kept, design=name)}


def test_stores_and_plain_loads_tell_some_designs_apart():
    """On a big host four kinds, on a little one two: there all that convert do the same."""
    for name in recordings.NAMES:
        on_little, on_big = (explaining(ON[host][name], signed=False) for host in HOSTS)
        converts = name != "memcpy-2012"
        assert on_little == (set(DESIGNS) - {"memcpy-2012"} if converts else {name})
        assert on_big == (set(HOST_DOES_NOT_MATTER) if name in HOST_DOES_NOT_MATTER else {name})


def test_sign_extending_loads_tell_the_rest_apart():
    """But for three on a little host: a little guest's data is passed on, a big one's masked."""
    same = {"be-guests-2013", "swab", "swab-le-buffer"}
    for name in recordings.NAMES:
        assert explaining(ON["little"][name], signed=True) == (same if name in same else {name})
        own = set() if name == "memcpy-2012" else {name}  # its LDRSW are arithmetic
        assert explaining(ON["big"][name], signed=True) == own


def test_a_row_that_was_tampered_with_is_named():
    recording = ON["little"]["merged-2014"]
    first = recording.rows[0]
    wrong = replace(first, mmio_data=bytes([first.mmio_data[0] ^ 1]))
    replay = recordings.replay(replace(recording, rows=(wrong, *recording.rows[1:])))
    assert replay.agreeing == 286
    assert "mmio.data: the model says 88, the recording 89" in str(replay)


@pytest.mark.parametrize("host", HOSTS)
def test_the_recordings_differ_in_52_sign_extending_loads_and_nowhere_else(host):
    merged, fixed = ON[host]["merged-2014"], ON[host]["sign-fixed-2026"]
    pairs = list(zip(merged.rows, fixed.rows, strict=True))
    changed = [(old, new) for old, new in pairs if old.register != new.register]
    assert len(changed) == 52
    assert all(old.signed and new.same_as_ram and not old.same_as_ram for old, new in changed)
    assert all(old.mmio_data == new.mmio_data for old, new in pairs)


def load_by(recording, guest):
    """Return the setup of a plain load of four bytes into a 32-bit register."""
    given = {"host": recording.host, "design": recording.design}
    return Setup(op="load", guest=guest, register_width=32, **given)


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
            setup = Setup(guest=order, host=recording.host, design=recording.design)
            story = setup.trace(0x11223344)
            assert bytes.fromhex(step["data"])[:4] == story.mmio_data
        if step.get("end"):
            for name, guest in (("read_be", "big"), ("read_le", "little")):
                setup = load_by(recording, guest)
                assert setup.trace(0x44332211).register == int(step[name], 16)


@pytest.mark.parametrize("recording", ALL)
def test_a_load_takes_the_order_that_the_guest_has_when_it_is_completed(recording):
    """Not the one it had at the exit: KVM converts on the way back in."""
    assert len(recording.flipped) == 8
    for row in recording.flipped:
        after = load_by(recording, OF_ROW[row["at_completion"]])
        answer = int.from_bytes(bytes.fromhex(row["mmio_data"]), "little")
        assert after.trace(answer).register == int(row["reg_out"], 16)


@pytest.mark.parametrize("recording", ALL)
def test_an_access_asks_the_bit_of_its_exception_level(recording):
    assert len(recording.ee_and_e0e) == 8
    for row in recording.ee_and_e0e:
        level = 1 if row["guest"] == "a64_el1" else 0
        cpu = AArch64(el=level, ee=bool(row["ee"]), e0e=bool(row["e0e"]))
        setup = Setup(guest=cpu.data_order, host=recording.host, design=recording.design)
        stored = setup.trace(int(row["reg_in"], 16))
        assert stored.mmio_data.hex(" ") == row["mmio_data"]
        assert stored.ram_bytes.hex(" ") == row["ram_bytes"]
        answer = int.from_bytes(bytes.fromhex(row["vmm_fills"]), "little")
        loaded = load_by(recording, cpu.data_order).trace(answer).register
        assert loaded == int(row["reg_out"], 16)


def test_a_recording_that_does_not_exist_is_refused():
    with pytest.raises(SetupError, match="merged-2014"):
        recordings.load("mine")
    with pytest.raises(SetupError, match="'little', 'big'"):
        recordings.load("merged-2014", "middle")
