"""What a real Linux put into `kvm_run->mmio.data` on stores, and into the register on loads.

`load(design, host)` reads one recording, `replay` runs the model on its rows and says where the
two differ, and which of these rows C's arithmetic explains. The files' provenance is in `README.md`
beside them and in each recording's `meta`; `make record` writes them, and needs no more than
Debian's packages. `said` has what ftrace, strace and the kernel's selftests wrote on these kernels.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kvmendian.display import MOST_ROWS, Table, Tabular
from kvmendian.errors import instance, one_of
from kvmendian.model.lanes import ORDERS

from . import form
from .rows import Row, made_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kvmendian.model.lanes import ByteOrder

__all__ = [
    "NAMES",
    "Devices",
    "Recording",
    "Replay",
    "Row",
    "devices",
    "load",
    "read",
    "replay",
]

NAMES = (
    *("memcpy-2012", "be-guests-2013", "merged-2014"),
    *("swab", "swab-le-buffer", "sign-fixed-2026"),
)
"""The designs of which there are recordings, one on a little-endian host and one on a big."""


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

    `disagreements` has each row that differs, with its differences. Prints as one line, and one
    more for each of these rows: what explains it, or what differs.

    >>> replay(load("merged-2014", "big")).disagreements
    ()
    """

    recording: Recording
    disagreements: tuple[tuple[Row, tuple[str, ...]], ...]

    @property
    def agreeing(self) -> int:
        """How many rows the model tells as they were recorded."""
        return len(self.recording.rows) - len(self.disagreements)

    @cached_property
    def explained(self) -> tuple[tuple[Row, str], ...]:
        """The rows that the model does not tell and C's arithmetic does, each with a sentence.

        >>> row, why = replay(load("memcpy-2012", "big")).explained[0]
        >>> row.insn, hex(row.register), why.endswith(f"= {row.register:#x}")
        ('ldrsw x1,[x0]', '0xeeddccbc00000000', True)
        """
        found = ((row, row.explanation()) for row, _ in self.disagreements)
        return tuple((row, why) for row, why in found if why)

    @cached_property
    def unexplained(self) -> tuple[tuple[Row, tuple[str, ...]], ...]:
        """The rows that neither tells, each with its differences.

        >>> replay(load("memcpy-2012", "big")).unexplained
        ()
        """
        return tuple((row, d) for row, d in self.disagreements if not row.explanation())

    def table(self) -> Table:
        """Say how many agree; a row for each access that differs: what explains it, or how."""
        total, kernel = len(self.recording.rows), self.recording.meta["kernel"]
        which = f"{self.recording.design}, {self.recording.host} host"
        beside = f", {len(self.explained)} more are C's arithmetic" if self.explained else ""
        caption = f"{which}: {self.agreeing} of {total} accesses agree{beside} ({kernel})"
        found = [*self.explained, *((row, "; ".join(d)) for row, d in self.unexplained)]
        rows = tuple((row.insn, row.guest_isa, text) for row, text in found)
        return Table(caption, ("instruction", "guest", "differs, and why"), rows)


_SAME = {True: "same", False: "DIFFERS"}


def load(design: str, host: ByteOrder = "little") -> Recording:
    """Read the recording of a design (one of `NAMES`) on a host.

    Raises `SetupError` where there is none.

    >>> len(load("swab", "big").rows)
    287
    """
    return _load(one_of("design", design, NAMES), one_of("host", host, ORDERS))


@cache
def _load(design: str, host: ByteOrder) -> Recording:
    data = read(design, host)
    others = ("no_isv", "switching_e_mid_run", "vgic", "ioeventfd", "ee_and_e0e")
    return Recording(
        design,
        host,
        data["meta"],
        tuple(made_of(row, design) for row in data["rows"]),
        *(tuple(data[section]) for section in (*others, "flipped_before_completion")),
    )


def read(design: str, host: ByteOrder = "little") -> dict[str, Any]:
    """Return a recording as `make record` made it: `meta`, and each section's rows.

    The fields are explained in `README.md`. Raises `SetupError` where there is none.

    >>> read("merged-2014", "big")["rows"][0]["insn"]
    'strb w1,[x0]'
    """
    one_of("design", design, NAMES)
    one_of("host", host, ORDERS)
    order = "BE" if host == "big" else "LE"
    blank, answers = (_json(name) for name in ("form", f"kvm-{order.lower()}-host.{design}"))
    return {"meta": answers.pop("meta")} | form.fill(blank, answers, order)


def _json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (files(__package__) / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


class Devices(Tabular):
    """What QEMU's devices did, a row each, as it was written; shows itself as a table.

    >>> print(str(devices()).splitlines()[0])
    24 accesses of a bare-metal guest, without any KVM
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep the rows in their order."""
        self._rows = tuple(rows)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Yield the rows."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._rows)

    def table(self) -> Table:
        """Return the first of them."""
        keys = ("shows", "insn", "guest_endian", "device_endian", "reg_in", "reg_out")
        rows = tuple(tuple(_cell(row, key) for key in keys) for row in self._rows[:MOST_ROWS])
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
    return Devices(_json("qemu-devices")["rows"])


def replay(recording: Recording) -> Replay:
    """Run the model on every plain access of a recording.

    >>> print(replay(load("sign-fixed-2026")).agreeing)
    287
    """
    recording = instance("recording", recording, Recording, "recordings.load('merged-2014')")
    found = ((row, row.differences()) for row in recording.rows)
    return Replay(recording, tuple((row, differs) for row, differs in found if differs))


def _cell(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    return f"0x{value}" if value and key in ("reg_in", "reg_out") else str(value)
