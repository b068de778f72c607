"""`check(guess, …)`: what stands in a cell that a learner fills in, judged as `Predict` judges.

Nothing is told before an attempt: an empty guess is asked for, in words. An attempt gets the one
likeliest mistake, and which cases fail; what would have been right is not said.

(`kvmendian.check` is another thing: it holds a sentence against a design.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kvmendian.display import Table, Tabular
from kvmendian.errors import SetupError, clip, show
from kvmendian.model import lanes
from kvmendian.model.setups import Setup
from kvmendian.model.story import trace
from kvmendian.render import page

from .questions import Asked, Question, mistakes
from .questions.asked import Feedback, not_yet
from .questions.reading import read_bytes, read_number, spell

EMPTY = "Nothing is filled in yet. Write your answer into the cell, then run it again."
_FAILS = not_yet("unknown", "this case fails", "Follow it by hand, then look at the others")
_HINT = "check(mine, 'mmio_data', guest='big', value=0x11223344)"


@dataclass(frozen=True, repr=False)
class Checked(Tabular):
    """What became of a guess: `right`, in words `says`, the mistake's `kind`, and each case.

    True where all is right: so `assert check(…)` may stand in a cell. `rows` are (case, yours,
    verdict).
    """

    right: bool
    says: str
    kind: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether all is right."""
        return self.right

    @property
    def tried(self) -> bool:
        """Whether this judges an attempt, so that what is folded below it may be seen."""
        some = any(row[2] == "right" for row in self.rows)
        return self.right or some or self.kind not in ("", "no-answer")

    def _repr_mimebundle_(self, **more: Any) -> dict[str, str]:  # noqa: ANN401 - Jupyter's protocol
        shown = super()._repr_mimebundle_(**more)
        tried = " data-kvmendian-tried" if self.tried else ""
        html = f'<div class="kvmendian-predict"{tried}>{shown["text/html"]}</div>'
        return shown | {"text/html": html + page.folds()}

    def table(self) -> Table:
        """Return the verdict, and below it the cases, if there are several."""
        return Table(self.says, ("case", "yours", "") if self.rows else (), self.rows)


def check(guess: object, asked: object, *, value: int | None = None, **fields: Any) -> Checked:  # noqa: ANN401 - a setup's fields
    """Judge a guess by a question, by a right answer, or case by case.

    `asked` is what to ask (of `questions.ASKS`) with `value` and fields of `Setup`; a question of
    `questions.fresh`; a right answer, an integer or bytes; or a mapping from cases to right
    answers, for a function or a mapping that was filled in. A case that is a tuple is several
    arguments. Raises `SetupError` for what asks nothing.

    >>> print(check("", "mmio_data", guest="big", value=0x11223344))
    Nothing is filled in yet. Write your answer into the cell, then run it again.
    >>> check("44 33 22 11", "mmio_data", guest="big", value=0x11223344).kind
    'host-for-guest'
    >>> bool(check(lambda x: x ^ 1, {0: 1, 1: 0}))
    True
    """
    if isinstance(asked, Mapping) and asked and value is None and not fields:
        return _cases(guess, asked)
    if value is not None or fields or isinstance(asked, str):
        setup = Setup(**fields)
        number = 0x1122334455667788 >> (64 - 8 * setup.width) if value is None else value
        asked = Question(asked, setup, number)  # type: ignore[arg-type]
    if not isinstance(asked, (Asked, int, bytes)) or isinstance(asked, bool):
        raise SetupError(f"asked={show(asked)}", "a question, an answer, or cases", _HINT)
    if _empty(guess):
        return Checked(right=False, says=EMPTY)
    try:
        feedback = asked.answer(guess) if isinstance(asked, Asked) else _plain(guess, asked)
    except SetupError as error:
        says = f"That is no answer: {error.given}. Give {error.allowed}."
        return Checked(right=False, says=says, kind="no-answer")
    return Checked(feedback.right, feedback.says, feedback.kind)


def _empty(guess: object) -> bool:
    """Whether a guess is what stands in a cell before it is filled in."""
    if guess is None or guess is Ellipsis or (isinstance(guess, str) and not guess.strip(" ._?…")):
        return True
    return isinstance(guess, (bytes, list, tuple, dict)) and not guess


