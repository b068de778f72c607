"""What the rest of a dump says of an access: its address, the guest's order, whose registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kvmendian.machine.exceptions import AARCH32_MODES, AARCH64_MODES

from .patterns import CANONICAL, CONTEXT, HEX, compiled, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kvmendian.model.lanes import ByteOrder

NEAR = 16
"""Lines before and after, in which the rest of a dump is looked for."""

NAMES = ("PC", "FAR", "HPFAR", "IPA", "gpa", "CPSR", "SCTLR")
"""What can be seen, in the order in which it is shown."""

PHYSICAL = ("HPFAR", "IPA", "gpa")
"""What only a fault of stage 2 has: a guest physical address, or a part of one."""

_CONTEXT = compiled(CONTEXT)
_EE, _E0E, _E = 25, 24, 9  # bits of SCTLR_EL1, and of CPSR
_PAGE, _OFFSET = 0xFFFF_FFFF_FFFF_F000, 0xFFF
_FIPA = 0xFFFF_FFFF_FFF0  # HPFAR_EL2: bits 47:4 are bits 55:12 of the IPA


def find(line: str) -> Iterator[tuple[int, str, int]]:
    """Yield column, name (one of `NAMES`) and value of every register or address of a line.

    >>> list(find("FAR_EL2=0xffff000008001004 HPFAR_EL2=0x90000"))
    [(0, 'FAR', 18446462598867062788), (27, 'HPFAR', 589824)]
    """
    for match in _CONTEXT.finditer(line):
        name = match["name"].lower().removesuffix("_el1").removesuffix("_el2")
        yield match.start(), CANONICAL[name], number(match["value"])


class Order(NamedTuple):
    """The guest's order, and which sentence says why, with what it needs."""

    guest: ByteOrder | None
    sentence: str
    values: Mapping[str, Any]


def order(seen: Mapping[str, int]) -> Order:
    """Return the order of the guest's data, where a dump tells it.

    An AArch32 CPSR does (bit 4 is set), by E. An AArch64 PSTATE alone never does: it names the
    level, and SCTLR_EL1 has EE for EL1 and E0E for EL0.

    >>> order({"CPSR": 0x60000093}).guest, order({"CPSR": 0x600003C5}).guest
    ('little', None)
    >>> order({"CPSR": 0x600003C0, "SCTLR": 1 << 24}).guest
    'big'
    """
    cpsr, sctlr = seen.get("CPSR"), seen.get("SCTLR")
    if cpsr is not None and is_aarch32(seen):
        return _order("order-e", cpsr >> _E & 1, mode(cpsr))
    if sctlr is None:
        return Order(None, "order-open", {})
    level = None if cpsr is None else cpsr >> 2 & 3
    ee, e0e = sctlr >> _EE & 1, sctlr >> _E0E & 1
    if level in (0, 1):
        sentence, bit = ("order-ee", ee) if level else ("order-e0e", e0e)
        return _order(sentence, bit, mode(cpsr or 0))
    if level is not None:  # EL2 and EL3 have SCTLRs of their own
        return Order(None, "order-open", {})
    if ee != e0e:
        return Order(None, "order-mixed", {"bit": ee})
    return _order("order-both", ee, "")


def _order(sentence: str, bit: int, level: str) -> Order:
    guest: Literal["big", "little"] = "big" if bit else "little"
    return Order(guest, sentence, {"guest": guest, "bit": bit, "mode": level})


def is_aarch32(seen: Mapping[str, int]) -> bool:
    """Say whether the dump shows an AArch32 CPSR: M[4] is set."""
    return bool(seen.get("CPSR", 0) & 0x10)


def is_physical(seen: Mapping[str, int]) -> bool:
    """Say whether the dump shows a guest physical address: only stage 2 has one to report."""
    return any(name in seen for name in PHYSICAL)


def mode(cpsr: int) -> str:
    """Name the mode of a CPSR or PSTATE.

    >>> mode(0x60000093), mode(0x600003C5)
    ('svc', 'EL1h')
    """
    names = AARCH32_MODES if cpsr & 0x10 else AARCH64_MODES
    return names.get(cpsr & 0x1F, "reserved mode")


def address(seen: Mapping[str, int]) -> tuple[int | None, str | None]:
    """Return the guest physical address, and which sentence says so.

    A gpa is whole; an IPA without its low 12 bits takes them from FAR, which is the guest's virtual
    address; HPFAR has bits 47:12 of the IPA from bit 4 on. FAR alone is not enough.

    >>> address({"HPFAR": 0x90000, "FAR": 0xFFFF000008001004})
    (150994948, 'address')
    """
    far, page = seen.get("FAR"), None
    if "gpa" in seen:
        return seen["gpa"], "address"
    if "IPA" in seen:
        page = seen["IPA"]
    elif "HPFAR" in seen:
        page = (seen["HPFAR"] & _FIPA) << 8
    if page is None:
        return None, None if far is None else "virtual"
    if page & _OFFSET:
        return page, "address"
    if far is None:
        return page, "page"
    return page & _PAGE | far & _OFFSET, "address"


def general(name: str, lines: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return line and value of a general-purpose register of a dump, nearest to a line; or None.

    >>> general("x1", ["X01=0000000009000000", "ldr x0, [x1, #4]!"], 1)
    (0, 150994944)
    """
    value = rf"[ \t]{{0,2}}[:=][ \t]{{0,2}}(?P<value>{HEX})"
    pattern = compiled(rf"(?<![a-z0-9]){name[0]}0?{name[1:]}{value}")
    around = range(max(0, at - NEAR), min(len(lines), at + NEAR + 1))
    for line in sorted(around, key=lambda line: abs(line - at)):
        found = pattern.search(lines[line])
        if found:
            return line, number(found["value"])
    return None


def meanings(seen: Mapping[str, int]) -> dict[str, str]:
    """Say what the bits of CPSR and SCTLR mean."""
    told = {}
    if "CPSR" in seen:
        cpsr = seen["CPSR"]
        wide = f"AArch32, {mode(cpsr)}, E = {cpsr >> _E & 1}"
        told["CPSR"] = wide if is_aarch32(seen) else f"AArch64, {mode(cpsr)}"
    if "SCTLR" in seen:
        sctlr = seen["SCTLR"]
        told["SCTLR"] = f"EE = {sctlr >> _EE & 1}, E0E = {sctlr >> _E0E & 1}"
    return told
