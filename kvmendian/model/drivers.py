"""What the guest's driver does to a value: Linux's accessors, used rightly and wrongly.

Linux's writel and readl are made for little-endian devices: on a little kernel they reverse
nothing, on a big one always (arch/arm64/include/asm/io.h: cpu_to_le32 before __raw_writel,
le32_to_cpu after __raw_readl; no name for one byte). iowrite32be and ioread32be are the same for
big devices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .lanes import ByteOrder
    from .setups import Setup

_LETTER = {1: "b", 2: "w", 4: "l", 8: "q"}


class Turn(NamedTuple):
    """One step of the driver that could reverse: who takes it, and where its result rests.

    `why` is for the ledger, `says` the sentence of the place. In the order of travel.

    >>> from kvmendian.model.setups import Setup
    >>> turn = turns(Setup(guest="big", driver="accessor"))[0]
    >>> turn.who, turn.place, turn.swapped, turn.needed
    ('writel', 'x0', True, True)
    """

    who: str
    place: str
    swapped: bool
    needed: bool
    why: str
    says: str


def made_for(s: Setup) -> ByteOrder:
    """Return the order of the devices that the driver's accessor is made for.

    >>> from kvmendian.model.setups import Setup
    >>> made_for(Setup(device="big", driver="little-accessor"))
    'little'
    """
    return "little" if s.driver == "little-accessor" else s.device_order


def accessor(s: Setup) -> str:
    """Return Linux's accessor that the driver calls: for its order of device and this width.

    >>> from kvmendian.model.setups import Setup
    >>> accessor(Setup()), accessor(Setup(device="big", op="load"))
    ('writel', 'ioread32be')
    """
    verb = "write" if s.op == "store" else "read"
    if made_for(s) == "little":
        return verb + _LETTER[s.width]
    return f"io{verb}{8 * s.width}" + ("be" if s.width > 1 else "")


def conversion(s: Setup) -> str:
    """Return Linux's conversion between the CPU's order and the device's; one byte has none.

    >>> from kvmendian.model.setups import Setup
    >>> conversion(Setup()), conversion(Setup(device="big", op="load", width=2))
    ('cpu_to_le32', 'be16_to_cpu')
    """
    order = f"{s.device_order[0]}e{8 * s.width}"
    return f"cpu_to_{order}" if s.op == "store" else f"{order}_to_cpu"


def turns(s: Setup) -> tuple[Turn, ...]:
    """Return the driver's steps that could reverse, in the order of travel; a raw one has none.

    >>> from kvmendian.model.setups import Setup
    >>> [t.who for t in turns(Setup(op="load", driver="double-swap"))]
    ['readl', 'le32_to_cpu']
    """
    if s.driver == "raw":
        return ()
    twice = s.driver == "double-swap" and s.width > 1
    last = s.register_name if s.op == "store" else "value"
    if not twice:
        return (_accessor(s, last),)
    if s.op == "store":
        return _conversion(s, "value′"), _accessor(s, last)
    return _accessor(s, "value′"), _conversion(s, last)


def _accessor(s: Setup, place: str) -> Turn:
    name, guest, device, order = accessor(s), s.guest, s.device_order, made_for(s)
    swapped, needed = s.width > 1 and guest != order, s.width > 1 and guest != device
    if s.width == 1:
        why, says = "one byte: nothing to swap", "One byte has no order: nothing to reverse."
        return Turn(name, place, swapped, needed, why, says)
    if order != device:
        why = f"{name} takes every device for {order}; guest is {guest}, device is {device}"
        does = f"reverses a {guest} guest's bytes" if swapped else f"leaves a {guest} guest's alone"
        says = f"{name} is made for {order} devices: it {does}{_sign(s) if swapped else ''}."
        return Turn(name, place, swapped, needed, why, says)
    return Turn(name, place, swapped, needed, _orders(s), _says(s, "the accessor"))


def _conversion(s: Setup, place: str) -> Turn:
    name, swapped = conversion(s), s.guest != s.device_order
    why = f"{accessor(s)} does the same, so the two cancel" if swapped else _orders(s)
    return Turn(name, place, swapped, needed=False, why=why, says=_says(s, name))


def _orders(s: Setup) -> str:
    if s.guest == s.device_order:
        return f"guest and device are both {s.guest}"
    return f"guest is {s.guest}, device is {s.device_order}"


def _says(s: Setup, who: str) -> str:
    orders = _orders(s)
    does = "leaves the value alone"
    if s.guest != s.device_order:
        does = f"reverses the bytes{_sign(s)}"
    return f"{orders[0].upper()}{orders[1:]}: {who} {does}."


def _sign(s: Setup) -> str:
    return ", and their sign is extended anew" if s.signed else ""
