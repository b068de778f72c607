"""The guest's CPU against struct, int, bitstring, and recordings of a real kernel."""

from __future__ import annotations

import struct
from functools import partial
from itertools import product

import pytest
from bitstring import BitArray
from hypothesis import given, strategies as st

from kvmendian.errors import SetupError
from kvmendian.evidence import recordings
from kvmendian.machine import guest
from kvmendian.machine.be32 import be32_address, be32_store
from kvmendian.machine.guest import AArch32, AArch64, RegisterFile
from kvmendian.model import lanes

ORDERS = ("little", "big")
RECORDINGS = [  # of the designs whose device gets what RAM gets; on RAM all twelve are the same
    recordings.read(*one) for one in product(("merged-2014", "sign-fixed-2026"), ORDERS)
]
ROWS, NO_ISV, SWITCHING = (
    [row for recording in RECORDINGS for row in recording[part]]
    for part in ("rows", "no_isv", "switching_e_mid_run")
)
OF_ROW = {"LE": "little", "BE": "big"}
SIGN = {"little": "<", "big": ">"}  # struct's word for an order
LETTER = {1: "b", 2: "h", 4: "i", 8: "q"}
BOOLS = (False, True)
LEVELS = {0b00000: 0, 0b00100: 1, 0b00101: 1}
MODES_OF_32 = (0x10, 0x11, 0x12, 0x13, 0x17, 0x1B, 0x1F)

registers, words = st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1)
accesses = pytest.mark.parametrize(("width", "order"), list(product(LETTER, ORDERS)))


# --- the bit that decides
def test_e_decides_in_aarch32_ee_at_el1_e0e_at_el0():
    assert [AArch32(e=e).data_order for e in BOOLS] == ["little", "big"]
    big = {p for p in product((0, 1), BOOLS, BOOLS) if AArch64(*p).data_order == "big"}
    assert big == {(0, False, True), (0, True, True), (1, True, False), (1, True, True)}


def test_kvm_consulted_the_wrong_bit_at_el0_until_2021():
    """Before, it parts from the architecture where EE and E0E differ, at EL0 only."""
    states = [AArch64(*p) for p in product((0, 1), BOOLS, BOOLS)] + [AArch32(e) for e in BOOLS]
    for before, wrong in ((False, []), (True, [AArch64(0, e0e=True), AArch64(0, ee=True)])):
        big = [s for s in states if guest.kvm_vcpu_is_be(s, before_v5_16=before)]
        assert [s for s in states if (s in big) != (s.data_order == "big")] == wrong


@pytest.mark.parametrize("mode", range(32))
@given(high=st.integers(0, 2**27 - 1), sctlr=words)
def test_raw_registers_decide_by_three_bits_and_the_mode(mode, high, sctlr):
    """Against bitstring, whose bit 0 is the highest of 32."""
    cpsr = high << 5 | mode
    c, s = BitArray(uint=cpsr, length=32), BitArray(uint=sctlr, length=32)
    if mode in MODES_OF_32:
        assert guest.cpu_state(cpsr, sctlr) == AArch32(e=c[31 - 9])
    elif mode in LEVELS:
        expected = AArch64(LEVELS[mode], ee=s[31 - 25], e0e=s[31 - 24])
        assert guest.cpu_state(cpsr, sctlr) == expected
    else:
        with pytest.raises(SetupError, match="EL1"):
            guest.cpu_state(cpsr, sctlr)


