"""`read`: what a person pastes, line by line, put together and explained."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.display import Table, Tabular
from kvmendian.errors import instance

from . import context, dumps, instructions, messages, syndromes, traces
from .patterns import CHEAP, COLOURS, KVM, LINE_BREAK, LONGEST, OTHER, compiled
from .syndromes import Spot
from .words import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .finding import Finding

_BREAK, _COLOURS, _CHEAP = re.compile(LINE_BREAK), compiled(COLOURS), compiled(CHEAP)
_OTHER, _KVM = compiled(OTHER), compiled(KVM)
RANK = {"trace": 0, "syndrome": 1, "error": 1, "instruction": 2, "bytes": 3}
"""Of two findings in the same place the one of the lower rank stays; an error stays beside all."""

MOST = 4_000
"""Findings after which a text is read no further."""


@dataclass(frozen=True, repr=False)
class Reading(Tabular):
    """What was found in a text: `findings` in its order, `unread`: lines that were left alone.

    After 4,000 findings a text is read no further: `cut` lines are left then.

    >>> read("ESR_EL2 = 0x93c08046, and so on")
    <Reading: 1 finding; 0 lines left alone>
    """

    findings: tuple[Finding, ...]
    unread: int
    cut: int = 0

    def __str__(self) -> str:
        """Tell every finding with its fields; of more than 20 the first ones."""
        told = [str(found) for found in self.findings[:_TOLD]]
        left = len(self.findings) - len(told)
        more = [f"and {left:,} more findings"] if left > 0 else []
        return "\n\n".join([*told, *more, self._summary()])

    def table(self) -> Table:
        """Return a row a finding."""
        rows = tuple(
            (str(found.line), found.kind, found.text, found.explanation) for found in self.findings
        )
        columns = ("line", "kind", "text", "explanation")
        return Table(self._summary(), columns, rows)

    def _summary(self) -> str:
        many, lines = len(self.findings), self.unread
        found = f"{many:,} finding" + "s" * (many != 1)
        cut = f"; {self.cut:,} more lines not read" if self.cut else ""
        return f"{found}; {lines:,} line" + "s" * (lines != 1) + f" left alone{cut}"


_TOLD = 20  # findings that a text tells with all their fields


class _Item(NamedTuple):
    """A register or address somewhere in the text."""

    column: int
    name: str
    value: int


class _Items(dict[int, list[_Item]]):
    """The items of a line, looked for when they are asked for; none outside the text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __missing__(self, line: int) -> list[_Item]:
        text = self._lines[line] if 0 <= line < len(self._lines) else ""
        found = self[line] = [_Item(*item) for item in context.find(text)]
        return found


class _Found(NamedTuple):
    """Something recognised somewhere in the text; lines from 0.

    A syndrome is not yet taken apart: what the rest of its dump says belongs to it.
    """

    line: int
    column: int
    kind: str
    text: str
    what: Finding | Spot
    lines: int = 1


def read(text: str) -> Reading:
    """Find syndromes, trace lines, instructions, error texts and bytes in what is pasted.

    Never raises on a text, calls nothing that stands in it, and leaves alone what it does not
    recognise. Of a line it reads 4,000 characters. `SetupError` for what is no text.

    >>> found = read("hsr=0x93860007 cpsr=0x60000093").findings[0]
    >>> found.op, found.width, found.register, found.guest, len(found.setups)
    ('load', 4, 'r6', 'little', 4)
    """
    instance("text", text, str, '"ESR_EL2 = 0x93c08046"')
    return _read(text, alone=False)


def read_alone(text: str) -> Reading:
    """Find syndromes and trace lines only: what the browser finds with no kernel.

    >>> read_alone("error: kvm run failed Bad address").findings
    ()
    """
    return _read(text, alone=True)


def _read(text: str, *, alone: bool) -> Reading:
    text = _COLOURS.sub("", text)
    lines = [line[:LONGEST] for line in _BREAK.split(text)]
    found: list[_Found] = []
    whole = len(lines)
    for number, line in enumerate(lines):
        if not line:
            continue
        found += _apart(_line(number, line, alone=alone))
        if len(found) >= MOST:
            lines = lines[: number + 1]
            break
    if not alone:
        found += _dumps(lines, found)
    found.sort(key=lambda each: each[:2])
    if len(found) > MOST:
        found = [each for each in found if each.line <= found[MOST].line]
        lines = lines[: found[-1].line + found[-1].lines]
    used = {line for each in found for line in range(each.line, each.line + each.lines)}
    findings = tuple(_of_other(text, _together(found, lines, used)))
    unread = sum(1 for k, line in enumerate(lines) if k not in used and line.strip(" \t"))
    return Reading(findings, unread, whole - len(lines))


