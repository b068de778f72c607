"""What a real Linux put into `kvm_run->mmio.data` on stores, and into the register on loads.

`load(design, host)` reads one recording, `replay` runs the model on its rows and says where the
two differ. The files' provenance is in `README.md` beside them and in each recording's `meta`;
`make record` writes them, and needs no more than Debian's packages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kvmendian.display import MOST_ROWS, Table, Tabular
from kvmendian.errors import instance, one_of
from kvmendian.model.lanes import ORDERS, from_memory
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

NAMES = ("merged-2014", "sign-fixed-2026")
"""The designs of which there are recordings, one on a little-endian host and one on a big."""

_ORDERS: dict[str, ByteOrder] = {"LE": "little", "BE": "big"}


@dataclass(frozen=True, repr=False)
class Row:
    """One access as it was recorded. Bytes are in address order, registers 64 bits, unsigned.

    For a store `register` is the guest register before it, for a load after it. `ram_bytes` (a
    store) or `ram_register` (a load) is what the same instruction, run by the same vCPU, left in
    guest RAM or loaded from it; the other of the two is None. `as_integer` is how a VMM that reads
    the bytes in little, big and host order saw a store; empty for a load.

    >>> row = load("sign-fixed-2026", "big").rows[0]
    >>> row.setup.op, row.setup.width, row.mmio_data == row.story.mmio_data
    ('store', 1, True)
    """

    setup: Setup
    insn: str
    guest_isa: str
    mmio_data: bytes
    register: int
    ram_bytes: bytes | None
    ram_register: int | None
    same_as_ram: bool
    as_integer: tuple[int, ...]

    def __repr__(self) -> str:
        """Say in a line what ran, and what came of it."""
        where = f"{self.guest_isa}, guest {self.setup.guest}, host {self.setup.host}"
        data = self.mmio_data.hex(" ")
        return f"<Row {self.insn} ({where}): mmio.data {data}, register {self.register:#x}>"

    @property
    def signed(self) -> bool:
        """Whether it is a sign-extending load."""
        return self.setup.signed

    @property
    def value(self) -> int:
        """What to trace: a store's register, or what a little-endian device answered."""
        if self.setup.op == "load":
            return from_memory(self.mmio_data, "little")
        return self.register

    @cached_property
    def story(self) -> Story:
        """What the model says about this access."""
        return trace(self.setup, self.value)

    def differences(self) -> tuple[str, ...]:
        """Compare the model with the recording: one sentence for each thing that differs.

        Both tell this row's value alone; an empty tuple says that they agree.

        >>> load("merged-2014").rows[0].differences()
        ()
        """
        told, host = self.story, self.setup.host
        pairs: list[tuple[str, object, object]] = [
            ("mmio.data", told.mmio_data, self.mmio_data),
            ("register", told.register, self.register),
            ("same as RAM", told.honours_abi, self.same_as_ram),
        ]
        if self.ram_bytes is not None:
            pairs.append(("RAM", told.ram_bytes, self.ram_bytes))
        if self.ram_register is not None:
            pairs.append(("register from RAM", told.expected_register, self.ram_register))
        orders: tuple[ByteOrder, ...] = ("little", "big", host)
        for order, recorded in zip(orders, self.as_integer, strict=False):
            said = f"as an integer, {order}"
            pairs.append((said, from_memory(told.mmio_data, order), recorded))
        return tuple(
            f"{name}: the model says {_text(ours)}, the recording {_text(theirs)}"
            for name, ours, theirs in pairs
            if ours != theirs
        )


@dataclass(frozen=True, repr=False)
class Recording(Tabular):
    """One file: where it comes from, its plain accesses, and the rest as it was written.

    `no_syndrome`: instructions that KVM gets no syndrome for. `switching`: one guest that turns its
    order between accesses; `flipped`: a VMM that turns it while a load waits for its bytes.
    `ee_and_e0e`: every pair of the two bits, at EL1 and at EL0. `vgic`, `ioeventfd`: other
    consumers of the bytes.

    >>> recording = load("merged-2014", "big")
    >>> recording.host, len(recording.rows), "kernel" in recording.meta
    ('big', 287, True)
    """

    design: str
    host: ByteOrder
    meta: Mapping[str, Any]
    rows: tuple[Row, ...]
    no_syndrome: tuple[Mapping[str, Any], ...]
    switching: tuple[Mapping[str, Any], ...]
    vgic: tuple[Mapping[str, Any], ...]
    ioeventfd: tuple[Mapping[str, Any], ...]
    ee_and_e0e: tuple[Mapping[str, Any], ...]
    flipped: tuple[Mapping[str, Any], ...]

    def table(self) -> Table:
        """Return the first of the plain accesses, and how many there are of the rest."""
        rows = tuple(
            (r.insn, r.setup.guest, r.mmio_data.hex(" "), f"{r.register:#x}", _SAME[r.same_as_ram])
            for r in self.rows[:MOST_ROWS]
        )
        others = {"no_syndrome", "switching", "vgic", "ioeventfd", "ee_and_e0e", "flipped"}
        also = ", ".join(f"{len(getattr(self, name))} {name}" for name in sorted(others))
        caption = (
            f"{self.design}, {self.host} host: {len(self.rows)} accesses ({self.meta['kernel']})"
        )
        columns = ("instruction", "guest", "mmio.data", "register", "as RAM")
        return Table(caption, columns, rows, (f"beside them: {also}",), len(self.rows) - len(rows))


