"""Questions that are answered by choosing: one of a few, or those of a few that belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.errors import SetupError, index, show

from .asked import Asked, Feedback, Series, not_yet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kvmendian.model.story import Story


class Option(NamedTuple):
    """One thing to choose: its words; where it is wrong, the mistake, what is said, the next step.

    >>> Option("nobody", "fault-missed", "the values differ", "Look at the device").kind
    'fault-missed'
    """

    label: str
    kind: str = ""
    says: str = ""
    step: str = ""


class Item(NamedTuple):
    """One of several to sort: whether it belongs, why, and the mistake of taking it otherwise.

    >>> Item("mmio.data", True, "it has addresses", "bytes-as-number").belongs
    True
    """

    label: str
    belongs: bool
    why: str
    kind: str


def chosen(given: Any, labels: Sequence[str]) -> tuple[int, ...]:  # noqa: ANN401 - as people write it
    """Read which of the labels are meant: by number from 1, by letter from a, or by their words.

    Raises `SetupError` for what names none of them.

    >>> chosen("b", ["KVM", "nobody"]), chosen("2, 1", ["KVM", "nobody"]), chosen("kvm", ["KVM"])
    ((1,), (1, 0), (0,))
    """
    count = len(labels)
    allowed = f"numbers from 1 to {count}, or letters from a to {chr(96 + count)}"
    number = index(given)
    parts: list[Any] = [number] if number is not None else []
    if isinstance(given, (list, tuple)):
        parts = list(given)
    elif isinstance(given, str):
        plain = " ".join(given.lower().split())
        same = [k for k, label in enumerate(labels) if " ".join(label.lower().split()) == plain]
        if plain and len(same) == 1:
            return (same[0],)
        parts = [part for part in re.split(r"[\s,;.:()]+|->|→|\band\b", plain) if part]
        if len(parts) == 1 and 1 < len(parts[0]) <= count:
            parts = list(parts[0])  # "bda", "3142"
    found = []
    for part in parts:
        at = index(part)
        if isinstance(part, str):
            letter = len(part) == 1 and "a" <= part.lower() <= "z"
            at = ord(part.lower()) - 96 if letter else int(part) if part.isdecimal() else None
        if at is None or not 1 <= at <= count:
            raise SetupError(f"answer={show(given)}", allowed, "answer='1'")
        found.append(at - 1)
    if not found or len(set(found)) < len(found):
        raise SetupError(f"answer={show(given)}", f"{allowed}, each once", "answer='1'")
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Choice(Asked):
    """One of `choices` is right, and each of the others is a mistake with a name.

    >>> wrong = Option("KVM", "kernel-blamed", "its bytes are RAM's", "Look at the device")
    >>> Choice(kind="diagnosis", asks="Who?", choices=(wrong, Option("VMM")), reasons="So.",
    ...        helps=("Look.",)).answer("a").says
    "Not yet: its bytes are RAM's. Look at the device."
    """

    kind: str
    asks: str
    choices: tuple[Option, ...]
    reasons: str
    helps: tuple[str, ...]
    story: Story | None = None
    series: Series | None = field(default=None, repr=False, compare=False)

    takes = "one"

    @property
    def text(self) -> str:
        """The question, with what there is to choose below it."""
        lines = (f"{chr(97 + k)}) {label}" for k, label in enumerate(self.options))
        return "\n".join((self.asks, *lines))

    @property
    def asked(self) -> str:
        """The question alone."""
        return self.asks

    @property
    def options(self) -> tuple[str, ...]:
        """The words of the choices."""
        return tuple(option.label for option in self.choices)

    @property
    def hints(self) -> tuple[str, ...]:
        """Hints, the most general first."""
        return self.helps

    @property
    def told(self) -> Story | None:
        """The access behind it."""
        return self.story

    @property
    def _right(self) -> int:
        return next(k for k, option in enumerate(self.choices) if not option.kind)

    @property
    def sample(self) -> str:
        """The right letter."""
        return chr(97 + self._right)

    @property
    def show(self) -> str:
        """The right choice, and why."""
        return f"{self.sample}) {self.choices[self._right].label}. {self.reasons}"

    def answer(self, given: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Judge a choice. Raises `SetupError` for what is none, or more than one."""
        picks = chosen(given, self.options)
        if len(picks) != 1:
            raise SetupError(f"answer={show(given)}", "one of them", "answer='a'")
        option = self.choices[picks[0]]
        if not option.kind:
            return Feedback(right=True, says=f"Right. {self.reasons}")
        return not_yet(option.kind, option.says, option.step)


@dataclass(frozen=True, kw_only=True)
class Sorting(Asked):
    """Some of `items` belong together: which? Every other set is wrong, and told by one item.

    >>> items = Item("x0", False, "a number", "a"), Item("RAM", True, "has addresses", "b")
    >>> Sorting(asks="Bytes?", items=items, helps=("Look.",)).answer("2").right
    True
    """

    asks: str
    items: tuple[Item, ...]
    helps: tuple[str, ...]
    series: Series | None = field(default=None, repr=False, compare=False)

    kind = "sorting"
    takes = "some"

    @property
    def text(self) -> str:
        """The question, with what is to be sorted below it."""
        lines = (f"{k}) {item.label}" for k, item in enumerate(self.items, 1))
        return "\n".join((f"{self.asks} Give their numbers.", *lines))

    @property
    def asked(self) -> str:
        """The question alone."""
        return self.asks

    @property
    def options(self) -> tuple[str, ...]:
        """The words of the items."""
        return tuple(item.label for item in self.items)

    @property
    def hints(self) -> tuple[str, ...]:
        """Hints, the most general first."""
        return self.helps

    @property
    def sample(self) -> str:
        """The right numbers."""
        return " ".join(str(k) for k, item in enumerate(self.items, 1) if item.belongs)

    @property
    def show(self) -> str:
        """The right numbers, and what keeps each of the others out."""
        out = [f"{k}) {item.label}: {item.why}" for k, item in self._numbered if not item.belongs]
        return f"{self.sample}: each {self._why}. Not {'; '.join(out)}."

    @property
    def _numbered(self) -> Iterator[tuple[int, Item]]:
        return enumerate(self.items, 1)

    @property
    def _why(self) -> str:
        return next(item.why for item in self.items if item.belongs).removeprefix("it ")

    def answer(self, given: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Judge a set. Raises `SetupError` for what is none."""
        picks = set(chosen(given, self.options))
        wrong = [item for k, item in enumerate(self.items) if (k in picks) != item.belongs]
        if not wrong:
            return Feedback(
                right=True,
                says=f"Right, all {len(self.items)}. Of {self.sample}, each: {self._why}.",
            )
        first, good = wrong[0], len(self.items) - len(wrong)
        says = f"{good} of {len(self.items)} are right. Look at {first.label}: {first.why}"
        more = ", then look at the others" * (len(wrong) > 1)
        return not_yet(first.kind, says, f"Sort that one anew{more}")
