"""What a real kernel did in the state of a story: `story.evidence`.

A recording is of a design on a host; a state is one of its accesses, whatever the device and the
driver are, which the kernel never asks for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.model.road import road
from kvmendian.model.story import trace

from . import recordings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.lanes import ByteOrder
    from kvmendian.model.setups import Setup

    from .recordings.rows import Row


class Evidence(NamedTuple):
    """One recorded access: bytes in address order, `register` unsigned, 64 bits.

    `value` is what to trace: a store's register, or what a little-endian device answered. `agrees`
    says whether the model tells this access as it was recorded.

    >>> from kvmendian import Setup
    >>> Setup(design="memcpy-2012", host="big", width=1).trace(0x11).evidence.agrees
    True
    """

    design: str
    host: ByteOrder
    kernel: str
    insn: str
    value: int
    mmio_data: bytes
    register: int
    agrees: bool

    def __str__(self) -> str:
        """Say it in a line."""
        same = "the same bytes and register" if self.agrees else "something else"
        release = re.search(r"\d+\.\d+", self.kernel)
        linux = f"Linux {release[0]}" if release else self.kernel
        return (
            f"Recorded: {linux} as a {self.host}-endian host, this design, {self.insn}: "
            f"for {self.value:#x} {same} (mmio.data {self.mmio_data.hex(' ')}, "
            f"register {self.register:#x})."
        )

    def __repr__(self) -> str:
        """Say in a line what was recorded."""
        return f"<Evidence: {self}>"


def of(setup: Setup, value: int | None = None) -> Evidence | None:
    """Return what a kernel was recorded to do in this state; None where none was.

    Of several accesses in one state it is the one with this value, or else the first.

    >>> from kvmendian import Setup
    >>> of(Setup(design="merged-2014", host="big", width=2)).mmio_data.hex(" ")
    '88 77'
    >>> of(Setup(arch="arm")) is None
    True
    """
    rows = _rows(setup).get(_state(setup), ())
    narrower = setup.op == "load" and setup.arch == "arm64" and setup.width < 8
    if not rows and narrower and not setup.signed:
        # LDRB, LDRH and LDR W fill a W register; where it makes no difference, this is that load
        narrow, wide = road(replace(setup, register_width=32)), road(setup)
        if narrow and wide and narrow.register == wide.register:
            rows = _rows(setup).get(_state(narrow.setup), ())
    found = next((row for row in rows if row.value == value), rows[0] if rows else None)
    return None if found is None else _evidence(found)


def _rows(setup: Setup) -> Mapping[tuple[object, ...], list[Row]]:
    known = isinstance(setup.design, str) and setup.design in recordings.NAMES
    return _by_state(str(setup.design), setup.host) if known and setup.arch == "arm64" else {}


@cache
def _by_state(design: str, host: ByteOrder) -> Mapping[tuple[object, ...], list[Row]]:
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in recordings.load(design, host).rows:
        found.setdefault(_state(row.setup), []).append(row)
    return found


def _state(s: Setup) -> tuple[object, ...]:
    return (s.op, s.width, s.guest, s.signed, s.register_width)


@lru_cache(maxsize=4_096)
def _evidence(row: Row) -> Evidence:
    told, s = trace(row.setup, row.value), row.setup
    agrees = (told.mmio_data, told.register) == (row.mmio_data, row.register)
    kernel = recordings.load(s.design_name, s.host).meta["kernel"]
    return Evidence(
        s.design_name, s.host, kernel, row.insn, row.value, row.mmio_data, row.register, agrees
    )
