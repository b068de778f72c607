"""The kernel's own GIC as a reader of `mmio.data`, era by era, and the GICV proxy at EL2.

Sources: virt/kvm/arm/vgic.c before and after 1c9f04717ca8 (12 Jun 2014), vgic/vgic-mmio.c (v4.7),
arch/arm64/kvm/hyp/vgic-v2-cpuif-proxy.c before and after b220244d4179 (2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from kvmendian.errors import SetupError, fits, one_of, show
from kvmendian.model.designs import DESIGNS, swab
from kvmendian.model.lanes import from_memory, to_memory

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

VgicEra: TypeAlias = Literal["v3.16", "v4.6", "v4.7"]
"""One of `VGIC_ERAS`."""
_ORDERS = ("little", "big")

VGIC_ERAS: tuple[VgicEra, ...] = ("v3.16", "v4.6", "v4.7")
"""Up to v3.16; v3.17 to v4.6 (1c9f04717ca8); the new vGIC, from v4.7 on."""


def vgic_write(data: bytes, *, era: VgicEra, host: ByteOrder) -> int:
    """Return what a guest's write leaves in a GIC register, from the bytes of the buffer.

    Before v4.7 the buffer is read as 32 bits (bytes beyond the access count as zeros here). Raises
    `SetupError` for another era or order, and for sizes that an era does not take.

    >>> [hex(vgic_write(bytes.fromhex("44332211"), era=e, host="big")) for e in VGIC_ERAS]
    ['0x44332211', '0x11223344', '0x11223344']
    """
    one_of("era", era, VGIC_ERAS)
    one_of("host", host, _ORDERS)
    if not isinstance(data, bytes) or len(data) not in (1, 2, 4, 8):
        raise SetupError(f"data={show(data)}", "bytes, 1, 2, 4 or 8 of them", "data=bytes(4)")
    if era == "v4.7":
        return from_memory(data, "little")
    _old_width(len(data), era)
    word = from_memory(data.ljust(4, b"\0"), host if era == "v3.16" else "little")
    return word & (1 << 8 * len(data)) - 1


def vgic_read(value: int, width: int, *, era: VgicEra, host: ByteOrder) -> bytes:
    """Return the first `width` bytes of the buffer after a GIC register was read.

    From v3.17 to v4.6 the code masked *after* it had swapped, so that on a big-endian host reads
    of one and two bytes gave zeros. That follows from the source text; no bug report was found.
    Raises `SetupError` as `vgic_write` does.

    >>> [vgic_read(0x11223344, 2, era=era, host="big").hex() for era in VGIC_ERAS]
    ['0000', '0000', '4433']
    """
    one_of("era", era, VGIC_ERAS)
    one_of("host", host, _ORDERS)
    one_of("width", width, (4, 1, 2, 8))
    fits("value", value, 64)
    mask = (1 << 8 * width) - 1
    if era == "v4.7":
        return to_memory(value & mask, width, "little")
    _old_width(width, era)
    stored = value & 0xFFFFFFFF
    if era == "v4.6" and host == "big":
        stored = swab(stored, 4)  # cpu_to_le32
    return to_memory(stored & mask, 4, host)[:width]


def gicv_write(
    register: int, *, guest: ByteOrder, host: ByteOrder, before_2018: bool = False
) -> int:
    """Return what GICV gets through the proxy at EL2, for an aligned access of four bytes.

    The destination is a *value* handed to `writel`, no memory: swapping for a big guest, whatever
    the host, is right here. Before b220244d4179 the register went through `vcpu_data_guest_to_host`
    and was swapped twice, or not at all, on a big host. Raises `SetupError` for another order, or
    a register of more than 64 bits.

    >>> hex(gicv_write(0x11223344, guest="big", host="big"))
    '0x44332211'
    """
    one_of("guest", guest, _ORDERS)
    one_of("host", host, _ORDERS)
    fits("register", register, 64)
    if before_2018:
        return DESIGNS["merged-2014"].convert("store", register, 4, guest, host)
    return swab(register, 4) if guest == "big" else register & 0xFFFFFFFF


def _old_width(width: int, era: str) -> None:
    if width > 4:
        raise SetupError(f"{width} bytes, era={era!r}", "up to 4 bytes before v4.7", 'era="v4.7"')
