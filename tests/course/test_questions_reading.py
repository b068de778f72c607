"""Answers as people write them: every sensible spelling is read, and nonsense gets a sentence."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice
from random import Random

import pytest
from hypothesis import given, strategies as st

from kvmendian import Setup, SetupError
from kvmendian.course.questions import LEVELS, Question, fresh, read_bytes, read_number, spell

BYTES = Question("mmio_data", Setup(guest="big"), 0x3A5CC1E7)
NUMBER = Question("register", Setup(op="load"), 0x3A5CC1E7)

RIGHT = [
    "3a 5c c1 e7", "3A 5C C1 E7", "3a5cc1e7", "0x3a5cc1e7", "0X3A5CC1E7", "0x3a 0x5c 0xc1 0xe7",
    "3a:5c:c1:e7", "3a,5c,c1,e7", "3a, 5c, c1, e7", "3a-5c-c1-e7", "3a|5c|c1|e7", "3a5c c1e7",
    "3a_5c_c1_e7", "  3a  5c c1 e7 ", "[0x3a, 0x5c, 0xc1, 0xe7]", "[58, 92, 193, 231]",
    "(0x3a, 0x5c, 0xc1, 0xe7)", "{0x3a, 0x5c, 0xc1, 0xe7}", "58 92 193 231",
    "\\x3a\\x5c\\xc1\\xe7",
    "b'\\x3a\\x5c\\xc1\\xe7'", "b':\\\\\\xc1\\xe7'", "bytes.fromhex('3a5cc1e7')",
    "bytes([0x3a, 0x5c, 0xc1, 0xe7])", "bytearray(b'\\x3a\\x5c\\xc1\\xe7')",
    "+0 3a +1 5c +2 c1 +3 e7",
    "+0: 3a, +1: 5c, +2: c1, +3: e7", "+3 e7 +2 c1 +1 5c +0 3a", "+0=0x3a +1=0x5c +2=0xc1 +3=0xe7",
    "D C B A", "DCBA", "d c b a", "D, C, B, A", "mmio.data = 3a 5c c1 e7", "00000000: 3a 5c c1 e7",
    "'3a 5c c1 e7'", "3a;5c;c1;e7", "3a 5c c1 e7.", b"\x3a\x5c\xc1\xe7", [0x3A, 0x5C, 0xC1, 0xE7],
    bytearray(b"\x3a\x5c\xc1\xe7"), (0x3A, 0x5C, 0xC1, 0xE7), "D:C:B:A",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT, ids=str)
def test_sensible_spellings_of_bytes(text):
    assert BYTES.answer(text).right


@pytest.mark.parametrize("text", [
    "0x3a5cc1e7", "3a5cc1e7", "3A5CC1E7", "0X3A5CC1E7", "979157479", "0x3a5c_c1e7", "3a5c c1e7",
    "0x000000003a5cc1e7", "00000000 3a5cc1e7", "0000 0000 3a5c c1e7", "0x3a5c'c1e7", "0x3a5cc1e7UL",
    "x0 = 0x3a5cc1e7", "DCBA", "D C B A", "0000DCBA", "0 0 0 0 D C B A", 0x3A5CC1E7,
    "0b00111010010111001100000111100111", "(0x3a5cc1e7)", "0x3a5cc1e7.",
], ids=str)  # fmt: skip
def test_sensible_spellings_of_a_number(text):
    assert NUMBER.answer(text).right


@pytest.mark.parametrize("text", [
    "3a 5c c1 e7", "e7 c1 5c 3a", "3a:5c:c1:e7", "[0x3a, 0x5c, 0xc1, 0xe7]", "0x3a 0x5c 0xc1 0xe7",
    "b'\\x3a\\x5c'", "+0 3a +1 5c", "11, 22", b"\x3a\x5c\xc1\xe7", [0x3A],
], ids=str)  # fmt: skip
def test_bytes_in_a_row_are_no_number(text):
    with pytest.raises(SetupError, match="a register has no addresses"):
        NUMBER.answer(text)


@pytest.mark.parametrize(("text", "fields", "value"), [
    ("-32767", {"width": 2}, 0x8001), ("-0x7fff", {"width": 2}, 0x8001),
    ("\N{MINUS SIGN}32767", {"width": 2}, 0x8001), ("-1", {"width": 1}, 0xFF),
    ("-32767", {"width": 2, "register_width": 32}, 0x8001), (-32767, {"width": 2}, 0x8001),
    ("sBsBsBsBsBsBBA", {"width": 2}, 0x9134), ("ffffffff ffff9134", {"width": 2}, 0x9134),
])  # fmt: skip
def test_a_negative_number_is_a_number(text, fields, value):
    assert Question("register", Setup(op="load", signed=True, **fields), value).answer(text).right


def test_letters_and_hex_are_told_apart_by_what_was_asked_or_asked_back():
    two = Question("mmio_data", Setup(width=2, guest="big"), 0xDCBA)
    assert two.answer("DCBA").right  # four letters, two bytes: hex
    assert two.answer("BA").right
    assert not BYTES.answer("ABCD").right
    assert BYTES.answer("ABCD").kind == "host-for-guest"
    both = Question("mmio_data", Setup(width=2, guest="big"), 0x0B0A)
    assert both.answer("B A").right  # the same either way
    doubtful = Question("mmio_data", Setup(width=2), 0x0A0B)  # the letters say 0b 0a
    with pytest.raises(SetupError, match="either lane letters or hex"):
        doubtful.answer("A B")
    assert not doubtful.answer("0x0a 0x0b").right


def test_bytes_have_no_sign_and_minus_needs_room():
    with pytest.raises(SetupError, match="no sign"):
        BYTES.answer("-5")
    with pytest.raises(SetupError):
        NUMBER.answer("-" + "9" * 30)
    with pytest.raises(SetupError, match="64 bits"):
        NUMBER.answer("0x1" + "0" * 16)


def spellings(q):
    """Every form of the right answer, written by other code than what reads it."""
    if isinstance(q.right, bytes):
        pairs = [f"{byte:02x}" for byte in q.right]
        yield from (join.join(pairs) for join in (" ", "", ":", ",", "_", "-"))
        yield " ".join(f"0x{pair.upper()}" for pair in pairs)
        yield str([hex(byte) for byte in q.right]).replace("'", "")
        yield str(list(q.right))
        yield repr(q.right)
        yield " ".join(f"+{k} {pair}" for k, pair in enumerate(pairs))
        low_first = q.value.to_bytes(q.setup.width, "little")
        letters = dict(zip(low_first, "ABCDEFGH", strict=False))
        if set(q.right) <= set(letters):
            yield " ".join(letters[byte] for byte in q.right)
    else:
        yield from (f"{q.right:#x}", f"{q.right:X}", f"{q.right:_x}", f"{q.right:#018x}", q.right)
        yield str(q.right)
        bits = q.setup.register_width if q.ask == "register" else 8 * q.setup.width
        if q.right >> bits - 1:
            yield str(q.right - (1 << bits))


@pytest.mark.parametrize("level", LEVELS)
def test_a_thousand_right_answers_in_every_spelling(level):
    for q in islice(fresh(level, seed=5), 1000):
        for text in spellings(q):
            assert q.answer(text).right, (q, text)


def nonsense():
    random = Random(18)  # noqa: S311 - the same every time
    yield from ("", " ", "zz", "0x", "-", "1.5", "11 222", "<b>", "1" * 40, "big", "é", "?",
                "0x0x11", "+0", "b'", "[", "None", "lambda: 0", "11 22 33 44 55 66 77 88 99",
                "x" * 300,
                "<script>alert(1)</script>", "\0", "١٢", "½", "++0 11", "0b2", "1e5",
                "+0 11 +5 22",
                None, 1.5, object(), [], {}, [300], [-1], True, b"", "I don't know")  # fmt: skip
    signs = "0123456789abcdefghijxz ,;:+-[]()\"'\\.<>&%$#@!~éß中\t\n"
    while True:
        yield "".join(random.choice(signs) for _ in range(random.randrange(1, 24)))


def answered(question, text):
    try:
        return question.answer(text), None
    except SetupError as error:
        return None, error


@pytest.mark.parametrize("question", [BYTES, NUMBER], ids=["bytes", "number"])
def test_three_hundred_nonsense_answers_get_a_sentence_each(question):
    refused = 0
    for text in islice(nonsense(), 300):
        feedback, error = answered(question, text)
        if error is None:
            assert not feedback.right
            assert len(feedback.says) > 35
            continue
        refused += 1
        assert error.given.startswith("answer=")
        assert len(str(error)) < 250
        assert question.answer(re.sub("['\"]", "", error.hint).removeprefix("answer="))
    assert refused > 200


@given(st.binary(min_size=1, max_size=8))
def test_what_is_spelled_is_read(data):
    assert read_bytes(spell(data)) == (data,)
    number = int.from_bytes(data, "big")
    assert read_number(hex(number)) == (number,)
    assert number in read_number(str(number))


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (read_bytes, read_number):
        with suppress(SetupError):
            assert read(text)
