"""Who reads the bytes: QEMU of two eras, casts, three vGICs, the GICV proxy, ioeventfd."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from kvmendian import Setup, SetupError
from kvmendian.evidence import recordings
from kvmendian.machine.consumers import (
    VGIC_ERAS,
    Emulator,
    MemoryRegion,
    compare,
    gicv_write,
    host_cast,
    ioeventfd_matches,
    vgic_read,
    vgic_write,
)

ORDERS = ("little", "big")
ENDIANNESS = ("little", "big", "native")
WIDTHS = (1, 2, 4, 8)
WHOLE = {"valid_max_access_size": 8, "impl_max_access_size": 8}
DATA = bytes.fromhex("8192a3b4c5d6e7f8")
EMULATORS = [Emulator(h, t, e) for h in ORDERS for t in ORDERS for e in ("today", "2014")]


def order_of(region, emulator):
    return emulator.target if region.endianness == "native" else region.endianness


@pytest.mark.parametrize("emulator", EMULATORS, ids=str)
@pytest.mark.parametrize("endianness", ENDIANNESS)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_device_sees_the_bytes_in_its_own_order_on_any_host_in_any_era(
    emulator, endianness, width
):
    region = MemoryRegion(endianness, **WHOLE)
    order = order_of(region, emulator)
    (access,) = emulator.write(DATA[:width], region)
    assert access == (0, width, int.from_bytes(DATA[:width], order))
    value = int.from_bytes(DATA[:width], "big")
    answered = emulator.read(lambda address, size: value, width, region)
    assert answered == value.to_bytes(width, order)


class Cell:
    """A device of 16 bytes that a callback reads and writes in the region's order."""

    def __init__(self, order):
        self.order, self.memory = order, bytearray(16)

    def write(self, accesses):
        for address, size, value in accesses:
            mask = (1 << 8 * size) - 1
            self.memory[address : address + size] = (value & mask).to_bytes(size, self.order)

    def read(self, address, size):
        return int.from_bytes(self.memory[address : address + size], self.order)


REGIONS = [
    MemoryRegion(e, valid_max_access_size=v, impl_max_access_size=i, valid_unaligned=u)
    for e in ENDIANNESS
    for v, i, u in itertools.product((0, 1, 2, 4, 8), (0, 1, 2, 4, 8), (False, True))
]


@pytest.mark.parametrize("region", REGIONS, ids=str)
def test_splitting_never_changes_which_byte_lands_where(region):
    """However an access is cut, memory behind the device ends up with the guest's bytes."""
    for emulator, width, address in itertools.product(EMULATORS, WIDTHS, range(5)):
        cell = Cell(order_of(region, emulator))
        cell.write(emulator.write(DATA[:width], region, address))
        assert cell.memory[address : address + width] == DATA[:width]
        assert emulator.read(cell.read, width, region, address) == DATA[:width]


def test_cutting_in_the_loop_or_by_impl_gives_the_same_calls():
    for endianness, most, width in itertools.product(ENDIANNESS, (1, 2, 4), (2, 4, 8)):
        loop = MemoryRegion(endianness, valid_max_access_size=most, impl_max_access_size=8)
        impl = MemoryRegion(endianness, valid_max_access_size=8, impl_max_access_size=most)
        for emulator in EMULATORS:
            assert emulator.write(DATA[:width], loop) == emulator.write(DATA[:width], impl)


def test_the_cuts_are_qemus():
    """Sizes: capped by valid.max (4 if not given), by alignment, and to a power of two."""

    def cuts(width, address=0, **fields):
        accesses = Emulator().write(DATA[:width], MemoryRegion("little", **fields), address)
        return [(access.address, access.size) for access in accesses]

    assert cuts(8) == [(0, 4), (4, 4)]
    assert cuts(8, **WHOLE) == [(0, 8)]
    assert cuts(4, address=2) == [(2, 2), (4, 2)]
    assert cuts(4, address=1) == [(1, 1), (2, 2), (4, 1)]
    assert cuts(4, address=1, impl_unaligned=True, valid_unaligned=True) == [(1, 4)]
    assert cuts(4, address=1, impl_unaligned=True) == []
    assert cuts(4, valid_max_access_size=4, impl_max_access_size=1) == [
        (0, 1), (1, 1), (2, 1), (3, 1)
    ]  # fmt: skip
    assert cuts(1, valid_min_access_size=4, valid_max_access_size=4) == []


