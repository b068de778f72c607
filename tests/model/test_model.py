"""The model against a second, naive statement of the ABI, in every setup."""

from __future__ import annotations

import itertools
import struct
from dataclasses import FrozenInstanceError, replace

import bitstring
import pytest
from hypothesis import given, settings, strategies as st

from kvmendian import DESIGNS, Setup, trace, truth_table
from kvmendian.model import lanes
from kvmendian.model.road import road

ORDERS = ("little", "big")
WIDTHS = (1, 2, 4, 8)
ALL = tuple(Setup.all())
VALUES = (0x8192A3B4C5D6E7F8, 0x1122334455667788, 0x00FF00FF80000080)

# What FACTS says of each design (sections 1.1 to 1.3 and 1.6), for 1, 2, 4, 8 bytes; sign-extending
# loads for 1, 2, 4. o: right for every value, X: wrong.
TRUTH = """
design           host    guest   store  load  signed
memcpy-2012      little  little  oooo   oooo  ooo
memcpy-2012      little  big     oXXX   oXXX  oXX
memcpy-2012      big     little  XXXX   XXXX  XXX
memcpy-2012      big     big     XXXo   XXXo  XXX
be-guests-2013   little  little  oooo   oooo  ooo
be-guests-2013   little  big     oooo   oooo  XXX
be-guests-2013   big     little  oXXX   oXXX  oXX
be-guests-2013   big     big     oooo   oooo  XXX
merged-2014      little  little  oooo   oooo  XXX
merged-2014      little  big     oooo   oooo  XXX
merged-2014      big     little  oooo   oooo  XXX
merged-2014      big     big     oooo   oooo  XXX
swab             little  little  oooo   oooo  ooo
swab             little  big     oooo   oooo  XXX
swab             big     little  oXXX   oXXX  oXX
swab             big     big     oXXX   oXXX  XXX
swab-le-buffer   little  little  oooo   oooo  ooo
swab-le-buffer   little  big     oooo   oooo  XXX
swab-le-buffer   big     little  oooo   oooo  ooo
swab-le-buffer   big     big     oooo   oooo  XXX
sign-fixed-2026  little  little  oooo   oooo  ooo
sign-fixed-2026  little  big     oooo   oooo  ooo
sign-fixed-2026  big     little  oooo   oooo  ooo
sign-fixed-2026  big     big     oooo   oooo  ooo
"""

GOLDEN = """
width  guest   mmio.data                little device       big device
1      little  88                       0x88                0x88
1      big     88                       0x88                0x88
2      little  88 77                    0x7788              0x8877
2      big     77 88                    0x8877              0x7788
4      little  88 77 66 55              0x55667788          0x88776655
4      big     55 66 77 88              0x88776655          0x55667788
8      little  88 77 66 55 44 33 22 11  0x1122334455667788  0x8877665544332211
8      big     11 22 33 44 55 66 77 88  0x8877665544332211  0x1122334455667788
"""


# On 32-bit arch/arm, for 1, 2, 4 bytes and signs of 1, 2: the whole slot is 4 bytes, so a big
# guest's word on a big host is right in 2012 already. All else is as on arm64.
TRUTH_ARM = """
design           host    guest   store  load  signed
memcpy-2012      big     big     XXo    XXo   XX
"""


def rows(table):
    return [line.split() for line in table.strip().splitlines()[1:]]


def test_the_truth_table_of_the_facts_comes_out():
    table, seen = truth_table(), 0
    for design, host, guest, *groups in rows(TRUTH):
        for kind, marks in zip(("store", "load", "signed load"), groups, strict=True):
            for width, mark in zip(WIDTHS, marks, strict=False):
                assert table.cells[design, host, guest, kind, width] == (mark == "o")
                seen += 1
    assert seen == 6 * 4 * 11
    assert {key[0] for key in table.cells} == {*DESIGNS, "memcpy-2012 on arm"}
    assert len(truth_table(arch="arm64").cells) == seen


def test_on_arm_all_is_as_on_arm64_but_a_whole_slot_of_2012():
    table, both = truth_table(arch="arm"), truth_table()
    other = {tuple(line[:3]): line[3:] for line in rows(TRUTH_ARM)}
    seen = 0
    for design, host, guest, *same in rows(TRUTH):
        groups = other.get((design, host, guest), same)
        for kind, marks in zip(("store", "load", "signed load"), groups, strict=True):
            widths = (1, 2) if kind == "signed load" else (1, 2, 4)
            for width, mark in zip(widths, marks, strict=False):
                cell = (host, guest, kind, width)
                assert table.cells[design, *cell] == (mark == "o"), (design, cell)
                if design == "memcpy-2012":
                    assert both.cells["memcpy-2012 on arm", *cell] == (mark == "o")
                seen += 1
    assert seen == len(table.cells) == 6 * 4 * 8
    assert "memcpy-2012 on arm" in str(both)
    assert "–" in str(both)
    assert "only memcpy-2012 differs" in both._repr_html_()
    assert "arm all is the same" in str(truth_table("swab"))


