"""QEMU's road from the bytes of `mmio.data` to a device's callbacks, as of 2014 and of today.

Sources: system/physmem.c and system/memory.c at ece408818d (Feb 2026); exec.c and memory.c at
492044581c (Jan 2014). Addresses are offsets in the region; sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from kvmendian.errors import SetupError, ask, bytes_like, instance, integer, one_of, show
from kvmendian.model.designs import swab
from kvmendian.model.lanes import ORDERS, from_memory, to_memory

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

Read: TypeAlias = Callable[[int, int], int]
"""`read(address, size)`: what a device's callback answers, an integer."""


@dataclass(frozen=True)
class MemoryRegion:
    """A device as QEMU's `MemoryRegionOps` declares it; 0 is QEMU's "not given".

    `endianness` is little, big or native: native is the order of the emulator's *target*, never of
    its host. `valid` limits what a guest may do, `impl` what the device's callbacks take; a maximum
    that is not given is any for `valid`, and 4 for `impl`. Raises `SetupError`, also where a
    minimum is above its maximum.

    >>> MemoryRegion("native").order(target="big")
    'big'
    """

    endianness: Literal["little", "big", "native"] = "native"
    valid_min_access_size: int = 0
    valid_max_access_size: int = 0
    valid_unaligned: bool = False
    impl_min_access_size: int = 0
    impl_max_access_size: int = 0
    impl_unaligned: bool = False

    def __post_init__(self) -> None:
        sizes = ("valid_min", "valid_max", "impl_min", "impl_max")
        for name, allowed in (
            ("endianness", ("little", "big", "native")),
            *((f"{size}_access_size", (0, 1, 2, 4, 8)) for size in sizes),
            ("valid_unaligned", (False, True)),
            ("impl_unaligned", (False, True)),
        ):
            object.__setattr__(self, name, one_of(name, getattr(self, name), allowed))
        for kind, least, most in (
            ("valid", self.valid_min_access_size, self.valid_max_access_size or 8),
            ("impl", self.impl_min_access_size, self.impl_max_access_size or 4),
        ):
            if least > most:
                given = f"{kind}_min_access_size={least} above the maximum, {most}"
                hint = f"{kind}_min_access_size={most}"
                raise SetupError(given, "a minimum up to the maximum", hint)

    def order(self, target: ByteOrder) -> ByteOrder:
        """Return the device's order with native resolved, as `devend_big_endian`."""
        target = one_of("target", target, ORDERS)
        return target if self.endianness == "native" else self.endianness


class Access(NamedTuple):
    """One call of a device's callback: where, how many bytes, which integer.

    >>> region = MemoryRegion("little", impl_max_access_size=2)
    >>> [hex(call.value) for call in Emulator().write(bytes.fromhex("44332211"), region)]
    ['0x3344', '0x1122']
    """

    address: int
    size: int
    value: int

    def __repr__(self) -> str:
        """Show the integer as devices' authors write it."""
        return f"Access(address={self.address:#x}, size={self.size}, value={self.value:#x})"


