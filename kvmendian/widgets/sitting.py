"""Three questions to warm up with, and twelve for before and after, in a notebook."""

from __future__ import annotations

import os
from typing import Any

import ipywidgets

from kvmendian.course.memory import Memory
from kvmendian.course.pairs import PAIRS, Sitting
from kvmendian.errors import SetupError, show
from kvmendian.render.shapes import safe

from .answering import Answer, Pulse
from .predict import Predict


class WarmUp(ipywidgets.VBox):
    """Three questions from before a lesson, on what this learner got wrong first.

    `lesson` is 1 to 8; the same `seed` gives the same three to those who made the same mistakes.
    Raises `SetupError` for another lesson or seed.

    >>> [predict.question.kind for predict in WarmUp(1, seed=7).children]
    ['forward', 'forward', 'forward']
    """

    def __init__(self, lesson: int, *, seed: int | None = None) -> None:
        """Draw three by what stands in the folder's memory."""
        three = Memory().warm_up(lesson, seed)
        super().__init__([Predict(question) for question in three])

    def __repr__(self) -> str:
        """Show the three questions."""
        return "\n".join(map(repr, self.children))

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        if not os.environ.get("KVMENDIAN_STATIC"):
            return super()._repr_mimebundle_(**more)
        shown = [child._repr_mimebundle_()["text/html"] for child in self.children]
        return {"text/html": "".join(shown), "text/plain": repr(self)}


class Sit(ipywidgets.VBox):
    """Twelve questions in a row, before the course or after it, of which nothing is judged aloud.

    At the end a button writes the answers to `kvmendian-answers-….json`, beside the notebook, for
    the teacher; nothing is sent. `learner` is a name of one's own choice, the same both times.
    Raises `SetupError` for another sitting.

    >>> sit = Sit("before", learner="a7")
    >>> sit.sitting.left
    12
    """

    def __init__(self, sitting: str, *, learner: str | None = None) -> None:
        """Begin with the first question."""
        self.sitting = Sitting(sitting, learner)
        self._asked, self._said = ipywidgets.HTML(), ipywidgets.HTML()
        self._answer, self._pulse = Answer(self._given), Pulse()
        self._skip = ipywidgets.Button(description="I do not know")
        self._save = ipywidgets.Button(description="Save answers")
        self._skip.on_click(lambda _: self._go(self.sitting.skip))
        self._save.on_click(self._export)
        row = ipywidgets.HBox([self._skip, self._save])
        super().__init__([self._asked, self._answer, row, self._pulse, self._said])
        self.add_class("kvmendian-predict")
        self._show("")

    def _given(self, text: str) -> None:
        if not text.strip():
            self._say("Type what you think, then Check; or say that you do not know.")
            return
        try:
            self._go(lambda: self.sitting.answer(text))
        except SetupError as error:
            self._say(f"That is no answer: {error.given}. Give {error.allowed}.")

    def _go(self, step: Any) -> None:  # noqa: ANN401 - what takes an answer
        step()
        self._show("Kept." if self.sitting.left else "Done. Save your answers.")

    def _export(self, _: object) -> None:
        name = "".join(c for c in self.sitting.learner if c.isalnum() or c in "-_") or "me"
        try:
            path = self.sitting.export(f"kvmendian-answers-{name}-{self.sitting.sitting}.json")
        except SetupError as error:
            self._say(f"Not saved: {error.given}.")
            return
        self._say(f"Saved as {path}, beside this notebook. Your name there: {show(name)}.")

    def _show(self, text: str) -> None:
        left, question = self.sitting.left, self.sitting.question
        count = f"{len(PAIRS) - left + 1} of {len(PAIRS)}. " if left else ""
        self._asked.value = f"<p>{count}{safe(self.sitting.text)}</p>"
        self._skip.disabled, self._save.disabled = not left, bool(left)
        self._answer.layout.display = "" if left else "none"
        if question is not None:
            self._answer.ask(question.takes, question.options)
        self._say(text)

    def _say(self, text: str) -> None:
        self._pulse.answers += 1
        self._said.value = f'<p role="status">{safe(text)}</p>'

    def _repr_mimebundle_(self, **more: Any) -> Any:  # noqa: ANN401 - Jupyter's protocol
        if not os.environ.get("KVMENDIAN_STATIC"):
            return super()._repr_mimebundle_(**more)
        return {"text/html": f"<p>{safe(repr(self))}</p>", "text/plain": repr(self)}

    def __repr__(self) -> str:
        """Say what this is: its questions are told where it runs."""
        return f"Twelve questions, {self.sitting.sitting} the course, where a kernel runs"
