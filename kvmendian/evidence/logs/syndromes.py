"""Syndromes in any spelling: the whole ESR or HSR, taken apart and explained."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.machine import exceptions, faults

from . import context
from .aborts import FAULTS, LEVELS, STAGED, Abort, bytes_of, group
from .finding import Finding
from .patterns import BARE, NAMED, NISV, compiled, decimal_or_hex, number
from .words import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMED, _NISV, _BARE = map(compiled, (NAMED, NISV, BARE))
NO_ISV = ("SAS", "SSE", "SRT", "SF", "AR")
"""Fields that say nothing where ISV is 0."""
_FETCH, _DATA = 0x20, 0x24
ROUTED = ("HSR", "ESR_EL2", "esr_iss", "hsr", "esr")
"""Names of a register of EL2; the small ones as a trace has them. ESR alone may be ESR_EL1."""
FETCHES = ("SError injected", "EFAULT", "fetched", "fetched")
"""Which sentence a fetch has, by `aborts.group` of its fault."""
ALONE = (0x20, 0x21, 0x24, 0x25)
"""Classes that a number without a name may have: aborts."""
ALONE_MOST = 60
"""Characters that a line with nothing but a number has at most."""


class Spot(NamedTuple):
    """Where a syndrome stands: its column, the register's name, its value, the piece of text."""

    column: int
    name: str
    value: int
    text: str


def spots(line: str) -> Iterator[Spot]:
    """Yield every syndrome of a line, not yet taken apart.

    >>> [spot.name for spot in spots("HSR=0x93890006 gpa=0x000f0004")]
    ['HSR']
    """
    small = line.lower()
    if "sr" in small or "syndrome" in small:
        for match in _NAMED.finditer(line):
            value = number(match["value"])
            yield Spot(match.start(), match["name"].upper(), value, match[0])
        if "esr_iss" in small:
            for match in _NISV.finditer(line):
                yield Spot(match.start(), "esr_iss", decimal_or_hex(match["value"]), match[0])
    if len(line) < ALONE_MOST or "_" in line:
        for match in _BARE.finditer(line):
            text = match["value"] or match["alone"]
            value = number(text)
            if value >> 26 in ALONE and value >> 25 & 1:
                yield Spot(match.start("value" if match["value"] else "alone"), "ESR", value, text)


def find(line: str) -> Iterator[tuple[int, Finding]]:
    """Yield column and finding of every syndrome of a line, without what other lines say.

    >>> [(column, found.register) for column, found in find("HSR=0x93890006 gpa=0x000f0004")]
    [(0, 'w9')]
    >>> next(find("0x9383_0047"))[1].op
    'store'
    """
    for column, name, value, text in spots(line):
        yield column, of(name, value, text, {})


def of(name: str, value: int, text: str, seen: Mapping[str, int], line: int = 0) -> Finding:
    """Return what a syndrome says, with what else is seen: by `context.NAMES`, integers.

    `name` as the log has it: of `HSR` with an AArch32 CPSR, the KVM is that of 32-bit Arm.

    >>> of("HSR", 0x93860007, "hsr", {"CPSR": 0x60000093}).register
    'r6'
    """
    return replace(_decoded(name, value, tuple(seen.items())), text=text, line=line)


