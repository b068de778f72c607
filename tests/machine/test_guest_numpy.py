"""The guest's CPU against numpy's views and casts, which know byte orders of their own."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kvmendian.machine import guest
from kvmendian.machine.be32 import be32_store

SIGN = {"little": "<", "big": ">"}  # numpy's word for an order
LOADS = [
    (width, signed, bits)
    for width, signed, bits in product((1, 2, 4, 8), (False, True), (32, 64))
    if (width, bits) != (8, 32) and not (signed and 8 * width == bits)
]
REVERSED = {("rev", 64): 8, ("rev", 32): 4, ("rev16", 64): 2, ("rev16", 32): 2}
REVERSED |= {("rev32", 64): 4, ("rev64", 64): 8}

registers = st.integers(0, 2**64 - 1)


@pytest.mark.parametrize("order", SIGN)
@pytest.mark.parametrize(("width", "signed", "bits"), LOADS)
@given(raw=st.binary(min_size=8, max_size=8))
def test_a_load_is_a_view(width, signed, bits, order, raw):
    data = raw[:width]
    register = guest.load(data, order, signed=signed, register_width=bits)
    kind = np.dtype(f"{SIGN[order]}{'i' if signed else 'u'}{width}")
    assert register == int(np.frombuffer(data, kind)[0]) % 2**bits


@pytest.mark.parametrize("order", SIGN)
@pytest.mark.parametrize("width", [1, 2, 4, 8])
@given(values=st.lists(registers, min_size=1, max_size=8))
def test_elements_are_an_array(width, order, values):
    low = [value % 256**width for value in values]
    data = guest.store_each(values, width, order)
    assert data == np.array(low, f"{SIGN[order]}u{width}").tobytes()


@pytest.mark.parametrize(("name", "bits"), REVERSED)
@given(value=registers)
def test_reversals_are_byteswaps_of_a_view(name, bits, value):
    value, size = value % 2**bits, REVERSED[name, bits]
    whole = np.array([value], f"u{bits // 8}")
    swapped = int(whole.view(f"u{size}").byteswap().view(whole.dtype)[0])
    assert guest.reverse(name, value, bits) == swapped


@given(words=st.binary(min_size=8, max_size=8))
def test_be32_is_a_cast_of_words(words):
    be32 = bytes(8)
    for address, byte in enumerate(words):
        be32 = be32_store(be32, address, byte, 1)
    assert be32 == np.frombuffer(words, ">u4").astype("<u4").tobytes()