def test_a_refused_read_gives_zeros():
    region = MemoryRegion("little", valid_min_access_size=4, valid_max_access_size=4)
    assert Emulator().read(lambda address, size: 0xFF, 1, region) == b"\0"


def test_callbacks_wider_than_the_access_get_the_value_where_qemu_puts_it():
    """impl.min > size: little devices shift by 0, big ones by a negative amount (98f52cdbb5)."""
    for emulator in EMULATORS:
        little = MemoryRegion("little", impl_min_access_size=4)
        big = MemoryRegion("big", impl_min_access_size=4)
        assert emulator.write(b"\x11", little) == ((0, 4, 0x11),)
        assert emulator.write(b"\x11", big) == ((0, 4, 0x11000000),)
        assert emulator.read(lambda address, size: 0x11223344, 1, little) == b"\x44"
        assert emulator.read(lambda address, size: 0x11223344, 1, big) == b"\x11"


# Facts of QEMU's tests/qtest/endianness-test.c: a little-endian cell of 4 bytes, written as a long
# with 0x87654321, read back by long, word and byte; for a target of either order.
QTEST = [
    (0, 4, 0x87654321, 0x21436587),
    (2, 2, 0x8765, 0x6587),
    (0, 2, 0x4321, 0x2143),
    (3, 1, 0x87, 0x87),
    (2, 1, 0x65, 0x65),
    (1, 1, 0x43, 0x43),
    (0, 1, 0x21, 0x21),
]


@pytest.mark.parametrize("cpu", ORDERS)
@pytest.mark.parametrize("most", [1, 4])
def test_the_cell_of_qemus_own_endianness_test(cpu, most):
    region = MemoryRegion("little", valid_max_access_size=4, impl_max_access_size=most)
    emulator, cell = Emulator("little", cpu), Cell("little")
    written = (0x87654321 if cpu == "little" else 0x21436587).to_bytes(4, cpu)
    cell.write(emulator.write(written, region))
    for address, size, on_little, on_big in QTEST:
        data = emulator.read(cell.read, size, region, address)
        assert int.from_bytes(data, cpu) == (on_little if cpu == "little" else on_big)


def test_the_consumer_of_a_trace_is_todays_qemu():
    for setup in Setup.all(op="store", design="sign-fixed-2026"):
        story = setup.trace(0x8192A3B4C5D6E7F8 >> (64 - setup.value_bits))
        region = MemoryRegion(setup.device, **WHOLE)
        (access,) = Emulator(setup.host, setup.target).write(story.mmio_data, region)
        assert access.value == story.device_value


@given(
    st.binary(min_size=1, max_size=8).filter(lambda d: len(d) in WIDTHS), st.sampled_from(ORDERS)
)
def test_a_cast_and_an_ioeventfd_read_as_the_host_does(data, host):
    assert host_cast(data, host) == int.from_bytes(data, host)
    assert ioeventfd_matches(data, int.from_bytes(data, host), host)
    assert not ioeventfd_matches(data, int.from_bytes(data, host) ^ 1, host)


VGIC = """
host    width   write: v3.16  v4.6      v4.7      read: v3.16  v4.6      v4.7
little  1              ok     ok        ok              ok     ok        ok
little  2              ok     ok        ignored         ok     ok        zeros
little  4              ok     ok        ok              ok     ok        ok
big     1              WRONG  ok        ok              WRONG  zeros     ok
big     2              WRONG  ok        ignored         WRONG  zeros     zeros
big     4              WRONG  ok        ok              WRONG  ok        ok
"""


def test_the_vgic_of_each_era():
    """The GIC is little-endian: its register is the bytes, least significant first."""
    value = 0x11223344
    for line in VGIC.strip().splitlines()[1:]:
        host, width, *verdicts = line.split()
        width = int(width)
        low = value & (1 << 8 * width) - 1
        data = low.to_bytes(width, "little")
        for era, wrote, read in zip(VGIC_ERAS, verdicts[:3], verdicts[3:], strict=True):
            left = vgic_write(data, era=era, host=host)
            assert (left == low) == (wrote == "ok")
            assert (left is None) == (wrote == "ignored")
            found = vgic_read(value, width, era=era, host=host)
            assert (found == data) == (read == "ok"), line
            assert (found == bytes(width)) or read != "zeros"


