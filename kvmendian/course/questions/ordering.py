"""Ordering: the kernel's lines are shuffled, with a rival's among them; `prove` judges.

An arrangement is run as a kernel: its lines between the one that reads and the one that writes are
a conversion, and that is held against the ABI sentence in every setup, for every value. So any
order that holds is right, and of one that does not the smallest access is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.errors import SetupError, show
from kvmendian.model.designs import Design
from kvmendian.model.proofs import Report, prove
from kvmendian.model.swaps import be_to_cpu, both_guests, le_to_cpu, swab

from . import asking, drawing
from .asked import Asked, Feedback, Series, not_yet
from .choosing import chosen

if TYPE_CHECKING:
    from collections.abc import Callable


class Line(NamedTuple):
    """A line of the kernel: its code, and what it does (a key of `CONVERTS`, or get, sign, put).

    >>> Line("data = vcpu_get_reg(vcpu, rt);", "get").does
    'get'
    """

    code: str
    does: str


def _be(data: Any, width: int, guest: bool, host: bool) -> Any:  # noqa: ANN401 - a Convert
    return be_to_cpu(data, width, host) if guest else data


def _le(data: Any, width: int, guest: bool, host: bool) -> Any:  # noqa: ANN401 - a Convert
    return data if guest else le_to_cpu(data, width, host)


def _swab(data: Any, width: int, guest: bool, host: bool) -> Any:  # noqa: ANN401, ARG001 - a Convert
    return swab(data, width) if guest else data


def _always_le(data: Any, width: int, guest: bool, host: bool) -> Any:  # noqa: ANN401, ARG001 - a Convert
    return le_to_cpu(data, width, host)


def _always_be(data: Any, width: int, guest: bool, host: bool) -> Any:  # noqa: ANN401, ARG001 - a Convert
    return be_to_cpu(data, width, host)


CONVERTS: dict[str, Callable[..., Any]] = {
    "be": _be,
    "le": _le,
    "both": both_guests,
    "swab": _swab,
    "always-le": _always_le,
    "always-be": _always_be,
}
"""What the lines do that convert, as functions of a `Design`."""

_CODE = {
    "be": "if (guest is big) data = beN_to_cpu(data);",
    "le": "if (guest is little) data = leN_to_cpu(data);",
    "both": "data = guest is big ? beN_to_cpu(data) : leN_to_cpu(data);",
    "swab": "if (guest is big) data = swabN(data);",
    "always-le": "data = leN_to_cpu(data);",
    "always-be": "data = beN_to_cpu(data);",
    "sign": "if (sse) data = sign_extend(data, len);",
}
_ENDS = {
    "store": ("data = vcpu_get_reg(vcpu, rt);", "mmio_write_buf(run->mmio.data, len, data);"),
    "load": ("data = mmio_read_buf(run->mmio.data, len);", "vcpu_set_reg(vcpu, rt, data);"),
}
RIVALS = {
    "swab": ("that is Dall's swab, right on a little host alone", "Which line asks for the host?"),
    "always-le": ("one order for every guest: that line never asks for it", "Who is the guest?"),
    "always-be": ("one order for every guest: that line never asks for it", "Who is the guest?"),
}
"""Lines that lost, what is said of one that is kept, and the next step."""

_AGAIN = "one line too many: {code} turns bytes that another line dealt with", "Leave one out"

_MISTAKES = {
    "before-read": ("line {n} uses data before anything is in it", "Read first"),
    "nothing-read": ("no line reads anything into data", "Begin with the line that does"),
    "nothing-written": ("no line hands data on", "End with the line that does"),
    "after-write": ("line {n} comes after data was handed on, and changes nothing", "Move it up"),
    "branch-missing": ("nothing is done for {which}", "Each guest needs its line"),
    "sign-missing": ("a sign-extending load keeps its zeros", "Put the line with sse in"),
    "sign-before": ("the sign is extended before the bytes are turned", "Turn first, then extend"),
}


_BITS = re.compile(r"(?:swab|[bl]e)(\d+)")
_HOLDS = "prove finds no setup and no value that fails. The lines ask for the guest; _to_cpu knows \
the host."
_LAST = " The sign is the number's, so it comes last."


@dataclass(frozen=True)
class Ordering(Asked):
    """Put the lines of a store or a load in order, and leave the rival's out.

    `lines` as they are shown; `op` is store, load or signed load.

    >>> lines = tuple(Line(code, does) for code, does in (
    ...     ("put", "put"), ("get", "get"), ("swab", "swab"), ("both", "both")))
    >>> question = Ordering("store", lines)
    >>> question.answer("2 4 1").right, question.answer("2 3 1").kind
    (True, 'swab')
    """

    op: str
    lines: tuple[Line, ...]
    series: Series | None = field(default=None, repr=False, compare=False)

    kind = "ordering"
    takes = "order"

    @property
    def text(self) -> str:
        """The question, with the lines below it."""
        lines = (f"{k}) {line.code}" for k, line in enumerate(self.lines, 1))
        return "\n".join((f"{self.asked} Give the numbers of the others in order.", *lines))

    @property
    def asked(self) -> str:
        """The question alone."""
        size = asking.count(self.width)
        what = {"store": f"store of {size} to a device", "load": f"load of {size} from a device"}
        named = what.get(self.op, f"load of {size} that may extend a sign (sse)")
        return f"KVM's lines for a {named}, shuffled; one of them is a rival's, to be left out."

    @property
    def width(self) -> int:
        """The bytes that the lines move, as their names say."""
        found = (_BITS.search(line.code) for line in self.lines)
        return next((int(bits[1]) // 8 for bits in found if bits), 4)

    @property
    def options(self) -> tuple[str, ...]:
        """The lines of code."""
        return tuple(line.code for line in self.lines)

    @property
    def hints(self) -> tuple[str, ...]:
        """Two hints: what frames the rest, and what turns."""
        second = "The buffer holds bytes in the host's order; the guest may have another."
        third = " A sign is that of the number, so it comes last." if self.op[:2] == "si" else ""
        return "Reading comes first, handing on comes last.", second + third

    @property
    def sample(self) -> str:
        """One right order; others may hold too."""
        order = ("get", "be", "le", "both", "sign", "put")
        right = [k for k, line in enumerate(self.lines, 1) if line.does not in RIVALS]
        return " ".join(map(str, sorted(right, key=lambda k: order.index(self.lines[k - 1].does))))

    @property
    def show(self) -> str:
        """A right order, and why."""
        return f"{self.sample}: {_HOLDS}{_LAST * (self.op[:6] == 'signed')}"

    def answer(self, given: Any) -> Feedback:  # noqa: ANN401 - as people write it
        """Judge an order of some of the lines. Raises `SetupError` for what is none."""
        picks = chosen(given, self.options)
        if len(picks) < 2:
            raise SetupError(f"answer={show(given)}", "the lines in order", "answer='1 2 3'")
        lines = [self.lines[k] for k in picks]
        kinds = {line.does for line in lines}
        for kind, n in _broken(lines):
            says, step = _MISTAKES[kind]
            return not_yet(kind, says.format(n=picks[n] + 1), step)
        report = _judged(self.op, lines)
        if report.holds and not ("sign" not in kinds and self.op == "signed load"):
            return Feedback(right=True, says=f"Right: {_HOLDS}{_LAST * (self.op[:6] == 'signed')}")
        kind, says, step = self._named(kinds)
        return not_yet(kind, says + _smallest(report, _before(lines), self.width), step)

    def _named(self, kinds: set[str]) -> tuple[str, str, str]:
        rival = kinds & set(RIVALS)
        if rival:
            kind = min(rival)
            dealt = {"be"} if kind == "swab" else {"be", "le"}
            if "both" in kinds or kinds >= dealt:
                code = next(line.code for line in self.lines if line.does == kind)
                return kind, _AGAIN[0].format(code=code.rstrip(";")), _AGAIN[1]
            return kind, *RIVALS[kind]
        wants = {line.does for line in self.lines} - set(RIVALS) - kinds
        if "sign" in wants:
            return "sign-missing", *_MISTAKES["sign-missing"]
        if wants:
            says, step = _MISTAKES["branch-missing"]
            which = {frozenset({"be"}): "a big guest", frozenset({"le"}): "a little guest"}
            both = "either guest"
            return "branch-missing", says.format(which=which.get(frozenset(wants), both)), step
        return "sign-before", *_MISTAKES["sign-before"]


def _broken(lines: list[Line]) -> list[tuple[str, int]]:
    """Return what stops an arrangement from being a kernel at all, and at which line."""
    does = [line.does for line in lines]
    if "get" not in does:
        return [("nothing-read", 0)]
    if "put" not in does:
        return [("nothing-written", 0)]
    early = [n for n in range(does.index("get")) if n < len(does)]
    if early:
        return [("before-read", early[0])]
    late = range(does.index("put") + 1, len(does))
    return [("after-write", n) for n in late]


def _judged(op: str, lines: list[Line]) -> Report:
    steps = tuple(line.does for line in lines if line.does in CONVERTS)
    return _prove(op, steps, "before" if _before(lines) else "after")


@lru_cache(maxsize=512)
def _prove(op: str, names: tuple[str, ...], extend: Any) -> Report:  # noqa: ANN401 - a Design's word
    """Prove the kernel whose store, or load, converts so; the rest of it is today's."""
    steps = tuple(CONVERTS[name] for name in names)

    def convert(data: Any, width: int, guest_is_big: bool, host_is_big: bool) -> Any:  # noqa: ANN401 - a Convert
        for step in steps:
            data = step(data, width, guest_is_big, host_is_big)
        return data

    if op == "store":
        return prove(Design("yours", convert, both_guests, extend))
    return prove(Design("yours", both_guests, convert, extend))