@pytest.mark.parametrize("row", SWITCHING, ids=lambda row: f"{row['guest']}-{row['step']}")
def test_a_real_guest_that_switches_mid_run(row):
    """Steps 0 and 1 store 0x11223344, 2 and 3 load what the VMM fills in, 4 stores a byte."""
    state = guest.cpu_state(int(row["cpsr"], 16), int(row["sctlr"], 16))
    assert isinstance(state, AArch64 if row["guest"] == "a64_el1" else AArch32)
    assert state.data_order == ("big", "little", "big", "little", "little")[row["step"]]
    if row["is_write"]:
        value, width = (0x5A, 1) if row["step"] == 4 else (0x11223344, 4)
        data = bytes.fromhex(row["data"])[: row["len"]]
        assert guest.store(value, width, state.data_order) == data
    else:
        end = next(r for r in SWITCHING if r["guest"] == row["guest"] and "end" in r)
        register = int(end[{"big": "read_be", "little": "read_le"}[state.data_order]], 16)
        assert guest.load(bytes.fromhex(row["vmm_fills"]), state.data_order) == register


def test_setend_sets_e_whatever_it_was():
    for e, order in product(BOOLS, ORDERS):
        assert guest.setend(AArch32(e=e), order).data_order == order


# --- loads and stores
@accesses
@given(value=registers)
def test_store_is_to_bytes_of_the_low_part(width, order, value):
    low = value % 256**width
    data = guest.store(value, width, order)
    assert data == low.to_bytes(width, order)
    assert data == struct.pack(SIGN[order] + LETTER[width].upper(), low)
    assert data == BitArray(**{f"uint{order[0]}e": low}, length=8 * width).bytes


LOADS = [
    (width, signed, bits)
    for width, signed, bits in product(LETTER, BOOLS, (32, 64))
    if (width, bits) != (8, 32) and not (signed and 8 * width == bits)
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("width", "signed", "bits"), LOADS)
@given(raw=st.binary(min_size=8, max_size=8))
def test_load_is_from_bytes_extended(width, signed, bits, order, raw):
    data = raw[:width]
    register = guest.load(data, order, signed=signed, register_width=bits)
    assert register == int.from_bytes(data, order, signed=signed) % 2**bits


@pytest.mark.parametrize(("order", "bits"), list(product(ORDERS, (32, 64))))
def test_every_byte_and_halfword_sign_extends(order, bits):
    for width in (1, 2):
        for value in range(-(256**width) // 2, 256**width // 2):
            data = struct.pack(SIGN[order] + LETTER[width], value)
            assert guest.load(data, order, signed=True, register_width=bits) == value % 2**bits


def test_all_other_loads_are_refused():
    others = set(product(LETTER, BOOLS, (32, 64))) - set(LOADS)
    assert others == {(8, False, 32), (8, True, 32), (4, True, 32), (8, True, 64)}
    for width, signed, bits in others:
        with pytest.raises(SetupError, match="fits the register"):
            guest.load(bytes(width), "little", signed=signed, register_width=bits)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["insn"].replace(" ", "_"))
def test_the_same_instruction_on_the_ram_of_a_real_guest(row):
    order, width = OF_ROW[row["guest_endian"]], row["width"]
    if row["op"] == "write":
        number = 31 if "wzr" in row["insn"] else 1
        value = RegisterFile().set(1, int(row["reg_in"], 16)).get(number)
        rest = "ee" * (8 - width)  # what RAM held before
        assert guest.store(value, width, order).hex() + rest == row["ram_bytes"].replace(" ", "")
    else:
        data, signed = bytes.fromhex(row["mmio_data"]), bool(row["sign"])
        register = guest.load(data, order, signed=signed, register_width=row["reg_width"])
        assert register == int(row["ram_reg"], 16)


# --- pairs
@accesses
@given(values=st.lists(registers, min_size=1, max_size=8))
def test_each_element_has_the_order_and_keeps_its_place(width, order, values):
    low = [value % 256**width for value in values]
    data = guest.store_each(values, width, order)
    assert data == struct.pack(SIGN[order] + LETTER[width].upper() * len(low), *low)
    assert guest.load_each(data, width, order) == tuple(low)


