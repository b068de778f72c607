"""What a learner got wrong, in a small file beside the notebooks, and questions to warm up with.

The file is JSON that a person can read, and may be deleted at any time. Nothing in it leaves the
computer. Where it cannot be written, what is learned here is forgotten at the end, and `note` says
so. The answers themselves are not kept: only how often each mistake was made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kvmendian.errors import SetupError, integer, show

from .questions import KINDS, fresh
from .questions.drawing import chance

if TYPE_CHECKING:
    from .questions import Asked, Feedback

NAME = "kvmendian-memory.json"
"""The file's name, beside the notebooks."""

FORGOTTEN = "What you answer is forgotten at the end: {} cannot be written here."
_WHAT = "kvmendian: how often you made which mistake. Delete this file to forget it."

_TAUGHT: dict[int, tuple[tuple[str, int], ...]] = {
    1: (("forward", 1),),
    2: (("forward", 1), ("numbers", 1)),
    3: (("forward", 2), ("numbers", 2), ("sorting", 1)),
    4: (("forward", 2), ("diagnosis", 1), ("sorting", 2), ("numbers", 3)),
    5: (("forward", 3), ("inverse", 1), ("diagnosis", 1), ("finding", 1)),
    6: (("forward", 3), ("inverse", 2), ("finding", 1), ("ordering", 1)),
    7: (("forward", 3), ("diagnosis", 2), ("finding", 2), ("ordering", 2)),
    8: (("forward", 3), ("diagnosis", 3), ("finding", 3), ("ordering", 3)),
}
"""By lesson, kinds and levels of questions that the lessons before it have prepared."""


class Memory:
    """How often each mistake was made, kept in a file of a folder.

    Raises `SetupError` for a folder that is no text or path.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> memory = Memory(folder)
    >>> question = next(fresh(1, 7))
    >>> memory.keep(question, question.answer("00 11"))
    >>> Memory(folder).mistakes
    {'length': 1}
    """

    def __init__(self, folder: str | Path = ".") -> None:
        """Read the file, if there is one; one that makes no sense is begun anew."""
        try:
            self.path = Path(folder) / NAME
        except TypeError:
            raise SetupError(f"folder={show(folder)}", "a folder", "folder='.'") from None
        self.mistakes: dict[str, int] = {}
        self.right = 0
        self.note = ""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            mistakes = told["mistakes"].items()
            self.mistakes = {str(k): n for k, n in mistakes if type(n) is int and 0 < n < 10**6}
            self.right = told["right"] if type(told["right"]) is int else 0
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.mistakes = {}

    def keep(self, question: Asked, feedback: Feedback) -> None:
        """Count an answer, and write the file; where that fails, `note` says so."""
        if feedback.right:
            self.right += 1
            self._easier(question)
        elif feedback.kind:
            self.mistakes[feedback.kind] = self.mistakes.get(feedback.kind, 0) + 1
        common = dict(sorted(self.mistakes.items(), key=lambda one: (-one[1], one[0])))
        text = json.dumps({"what": _WHAT, "right": self.right, "mistakes": common}, indent=1)
        try:
            self.path.write_text(text + "\n", encoding="utf-8")
            self.note = ""
        except (OSError, ValueError):
            self.note = FORGOTTEN.format(NAME)

    def _easier(self, question: Asked) -> None:
        """Make up for one of the mistakes that a right answer might have been."""
        made = _kinds(question)
        worst = max(made & set(self.mistakes), key=lambda kind: self.mistakes[kind], default=None)
        if worst is not None:
            self.mistakes[worst] -= 1
            if not self.mistakes[worst]:
                del self.mistakes[worst]

    def warm_up(self, lesson: int, seed: int | None = None) -> tuple[Any, ...]:
        """Return three questions from before a lesson, on what this learner gets wrong first.

        Each is drawn for a mistake, the more often made the likelier; one that has made none gets
        any. Raises `SetupError` for another lesson than 1 to 8, or another seed.

        >>> [question.kind for question in Memory("nowhere").warm_up(1, seed=7)]
        ['forward', 'forward', 'forward']
        """
        lesson = integer("lesson", lesson, 1, 8)
        seed = (sum(self.mistakes.values()) + self.right) if seed is None else integer("seed", seed)
        dice, found = chance("warm-up", lesson, seed), []
        for number in range(3):
            kind, level = dice.choice(_TAUGHT[lesson])
            wanted = None
            if self.mistakes:
                wanted = dice.choices(*zip(*sorted(self.mistakes.items()), strict=True))[0]
            found.append(_drawn(kind, level, wanted, (seed + 1) * 3 + number, lesson))
        return tuple(found)


def _typed(question: object) -> bool:
    return hasattr(question, "mistakes")


def _kinds(question: Any) -> set[str]:  # noqa: ANN401 - an Asked of any kind
    """Return the mistakes that a question can bring to light."""
    if _typed(question):
        return {mistake.kind for mistake in question.mistakes}
    named = (*getattr(question, "choices", ()), *getattr(question, "items", ()))
    return {one.kind for one in named} | {line.does for line in getattr(question, "lines", ())}


def _drawn(kind: str, level: int, wanted: str | None, seed: int, lesson: int) -> Asked:
    """Draw a question that can bring the mistake to light, of a kind that has been prepared."""
    assert kind in KINDS  # noqa: S101 - _TAUGHT names kinds
    first: Asked = next(fresh(level, seed, kind))
    if wanted is None:
        return first
    for other, of_level in dict.fromkeys(((kind, level), *_TAUGHT[lesson])):
        question: Asked = next(fresh(of_level, seed, other))
        for _ in range(40):
            if wanted in _kinds(question):
                return question
            question = question.next
    return first
