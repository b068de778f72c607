"""What every kind of question has: words, hints, an answer that is judged, and the next one.

A question is a value: nothing in it changes, and the same seed gives the same. So a terminal serves
as well as a notebook: `question.text`, `.hint`, `.show`, `.answer("…")`, and `.next`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.story import Story

LONGEST = 200
"""Characters that feedback may have: what is longer is not read."""


class Feedback(NamedTuple):
    """What to say of an answer: at most 200 characters, the next step among them.

    `kind` names the one likeliest mistake (see `mistakes.KINDS`); after a right answer it is empty.

    >>> Feedback(right=True, says="Right.").kind
    ''
    """

    right: bool
    says: str
    kind: str = ""
    step: str = ""


def not_yet(kind: str, says: str, step: str) -> Feedback:
    """Return the feedback on a wrong answer: what it is, and what to do next.

    >>> not_yet("unknown", "no single mistake gives this", "Begin with the guest").says
    'Not yet: no single mistake gives this. Begin with the guest.'
    """
    step = step if step.endswith(("?", ".")) else f"{step}."
    return Feedback(right=False, says=f"Not yet: {says}. {step}", kind=kind, step=step)


class Series(NamedTuple):
    """Where a question stands: drawn as the n-th of a kind, level and seed.

    `draw(level, seed, number, native)` makes the question of a number, whichever came before.
    """

    draw: Callable[..., Asked]
    level: int
    seed: int
    number: int
    native: bool = False

    def question(self) -> Asked:
        """Return the question that stands here, and knows it."""
        made = self.draw(self.level, self.seed, self.number, self.native)
        object.__setattr__(made, "series", self)
        return made


class Asked:
    """A question of any kind. `takes` says how it is answered, and `answer` judges.

    `takes` is `"text"` (bytes or a number in any spelling), `"one"` (one of `options`), `"some"`
    (those of `options` that belong together) or `"order"` (a sequence of `options`).

    >>> from kvmendian.course.questions import fresh
    >>> question = next(fresh(level=1, seed=7))
    >>> question.takes, question.answer(question.sample).right
    ('text', True)
    """

    kind: str = ""
    takes: str = "text"
    series: Series | None = None

    @property
    def text(self) -> str:
        """The question in words."""
        raise NotImplementedError

    @property
    def asked(self) -> str:
        """The question where its options stand below it, and are chosen there."""
        return self.text

    @property
    def options(self) -> tuple[str, ...]:
        """What there is to choose from; nothing where the answer is typed."""
        return ()

    @property
    def hints(self) -> tuple[str, ...]:
        """Hints, the most general first. None of them is the answer."""
        raise NotImplementedError

    @property
    def hint(self) -> str:
        """The first hint."""
        return self.hints[0]

    @property
    def show(self) -> str:
        """The right answer, and why."""
        raise NotImplementedError

    @property
    def solution(self) -> str:
        """`show`, by the name that lessons use."""
        return self.show

    @property
    def told(self) -> Story | None:
        """The access that was asked about, for a picture afterwards; None if there is none."""
        return None

    def answer(self, given: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Judge an answer. Raises `SetupError` for what is none."""
        raise NotImplementedError

    @property
    def sample(self) -> Any:  # noqa: ANN401 - as `answer` takes it
        """A right answer, as `answer` takes it."""
        raise NotImplementedError

    @property
    def next(self) -> Asked:
        """The next question of the same kind, level and seed.

        Raises `SetupError` for a question that was made by hand: it stands alone.
        """
        if self.series is None:
            given, allowed = "next of a question made by hand", "next of one that fresh() drew"
            raise SetupError(given, allowed, "next(fresh(level=1, seed=7))")
        return self.series._replace(number=self.series.number + 1).question()
