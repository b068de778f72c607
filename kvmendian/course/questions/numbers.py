"""Numbers: bytes lie in memory, and what a load makes of them is asked. The answer is typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kvmendian.model import lanes
from kvmendian.model.setups import Setup
from kvmendian.model.story import trace

from . import asking, drawing, mistakes, reading
from .asked import Asked, Feedback, Series, not_yet


@dataclass(frozen=True)
class Number(Asked):
    """Which number does a load make of `data`? It starts at `offset` and extends to 64 bits.

    `data` is in address order; `width` 1 to 8 bytes; `order` that of the CPU.

    >>> Number(bytes.fromhex("0df0"), 2, "little").answer("0xf00d").right
    True
    """

    data: bytes
    width: int
    order: lanes.ByteOrder
    offset: int = 0
    signed: bool = False
    series: Series | None = field(default=None, repr=False, compare=False)

    kind = "numbers"

    @property
    def right(self) -> int:
        """The number, of 64 bits, unsigned."""
        return self._load(self.order, self.offset, signed=self.signed)

    def _load(self, order: lanes.ByteOrder, offset: int, *, signed: bool) -> int:
        place = lanes.load(lanes.SOURCE[offset : offset + self.width], order)
        place = lanes.sign_extend(place, self.width) if signed else place
        return lanes.as_int(place, self.data)

    @property
    def text(self) -> str:
        """The question in words."""
        at = f", from +{self.offset}" if len(self.data) > self.width else ""
        how = "loads and sign-extends" if self.signed else "loads"
        return (
            f"Memory holds {reading.spell(self.data)}, lowest address first. A {self.order}-endian "
            f"CPU {how} {asking.count(self.width)}{at}, into a 64-bit register. Which number is it?"
        )

    @property
    def hints(self) -> tuple[str, ...]:
        """Two hints: which byte is on top, and which bytes are loaded."""
        last = "last" if self.order == "little" else "first"
        first = f"{self.order.capitalize()}: the {last} of the bytes is the most significant."
        return first, f"The load takes these bytes: {reading.spell(self._piece)}."

    @property
    def _piece(self) -> bytes:
        return self.data[self.offset : self.offset + self.width]

    @property
    def sample(self) -> str:
        """The right number, in hex."""
        return reading.spell(self.right)

    @property
    def show(self) -> str:
        """The answer, and why."""
        put = "last" if self.order == "little" else "first"
        sign = "; its top bit is repeated above" if self.signed else ""
        piece = reading.spell(self._piece)
        return f"{self.sample}: of {piece}, the {put} is the most significant{sign}."

    @cached_property
    def mistakes(self) -> tuple[mistakes.Mistake, ...]:
        """Every wrong answer that has a name, each with its one likeliest mistake."""
        found: dict[bytes | int, mistakes.Mistake] = {}
        s = Setup(op="load", width=self.width, guest=self.order, device=self.order,
                  signed=self.signed)  # fmt: skip
        story = trace(s, self._load(self.order, self.offset, signed=False))
        other = self._load(lanes.opposite(self.order), self.offset, signed=self.signed)
        says, step = _ORDER[self.order]
        made = [mistakes.Mistake(_KIND[self.order], other, says, step)]
        if self.offset:
            first = self._load(self.order, 0, signed=self.signed)
            made.append(mistakes.Mistake("offset-forgotten", first, *_OFFSET))
        for kind, answer, _ in (
            *mistakes.extended("register", s, self.right), *mistakes.slips(story, self.right)
        ):  # fmt: skip
            made.append(mistakes.Mistake(kind, answer, *mistakes.words(kind, "register", s)))
        for mistake in made:
            if mistake.answer != self.right:
                found.setdefault(mistake.answer, mistake)
        return tuple(found.values())

    def answer(self, given: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Judge a number. Raises `SetupError` for what is none."""
        readings = reading.read_number(given)
        if self.right in readings:
            return Feedback(right=True, says=f"Right, {self.show}")
        named = {mistake.answer: mistake for mistake in self.mistakes}
        for one in readings:
            if one in named:
                return not_yet(named[one].kind, named[one].says, named[one].step)
        low = (1 << 8 * self.width) - 1
        if any(one & low == self.right & low for one in readings):
            above = "the sign" if self.signed else "zeros"
            says = "the low bytes are right, those above them are not"
            return not_yet("unknown", says, f"Above the value this load leaves {above}")
        return not_yet("unknown", "no single mistake that we know gives this", self.hint)


_KIND = {"little": "msb-for-little", "big": "lsb-for-big"}
_LOWEST = "the byte at the lowest address is the"
_ORDER = {
    "little": ("that is how a big-endian CPU reads it", f"Little: {_LOWEST} least significant"),
    "big": ("that is how a little-endian CPU reads it", f"Big: {_LOWEST} most significant"),
}
_OFFSET = ("that starts at +0", "Count the addresses: the load starts further up")


def draw(level: int, seed: int, number: int, native: bool = False) -> Number:  # noqa: ARG001, FBT002 - Series
    """Return the question of this level, seed and number.

    >>> question = draw(3, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    dice = drawing.chance("numbers", level, seed, number)
    order: Any = drawing.dealt((("little", "big"),), "numbers", level, seed, number)
    width = dice.choice((2, 4, 8) if level > 1 else (2, 4))
    signed = level == 3
    if signed:
        width = dice.choice((2, 4))
    size = 8 if level == 2 or (signed and dice.random() < 0.5) else width
    offset = width * dice.randrange(1, size // width) if size > width else 0
    while True:
        data = bytes(dice.randrange(0x10, 0xFF) for _ in range(size))
        piece = data[offset : offset + width]
        negative = piece[-1 if order == "little" else 0] & 0x80
        if len(set(data)) == size and drawing.plain(piece) and (negative or not signed):
            return Number(data, width, order, offset, signed)
