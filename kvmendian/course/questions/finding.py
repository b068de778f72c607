"""Finding: a kernel's fault is given, and the test that would find it is asked.

Each other test passes in spite of the fault, and for a reason with a name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kvmendian.model import lanes
from kvmendian.model.setups import Setup, impossible
from kvmendian.model.story import trace

from . import asking, drawing
from .choosing import Choice, Option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

FAULTS = {
    "be-guests-2013": "converts a big guest's data, and leaves a little guest's alone",
    "swab": "reverses a big guest's data on any host, and leaves a little guest's alone",
    "memcpy-2012": "copies a register's first bytes as they lie in memory, whatever the guest is",
    "merged-2014": "converts for both guests, but extends a sign before that",
}
"""What is wrong with a kernel, in words, by the design that it is."""

_BY_LEVEL = {
    1: ("be-guests-2013", "swab"),
    2: ("be-guests-2013", "swab", "memcpy-2012"),
    3: ("merged-2014", "merged-2014", "memcpy-2012"),
}
_PASSES = {
    "one-byte": ("one byte has no order, so nothing shows", "Move more than one byte"),
    "equal-bytes": ("equal bytes look the same in any order", "Let all bytes differ"),
    "wrong-host": ("on a {host} host this kernel is right", "Take the other host"),
    "wrong-guest": ("for a {guest} guest this kernel is right", "Take the other guest"),
    "reads-back": ("what goes wrong twice comes back right", "Look at mmio.data itself"),
    "not-negative": ("of a positive number the sign is zeros anyway", "Load a negative one"),
    "low-bytes-only": ("the low bytes are right, the fault is above them", "Look at all of x0"),
    "not-signed": ("zeros are what this load wants above", "Let the load extend a sign"),
}
"""Why a test passes in spite of the fault, and what to change."""


def finds(setup: Setup, value: int, *, look: str = "all") -> bool:
    """Whether a test fails, and so finds a fault.

    `look` at `"all"` that KVM made; at the `"low"` bytes of a load; or `"back"`: store, load again,
    and compare.

    >>> finds(Setup(host="big", design="be-guests-2013"), 0x11223344)
    True
    >>> finds(Setup(host="big", design="be-guests-2013"), 0x11223344, look="back")
    False
    """
    story, low = trace(setup, value), (1 << 8 * setup.width) - 1
    if look == "low":
        return (story.register ^ story.expected_register) & low != 0
    if look == "all":
        return not story.honours_abi
    again = trace(replace(setup, op="load"), story.device_value & low)
    return again.register != value & low


def draw(level: int, seed: int, number: int, native: bool = False) -> Choice:  # noqa: ARG001, FBT002 - Series
    """Return the question of this level, seed and number.

    >>> question = draw(1, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    for again in range(1000):
        dice = drawing.chance("finding", level, seed, number, again)
        design = dice.choice(_BY_LEVEL[level])
        setup, value = _test(design, level, dice)
        wrong = list(_passing(setup, value, dice))
        if finds(setup, value) and len(wrong) > 2:
            break
    dice.shuffle(wrong)
    choices = [Option(_label(setup, value)), *wrong[:3]]
    dice.shuffle(choices)
    return Choice(
        kind="finding",
        asks=f"A 64-bit kernel {FAULTS[design]}. Which of these tests would find that?",
        choices=tuple(choices),
        reasons=_reason(setup, value),
        helps=(
            "Ask for each test: would this kernel and a right one differ in what is looked at?",
            "What must host, guest and value be, for the fault to show?",
        ),
        story=trace(setup, value),
    )


def _test(design: str, level: int, dice: Random) -> tuple[Setup, int]:
    signed = design == "merged-2014"
    op = "load" if signed else "store" if level == 1 else dice.choice(("store", "load"))
    card = drawing.Card("mmio_data", op=op, signed=signed)
    setup = replace(drawing.setup_of(card, dice), design=design, device="little")
    return setup, drawing.value_for(setup, dice)


def _passing(s: Setup, value: int, dice: Random) -> Iterator[Option]:
    """Yield tests that pass in spite of the fault: the good one, with one thing changed."""
    byte = dice.randrange(0x12, 0x7F)
    equal = lanes.from_memory(bytes([byte]) * s.width, "big")
    low = value & lanes.from_memory(b"\x7f" * s.width, "big")
    changes: list[tuple[str, dict[str, Any], int, str]] = [
        ("one-byte", {"width": 1}, value & 0xFF, "all"),
        ("wrong-host", {"host": lanes.opposite(s.host)}, value, "all"),
        ("wrong-guest", {"guest": lanes.opposite(s.guest)}, value, "all"),
    ]
    if s.signed:
        changes.append(("not-negative", {}, low, "all"))
        changes.append(("not-signed", {"signed": False}, value, "all"))
        changes.append(("low-bytes-only", {}, value, "low"))
    else:
        changes.append(("equal-bytes", {}, equal, "all"))
    if s.op == "store":
        changes.append(("reads-back", {}, value, "back"))
    for kind, change, number, look in changes:
        fields = s.fields() | change
        names = ("op", "width", "signed", "register_width", "arch")
        if impossible(*(fields[name] for name in names)):
            continue
        other = Setup(**fields)
        # by its name: whether this kernel is right there for every value, or for this one alone
        always = kind in ("one-byte", "wrong-host", "wrong-guest", "not-signed")
        told = trace(other, number).road
        if always == told.honours_abi and not finds(other, number, look=look):
            says, step = _PASSES[kind]
            says = says.format(host=other.host, guest=other.guest)
            yield Option(_label(other, number, look), kind, says, step)


def _label(s: Setup, value: int, look: str = "all") -> str:
    where = f"{s.guest} guest, {s.host} host"
    size, shown = asking.count(s.width), asking.hexa(value, s.width)
    if look == "back":
        return f"{where}: store {size}, {shown}, load them again, and compare"
    if s.op == "store":
        return f"{where}: store {size}, {shown}, and look at mmio.data"
    extends = ", sign-extending to 64 bits" if s.signed and s.register_width == 64 else ""
    extends = ", sign-extending to 32 bits" if s.signed and s.register_width == 32 else extends
    held = f"of a little device that holds {shown}"
    at = "the low bytes of x0" if look == "low" else "x0"
    return f"{where}: load {size} {held}{extends}, and look at {at}"


def _reason(s: Setup, value: int) -> str:
    if s.signed:
        low = trace(s, value).expected_register & (1 << 8 * s.width) - 1
        is_ = f"{asking.hexa(low, s.width)}, which the guest loads, is negative"
        return f"{is_}: above it stand zeros, and should stand ones."
    where = f"on a {s.host} host, with a {s.guest} guest"
    return f"The fault shows {where}, in bytes that all differ; what is looked at is what KVM made."
