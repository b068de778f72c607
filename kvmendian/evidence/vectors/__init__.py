"""What a right implementation does, a row an access: test vectors for who writes a KVM or a VMM.

A row holds on a host of either order, so no row names one: a right implementation differs between
hosts in how it gets there, never in `mmio.data`, register or device. Each row is computed by the
model's `sign-fixed-2026`, today's kernel. `forms` writes them, as a KVM selftest too; `README.md`
beside this file has the form's fields, and checkers for C and for Rust.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from kvmendian.errors import one_of
from kvmendian.model.lanes import ORDERS, from_memory
from kvmendian.model.setups import CHOICES, SLOTS, WIDTHS, Setup, impossible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kvmendian.model.lanes import Arch

VERSION = 1
"""Of the rows' form and of the rows: another number where a field or a row is not as it was."""

FIELDS = (
    *("arch", "op", "width", "guest", "signed", "register_width"),
    *("register", "data", "little_device", "big_device"),
)
"""The keys of a row, in their order."""

_VALUES = (  # all bytes differ, none is 00 or ff; the first and the last byte with either sign
    *(0x1122_3344_5566_7718, 0x1122_3344_5566_7788),
    *(0x8192_A3B4_C5D6_E718, 0x8192_A3B4_C5D6_E7F8),
)


def vectors(arch: Arch | None = None) -> Iterator[dict[str, Any]]:
    """Yield what a right implementation does on any host: a plain dict for each access and value.

    Keys: `arch`, `op`, `width` (bytes), `guest` (the order of its data access), `signed`,
    `register_width` (bits that a load fills; of a store, the slot's) · `register`, `"0x…"`, before
    a store and after a load, the whole slot · `data`, the `width` bytes of `mmio.data`, hexadecimal
    in address order · `little_device` and `big_device`, `"0x…"`: what a device of that order sees
    of a store, or answered to a load. `arch` is `"arm64"` or `"arm"`; left out, both, arm64 first.
    Raises `SetupError` for another.

    Of a store, bytes of the register above the width are not zero; of a load, first and last byte
    have every pair of signs, and the least and the greatest signed number are there.

    >>> row = next(row for row in vectors() if (row["width"], row["guest"]) == (2, "big"))
    >>> row["register"], row["data"], row["little_device"], row["big_device"]
    ('0x1122334455667718', '77 18', '0x1877', '0x7718')
    >>> sum(1 for _ in vectors("arm64")), sum(1 for _ in vectors("arm"))
    (168, 80)
    """
    if arch is None:
        return _rows(CHOICES["arch"])
    return _rows((one_of("arch", arch, CHOICES["arch"]),))


def _rows(archs: Iterable[Arch]) -> Iterator[dict[str, Any]]:
    choices = (CHOICES["op"], CHOICES["signed"], WIDTHS, (64, 32), ORDERS)
    for arch, (op, signed, width, register_width, guest) in product(archs, product(*choices)):
        if impossible(op, width, signed, register_width, arch):
            continue
        # a device of the guest's order: its value is then the one that the guest loads
        setup = Setup(op, width, guest, device=guest, signed=signed,
                      register_width=register_width, arch=arch)  # fmt: skip
        for value in _values(setup):
            story = setup.trace(value)
            data = story.mmio_data
            answers = (
                *(arch, op, width, guest, signed, register_width),
                *(hex(story.register), data.hex(" ")),
                *(hex(from_memory(data, order)) for order in ORDERS),
            )
            yield dict(zip(FIELDS, answers, strict=True))


def _values(setup: Setup) -> Iterable[int]:
    if setup.op == "store":
        return [value & (1 << 8 * SLOTS[setup.arch]) - 1 for value in _VALUES]
    whole = 1 << 8 * setup.width
    edges = (whole >> 1, (whole >> 1) - 1)
    return dict.fromkeys((*(value % whole for value in _VALUES), *edges))