def _line(number: int, line: str, *, alone: bool) -> list[_Found]:
    """Return all that is recognised in a line."""
    pieces: list[_Found] = []
    if _CHEAP.search(line):
        pieces = [
            _Found(number, spot.column, "syndrome", spot.text, spot)
            for spot in syndromes.spots(line)
        ]
        pieces += _pieces(number, traces.find(line))
    if not alone:
        pieces += _pieces(number, messages.find(line))
        pieces += _pieces(number, instructions.find(line))
    return pieces


def _pieces(number: int, found: Iterable[tuple[int, Finding]]) -> list[_Found]:
    return [_Found(number, column, each.kind, each.text, each) for column, each in found]


def _dumps(lines: Sequence[str], found: Sequence[_Found]) -> list[_Found]:
    """Return what is bytes, where it is not something else as well."""
    there: dict[int, list[_Found]] = {}
    for each in found:
        there.setdefault(each.line, []).append(each)
    made = []
    for number, column, finding in islice(dumps.find_in(lines), MOST + 1):
        end = number + 1
        while dumps.is_dump(lines[number]) and end < len(lines) and dumps.is_dump(lines[end]):
            end += 1
        piece = _Found(number, column, "bytes", finding.text, finding, end - number)
        if not any(_overlap(piece, other) for other in there.get(number, ())):
            made.append(piece)
    return made


def _apart(found: list[_Found]) -> list[_Found]:
    """Return what a line has, without what lies inside something of a lower rank."""
    if len(found) < 2:
        return found
    kept: list[_Found] = []
    for each in sorted(found, key=lambda each: RANK[each.kind]):
        if not any(_overlap(each, other) for other in kept):
            kept.append(each)
    return kept


def _overlap(a: _Found, b: _Found) -> bool:
    """Say whether two findings share characters. An error is a text about something: it may."""
    if "error" in (a.kind, b.kind):
        return False
    return a.column < b.column + len(b.text) and b.column < a.column + len(a.text)


def _together(found: Sequence[_Found], lines: Sequence[str], used: set[int]) -> Iterator[Finding]:
    """Yield the findings with their lines and with what the rest of their dump says."""
    items = _Items(lines)
    owners = {each.line for each in found if each.kind in ("syndrome", "trace")}
    for each in found:
        seen, where = _around(each, items, owners)
        finding = each.what
        if isinstance(finding, Spot):
            used |= where
            yield syndromes.of(*finding[1:], seen, each.line + 1)
            continue
        if finding.kind == "error" and finding.valid is False and "PC" in seen:
            shown: dict[str, int] = {k: seen[k] for k in ("PC", "CPSR") if k in seen}
            told = finding.meanings | context.meanings(shown)
            finding = replace(finding, fields=finding.fields | shown, meanings=told)
            used |= where
        if finding.kind == "instruction":
            finding, line = _based(finding, lines, each.line, seen)
            used |= line
        guest = context.order(seen).guest
        if finding.guest is None and finding.setups and guest is not None:
            kept = tuple(setup for setup in finding.setups if setup.guest == guest)
            start = finding.start if guest == "little" or finding.op == "load" else None
            finding = replace(finding, guest=guest, setups=kept, start=start)
            used |= where
        yield replace(finding, line=each.line + 1)


def _based(
    finding: Finding, lines: Sequence[str], at: int, seen: Mapping[str, int]
) -> tuple[Finding, set[int]]:
    """Add what the dump has of the base register, if the dump is of this instruction."""
    base = instructions.base(finding, seen.get("PC"))
    found = base and context.general(base, lines, at)
    if not (base and found):
        return finding, set()
    line, value = found
    note = SENTENCES["base"].format(base=base, value=hex(value))
    said = f"{finding.explanation} {note}"
    return replace(finding, fields=finding.fields | {base: value}, explanation=said), {line}


def _of_other(text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings; where the text names another hypervisor and not KVM, those say so."""
    other = None if _KVM.search(text) else _OTHER.search(text)
    note = SENTENCES["other"].format(other=other["other"]) if other else ""
    for each in findings:
        about = note and each.kind in ("syndrome", "instruction") and "KVM" in each.explanation
        yield replace(each, explanation=f"{each.explanation} {note}") if about else each


def _around(each: _Found, items: _Items, owners: set[int]) -> tuple[dict[str, int], set[int]]:
    """Return the nearest of each name, and in which lines they stand.

    First the same line, what stands behind before what stands in front; then a line below, a line
    above, and so on. A line with a syndrome or an event of its own is of another dump, and so is
    what lies beyond it.
    """
    seen: dict[str, int] = {}
    lines: set[int] = set()
    own = items[each.line]
    behind = [item for item in own if item.column > each.column]
    before = [item for item in own if item.column < each.column]
    for item in (*behind, *reversed(before)):
        seen.setdefault(item.name, item.value)
    ways = [1, -1]
    for distance in range(1, context.NEAR + 1):
        ways = [way for way in ways if each.line + way * distance not in owners]
        for line in (each.line + way * distance for way in ways):
            for item in items[line]:
                if item.name not in seen:
                    seen[item.name] = item.value
                    lines.add(line)
    return seen, lines
