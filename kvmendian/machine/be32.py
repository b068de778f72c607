"""BE-32, the big-endian mode before BE-8: word-invariant, so addresses move and data do not."""

from __future__ import annotations

from kvmendian.errors import SetupError, bytes_like, fits, one_of, show

from .guest import store

_LARGEST = 1 << 20  # bytes of memory


def be32_address(address: int, width: int) -> int:
    """Return where a BE-32 access of 1, 2 or 4 bytes really goes: its address XOR 3, 2 or 0.

    BE-32 (SCTLR.B) is *word-invariant*: data stay little-endian, and the address of anything
    smaller than a word moves within its word. BE-8 (CPSR.E) is *byte-invariant*: the address
    stays, the element's bytes are reversed. Armv7 has no BE-32. Source: QEMU, `gen_aa32_addr`.
    Raises `SetupError` for an address that is not aligned.

    >>> [be32_address(address, 1) for address in range(4)], be32_address(0, 2), be32_address(0, 4)
    ([3, 2, 1, 0], 2, 0)
    """
    width, address = one_of("width", width, (4, 2, 1)), fits("address", address, 32)
    if address % width:
        given = f"address={address:#x} with width={width}"
        raise SetupError(given, "a multiple of the width", f"address={address - address % width}")
    return address ^ (4 - width)


def be32_store(memory: bytes, address: int, value: int, width: int) -> bytes:
    """Return memory (whole words, the first at address 0) after a BE-32 store.

    The guest's own byte loads read as under BE-8; a device or VMM sees another order in memory.
    Raises `SetupError` for memory that is no whole words, or does not hold the address.

    >>> store(0x11223344, 4, "little").hex(" "), store(0x11223344, 4, "big").hex(" ")
    ('44 33 22 11', '11 22 33 44')
    >>> memory = be32_store(bytes(4), 0, 0x11223344, 4)
    >>> memory.hex(" "), [hex(memory[be32_address(address, 1)]) for address in range(4)]
    ('44 33 22 11', ['0x11', '0x22', '0x33', '0x44'])
    """
    value, start = fits("value", value, 32), be32_address(address, width)
    memory = bytes_like("memory", memory, range(4, _LARGEST + 1, 4))
    if start >= len(memory):
        given = f"address={address:#x} in memory={show(memory)}"
        raise SetupError(given, "an address within the memory", "address=0")
    return memory[:start] + store(value, width, "little") + memory[start + width :]