def _before(lines: list[Line]) -> set[str]:
    """Return the guests whose bytes are turned after the sign, if it is extended at all."""
    does = [line.does for line in lines]
    later = does[does.index("sign") :] if "sign" in does else ()
    guests = {"be": {"big"}, "le": {"little"}}
    return set().union(*(guests.get(name, {"little", "big"}) for name in later if name in CONVERTS))


def _smallest(report: Report, before: set[str], width: int) -> str:
    """Name an access of this width that fails; of signed ones of a guest in `before` alone."""
    failures = (s for s in report.failures if not before or not s.signed or s.guest in before)
    s = next((s for s in failures if s.width == width), None)
    if s is None:
        return ""
    op = "signed load" if s.signed else s.op
    return f". prove: wrong for a {op} of {asking.count(s.width)}, host {s.host}, guest {s.guest}"


def draw(level: int, seed: int, number: int, native: bool = False) -> Ordering:  # noqa: ARG001, FBT002 - Series
    """Return the question of this level, seed and number.

    >>> question = draw(3, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    dice = drawing.chance("ordering", level, seed, number)
    op = {1: "store", 3: "signed load"}.get(level) or dice.choice(("store", "load"))
    first, last = _ENDS["store" if op == "store" else "load"]
    turns = ["both"] if level == 3 and dice.random() < 0.5 else ["be", "le"]
    turns += ["sign"] if op == "signed load" else []
    rival = dice.choice(list(RIVALS))
    lines = [Line(first, "get"), Line(last, "put"), *(Line(_CODE[t], t) for t in (*turns, rival))]
    bits = dice.choice((16, 32, 64)) if op != "signed load" else dice.choice((16, 32))
    lines = [Line(line.code.replace("N", str(bits)), line.does) for line in lines]
    dice.shuffle(lines)
    return Ordering(op, tuple(lines))
