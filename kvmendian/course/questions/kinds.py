"""The kinds of questions by name, and `fresh`, which asks without end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kvmendian.errors import one_of

from . import diagnosis, drawing, finding, forward, inverse, numbers, ordering, sorting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .asked import Asked

_DRAW: dict[str, Callable[..., Asked]] = {
    "forward": forward.draw,
    "inverse": inverse.draw,
    "diagnosis": diagnosis.draw,
    "finding": finding.draw,
    "numbers": numbers.draw,
    "sorting": sorting.draw,
    "ordering": ordering.draw,
}

KINDS = (*_DRAW, "mixed")


def fresh(
    level: int = 1, seed: int | None = None, kind: str = "forward", *, native: bool = False
) -> Iterator[Any]:
    """Yield questions without end; the same seed, an integer of 64 bits, gives the same ones.

    `kind` is one of `KINDS`. Raises `SetupError` for another level, seed or kind.

    >>> first = next(fresh(level=2, seed=7))
    >>> first == next(fresh(level=2, seed=7)), first.answer(first.sample).right
    (True, True)
    """
    kind = one_of("kind", kind, KINDS)
    draw = _mixed if kind == "mixed" else _DRAW[kind]
    return drawing.series(draw, level, seed, native=native)


def _mixed(level: int, seed: int, number: int, native: bool = False) -> Asked:  # noqa: FBT002 - Series
    kind = drawing.dealt((tuple(_DRAW),), "mixed", level, seed, number)
    return _DRAW[kind](level, seed, number, native)
