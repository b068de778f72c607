"""What a report says beyond its verdict: where it fails, what did it, and what was judged."""

from __future__ import annotations

import inspect
from itertools import pairwise
from typing import TYPE_CHECKING

from kvmendian.errors import clip
from kvmendian.model.solve.images import name
from kvmendian.model.solve.purity import ours

from . import lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .designs import Design
    from .setups import Setup
    from .story import Story

KINDS = ("store", "load", "signed load")


def kind(setup: Setup) -> str:
    """Return store, load or signed load."""
    return "signed load" if setup.signed else setup.op


def rows(failures: Iterable[Setup], unknown: Iterable[Setup]) -> tuple[tuple[str, ...], ...]:
    """Return a row for each pair of byte orders: host, guest, and what becomes of each kind.

    >>> rows((), ())[0]
    ('little', 'little', 'ok', 'ok', 'ok')
    """
    found: dict[tuple[str, str, str], dict[str, set[int]]] = {}
    for word, setups in (("open", unknown), ("WRONG", failures)):
        for s in setups:
            cell = found.setdefault((s.host, s.guest, kind(s)), {})
            cell.setdefault(word, set()).add(s.width)
            if word == "WRONG":
                cell.get("open", set()).discard(s.width)

    def say(host: str, guest: str, of: str) -> str:
        cell = found.get((host, guest, of), {})
        parts = (f"{word} at {_widths(cell[word])}" for word in ("WRONG", "open") if cell.get(word))
        return "; ".join(parts) or "ok"

    return tuple(
        (host, guest, *(say(host, guest, of) for of in KINDS))
        for host in ("little", "big")
        for guest in ("little", "big")
    )


def _widths(widths: set[int]) -> str:
    return ", ".join(map(str, sorted(widths)))


def blame(story: Story) -> tuple[str, ...]:
    """Say which call went wrong and what it did instead; nothing for the six designs.

    >>> from kvmendian.model.designs import Design, swab
    >>> from kvmendian.model.setups import Setup
    >>> mine = Design("mine", *2 * [lambda data, width, *_: swab(data, 8)])
    >>> print(blame(Setup(width=1, design=mine).trace(1))[1])
    it reversed 8 bytes; the access moves 1. Needed: 0x1
    """
    s, design = story.setup, story.setup.kernel
    if ours(design.guest_to_host) and ours(design.host_to_guest):
        return ()
    before, after = _converted(story)
    if before is None or after is None:
        return ()
    orders = (s.guest == "big", s.host == "big")
    if s.op == "load" and design.mmio_return is not None:
        args = (s.width, s.signed, s.register_width, *orders)
        call = f"{name('mmio_return', before, args)} returned {after:#x}"
        return call, f"{did(before, after, s.width)}. Needed: {story.expected_register:#x}"
    function = "guest_to_host" if s.op == "store" else "host_to_guest"
    call = f"{name(function, before, (s.width, *orders))} returned {after:#x}"
    return call, did(before, after, s.width) + _instead(story, before, after)


def _converted(story: Story) -> tuple[int | None, int | None]:
    """Return the integers before and after the conversion."""
    for stage, then in pairwise(story.stages):
        if then.place == "data′":
            return stage.value, then.value
    return None, None


def did(before: int, after: int, width: int) -> str:
    """Name what a conversion did to its data, in words of bytes.

    >>> did(0x1122, 0x2211, 2), did(0x112233, 0x33, 2)
    ('it reversed 2 bytes, as many as the access moves', 'it kept 1 byte; the access moves 2')
    """
    moves = f"the access moves {width}"
    for n in (width, 8, 4, 2, 1, 7, 6, 5, 3):
        swapped = lanes.as_int(lanes.swap(lanes.SOURCE, n), before)
        kept = before & (1 << 8 * n) - 1
        count = "1 byte" if n == 1 else f"{n} bytes"
        if after == swapped != kept:
            rest = ", as many as the access moves" if n == width else f"; {moves}"
            return f"it reversed {count}{rest}"
        if n != width and after == kept != before & (1 << 8 * width) - 1:
            return f"it kept {count}; {moves}"
    low = (1 << 8 * width) - 1
    if after == before:
        return "it left the data as they were"
    if after & low == before & low:
        return f"it left the low {width} as they were, and changed the bytes above"
    return "it made a number that is no move of the bytes"


def _instead(story: Story, before: int, after: int) -> str:
    """Say what the function had to return, where that is a question of the low bytes."""
    s = story.setup
    if s.kernel.buffer == "memcpy" or s.kernel.sign_extend == "before":
        return ""
    reverses = s.guest == "big" if s.kernel.buffer == "little" else s.guest != s.host
    move = lanes.swap if reverses and s.width > 1 else lanes.truncate
    wanted = lanes.as_int(move(lanes.SOURCE, s.width), before)
    low = (1 << 8 * s.width) - 1
    if after & low != wanted & low:
        return f". Needed: {wanted:#x}"
    return f". The bytes above must be zero: {wanted:#x}" if s.op == "load" else ""


def judged(design: Design) -> tuple[str, ...]:
    """Say what source was judged: the first line of each function but the six designs' own."""
    functions = [("guest_to_host", design.guest_to_host), ("host_to_guest", design.host_to_guest)]
    if design.mmio_return is not None:
        functions[1:] = [("mmio_return", design.mmio_return)]
    foreign = [(called, function) for called, function in functions if not ours(function)]
    if len(foreign) == len(functions) and design.guest_to_host is design.host_to_guest:
        return (_source(design.guest_to_host),)
    return tuple(f"{called}: {_source(function)}" for called, function in foreign)


def _source(function: Callable[..., Any]) -> str:
    """Return the first line of a function, with its number; its name where there is none."""
    said = getattr(function, "source", None)
    if isinstance(said, str):
        return said
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return getattr(function, "__name__", type(function).__name__)
    return f"line {first}, {clip(lines[0], 76)}"


def printed(lines: Iterable[tuple[str, str]], more: int) -> tuple[str, ...]:
    """Tell what the functions printed: the first lines with their calls, and how many more.

    >>> printed([("guest_to_host(data, 1, False, False)", "hello")], 7)
    ('printed in guest_to_host(data, 1, False, False): hello', 'and 7 more printed lines')
    """
    said = tuple(f"printed in {call}: {line}" for call, line in lines)
    return (*said, f"and {more:,} more printed lines") if more else said
