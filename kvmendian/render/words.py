"""The sentences above a picture: verdict, why, and the headline of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kvmendian.evidence.measured import Evidence
    from kvmendian.model.steps import Road, Swap
    from kvmendian.model.story import Story

_LUCK, _DRIVER = "Right for this value, not for every one", "Kernel right, driver wrong"
_FIRST = {"little": "least significant byte first", "big": "most significant byte first"}


def hexa(value: int, width: int) -> str:
    """Write an integer with as many digits as its bytes have.

    >>> hexa(0x22, 2)
    '0x0022'
    """
    return f"{value:#0{2 + 2 * width}x}"


def low(story: Story, value: int) -> str:
    """Write the part of a value that the access moves."""
    width = story.setup.width
    return hexa(value & (1 << 8 * width) - 1, width)


def full(story: Story, value: int) -> str:
    """Write a register: its low bytes where the rest is zero, else the whole slot."""
    s = story.setup
    return low(story, value) if value < 1 << 8 * s.width else hexa(value, s.slot)


def title(story: Story) -> str:
    """Name the access.

    >>> from kvmendian import Setup
    >>> title(Setup(width=2).trace(0x1122))
    'store of 2 bytes, 0x1122, through sign-fixed-2026'
    """
    s = story.setup
    size = "1 byte" if s.width == 1 else f"{s.width} bytes"
    op = f"{'sign-extending ' if s.signed else ''}{s.op}"
    where = " on 32-bit arm" if s.arch == "arm" else ""
    return f"{op} of {size}, {full(story, story.value)}, through {s.design_name}{where}"


def owner(zone: str, order: str) -> str:
    """Name a zone with its byte order; a page of bytes has none of its own.

    >>> owner("VMM", "big"), owner("kvm_run page", "big")
    ('VMM (big)', 'kvm_run page')
    """
    return zone if zone == "kvm_run page" else f"{zone} ({order})"


def subtitle(story: Story) -> str:
    """Name the byte orders and the driver.

    >>> from kvmendian import Setup
    >>> subtitle(Setup(host="big", device="native").trace(1))
    'guest little · host big · device native (little) · raw driver'
    """
    s = story.setup
    device = f"native ({s.target})" if s.device == "native" else s.device
    parts = [f"guest {s.guest}", f"host {s.host}", f"device {device}", f"{s.driver} driver"]
    if s.arch == "arm64" and s.op == "load" and s.register_width == 32:
        parts.append("32-bit register")
    return " · ".join(parts)


VERDICTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "store": {
        "000": ("Wrong", "{not_ram}; the device gets {device}, software meant {software}."),
        "010": ("Wrong", "{not_ram}; the device gets {device} all the same."),
        "100": (_LUCK, "{is_ram}, but the device gets {device} where software meant {software}."),
        "110": (_LUCK, "{is_ram}, and the device gets {device}."),
        "101": (_DRIVER, "{is_ram}, but the device gets {device} where software meant {software}."),
        "111": ("Right", "{is_ram}, and the device gets {device}."),
    },
    "load": {
        "000": ("Wrong", "{x0} is {register}; the same bytes in RAM would give {expected}."),
        "010": ("Wrong", "{x0} is {register}; the same bytes in RAM would give {expected}."),
        "100": (
            _LUCK,
            "{x0} {is_x0}, but software gets {software} where the device holds {device}.",
        ),
        "110": (_LUCK, "{x0} {is_x0}, and software gets {result}."),
        "101": (
            _DRIVER,
            "{x0} {is_x0}, but software gets {software} where the device holds {device}.",
        ),
        "111": ("Right", "{x0} {is_x0}, and software gets {result}."),
    },
}
"""By operation, then by three digits: the ABI is kept for this value, the driver is right, and the
ABI is kept for every value. The judgement and the sentence after it; names in braces are filled in
by `verdict`, and by the browser in the same way.
"""

PHRASES = {
    "not_ram": "mmio.data is not what RAM would hold",
    "is_ram": "mmio.data holds what RAM would hold",
    "is_x0": "is what the same bytes in RAM would give",
}


def verdict(story: Story) -> tuple[str, str]:
    """Return the judgement, in a word or two, and the sentence that follows it.

    >>> from kvmendian import Setup
    >>> ": ".join(verdict(Setup().trace(0x11223344)))
    'Right: mmio.data holds what RAM would hold, and the device gets 0x11223344.'
    """
    always = story.road.honours_abi or (story.road.one_value and story.honours_abi)
    facts = (story.honours_abi, story.driver_is_right, always)
    judgement, sentence = VERDICTS[story.setup.op]["".join(str(int(fact)) for fact in facts)]
    values = {
        "x0": story.setup.register_name,
        "device": low(story, story.device_value),
        "software": low(story, story.software_value),
        "result": full(story, story.software_value),
        "register": full(story, story.register),
        "expected": full(story, story.expected_register),
    }
    return judgement, sentence.format(**PHRASES, **values)


def why(road: Road, *, aside: bool = True) -> str:
    """Return the plain sentence of why, for this setup; `aside`: and what there never was.

    >>> from kvmendian import Setup
    >>> why(Setup(width=1, guest="big").trace(0x11).road)
    'One byte has no order: there is nothing to swap.'
    """
    never = road.setup.arch == "arm" and road.setup.design_name == "sign-fixed-2026"
    more = " (KVM left arch/arm in v5.7: this fix was never made there.)" if never and aside else ""
    return _why(road) + more + (f" {road.arithmetic}" if road.arithmetic else "")


def _why(road: Road) -> str:  # noqa: PLR0911 - one return a reason
    s = road.setup
    if road.one_value:
        return (
            "Your function does more than move bytes: what stands here is about this value, and "
            "prove(design) says what holds for all."
        )
    cut = s.kernel.buffer == "memcpy" and s.width < s.slot
    if cut and s.host == "big" and not road.honours_abi:
        return (
            f"memcpy moves no more than the first {s.width} of the integer's {s.slot} bytes in "
            "memory, and on a big host the first are the most significant."
        )
    if s.signed and not road.honours_abi:
        wrong = _sign(road)
        if wrong:
            return wrong
    if not road.honours_abi and (
        all(e.swapped == e.needed for e in _of_the_kernel(road)) or _goes_its_own_way(road)
    ):
        if road.mmio == road.ram:
            return "The low bytes are right; the bytes above them are not what a load leaves there."
        return f"{s.design_name} moves the bytes in a way of its own: no swap, and not left alone."
    if s.width == 1:
        return "One byte has no order: there is nothing to swap."
    return _kernel(road) + _driver(road)


def _sign(road: Road) -> str:
    """Explain a load whose low bytes are right and whose sign is not."""
    s = road.setup
    if road.mmio != road.ram:
        return ""
    if s.kernel.sign_extend != "before":
        return ""
    swaps = any(e.swapped for e in road.swaps if road.steps[e.stage].place == "data′")
    sign = ", by the sign of the wrong byte" if swaps else ""
    return (
        f"{s.design_name} extends before it converts{sign}: the conversion keeps {8 * s.width} "
        "bits and cuts the sign extension off again."
    )


def _of_the_kernel(road: Road) -> list[Swap]:
    """Return the ledger's entries of the host kernel: what a design answers for."""
    return [entry for entry in road.swaps if road.steps[entry.stage].zone == "host kernel"]


