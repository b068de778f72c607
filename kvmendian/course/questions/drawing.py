"""Setups and values for fresh questions: no coincidences, and no rule of thumb that pays.

Three rules of thumb are known: always reverse, as written, the device's order. Decks deal the cases
so that each of them is right half the time at the most, at every level.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kvmendian.errors import integer, one_of
from kvmendian.model import lanes
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.setups import COMBINED, Setup, impossible

from . import asking
from .asked import Asked, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEVELS = (1, 2, 3)
"""1: stores; 2: loads and accessors too; 3: old designs and sign extension too."""

OLD = tuple(name for name in DESIGNS if name != asking.TODAY)
_L, _B = "little", "big"


def series(
    draw: Callable[..., Asked], level: object, seed: object, *, native: bool = False
) -> Iterator[Any]:
    """Yield questions without end. Raises `SetupError` for another level or seed."""
    level = one_of("level", level, LEVELS)
    if seed is None:
        seed = Random().randrange(1 << 32)  # noqa: S311 - questions, not secrets
    return _each(Series(draw, level, integer("seed", seed), 0, native))


def _each(first: Series) -> Iterator[Any]:
    question = first.question()
    while True:
        yield question
        question = question.next


def chance(*key: object) -> Random:
    """Return the dice of one question: the same key, the same throws, in every Python.

    >>> chance("forward", 1, 7, 0).random() == chance("forward", 1, 7, 0).random()
    True
    """
    return Random(":".join(map(str, key)))  # noqa: S311 - questions, not secrets


def dealt(hands: Hands, name: str, level: int, seed: int, number: int) -> Any:  # noqa: ANN401
    """Return the card for a question: hand by hand, each card once before one comes up again.

    >>> sorted(dealt((("a", "b"), ("c",)), "test", 1, 7, n) for n in range(3))
    ['a', 'b', 'c']
    """
    turn, place = divmod(number, sum(map(len, hands)))
    dice, mixed = chance(name, "deck", level, seed, turn), [list(hand) for hand in hands]
    dice.shuffle(mixed)
    for hand in mixed:
        dice.shuffle(hand)
    return [card for hand in mixed for card in hand][place]


class Card(NamedTuple):
    """What a question is about; what is None is left to chance.

    >>> Card("mmio_data", guest="big").op
    'store'
    """

    ask: str
    op: str = "store"
    guest: str | None = None
    device: str | None = None
    driver: str | None = "raw"
    signed: bool = False
    old: bool = False
    host: str | None = None


def _pairs(ask: str, **fixed: Any) -> tuple[Card, ...]:  # noqa: ANN401 - a card's fields
    return tuple(Card(ask, guest=g, device=d, **fixed) for g in (_L, _B) for d in (_L, _B))


def _differ(ask: str) -> tuple[Card, ...]:
    return Card(ask, guest=_L, device=_B), Card(ask, guest=_B, device=_L)


def _devices(ask: str, **fixed: Any) -> tuple[Card, ...]:  # noqa: ANN401 - a card's fields
    return tuple(Card(ask, device=d, **fixed) for d in (_L, _B))


def _old(ask: str, **fixed: Any) -> tuple[Card, ...]:  # noqa: ANN401 - a card's fields
    return tuple(Card(ask, guest=g, host=h, old=True, **fixed) for g in (_L, _B) for h in (_L, _B))


Hands: TypeAlias = tuple[tuple[Any, ...], ...]
"""Cards that are dealt together: in each hand, no rule of thumb is right more than half of it."""

DECKS: dict[int, Hands] = {
    1: (
        _pairs("mmio_data"),
        _pairs("device_value"),
        (Card("ram_bytes", guest=_L), Card("ram_bytes", guest=_B)),
    ),
    2: (
        # the device's order is right in the first two, and so has to be wrong in the others
        (*_devices("mmio_data", op="load"), *_differ("mmio_data")),
        (*_devices("mmio_data", driver="accessor"), *_differ("mmio_data")),
        _pairs("register", op="load", driver=None),
        _pairs("register", driver="accessor"),
        _pairs("device_value"),
        # as written is right in the first two, and reversed in the others
        (*_devices("device_value", driver="accessor"), *_differ("device_value")),
    ),
    3: (
        _pairs("register", op="load", signed=True),
        _old("register", op="load", signed=True),
        _old("register", op="load"),
        _old("mmio_data"),
        _old("device_value"),
        (*_devices("mmio_data", driver="accessor"), *_differ("mmio_data")),
    ),
}
"""By level, the cases that are dealt."""


def setup_of(card: Card, dice: Random, *, native: bool = False) -> Setup:
    """Return a setup that fits a card: widths of 2, 4 and 8 bytes, one byte only for a sign."""

    def order(given: str | None) -> Any:  # noqa: ANN401 - a byte order
        return given or dice.choice((_L, _B))

    while True:
        device, target = order(card.device), "little"
        if native and dice.random() < 0.5:
            device, target = "native", device
        # one byte has no order: it is asked for its sign alone, and seldom
        width = dice.choice((2, 4) if card.signed else (2, 4, 8))
        width = 1 if card.signed and dice.random() < 0.08 else width
        fields: dict[str, Any] = {
            "op": card.op,
            "width": width,
            "guest": order(card.guest),
            "host": order(card.host),
            "device": device,
            "target": target,
            "driver": card.driver or dice.choice(("raw", "accessor")),
            "design": dice.choice(OLD) if card.old else asking.TODAY,
            "signed": card.signed,
            "register_width": 32 if card.signed and dice.random() < 0.4 else 64,
            "arch": "arm64",
        }
        if impossible(*(fields[name] for name in COMBINED)):
            continue
        setup = Setup(**fields)
        found = setup.trace(0).road
        if not found.arithmetic:  # where C computes there is no arrangement of bytes to ask for
            return setup


def value_for(setup: Setup, dice: Random) -> int:
    """Return a value in which no mistake hides: see `plain`; what is loaded is negative.

    >>> hex(value_for(Setup(width=2), chance("test")))
    '0x...'
    """
    turned = setup.op == "load" and setup.guest != setup.device_order
    while True:
        data = bytes(dice.randrange(0x10, 0x100) for _ in range(setup.width))
        top = data[-1 if turned else 0]
        if setup.op == "load" and not top & 0x80:
            continue
        if plain(data):
            return lanes.from_memory(data, "big")


def plain(data: bytes) -> bool:
    """Whether bytes, most significant first, hold no coincidence.

    All differ, also when digits or bits are turned round; none is 00 or ff, or below 0x10, where a
    digit could be lost; the first and the last are of different sign.

    >>> plain(bytes.fromhex("8001")), plain(bytes.fromhex("1122")), plain(bytes.fromhex("2ca7"))
    (False, False, True)
    """
    digits = {(b << 4 | b >> 4) & 255 for b in data}
    bits = {int(f"{b:08b}"[::-1], 2) for b in data}
    if len(set(data)) < len(data) or set(data) & (digits | bits) or min(data) < 0x10:
        return False
    return 0xFF not in data and (len(data) == 1 or (data[0] ^ data[-1]) & 0x80 == 0x80)
