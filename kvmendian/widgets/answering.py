"""Where an exercise is answered, and the word that comes when the kernel does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from kvmendian.render import page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Pulse(anywidget.AnyWidget):
    """Counts the kernel's answers; its other half, in the page, speaks up where none comes."""

    _esm = page.read("pulse.js")
    answers = traitlets.Int(0).tag(sync=True)


class Answer(anywidget.AnyWidget):
    """A field, choices, or lines in order. Enter or Check calls `given` once, with a text.

    `unfolds` says that what is folded below, up to the next question, may be seen.

    >>> said = []
    >>> answer = Answer(said.append)
    >>> answer.take({"answer": "11 22"})
    >>> said
    ['11 22']
    """

    _esm = f"{page.read('fold.js')}\n{page.read('answer.js')}"
    _css = page.read("answer.css")
    takes = traitlets.Unicode("text").tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    number = traitlets.Int(0).tag(sync=True)
    unfolds = traitlets.Bool(False).tag(sync=True)  # noqa: FBT003 - traitlets' way

    def __init__(self, given: Callable[[str], None]) -> None:
        """Hand answers to `given`."""
        super().__init__()
        self._to = given
        self.on_msg(lambda _, content, __: self.take(content))

    def take(self, content: Any) -> None:  # noqa: ANN401 - what a page sends
        """Take a message of the page; what is no answer is left alone."""
        text = content.get("answer") if isinstance(content, dict) else None
        if isinstance(text, str):
            self._to(text)

    def ask(self, takes: str, options: Sequence[str]) -> None:
        """Ask anew: an empty field, nothing chosen, nothing moved."""
        with self.hold_sync():
            self.takes, self.options, self.unfolds = takes, list(options), False
            self.number += 1