def _goes_its_own_way(road: Road) -> bool:
    """Whether the conversion neither swaps nor leaves the bytes alone that move."""
    at = next(k for k, step in enumerate(road.steps) if step.place == "data′")
    before, after = (step.lanes[: road.setup.width] for step in road.steps[at - 1 : at + 1])
    return after not in (before, before[::-1])


def _kernel(road: Road) -> str:
    s = road.setup
    entries = _of_the_kernel(road)
    real = [e for e in entries if e.swapped]
    name = s.design_name
    wrong = next((e for e in entries if e.swapped != e.needed), None)
    if wrong is None:
        if len(real) > 1:
            return (
                f"{name} swaps twice: once for the big guest, once because its buffer is little "
                "on a big host; the two cancel."
            )
        if s.guest == s.host:
            return f"Guest and host are both {s.guest}: the host's own order is the guest's."
        gives = "the bytes come out in the guest's order"
        gives = gives if s.op == "store" else f"the register gets what a {s.guest} guest would read"
        return f"Guest ({s.guest}) and host ({s.host}) differ: the kernel swaps once, so {gives}."
    if wrong.swapped:
        return (
            f"Guest and host are both {s.guest}, so the host's own order is right already, and "
            f"{name} swaps all the same: one swap too many."
        )
    return (
        f"The host works {_FIRST[s.host]}, the guest {_FIRST[s.guest]}, and {name} leaves "
        f"a {s.guest} guest's data alone: nobody makes up the difference."
    )


def _driver(road: Road) -> str:
    s = road.setup
    if not road.honours_abi:
        return ""
    turns = [entry for entry in road.swaps if road.steps[entry.stage].zone == "guest CPU"]
    wrong = next((entry for entry in turns if entry.swapped != entry.needed), None)
    if wrong:
        return f" {_mistake(wrong, turns, s.device_order)}"
    if s.guest == s.device_order:
        return ""
    if s.driver == "raw":
        return f" A raw {s.op} does not care that the device is {s.device_order}."
    return f" The accessor made up for the {s.device_order} device."


def _mistake(wrong: Swap, turns: Sequence[Swap], device: str) -> str:
    """Say what a driver gets wrong that reverses too often, or not where it should."""
    if len(turns) > 1:
        one, two = (entry.who for entry in turns)
        return f"The driver reverses twice, in {one} and in {two}: the two cancel."
    if wrong.swapped:
        return f"{wrong.who} reverses for a little device, and this one is {device}."
    return (
        f"{wrong.who} is made for little devices and leaves the value alone: nobody makes up for "
        f"the {device} device."
    )


COMPUTED = "Computed: no kernel was recorded in this state."


def evidence(found: Evidence | None) -> str:
    """Say in a line what a real kernel did in a state, or that all of it is computed.

    >>> from kvmendian import Setup
    >>> evidence(Setup(arch="arm").trace(1).evidence)
    'Computed: no kernel was recorded in this state.'
    """
    return COMPUTED if found is None else str(found)


def ledger_head(swaps: Sequence[Swap]) -> str:
    """Return the headline of the ledger.

    >>> from kvmendian import Setup
    >>> ledger_head(Setup().trace(1).swaps)
    'Who could swap: 2 steps. Who did: none.'
    """
    real = sum(entry.swapped for entry in swaps)
    did = {0: "none", 1: "one of them"}.get(real, f"{real} of them")
    return f"Who could swap: {len(swaps)} steps. Who did: {did}."


def did(swapped: bool, needed: bool) -> str:
    """Say whether a step swaps, and whether it should.

    >>> did(False, True)
    'does not swap, but should'
    """
    says = "swaps" if swapped else "does not swap"
    if swapped == needed:
        return says
    return f"{says}, but should" if needed else f"{says}, but should not"
