"""The six designs in C, as seven machines ran them, against the model and against plain Python."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from kvmendian import DESIGNS, Setup, SetupError
from kvmendian.evidence import compiled
from kvmendian.evidence.compiled import Reading, Row
from kvmendian.machine.consumers import host_cast, vgic_read, vgic_write
from kvmendian.machine.qemu import Access, Emulator, MemoryRegion

ORDERS = ("little", "big")
ALL = {name: compiled.load(name) for name in compiled.MACHINES}
WIDE = {name: machine for name, machine in ALL.items() if machine.slot == 8}
NARROW = {name: machine for name, machine in ALL.items() if machine.slot == 4}
SIX = tuple(DESIGNS)


def case(row):
    """All of a row but its value."""
    return row[:8]


def setup_of(row):
    """The model's setup for a row."""
    given = row._asdict()
    names = ("op", "width", "guest", "host", "design", "signed", "register_width", "arch")
    return Setup(**{name: given[name] for name in names})


def differences(rows):
    """Run the model on rows; return those that it tells otherwise."""
    found = []
    for row in rows:
        setup = setup_of(row)
        story = setup.trace(
            row.register if row.op == "store" else int.from_bytes(row.mmio_data, "little")
        )
        if (story.mmio_data, story.register) != (row.mmio_data, row.register):
            found.append(row)
    return found


def restated(row):
    """What a design does, once more, in Python that knows no lanes: a store's bytes, or a load's
    register.
    """
    arch, design, op, width, guest, host, signed, register_width, register, data, _ = row
    slot, low = 4 if arch == "arm" else 8, (1 << 8 * width) - 1
    both, big_guest = design in ("merged-2014", "sign-fixed-2026"), guest == "big"
    swaps = {"memcpy-2012": False, "be-guests-2013": big_guest and host == "little"}
    swaps = guest != host if both else swaps.get(design, big_guest)
    masks = both or (design == "be-guests-2013" and big_guest)
    buffer = "little" if design == "swab-le-buffer" else host

    def convert(x):
        if swaps:
            return int.from_bytes((x & low).to_bytes(width, "little"), "big")
        return x & low if masks else x

    def extend(x):
        if signed and width < slot:
            sign = (1 << 31) - (1 << 32) if width == 4 else 1 << 8 * width - 1  # C's int
            x = (x ^ sign) - sign
        return x & (1 << register_width) - 1

    if op == "store" and design == "memcpy-2012":
        return register.to_bytes(slot, host)[:width]
    if op == "store":
        return (convert(register) & low).to_bytes(width, buffer)
    loaded = int.from_bytes(data.ljust(slot, b"\0") if design == "memcpy-2012" else data, buffer)
    return extend(convert(loaded)) if design == "sign-fixed-2026" else convert(extend(loaded))


@pytest.mark.parametrize("name", WIDE)
def test_the_model_tells_every_row_of_64_bits_that_moves_bytes(name):
    rows = [row for row in WIDE[name].rows if row.moves_bytes]
    assert len(rows) == (960 if WIDE[name].order == "little" else 950)
    assert differences(rows) == []
    computed = {setup_of(row) for row in WIDE[name].rows if not row.moves_bytes}
    assert computed == {s for s in map(setup_of, WIDE[name].rows) if s.trace(1).road.arithmetic}


@pytest.mark.parametrize("name", NARROW)
def test_the_model_tells_every_row_of_32_bits(name):
    assert len(NARROW[name].rows) == 480
    assert differences(NARROW[name].rows) == []


@pytest.mark.parametrize("name", ALL)
def test_python_that_knows_no_lanes_tells_every_row(name):
    for row in ALL[name].rows:
        assert restated(row) == (row.mmio_data if row.op == "store" else row.register), row