@pytest.mark.parametrize("order", ORDERS)
@given(pair=st.tuples(*[st.integers(-(2**31), 2**31 - 1)] * 2))
def test_ldpsw_sign_extends_each_word(order, pair):
    loaded = guest.load_each(struct.pack(SIGN[order] + "ii", *pair), 4, order, signed=True)
    assert loaded == tuple(value % 2**64 for value in pair)


X1_X2, R6_R7 = (0x1122334455667788, 0xEEDDCCBBAA998877), (0x11223344, 0x55667788)
PAIRS = {  # operands: what the recorded guest has in its registers, bytes of each
    "w1,w2,[x0]": (X1_X2, 4),
    "x1,x2,[x0]": (X1_X2, 8),
    "r6,r7,[r0]": (R6_R7, 4),
    "r0,{r6,r7}": (R6_R7, 4),
    "r0,{r6}": (R6_R7[:1], 4),
}
PAIR_ROWS = [row for row in NO_ISV if row["insn"].split()[1] in PAIRS]


@pytest.mark.parametrize("row", PAIR_ROWS, ids=lambda row: row["insn"].replace(" ", "_"))
def test_pairs_on_the_ram_of_a_real_guest(row):
    values, width = PAIRS[row["insn"].split()[1]]
    order, size, ram = OF_ROW[row["ge"]], row["width"], bytes.fromhex(row["ram"])
    assert size == width * len(values)
    if row["op"] == "write":
        assert guest.store_each(values, width, order) + b"\xee" * (16 - size) == ram
    else:
        expected = struct.unpack(SIGN[order] + LETTER[width].upper() * len(values), ram[:size])
        assert guest.load_each(ram[:size], width, order) == expected


def test_the_recordings_are_whole_and_every_pair_in_them_is_compared():
    assert (len(ROWS), len(NO_ISV), len(SWITCHING)) == (4 * 287, 4 * 42, 4 * 10)
    assert {(row["guest_endian"], row["width"]) for row in ROWS} == set(product(OF_ROW, LETTER))
    pairs = [row for row in NO_ISV if row["insn"][2:4] in ("p ", "rd", "m ")]
    assert pairs == PAIR_ROWS
    assert len(pairs) == 4 * 2 * 11, "four kernels, without and with the capability"


# --- byte reversal
REVERSED = {("rev", 64): 8, ("rev", 32): 4, ("rev16", 64): 2, ("rev16", 32): 2}
REVERSED |= {("rev32", 64): 4, ("rev64", 64): 8}


@pytest.mark.parametrize(("name", "bits"), REVERSED)
@given(value=registers)
def test_reversals_are_byteswaps_of_a_view(name, bits, value):
    value, size = value % 2**bits, REVERSED[name, bits]
    result = guest.reverse(name, value, bits)
    swapped = BitArray(uint=value, length=bits)
    swapped.byteswap(size)
    assert result == swapped.uint
    assert guest.reverse(name, result, bits) == value


def test_revsh_of_every_halfword():
    for low in range(2**16):
        expected = struct.unpack(">h", struct.pack("<H", low))[0] % 2**32
        assert guest.reverse("revsh", 0xABCD0000 | low, 32) == expected


# --- the register file
files = st.lists(registers, min_size=31, max_size=31).map(tuple)


@given(files, st.integers(0, 31), registers)
def test_31_is_no_register(regs, number, value):
    file = RegisterFile(regs)
    expected = [*regs, 0]
    expected[number] = 0 if number == 31 else value
    assert [file.set(number, value).get(k) for k in range(32)] == expected
    assert file.regs == regs, "the file itself is as it was"


@pytest.mark.parametrize("host", ORDERS)
@given(regs=files)
def test_the_image_is_31_u64_of_the_host(host, regs):
    image = RegisterFile(regs).image(host)
    assert image == struct.pack(SIGN[host] + "31Q", *regs)
    both = lanes.concat(lanes.store(lanes.SOURCE, 8, host), lanes.store(lanes.SECOND, 8, host))
    assert image[:16] == lanes.evaluate(both, regs[0], regs[1])