@lru_cache(maxsize=4_096)
def _decoded(name: str, value: int, items: tuple[tuple[str, int], ...]) -> Finding:
    """Take a syndrome apart and choose what to say of it."""
    seen = dict(items)
    whole = value if name != "esr_iss" else _DATA << 26 | 1 << 25 | value & 0x1FFFFFF
    ec, iss = whole >> 26 & 0x3F, whole & 0x1FFFFFF
    known, layout = exceptions.CLASSES.get(ec, "a reserved class"), exceptions.LAYOUT_OF.get(ec)
    fields, meanings = _head(name, value, known)
    bits = {
        part.name: iss >> part.low & (1 << part.high - part.low + 1) - 1
        for part in exceptions.LAYOUTS.get(layout or "", ())
    }
    fields |= bits or {"ISS": iss}
    meanings |= _meanings(layout, bits) | context.meanings(seen)
    parts: dict[str, Any] = {}
    keys, values = ["class"], {"name": known[0].upper() + known[1:], **bits}
    if layout == "system":
        keys.append("system")
        values["direction"] = "MRS" if bits["Direction"] else "MSR"
    elif layout == "instruction":
        fields |= _where(bits["IFSC"], ec == _FETCH and _routed(name, bits["S1PTW"], seen))
        if ec == _FETCH:
            more, parts, values["address"] = _fetch(bits, seen)
            keys += more
    elif layout == "data":
        sure = bits["ISV"] or bits["S1PTW"]
        place = _where(bits["DFSC"], ec == _DATA and _routed(name, sure, seen))
        fields |= place
        abort = Abort(name, ec == _DATA, "stage" in place, bits, seen)
        keys, parts, values = abort.keys(), abort.parts(), abort.values()
    fields |= {each: seen[each] for each in context.NAMES if each in seen}
    words = " ".join(SENTENCES[key].format_map(values) for key in keys)
    return Finding(
        kind="syndrome", text="", fields=fields, meanings=meanings, explanation=words, **parts
    )


def _fetch(
    bits: Mapping[str, int], seen: Mapping[str, int]
) -> tuple[list[str], dict[str, Any], str]:
    """Return the sentences of an instruction abort, the finding's parts, and the address."""
    if bits["S1PTW"]:  # HPFAR has the address of a table, FAR that of the instruction
        return ["abort injected"], {}, ""
    outcome = FETCHES[group(bits["IFSC"])]
    at, where = context.address(seen)
    jumped = "PC" in seen and seen["PC"] == seen.get("FAR")
    keys = [outcome, *([where] if where else []), *["jumped"] * (jumped and outcome == "fetched")]
    return keys, {"address": at}, "" if at is None else hex(at)


def _head(name: str, value: int, known: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what stands above the ISS: the register itself, EC, IL, ISS2 where it is not 0."""
    fields = {name: value}
    if name == "esr_iss":
        return fields, {}
    fields |= {"EC": value >> 26 & 0x3F, "IL": value >> 25 & 1}
    if value >> 32:
        fields["ISS2"] = value >> 32 & 0xFFFFFF
    length = ("16-bit instruction", "32-bit instruction")[fields["IL"]]
    return fields, {"EC": known, "IL": length}


def _routed(name: str, sure: int, seen: Mapping[str, int]) -> bool:
    """Say whether the fault is known to be one of stage 2: only EL2 gets those."""
    return bool(sure) or name in ROUTED or context.is_physical(seen)


def _where(code: int, routed: bool) -> dict[str, int]:
    """Return stage and level where they can be known."""
    level = LEVELS[code]
    found = {"stage": 2} if routed and code in STAGED else {}
    return found if level is None else found | {"level": level}


def _meanings(layout: str | None, bits: Mapping[str, int]) -> dict[str, str]:
    """Say what each field of the ISS means."""
    told = {
        part.name: part.flag[bits[part.name]]
        for part in exceptions.LAYOUTS.get(layout or "", ())
        if part.flag
    }
    if layout == "instruction":
        return told | {"IFSC": FAULTS[bits["IFSC"]]}
    if layout != "data":
        return told
    told["SAS"] = bytes_of(1 << bits["SAS"])
    told["SRT"] = "the zero register" if bits["SRT"] == 31 else f"register {bits['SRT']}"
    told["LST"] = faults.set_or_lst(bits["DFSC"], bits["LST"])
    told["DFSC"] = FAULTS[bits["DFSC"]]
    return told if bits["ISV"] else told | dict.fromkeys(NO_ISV, "nothing without ISV")
