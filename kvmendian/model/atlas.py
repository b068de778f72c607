"""The atlas: every setup at once, and one setup over many values, with numpy.

A value never changes where a byte goes, so all setups fit in a table of lanes (one row a setup,
eight lanes wide, `lanes.ZERO` where there is no byte), and reading the table for a value is one
gather.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kvmendian.display import MOST_ROWS, Table, Tabular
from kvmendian.errors import SetupError, instance, show

from . import lanes
from .road import road
from .setups import Setup, field, known
from .story import trace

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from .lanes import Lanes
    from .steps import Road

COLUMNS = ("mmio", "ram", "register", "expected", "device", "software")
"""Lanes that the table keeps for each setup: the attributes of `road.Road`."""


_WORD = {True: "ok", False: "WRONG"}


class Atlas(Tabular):
    """Every setup, or those with some fields held, as a table of lanes.

    `setups` has n entries; `lanes[column]` has shape (n, 8), dtype uint8, for each of `COLUMNS`:
    integers least significant first, bytes lowest address first. Raises `SetupError` for unknown
    fields or values, for none that go together, and for a design that does more than move bytes.

    >>> atlas = Atlas(design="be-guests-2013", op="store", width=4)
    >>> bool(atlas.holds(host="little")), bool(atlas.holds(host="big", guest="little"))
    (True, False)
    """

    def __init__(self, **fixed: Any) -> None:  # noqa: ANN401 - one value for any field
        """Walk the roads. Raises `SetupError` for unknown fields or values."""
        self.setups = tuple(Setup.all(**fixed))
        if not self.setups:
            raise SetupError(
                show(fixed), "fields that go together", "Atlas(op='load', signed=True)"
            )
        found = [road(setup) for setup in self.setups]
        if any(one is None for one in found):
            given = f"design={self.setups[0].design!r}"
            raise SetupError(given, "a design that only moves bytes", "prove(design)")
        self.lanes: dict[str, NDArray[np.uint8]] = {
            column: np.array(
                [lanes.zero_extend(getattr(one, column)) for one in found], dtype=np.uint8
            )
            for column in COLUMNS
        }

    def table(self) -> Table:
        """Return how many setups honour the ABI, by design."""
        names = [setup.design_name for setup in self.setups]
        rows = []
        for name in dict.fromkeys(names):
            mine = [bool(ok) for ok, of in zip(self.honours_abi, names, strict=True) if of == name]
            rows.append((name, str(len(mine)), str(sum(mine))))
        caption = f"{len(self.setups)} setups, a row of lanes each for {', '.join(COLUMNS)}"
        return Table(caption, ("design", "setups", "honour the ABI"), tuple(rows))

    @cached_property
    def honours_abi(self) -> NDArray[np.bool_]:
        """Whether each setup does what the ABI sentence promises, for all values; shape (n,)."""
        table = self.lanes
        same = (table["mmio"] == table["ram"]) & (table["register"] == table["expected"])
        return np.asarray(same.all(axis=1))

    def where(self, **fields: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - one value for any field
        """Return a mask of the setups that have these fields; shape (n,), dtype bool.

        Raises `SetupError` for an unknown field or value.

        >>> atlas = Atlas(op="store", width=2, design="swab")
        >>> int(atlas.where(guest="big").sum()), len(atlas.setups)
        (96, 192)
        """
        known(fields, self.setups[0].fields())
        wanted = [(name, field(name, given)) for name, given in fields.items()]
        return np.array([all(getattr(s, k) == v for k, v in wanted) for s in self.setups])

    def holds(self, **fields: Any) -> bool:  # noqa: ANN401 - one value for any field
        """Whether all setups with these fields honour the ABI. `SetupError` if there is none."""
        chosen = self.where(**fields)
        if not chosen.any():
            one = self.setups[0]
            hint = ", ".join(f"{name}={getattr(one, name)!r}" for name in fields)
            raise SetupError(show(fields), "fields that some setup of this atlas has", hint)
        return bool(self.honours_abi[chosen].all())

    def read(self, value: int) -> dict[str, NDArray[np.uint8]]:
        """Evaluate every setup for one value: each column's bytes, shape (n, 8).

        Raises `SetupError` where the value does not fit one of the setups.

        >>> atlas = Atlas(op="store", width=2, host="big", design="sign-fixed-2026")
        >>> atlas.read(0x1122)["mmio"][0, :2].tolist()
        [34, 17]
        """
        value = min(self.setups, key=lambda one: one.value_bits).check_value(value)
        palette = np.frombuffer(lanes.palette(value), dtype=np.uint8)
        return {column: palette[table] for column, table in self.lanes.items()}


class Batch(Tabular):
    """Many accesses of one setup: a story's attributes as arrays, N values long.

    Bytes have shape (N, width) and dtype uint8, integers (N,) and uint64, verdicts (N,) and bool.
    Each is worked out when first asked for. Raises `SetupError` for a value that does not fit.

    >>> batch = Batch(Setup(op="load", width=2, guest="big"), [0x1122, 0x8000])
    >>> batch.mmio_data.shape, [hex(x) for x in batch.register], batch.honours_abi.tolist()
    ((2, 2), ['0x2211', '0x80'], [True, True])
    """

    def __init__(self, setup: Setup, values: ArrayLike) -> None:
        """Check all values before anything is worked out."""
        self.setup = instance("setup", setup, Setup, "Setup()")
        self.values = _check(setup, values)
        self._found = road(setup)

    def table(self) -> Table:
        """Return the first accesses, a row each; of the rest the number."""
        n, s = len(self.values), self.setup
        first = Batch(s, self.values[:MOST_ROWS])
        told = (first.mmio_data, first.register, first.device_value, first.honours_abi)
        rows: list[tuple[str, ...]] = [
            (f"{value:#x}", bytes(data).hex(" "), f"{register:#x}", f"{device:#x}", _WORD[bool(ok)])
            for value, data, register, device, ok in zip(first.values, *told, strict=True)
        ]
        caption = f"{n:,} accesses: {s.op} of width {s.width}, host {s.host}, guest {s.guest}"
        columns = ("value", "mmio.data", "register", "device", "ABI")
        return Table(f"{caption}, {s.design_name}", columns, tuple(rows), more=n - len(rows))

    def _bytes(self, column: str) -> NDArray[np.uint8]:
        if self._found is None:  # a learner's function that looks at its data: value by value
            roads = [trace(self.setup, int(v)).road for v in self.values]
            made = (
                lanes.evaluate(getattr(one, column), int(v), one.computed)
                for one, v in zip(roads, self.values, strict=True)
            )
            n = len(self.values)
            return np.frombuffer(b"".join(made), dtype=np.uint8).reshape(n, -1).copy()
        return lanes.gather(_column(self._found, column), self.values)

    def _int(self, column: str) -> NDArray[np.uint64]:
        content = self._bytes(column)
        return content.view("<u8").reshape(-1).astype(np.uint64, copy=False)

    @cached_property
    def mmio_data(self) -> NDArray[np.uint8]:
        """What `mmio.data` holds, one row an access, lowest address first."""
        return self._bytes("mmio")

    @cached_property
    def ram_bytes(self) -> NDArray[np.uint8]:
        """What the same instruction would leave in RAM, or have found there."""
        return self._bytes("ram")

    @cached_property
    def register(self) -> NDArray[np.uint64]:
        """The guest register, as stored or as loaded."""
        return self._int("register")

    @cached_property
    def expected_register(self) -> NDArray[np.uint64]:
        """The register that the ABI sentence promises."""
        return self._int("expected")

    @cached_property
    def device_value(self) -> NDArray[np.uint64]:
        """What the device's register gets, or supplied."""
        return self._int("device")

    @cached_property
    def software_value(self) -> NDArray[np.uint64]:
        """What software meant to write, or ends up with."""
        return self._int("software")

    @property
    def honours_abi(self) -> NDArray[np.bool_]:
        """Whether each access got what the ABI sentence promises."""
        data = (self.mmio_data == self.ram_bytes).all(axis=1)
        return np.asarray(data & (self.register == self.expected_register))

    @property
    def driver_is_right(self) -> NDArray[np.bool_]:
        """Whether device and software mean the same value, within the width."""
        bits = np.uint64((1 << 8 * self.setup.width) - 1)
        return np.asarray((self.device_value ^ self.software_value) & bits == 0)