# --- BE-8 and BE-32
def test_the_classic_demonstration():
    """Store a word, read its bytes: BE-8 and BE-32 look alike to the guest, not to a device."""
    word, addresses = 0x11223344, range(4)
    little, be8 = guest.store(word, 4, "little"), guest.store(word, 4, "big")
    be32 = be32_store(bytes(4), 0, word, 4)
    assert (little.hex(), be8.hex(), be32.hex()) == ("44332211", "11223344", "44332211")
    assert [be8[a] for a in addresses] == [0x11, 0x22, 0x33, 0x44]
    assert [be32[be32_address(a, 1)] for a in addresses] == [0x11, 0x22, 0x33, 0x44]


@pytest.mark.parametrize(("width", "xor"), [(1, 3), (2, 2), (4, 0)])
@given(word=words, slot=st.integers(0, 7), value=words)
def test_be32_is_be8_with_each_word_reversed(width, xor, word, slot, value):
    """The same stores under both; a guest that loads bytes cannot tell them apart."""
    address = slot * width % 8
    assert be32_address(address, width) == address ^ xor
    be32 = be32_store(be32_store(bytes(8), 4, word, 4), address, value, width)
    be8 = bytearray(bytes(4) + word.to_bytes(4, "big"))
    be8[address : address + width] = (value % 256**width).to_bytes(width, "big")
    assert be32 == struct.pack("<2I", *struct.unpack(">2I", be8))
    assert bytes(be32[be32_address(a, 1)] for a in range(8)) == be8


# --- refusals
REFUSED = {
    AArch32: [(1,), ("big",), (None,)],
    AArch64: [(2,), (-1,), (True,), ("EL1",), (1, 0), (1, False, "big")],
    guest.cpu_state: [(-1, 0), (5, 1 << 64), ("3c5", 0), (5, None)],
    guest.setend: [(AArch64(), "big"), (AArch32(), "BE"), (None, "big")],
    guest.store: [
        *((value, 8, "big") for value in (1 << 64, -1, 1.0, True, "1")),
        *((1, width, "big") for width in (0, 3, 16, True, 4.0)),
    ],
    guest.load: [(data, "big") for data in (b"", bytes(3), bytes(16), 4, [0] * 4)],
    partial(guest.load, signed=2, register_width=64): [(bytes(2), "big")],
    partial(guest.load, register_width=16): [(bytes(2), "big")],
    guest.store_each: [((1, 1 << 64), 4, "big"), ((1,), 3, "big"), ((1,), 4, "native")],
    guest.load_each: [(b"", 4, "big"), (bytes(6), 4, "big"), ([1], 1, "big"), (bytes(6), 3, "big")],
    guest.reverse: [("rev32", 1, 32), ("rev64", 1, 32), ("revsh", 1), ("rev", 1, 16), ("bswap", 1)],
    RegisterFile: [((0,) * 32,), ([0] * 31,), ((1 << 64, *(0,) * 30),)],
    RegisterFile().get: [(-1,), (32,), (True,)],
    RegisterFile().set: [(32, 0), (31, 1 << 64)],
    RegisterFile().image: [("native",)],
    be32_address: [(0, 8), (1, 2), (2, 4), (-4, 4)],
    be32_store: [(bytes(7), 4, 1, 1), (bytes(4), 4, 1, 1), ([0] * 4, 0, 1, 1)],
    partial(be32_store, bytes(4), 0): [(1 << 32, 4), (-1, 4)],
    partial(guest.reverse, register_width=32): [("rev", 1 << 32), ("revsh", -1)],
}


@pytest.mark.parametrize(("make", "args"), [(f, args) for f in REFUSED for args in REFUSED[f]])
def test_what_does_not_fit_is_refused_in_three_parts(make, args):
    with pytest.raises(SetupError) as error:
        make(*args)
    assert all((error.value.given, error.value.allowed, error.value.hint))
