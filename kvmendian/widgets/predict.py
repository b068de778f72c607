"""`Predict`: a question to answer before the picture shows."""

from __future__ import annotations

import os
from itertools import repeat
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from kvmendian.course.questions import Feedback, Question, fresh
from kvmendian.errors import SetupError
from kvmendian.model.setups import Setup
from kvmendian.render import page, svg
from kvmendian.render.shapes import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK = "<style>.kvmendian-predict p{line-height:1.5;margin:4px 0;max-width:70em}</style>"


class _Pulse(anywidget.AnyWidget):
    """Counts the kernel's answers; its other half, in the page, speaks up where none comes."""

    _esm = page.read("pulse.js")
    answers = traitlets.Int(0).tag(sync=True)


class Predict(ipywidgets.VBox):
    """Ask, wait for an answer, say which mistake it is; then show the picture.

    `Predict("mmio_data", guest="big", value=0x11223344)` asks one question: what to ask (one of
    `kvmendian.course.questions.ASKS`), fields of `Setup`, and a value. `Predict(level=2, seed=7)`
    asks fresh ones without end. `question`, `right` and `tried` tell where the learner stands; the
    score lives in the notebook's kernel and nowhere else. Raises `SetupError` for bad arguments.

    >>> predict = Predict("mmio_data", width=2, guest="big", value=0x1122)
    >>> predict.answer("22 11").kind, predict.answer("11 22").right, predict.tried
    ('host-for-guest', True, 2)
    """

    right = traitlets.Int(0)
    tried = traitlets.Int(0)
    _question: Question
    _hinted: int
    _settled: bool

    def __init__(
        self,
        ask: str | None = None,
        *,
        level: int | None = None,
        seed: int | None = None,
        value: int | None = None,
        **fields: Any,  # noqa: ANN401 - a setup's fields
    ) -> None:
        """Make one question of `ask`, fields and value, or fresh ones of `level` and `seed`."""
        one = ask is not None or value is not None or bool(fields)
        if one and (level is not None or seed is not None):
            given = "a question and a level, or a seed"
            raise SetupError(given, "one of the two", "Predict(level=2, seed=7)")
        self._questions = (
            _one(ask, value, fields) if one else fresh(1 if level is None else level, seed)
        )
        self._field = ipywidgets.Text(
            description="Your answer",
            placeholder="hex, then Enter",
            continuous_update=False,
            style={"description_width": "initial"},
        )
        self._buttons = {
            name: ipywidgets.Button(description=name)
            for name in ("Check", "Hint", "Show answer", *(() if one else ("Next question",)))
        }
        self._pulse = _Pulse()
        self._asked, self._said, self._picture = (ipywidgets.HTML() for _ in range(3))
        for name, act in zip(
            self._buttons, (self._check, self._hint, self._show, self._next), strict=False
        ):
            self._buttons[name].on_click(act)
        self._field.observe(self._check, "value")
        self._next()
        row = ipywidgets.HBox([self._field, *self._buttons.values()])
        row.layout.flex_flow = "row wrap"
        super().__init__([self._asked, row, self._pulse, self._said, self._picture])
        self.add_class("kvmendian-predict")

    @property
    def question(self) -> Question:
        """The question on show."""
        return self._question

    def answer(self, text: str) -> Feedback:
        """Answer as the text field does. Raises `SetupError` for what is no answer.

        >>> Predict("mmio_data", width=2, guest="big", value=0x1122).answer("11 22").right
        True
        """
        feedback = self._question.answer(text)
        if not self._settled:
            self.tried += 1
            self.right += feedback.right
        self._settled = self._settled or feedback.right
        self._tell(("✓ " if feedback.right else "✗ ") + feedback.says)
        if feedback.right:
            self._reveal()
        return feedback

    def _check(self, _: object = None) -> None:
        if not self._field.value.strip():
            self._tell("Type what you predict, then Check.")
            return
        try:
            self.answer(self._field.value)
        except SetupError as error:
            self._tell(f"That is no answer: {error.given}. Give {error.allowed}, as {error.hint}.")

    def _hint(self, _: object) -> None:
        hints = self._question.hints
        self._tell(f"Hint: {hints[min(self._hinted, len(hints) - 1)]}")
        self._hinted += 1

    def _show(self, _: object) -> None:
        self._settled = True  # an answer that was read off is not counted
        self._tell(f"The answer is {self._question.solution}")
        self._reveal()

    def _next(self, _: object = None) -> None:
        self._question, self._hinted, self._settled = next(self._questions), 0, False
        self._field.value = ""
        self._asked.value = f"{_LOOK}<p>{safe(self._question.text)}</p>"
        self._picture.value = ""
        self._tell("")

    def _reveal(self) -> None:
        self._picture.value = svg.html(self._question.story)

    def _tell(self, text: str) -> None:
        self._pulse.answers += 1
        score = f"<small>Right: {self.right} of {self.tried} answers.</small>" if self.tried else ""
        self._said.value = f'<p role="status">{safe(text)}</p>{score}'

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        """Show the widget; with KVMENDIAN_STATIC set, the question with its answer folded up."""
        if not os.environ.get("KVMENDIAN_STATIC"):
            return super()._repr_mimebundle_(**more)
        asked, solved = safe(self._question.text), safe(self._question.solution)
        html = f"<p>{asked}</p><details><summary>Answer</summary><p>{solved}</p></details>"
        return {"text/html": html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        """Show the question: what stands where no widget can run."""
        return f"Predict: {self._question.text}"


def _one(ask: str | None, value: int | None, fields: dict[str, Any]) -> Iterator[Question]:
    setup = Setup(**fields)
    if value is None:
        value = 0x1122334455667788 >> (64 - 8 * setup.width)
    return repeat(Question("mmio_data" if ask is None else ask, setup, value))