def apply(setup: Setup, values: ArrayLike) -> Batch:
    """Run one setup over an array of values (one axis, integers, none negative).

    Raises `SetupError` where one does not fit; nothing is masked.

    >>> apply(Setup(width=2, guest="big"), [0x1122, 0x3344]).mmio_data.tolist()
    [[17, 34], [51, 68]]
    """
    return Batch(setup, values)


def _column(found: Road, column: str) -> Lanes:
    content: Lanes = getattr(found, column)
    return content


def _check(setup: Setup, values: ArrayLike) -> NDArray[np.unsignedinteger]:
    bits = setup.value_bits
    allowed = f"integers of {bits} bits along one axis"
    hint = "np.array([0x11, 0x22], dtype=np.uint64)"
    try:
        array = np.asarray(values)
    except Exception as error:  # a foreign __array__ may raise anything
        raise SetupError(f"values={show(values)}", allowed, hint) from error
    if array.size == 0 and array.ndim == 1:
        return array.astype(np.uint64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        given = f"values of shape {array.shape} and dtype {array.dtype}"
        raise SetupError(given, allowed, hint)
    lowest = 0 if array.dtype.kind == "u" else int(array.min())
    if lowest < 0:
        hint = f"np.array(values).astype(np.uint64) & np.uint64({(1 << bits) - 1:#x})"
        raise SetupError(f"values down to {lowest}", allowed, hint)
    if 8 * array.dtype.itemsize > bits and int(array.max()) >> bits:
        given = f"values up to {int(array.max()):#x} with width={setup.width}"
        raise SetupError(given, allowed, f"np.array([{(1 << bits) - 1:#x}], dtype=np.uint64)")
    return array if array.dtype.kind == "u" else array.astype(np.uint64)
