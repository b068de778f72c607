"""A VMM's mistakes: every width and order, against struct and this computer's C types."""

from __future__ import annotations

import ctypes
import struct
import sys
from itertools import product

import pytest
from hypothesis import given, strategies as st

from kvmendian import SetupError
from kvmendian.machine import consumers
from kvmendian.machine.vmm import VMM_MISTAKES
from kvmendian.model.lanes import SECOND, SOURCE, ZERO

ORDERS = ("little", "big")
STATES = [*product((1, 2, 4, 8), ORDERS, ORDERS)]
CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
EIGHT = st.binary(min_size=8, max_size=8)


def mark(order):
    return "<" if order == "little" else ">"


def unpacked(data, order):
    return struct.unpack(mark(order) + CODES[len(data)], data)[0]


def expected(name, state, eight, before):
    """What a mistake makes and what is right, in Python that knows no lanes."""
    width, host, order = state
    data, value = eight[:width], unpacked(eight[:width], "big")
    if name == "native-copy-write":
        return unpacked(data + bytes(8 - width), host), unpacked(data, order)
    if name == "native-copy-read":
        image = struct.pack(mark(host) + "Q", value)
        return image[:width], struct.pack(mark(order) + CODES[width], value)
    if name == "stale-bytes":
        return unpacked(data + before[width:], order), unpacked(data, order)
    if name == "unclaimed-read":
        return before[:width], bytes(width)
    loaded, ones = unpacked(data, order), (1 << 8 * width) - 1
    return unpacked(before, "big") & ~ones | loaded, loaded


def case(name, state, eight, before):
    mistake, width = VMM_MISTAKES[name], state[0]
    whole = {"native-copy-read": unpacked(eight[:width], "big")}
    old = {"merged-register": unpacked(before, "big")}
    return mistake.case(*state, given=whole.get(name, eight[:width]), before=old.get(name, before))


@pytest.mark.parametrize("name", VMM_MISTAKES)
@pytest.mark.parametrize("state", STATES, ids=str)
@given(eight=EIGHT, before=EIGHT)
def test_what_is_made_and_what_is_right(name, state, eight, before):
    told = case(name, state, eight, before)
    assert (told.got, told.wanted) == expected(name, state, eight, before)
    if told.harmless:
        assert told.got == told.wanted


@pytest.mark.parametrize("name", VMM_MISTAKES)
def test_harmless_is_where_no_value_shows_it(name):
    """With bytes that all differ, wrong lanes give a wrong value: so equal lanes are a proof."""
    eight, before = bytes.fromhex("1122334455667788"), bytes.fromhex("a1a2a3a4a5a6a7a8")
    states = {}
    for state in STATES:
        made, right = expected(name, state, eight, before)
        states[state] = made == right
    mistake = VMM_MISTAKES[name]
    assert states == {state: mistake.harmless(*state) for state in STATES}
    assert not all(states.values())
    if name in {"stale-bytes", "merged-register"}:
        assert {state[0] for state, fine in states.items() if fine} == {8}
    if name == "unclaimed-read":
        assert not any(states.values())


@given(eight=EIGHT)
@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_the_copy_is_what_this_computer_does(width, eight):
    value = ctypes.c_uint64(0)
    ctypes.memmove(ctypes.byref(value), eight, width)
    write = VMM_MISTAKES["native-copy-write"].case(width, sys.byteorder, given=eight[:width])
    assert write.got == value.value
    answer = unpacked(eight[:width], "big")
    buffer = ctypes.create_string_buffer(8)
    ctypes.memmove(buffer, ctypes.byref(ctypes.c_uint64(answer)), width)
    read = VMM_MISTAKES["native-copy-read"].case(width, sys.byteorder, given=answer)
    assert read.got == buffer.raw[:width]


def test_a_cast_of_the_right_width_is_the_copy_on_a_little_host_only():
    data = bytes.fromhex("1122")
    copy = VMM_MISTAKES["native-copy-write"]
    assert copy.case(2, "little", given=data).got == consumers.host_cast(data, "little")
    assert copy.case(2, "big", given=data).got == consumers.host_cast(data, "big") << 48
    assert consumers.VMM_MISTAKES is VMM_MISTAKES


@pytest.mark.parametrize("name", VMM_MISTAKES)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_lanes_are_of_the_access_of_what_was_there_or_zeros(name, state):
    told = VMM_MISTAKES[name].case(*state)
    for place in (*told.made.given, told.made.wrong, told.made.right):
        assert set(place.lanes) <= {*SOURCE[: state[0]], *SECOND, ZERO}
        assert len(place.lanes) in ((state[0], 8) if place.kind == "bytes" else (8,))
    assert not set(told.made.right.lanes) & set(SECOND)
    assert told.made.wrong.kind == told.made.right.kind


def test_each_says_what_it_is_and_has_one_line_to_mend_it():
    assert list(VMM_MISTAKES) == ["native-copy-write", "native-copy-read", "stale-bytes",
                                  "unclaimed-read", "merged-register"]  # fmt: skip
    for name, mistake in VMM_MISTAKES.items():
        assert mistake.id == name
        for line in (mistake.wrong_c, mistake.repair_c, mistake.wrong_rust, mistake.repair_rust):
            assert line.endswith((";", "}"))
            assert "\n" not in line
        assert mistake.wrong_c != mistake.repair_c
        assert mistake.wrong_rust != mistake.repair_rust
        assert repr(mistake) == f"<VmmMistake {name}: {mistake.says}>"
        assert name in str(VMM_MISTAKES)
    with pytest.raises(SetupError, match="stale-bytes"):
        VMM_MISTAKES["stale"]


BAD = [
    {"width": 3}, {"width": "2"}, {"host": "middle"}, {"order": "BE"}, {"given": bytes(3)},
    {"given": 0x1122}, {"given": "11 22"}, {"before": bytes(2)}, {"before": 0},
]  # fmt: skip


@pytest.mark.parametrize("change", BAD, ids=str)
def test_what_cannot_be_is_refused(change):
    with pytest.raises(SetupError) as caught:
        VMM_MISTAKES["stale-bytes"].case(**change)
    (name,) = change
    hint = eval(f"dict({caught.value.hint})")  # noqa: S307 - the hint is typed as it stands
    assert tuple(hint) == (name,)
    VMM_MISTAKES["stale-bytes"].case(**hint)


def test_integers_are_wanted_where_a_register_is_meant():
    read, merged = VMM_MISTAKES["native-copy-read"], VMM_MISTAKES["merged-register"]
    assert read.case(2, given=0xFFFF).wanted == b"\xff\xff"
    assert merged.case(1, given=b"\x11", before=0).got == 0x11
    for call in (
        lambda: read.case(2, given=0x10000),
        lambda: read.case(2, given=b"\x11\x22"),
        lambda: merged.case(1, before=1 << 64),
    ):
        with pytest.raises(SetupError):
            call()