def test_eight_bytes_were_an_abort_then_two_words_then_one_access():
    """The old vGIC's two words, each little-endian and the lower first, come to the same."""
    value = int.from_bytes(DATA, "little")
    for host in ORDERS:
        halves = [vgic_write(DATA[at : at + 4], era="v4.6", host=host) for at in (0, 4)]
        assert halves[0] | halves[1] << 32 == value
        for era in ("v4.6", "v4.7"):
            assert vgic_write(DATA, era=era, host=host) == value
            assert vgic_read(value, 8, era=era, host=host) == DATA
        for wrong in (lambda: vgic_write(DATA, era="v3.16", host="big"),
                      lambda: vgic_read(value, 8, era="v3.16", host="big")):  # fmt: skip
            with pytest.raises(SetupError, match="an abort in the guest"):
                wrong()


@pytest.mark.parametrize("design", recordings.NAMES)
@pytest.mark.parametrize("host", ORDERS)
def test_the_recorded_gic_registers_come_out_of_the_new_vgic(host, design):
    """What a little and a big guest read and wrote, through the guest's load and store."""
    orders, checked, enabled = {"LE": "little", "BE": "big"}, 0, 0
    for row in recordings.load(design, host).vgic:
        guest, name = orders[row["ge"]], row["reg"]
        x1, attr = int(row["x1"], 16), int(row["attr_value"], 16)
        if row["op"].startswith("str"):
            told = Setup(guest=guest, host=host, design=design).trace(x1)
            wrote = vgic_write(told.mmio_data, era="v4.7", host=host)
            if "CTLR" in name:  # only bit 1 can be written here; bits 4 and 6 read as ones
                assert attr == 0x50 | wrote & 2
            elif "ICENABLER" in name:  # writing ones clears
                assert attr == enabled & ~wrote
            else:
                assert attr == wrote
                enabled = attr if "ISENABLER" in name else enabled
        else:
            width = {"ldrb": 1, "ldr": 8 if " x1" in row["op"] else 4}[row["op"].split()[0]]
            # TYPER takes no byte access: reads as zero
            answer = 0 if name == "GICD_TYPER byte" else attr
            data = vgic_read(answer, width, era="v4.7", host=host)
            bits = 64 if " x1" in row["op"] else 32
            kind = {"guest": guest, "host": host, "design": design}
            setup = Setup(op="load", width=width, register_width=bits, **kind)
            story = setup.trace(int.from_bytes(data, "little"))
            assert story.mmio_data == data
            assert story.register == x1, row
        checked += 1
    assert checked == 38


@pytest.mark.parametrize("host", ORDERS)
def test_the_recorded_ioeventfd_matches_come_out_of_the_model(host):
    rows = recordings.load("merged-2014", host).ioeventfd
    assert len(rows) == 4
    other = "big" if host == "little" else "little"
    for row in rows:
        guest = {"LE": "little", "BE": "big"}[row["ge"]]
        data = Setup(guest=guest, host=host).trace(int(row["guest_str_w"], 16)).mmio_data
        match = int(row["datamatch"], 16)
        assert ioeventfd_matches(data, match, host) == row["matched"] != row["user_exit"]
        assert ioeventfd_matches(data, match, other) != row["matched"], "it does ask the host"


@pytest.mark.parametrize("host", ORDERS)
def test_an_ioeventfd_looks_at_the_length_first(host):
    """`ioeventfd_in_range` in virt/kvm/eventfd.c, as nested ifs."""
    for written, length, wanted in itertools.product(
        (1, 2, 4, 8), (None, 0, 1, 2, 4, 8), (5, None)
    ):
        data = (5).to_bytes(written, host)
        if length == 0 and wanted is not None:
            with pytest.raises(SetupError, match="datamatch=None"):  # EINVAL
                ioeventfd_matches(data, wanted, host, length=length)
            continue
        fires = ioeventfd_matches(data, wanted, host, length=length)
        assert fires == (length in (None, 0, written))
        assert not ioeventfd_matches(data, 6, host, length=length or written)


# Virtio 1.2, 4.2.2; QEMU docs/specs/fw_cfg: signature, and ID with the bits for files and DMA
KNOWN = {0x0A000000: 0x74726976, 0x09020010: 0x51454D55, 0x09020014: 0x20434647}
FW_CFG_SIGNATURE, FW_CFG_ID = {"ldrb": ord("Q"), "ldr": 0x51454D55}, {"ldrb": 3}


