"""Bytes in logs, against the tools that write dumps and against struct."""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from itertools import islice

import pytest
from hypothesis import given, strategies as st

from kvmendian.evidence.logs.dumps import find_in

CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


def one(*lines):
    ((_, _, found),) = find_in(lines)
    assert found.kind == "bytes"
    return found


def spoken(data, top=8):
    """The fields by struct: which integer the first bytes are, in each order."""
    wanted = {"bytes": data[:top].hex(" ")}
    for width, code in CODES.items():
        if width <= min(len(data), top):
            for sign, order in (("<", "little"), (">", "big")):
                name = "1" if width == 1 else f"{width}: {order}"
                (wanted[name],) = struct.unpack(sign + code, data[:width])
    return wanted


WORD = bytes.fromhex("44332211")
EIGHT = WORD + bytes(4)
SPELLINGS = {
    "44 33 22 11": WORD,
    "  > 44 33 22 11  ": WORD,
    "44:33:22:11": WORD,
    "data = [68, 51, 34, 17]": WORD,
    "data: [0x44, 0x33, 0x22, 0x11]": WORD,
    "uint8_t data[8] = { 0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0 };": EIGHT,
    "{'data': b'\\x44\\x33\\x22\\x11'}": WORD,
    r"data=\x44\x33\x22\x11": WORD,
    "run->mmio.data: 44 33 22 11 00 00 00 00": EIGHT,
    "bytes: 44-33-22-11": WORD,
    "mmio 0x44,0x33,0x22,0x11": WORD,
    "DATA (44 33 22 11)": WORD,
    "buffer = 44:33:22:11": WORD,
    '00000000: 4433 2211                                D3".': WORD,
    '00000000: 44 33 22 11                              D3".': WORD,
    '00000000  44 33 22 11 00 00 00 00                           |D3".....|': EIGHT,
    "0000000 44 33 22 11": WORD,
    "0x9000000:\t0x44\t0x33\t0x22\t0x11": WORD,
    "0x9000000 <regs+4>:\t0x44\t0x33\t0x22\t0x11": WORD,
    '09000000: 44 33 22 11    D3".': WORD,
}  # fmt: skip


@pytest.mark.parametrize("line", SPELLINGS)
def test_every_spelling_gives_the_same_bytes_in_both_orders(line):
    found = one(line)
    assert found.fields == spoken(SPELLINGS[line])
    assert found.text in line
    assert "0x11223344 to a little-endian" in found.explanation
    assert (found.width, found.setups) == (None, ())


def test_an_address_is_taken_where_it_is_one():
    assert one("0x9000000:\t0x44\t0x33").address == 0x9000000
    assert one('09000000: 44 33 22 11    D3".').address == 0x9000000
    assert one("00000010: 4433 2211").address is None  # an offset into a file


@pytest.mark.parametrize("length", [1, 2, 4, 8])
@pytest.mark.parametrize("word", ["len={}", "len: {}", "length {}", "size = {}", "({} bytes)"])
def test_what_lies_above_len_counts_for_nothing(length, word):
    told = word.format(length)
    if told == "(1 bytes)":
        told = "(1 byte)"
    found = one(f"MMIO write {told} data = 11 22 33 44 55 66 77 88")
    data = bytes.fromhex("1122334455667788")
    assert found.fields == {**spoken(data, length), "len": length}
    assert (found.op, found.width) == ("store", length)
    assert {(s.op, s.width) for s in found.setups} == {("store", length)}
    assert ("Only the first" in found.explanation) == (length < 8)
    assert (found.start,) == struct.unpack("<" + CODES[length], data[:length])


def test_a_length_beyond_the_bytes_or_of_no_access_is_not_believed():
    assert one("len=8 data=44 33").width is None
    assert one("len=3 data=44 33 22 11").width is None
    assert one("len=64 data=44 33 22 11").width is None


def test_stale_bytes_after_a_store_of_two():
    """A public report: 2 bytes were stored, and the rest of data[8] is of the access before."""
    found = one("is_write: 1, len: 2, data: [0x34, 0x12, 0x22, 0x11, 0x0, 0x0, 0x0, 0x0]")
    assert found.fields["2: little"] == 0x1234
    assert "4: little" not in found.fields
    assert "can be left from before" in found.explanation
    assert "wrong end" not in found.explanation


