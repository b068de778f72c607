"""What seven machines did that ran the six designs and four consumers as C of our own.

The oracle for 32 bits: on `arm` and `armeb` a slot is an `unsigned long` of 4 bytes, as in
arch/arm, where the argument of 2014 was. `load(machine)` reads what one machine did. `make compile`
writes the file beside this one from tests/oracles/c, with Debian's compilers and QEMU's user mode;
each answer was the same with and without optimisation, and on every machine of the same order and
slot.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kvmendian.errors import one_of
from kvmendian.model.lanes import to_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvmendian.model.lanes import ByteOrder

MACHINES = ("x86_64", "aarch64", "aarch64_be", "arm", "armeb", "ppc64", "s390x")
"""The machines, by QEMU's names for them; the first ran without QEMU."""


class Row(NamedTuple):
    """One access through one design. Bytes are in address order, registers unsigned.

    `arch` is whose slots the machine has: `"arm64"`, 8 bytes, or `"arm"`, 4. `register` is the
    guest register before a store and after a load; a load found the bytes `mmio_data`. Where C's
    arithmetic made a register that is no arrangement of bytes, signs and zeros, `moves_bytes` is
    False: memcpy-2012 on a big host, whose sign bit of a 4-byte load is an int of 32 bits.

    >>> row = load("armeb").rows[0]
    >>> row.arch, row.host, row.op
    ('arm', 'big', 'store')
    """

    arch: Literal["arm", "arm64"]
    design: str
    op: Literal["store", "load"]
    width: int
    guest: ByteOrder
    host: ByteOrder
    signed: bool
    register_width: int
    register: int
    mmio_data: bytes
    moves_bytes: bool


class Reading(NamedTuple):
    """One consumer of `mmio.data`, and the integer that it makes of the bytes, or bytes of it.

    `consumer`: `cast` takes them for an integer of the host, `le_to_cpu` is that through
    le32_to_cpu and its like; `qemu-2014` loads in the order of its `target` and swaps for a device
    of the other one, `qemu-today` loads in the host's. `device` and `target` say nothing where a
    consumer does not ask. A store's bytes became `value`; of a load, `value` became the bytes.

    >>> load("ppc64").readings[0].host
    'big'
    """

    consumer: str
    op: Literal["store", "load"]
    width: int
    host: ByteOrder
    target: ByteOrder
    device: ByteOrder
    value: int
    mmio_data: bytes


class Machine(NamedTuple):
    """What one machine did.

    `slot`: bytes of an `unsigned long`. `order`: its own, which is each row's host. `answers`: how
    many lines its program wrote; `differ_with_slip`: how many of them were others once a mask was
    left out of the C on purpose.

    >>> load("armeb").slot, load("ppc64").slot
    (4, 8)
    """

    name: str
    arch: Literal["arm", "arm64"]
    slot: int
    order: ByteOrder
    answers: int
    differ_with_slip: int
    compiler: str
    emulator: str
    rows: tuple[Row, ...]
    readings: tuple[Reading, ...]


@cache
def load(machine: str) -> Machine:
    """Read what a machine did. Raises `SetupError` where there is none of that name.

    >>> armeb = load("armeb")
    >>> armeb.slot, armeb.order, len(armeb.rows), len(armeb.readings)
    (4, 'big', 480, 320)
    >>> [row.mmio_data.hex(" ") for row in armeb.rows if row.design == "memcpy-2012"
    ...     and (row.op, row.width, row.guest, row.register) == ("store", 4, "big", 0x55667788)]
    ['55 66 77 88']
    """
    one_of("machine", machine, MACHINES)
    data = _file()
    (about,) = (one for one in data["machines"] if one["name"] == machine)
    kind = [about["order"], about["slot"]]
    values = [int(value, 16) for value in data["values"]]
    designs = (row for row in data["designs"] if row[:2] == kind)
    consumers = (row for row in data["consumers"] if row[0] == about["order"])
    return Machine(
        **about,
        rows=tuple(found for row in designs for found in _rows(row, about["arch"], values)),
        readings=tuple(found for row in consumers for found in _readings(row, values)),
    )


@cache
def _file() -> dict[str, Any]:
    text = (files(__package__) / "answers.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _rows(row: list[Any], arch: Literal["arm", "arm64"], values: list[int]) -> Iterator[Row]:
    """Take a row apart: a store has no words for sign and register width, which are the slot's."""
    moves_bytes = row[-1] != "arithmetic"
    host, slot, design, op, width, guest, *rest = row if moves_bytes else row[:-1]
    signed, register_width = (rest[0] == "signed", rest[1]) if op == "load" else (False, 8 * slot)
    for value, answer in zip(values, rest[-1].split(), strict=True):
        if op == "store":
            register, data = value & (1 << 8 * slot) - 1, bytes.fromhex(answer)
        else:
            register, data = int(answer, 16), _answered(value, width)
        words = (arch, design, op, width, guest, host, signed, register_width)
        yield Row(*words, register, data, moves_bytes)


def _readings(row: list[Any], values: list[int]) -> Iterator[Reading]:
    host, consumer, target, device, what, width, answers = row
    for value, answer in zip(values, answers.split(), strict=True):
        if what == "integer":
            integer, data = int(answer, 16), _answered(value, width)
        else:
            integer, data = value & (1 << 8 * width) - 1, bytes.fromhex(answer)
        op: Literal["store", "load"] = "store" if what == "integer" else "load"
        yield Reading(consumer, op, width, host, target, device, integer, data)


def _answered(value: int, width: int) -> bytes:
    """Return the bytes that the C put into `mmio.data`: the value's lowest byte at the first."""
    return to_memory(value, width, "little")
