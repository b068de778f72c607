"""A 64-bit integer made of lanes, for running a plain integer function on *all* values at once.

A conversion written with `&`, `|`, `^`, `+`, shifts by whole bytes and `swab` runs on a `Word` as
it runs on an `int`, and what comes out says where every byte went: a fact about all 2**64 values.
A function that looks at its data (compares it, adds to it, splits a byte) cannot run on a
`Word`; it gets `NotLanesError`, and the caller tries values instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

from kvmendian.errors import WORD, index, integer

from . import lanes

if TYPE_CHECKING:
    from collections.abc import Callable

_BYTE = 8
_MOST_BITS = 2_048  # a shift beyond needs memory without end


class NotLanesError(TypeError):
    """The operation depends on the content of bytes, or moves parts of them.

    >>> Word(lanes.SOURCE) << 4
    Traceback (most recent call last):
    kvmendian.model.word.NotLanesError
    """


class Word:
    """Lanes with the operators of an unsigned integer, without limit of size as in Python.

    Raises `NotLanesError` where the result is no whole bytes, or depends on what they hold.

    >>> x = Word(lanes.SOURCE)
    >>> [lanes.letter(lane) for lane in ((x & 0xff) << 8 | (x >> 8) & 0xff).lanes()]
    ['B', 'A', '0', '0', '0', '0', '0', '0']
    """

    __hash__ = None  # type: ignore[assignment]  # hashing would look at the data

    def __init__(self, integer: lanes.Lanes) -> None:
        """Take an integer's lanes, least significant first."""
        self._lanes = integer

    def __repr__(self) -> str:
        """Name the bytes by their letters, the least significant first."""
        return f"<Word {' '.join(map(lanes.letter, self._lanes))}>"

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """Answer `isinstance(data, int)` as an integer does."""
            return int

    def lanes(self) -> lanes.Lanes:
        """Return the low 64 bits, as a C function that returns `u64` would: 8 lanes.

        >>> (Word(lanes.SOURCE) >> 48).lanes()
        (6, 7, 8, 8, 8, 8, 8, 8)
        """
        return lanes.truncate(self._lanes, lanes.WORD)

    def moved(self, move: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Word:
        """Apply a step of the lane algebra to the low 64 bits.

        >>> Word(lanes.SOURCE).moved(lambda x: lanes.swap(x, 2)).lanes()[:3]
        (1, 0, 8)
        """
        return Word(move(self.lanes()))

    def __and__(self, mask: int) -> Word:
        """Keep or clear whole bytes."""
        if not isinstance(mask, int):
            raise NotLanesError
        kept = []
        for k, lane in enumerate(self._lanes):
            byte = (mask >> (_BYTE * k)) & 0xFF
            if byte not in (0, 0xFF) and lane != lanes.ZERO:
                raise NotLanesError
            kept.append(lane if byte else lanes.ZERO)
        return Word(tuple(kept))

    def __lshift__(self, bits: int) -> Word:
        """Move up by whole bytes."""
        return Word((lanes.ZERO,) * _whole(bits) + self._lanes)

    def __rshift__(self, bits: int) -> Word:
        """Move down by whole bytes."""
        return Word(self._lanes[_whole(bits) :])

    def __or__(self, other: Word | int) -> Word:
        """Merge with a word that has zeros wherever this one has bytes."""
        theirs = other._lanes if isinstance(other, Word) else () if _is_zero(other) else None
        if theirs is None:
            raise NotLanesError
        size = max(len(self._lanes), len(theirs))
        pad = lanes.ZERO
        merged = []
        for k in range(size):
            mine = self._lanes[k] if k < len(self._lanes) else pad
            yours = theirs[k] if k < len(theirs) else pad
            if pad not in (mine, yours):
                raise NotLanesError
            merged.append(yours if mine == pad else mine)
        return Word(tuple(merged))

    __rand__ = __and__
    __ror__ = __xor__ = __rxor__ = __add__ = __radd__ = __or__  # without overlap they are the same

    def _refuse(self, *_: object) -> NoReturn:
        raise NotLanesError

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __int__ = __index__ = __str__ = _refuse


def _is_zero(other: object) -> bool:
    return isinstance(other, int) and other == 0


def _whole(bits: int) -> int:
    if not isinstance(bits, int) or bits % _BYTE or bits < 0:
        raise NotLanesError
    if bits > _MOST_BITS:
        raise NotLanesError
    return bits // _BYTE


Number = TypeVar("Number", int, Word)


def lift(move: Callable[[lanes.Lanes], lanes.Lanes], data: Number) -> Number:
    """Apply a step of the lane algebra to the low 64 bits of an integer, or to a `Word`.

    >>> hex(lift(lambda x: lanes.swap(x, 2), 0x1122))
    '0x2211'
    """
    if isinstance(data, Word):
        return data.moved(move)
    if hasattr(type(data), "moved"):  # a symbol, which passes for an int
        return data.moved(move)  # type: ignore[attr-defined, no-any-return]
    number = data if type(data) is int else index(data)
    if number is None:
        number = integer("data", data)  # refuses it
    return lanes.as_int(move(lanes.SOURCE), number & WORD)
