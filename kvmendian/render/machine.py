"""What a real CPU did, as a picture: the code, each access with its addressed bytes, registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .shapes import document, hidden, inline, tag, text

if TYPE_CHECKING:
    from kvmendian.machine.arm import Access, Run

_WIDTH, _CELL, _ROW = 760, 46, 44
_BYTES, _REGISTERS = 240, 620


def text_of(ran: Run) -> str:
    """Return code, accesses and the registers that count, as text."""
    digits = 16 if ran.isa == "a64" else 8
    lines = [f"{ran.isa}, data {'big' if ran.big else 'little'}-endian at the start"]
    lines += [f"    {line}" for line in ran.code.splitlines()]
    lines += [f"  {access}" for access in ran.accesses] or ["  no data access"]
    for name, value in ran.used.items():
        was = f"{ran.before[name]:#0{digits + 2}x}"
        lines.append(f"  {name:<4}{was} -> {value:#0{digits + 2}x}")
    return "\n".join(lines)


def run(ran: Run) -> str:
    """Return the picture of a run as an SVG document.

    >>> from kvmendian.machine import arm
    >>> run(arm.Run("nop", "a64", False, {}, {}, (), b"", b""))[:4]
    '<svg'
    """
    code = ran.code.splitlines()
    rows = max(len(code), len(ran.used), 1)
    height = 52 + max(24 * rows, _ROW * len(ran.accesses)) + 12
    head = [
        text(20, 26, _start(ran), "b", size=13.5),
        text(_BYTES, 26, "each access: its bytes, by address", "muted", size=12),
        text(_REGISTERS, 26, "registers afterwards", "muted", size=12),
    ]
    lines = [text(20, 58 + 24 * k, line.strip(), "m", size=13) for k, line in enumerate(code)]
    accesses = [_access(access, 46 + _ROW * k) for k, access in enumerate(ran.accesses)]
    if not accesses:
        accesses = [text(_BYTES, 58, "no data access", size=13)]
    for k, (name, value) in enumerate(ran.used.items()):
        lines.append(text(_REGISTERS, 58 + 24 * k, f"{name} {value:#x}", "m"))
    background = tag("rect", class_="bg", width=_WIDTH, height=height)
    return document(
        (_WIDTH, height),
        kind="kve-run",
        name=f"What a CPU did: {_start(ran)}",
        says=_description(ran),
        body=hidden("".join((background, *head, *lines, *accesses))),
    )


def html(ran: Run) -> str:
    """Return the picture for a page.

    >>> from kvmendian.machine import arm
    >>> html(arm.Run("nop", "a64", False, {}, {}, (), b"", b""))[:4]
    '<pre'
    """
    return inline(run(ran), text_of(ran))


def _start(ran: Run) -> str:
    return f"{ran.isa.upper()}, starts {'big' if ran.big else 'little'}-endian"


def _description(ran: Run) -> str:
    """Tell code, accesses and registers in sentences."""
    code = "; ".join(line.strip() for line in ran.code.splitlines())
    accesses = "; ".join(map(str, ran.accesses)) or "none"
    registers = ", ".join(f"{name} {value:#x}" for name, value in ran.used.items()) or "none"
    return f"The code: {code}. Its data accesses: {accesses}. Registers afterwards: {registers}."


def _access(access: Access, top: float) -> str:
    where, at = access.where
    parts = [
        text(_BYTES, top + 13, access.kind, "b", size=13),
        text(_BYTES, top + 28, where, "muted", size=11.5),
    ]
    for k, byte in enumerate(access.data):
        x = _BYTES + 58 + (_CELL - (4 if len(access.data) < 8 else 8)) * k
        width = _CELL - (8 if len(access.data) < 8 else 11)
        parts.append(tag("rect", class_="edge", x=x, y=top, width=width, height=22))
        middle = x + width / 2
        parts.append(text(middle, top + 16, f"{byte:02x}", "m", "middle", size=14))
        parts.append(text(middle, top + 34, f"+{at + k}", "muted", "middle", size=10.5))
    return "".join(parts)