def _plain(guess: object, right: int | bytes) -> Feedback:
    """Judge a guess by its right answer alone; only slips of the pen have a name then."""
    if isinstance(right, bytes):
        readings: tuple[object, ...] = read_bytes(guess, len(right))
    else:
        readings = read_number(guess)
        right &= (1 << 64) - 1
    if right in readings:
        return Feedback(right=True, says=f"Right: {spell(right)}.")
    return _slip(readings, right)


def _slip(readings: Sequence[object], right: int | bytes) -> Feedback:
    width = len(right) if isinstance(right, bytes) else max(1, (right.bit_length() + 7) // 8)
    width = next((size for size in (1, 2, 4, 8) if size >= width), 8)
    setup = Setup(width=width)
    number = lanes.from_memory(right, "big") if isinstance(right, bytes) else right
    if isinstance(right, int) or len(right) in (1, 2, 4, 8):
        turned = lanes.as_int(lanes.swap(lanes.SOURCE, width), number)
        other = lanes.to_memory(turned, width, "big") if isinstance(right, bytes) else turned
        if other in readings and other != right:
            return not_yet("one-swap", *mistakes.KINDS["one-swap"])
        for kind, answer, _ in mistakes.slips(trace(setup, number), right):
            if answer in readings and answer != right:
                return not_yet(kind, *mistakes.words(kind, "mmio_data", setup))
    first = readings[0]
    if isinstance(right, bytes) and isinstance(first, bytes) and len(first) != len(right):
        says = f"{len(right)} bytes are asked, and you gave {len(first)}"
        return not_yet("length", says, f"Give {len(right)} bytes")
    return not_yet(
        "unknown", "no single mistake that we know gives this", "Try a smaller case first"
    )


def _cases(guess: object, cases: Mapping[Any, Any]) -> Checked:
    rows: list[tuple[str, str, str]] = []
    first: Feedback | None = None
    empty = 0
    for case, right in cases.items():
        yours, problem = _yours(guess, case)
        if problem is None and _empty(yours):
            empty += 1
            rows.append((_named(case), "", "nothing yet"))
            continue
        if problem is None and _same(yours, right):
            rows.append((_named(case), _told(yours), "right"))
            continue
        rows.append((_named(case), problem or _told(yours), "not yet"))
        if first is None:
            readings = (yours,) if isinstance(yours, (int, bytes)) else ()
            named = isinstance(right, (int, bytes)) and not isinstance(right, bool) and readings
            first = _slip(readings, right) if named else _FAILS
    if empty == len(cases):
        return Checked(right=False, says=EMPTY)
    if first is None and not empty:
        return Checked(right=True, says=f"Right in all {len(cases)} cases.", rows=tuple(rows))
    good = sum(row[2] == "right" for row in rows)
    where = next(row[0] for row in rows if row[2] != "right")
    says = f"Right in {good} of {len(cases)} cases. First that fails: {where}."
    if first is not None:
        says += first.says.removeprefix("Not yet").replace(":", " Not yet:", 1)
    return Checked(right=False, says=says, kind=first.kind if first else "", rows=tuple(rows))


def _yours(guess: object, case: object) -> tuple[object, str | None]:
    """Return what a guess says of a case, or what it raised; nothing where it says nothing."""
    if isinstance(guess, Mapping):
        return guess.get(case), None
    if not callable(guess):
        return guess, None
    try:
        return guess(*case) if isinstance(case, tuple) else guess(case), None
    except NotImplementedError:
        return None, None
    except Exception as error:  # noqa: BLE001 - a learner's function may raise anything
        return None, clip(f"{type(error).__name__}: {error}", 80)


def _same(yours: object, right: object) -> bool:
    try:
        if isinstance(yours, str) and isinstance(right, bytes):
            return right in read_bytes(yours, len(right))
        if isinstance(yours, str) and isinstance(right, int):
            return right in read_number(yours)
        return bool(yours == right) and isinstance(yours, bool) == isinstance(right, bool)
    except Exception:  # noqa: BLE001 - a foreign __eq__ may raise anything
        return False


def _named(case: object) -> str:
    return ", ".join(map(_told, case)) if isinstance(case, tuple) else _told(case)


def _told(thing: object) -> str:
    if isinstance(thing, bytes):
        return thing.hex(" ")
    number = isinstance(thing, int) and not isinstance(thing, bool) and thing > 9
    return hex(thing) if number else show(thing)  # type: ignore[arg-type]
