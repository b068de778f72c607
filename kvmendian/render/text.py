"""A story as text: for a terminal, a screen reader, and anywhere else without pictures."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from kvmendian.model import lanes

from . import words
from .places import content_of, rest_label, split

if TYPE_CHECKING:
    from kvmendian.model.story import Stage, Story

_WIDTH = 88


def story(told: Story) -> str:
    """Return the whole story, at most 88 columns wide and without colour.

    An integer stands in brackets, most significant byte first; bytes stand between bars, each
    with its address. Under each byte are its bits, 7 to 0.

    >>> from kvmendian import Setup
    >>> print(story(Setup(width=2, guest="big").trace(0x1122)).splitlines()[3])
    Kernel right, driver wrong: mmio.data holds what RAM would hold, but the device gets
    """
    judgement, sentence = words.verdict(told)
    title = words.title(told)
    parts = [
        title[0].upper() + title[1:],
        _wrap(words.subtitle(told)),
        "",
        _wrap(f"{judgement}: {sentence}"),
        _wrap(words.why(told.road)),
    ]
    for number, stage in enumerate(told.stages, 1):
        name = stage.place
        if stage.value is not None:
            name += f" = {words.full(told, stage.value)}"
        kind = "an integer" if stage.kind == "integer" else "bytes"
        where = words.owner(stage.zone, stage.order)
        parts += [
            "",
            _wrap(f"{number}. {name}: {kind}, {where}, by {stage.function}", hanging="   "),
            _wrap(stage.why, "   "),
            *("   " + line for line in cells(stage, told)),
        ]
    evidence = _wrap(words.evidence(told.evidence))
    return "\n".join([*parts, "", *_ledger(told), "", *_yardstick(told), "", evidence, ""])


def cells(stage: Stage, told: Story) -> list[str]:
    r"""Draw a stage in two or three lines: bytes, bits, and the bytes that did not move.

    >>> from kvmendian import Setup
    >>> told = Setup(width=2).trace(0x1122)
    >>> print(*cells(told.stages[4], told), sep="\n")
    | +0 A 22 | +1 B 11 |
    | 00100010| 00010001|
    """
    shown, rest = split(stage, told)
    content = lanes.evaluate(stage.lanes, told.value, told.road.computed)
    if stage.kind == "integer":
        order = [k for k in reversed(range(len(stage.lanes))) if k in shown]
        heads = [f"{lanes.letter(stage.lanes[k])} {content[k]:02x}" for k in order]
        ends = ("[", "", " ]")
    else:
        order = sorted(shown)
        heads = [f"+{k} {lanes.letter(stage.lanes[k])} {content[k]:02x}" for k in order]
        ends = ("|", "|", "|")
    bits = [f" {content[k]:08b}" for k in order]
    lines = [
        ends[0] + ends[1].join(f" {head:<8}" for head in heads) + ends[2],
        ends[0] + ends[1].join(bits) + ends[2],
    ]
    if rest:
        lines.append(f"{rest_label(stage, rest)}: {content_of(stage, rest, content)}")
    return lines


def _wrap(text: str, indent: str = "", hanging: str = "") -> str:
    return fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + hanging)


def _ledger(told: Story) -> list[str]:
    who = max(len(entry.who) for entry in told.swaps)
    lines = [words.ledger_head(told.swaps)]
    for number, entry in enumerate(told.swaps, 1):
        says = words.did(entry.swapped, entry.needed)
        line = f"{number}. {entry.who:<{who}}  {says}: {entry.why}"
        lines.append(fill(line, _WIDTH, initial_indent="  ", subsequent_indent=" " * (who + 7)))
    return lines


def _yardstick(told: Story) -> list[str]:
    """Compare `mmio.data` with RAM, address by address."""
    data, ram = told.mmio_data, told.ram_bytes
    same = ["=" if a == b else "≠" for a, b in zip(data, ram, strict=True)]
    wrong = same.count("≠")
    says = "equal at every address" if not wrong else f"different at {wrong} of {len(data)}"
    register, promised = told.register, told.expected_register
    more = []
    if register != promised:
        more = [
            f"  From these bytes in RAM the instruction would load {words.full(told, promised)};",
            f"  {told.setup.register_name} is {words.full(told, register)}.",
        ]
    did = "leaves" if told.setup.op == "store" else "must have found"
    return [
        f"The yardstick, what the same instruction {did} in RAM:",
        "  address    " + "  ".join(f"+{k}" for k in range(len(data))),
        "  mmio.data  " + "  ".join(f"{byte:02x}" for byte in data),
        "             " + "  ".join(f"{mark} " for mark in same).rstrip(),
        "  RAM        " + "  ".join(f"{byte:02x}" for byte in ram) + f"   {says}",
        *more,
    ]