@pytest.mark.parametrize("host", ORDERS)
@pytest.mark.parametrize("design", ["merged-2014", "sign-fixed-2026", "swab-le-buffer"])
def test_golden_vectors(host, design):
    for line in GOLDEN.strip().splitlines()[1:]:
        width, guest, *data, little, big = line.split()
        fields = {"width": int(width), "guest": guest, "host": host, "design": design}
        for device, value in (("little", little), ("big", big)):
            story = Setup(device=device, **fields).trace(0x1122334455667788)
            assert story.mmio_data.hex(" ").split() == data
            assert story.device_value == int(value, 16)


def low(value, width):
    return value & (1 << 8 * width) - 1


def naive(setup, value):
    """Say what the ABI promises, with nothing but int.to_bytes and int.from_bytes."""
    n, guest = setup.width, setup.guest
    device = setup.target if setup.device == "native" else setup.device
    makes = {"raw": [], "accessor": [device], "little-accessor": ["little"],
             "double-swap": [device, device]}[setup.driver]  # fmt: skip

    def drive(x):  # cpu_to_le32 and its like: the guest's integer, read again in an order
        for order in makes:
            x = int.from_bytes(low(x, n).to_bytes(n, guest), order)
        return x

    if setup.op == "store":
        register = drive(value)
        data = low(register, n).to_bytes(n, guest)
        return {"register": register, "data": data, "software": value, "ram": data}
    data = value.to_bytes(n, device)

    def extend(number):
        signed = int.from_bytes(low(number, n).to_bytes(n, "big"), "big", signed=setup.signed)
        return signed % (1 << setup.register_width)

    register = extend(int.from_bytes(data, guest))
    software = extend(drive(register))
    return {"register": register, "data": data, "software": software, "ram": data}


