"""The reason that answers the question that was asked, and who decided it.

A reason names only who takes part in the answer: RAM is explained by the guest alone, a load's
mmio.data by the device and the VMM, and the host only where a kernel lets it decide. What is said
of a kernel that goes wrong is read off the lanes of its road.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kvmendian.errors import one_of
from kvmendian.model import lanes
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.story import Story, trace

from . import asking
from .asked import Feedback
from .mistakes import answer_of
from .reading import spell

if TYPE_CHECKING:
    from kvmendian.model.steps import Road

_FIRST = {"little": "least significant byte first", "big": "most significant byte first"}
_ONE = "One byte has no order: nothing to turn round"


def why(ask: str, story: Story) -> str:  # noqa: PLR0911 - one return a reason
    """Return the reason for the right answer.

    >>> from kvmendian import Setup
    >>> why("ram_bytes", Setup(width=2).trace(0x1122))
    "A little guest's store puts the least significant byte first, at +0."
    """
    s = story.setup
    if story.road.one_value:
        return "Your function does more than move bytes: this holds for the value that was asked."
    if ask == "mmio_data" and s.op == "load":
        native = ", which native means here" if s.device == "native" else ""
        first = f"{_FIRST[s.device_order]}{native}"
        return (
            f"{_ONE}." if s.width == 1 else f"The VMM lays out a {s.device} device's value {first}."
        )
    if s.op == "load":
        return _loaded(story.road)
    if s.width == 1 and story.road.honours_abi:
        return f"{_ONE}."
    driver = _accessor(story) if s.driver == "accessor" else ""
    if ask == "register":
        return f"{driver}."
    if ask == "ram_bytes":
        if driver:
            return f"{driver}; the {s.guest} guest's store then puts it {_FIRST[s.guest]}."
        return f"A {s.guest} guest's store puts the {_FIRST[s.guest]}, at +0."
    return (_buffer if ask == "mmio_data" else _device)(story)


def hint(ask: str, story: Story) -> str:
    """Return the general hint: who decides, in this kind of question.

    >>> from kvmendian import Setup
    >>> hint("ram_bytes", Setup().trace(1))
    'RAM knows only the guest: in which order does its store put the bytes?'
    """
    s = story.setup
    accessor = "First the accessor: it reverses the value where guest and device differ. "
    first = accessor if s.driver == "accessor" and s.op == "store" else ""
    kernel = (
        f"Does {s.design_name} keep it?" if asking.about_designs(s) else "Today's kernel keeps it."
    )
    rule = "RAM's rule: mmio.data is what the guest's own store would leave in RAM."
    return {
        ("mmio_data", "store"): f"{first}{rule} {kernel}",
        ("mmio_data", "load"): "The device alone decides: the VMM lays its value out in its order.",
        ("ram_bytes", "store"): f"{first}RAM knows only the guest: in which order does its store "
        "put the bytes?",
        ("register", "store"): "The accessor reverses the value where guest and device differ.",
        ("register", "load"): "Two steps: mmio.data in the device's order; then the kernel loads "
        "it, by RAM's rule as the guest would. Last, what stands above: zeros, or the sign.",
        ("device_value", "store"): f"{first}Two steps: mmio.data as the kernel fills it; then the "
        "device reads it in its own order.",
    }[ask, s.op]


def _accessor(story: Story) -> str:
    s = story.setup
    if s.guest == s.device_order:
        return f"Guest and device are both {s.guest}: the accessor leaves the value alone"
    return f"Guest is {s.guest}, device is {s.device_order}: the accessor reverses the value"


def _buffer(story: Story) -> str:
    s, driver = story.setup, ""
    if story.road.mmio != story.road.ram:
        return f"{_wrong(story.road)}."
    if s.driver == "accessor":
        reversed_ = s.guest != s.device_order
        driver = (
            "The accessor reverses, then " if reversed_ else "The accessor leaves it alone, then "
        )
    keeps = f"the kernel keeps RAM's rule: {_FIRST[s.guest]}, as the {s.guest} guest stores it."
    return driver + keeps if driver else keeps[0].upper() + keeps[1:]


def _device(story: Story) -> str:
    s, differ = story.setup, story.setup.guest != story.setup.device_order
    if story.road.mmio != story.road.ram:
        return f"{_wrong(story.road)}. The {s.device_order} device reads what is there."
    if not differ:
        alone = ", the accessor does nothing" if s.driver == "accessor" else ""
        return (
            f"Guest and device are both {s.guest}{alone}: the kernel keeps the guest's bytes, and "
            "the device reads them back."
        )
    read = f"the {s.device_order} device reads a {s.guest} guest's bytes the other way round"
    if s.driver == "accessor":
        return f"The accessor reverses, the kernel keeps the bytes, and {read}: two turns, no turn."
    return (
        f"The kernel keeps the guest's bytes, and {read}. A raw store has nobody to make up for it."
    )


def _wrong(road: Road) -> str:
    """Say what a kernel does that does not keep the rule, from its ledger and lanes."""
    s, name = road.setup, road.setup.design_name
    if s.kernel.buffer == "memcpy" and s.width < s.slot and s.host == "big":
        if s.op == "load":
            return f"{name} copies to where a big host's register has its most significant bytes"
        return (
            f"{name} copies the first {asking.count(s.width)} of the register's {s.slot}; on a big "
            "host these are the most significant"
        )
    entries = [entry for entry in road.swaps if road.steps[entry.stage].zone == "host kernel"]
    wrong = next((entry for entry in entries if entry.swapped != entry.needed), None)
    if wrong is None:
        return f"{name} moves the bytes in a way of its own"
    if wrong.swapped:
        return (
            f"{name} swaps for a {s.guest} guest on any host: on a {s.host} host one swap too many"
        )
    lie = f"on a {s.host} host they lie the other way"
    return f"{name} leaves a {s.guest} guest's bytes alone, and {lie}"


def _loaded(road: Road) -> str:
    s = road.setup
    if road.arithmetic:
        return f"{s.design_name} extends with a mask that is a negative int, and negates the word."
    low, above = road.register[: s.width], road.register[s.width : s.register_width // 8]
    if low != road.expected[: s.width]:
        moved = _wrong(road)
    elif s.width == 1:
        moved = "One byte has no order"
    elif s.guest == s.device_order:
        moved = (
            f"Device and guest are both {s.guest}: the kernel loads the bytes as they were meant"
        )
    else:
        whose = f"the {s.device_order} device's bytes"
        moved = f"The kernel loads {whose} as a {s.guest} guest would: turned round"
    cut = s.kernel.buffer == "memcpy" and s.host == "big" and s.width < s.slot
    if not above or cut or (not s.signed and set(above) == {lanes.ZERO}):
        return f"{moved}."
    if set(above) == {lanes.ZERO}:
        return f"{moved}; it extends the sign before that, and the conversion cuts it off."
    if set(above) != {lanes.sign_of(low[-1])}:
        return (
            f"{moved}." if low != road.expected[: s.width] else f"{moved}; above, more is copied."
        )
    until = f" up to bit {s.register_width - 1}"
    return f"{moved}; then the value's top bit is repeated{until}."


# --- who decided? ---------------------------------------------------------------------------------


def deciders(ask: str, story: Story) -> tuple[str, ...]:
    """Return who decided the answer: with another one of them it would be another.

    "nobody" stands alone where none of them did.

    >>> from kvmendian import Setup
    >>> deciders("mmio_data", Setup(guest="big").trace(0x11223344))
    ('guest', 'design')
    """
    takes = asking.parties(ask, story.setup)
    found = tuple(who for who in takes if otherwise(ask, story, who) is not None)
    return found or ("nobody",)


def who_decided(ask: str, story: Story, pick: str) -> Feedback:
    """Judge a pick of who decided: a party's name, or "nobody".

    Raises `SetupError` for another name.

    >>> from kvmendian import Setup
    >>> who_decided("ram_bytes", Setup(width=2).trace(0x1122), "host").says
    'Not yet: the host does not decide this. Who would have to change, for another answer?'
    """
    pick = one_of("pick", pick, (*asking.PARTIES, "nobody"))
    found = deciders(ask, story)
    if pick not in found:
        what = "somebody decides this" if pick == "nobody" else f"the {pick} does not decide this"
        step = "Who would have to change, for another answer?"
        return Feedback(right=False, says=f"Not yet: {what}. {step}", kind="who", step=step)
    if pick == "nobody":
        return Feedback(right=True, says="Right: nobody. Change whom you like, the answer stays.")
    also = [who for who in found if who != pick]
    rest = f" So with the {', the '.join(also)}." if also else " Nobody else decides."
    other = otherwise(ask, story, pick)
    shown = spell(other) if other is not None else ""
    changed = {"design": "Of another kernel", "driver": "With a raw access"}
    how = changed.get(pick, f"With the {pick} turned round")
    return Feedback(right=True, says=f"Right: the {pick}. {how} it would be {shown}.{rest}")


def otherwise(ask: str, story: Story, who: str) -> bytes | int | None:
    """Return the answer with another one of `who`; None if that changes nothing."""
    s, right = story.setup, answer_of(ask, story)
    changes: dict[str, list[dict[str, Any]]] = {
        "guest": [{"guest": lanes.opposite(s.guest)}],
        "host": [{"host": lanes.opposite(s.host)}],
        "device": [{"device": lanes.opposite(s.device_order)}],
        "driver": [{"driver": "raw"}],
        "design": [{"design": name} for name in DESIGNS],
    }
    for change in changes[who]:
        answer = answer_of(ask, trace(replace(s, **change), story.value))
        if answer != right:
            return answer
    return None
