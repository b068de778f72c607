"""What a real Linux put into `kvm_run->mmio.data` on stores, and into the register on loads.

`load(design, host)` reads one recording, `replay` runs the model on its rows and says where the
two differ, and which of these rows C's arithmetic explains. The files' provenance is in `README.md`
beside them and in each recording's `meta`; `make record` writes them, and needs no more than
Debian's packages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kvmendian.errors import one_of
from kvmendian.model.lanes import from_memory
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

from . import arithmetic, form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.lanes import ByteOrder

NAMES = (
    *("memcpy-2012", "be-guests-2013", "merged-2014"),
    *("swab", "swab-le-buffer", "sign-fixed-2026"),
)
"""The designs of which there are recordings, one on a little-endian host and one on a big."""

_ORDERS: dict[str, ByteOrder] = {"LE": "little", "BE": "big"}


@dataclass(frozen=True)
class Row:
    """One access as it was recorded. Bytes are in address order, registers 64 bits, unsigned.

    For a store `register` is the guest register before it, for a load after it. `ram_bytes` (a
    store) or `ram_register` (a load) is what the same instruction, run by the same vCPU, left in
    guest RAM or loaded from it; the other of the two is None. `as_integer` is how a VMM that reads
    the bytes in little, big and host order saw a store; empty for a load.
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

    def explanation(self) -> str:
        """Say how C's arithmetic made this register, where the model, which moves bytes, cannot.

        Empty where model and recording agree, and where the arithmetic does not give exactly what
        was recorded, or more than the register differs.

        >>> load("merged-2014").rows[0].explanation()
        ''
        """
        if self.setup.op == "store" or not self.differences():
            return ""
        in_c = arithmetic.register(self.story)
        as_model = replace(self, register=self.story.register, same_as_ram=self.story.honours_abi)
        explained = (
            self.register == in_c
            and self.same_as_ram == (in_c == self.ram_register)
            and not as_model.differences()
        )
        return arithmetic.sentence(self.story) if explained else ""


@dataclass(frozen=True)
class Recording:
    """One file: where it comes from, its plain accesses, and the rest as it was written.

    `no_syndrome`: instructions that KVM gets no syndrome for. `switching`: one guest that turns its
    order between accesses; `flipped`: a VMM that turns it while a load waits for its bytes.
    `ee_and_e0e`: every pair of the two bits, at EL1 and at EL0. `vgic`, `ioeventfd`: other
    consumers of the bytes.
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


@dataclass(frozen=True)
class Replay:
    """What came of running the model on a recording.

    `disagreements` has each row that differs, with its differences. Prints as one line, and one
    more for each of these rows: what explains it, or what differs.
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

    def __str__(self) -> str:
        """Say it in a line, then name what differs."""
        total, kernel = len(self.recording.rows), self.recording.meta["kernel"]
        which = f"{self.recording.design}, {self.recording.host} host"
        beside = f", {len(self.explained)} more are C's arithmetic" if self.explained else ""
        lines = [f"{which}: {self.agreeing} of {total} accesses agree{beside} ({kernel})"]
        found = [*self.explained, *((row, "; ".join(d)) for row, d in self.unexplained)]
        lines += [f"  {row.insn} ({row.guest_isa}): {text}" for row, text in found]
        return "\n".join(lines)


@cache
def load(design: str, host: ByteOrder = "little") -> Recording:
    """Read the recording of a design on a host. Raises `SetupError` where there is none.

    >>> len(load("swab", "big").rows)
    287
    """
    data = read(design, host)
    others = ("no_isv", "switching_e_mid_run", "vgic", "ioeventfd", "ee_and_e0e")
    return Recording(
        design,
        host,
        data["meta"],
        tuple(_row(row, design) for row in data["rows"]),
        *(tuple(data[section]) for section in (*others, "flipped_before_completion")),
    )


def read(design: str, host: ByteOrder = "little") -> dict[str, Any]:
    """Return a recording as `make record` made it: `meta`, and each section's rows.

    The fields are explained in `README.md`. Raises `SetupError` where there is none.

    >>> read("merged-2014", "big")["rows"][0]["insn"]
    'strb w1,[x0]'
    """
    one_of("design", design, NAMES)
    one_of("host", host, ("little", "big"))
    order = "BE" if host == "big" else "LE"
    blank, answers = (_json(name) for name in ("form", f"kvm-{order.lower()}-host.{design}"))
    return {"meta": answers.pop("meta")} | form.fill(blank, answers, order)


def _json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (files(__package__) / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


@cache
def devices() -> tuple[Mapping[str, Any], ...]:
    """Read what devices of QEMU's Arm board did to a bare-metal guest, without any KVM.

    A row each, as it was written: `device_endian` and `guest_endian` (LE, BE), the instruction, and
    r1 before a store (`reg_in`) or after a load (`reg_out`), hexadecimal.

    >>> [row["reg_out"] for row in devices() if row["shows"] == "virtio-mmio MagicValue"]
    ['74726976', '76697274']
    """
    return tuple(_json("qemu-devices")["rows"])


def replay(recording: Recording) -> Replay:
    """Run the model on every plain access of a recording.

    >>> print(replay(load("sign-fixed-2026")).agreeing)
    287
    """
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