@pytest.mark.parametrize("value", VALUES, ids=hex)
def test_every_setup_agrees_with_a_naive_statement_of_the_abi(value):
    for setup in ALL:
        story = setup.trace(value >> (64 - setup.value_bits))
        says = naive(setup, story.value)
        device = setup.target if setup.device == "native" else setup.device
        n = setup.width
        honest = story.honours_abi
        if setup.op == "store":
            assert story.register == says["register"]
            assert story.ram_bytes == says["ram"]
            assert honest == (story.mmio_data == says["data"])
            assert story.software_value == says["software"]
            assert story.device_value == int.from_bytes(story.mmio_data, device)
        else:
            assert story.mmio_data == says["data"]
            assert story.device_value == story.value
            assert story.expected_register == says["register"]
            assert honest == (story.register == says["register"])
            assert story.ram_bytes == low(story.register, n).to_bytes(n, setup.guest)
            if honest:
                assert story.software_value == says["software"]
        assert story.driver_is_right == (low(story.device_value ^ story.software_value, n) == 0)
        if setup.design == "sign-fixed-2026":
            assert honest
            assert story.register == says["register"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_equal_lanes_are_equal_values_in_every_setup(value):
    """And where lanes differ, some value shows it: test_proofs has the smallest."""
    for setup in ALL[:: 1 + value % 7]:
        story = setup.trace(value >> (64 - setup.value_bits))
        if story.road.honours_abi:
            assert story.honours_abi
        if story.road.mmio == story.road.ram:
            assert story.mmio_data == story.ram_bytes
        else:
            places = zip(story.road.mmio, story.road.ram, strict=True)
            same = [a == b for a, b in places]
            for one, a, b in zip(same, story.mmio_data, story.ram_bytes, strict=True):
                assert a == b or not one


@pytest.mark.parametrize("width", [2, 4, 8])
@given(value=st.integers(0, 2**64 - 1))
def test_a_swap_is_what_everybody_else_calls_a_swap(width, value):
    value = low(value, width)
    ours = lanes.as_int(lanes.swap(lanes.SOURCE, width), value)
    letter = {2: "H", 4: "I", 8: "Q"}[width]
    assert ours == struct.unpack(f">{letter}", struct.pack(f"<{letter}", value))[0]
    bits = bitstring.BitArray(uint=value, length=8 * width)
    bits.byteswap()
    assert ours == bits.uint
    assert lanes.to_memory(value, width, "big") == value.to_bytes(width, "big")
    assert lanes.from_memory(value.to_bytes(width, "little"), "little") == value


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_the_register_file_in_memory_is_its_registers_one_after_the_other(x0, x1):
    for host in ORDERS:
        image = lanes.concat(lanes.store(lanes.SOURCE, 8, host), lanes.store(lanes.SECOND, 8, host))
        assert lanes.evaluate(image, x0, x1) == struct.pack("<>"[host == "big"] + "QQ", x0, x1)


def test_the_state_space_has_the_size_that_it_should_have():
    assert len(ALL) == len(set(ALL)) == 9216 + 4608
    stores, loads = 4 * 1, 4 + 3 + 3 + 2  # widths; to X and W registers, then with their signs
    assert len(tuple(Setup.all(arch="arm64"))) == (stores + loads) * 2 * 2 * 3 * 2 * 6 * 4
    stores, loads = 3 * 1, 3 + 2
    assert len(tuple(Setup.all(arch="arm"))) == (stores + loads) * 2 * 2 * 3 * 2 * 6 * 4


def test_setup_keeps_its_contract():
    setup = Setup()
    assert setup.fields() == {
        "op": "store", "width": 4, "guest": "little", "host": "little", "device": "little",
        "target": "little", "design": "sign-fixed-2026", "driver": "raw", "signed": False,
        "register_width": 64, "arch": "arm64",
    }  # fmt: skip
    assert setup == Setup(design=DESIGNS["sign-fixed-2026"])
    assert hash(setup) == hash(replace(setup))
    assert setup.trace(5) == trace(setup, 5)
    with pytest.raises(FrozenInstanceError):
        setup.width = 2


def test_integers_have_no_bytes_and_bytes_have_no_value():
    for setup in ALL[::11]:
        story = setup.trace(0x81)
        for stage in story.stages:
            assert (stage.value is None) == (stage.kind == "bytes")
            assert (stage.bytes is None) == (stage.kind == "integer")
            assert len(stage.lanes) == (setup.slot if stage.bytes is None else len(stage.bytes))
        assert story.stages[-1].value in (story.device_value, story.software_value)


def test_a_road_spelled_out_by_hand():
    story = Setup(host="big", driver="accessor", device="big", width=2).trace(0x1122)
    assert [(stage.place, stage.value or stage.bytes.hex()) for stage in story.stages] == [
        ("value", 0x1122),
        ("x0", 0x2211),
        ("regs[0]", "0000000000002211"),
        ("data", 0x2211),
        ("data′", 0x1122),
        ("data_buf", "1122"),
        ("mmio.data", "1122"),
        ("val", 0x1122),
        ("register", 0x1122),
    ]
    assert [(swap.who, swap.swapped) for swap in story.swaps] == [
        ("iowrite16be", True),
        ("vcpu_data_guest_to_host", True),
        ("adjust_endianness", False),
    ]
    assert [stage.function for stage in story.stages][3:7] == [
        "vcpu_get_reg",
        "vcpu_data_guest_to_host",
        "kvm_mmio_write_buf",
        "memcpy",
    ]


def test_nobody_swaps_a_single_byte_and_the_final_design_swaps_only_where_needed():
    for setup in ALL:
        story = setup.trace(1)
        if setup.width == 1:
            assert not any(swap.swapped or swap.needed for swap in story.swaps)
        if setup.design in {"merged-2014", "sign-fixed-2026", "swab-le-buffer"}:
            ours = [s for s in story.swaps if story.stages[s.stage].zone != "guest CPU"]
            assert all(swap.swapped == swap.needed for swap in ours)


def test_swab_with_a_little_buffer_is_the_merged_design_but_for_its_ledger():
    for setup in ALL:
        if setup.design != "swab-le-buffer":
            continue
        merged = replace(setup, design="merged-2014")
        ours, theirs = road(setup), road(merged)
        same = (ours.mmio, ours.register, ours.device) == (
            theirs.mmio,
            theirs.register,
            theirs.device,
        )
        assert same == (not (setup.signed and setup.guest == "little")), setup
        kernel = [s.swapped for s in ours.swaps if ours.steps[s.stage].zone == "host kernel"]
        merged_kernel = [
            s.swapped for s in theirs.swaps if theirs.steps[s.stage].zone == "host kernel"
        ]
        if (setup.host, setup.guest) == ("big", "big") and setup.width > 1:
            assert (sum(kernel), sum(merged_kernel)) == (2, 0)


def test_a_widths_lanes_are_a_permutation_and_never_looked_at():
    for width, guest, host in itertools.product(WIDTHS, ORDERS, ORDERS):
        moved = DESIGNS["sign-fixed-2026"].move("store", lanes.SOURCE, width, guest, host)
        assert sorted(moved[:width]) == list(range(width))
        assert set(moved[width:]) <= {lanes.ZERO}


@pytest.mark.parametrize("value", VALUES, ids=hex)
def test_sign_extension_is_the_kernels_arithmetic(value):
    """(x ^ mask) - mask on the 64-bit integer, then the cut to 32 bits: mmio.c since 2012."""
    for setup in (s for s in ALL if s.signed):
        story = setup.trace(value >> (64 - setup.value_bits))
        after = next(k for k, stage in enumerate(story.stages) if stage.place == "extended")
        before, mask = story.stages[after - 1].value, 1 << (8 * setup.width - 1)
        extended = ((before ^ mask) - mask) % (1 << setup.register_width)
        assert story.stages[after].value == extended, setup


def test_a_kernel_without_a_conversion_never_swaps_in_one():
    for setup in (s for s in ALL if s.design == "memcpy-2012"):
        entry = next(e for e in setup.trace(1).swaps if e.who == "no conversion")
        assert not entry.swapped, setup