@pytest.mark.parametrize("name", ALL)
def test_every_access_that_the_machine_can_make_is_among_them(name):
    """Five values each, in every setup that the model has."""
    machine = ALL[name]
    counted = Counter(case(row) for row in machine.rows)
    assert set(counted.values()) == {5}
    slot = 8 * machine.slot
    kinds = [("store", False, slot), *product(["load"], (False, True), (32, 64))]
    expected = {
        (machine.arch, design, op, width, guest, machine.order, signed, bits)
        for design, width, guest, (op, signed, bits) in product(SIX, (1, 2, 4, 8), ORDERS, kinds)
        if 8 * width + signed <= bits <= slot
    }
    assert set(counted) == expected
    assert len(expected) == (192 if machine.slot == 8 else 96)
    fixed = {"device": "little", "target": "little", "driver": "raw", "host": machine.order}
    assert {setup_of(row) for row in machine.rows} == {
        setup for design in SIX for setup in Setup.all(design=design, arch=machine.arch, **fixed)
    }


def test_the_only_rows_that_are_no_arrangement_of_bytes():
    """C's int for the sign bit: the data lies above it, and (x ^ mask) - mask negates it."""
    flagged = [row for machine in ALL.values() for row in machine.rows if not row.moves_bytes]
    assert len(flagged) == 3 * 2 * 5
    for row in flagged:
        known = (row.arch, row.design, row.op, row.width, row.host, row.signed, row.register_width)
        assert known == ("arm64", "memcpy-2012", "load", 4, "big", True, 64)
        found = int.from_bytes(row.mmio_data, "big")
        assert row.register == (-found << 32) % 2**64


def test_a_word_of_a_big_guest_on_a_big_host_was_right_on_arm_and_is_wrong_on_arm64():
    for name, right in (("armeb", True), ("aarch64_be", False), ("ppc64", False), ("s390x", False)):
        words = [
            row
            for row in ALL[name].rows
            if (row.design, row.guest, row.width) == ("memcpy-2012", "big", 4) and not row.signed
        ]
        assert {row.op for row in words} == {"store", "load"}
        for row in words:
            low = row.register & 0xFFFF_FFFF
            assert (low.to_bytes(4, "big") == row.mmio_data) == right


def right_cases(machine):
    """The cases in which bytes and register are as the same instruction leaves them in RAM."""
    right = {case(row)[1:] for row in machine.rows}
    for row in machine.rows:
        value = int.from_bytes(row.mmio_data, row.guest, signed=row.signed)
        if row.op == "store":
            low = row.register & (1 << 8 * row.width) - 1
            good = low.to_bytes(row.width, row.guest) == row.mmio_data
        else:
            good = value % (1 << row.register_width) == row.register
        if not good:
            right.discard(case(row)[1:])
    return right


def test_no_other_design_is_right_on_one_of_the_two_and_wrong_on_the_other():
    for wide, narrow in (("aarch64", "arm"), ("aarch64_be", "armeb")):
        both = [right_cases(ALL[name]) for name in (wide, narrow)]
        cases = ({case(row)[1:] for row in ALL[name].rows} for name in (wide, narrow))
        loads = {one for one in set.intersection(*cases) if one[1] == "load"}
        differ = {one for one in loads if (one in both[0]) != (one in both[1])}
        stores = [{one[:-1] for one in right if one[1] == "store"} for right in both]
        differ |= {one for one in stores[0] ^ stores[1] if one[2] <= 4}
        if wide == "aarch64":
            assert differ == set()
        else:
            assert {(one[0], one[1], one[2], one[3]) for one in differ} == {
                ("memcpy-2012", "store", 4, "big"),
                ("memcpy-2012", "load", 4, "big"),
            }


