"""A picture in words: its name, its description, and its bytes, as a screen reader says them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from . import words

if TYPE_CHECKING:
    from kvmendian.model.steps import Swap
    from kvmendian.model.story import Stage, Story


def capital(sentence: str) -> str:
    """Begin a sentence with a capital; the rest stays.

    >>> capital("store of x0")
    'Store of x0'
    """
    return sentence[:1].upper() + sentence[1:]


def name(told: Story) -> str:
    """Name a story's picture: the access and the verdict.

    >>> from kvmendian import Setup
    >>> name(Setup(width=1).trace(0x11)).split(". ")[0]
    'Store of 1 byte, 0x11, through sign-fixed-2026'
    """
    verdict, sentence = words.verdict(told)
    return f"{capital(words.title(told))}. {verdict}: {sentence}"


def description(told: Story) -> str:
    """Describe a story in sentences: the byte orders, every place, who swapped, the yardstick.

    >>> from kvmendian import Setup
    >>> description(Setup(width=1, arch="arm").trace(0x11)).split(". ")[-1]
    'Computed: no kernel was recorded in this state.'
    """
    setup = capital(words.subtitle(told).replace(" · ", ", "))
    same = told.mmio_data == told.ram_bytes
    ram = "so does RAM, at every address" if same else f"RAM {told.ram_bytes.hex(' ')}"
    parts = [
        f"{setup}.",
        words.why(told.road),
        *(_zone(zone, list(stages), told) for zone, stages in groupby(told.stages, _owner)),
        "Bytes are told from +0 up.",
        words.ledger_head(told.swaps),
        *map(_swap, told.swaps),
        f"The yardstick: mmio.data holds {told.mmio_data.hex(' ')}, and {ram}.",
        words.evidence(told.evidence),
    ]
    return " ".join(parts)


def byte(told: Story, address: int) -> str:
    """Name one byte of `mmio.data`, and what RAM holds at the same address.

    >>> from kvmendian import Setup
    >>> byte(Setup(host="big", design="be-guests-2013").trace(0x11223344), 0)
    'mmio.data +0: byte D, 0x11; RAM has byte A, 0x44.'
    """
    lane, ram = told.road.mmio[address], told.road.ram[address]
    here, there = told.mmio_data[address], told.ram_bytes[address]
    other = "the same" if (lane, here) == (ram, there) else _byte(ram, there)
    return f"mmio.data +{address}: {_byte(lane, here)}; RAM has {other}."


def _byte(lane: int, value: int) -> str:
    return f"byte {lanes.letter(lane)}, {value:#04x}"


def _owner(stage: Stage) -> str:
    return words.owner(stage.zone, stage.order)


def _zone(zone: str, stages: list[Stage], told: Story) -> str:
    """Tell the places of one owner: an integer by its value, memory by its bytes."""
    places = [
        f"{stage.place} holds {stage.bytes.hex(' ')}"
        if stage.bytes is not None
        else f"{stage.place} is {words.full(told, stage.value or 0)}"
        for stage in stages
    ]
    return f"In the {zone}, {', '.join(places)}."


def _swap(entry: Swap) -> str:
    return f"{entry.who} {words.did(entry.swapped, entry.needed)}."