def test_the_devices_of_qemu_did_to_a_bare_metal_guest_what_the_model_says():
    """A real emulated CPU, E clear and set, on little and on big devices; no KVM in between."""
    orders, width = {"LE": "little", "BE": "big"}, {"ldrb": 1, "strh": 2, "ldr": 4, "str": 4}
    clock, selected = 0, {}
    for row in recordings.devices():
        insn, address = row["insn"].split()[0], int(row["address"], 16)
        guest, device = orders[row["guest_endian"]], orders[row["device_endian"]]
        op = "store" if insn.startswith("str") else "load"
        setup = Setup(op=op, width=width[insn], guest=guest, device=device)
        if op == "store":
            wrote = setup.trace(int(row["reg_in"], 16)).device_value
            if row["shows"] == "PL031 match":
                clock = wrote
            else:
                selected = {0: FW_CFG_SIGNATURE, 1: FW_CFG_ID}.get(wrote, {"ldrb": 0})
            continue
        answers = {0x09010004: clock, 0x09020000: selected.get(insn)} | KNOWN
        assert setup.trace(answers[address]).register == int(row["reg_out"], 16), row
    assert len(recordings.devices()) == 24


def test_the_gicv_proxy_hands_over_a_value_and_so_swaps_for_a_big_guest_on_any_host():
    """The same little-endian register, as a guest's plain store to it would leave it."""
    for guest, host in itertools.product(ORDERS, ORDERS):
        expected = int.from_bytes((0x11223344).to_bytes(4, guest), "little")
        assert gicv_write(0x11223344, guest=guest, host=host) == expected
        before = gicv_write(0x11223344, guest=guest, host=host, before_2018=True)
        assert (before == expected) == (host == "little")


def test_one_buffer_and_several_consumers():
    found = dict(compare(bytes.fromhex("11223344"), host="big", target="big").readings)
    assert found == {
        "QEMU, little device": 0x44332211,
        "QEMU, big device": 0x11223344,
        "QEMU, native device": 0x11223344,
        "a VMM that casts; ioeventfd": 0x11223344,
        "vGIC up to v3.16": 0x11223344,
        "vGIC v3.17 to v4.6": 0x44332211,
        "vGIC from v4.7": 0x44332211,
    }
    little = dict(compare(bytes.fromhex("11223344"), host="little").readings)
    assert set(little.values()) == {0x44332211, 0x11223344}
    assert len(compare(DATA, host="little").readings) == 6
    assert dict(compare(bytes(2), host="big").readings)["vGIC from v4.7"] is None
    assert compare(bytearray(4), host="big") == compare(memoryview(bytes(4)), host="big")
    assert max(map(len, str(compare(DATA, host="little")).splitlines())) < 80


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Emulator("middle"),
        lambda: Emulator(era="2013"),
        lambda: MemoryRegion("host"),
        lambda: MemoryRegion(valid_max_access_size=3),
        lambda: Emulator().write(b"123", MemoryRegion()),
        lambda: Emulator().write([1], MemoryRegion()),
        lambda: Emulator().write(b"1", MemoryRegion(), -1),
        lambda: Emulator().write(b"1", MemoryRegion(), address=True),
        lambda: Emulator().read(lambda a, s: 0, 3, MemoryRegion()),
        lambda: host_cast(b"", "little"),
        lambda: host_cast(b"1", "native"),
        lambda: vgic_write(b"1", era="v5", host="little"),
        lambda: vgic_read(1, 3, era="v4.7", host="little"),
        lambda: vgic_read(1 << 64, 8, era="v4.7", host="little"),
        lambda: gicv_write(1 << 64, guest="big", host="big"),
        lambda: gicv_write(1, guest="x", host="big"),
        lambda: compare(b"123", host="big"),
        lambda: MemoryRegion(valid_min_access_size=8, valid_max_access_size=1),
        lambda: MemoryRegion(impl_min_access_size=8),
        lambda: MemoryRegion(valid_unaligned=1),
        lambda: Emulator().write(b"1", "little"),
        lambda: Emulator().read(5, 4, MemoryRegion()),
        lambda: Emulator().read(lambda a, s: None, 4, MemoryRegion()),
        lambda: Emulator().read(lambda a, s: -1, 4, MemoryRegion()),
        lambda: Emulator().read(lambda a: 0, 4, MemoryRegion()),
        lambda: ioeventfd_matches(bytes(4), "0", "little"),
        lambda: ioeventfd_matches(bytes(4), -1, "little"),
        lambda: ioeventfd_matches(bytes(2), 1 << 16, "little"),
        lambda: ioeventfd_matches(bytes(2), 1, "little", length=3),
    ],
)
def test_bad_input_is_refused_in_three_parts(wrong):
    with pytest.raises(SetupError) as error:
        wrong()
    assert all((error.value.given, error.value.allowed, error.value.hint))
