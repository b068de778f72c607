"""Known ways to a wrong answer: another setup in mind, or a slip of the pen.

A mistake is what `trace()` says of the setup that a learner had in mind (the host's order taken
for the guest's, another design, …), or what a slip makes of the right answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.model import lanes
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.setups import COMBINED, Setup, impossible
from kvmendian.model.story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mistake(NamedTuple):
    """A wrong answer, and what gives it: `kind` is one of `KINDS`.

    >>> Mistake("one-swap", bytes.fromhex("2211"), KINDS["one-swap"]).kind in KINDS
    True
    """

    kind: str
    answer: bytes | int
    says: str

    def __repr__(self) -> str:
        """Show the answer as a learner would give it."""
        answer = self.answer.hex(" ") if isinstance(self.answer, bytes) else hex(self.answer)
        return f"<Mistake {self.kind}: {answer}>"


KINDS = {
    "host-for-guest": "the host's byte order was taken for the guest's",
    "device-for-guest": "the device's byte order was taken for the guest's",
    "guest-for-device": "the guest's byte order was taken for the device's",
    "host-for-device": "the host's byte order was taken for the device's",
    "host-for-native": "native was taken for the host's order; it means the emulator's target",
    "accessor-forgotten": "the accessor's own reversal was left out",
    "accessor-taken-for-right": "the accessor was taken for one that is made for this device",
    "second-swap-forgotten": "one of the driver's two reversals was left out",
    "accessor-added": "a reversal was added that a raw access does not have",
    "sign-forgotten": "the sign extension was left out",
    "sign-wrong-byte": "the sign was taken from the wrong byte: the top bit of the value counts",
    "sign-added": "the value was sign-extended, but this load extends with zeros",
    "not-truncated": "the value was extended to 64 bits, but a 32-bit register keeps 32 and "
    "clears the rest",
    "design": "that is what {design} does",
    "one-swap": "one swap too many, or one too few: the bytes are in exactly the opposite order",
    "low-bytes-only": "the low bytes are right, those above them are not",
    "digits-reversed": "the hex digits were turned round; the two digits of a byte stay together",
    "bits-reversed": "the bits inside each byte were turned round; byte order leaves them alone",
}
"""The mistakes that are recognised, in the order in which they are looked for."""
GENERAL = (KINDS["one-swap"], KINDS["low-bytes-only"])
"""Words that are not worth saying beside a reason."""


_AS_IF_RIGHT = {
    "raw": "accessor-added",
    "accessor": "accessor-added",
    "little-accessor": "accessor-taken-for-right",
    "double-swap": "second-swap-forgotten",
}
"""By driver, what gives the answer that the right accessor would."""


def answer_of(ask: str, story: Story) -> bytes | int:
    """Return what a story answers: a device's register within the width, the rest as it is.

    Bytes are in address order, integers unsigned; `ask` is one of `questions.ASKS`.

    >>> answer_of("mmio_data", Setup(width=2, guest="big").trace(0x1122)).hex(" ")
    '11 22'
    """
    answer: bytes | int = getattr(story, ask)
    return answer & (1 << 8 * story.setup.width) - 1 if ask == "device_value" else answer  # type: ignore[operator]


def of_other_setups(ask: str, s: Setup, value: int) -> Iterator[Mistake]:
    """Answer the question for the setup that a mistaken learner has in mind.

    >>> next(of_other_setups("mmio_data", Setup(width=2, guest="big"), 0x1122)).kind
    'host-for-guest'
    """
    order = s.device_order
    device = {"device": s.guest, "target": "little"}
    changes: list[tuple[str, dict[str, Any]]] = [
        ("host-for-guest", {"guest": s.host}),
        ("device-for-guest", {"guest": order}),
        ("guest-for-device", device),
        ("host-for-device", {"device": s.host}),
        ("accessor-forgotten", {"driver": "raw"}),
        (_AS_IF_RIGHT[s.driver], {"driver": "accessor"}),
        ("sign-forgotten", {"signed": False}),
        ("sign-added", {"signed": True}),
        ("not-truncated", {"register_width": 64}),
    ]
    if s.device == "native":
        changes[3] = ("host-for-native", {"device": s.host})
    for kind, change in changes:
        other = s.fields() | {"design": s.design} | change
        if impossible(*(other[field] for field in COMBINED)):
            continue
        setup = Setup(**other)
        if setup != s and not value >> setup.value_bits:
            yield Mistake(kind, answer_of(ask, trace(setup, value)), KINDS[kind])
    for name in DESIGNS:
        setup = replace(s, design=name)
        says = KINDS["design"].format(design=name)
        yield Mistake("design", answer_of(ask, trace(setup, value)), says)


def slips(ask: str, s: Setup, answer: bytes | int) -> Iterator[Mistake]:
    """Spoil the right answer in ways that no setup would.

    >>> [m.answer.hex() for m in slips("mmio_data", Setup(width=2), bytes.fromhex("2211"))]
    ['1122', '2211', '4488']
    """
    width = s.width if isinstance(answer, bytes) or ask == "device_value" else s.slot
    moved = s.width if ask == "register" else width

    def spoilt(kind: str, make: Any) -> Mistake:  # noqa: ANN401 - bytes to bytes, most significant first
        if isinstance(answer, bytes):
            return Mistake(kind, make(answer), KINDS[kind])
        high, low = divmod(answer, 1 << 8 * moved)
        turned = lanes.from_memory(make(lanes.to_memory(low, moved, "big")), "big")
        return Mistake(kind, high << 8 * moved | turned, KINDS[kind])

    yield spoilt("one-swap", lambda data: data[::-1])
    yield spoilt("digits-reversed", lambda data: bytes((b << 4 | b >> 4) & 255 for b in data))
    yield spoilt("bits-reversed", lambda data: bytes(int(f"{b:08b}"[::-1], 2) for b in data))
    if ask == "register" and s.signed and isinstance(answer, int):
        bits, low = s.register_width, answer & (1 << 8 * s.width) - 1
        if low >> 7 & 1 != low >> (8 * s.width - 1):  # the lowest byte has the other sign
            fill = (1 << bits) - (1 << 8 * s.width) if low >> 7 & 1 else 0
            yield Mistake("sign-wrong-byte", low | fill, KINDS["sign-wrong-byte"])
    if ask == "register" and isinstance(answer, int):
        low, bits = answer & (1 << 8 * s.width) - 1, s.register_width
        for other in (low, low | (1 << bits) - (1 << 8 * s.width)):
            yield Mistake("low-bytes-only", other, KINDS["low-bytes-only"])
