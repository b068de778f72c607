"""Who reads the bytes of `mmio.data`: one buffer, and what each consumer makes of it.

QEMU needs the device's order and nobody else's; a VMM that casts gets an integer of its host; the
kernel's own GIC is little-endian and must say so; an ioeventfd compares as the host does.

What `qemu` and `vgic` have is named here again: `mmio.data` goes in, 1, 2, 4 or 8 bytes in address
order, and unsigned integers come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmendian.display import Table, Tabular
from kvmendian.errors import SetupError, one_of, show
from kvmendian.model.lanes import from_memory

from .qemu import Access, Emulator, MemoryRegion
from .vgic import VGIC_ERAS, gicv_write, vgic_read, vgic_write

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

__all__ = [
    "VGIC_ERAS",
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
    one_of("host", host, ("little", "big"))
    if not isinstance(data, bytes) or len(data) not in (1, 2, 4, 8):
        raise SetupError(f"data={show(data)}", "bytes, 1, 2, 4 or 8 of them", "data=bytes(4)")
    return from_memory(data, host)


def ioeventfd_matches(data: bytes, datamatch: int, host: ByteOrder) -> bool:
    """Say whether an ioeventfd fires: the kernel compares an integer of the host's order.

    So a VMM must store into `datamatch` what the host would load (Linux virt/kvm/eventfd.c; QEMU
    b680c5ba5494, 13 Mar 2015). Raises `SetupError` as `host_cast` does.

    >>> ioeventfd_matches(bytes.fromhex("44332211"), 0x11223344, "little")
    True
    """
    return host_cast(data, host) == datamatch


@dataclass(frozen=True, repr=False)
class Comparison(Tabular):
    """What each consumer makes of one buffer: (consumer, integer), and as text a table.

    >>> compare(bytes.fromhex("1122"), host="big").readings[0]
    ('QEMU, little device', 8721)
    """

    data: bytes
    host: ByteOrder
    target: ByteOrder
    readings: tuple[tuple[str, int], ...]

    def table(self) -> Table:
        """Return one row a consumer."""
        digits = 2 * len(self.data) + 2
        caption = f"mmio.data {self.data.hex(' ')}, host {self.host}, target {self.target}"
        rows = tuple((name, f"{value:#0{digits}x}") for name, value in self.readings)
        return Table(caption, ("consumer", "integer"), rows)


def compare(data: bytes, *, host: ByteOrder, target: ByteOrder = "little") -> Comparison:
    """Give one buffer to every consumer that can take it.

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
      vGIC from v4.7               0x2211
    """
    emulator, cast = Emulator(host, target), host_cast(data, host)
    readings = []
    for endianness in ("little", "big", "native"):
        region = MemoryRegion(endianness, valid_max_access_size=8, impl_max_access_size=8)
        (seen,) = emulator.write(data, region)
        readings.append((f"QEMU, {endianness} device", seen.value))
    readings.append(("a VMM that casts; ioeventfd", cast))
    names = ("vGIC up to v3.16", "vGIC v3.17 to v4.6", "vGIC from v4.7")
    for name, era in zip(names, VGIC_ERAS, strict=True):
        if era == "v4.7" or len(data) <= 4:
            readings.append((name, vgic_write(data, era=era, host=host)))
    return Comparison(data, host, target, tuple(readings))
