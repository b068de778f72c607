"""Did they learn? Twelve pairs of questions: one for before the course, one for after.

The two of a pair ask the same of the same setup, with other values: so they are equally hard, and
the same misconception gives the same kind of wrong answer. They are not validated on learners yet.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.errors import SetupError, instance, one_of, show
from kvmendian.model.setups import Setup

from .questions import Feedback, Question
from .questions.drawing import chance, value_for

if TYPE_CHECKING:
    from collections.abc import Mapping

SITTINGS = ("before", "after")
FORM = "kvmendian answers, form 1"
"""What a file of answers says of itself."""


class Pair(NamedTuple):
    """One item: an id, the misconception that it looks for, and the two questions.

    >>> PAIRS["ram-little"].before.setup == PAIRS["ram-little"].after.setup
    True
    """

    id: str
    about: str
    kind: str
    before: Question
    after: Question


def _pair(item: str, about: str, kind: str, ask: str, **fields: Any) -> Pair:  # noqa: ANN401 - a setup's fields
    setup = Setup(**fields)
    before, after = (
        Question(ask, setup, value_for(setup, chance("pairs", item, sitting)))
        for sitting in SITTINGS
    )
    return Pair(item, about, kind, before, after)


_ALL = (
    _pair("ram-little", "little-endian means the least significant byte first",
          "msb-for-little", "ram_bytes"),
    _pair("ram-big", "a big-endian store leaves the digits as they are written",
          "lsb-for-big", "ram_bytes", guest="big", width=2),
    _pair("big-guest", "the guest's order counts, not the host's",
          "host-for-guest", "mmio_data", guest="big", device="big"),
    _pair("big-host", "a big host changes nothing for a little guest",
          "host-for-guest", "mmio_data", host="big", width=2),
    _pair("big-device", "a device's order is not in the buffer of a raw store",
          "device-for-guest", "mmio_data", device="big"),
    _pair("device-reads", "the device reads in its own order",
          "guest-for-device", "device_value", guest="big"),
    _pair("accessor", "an accessor reverses where guest and device differ",
          "accessor-forgotten", "register", guest="big", driver="accessor"),
    _pair("load-data", "a load's buffer is in the device's order",
          "guest-for-device", "mmio_data", op="load", device="big"),
    _pair("load-register", "a load reads the buffer in the guest's order",
          "device-for-guest", "register", op="load", guest="big", host="big"),
    _pair("sign", "a sign-extending load fills the register with the sign",
          "sign-forgotten", "register", op="load", width=2, signed=True),
    _pair("sign-32", "a w register keeps 32 bits",
          "not-truncated", "register", op="load", width=2, signed=True, register_width=32),
    _pair("native", "native is the emulator's target, not the host",
          "host-for-native", "device_value", guest="big", host="big", device="native"),
)  # fmt: skip
PAIRS: Mapping[str, Pair] = {pair.id: pair for pair in _ALL}
"""The twelve, by id, in the order in which they are asked."""


class Sitting:
    """One learner's answers, before or after: nothing is judged aloud until all are given.

    `learner` is a name of the learner's own choice, the same both times; left out, one is made up.
    Raises `SetupError` for another sitting or name.

    >>> sitting = Sitting("before", learner="a7")
    >>> sitting.text[:27]
    'A little-endian guest store'
    >>> sitting.answer("11 22 33 44")
    >>> sitting.left
    11
    """

    def __init__(self, sitting: str, learner: str | None = None) -> None:
        """Begin with the first item."""
        self.sitting = one_of("sitting", sitting, SITTINGS)
        made = secrets.token_hex(3) if learner is None else learner
        self.learner = instance("learner", made, str, "'a7'").strip()
        hint = "learner='a7'"
        if not 0 < len(self.learner) <= 40:
            raise SetupError(f"learner={show(learner)}", "a name of 1 to 40 letters", hint)
        self._given: dict[str, tuple[str, Feedback]] = {}

    @property
    def left(self) -> int:
        """How many questions are left."""
        return len(PAIRS) - len(self._given)

    @property
    def question(self) -> Question | None:
        """The question that comes next; None after the last."""
        item = next((item for item in PAIRS if item not in self._given), None)
        return None if item is None else self._of(item)

    def _of(self, item: str) -> Question:
        pair = PAIRS[item]
        return pair.before if self.sitting == "before" else pair.after

    @property
    def text(self) -> str:
        """The next question in words."""
        return "All are answered." if self.question is None else self.question.text

    def answer(self, given: Any) -> None:  # noqa: ANN401 - as people write it
        """Keep an answer, and say nothing of it. Raises `SetupError` for what is none."""
        question = self.question
        if question is None:
            given = "an answer after the last question"
            raise SetupError(given, f"{len(PAIRS)} answers", "sitting.export('answers.json')")
        item = next(item for item in PAIRS if item not in self._given)
        self._given[item] = (show(given, 80).strip("'\""), question.answer(given))

    def skip(self) -> None:
        """Leave the next question out: better than a guess."""
        item = next((item for item in PAIRS if item not in self._given), None)
        if item is not None:
            self._given[item] = ("", Feedback(right=False, says="", kind="skipped"))

    def export(self, path: str | Path) -> Path:
        """Write the answers to a file, as JSON, and return its path. Nothing is sent anywhere.

        Raises `SetupError` where it cannot be written.
        """
        answers = [
            {"item": item, "given": given, "right": found.right, "mistake": found.kind}
            for item, (given, found) in self._given.items()
        ]
        head = {"what": FORM, "sitting": self.sitting, "learner": self.learner}
        try:
            made = Path(path)
            text = json.dumps(head | {"answers": answers}, indent=1, ensure_ascii=False)
            made.write_text(text + "\n", encoding="utf-8")
        except (OSError, TypeError, ValueError) as error:
            given = f"path={show(path)} ({type(error).__name__})"
            raise SetupError(given, "a file that can be written", "path='answers.json'") from None
        return made