@dataclass(frozen=True)
class Emulator:
    """A QEMU: on which host it runs, for which target it was built, and from which time it is.

    In 2014 it loaded the bytes in the *target's* order and swapped for devices of the other one;
    since August 2019 it loads in the *host's* order and swaps for devices of another. Both come
    to the same: a device sees the bytes in its own order. Raises `SetupError` for another order
    or time.

    >>> Emulator(host="big").write(bytes.fromhex("44332211"), MemoryRegion("little"))
    (Access(address=0x0, size=4, value=0x11223344),)
    """

    host: ByteOrder = "little"
    target: ByteOrder = "little"
    era: Literal["today", "2014"] = "today"

    def __post_init__(self) -> None:
        for name, allowed in (("host", ORDERS), ("target", ORDERS), ("era", ("today", "2014"))):
            object.__setattr__(self, name, one_of(name, getattr(self, name), allowed))

    def write(self, data: bytes, region: MemoryRegion, address: int = 0) -> tuple[Access, ...]:
        """Return the writes that a device sees of one exit, in the order of the calls.

        `data` are the bytes of `mmio.data`, 1, 2, 4 or 8 of them. A piece that the region does not
        accept is dropped. Raises `SetupError` for other data, or a negative address.

        >>> Emulator().write(bytes.fromhex("1122"), MemoryRegion("big"), address=4)[0].value
        4386
        """
        data, address = bytes_like("data", data), integer("address", address)
        region = instance("region", region, MemoryRegion, "MemoryRegion('little')")
        order, seen = region.order(self.target), []
        for start, size in _pieces(len(data), address, region):
            if not _accepted(start, size, region):
                continue
            piece = data[start - address : start - address + size]
            value = self._adjusted(from_memory(piece, self._loads), size, order)
            step = _step(size, region)
            image = to_memory(value, size, order).ljust(step, b"\0")
            seen += [
                Access(start + at, step, from_memory(image[at : at + step], order))
                for at in range(0, size, step)
            ]
        return tuple(seen)

    def read(self, read: Read, size: int, region: MemoryRegion, address: int = 0) -> bytes:
        """Return what goes into `mmio.data` for a read; zeros for a piece that is not accepted.

        `read(address, size)` is the device's callback. It answers with an unsigned integer of up to
        64 bits, of which QEMU takes the low `size` bytes; whatever it raises is a `SetupError`.

        >>> Emulator().read(lambda address, size: 0x1122, 2, MemoryRegion("big")).hex()
        '1122'
        """
        size, address = one_of("size", size, (1, 2, 4, 8)), integer("address", address)
        region = instance("region", region, MemoryRegion, "MemoryRegion('little')")
        if not callable(read):
            allowed = "a function of an address and a size, which returns an integer"
            raise SetupError(f"read={show(read)}", allowed, "read=lambda address, size: 0x11")
        order, data = region.order(self.target), b""
        for start, part in _pieces(size, address, region):
            value = 0
            if _accepted(start, part, region):
                step = _step(part, region)
                mask = (1 << 8 * step) - 1
                answers = (_answer(read, start + at, step) & mask for at in range(0, part, step))
                image = b"".join(to_memory(answer, step, order) for answer in answers)[:part]
                value = self._adjusted(from_memory(image, order), part, order)
            data += to_memory(value, part, self._loads)
        return data

    @property
    def _loads(self) -> ByteOrder:
        """The order of QEMU's own load or store: `ldl_p` of the target, now `ldn_he_p`."""
        return self.target if self.era == "2014" else self.host

    def _adjusted(self, value: int, size: int, order: ByteOrder) -> int:
        """Swap where the device's order is not the load's: `adjust_endianness`."""
        return swab(value, size) if order != self._loads else value


def _pieces(size: int, address: int, region: MemoryRegion) -> list[tuple[int, int]]:
    """Split an access as the loop over `memory_access_size` does: (address, size), upwards."""
    found, end = [], address + size
    while address < end:
        most = region.valid_max_access_size or 4
        if not region.impl_unaligned and address:
            most = min(most, address & -address)
        part = min(end - address, most)
        part = 1 << (part.bit_length() - 1)
        found.append((address, part))
        address += part
    return found


def _answer(read: Read, address: int, size: int) -> int:
    hint = "read=lambda address, size: 0x11"
    answer = ask("read", read, address, size, hint=hint)
    try:
        return integer("read", answer)
    except SetupError as error:
        raise SetupError(f"read returned {show(answer)}", error.allowed, hint) from None


def _accepted(address: int, size: int, region: MemoryRegion) -> bool:
    """Say whether the region takes this access: `memory_region_access_valid`."""
    if not region.valid_unaligned and address & (size - 1):
        return False
    most = region.valid_max_access_size
    return not most or region.valid_min_access_size <= size <= most


def _step(size: int, region: MemoryRegion) -> int:
    """Return the size of the device's callbacks: `access_with_adjusted_size`."""
    return max(min(size, region.impl_max_access_size or 4), region.impl_min_access_size or 1)
