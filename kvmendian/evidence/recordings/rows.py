"""One access as a real kernel did it, and what the model says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kvmendian.model.lanes import from_memory
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

from . import arithmetic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.lanes import ByteOrder

_ORDERS: dict[str, ByteOrder] = {"LE": "little", "BE": "big"}


@dataclass(frozen=True, repr=False)
class Row:
    """One access as it was recorded. Bytes are in address order, registers 64 bits, unsigned.

    For a store `register` is the guest register before it, for a load after it. `ram_bytes` (a
    store) or `ram_register` (a load) is what the same instruction, run by the same vCPU, left in
    guest RAM or loaded from it; the other of the two is None. `as_integer` is how a VMM that reads
    the bytes in little, big and host order saw a store; empty for a load.

    >>> from kvmendian.evidence.recordings import load

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

        >>> from kvmendian.evidence.recordings import load

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

        >>> from kvmendian.evidence.recordings import load

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


def made_of(row: Mapping[str, Any], design: str) -> Row:
    """Return a row from what a recording's file has for it."""
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
