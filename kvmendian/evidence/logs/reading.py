"""`read`: what a person pastes, line by line, put together and explained."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.display import Table, Tabular
from kvmendian.errors import instance

from . import context, syndromes, traces
from .patterns import CHEAP, COLOURS, LINE_BREAK, LONGEST, compiled
from .syndromes import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .finding import Finding

_BREAK, _COLOURS, _CHEAP = re.compile(LINE_BREAK), compiled(COLOURS), compiled(CHEAP)
RANK = {"trace": 0, "syndrome": 1, "error": 1, "instruction": 2, "bytes": 3}
"""Of two findings in the same place the one of the lower rank stays; an error stays beside all."""

MOST = 4_000
"""Findings of a text that are explained."""


@dataclass(frozen=True, repr=False)
class Reading(Tabular):
    """What was found in a text: `findings` in its order, `unread`: lines that were left alone.

    `more`: of how many more only the number is told, in a text with more than 4,000.

    >>> read("ESR_EL2 = 0x93c08046, and so on")
    <Reading: 1 finding; 0 lines left alone>
    """

    findings: tuple[Finding, ...]
    unread: int
    more: int = 0

    def __str__(self) -> str:
        """Tell every finding with its fields; of more than 20 the first ones."""
        told = [str(found) for found in self.findings[:_TOLD]]
        left = len(self.findings) - len(told) + self.more
        more = [f"and {left:,} more findings"] if left > 0 else []
        return "\n\n".join([*told, *more, self._summary()])

    def table(self) -> Table:
        """Return a row a finding."""
        rows = tuple(
            (str(found.line), found.kind, found.text, found.explanation) for found in self.findings
        )
        columns = ("line", "kind", "text", "explanation")
        return Table(self._summary(), columns, rows, more=self.more)

    def _summary(self) -> str:
        many, lines = len(self.findings) + self.more, self.unread
        found = f"{many:,} finding" + "s" * (many != 1)
        return f"{found}; {lines:,} line" + "s" * (lines != 1) + " left alone"


_TOLD = 20  # findings that a text tells with all their fields


class _Item(NamedTuple):
    """A register or address somewhere in the text."""

    column: int
    name: str
    value: int


class _Found(NamedTuple):
    """Something recognised somewhere in the text; lines from 0.

    A syndrome is not yet taken apart: what the rest of its dump says belongs to it.
    """

    line: int
    column: int
    kind: str
    text: str
    what: Finding | Spot


def read(text: str) -> Reading:
    """Find syndromes, trace lines, instructions, error texts and bytes in what is pasted.

    Never raises on a text, calls nothing that stands in it, and leaves alone what it does not
    recognise. Of a line it reads 4,000 characters. `SetupError` for what is no text.

    >>> found = read("hsr=0x93860007 cpsr=0x60000093").findings[0]
    >>> found.op, found.width, found.register, found.guest, len(found.setups)
    ('load', 4, 'r6', 'little', 4)
    """
    instance("text", text, str, '"ESR_EL2 = 0x93c08046"')
    lines = [_COLOURS.sub("", line)[:LONGEST] for line in _BREAK.split(text)]
    items: dict[int, list[_Item]] = {}
    found: list[_Found] = []
    for number, line in enumerate(lines):
        if _CHEAP.search(line):
            items[number] = [_Item(*item) for item in context.find(line)]
            found += _alone(number, line)
    found.sort(key=lambda each: each[:2])
    used: set[int] = {each.line for each in found}
    findings = tuple(_together(found[:MOST], items, used))
    unread = sum(1 for k, line in enumerate(lines) if k not in used and line.strip(" \t"))
    return Reading(findings, unread, len(found) - len(findings))


def _alone(number: int, line: str) -> list[_Found]:
    """Return what a line has, without what lies inside something of a lower rank."""
    found = [
        _Found(number, spot.column, "syndrome", spot.text, spot) for spot in syndromes.spots(line)
    ]
    for recogniser in (traces,):
        for column, finding in recogniser.find(line):
            found.append(_Found(number, column, finding.kind, finding.text, finding))
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


def _together(
    found: Sequence[_Found], items: dict[int, list[_Item]], used: set[int]
) -> Iterator[Finding]:
    """Yield the findings with their lines and with what the rest of their dump says."""
    owners = {each.line for each in found if each.kind in ("syndrome", "trace")}
    for each in found:
        if isinstance(each.what, Spot):
            seen, lines = _around(each, items, owners)
            used |= lines
            yield syndromes.of(*each.what[1:], seen, each.line + 1)
            continue
        finding = each.what
        if finding.guest is None and finding.setups:
            seen, lines = _around(each, items, owners)
            guest = context.order(seen).guest
            if guest is not None:
                kept = tuple(setup for setup in finding.setups if setup.guest == guest)
                start = finding.start if guest == "little" or finding.op == "load" else None
                finding = replace(finding, guest=guest, setups=kept, start=start)
                used |= lines
        yield replace(finding, line=each.line + 1)


def _around(
    each: _Found, items: dict[int, list[_Item]], owners: set[int]
) -> tuple[dict[str, int], set[int]]:
    """Return the nearest of each name, and in which lines they stand.

    First the same line, what stands behind before what stands in front; then a line below, a line
    above, and so on. A line with a syndrome or an event of its own is of another dump, and so is
    what lies beyond it.
    """
    seen: dict[str, int] = {}
    lines: set[int] = set()
    own = items.get(each.line, ())
    behind = [item for item in own if item.column > each.column]
    before = [item for item in own if item.column < each.column]
    for item in (*behind, *reversed(before)):
        seen.setdefault(item.name, item.value)
    ways = [1, -1]
    for distance in range(1, context.NEAR + 1):
        ways = [way for way in ways if each.line + way * distance not in owners]
        for line in (each.line + way * distance for way in ways):
            for item in items.get(line, ()):
                if item.name not in seen:
                    seen[item.name] = item.value
                    lines.add(line)
    return seen, lines
