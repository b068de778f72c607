"""Who reads the bytes of `mmio.data`: one buffer, and what each consumer makes of it.

QEMU needs the device's order and nobody else's; a VMM that casts gets an integer of its host; the
kernel's own GIC is little-endian and must say so; an ioeventfd compares as the host does. And who
reads them wrongly: `VMM_MISTAKES`.

What `qemu`, `vgic` and `vmm` have is named here again: `mmio.data` goes in, 1, 2, 4 or 8 bytes in
address order, and unsigned integers come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmendian.display import Table, Tabular
from kvmendian.errors import SetupError, bytes_like, fits, one_of
from kvmendian.model.lanes import ORDERS, from_memory

from .qemu import Access, Emulator, MemoryRegion
from .vgic import VGIC_ERAS, gicv_write, vgic_read, vgic_write
from .vmm import VMM_MISTAKES

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

__all__ = [
    "VGIC_ERAS",
    "VMM_MISTAKES",
    "Access",
    "Comparison",
    "Emulator",
    "MemoryRegion",
    "compare",
    "gicv_write",
    "host_cast",
    "ioeventfd_matches",
    "vgic_read",
    "vgic_write",
]


def host_cast(data: bytes, host: ByteOrder) -> int:
    """Return what a VMM gets by `*(uint32_t *)mmio.data`: an integer of its host's order.

    Raises `SetupError` for other than 1, 2, 4 or 8 bytes, or another order.

    >>> hex(host_cast(bytes.fromhex("44332211"), "big"))
    '0x44332211'
    """
    host = one_of("host", host, ORDERS)
    return from_memory(bytes_like("data", data), host)


def ioeventfd_matches(
    data: bytes, datamatch: int | None, host: ByteOrder, *, length: int | None = None
) -> bool:
    """Say whether an ioeventfd at this address fires: it compares an integer of the host's order.

    So a VMM must store into `datamatch` what the host would load (QEMU b680c5ba5494, 13 Mar 2015).
    `datamatch` is an integer that fits `length`, or None for any data (the flag is not set).
    `length`, 1, 2, 4 or 8 bytes, must be that of the write; left out, it is. 0 matches any length,
    and so any data: KVM refuses it beside a `datamatch` (EINVAL), and so does this, as a
    `SetupError`. Source: Linux, virt/kvm/eventfd.c, `ioeventfd_in_range`, `kvm_assign_ioeventfd`.

    >>> ioeventfd_matches(bytes.fromhex("44332211"), 0x11223344, "little")
    True
    >>> [ioeventfd_matches(bytes(4), None, "little", length=n) for n in (0, 2, 4)]
    [True, False, True]
    """
    value, written = host_cast(data, host), len(bytes_like("data", data))
    wanted = written if length is None else one_of("length", length, (0, 1, 2, 4, 8))
    if datamatch is not None:
        if not wanted:
            given = "a datamatch with length=0"
            raise SetupError(given, "datamatch=None where any length matches", "datamatch=None")
        datamatch = fits("datamatch", datamatch, 8 * wanted)
    return not wanted or (written == wanted and datamatch in (None, value))


@dataclass(frozen=True, repr=False)
class Comparison(Tabular):
    """What each consumer makes of one buffer: (consumer, integer), and as text a table.

    None instead of an integer: this consumer ignores a write of that length.

    >>> compare(bytes.fromhex("1122"), host="big").readings[-1]
    ('vGIC from v4.7', None)
    """

    data: bytes
    host: ByteOrder
    target: ByteOrder
    readings: tuple[tuple[str, int | None], ...]

    def table(self) -> Table:
        """Return one row a consumer."""
        digits = 2 * len(self.data) + 2
        caption = f"mmio.data {self.data.hex(' ')}, host {self.host}, target {self.target}"
        rows = tuple(
            (name, "ignored" if value is None else f"{value:#0{digits}x}")
            for name, value in self.readings
        )
        return Table(caption, ("consumer", "integer"), rows)


def compare(data: bytes, *, host: ByteOrder, target: ByteOrder = "little") -> Comparison:
    """Give one buffer, 1, 2, 4 or 8 bytes, to every consumer that can take it.

    Raises `SetupError` for other than 1, 2, 4 or 8 bytes, or another order.

    >>> print(compare(bytes.fromhex("1122"), host="big"))
    mmio.data 11 22, host big, target little
      consumer                     integer
      QEMU, little device          0x2211
      QEMU, big device             0x1122
      QEMU, native device          0x2211
      a VMM that casts; ioeventfd  0x1122
      vGIC up to v3.16             0x0000
      vGIC v3.17 to v4.6           0x2211
      vGIC from v4.7               ignored
    """
    emulator, data = Emulator(host, target), bytes_like("data", data)
    readings: list[tuple[str, int | None]] = []
    for endianness in ("little", "big", "native"):
        region = MemoryRegion(endianness, valid_max_access_size=8, impl_max_access_size=8)
        (seen,) = emulator.write(data, region)
        readings.append((f"QEMU, {endianness} device", seen.value))
    readings.append(("a VMM that casts; ioeventfd", host_cast(data, host)))
    names = ("vGIC up to v3.16", "vGIC v3.17 to v4.6", "vGIC from v4.7")
    for name, era in zip(names, VGIC_ERAS, strict=True):
        if era != "v3.16" or len(data) <= 4:
            readings.append((name, vgic_write(data, era=era, host=host)))
    return Comparison(data, emulator.host, emulator.target, tuple(readings))
