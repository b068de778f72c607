"""The atlas and batches against single stories, and numpy as one more oracle of the lanes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kvmendian import DESIGNS, Atlas, Design, Setup, SetupError, apply, prove, truth_table
from kvmendian.model import lanes
from kvmendian.render.table import COLUMNS, QUADRANTS

ALL = tuple(Setup.all())


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.uint64, np.int64])
def test_arrays_give_what_single_traces_give(dtype):
    rng = np.random.default_rng(7)
    for setup in ALL[::29]:
        bits = min(setup.value_bits, 8 * np.dtype(dtype).itemsize, 62)
        values = rng.integers(0, 1 << bits, 9, dtype=np.uint64).astype(dtype)
        batch = apply(setup, values)
        stories = [setup.trace(int(value)) for value in values]
        assert batch.mmio_data.shape == (9, setup.width)
        assert [bytes(row) for row in batch.mmio_data] == [s.mmio_data for s in stories]
        assert [bytes(row) for row in batch.ram_bytes] == [s.ram_bytes for s in stories]
        for name in ("register", "expected_register", "device_value", "software_value",
                     "honours_abi", "driver_is_right"):  # fmt: skip
            assert getattr(batch, name).tolist() == [getattr(s, name) for s in stories], name


def test_the_atlas_reads_as_stories_do():
    atlas = Atlas(width=2, driver="accessor")
    found = atlas.read(0x8122)
    for k, setup in enumerate(atlas.setups):
        story = setup.trace(0x8122)
        assert bytes(found["mmio"][k, :2]) == story.mmio_data
        assert int(found["register"][k].view("<u8")[0]) == story.register
        assert bool(atlas.honours_abi[k]) == story.road.honours_abi


@pytest.mark.parametrize("design", DESIGNS)
def test_the_atlas_fails_where_the_proof_does(design):
    atlas = Atlas(design=design)
    failing = {s for s, good in zip(atlas.setups, atlas.honours_abi, strict=True) if not good}
    assert failing == set(prove(design).failures)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_truth_table_is_the_atlas_of_every_device_target_and_driver(design):
    atlas, table = Atlas(design=design), truth_table(design)
    for host, guest in QUADRANTS:
        for kind, width in COLUMNS:
            op, signed = ("store" if kind == "store" else "load"), kind == "signed load"
            right = atlas.holds(host=host, guest=guest, op=op, signed=signed, width=width)
            assert table.cells[design, host, guest, kind, width] == right


def test_a_function_that_looks_at_its_data_has_batches_and_no_atlas():
    def more(data, *_):
        return data + 1

    odd = Design("odd", guest_to_host=more, host_to_guest=more)
    values = np.array([1, 2, 3], dtype=np.uint32)
    assert apply(Setup(design=odd), values).device_value.tolist() == [2, 3, 4]
    with pytest.raises(SetupError, match="only moves bytes"):
        Atlas(design=odd)


@pytest.mark.parametrize("width", [2, 4, 8])
@given(value=st.integers(0, 2**64 - 1))
def test_a_swap_is_numpys_byteswap(width, value):
    value %= 256**width
    ours = lanes.as_int(lanes.swap(lanes.SOURCE, width), value)
    assert ours == int(np.array([value], dtype=f"u{width}").byteswap()[0])


def test_a_width_may_be_an_integer_of_numpys():
    assert Setup(width=np.int64(2)).width == 2