@dataclass(frozen=True, repr=False)
class Replay(Tabular):
    """What came of running the model on a recording.

    Prints as one line, and one more for each row that differs.

    >>> replay(load("merged-2014", "big")).disagreements
    ()
    """

    recording: Recording
    disagreements: tuple[tuple[Row, tuple[str, ...]], ...]

    @property
    def agreeing(self) -> int:
        """How many rows the model tells as they were recorded."""
        return len(self.recording.rows) - len(self.disagreements)

    def table(self) -> Table:
        """Say how many agree; a row for each access that differs."""
        total, kernel = len(self.recording.rows), self.recording.meta["kernel"]
        which = f"{self.recording.design}, {self.recording.host} host"
        caption = f"{which}: {self.agreeing} of {total} accesses agree ({kernel})"
        rows = tuple((r.insn, r.guest_isa, "; ".join(d)) for r, d in self.disagreements)
        return Table(caption, ("instruction", "guest", "differs"), rows)


_SAME = {True: "same", False: "DIFFERS"}


def load(design: str, host: ByteOrder = "little") -> Recording:
    """Read the recording of a design (one of `NAMES`) on a host.

    Raises `SetupError` where there is none.

    >>> len(load("merged-2014", "big").rows)
    287
    """
    return _load(one_of("design", design, NAMES), one_of("host", host, ORDERS))


@cache
def _load(design: str, host: ByteOrder) -> Recording:
    name = f"kvm-{'be' if host == 'big' else 'le'}-host.{design}.json"
    data = json.loads((files(__package__) / name).read_text(encoding="utf-8"))
    others = ("no_isv", "switching_e_mid_run", "vgic", "ioeventfd", "ee_and_e0e")
    return Recording(
        design,
        host,
        data["meta"],
        tuple(_row(row, design) for row in data["rows"]),
        *(tuple(data[section]) for section in (*others, "flipped_before_completion")),
    )


class Devices(Tabular, tuple[Mapping[str, Any], ...]):
    """What QEMU's devices did, a row each, as it was written: a tuple that shows a table.

    >>> print(str(devices()).splitlines()[0])
    24 accesses of a bare-metal guest, without any KVM
    """

    __slots__ = ()

    def table(self) -> Table:
        """Return the first of them."""
        keys = ("shows", "insn", "guest_endian", "device_endian", "reg_in", "reg_out")
        rows = tuple(tuple(_cell(row, key) for key in keys) for row in self[:MOST_ROWS])
        caption = f"{len(self)} accesses of a bare-metal guest, without any KVM"
        return Table(caption, keys, rows, more=len(self) - len(rows))


@cache
def devices() -> Devices:
    """Read what devices of QEMU's Arm board did to a bare-metal guest, without any KVM.

    A row each, as it was written: `device_endian` and `guest_endian` (LE, BE), the instruction, and
    r1 before a store (`reg_in`) or after a load (`reg_out`), hexadecimal.

    >>> [row["reg_out"] for row in devices() if row["shows"] == "virtio-mmio MagicValue"]
    ['74726976', '76697274']
    """
    text = (files(__package__) / "qemu-devices.json").read_text(encoding="utf-8")
    return Devices(json.loads(text)["rows"])


def replay(recording: Recording) -> Replay:
    """Run the model on every plain access of a recording.

    >>> print(replay(load("sign-fixed-2026")).agreeing)
    287
    """
    recording = instance("recording", recording, Recording, "recordings.load('merged-2014')")
    found = ((row, row.differences()) for row in recording.rows)
    return Replay(recording, tuple((row, differs) for row, differs in found if differs))


def _row(row: Mapping[str, Any], design: str) -> Row:
    store = row["op"] == "write"
    width = row["width"]
    setup = Setup(
        op="store" if store else "load",
        width=width,
        guest=_ORDERS[row["guest_endian"]],
        host=_ORDERS[row["host"]],
        design=design,
        signed=bool(row["sign"]),
        register_width=64 if store else row["reg_width"],
    )
    seen = ("as_le_device", "as_be_device", "as_host_int") if store else ()
    return Row(
        setup,
        row["insn"],
        row["guest_isa"],
        bytes.fromhex(row["mmio_data"]),
        _stored(row) if store else int(row["reg_out"], 16),
        bytes.fromhex(row["ram_bytes"])[:width] if store else None,
        None if store else int(row["ram_reg"], 16),
        bool(row["same_as_ram"]),
        tuple(int(row[name], 16) for name in seen),
    )


def _stored(row: Mapping[str, Any]) -> int:
    """Return the register that a store reads: register 31 reads zero, whatever x1 holds."""
    return 0 if "zr" in row["insn"] else int(row["reg_in"], 16)


def _text(thing: object) -> str:
    if isinstance(thing, bytes):
        return thing.hex(" ")
    return hex(thing) if isinstance(thing, int) and not isinstance(thing, bool) else str(thing)


def _cell(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    return f"0x{value}" if value and key in ("reg_in", "reg_out") else str(value)