@pytest.mark.parametrize("name", ALL)
def test_the_consumers_of_the_model_read_and_fill_as_the_c_does(name):
    machine = ALL[name]
    assert len(machine.readings) == 2 * 4 * 8 * 5
    region = {"valid_max_access_size": 8, "impl_max_access_size": 8}
    for one in machine.readings:
        assert one.host == machine.order
        if one.consumer == "cast":
            assert host_cast(one.mmio_data, one.host) == one.value
        elif one.consumer == "le_to_cpu":
            era = "v4.7"  # the vGIC that takes every width but 2, which it refuses on any host
            if one.width == 2:
                continue
            assert vgic_write(one.mmio_data, era=era, host=one.host) == one.value
            assert vgic_read(one.value, one.width, era=era, host=one.host) == one.mmio_data
        else:
            era = one.consumer.removeprefix("qemu-")
            qemu, device = Emulator(one.host, one.target, era), MemoryRegion(one.device, **region)
            if one.op == "store":
                (seen,) = qemu.write(one.mmio_data, device)
                assert seen == Access(0, one.width, one.value)
            else:
                filled = qemu.read(lambda _, __, one=one: one.value, one.width, device)
                assert filled == one.mmio_data


def test_an_arm_emulator_on_x86_and_on_ppc():
    """Kamensky's thought experiment of 20 January 2014, run: the same bytes, and who must swap."""
    x86, ppc = (
        {row[:5] + row[6:9]: row.mmio_data for row in ALL[name].rows if row.op == "store"}
        for name in ("x86_64", "ppc64")
    )
    assert x86.keys() == ppc.keys()
    same = {key[1] for key in x86} - {key[1] for key in x86 if x86[key] != ppc[key]}
    assert same == {"merged-2014", "sign-fixed-2026", "swab-le-buffer"}
    read = {
        name: {
            (one.consumer, one.target, one.device, one.mmio_data): one.value
            for one in ALL[name].readings
            if one.op == "store"
        }
        for name in ("x86_64", "ppc64")
    }
    other = {key for key, value in read["x86_64"].items() if read["ppc64"][key] != value}
    wide = {key for key in read["x86_64"] if key[0] == "cast" and key[3] != key[3][::-1]}
    assert other == wide
    assert len(wide) == 3 * 5


def test_the_comparison_can_fail():
    """Another design, another host or a changed bit explains no row that tells them apart."""
    rows = [row for row in ALL["aarch64_be"].rows if row.design == "sign-fixed-2026"]
    assert differences(rows) == []
    for design in SIX[:-1]:
        assert differences(row._replace(design=design) for row in rows)
    assert differences(row._replace(host="little") for row in rows if row.op == "store") == []
    memcpy = [row for row in ALL["aarch64_be"].rows if row.design == "memcpy-2012"]
    assert differences(row._replace(host="little") for row in memcpy if row.op == "store")
    assert differences([rows[0]._replace(mmio_data=bytes([rows[0].mmio_data[0] ^ 1]))])


@pytest.mark.parametrize("name", ALL)
def test_a_mask_that_is_missing_changed_just_the_signs_that_it_strips(name):
    """-DSLIP: of the loads that are extended first, those whose conversion only masks."""
    machine = ALL[name]
    stripped = 0
    for row in machine.rows:
        negative = row.mmio_data[0 if row.host == "big" else -1] & 0x80
        one = row.width == 1
        strips = {
            "merged-2014": one or row.guest == row.host,
            "be-guests-2013": row.guest == "big" and (one or row.host == "big"),
        }
        stripped += bool(row.signed and negative and strips.get(row.design))
    assert machine.differ_with_slip == stripped > 0
    assert machine.answers == len(machine.rows) + len(machine.readings)


def test_the_numbers_that_are_told():
    assert sum(machine.answers for machine in ALL.values()) == 5 * 1280 + 2 * 800
    assert sum(machine.answers for machine in WIDE.values()) == 6400
    for machine in ALL.values():
        assert "gcc" in machine.compiler
        assert (machine.emulator == "") == (machine.name == "x86_64")
        assert all(isinstance(row, Row) for row in machine.rows)
        assert all(isinstance(one, Reading) for one in machine.readings)


def test_a_machine_that_was_not_asked_is_refused():
    with pytest.raises(SetupError, match="'armeb'"):
        compiled.load("mips")
