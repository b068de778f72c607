"""Forward: an access is given, and what it leaves somewhere is asked. The answer is typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kvmendian.errors import SetupError, instance, one_of
from kvmendian.model import lanes
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

from . import asking, drawing, mistakes as known, reading, reasons
from .asked import Asked, Feedback, Series, not_yet
from .asking import ASKS
from .mistakes import Mistake, answer_of


@dataclass(frozen=True)
class Question(Asked):
    """A question about one access: what to ask (one of `ASKS`), a setup, and a value.

    Raises `SetupError` where the answer would be the question.

    >>> question = Question("mmio_data", Setup(width=2, guest="big"), 0x1122)
    >>> question.answer("0x11 0x22").right
    True
    >>> question.answer("2211").says
    "Not yet: this takes the host's byte order for the guest's. Ask how a big guest stores: \
most significant byte first."
    """

    ask: str
    setup: Setup
    value: int
    series: Series | None = field(default=None, repr=False, compare=False)

    kind = "forward"

    def __repr__(self) -> str:
        """Show how to make this question again."""
        return f"Question({self.ask!r}, {self.setup!r}, {self.value:#x})"

    def __post_init__(self) -> None:
        setup = instance("setup", self.setup, Setup, "Setup()")
        object.__setattr__(self, "ask", one_of("ask", self.ask, ASKS))
        one_of("driver", setup.driver, ("raw", "accessor"))  # of wrong ones there is no question
        object.__setattr__(self, "value", setup.check_value(self.value))
        if not asking.sensible(self.ask, self.setup):
            given = f"ask={self.ask!r} with op={self.setup.op!r}, driver={self.setup.driver!r}"
            allowed = "what the question does not give away: a load's register, a store's RAM"
            raise SetupError(given, allowed, "ask='mmio_data'")

    @cached_property
    def story(self) -> Story:
        """The access told whole: the picture after the prediction."""
        return trace(self.setup, self.value)

    @property
    def told(self) -> Story:
        """The access told whole."""
        return self.story

    @property
    def right(self) -> bytes | int:
        """The right answer: bytes in address order, or an unsigned integer."""
        return answer_of(self.ask, self.story)

    @property
    def sample(self) -> str:
        """The right answer as text."""
        return reading.spell(self.right)

    @property
    def text(self) -> str:
        """The question in words."""
        return asking.text(self.ask, self.story)

    @property
    def hints(self) -> tuple[str, str]:
        """Two hints: what decides, and the reason in this case."""
        return reasons.hint(self.ask, self.story), reasons.why(self.ask, self.story)

    @property
    def show(self) -> str:
        """The answer as text, and why."""
        return f"{self.sample}: {self.hints[1]}"

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """Every wrong answer that has a name, each with its one likeliest mistake."""
        return known.mistakes(self.ask, self.story)

    @cached_property
    def _named(self) -> dict[bytes | int, Mistake]:
        return {mistake.answer: mistake for mistake in self.mistakes}

    def answer(self, given: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Judge an answer as people write it. Raises `SetupError` for what is no answer."""
        readings = self._read(given)
        if self.right in readings:
            return Feedback(right=True, says=f"Right, {self.show}")
        for one in readings:
            if one in self._named:
                found = self._named[one]
                return not_yet(found.kind, found.says, found.step)
        return self._unknown(readings[0])

    def who(self, pick: str) -> Feedback:
        """Judge who decided the answer: guest, host, device, driver, design, or nobody.

        Raises `SetupError` for another name.

        >>> Question("ram_bytes", Setup(width=2), 0x1122).who("guest").right
        True
        """
        return reasons.who_decided(self.ask, self.story, pick)

    def _read(self, given: Any) -> tuple[bytes | int, ...]:  # noqa: ANN401 - as people write it
        s, number = self.setup, asking.number_asked(self.ask)
        bits = s.register_width if self.ask == "register" else 8 * s.width
        named = reading.letters(given, s.width)
        sizes = {s.width, s.slot, s.register_width // 8} if number else {s.width}
        spelled: tuple[bytes | int, ...] = ()
        problem: SetupError | None = None
        try:
            spelled = (
                reading.read_number(given, bits) if number else reading.read_bytes(given, s.width)
            )
        except SetupError as error:
            problem = error
        if named is None or len(named) not in sizes:
            if problem:
                raise problem
            return spelled
        lettered: bytes | int
        if number:
            lettered = lanes.as_int(lanes.zero_extend(named[::-1]), self.value)
        else:
            lettered = lanes.evaluate(named, self.value)
        answers = {self.right, *self._named}
        doubtful = [one for one in spelled if one in answers and one != lettered]
        if doubtful:
            given_, meant = f"answer={given!r}", reading.spell(doubtful[0])
            allowed = (
                f"either lane letters or hex: it is both, {reading.spell(lettered)} and {meant}"
            )
            raise SetupError(
                given_, allowed, repr("0x" + meant.replace(" ", " 0x").removeprefix("0x"))
            )
        return (lettered,)

    def _unknown(self, given: bytes | int) -> Feedback:
        """Say of an answer without a name how much of it is right."""
        s, right = self.setup, self.right
        if isinstance(given, bytes) and len(given) != s.width:
            more = {"moves": asking.count(s.width), "gave": str(len(given))}
            says, step = known.words("length", self.ask, s, **more)
            return not_yet("length", says, step)
        mine, wanted = (
            one if isinstance(one, bytes) else lanes.to_memory(one, s.width, "little")
            for one in (given, right)
        )
        places = sum(a == b for a, b in zip(mine, wanted, strict=True))
        if places == s.width:
            says = "the low bytes are right, those above them are not"
            until = f"the sign, up to bit {s.register_width - 1}" if s.signed else "zeros"
            return not_yet("unknown", says, f"Ask what a load leaves above its bytes: {until}.")
        says = f"{places} of {asking.count(s.width)} {'is' if places == 1 else 'are'} in place"
        return not_yet("unknown", says, f"Begin here: {_begin(self)}")


def _begin(question: Question) -> str:
    s, ask = question.setup, question.ask
    if s.op == "load":
        return "how does the device's order lay its value out in mmio.data?"
    if s.driver == "accessor":
        return "does the accessor reverse the value first?"
    if ask == "ram_bytes":
        return f"which byte does a {s.guest} guest put at +0?"
    return f"which byte does a {s.guest} guest's store put first?"


def draw(level: int, seed: int, number: int, native: bool = False) -> Question:  # noqa: FBT002 - Series
    """Return the question of this level, seed and number.

    >>> question = draw(1, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    card = drawing.dealt(drawing.DECKS[level], Question.kind, level, seed, number)
    dice = drawing.chance(Question.kind, level, seed, number)
    setup = drawing.setup_of(card, dice, native=native)
    ask = card.ask
    if level == 2 and ask == "mmio_data" and card.driver == "accessor" and dice.random() < 0.5:
        ask = "ram_bytes"
    return Question(ask, setup, drawing.value_for(setup, dice))
