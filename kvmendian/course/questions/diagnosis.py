"""Diagnosis: what lay at each place is given, and who is wrong is asked.

Three rules judge, each about one step alone: the driver reverses where guest and device differ; the
kernel keeps RAM's rule; the VMM lays out and reads in the device's order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.model import lanes
from kvmendian.model.setups import Setup
from kvmendian.model.story import trace

from . import asking, drawing
from .choosing import Choice, Option
from .reading import spell

if TYPE_CHECKING:
    from random import Random

CULPRITS = {"driver": "the driver", "kernel": "KVM", "vmm": "the VMM", "nobody": "nobody"}
"""Who may be wrong, and how the options name them."""

_STEP = "Go place by place, each by its own rule"


class Seen(NamedTuple):
    """What lay where: software's value, x0, mmio.data, and the device's register; `width` bytes.

    >>> Seen("store", 2, "big", "little", False, 0x1122, 0x2211, bytes.fromhex("2211"), 0x1122).op
    'store'
    """

    op: str
    width: int
    guest: Any
    device: Any
    signed: bool
    software: int
    x0: int
    data: bytes
    register: int


def wrong(seen: Seen) -> tuple[str, ...]:
    """Return who is wrong, each step judged by its own rule.

    >>> data = bytes.fromhex("1122")
    >>> wrong(Seen("store", 2, "big", "little", False, 0x1122, 0x1122, data, 0x2211))
    ('driver',)
    """
    s = Setup(op=seen.op, width=seen.width, guest=seen.guest, device=seen.device,  # type: ignore[arg-type]
              driver="accessor", signed=seen.signed)  # fmt: skip
    found = []
    if seen.op == "store":
        if trace(s, seen.software).register != seen.x0:
            found.append("driver")
        if lanes.to_memory(seen.x0, seen.width, seen.guest) != seen.data:
            found.append("kernel")
        if lanes.from_memory(seen.data, seen.device) != seen.register:
            found.append("vmm")
        return tuple(found)
    if lanes.to_memory(seen.register, seen.width, seen.device) != seen.data:
        found.append("vmm")
    same = replace(s, driver="raw", device=seen.guest)  # loads what lies there, as the guest would
    if trace(same, lanes.from_memory(seen.data, seen.guest)).register != seen.x0:
        found.append("kernel")
    if _software(seen.x0, s) != seen.software:
        found.append("driver")
    return tuple(found)


def _software(x0: int, s: Setup) -> int:
    """Return what an accessor makes of x0; only unsigned loads are turned round."""
    if s.guest == s.device:
        return x0
    return lanes.as_int(lanes.swap(lanes.SOURCE, s.width), x0)


def draw(level: int, seed: int, number: int, native: bool = False) -> Choice:  # noqa: ARG001, FBT002 - Series
    """Return the question of this level, seed and number.

    >>> question = draw(1, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    culprit = drawing.dealt((tuple(CULPRITS),), "diagnosis", level, seed, number)
    for again in range(1000):
        dice = drawing.chance("diagnosis", level, seed, number, again)
        seen = _scene(level, culprit, dice)
        if wrong(seen) == (() if culprit == "nobody" else (culprit,)):
            return _choice(seen, culprit)
    raise AssertionError  # pragma: no cover - a few throws do


def _scene(level: int, culprit: str, dice: Random) -> Seen:
    op = "store" if level == 1 else dice.choice(("store", "load"))
    signed = level == 3 and culprit != "driver" and dice.random() < 0.6
    guest: Any = dice.choice(("little", "big"))
    card = drawing.Card("mmio_data", op="load" if signed else op, guest=guest, signed=signed,
                        old=culprit == "kernel", driver="accessor",
                        device=guest if signed else None)  # fmt: skip
    s = drawing.setup_of(card, dice)
    value = drawing.value_for(s, dice)
    if culprit == "driver":
        s = replace(s, driver="raw", device=lanes.opposite(s.guest))
    if culprit == "vmm" and s.op == "load":
        other = trace(replace(s, device=lanes.opposite(s.device_order), driver="raw"), value)
        told, software = other, _software(other.register, s)
    else:
        told = trace(s, value)
        software = told.software_value
    register = told.device_value & (1 << 8 * s.width) - 1
    if culprit == "vmm" and s.op == "store":
        register = lanes.from_memory(told.mmio_data, lanes.opposite(s.device_order))
    return Seen(s.op, s.width, s.guest, s.device_order, s.signed, software, told.register,
                told.mmio_data, register)  # fmt: skip


def _choice(seen: Seen, culprit: str) -> Choice:
    x0, data = spell(seen.x0), spell(seen.data)
    meant, got = spell(seen.software), spell(seen.register)
    ram = f"stores {x0} as {data}" if seen.op == "store" else f"loads {x0} from {data}"
    made = f"made {meant} of the {x0} in x0" if meant != x0 else f"left the {x0} in x0 alone"
    facts = {
        "driver": f"x0 holds {x0}, as it must for a {seen.guest} guest and a {seen.device} device"
        if seen.op == "store"
        else f"the driver {made}, as it must",
        "kernel": f"in RAM too, a {seen.guest} guest {ram}",
        "vmm": f"{data} is {got} in the order of a {seen.device} device",
        "nobody": f"software has {meant}, the device {got}: some step is wrong",
    }
    kinds = {"driver": "driver-blamed", "kernel": "kernel-blamed", "vmm": "vmm-blamed"}
    choices = tuple(
        Option(label)
        if who == culprit
        else Option(label, kinds.get(who, "fault-missed"), facts[who], _STEP)
        for who, label in CULPRITS.items()
    )
    return Choice(kind="diagnosis", asks=_text(seen), choices=choices,
                  reasons=_reason(seen, culprit), helps=_HINTS)  # fmt: skip


_HINTS = (
    "The driver reverses where guest and device differ; KVM does as RAM; the VMM, as the device.",
    "Take one place and the next, and forget all the others: which pair does not fit?",
)


def _text(seen: Seen) -> str:
    what = f"A {seen.guest}-endian guest, a {seen.device} device, {asking.count(seen.width)}"
    x0, data = spell(seen.x0), spell(seen.data)
    if seen.op == "store":
        places = f"software means {spell(seen.software)}, x0 holds {x0}, mmio.data is {data}"
        return f"{what}: {places}, and the device gets {spell(seen.register)}. Who is wrong?"
    load = "a load that extends the sign to 64 bits" if seen.signed else "a load"
    places = f"the device holds {spell(seen.register)}, mmio.data is {data}, x0 gets {x0}"
    return f"{what}, {load}: {places}, and software gets {spell(seen.software)}. Who is wrong?"


def _reason(seen: Seen, culprit: str) -> str:
    x0, data = spell(seen.x0), spell(seen.data)
    guest, device = seen.guest, seen.device
    if culprit == "nobody":
        return "Each step keeps its rule, and software and device have the same value."
    if culprit == "kernel":
        ram = f"store {x0} as {data}" if seen.op == "store" else f"load {x0} from {data}"
        return f"In RAM a {guest} guest would not {ram}."
    if culprit == "vmm":
        return f"In the order of a {device} device, {data} is not {spell(seen.register)}."
    does = "left it as it is" if guest != device else "turned it round"
    return f"Guest is {guest}, device is {device}, and the driver {does}."
