"""Which bytes of a stage a picture draws, and how it names those that it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.model import lanes

if TYPE_CHECKING:
    from kvmendian.model.story import Stage, Story


def split(
    stage: Stage, told: Story, *, fold_signs: bool = True
) -> tuple[frozenset[int], tuple[int, ...]]:
    """Say which positions of a stage to draw, and which to sum up in a word.

    Summed up are the upper bytes of a wide place where none of them reaches `mmio.data` or comes
    from there, and all are of one kind: they do not move, or they are one fill (a sign fill only
    with `fold_signs`). What VMM and device hold is as wide as the access: no upper bytes there.
    """
    width, size = told.setup.width, len(stage.lanes)
    everything = frozenset(range(size))
    backwards = stage.kind == "bytes" and stage.order == "big"
    upper = range(size - width) if backwards else range(width, size)
    if stage.kind == "integer" and stage.zone in ("VMM", "device"):
        return everything - set(upper), ()
    content = {stage.lanes[k] for k in upper}
    moves = not content.isdisjoint({*told.road.mmio, *lanes.SECOND} - {lanes.ZERO})
    one_kind = content == {lanes.ZERO} or content <= set(lanes.SOURCE)
    one_kind = one_kind or (fold_signs and len(content) == 1)
    if not upper or moves or not one_kind or all(lane == lanes.ZERO for lane in stage.lanes):
        return everything, ()
    return everything - set(upper), tuple(upper)


def content_of(stage: Stage, rest: tuple[int, ...], content: bytes) -> str:
    """Write some bytes of a stage: an integer's most significant first, else by address."""
    order = reversed(rest) if stage.kind == "integer" else rest
    return bytes(content[k] for k in order).hex(" ")


def rest_label(stage: Stage, rest: tuple[int, ...]) -> str:
    """Name the bytes that are summed up: where they are and what they are.

    >>> from kvmendian import Setup
    >>> told = Setup(width=4, host="big").trace(1)
    >>> rest_label(told.stages[1], split(told.stages[1], told)[1])
    '+0 to +3, not moved'
    """
    lane = stage.lanes[rest[0]]
    what = "not moved"
    if lane not in lanes.SOURCE:
        what = "zeros" if lane == lanes.ZERO else f"sign of {lanes.letter(lane)[1:]}"
    where = f"+{rest[0]} to +{rest[-1]}" if stage.kind == "bytes" else "above"
    return f"{where}, {what}"