def test_rust_lists_are_decimal_and_the_other_reading_is_named():
    found = one("mmio write len=4, data = [44, 33, 22, 11, 0, 0, 0, 0]")
    assert found.fields["bytes"] == "2c 21 16 0b"
    assert "decimal" in found.explanation
    assert "44 33 22 11" in found.explanation
    assert one("data = [ff, 10]").fields["bytes"] == "ff 10"  # {:x?}
    assert one("data = [01, 10]").fields["bytes"] == "01 10"  # {:02x?}


def test_vcpu_exits_of_rust_have_address_length_and_direction():
    write = one("MmioWrite(150994944, [68, 51, 34, 17])")
    assert (write.op, write.width, write.address) == ("store", 4, 0x9000000)
    assert write.fields["4: little"] == 0x11223344
    read = one("VcpuExit: MmioRead(0x9000000, [0, 0])")
    assert (read.op, read.width, read.address) == ("load", 2, 0x9000000)
    assert "until then they mean nothing" in read.explanation


def test_a_len_without_a_direction_leaves_both():
    found = one("mmio len 4 data 44 33 22 11")
    assert {s.op for s in found.setups} == {"store", "load"}
    assert len(found.setups) == 16


def test_a_dump_of_many_lines_is_one_finding():
    lines = ["before", *(f"{n * 16:08x}  " + "44 " * 16 + " |x|" for n in range(50)), "after"]
    (found,) = find_in(lines)
    assert found[:2] == (1, 0)
    assert "50 lines" in found[2].explanation
    assert "first 8" in found[2].explanation


NOT_BYTES = [
    "12:34", "10:11:12", "52:54:00:12:34:56", "ether 52:54:00:12:34:56", "bytes 12-34",
    "data[4]: 300 12", "data = [300, 1]", "date: 12 34", "0x9000000:\t0x11223344",
    "40085978: b8004403 str w3, [x0], #4", "  400078: 03 44 00 b8 str w3, [x0], #4",
    "c0008002:\tf8c1 0000 \tstr.w\tr0, [r1]", "00008002:\t6008      \tstr\tr0, [r1, #0]",
    "00008002: 6008", "1234567 10 20 30",
    "kvm_mmio: mmio write len 4 gpa 0x9000000 val 0x11223344", "HSR=0x93820047", "data", "44", "",
    "[   22.810582] reboot: Restarting system", "mmio.data=0x11223344", "add 12 34",
]  # fmt: skip


@pytest.mark.parametrize("line", NOT_BYTES)
def test_numbers_are_no_bytes_without_a_sign(line):
    assert list(find_in([line])) == []


# --- oracles
TOOLS = {
    "xxd": ["xxd"], "xxd bytes": ["xxd", "-g1"], "hexdump": ["hexdump", "-C"],
    "od": ["od", "-tx1"], "od, hex addresses": ["od", "-Ax", "-tx1"],
}  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("size", [2, 4, 7, 8, 16, 40])
def test_what_the_tools_write_is_read_back(tool, size):
    command = TOOLS[tool]
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    data = bytes((37 * n + 5 * size) & 0xFF for n in range(size))
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()
    found = [finding for _, _, finding in find_in(lines)]
    assert found[0].fields == spoken(data)
    assert len(found) == 1


@given(st.binary(min_size=2, max_size=16), st.sampled_from(["{}", "0x{}"]), st.sampled_from(", "))
def test_any_bytes_come_back_by_python_and_rust(data, form, between):
    pairs = between.join(form.format(f"{byte:02x}") for byte in data)
    assert one(f"data: {pairs}").fields == spoken(data)
    assert one(f"data = {list(data)}").fields == spoken(data)
    escaped = "".join(f"\\x{byte:02x}" for byte in data)
    assert one(f'data="{escaped}"').fields == spoken(data)


# --- hostile text
PIECES = ["data", " = ", "[", "44", "0x", ", ", "]", "\\x44", ":", "00000000: ", "4433 ", "len=4",
          "MmioWrite(", "\x00", "\x1b[1m", "\u202e", "<b>", "|", "é", "data: 44 33 "]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(), max_size=5))
def test_no_text_raises(lines):
    for index, column, found in find_in(lines):
        assert found.text in lines[index]
        assert 0 <= column < len(lines[index])


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("lines", [False, True])
def test_a_megabyte_takes_no_longer_than_its_length(piece, lines):
    text = piece * (1_000_000 // len(piece))
    cut = [text[n : n + 100] for n in range(0, len(text), 100)] if lines else [text]
    start = time.perf_counter()
    count = sum(1 for _ in islice(find_in(cut), 5000))  # `read` takes no more
    assert count <= 64 * len(cut)
    assert time.perf_counter() - start < 9  # a guard against hanging, no measure
