"""Inverse: what came out is given, and the setup is asked. Each other one needs a mistake."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from kvmendian.model.setups import Setup
from kvmendian.model.story import trace

from . import asking, drawing, forward, mistakes, reasons
from .choosing import Choice, Option
from .mistakes import answer_of
from .reading import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHO = ("rule-assumed", "accessor-forgotten", "accessor-added", "accessor-too-soon",
        "host-for-guest", "device-for-guest", "guest-for-device", "host-for-device",
        "msb-for-little", "lsb-for-big", "one-swap", "sign-forgotten", "design")  # fmt: skip
"""Mistakes that a person makes about who decides, and no slips of the pen."""

_LEAVES = {
    "mmio_data": "leaves {} in mmio.data",
    "register": "leaves {} in x0",
    "device_value": "gives the device {}",
}


def draw(level: int, seed: int, number: int, native: bool = False) -> Choice:  # noqa: FBT002 - Series
    """Return the question of this level, seed and number.

    >>> question = draw(1, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    for again in range(1000):  # the same place in another deck: rules of thumb stay as good
        asked = forward.draw(level, seed, number + 120 * again, native)
        made = None
        if asked.ask != "ram_bytes" and asked.setup.width > 1:
            made = _of(asked, level, again)
        if made is not None:
            return made
    raise AssertionError  # pragma: no cover - a deck has hundreds that serve


def _of(asked: forward.Question, level: int, again: int) -> Choice | None:
    dice = drawing.chance("inverse", asked.setup, asked.value, again)
    found: dict[str, list[Option]] = {}
    level_three = asking.about_designs(asked.setup)
    for setup in _others(asked.setup, level, dice.choice(drawing.OLD)):
        story = trace(setup, asked.value)
        answer = answer_of(asked.ask, story)
        if answer == asked.right:
            continue
        for mistake in mistakes.mistakes(asked.ask, story):
            if mistake.answer == asked.right and mistake.kind in _WHO:
                says = f"this setup gives {spell(answer)}. The mistake: {mistake.says}"
                option = Option(
                    _label(setup, designs=level_three), mistake.kind, says, mistake.step
                )
                found.setdefault(mistake.kind, []).append(option)
    wrong = [dice.choice(options) for options in found.values()]
    rest = [one for options in found.values() for one in options if one not in wrong]
    dice.shuffle(wrong)
    dice.shuffle(rest)
    wrong = (wrong + rest)[:3]
    if len(wrong) < 3:
        return None
    choices = [Option(_label(asked.setup, designs=level_three)), *wrong]
    dice.shuffle(choices)
    return Choice(
        kind="inverse",
        asks=_text(asked),
        choices=tuple(choices),
        reasons=reasons.why(asked.ask, asked.story),
        helps=(reasons.hint(asked.ask, asked.story), "Work one of them out, and compare."),
        story=asked.story,
    )


def _others(s: Setup, level: int, rival: str) -> Iterator[Setup]:
    old = asking.about_designs(s)
    kernels = (s.design_name, asking.TODAY, rival) if old else (asking.TODAY,)
    orders: Any = ("little", "big")
    drivers = ("raw",) if level == 1 or (old and s.driver == "raw") else ("raw", "accessor")
    for guest, host, device, driver in product(orders, orders, orders, drivers):
        for design in dict.fromkeys(kernels):
            change = {"guest": guest, "host": host, "device": device, "driver": driver}
            fields = s.fields() | change | {"design": design, "target": "little"}
            setup = Setup(**fields)
            if setup != s and not setup.trace(0).road.arithmetic:
                yield setup


def _label(s: Setup, *, designs: bool) -> str:
    how = "raw" if s.driver == "raw" else "accessor"
    kernel = f", {s.design_name}" if designs else ""
    native = f" (target {s.target})" if s.device == "native" else ""
    return f"guest {s.guest}, host {s.host}, device {s.device}{native}, {how}{kernel}"


def _text(asked: forward.Question) -> str:
    s, given = asked.setup, asking.hexa(asked.value, asked.setup.width)
    leaves = _LEAVES[asked.ask].format(spell(asked.right))
    if s.op == "store":
        what = f"Software writes {given} to a device, {asking.count(s.width)} wide"
    else:
        extends = ", sign-extending" if s.signed else ""
        what = f"A device's register holds {given}; the guest loads {asking.count(s.width)} of it"
        what += f" into a {s.register_width}-bit register{extends}"
    kernel = "" if asking.about_designs(s) else " KVM is today's."
    return f"{what}.{kernel} Which of these setups {leaves}?"
