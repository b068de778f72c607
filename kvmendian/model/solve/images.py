"""What a function makes of its data, for all values: lanes if it moves bytes, else a term.

The order is from cheap to dear: lanes (`word`); a symbol on every path (`symbols`, `paths`); and if
that gives up, or may not be believed (`purity`), a reason why nothing is known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kvmendian.model import lanes
from kvmendian.model.word import Word

from . import guard
from .bits import lanes_of
from .octets import with_octets
from .paths import Image, Readable, Run, UndecidedError, explore
from .purity import Reading, reading
from .symbols import Symbol
from .terms import DATA, FALSE, TRUE, Term, const, evaluate, extract, make, of_lanes

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.lanes import Lanes


def name(function: str, data: object, args: tuple[Any, ...]) -> str:
    """Spell a call as one would type it.

    >>> name("guest_to_host", 0x11, (2, True, False))
    'guest_to_host(0x11, 2, True, False)'
    """
    first = hex(data) if type(data) is int else "data"
    return f"{function}({', '.join([first, *map(repr, args)])})"


def moves(function: Callable[..., Any], data: Lanes, called: str, *args: object) -> Lanes | None:  # noqa: PLR0911 - one return a reason
    """Run a learner's function on lanes; None where it does more than move bytes.

    >>> moves(lambda data, width: data & 0xff, lanes.SOURCE, "f", 2)
    (0, 8, 8, 8, 8, 8, 8, 8)
    """
    read = reading(function)
    if isinstance(function, Readable) or read.why or read.stopped:
        return None
    access = (called, args, tuple(lane == lanes.ZERO for lane in data))
    if access in read.computes:
        return None
    before = read.state()
    try:
        word = Word(data)
        result = guard.call(function, word, *args, name=name(called, word, args))
    except Exception:  # noqa: BLE001 - the lanes cannot follow it, or it does not work at all
        read.computes.add(access)
        return None
    except guard.StoppedError:
        read.stopped = True
        return None
    if not read.settled(before):
        return None
    if isinstance(result, Word):
        return result.lanes()
    return (lanes.ZERO,) * lanes.WORD if type(result) is int and result == 0 else None


def image(function: Callable[..., Any], bits: int, called: str, *args: int) -> Image:
    """Return what a function makes of any data below `2**bits`."""
    return _image(reading(function), bits, called, args)


@lru_cache(maxsize=512)
def _image(read: Reading, bits: int, called: str, args: tuple[int, ...]) -> Image:
    function = read.function
    domain = TRUE
    if bits < 64:
        domain = make("eq", extract(DATA, bits, 64 - bits), const(0, 64 - bits))
    if isinstance(function, Readable):
        return explore(lambda run: function.term(run, _data(bits), *args), domain)
    if read.why or read.stopped:
        return Image(None, undecided=read.why or "it had to be stopped")
    before = read.state()
    runs = with_octets(function)

    def once(run: Run) -> Term:
        try:
            call = name(called, None, args)
            result = guard.call(runs, Symbol.data(run, bits), *args, name=call)
        except guard.StoppedError as error:
            read.stopped = True
            raise UndecidedError(f"it {error}") from None
        if type(result) is Symbol and result.condition is None:
            return result.low64()
        if type(result) is int:
            return const(result, 64)
        raise TypeError("it returned no integer")

    found = explore(once, domain)
    if not read.settled(before):
        return Image(None, undecided=read.why)
    if found.undecided is None and not _same(found, function, bits, called, args):
        return Image(None, undecided="it answers a symbol otherwise than an integer")
    return found


def _same(
    found: Image, function: Callable[..., Any], bits: int, called: str, args: tuple[Any, ...]
) -> bool:
    """Whether a few integers give what the image says: what `purity` rests on, tried."""
    full = 0x8877665544332291
    for value in (0, 1, full, (1 << 64) - 1, full >> 9, 0x80, 0xFF00FF00FF00FF00):
        number = value & (1 << bits) - 1
        try:
            result = guard.call(function, number, *args, name=name(called, number, args))
        except (Exception, guard.StoppedError):  # noqa: BLE001 - whatever it raises
            result = None
        if type(result) is not int:
            if not evaluate(found.broken, number):
                return False
        elif (
            evaluate(found.broken, number)
            or found.out is None
            or evaluate(found.out, number) != result & (1 << 64) - 1
        ):
            return False
    return True


def _data(bits: int) -> Term:
    return of_lanes(lanes.zero_extend(lanes.SOURCE[: bits // 8]), DATA)


def lanes_of_image(found: Image, data: Lanes) -> Lanes | None:
    """Return the lanes of an image for data that are lanes themselves, if it moves bytes."""
    if found.out is None or found.broken is not FALSE:
        return None
    moved = lanes_of(found.out)
    if moved is None:
        return None
    signs = {lanes.sign_of(k): lanes.sign_of(data[k]) for k in lanes.SOURCE}
    return tuple(data[k] if k in lanes.SOURCE else signs.get(k, lanes.ZERO) for k in moved)
