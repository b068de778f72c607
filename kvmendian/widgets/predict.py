"""`Predict`: a question to answer before the picture shows."""

from __future__ import annotations

import os
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from kvmendian.course.memory import Memory
from kvmendian.course.questions import PARTIES, Asked, Feedback, Question, fresh
from kvmendian.errors import SetupError
from kvmendian.model.setups import Setup
from kvmendian.render import page, svg
from kvmendian.render.shapes import safe

from .answering import Answer, Pulse

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMPTY = {
    "text": "Type what you predict, then Check.",
    "one": "Choose one, then Check.",
    "some": "Choose those that belong, then Check.",
    "order": "Put the lines in order, then Check.",
}


class Predict(ipywidgets.VBox):
    """Ask, wait for an answer, say which mistake it is; then show the picture.

    `Predict("mmio_data", guest="big", value=0x11223344)` asks one question: what to ask (one of
    `kvmendian.course.questions.ASKS`), fields of `Setup`, and a value. `Predict(level=2, seed=7)`
    asks fresh ones without end, of a `kind` of `questions.KINDS`. `Predict(question)` asks one that
    was made elsewhere. `question`, `right` and `tried` tell where the learner stands. The same
    answer twice is one attempt. Raises `SetupError` for bad arguments.

    >>> predict = Predict("mmio_data", width=2, guest="big", value=0x1122)
    >>> predict.answer("22 11").kind, predict.answer("11 22").right, predict.tried
    ('host-for-guest', True, 2)
    """

    right = traitlets.Int(0)
    tried = traitlets.Int(0)
    _question: Asked
    _hinted: int
    _settled: bool
    _last: object
    _note = ""

    def __init__(
        self,
        ask: str | Asked | None = None,
        *,
        level: int | None = None,
        seed: int | None = None,
        kind: str | None = None,
        value: int | None = None,
        **fields: Any,  # noqa: ANN401 - a setup's fields
    ) -> None:
        """Make one question of `ask`, fields and value, or fresh ones of `level` and `seed`."""
        one = ask is not None or value is not None or bool(fields)
        if one and not (level is None and seed is None and kind is None):
            given = "a question and a level, a seed, or a kind"
            raise SetupError(given, "one of the two", "Predict(level=2, seed=7)")
        self._questions = _questions(ask, value, fields) if one else _fresh(level, seed, kind)
        self._answer = Answer(self._given)
        self._buttons = {
            name: ipywidgets.Button(description=name)
            for name in ("Hint", "Show answer", *(() if one else ("Next question",)))
        }
        self._pulse = Pulse()
        self._asked, self._said, self._picture = (ipywidgets.HTML() for _ in range(3))
        for name, act in zip(self._buttons, (self._hint, self._show, self._next), strict=False):
            self._buttons[name].on_click(act)
        self._who = ipywidgets.HBox(layout={"flex_flow": "row wrap", "display": "none"})
        self._who.children = [ipywidgets.HTML("Who decided?"), *map(self._party, _WHO)]
        self._next()
        row = ipywidgets.HBox([*self._buttons.values()])
        row.layout.flex_flow = "row wrap"
        parts = [self._asked, self._answer, row, self._pulse, self._said, self._who, self._picture]
        super().__init__(parts)
        self.add_class("kvmendian-predict")

    @property
    def question(self) -> Any:  # noqa: ANN401 - an Asked of any kind
        """The question on show."""
        return self._question

    def answer(self, text: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Answer as the page does. Raises `SetupError` for what is no answer.

        >>> Predict("mmio_data", width=2, guest="big", value=0x1122).answer("11 22").right
        True
        """
        feedback = self._question.answer(text)
        if not self._settled and (self._last is None or repr(text) != self._last):
            self.tried += 1
            self.right += feedback.right
            memory = _memory()
            if memory is not None:
                memory.keep(self._question, feedback)
                self._note = memory.note
        self._last = repr(text)
        self._settled = self._settled or feedback.right
        self._answer.unfolds = True
        self._tell(("✓ " if feedback.right else "✗ ") + feedback.says)
        if feedback.right:
            self._reveal()
        return feedback

    def _given(self, text: str) -> None:
        if not text.strip():
            self._tell(_EMPTY[self._question.takes])
            return
        try:
            self.answer(text)
        except SetupError as error:
            self._tell(f"That is no answer: {error.given}. Give {error.allowed}, as {error.hint}.")

    def _hint(self, _: object) -> None:
        hints = self._question.hints
        self._tell(f"Hint: {hints[min(self._hinted, len(hints) - 1)]}")
        self._hinted += 1

    def _show(self, _: object) -> None:
        self._settled = True  # an answer that was read off is not counted
        self._answer.unfolds = True
        self._tell(f"The answer is {self._question.show}")
        self._reveal()

    def _next(self, _: object = None) -> None:
        self._question, self._hinted, self._settled = next(self._questions), 0, False
        self._last = None
        self._asked.value = f"<p>{safe(self._question.asked)}</p>"
        self._answer.ask(self._question.takes, self._question.options)
        self._picture.value = ""
        self._who.layout.display = "none"
        self._tell("")

    def _party(self, name: str) -> ipywidgets.Button:
        button = ipywidgets.Button(description=name, layout={"width": "auto"})

        def judge(_: object) -> None:
            feedback = self.question.who(name)
            self._tell(("✓ " if feedback.right else "✗ ") + feedback.says)

        button.on_click(judge)
        return button

    def _reveal(self) -> None:
        told = self._question.told
        self._picture.value = "" if told is None else svg.html(told)
        if isinstance(self._question, Question):
            self._who.layout.display = "flex"

    def _tell(self, text: str) -> None:
        self._pulse.answers += 1
        score = f"<small>Right: {self.right} of {self.tried} answers.</small>" if self.tried else ""
        note = f" <small>{safe(self._note)}</small>" if self._note else ""
        self._said.value = f'<p role="status">{safe(text)}</p>{score}{note}'

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        """Show the widget; with KVMENDIAN_STATIC set, the question with its answer folded up."""
        if not os.environ.get("KVMENDIAN_STATIC"):
            return super()._repr_mimebundle_(**more)
        asked = "<br>".join(map(safe, self._question.text.split("\n")))
        solved = safe(self._question.show)
        html = (
            f'<div class="kvmendian-predict"><p>{asked}</p><details class="kvmendian-show">'
            f"<summary>Answer</summary><p>{solved}</p></details></div>{page.folds()}"
        )
        return {"text/html": html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        """Show the question: what stands where no widget can run."""
        return f"Predict: {self._question.text}"


_WHO = (*PARTIES, "nobody")


@cache
def _memory() -> Memory | None:
    """Return the memory of the folder that a notebook lies in; none outside of a notebook."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415 - Jupyter's

    shell = get_ipython()
    wanted = os.environ.get("KVMENDIAN_MEMORY", "on") != "off"
    return Memory() if wanted and getattr(shell, "kernel", None) is not None else None


def _fresh(level: int | None, seed: int | None, kind: str | None) -> Iterator[Asked]:
    return fresh(1 if level is None else level, seed, "forward" if kind is None else kind)


def _questions(ask: object, value: int | None, fields: dict[str, Any]) -> Iterator[Asked]:
    if isinstance(ask, Asked):
        if value is not None or fields:
            given = f"a question and {', '.join(fields) or 'value'}"
            raise SetupError(given, "a question alone, or what to make one of", "Predict(question)")
        return repeat(ask)
    setup = Setup(**fields)
    if value is None:
        value = 0x1122334455667788 >> (64 - 8 * setup.width)
    return repeat(Question("mmio_data" if ask is None else ask, setup, value))  # type: ignore[arg-type]
