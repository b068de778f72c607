"""The kernel's own GIC as a reader of `mmio.data`, era by era, and the GICV proxy at EL2.

Sources: virt/kvm/arm/vgic.c before and after 1c9f04717ca8 (12 Jun 2014), `mmio_data_read`,
`mmio_data_write`, `vgic_handle_mmio`, `call_range_handler`; vgic/vgic-mmio.c (v4.7),
`check_region`, `vgic_data_mmio_bus_to_host`; arch/arm64/kvm/hyp/vgic-v2-cpuif-proxy.c before and
after b220244d4179 (2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from kvmendian.errors import SetupError, bytes_like, fits, one_of
from kvmendian.model.designs import swab
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.lanes import ORDERS, from_memory, to_memory

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

VgicEra: TypeAlias = Literal["v3.16", "v4.6", "v4.7"]
"""One of `VGIC_ERAS`."""

VGIC_ERAS: tuple[VgicEra, ...] = ("v3.16", "v4.6", "v4.7")
"""Up to v3.16; v3.17 to v4.6 (1c9f04717ca8); the new vGIC, from v4.7 on.

Eight bytes: up to v3.16 the guest got an abort (`kvm_inject_dabt`), which is a `SetupError` here.
Later the old vGIC split them in two of four, the first at the lower address, whatever host or
guest; from about v4.0, so for the last part of "v4.6". Two bytes: no register of the new vGIC
takes them.
"""


def vgic_write(data: bytes, *, era: VgicEra, host: ByteOrder) -> int | None:
    """Return what a guest's write leaves in a GIC register; None if it is ignored.

    `data` is the buffer, 1, 2, 4 or 8 bytes. Before v4.7 it is read as 32 bits (bytes beyond the
    access count as zeros here). From v4.7 on a write of two bytes is ignored: `check_region` lets
    8, 32 and 64 bits pass, as the register allows, and never 16. Raises `SetupError`.

    >>> [hex(vgic_write(bytes.fromhex("44332211"), era=e, host="big")) for e in VGIC_ERAS]
    ['0x44332211', '0x11223344', '0x11223344']
    >>> vgic_write(bytes(2), era="v4.7", host="big") is None
    True
    """
    era, host = one_of("era", era, VGIC_ERAS), one_of("host", host, ORDERS)
    data = bytes_like("data", data)
    if era == "v4.7":
        return None if len(data) == 2 else from_memory(data, "little")
    if _is_split(len(data), era):
        return from_memory(data, "little")  # two words, each little-endian, the lower one first
    word = from_memory(data.ljust(4, b"\0"), host if era == "v3.16" else "little")
    return word & (1 << 8 * len(data)) - 1


def vgic_read(value: int, width: int, *, era: VgicEra, host: ByteOrder) -> bytes:
    """Return the first `width` bytes of the buffer after a GIC register was read.

    From v3.17 to v4.6 the code masked *after* it had swapped, so that on a big-endian host reads
    of one and two bytes gave zeros. That follows from the source text; no bug report was found.
    From v4.7 on a read of two bytes gives zeros on any host: `check_region` refuses it. Raises
    `SetupError` as `vgic_write` does.

    >>> [vgic_read(0x11223344, 2, era=era, host="big").hex() for era in VGIC_ERAS]
    ['0000', '0000', '0000']
    """
    era, host = one_of("era", era, VGIC_ERAS), one_of("host", host, ORDERS)
    width, value = one_of("width", width, (1, 2, 4, 8)), fits("value", value, 64)
    mask = (1 << 8 * width) - 1
    if era == "v4.7":
        return bytes(2) if width == 2 else to_memory(value & mask, width, "little")
    if _is_split(width, era):
        return to_memory(value, width, "little")
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
    guest, host = one_of("guest", guest, ORDERS), one_of("host", host, ORDERS)
    register = fits("register", register, 64)
    if one_of("before_2018", before_2018, (False, True)):
        return DESIGNS["merged-2014"].convert("store", register, 4, guest, host)
    return swab(register, 4) if guest == "big" else register & 0xFFFFFFFF


def _is_split(width: int, era: str) -> bool:
    if width > 4 and era == "v3.16":
        allowed = "up to 4 bytes until v3.16: more was an abort in the guest"
        raise SetupError(f"{width} bytes, era={era!r}", allowed, "era='v4.6'")
    return width > 4
