"""Predict, then reveal: a question, its hints, its answer and its mistakes, all from one access.

Nothing is typed in by hand: the answer is what `trace()` says, and a mistake is what `trace()`
would say of another setup (the host's order taken for the guest's, another design, …), or what
a known slip makes of the right answer (hex digits turned round, the sign of another byte, …).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.errors import SetupError, instance, integer, one_of, show
from kvmendian.model import lanes
from kvmendian.model.drivers import accessor, conversion, made_for
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.setups import CHOICES, COMBINED, Setup, impossible
from kvmendian.model.story import Story, trace
from kvmendian.render.words import why

from .mistakes import GENERAL, KINDS, Mistake, answer_of, of_other_setups, slips

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKS = {
    "mmio_data": "What does mmio.data hold? Give the bytes, +0 first.",
    "ram_bytes": "What does it leave in RAM? Give the bytes, lowest address first.",
    "register": "What is in the guest's register afterwards, all of it?",
    "device_value": "Which value does the device's register get?",
}
"""What can be asked: an attribute of `Story`, and the words for it."""

LEVELS = (1, 2, 3)
"""1: stores; 2: loads, accessors and native devices too; 3: old designs and sign extension too."""


class Feedback(NamedTuple):
    """What to say of an answer. `kinds` are the mistakes that give it, the likeliest first.

    >>> Question("mmio_data", Setup(width=2), 0x1122).check("22 11").right
    True
    """

    right: bool
    says: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question about one access: what to ask (one of `ASKS`), a setup, and a value.

    Raises `SetupError` where the answer would be the question.

    >>> question = Question("mmio_data", Setup(width=2, guest="big"), 0x1122)
    >>> question.check("0x11 0x22").right
    True
    >>> question.check("2211").kinds[0]
    'host-for-guest'
    """

    ask: str
    setup: Setup
    value: int

    def __repr__(self) -> str:
        """Show how to make this question again."""
        return f"Question({self.ask!r}, {self.setup!r}, {self.value:#x})"

    def __post_init__(self) -> None:
        setup = instance("setup", self.setup, Setup, "Setup()")
        object.__setattr__(self, "ask", one_of("ask", self.ask, ASKS))
        object.__setattr__(self, "value", setup.check_value(self.value))
        if not _sensible(self.ask, self.setup):
            given = f"ask={self.ask!r} with op={self.setup.op!r}, driver={self.setup.driver!r}"
            allowed = "what the question does not give away: a load's register, a store's RAM"
            raise SetupError(given, allowed, "ask='mmio_data'")

    @cached_property
    def story(self) -> Story:
        """The access told whole: the picture after the prediction."""
        return trace(self.setup, self.value)

    @property
    def answer(self) -> bytes | int:
        """The right answer: bytes in address order, or an unsigned integer."""
        return answer_of(self.ask, self.story)

    @property
    def text(self) -> str:
        """The question in words."""
        s, digits = self.setup, 2 * self.setup.width
        if self.ask == "ram_bytes":  # neither host, device nor kernel takes part
            holds = f"{self.value:#0{digits + 2}x}, to ordinary memory"
            holds = f"of {s.register_name}, which holds {holds}"
            if s.driver != "raw":
                holds = f"to ordinary memory {_through(s)}, made for a {made_for(s)} device"
                holds += f"; software means {self.value:#0{digits + 2}x}"
            text = f"A {s.guest}-endian guest stores {_bytes(s.width)} {holds}."
            return f"{text} {ASKS[self.ask]}"
        native = f" (the emulator's target is {s.target})" if s.device == "native" else ""
        device = f"a {s.device} device{native}"
        today = " (today's)" if s.design_name == "sign-fixed-2026" else ""
        bits = "32-bit " if s.arch == "arm" else ""
        where = f"on a {bits}{s.host}-endian host; KVM's design is {s.design_name}{today}"
        if s.op == "store":
            how = "stores" if s.driver == "raw" else f"writes, {_through(s)},"
            value = f"{self.value:#0{digits + 2}x}"
            what = (
                f"the register {s.register_name} holds" if s.driver == "raw" else "software means"
            )
            return (
                f"A {s.guest}-endian guest {how} {_bytes(s.width)} to {device}, {where}. "
                f"{what[0].upper()}{what[1:]} {value}. {ASKS[self.ask]}"
            )
        how = "loads" if s.driver == "raw" else f"reads, {_through(s)},"
        extends = "sign-extending" if s.signed else "extending with zeros"
        return (
            f"The register of {device} holds {self.value:#0{digits + 2}x}. A {s.guest}-endian "
            f"guest {how} {_bytes(s.width)} of it into a {s.register_width}-bit register, "
            f"{extends}, {where}. {ASKS[self.ask]}"
        )

    @property
    def hints(self) -> tuple[str, str]:
        """Two hints: what decides, and the reason in this case."""
        return _hint(self.ask, self.setup), why(self.story.road)

    @property
    def solution(self) -> str:
        """The answer as text, and why."""
        return f"{spell(self.answer)}: {self.hints[1]}"

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Every known way to a wrong answer that differs from the right one."""
        made = (
            *of_other_setups(self.ask, self.setup, self.value),
            *slips(self.ask, self.setup, self.answer),
        )
        rank = list(KINDS)
        return tuple(
            sorted((m for m in made if m.answer != self.answer), key=lambda m: rank.index(m.kind))
        )

    def check(self, text: str) -> Feedback:
        """Judge an answer as people write it. Raises `SetupError` for what is no answer."""
        given = read(text, self.answer)
        if self.answer in given:
            return Feedback(right=True, says=f"Right: {self.solution}")
        first = given[0]
        if isinstance(first, bytes) and len(first) != self.setup.width:
            says = f"This access moves {_bytes(self.setup.width)}, and you gave {len(first)}."
            return Feedback(right=False, says=says, kinds=("length",))
        found = [m for one in given for m in self.mistakes if m.answer == one]
        kinds = tuple(dict.fromkeys(m.kind for m in found))
        if not found:
            right = self._right_bytes(first)
            says = f"No single mistake gives this. Bytes in their right place: {right}."
            return Feedback(right=False, says=says, kinds=("unknown",))
        says = "Not yet: " + found[0].says + "."
        others = dict.fromkeys(m.says for m in found[1:] if m.says != found[0].says)
        others = {says: None for says in others if says not in GENERAL}
        if others:
            says += " Or: " + "; or ".join(others) + "."
        return Feedback(right=False, says=says, kinds=kinds)

    def _right_bytes(self, given: bytes | int) -> str:
        one, other = (
            a if isinstance(a, bytes) else lanes.to_memory(a, lanes.WORD, "little")
            for a in (given, self.answer)
        )
        return f"{sum(a == b for a, b in zip(one, other, strict=True))} of {len(other)}"


def fresh(level: int = 1, seed: int | None = None) -> Iterator[Question]:
    """Yield questions without end; the same seed, an integer of 64 bits, gives the same ones.

    Raises `SetupError` for another level or seed.

    >>> first = next(fresh(level=2, seed=7))
    >>> first == next(fresh(level=2, seed=7)), first.check(spell(first.answer)).right
    (True, True)
    """
    level = one_of("level", level, LEVELS)
    seed = None if seed is None else integer("seed", seed)
    return _fresh(level, Random(seed))  # noqa: S311 - questions, not secrets


def _fresh(level: int, random: Random) -> Iterator[Question]:
    while True:
        setup = _random_setup(random, level)
        asks = [ask for ask in ASKS if _sensible(ask, setup)]
        yield Question(random.choice(asks), setup, _random_value(random, setup))


def read(text: str, like: bytes | int) -> tuple[bytes | int, ...]:
    r"""Read bytes or an integer in any sensible spelling; several readings where it has several.

    Raises `SetupError` in words for anything else.

    >>> read("0x11 0x22", b"") == read("11:22", b"") == read("1122", b"") == (b"\x11\x22",)
    True
    >>> read("0x_1122", 0), read("20", 0)
    ((4386,), (32, 20))
    """
    hexed = isinstance(like, bytes) or integer("like", like) < 0
    hint = spell(b"\x11\x22\x33\x44") if hexed else spell(0x11223344)
    text = instance("answer", text, str, repr(hint))  # an integer has lost how it was written
    parts = re.split(
        r"[\s,;:|]+",
        text.strip().strip("[](){}").lower().replace("_", "").replace("\\x", " ").strip(),
    )
    digits = [part.removeprefix("0x") for part in parts]
    if len(digits) == 1 and len(digits[0]) > 2:
        digits = re.findall("..", digits[0].zfill((len(digits[0]) + 1) // 2 * 2))
    if not all(re.fullmatch("[0-9a-f]{1,2}", part) for part in digits) or len(digits) > 16:
        allowed = "bytes in hex, lowest address first" if hexed else "a number, hex or decimal"
        raise SetupError(f"answer={show(text)}", allowed, repr(hint))
    data = bytes(int(part, 16) for part in digits)
    if hexed:
        return (data,)
    data = data.lstrip(b"\0")
    plain = re.fullmatch(r"\d+", text.strip().replace("_", ""))
    if len(data) > lanes.WORD:
        raise SetupError(
            f"answer={show(text)}", "a number of 64 bits at the most", f"answer={hint!r}"
        )
    number = lanes.from_memory(data, "big")
    return (number, int(plain[0])) if plain and int(plain[0]) != number else (number,)


def spell(answer: bytes | int) -> str:
    r"""Write an answer as a picture shows it.

    >>> spell(b"\x11\x22"), spell(0x1122)
    ('11 22', '0x1122')
    """
    return answer.hex(" ") if isinstance(answer, bytes) else hex(integer("answer", answer))


_GUEST = "The ABI sentence compares with RAM, so the guest's data order decides"
_HINTS = {
    ("mmio_data", "store"): f"{_GUEST}, if the design keeps the sentence. Does it?",
    ("mmio_data", "load"): "The device speaks first: its value is laid out in the device's order.",
    ("ram_bytes", "store"): "RAM knows the guest alone: neither KVM, host nor device takes part.",
    ("register", "store"): "The accessor reverses the value if guest and device order differ.",
    ("register", "load"): "Two steps: the device's order lays out mmio.data; then the design loads "
    "it, rightly in the guest's order. Extension comes last, if the design is right.",
    ("device_value", "store"): "Two steps: the design fills mmio.data; then the device's order "
    "reads it.",
}


def _hint(ask: str, s: Setup) -> str:
    """Say what decides; where the driver plays a part, what this driver does."""
    if ask == "ram_bytes" and s.driver != "raw":
        return "RAM knows the guest alone; but it gets the register, after the accessor."
    if (ask, s.op, s.driver) == ("register", "store", "little-accessor"):
        return "An accessor for little devices reverses the value of a big guest."
    if (ask, s.op, s.driver) == ("register", "store", "double-swap"):
        return "The driver reverses the value twice if guest and device order differ, else never."
    return _HINTS[ask, s.op]


def _through(s: Setup) -> str:
    """Say how a driver that is not raw reads and writes."""
    if s.driver == "accessor":
        return "through an accessor like " + ("writel" if s.op == "store" else "readl")
    if s.driver == "little-accessor" or s.width == 1:
        return f"through {accessor(s)}"
    one, two = f"with {conversion(s)}", f"through {accessor(s)}"
    return f"{one} and then {two}" if s.op == "store" else f"{two} and then {one}"


def _bytes(width: int) -> str:
    return "1 byte" if width == 1 else f"{width} bytes"


def _sensible(ask: str, setup: Setup) -> bool:
    if ask == "register":
        return setup.op == "load" or setup.driver != "raw"
    return ask == "mmio_data" or setup.op == "store"


def _random_setup(random: Random, level: int) -> Setup:
    while True:
        among = CHOICES | {"driver": ("raw", "accessor")}  # the wrong ones must be asked for
        choices = {name: random.choice(among[name]) for name in among if name != "arch"}
        choices["arch"] = "arm64"
        choices["design"] = random.choice(list(DESIGNS))
        if level < 3:
            choices |= {"design": "sign-fixed-2026", "signed": False, "register_width": 64}
        if level < 2:
            choices |= {"op": "store", "driver": "raw", "target": "little"}
        plain = level < 2 and (choices["width"] not in (2, 4) or choices["device"] == "native")
        if not plain and not impossible(*(choices[field] for field in COMBINED)):
            return Setup(**choices)


def _random_value(random: Random, setup: Setup) -> int:
    """Return a value whose bytes all differ, the top and the lowest in sign: no mistake hides."""
    while True:
        data = [random.randrange(1, 256) for _ in range(setup.width)]
        if setup.width == 1 or (len(set(data)) == setup.width and (data[0] ^ data[-1]) & 128):
            return lanes.from_memory(bytes(data), "little")
