"""What a claim is, and how its verdict is found: every case is tried, none is typed in.

A claim has one reading or more. A reading is a question that each of its cases answers with yes
or no. All yes: it holds. All no: it fails. Else the shortest condition on the cases' fields is
looked for that is true where the answer is yes and nowhere else: it holds only when that is so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kvmendian.display import LIVE, Table, Tabular
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Case: TypeAlias = Any
"""A `Setup`, or a named tuple with the fields that a claim is about."""


@dataclass(frozen=True)
class Reading:
    """One way to understand a claim: words, the cases that decide it, and the question.

    `when` says of which understanding this is the reading; empty where there is but one.

    >>> setups = lambda: Setup.all(op="store", width=2, design="be-guests-2013", driver="raw")
    >>> mine = Reading("stores", setups, lambda setup: setup.trace(0x1122).honours_abi)
    >>> Claim(0, "mine", "me", "today", "here", "Two bytes go right.", (mine,)).verdict().outcome
    'holds only when guest is big, or host is little'
    """

    text: str
    cases: Callable[[], Iterable[Case]]
    holds: Callable[[Case], bool]
    when: str = ""


class Finding(NamedTuple):
    """What the cases of a reading say: `outcome` in words, the cases on either side.

    >>> from kvmendian import CLAIMS
    >>> finding = CLAIMS["only-big-guests"].verdict().findings[0]
    >>> describe(finding.counterexample)
    'store, width 2, host big, guest little'
    """

    reading: Reading
    outcome: str
    held: tuple[Case, ...]
    broken: tuple[Case, ...]

    @property
    def counterexample(self) -> Case | None:
        """The first case that says no, or None."""
        return self.broken[0] if self.broken else None

    def __repr__(self) -> str:
        """Say in a line what was found, and of how many cases."""
        tried = len(self.held) + len(self.broken)
        return f"<Finding: {self.outcome}, {len(self.held)} of {tried} cases>"


@dataclass(frozen=True, repr=False)
class Verdict(Tabular):
    """What the model finds. `findings` decide the outcome; `also` are consequences worth seeing.

    >>> from kvmendian import CLAIMS
    >>> CLAIMS["only-big-guests"].verdict().story.honours_abi
    False
    """

    findings: tuple[Finding, ...]
    also: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> str:
        """`"holds"`, `"fails"` or `"holds only when …"`; by each reading where none holds."""
        outcomes = [finding.outcome for finding in self.findings]
        if len(set(outcomes)) == 1:
            return outcomes[0]
        if "holds" not in outcomes:
            return "; ".join(f"{f.outcome} (if {f.reading.when})" for f in self.findings)
        when = [f.reading.when for f in self.findings if f.outcome == "holds"]
        return "holds only when " + ", or ".join(when)

    @property
    def setups(self) -> tuple[Setup, ...]:
        """The setups that show it: those that break a reading, or where none does all that hold."""
        broken = [case for f in self.findings for case in f.broken]
        cases = broken or [case for f in self.findings for case in f.held]
        return tuple(case for case in cases if isinstance(case, Setup))

    @property
    def story(self) -> Story | None:
        """A picture: the first counterexample that is a setup, or else the first setup."""
        everything = (*self.findings, *self.also)
        cases = [f.counterexample for f in everything] + [f.held[0] for f in everything if f.held]
        setup = next((case for case in cases if isinstance(case, Setup)), None)
        if setup is None:
            return None
        value = 0x8177665544332211 if setup.signed else 0x1122334455667788
        return trace(setup, value >> (64 - 8 * setup.width))

    def table(self) -> Table:
        """Return the outcome, and one row a reading."""
        rows = []
        for mark, findings in (("claim", self.findings), ("also", self.also)):
            for f in findings:
                tried = len(f.held) + len(f.broken)
                first = describe(f.counterexample, (*f.held, *f.broken)) if f.broken else "none"
                rows.append((mark, f.reading.text, f.outcome, f"{len(f.held)}/{tried}", first))
        columns = ("", "what was tried", "verdict", "cases", "first counterexample")
        return Table(self.outcome, columns, tuple(rows))


@dataclass(frozen=True, repr=False)
class Claim(Tabular):
    """One claim: its number in the argument's order, who made it when and where, in our words.

    `note` is what became of it, with the source. `verdict()` is computed each time anew,
    and `explore()` gives the claim to play in a notebook.

    >>> from kvmendian import CLAIMS
    >>> print(CLAIMS["only-big-guests"].verdict().outcome)
    holds only when width is 1, or guest is big, or host is little
    """

    number: int
    id: str
    who: str
    when: str
    where: str
    text: str
    readings: tuple[Reading, ...]
    also: tuple[Reading, ...] = ()
    note: str = ""

    def explore(self) -> Any:  # noqa: ANN401 - a Scenario, which lies above
        """Return the claim to play, alive where a notebook shows it.

        >>> from kvmendian import CLAIMS
        >>> CLAIMS["just-swab"].explore().setup.design_name
        'swab'
        """
        return LIVE["Claim"](self)

    def verdict(self) -> Verdict:
        """Try every case, and say what was found.

        >>> from kvmendian import CLAIMS
        >>> len(CLAIMS["only-big-guests"].verdict().findings)
        1
        """
        return Verdict(tuple(map(_find, self.readings)), tuple(map(_find, self.also)))

    @property
    def setups(self) -> tuple[Setup, ...]:
        """The setups that decide it; empty where its cases are of another kind."""
        cases = [case for reading in self.readings for case in reading.cases()]
        return tuple(case for case in cases if isinstance(case, Setup))

    def table(self) -> Table:
        """Return the claim with its source, how it can be read, and what became of it."""
        rows = [("who", f"{self.who}, {self.when}, {self.where}")]
        rows += [("tried", reading.text) for reading in self.readings]
        rows += [("also", reading.text) for reading in self.also]
        rows += [("since", self.note)] if self.note else []
        says = f"CLAIMS[{self.id!r}].verdict() tries every case"
        return Table(f"{self.number}. {self.text}", ("", ""), tuple(rows), (says,))


def _find(reading: Reading) -> Finding:
    cases = tuple(reading.cases())
    held = tuple(case for case in cases if reading.holds(case))
    kept = set(held)
    broken = tuple(case for case in cases if case not in kept)
    if not broken:
        outcome = "holds"
    elif not held:
        outcome = "fails"
    else:
        outcome = "holds only when " + condition(held, broken)
    return Finding(reading, outcome, held, broken)


@lru_cache(maxsize=256)
def condition(held: tuple[Case, ...], broken: tuple[Case, ...]) -> str:
    """Return the shortest condition that tells the two apart, in words.

    It is a choice of up to three terms, each one fact or two facts at once; a fact is a field with
    a value, or two byte orders that agree or differ. Where none does, the cases are counted.

    >>> condition((Setup(),), (Setup(host="big"),))
    'host is little'
    """
    cases = (*held, *broken)
    wanted = (1 << len(held)) - 1
    facts: dict[str, int] = {}
    for text, mask in _facts(cases):
        facts.setdefault(text, mask)
    terms = [(text, mask) for text, mask in facts.items() if mask and not mask & ~wanted]
    for (a, one), (b, two) in combinations(facts.items(), 2):
        both = one & two
        if both and not both & ~wanted and both not in (one, two):
            terms.append((f"{a} and {b}", both))
    useful: list[tuple[str, int]] = []
    for text, mask in terms:  # a term that a simpler one contains is of no use
        if not any(mask | other == other for _, other in useful):
            useful.append((text, mask))
    for size in (1, 2, 3, 4):
        for chosen in combinations(useful, size):
            together = 0
            for _, mask in chosen:
                together |= mask
            if together == wanted:
                return ", or ".join(text for text, _ in chosen)
    return f"one of {len(held)} of {len(cases)} cases"


_FIELDS = ("width", "el", "era", "driver", "op", "guest", "host", "device", "target", "signed",
           "register_width", "design", "ee", "e0e")  # fmt: skip
_ORDERS = ("guest", "host", "device")
_BITS = ("el", "ee", "e0e")  # which Arm writes in capitals


def _facts(cases: tuple[Case, ...]) -> Iterable[tuple[str, int]]:
    """Yield each fact with the set of cases for which it is true, as bits."""
    columns = {name: [_value(case, name) for case in cases] for name in _FIELDS}
    if all(getattr(case, "device", "") == "native" for case in cases):
        del columns["device"]  # its order is the target's
    columns = {name: column for name, column in columns.items() if len(set(column)) > 1}
    columns = {name.upper() if name in _BITS else name: c for name, c in columns.items()}
    for name, column in columns.items():
        if not isinstance(column[0], bool):
            for value in dict.fromkeys(column):
                yield f"{name} is {value}", _mask(given == value for given in column)
        else:
            yield f"{name} is on", _mask(column)
            yield f"{name} is off", _mask(not given for given in column)
    for one, two in combinations([name for name in (*_ORDERS, "EE", "E0E") if name in columns], 2):
        same = [a == b for a, b in zip(columns[one], columns[two], strict=True)]
        yield f"{one} and {two} agree", _mask(same)
        yield f"{one} and {two} differ", _mask(not s for s in same)


def _value(case: Case, name: str) -> Any:  # noqa: ANN401 - whatever a field holds
    if name == "device" and isinstance(case, Setup):
        return case.device_order
    return getattr(case, name, None)


def _mask(truths: Iterable[object]) -> int:
    return sum(1 << k for k, truth in enumerate(truths) if truth)


def describe(case: Case, among: Iterable[Case] = ()) -> str:
    """Return a case in a few words: of a setup, what is not a default.

    Of another kind of case only the fields are named in which it differs from one `among` others.

    >>> describe(Setup(host="big"))
    'store, width 4, host big, guest little'
    """
    if not isinstance(case, Setup):
        others = [other._asdict() for other in among]
        words = [
            f"{name.upper()} {int(value)}" if name in _BITS else f"{name} {value}"
            for name, value in case._asdict().items()
            if not others or any(other[name] != value for other in others)
        ]
        return ", ".join(words)
    words = [f"{case.op}, width {case.width}, host {case.host}, guest {case.guest}"]
    words += ["sign-extending"] if case.signed else []
    words += [f"{case.device_order} device"] if case.device_order != "little" else []
    words += [case.driver] if case.driver != "raw" else []
    return ", ".join(words)
