"""The lane algebra: the only place that permutes bytes.

A *lane* is the identity of a byte, not its content. Every step between a guest register and a
device register moves, drops or fills bytes without looking at them, so a step is a function on
tuples of lanes, and a whole path is a composition of such steps. Values are put in at the end.

Lanes are small integers:

* 0 to 7: byte k of the source value; 0 is the least significant
* 8: `ZERO`, a byte filled with zeros
* 9 to 16: the sign fill of byte k: 0xff if bit 7 of that byte is set, else 0x00
* 17 to 24: byte k of a second value (the other register of a pair, or a word that a learner's
  function computed)
* 26 to 33: the sign fill of byte k of the second value

Two kinds of tuples use them, and only `store` and `load` go between the two:

* an **integer** has 8 lanes, index 0 the least significant; it has no addresses;
* **bytes** have as many lanes as bytes, index 0 the lowest address.

Widths are in bytes, and an order is `"little"` or `"big"`. Every access goes through here, so
checks are cheap: byte orders, widths and values raise `SetupError`. Lanes themselves come from
here, and are not checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from kvmendian.errors import bytes_like, integer as checked, one_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ByteOrder: TypeAlias = Literal["little", "big"]
Arch: TypeAlias = Literal["arm64", "arm"]
"""Whose KVM: 64-bit, or the 32-bit arch/arm of the thread."""
"""Which byte has the lowest address: the least significant, or the most significant."""
Lane: TypeAlias = int
"""The identity of a byte, 0 to 33."""
Lanes: TypeAlias = tuple[Lane, ...]
"""An integer, index 0 the least significant; or bytes, index 0 the lowest address."""

_LITTLE: ByteOrder = "little"
_BIG: ByteOrder = "big"
ORDERS: tuple[ByteOrder, ByteOrder] = (_LITTLE, _BIG)

WORD = 8
"""Bytes in an integer: arm64 keeps every general register in a 64-bit slot."""

SOURCE: Lanes = tuple(range(WORD))
"""The source value, an integer of 8 lanes."""
ZERO: Lane = 8
"""A byte filled with zeros."""
SECOND: Lanes = tuple(range(17, 25))
"""The second value, an integer of 8 lanes."""

_TO_SIGN = 9  # from a byte's lane to the lane of its sign fill
_SIGNS = bytes(128) + b"\xff" * 128  # translation table: bit 7 of a byte, repeated eight times
_REST = bytes(256 - 34)  # pads the 34 lanes to the 256 entries that bytes.translate() wants


def opposite(order: ByteOrder) -> ByteOrder:
    """Return the other byte order. Raises `SetupError` for what is none.

    >>> opposite("little")
    'big'
    """
    return _BIG if one_of("order", order, ORDERS) is _LITTLE else _LITTLE


# --- moving bytes ------------------------------------------------------------------------------


def store(integer: Lanes, width: int, order: ByteOrder) -> Lanes:
    """Lay the low `width` bytes of an integer out in memory, lowest address first.

    Raises `SetupError` for another order, or a width that is not 1 to 8.

    >>> store(SOURCE, 4, "little"), store(SOURCE, 4, "big")
    ((0, 1, 2, 3), (3, 2, 1, 0))
    """
    if type(width) is not int or not 0 < width <= WORD:
        width = checked("width", width, 1, WORD)
    low = integer[:width]
    if order is _LITTLE:  # the same object in nearly every call, so nothing is compared
        return low
    return low[::-1] if order is _BIG else store(integer, width, one_of("order", order, ORDERS))


def load(memory: Lanes, order: ByteOrder) -> Lanes:
    """Read bytes as one zero-extended integer: the inverse of `store`.

    Raises `SetupError` for another order.

    >>> load((3, 2, 1, 0), "big")
    (0, 1, 2, 3, 8, 8, 8, 8)
    """
    if order is _LITTLE:
        return zero_extend(memory)
    if order is _BIG:
        return zero_extend(memory[::-1])
    return load(memory, one_of("order", order, ORDERS))


def zero_extend(low: Lanes) -> Lanes:
    """Fill an integer up to 8 bytes with zeros.

    >>> zero_extend((0, 1))
    (0, 1, 8, 8, 8, 8, 8, 8)
    """
    return low + (ZERO,) * (WORD - len(low))


def truncate(integer: Lanes, width: int) -> Lanes:
    """Keep the low `width` bytes and clear the rest: C's cast to u8, u16, u32, u64.

    >>> truncate(SOURCE, 2)
    (0, 1, 8, 8, 8, 8, 8, 8)
    """
    if type(width) is not int or not 0 < width <= WORD:
        width = checked("width", width, 1, WORD)
    low = integer[:width]
    return low + (ZERO,) * (WORD - len(low))


def swap(integer: Lanes, width: int, group: int | None = None) -> Lanes:
    """Reverse the low `width` bytes, in groups of `group` bytes, and clear the rest.

    With `group` left out it is one group: C's `__swab16`, `__swab32`, `__swab64`.

    >>> swap(SOURCE, 4)
    (3, 2, 1, 0, 8, 8, 8, 8)
    >>> swap(SOURCE, 4, group=2)  # REV16
    (1, 0, 3, 2, 8, 8, 8, 8)
    """
    if type(width) is not int or not 0 < width <= WORD:
        width = checked("width", width, 1, WORD)
    step = width if group is None else checked("group", group, 1, width)
    parts = (integer[start : start + step][::-1] for start in range(0, width, step))
    return zero_extend(tuple(lane for part in parts for lane in part))


def sign_of(lane: Lane) -> Lane:
    """Return the lane that repeats bit 7 of `lane`; a fill is its own sign.

    >>> sign_of(3), sign_of(ZERO), sign_of(sign_of(3))
    (12, 8, 12)
    """
    return lane + _TO_SIGN if lane in SOURCE or lane in SECOND else lane


def sign_extend(integer: Lanes, width: int) -> Lanes:
    """Repeat the top bit of the low `width` bytes in all bytes above.

    The kernel computes it as `(x ^ mask) - mask`, which leaves `x` as it is where the byte with
    the sign bit is a zero fill; so does this. (Not for 4 bytes with more above them, where C's
    mask is a negative int: `reasons.arithmetic` says so.)

    >>> sign_extend((0, 1, 8, 8, 8, 8, 8, 8), 2)
    (0, 1, 10, 10, 10, 10, 10, 10)
    """
    if type(width) is not int or not 0 < width <= WORD:
        width = checked("width", width, 1, WORD)
    top = integer[width - 1]
    if top == ZERO:
        return integer
    return integer[:width] + (sign_of(top),) * (WORD - width)


def concat(*memories: Lanes) -> Lanes:
    """Put pieces of memory one after the other, the first at the lowest address.

    A register file is `concat(store(x0, 8, host), store(x1, 8, host), …)`.

    >>> concat(store(SOURCE, 2, "big"), store(SECOND, 2, "big"))
    (1, 0, 18, 17)
    """
    return tuple(lane for memory in memories for lane in memory)


# --- putting values in -------------------------------------------------------------------------


def letter(lane: Lane) -> str:
    """Name a lane as pictures and text name it.

    >>> [letter(lane) for lane in (0, 7, ZERO, 9, 17)]
    ['A', 'H', '0', 'sA', 'A2']
    """
    if lane in SOURCE:
        return "ABCDEFGH"[lane]
    if lane in SECOND:
        return "ABCDEFGH"[lane - SECOND[0]] + "2"
    return "0" if lane == ZERO else "s" + letter(lane - _TO_SIGN)


def palette(value: int | bytes, second: int | bytes = 0) -> bytes:
    """Return the content of every lane for one value: 256 bytes, index = lane.

    An integer below 2**64 gives its byte k to lane k; bytes (8 at the most) the one at address k.

    >>> palette(0x80)[:10].hex()
    '800000000000000000ff'
    """
    try:
        first, other = (
            v.ljust(WORD, b"\0") if isinstance(v, bytes) else v.to_bytes(WORD, "little")
            for v in (value, second)
        )
    except (
        AttributeError,
        TypeError,
        OverflowError,
    ):  # another library's integer, or none that fits
        return palette(checked("value", value), checked("second", second))
    signs = first.translate(_SIGNS), other.translate(_SIGNS)
    return b"".join((first, b"\0", signs[0], other, b"\0", signs[1], _REST))


def evaluate(lanes: Lanes, value: int | bytes, second: int | bytes = 0) -> bytes:
    """Return the content of `lanes`, in their order, for a value as `palette` takes it.

    >>> evaluate((3, 2, 1, 0), 0x11223344).hex(" ")
    '11 22 33 44'
    """
    return bytes(lanes).translate(palette(value, second))


def as_int(integer: Lanes, value: int | bytes, second: int | bytes = 0) -> int:
    """Return an integer's value, unsigned, from lanes with the least significant first.

    >>> hex(as_int(swap(SOURCE, 4), 0x11223344))
    '0x44332211'
    """
    return int.from_bytes(evaluate(integer, value, second), "little")


def to_memory(value: int, width: int, order: ByteOrder) -> bytes:
    """Store the low `width` bytes (8 at the most) of a value: what they hold, by address.

    Raises `SetupError` for a value of over 64 bits, another width or order.

    >>> to_memory(0x1122, 2, "big").hex(" ")
    '11 22'
    """
    number = value if type(value) is int else checked("value", value)
    return evaluate(store(SOURCE, width, order), number)


def from_memory(data: bytes, order: ByteOrder) -> int:
    """Load bytes (8 at the most) as an unsigned integer.

    Raises `SetupError` for what is not bytes, and for another order.

    >>> hex(from_memory(bytes.fromhex("1122"), "little"))
    '0x2211'
    """
    if type(data) is not bytes or len(data) > WORD:
        data = bytes_like("data", data, range(WORD + 1))
    return as_int(load(SOURCE[: len(data)], order), data)


def gather(lanes: Lanes, values: NDArray[np.unsignedinteger]) -> NDArray[np.uint8]:
    """Evaluate lanes for many values at once.

    `values` has shape (N,) and an unsigned dtype; the result has shape (N, len(lanes)), one row
    a value, in the order of `lanes`. A run of lanes up or down is one numpy cast (a copy, or a
    copy that swaps); anything else is gathered lane by lane.

    >>> import numpy as np
    >>> gather((3, 2, 1, 0), np.array([0x11223344], dtype=np.uint32))
    array([[17, 34, 51, 68]], dtype=uint8)
    """
    import numpy as np  # noqa: PLC0415 - numpy loads only where arrays are used

    n = len(lanes)
    first, last = lanes[0], lanes[-1]
    start = min(first, last)
    runs: dict[Lanes, str] = {
        tuple(range(start, start + n)): "<",
        tuple(range(start + n - 1, start - 1, -1)): ">",
    }
    if n in (1, 2, 4, 8) and lanes in runs and start + n <= WORD:
        moved = values if start == 0 else values.astype(np.uint64) >> np.uint64(8 * start)
        native = moved.astype(f"u{n}")  # C's truncation, and always a copy
        big = np.dtype(f">u{n}")
        swaps = (runs[lanes] == ">") != (native.dtype == big)
        return (native.byteswap(inplace=True) if swaps else native).view(np.uint8).reshape(-1, n)
    source = values.astype("<u8").view(np.uint8).reshape(-1, WORD)
    out = np.zeros((len(source), n), dtype=np.uint8)
    for column, lane in enumerate(lanes):
        if lane in SOURCE:
            out[:, column] = source[:, lane]
        elif lane != ZERO:
            out[:, column] = (source[:, lane - _TO_SIGN] >> 7) * np.uint8(0xFF)
    return out
