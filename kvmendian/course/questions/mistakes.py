"""Known ways to a wrong answer, and the one that is likeliest in this question.

A mistake is what `trace()` says of the setup that a learner had in mind (the host's order taken for
the guest's, …), or what a slip makes of the right answer. Only who is named in the question can be
mistaken for another, and old kernels are named only where the question is about one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.model import drivers, lanes
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.setups import COMBINED, Setup, impossible
from kvmendian.model.story import Story, trace

from . import asking

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mistake(NamedTuple):
    """A wrong answer, what gives it (`kind` is one of `KINDS`), and the next step.

    >>> Mistake("one-swap", bytes.fromhex("2211"), "says", "step").kind in KINDS
    True
    """

    kind: str
    answer: bytes | int
    says: str
    step: str

    def __repr__(self) -> str:
        """Show the answer as a learner would give it."""
        answer = self.answer.hex(" ") if isinstance(self.answer, bytes) else hex(self.answer)
        return f"<Mistake {self.kind}: {answer}>"


_BY_GUEST = "Ask how a {guest} guest {op}s: {first}"
_BY_DEVICE = "Ask how a {device} device lays a value out: {device_first}"
_WHOLE = "Bytes move whole: keep the two digits of each together"
_BITS = "Byte order leaves bits alone: move whole bytes"
_ONE_TURN = "There is one order for the whole access: turn all {width} or none"

KINDS = {
    "rule-assumed": ("that is what RAM's rule asks for, and {design} does not always keep it",
                     "Follow {design} itself: {look}?"),
    "accessor-forgotten": ("the accessor's reversal is missing",
                           "Guest and device differ: let {accessor} reverse the value first"),
    "accessor-added": ("here is a reversal that nobody makes",
                       "{accessor_why}"),
    "accessor-too-soon": ("that is what software gets, after the accessor",
                          "Stop one step earlier: what did the load itself leave?"),
    "host-for-guest": ("this takes the host's byte order for the guest's", _BY_GUEST),
    "device-for-guest": ("this takes the device's byte order for the guest's", _BY_GUEST),
    "guest-for-device": ("this takes the guest's byte order for the device's", _BY_DEVICE),
    "host-for-device": ("this takes the host's byte order for the device's", _BY_DEVICE),
    "host-for-native": ("this takes native for the host's order",
                        "It means the emulator's target: lay the value out in that order"),
    "msb-for-little": ("most significant byte first is big-endian",
                       "Little: begin with the least significant byte, at +0"),
    "lsb-for-big": ("least significant byte first is little-endian",
                    "Big: begin with the most significant byte, at +0"),
    "one-swap": ("one reversal too many, or one too few",
                 "Count again: in which order do the bytes lie, and who reads them in which?"),
    "sign-forgotten": ("the bytes above are zeros, but this load extends the sign",
                       "Repeat the top bit of the value up to bit {top}"),
    "sign-stopped-at-32": ("the sign stops at bit 31",
                           "This register has 64 bits: repeat the top bit up to bit 63"),
    "not-truncated": ("the sign runs to bit 63, but a w register keeps 32 bits",
                      "Clear the upper half of x0"),
    "sign-wrong-byte": ("the sign is that of the wrong byte",
                        "Take the top bit of the most significant byte, once the load is done"),
    "sign-added": ("the sign is extended, but this load extends with zeros",
                   "Fill the bytes above with zeros"),
    "ram-rule": ("a kernel that does this does not keep RAM's rule",
                 "Today's kernel keeps it: what would RAM hold?"),
    "design": ("that is what {other} does", "Follow {design} instead: {look}?"),
    "halves-exchanged": ("the halves are exchanged, and the bytes in them left alone", _ONE_TURN),
    "rev16": ("the bytes are turned round in each halfword, as REV16 does", _ONE_TURN),
    "words-reversed": ("each word is turned round by itself", _ONE_TURN),
    "halfwords-reversed": ("halfwords changed places, and the bytes in them did not", _ONE_TURN),
    "digits-reversed": ("the hex digits are turned round", _WHOLE),
    "bits-reversed": ("the bits in each byte are turned round", _BITS),
    "decimal": ("these are the right bytes, in decimal", "Write them in hex, two digits a byte"),
    "decimal-as-hex": ("that is the decimal number behind 0x", "Write it in hex, or leave 0x out"),
    "address-for-value": ("these are the addresses +0, +1, …", "Say what lies there: the bytes"),
    "length": ("this access moves {moves}, and you gave {gave}", "Give {moves}"),
    "unknown": ("no single mistake that we know gives this", ""),
}  # fmt: skip
"""The mistakes that have a name: what is said of one, and the next step."""


def answer_of(ask: str, story: Story) -> bytes | int:
    """Return what a story answers: a device's register within the width, the rest as it is.

    Bytes are in address order, integers unsigned; `ask` is one of `ASKS`.

    >>> answer_of("mmio_data", Setup(width=2, guest="big").trace(0x1122)).hex(" ")
    '11 22'
    """
    answer: bytes | int = getattr(story, ask)
    return answer & (1 << 8 * story.setup.width) - 1 if ask == "device_value" else answer  # type: ignore[operator]


def words(kind: str, ask: str, s: Setup, **more: str) -> tuple[str, str]:
    """Return what is said of a mistake in this question, and the next step.

    >>> words("host-for-guest", "mmio_data", Setup())[1]
    'Ask how a little guest stores: least significant byte first'
    """
    first = {"little": "least significant byte first", "big": "most significant byte first"}
    known = {
        "guest": s.guest, "op": s.op, "first": first[s.guest], "device": s.device_order,
        "device_first": first[s.device_order], "width": str(s.width), "design": s.design_name,
        "accessor": drivers.accessor(s), "top": str(s.register_width - 1),
        "accessor_why": _no_reversal(ask, s),
    }  # fmt: skip
    if kind in ("rule-assumed", "design"):
        known["look"] = _look(s)
    says, step = KINDS[kind]
    return says.format(**known, **more), step.format(**known, **more)


def _look(s: Setup) -> str:
    """Return what to ask of a kernel, in this setup: where it may go its own way."""
    if s.kernel.buffer == "memcpy" and s.width < s.slot and s.host == "big":
        return "which bytes does it copy"
    road = trace(s, 0).road
    low = road.register[: s.width] == road.expected[: s.width]
    if s.op == "load" and s.signed and low and road.register != road.expected:
        return "when does it extend the sign"
    return "does it swap here"


def _no_reversal(ask: str, s: Setup) -> str:
    if s.driver == "accessor" and ask != "register" and s.op == "store":
        return f"{drivers.accessor(s)} reverses only where guest and device differ; they agree"
    if s.driver == "accessor" and s.op == "store":
        return "An accessor reverses only where guest and device differ: do they?"
    return f"A raw {s.op} has no accessor round it: leave the reversal out"


def mistakes(ask: str, story: Story) -> tuple[Mistake, ...]:
    """Return each wrong answer that has a name, with its one likeliest mistake.

    >>> [m.kind for m in mistakes("ram_bytes", Setup(width=2).trace(0x1234))][:2]
    ['msb-for-little', 'digits-reversed']
    """
    s, right = story.setup, answer_of(ask, story)
    found: dict[bytes | int, Mistake] = {}
    for kind, answer, more in chain(
        _other_setups(ask, s, story.value), extended(ask, s, right), slips(story, right)
    ):
        if answer != right and answer not in found:
            found[answer] = Mistake(kind, answer, *words(kind, ask, s, **more))
    return tuple(found.values())


_Made = tuple[str, bytes | int, dict[str, str]]


def _other_setups(ask: str, s: Setup, value: int) -> Iterator[_Made]:
    """Answer for the setups that a mistaken learner has in mind, the likeliest first."""
    if s.op == "load" and s.driver == "accessor" and ask == "register":
        yield "accessor-too-soon", trace(s, value).software_value, {}
    for kind, change in _in_mind(ask, s):
        other = s.fields() | {"design": s.design} | change
        if not impossible(*(other[field] for field in COMBINED)):
            setup = Setup(**other)
            if not value >> setup.value_bits:
                yield kind, answer_of(ask, trace(setup, value)), {}
    low = value & (1 << 8 * s.width) - 1
    if asking.number_asked(ask):
        yield "one-swap", _swapped(ask, s, trace(s, value)), {}
    else:
        order = s.device_order if s.op == "load" else s.guest
        wrong = "msb-for-little" if order == "little" else "lsb-for-big"
        plain = trace(replace(s, design=asking.TODAY), value)
        yield wrong, _bytes(lanes.swap(lanes.SOURCE, s.width), answer_of(ask, plain)), {}
    if s.op == "store" and s.driver == "raw" and "device" in asking.named(ask, s):
        yield "accessor-added", answer_of(ask, trace(replace(s, driver="accessor"), low)), {}
    if "design" in asking.parties(ask, s):
        for name in DESIGNS:
            answer = answer_of(ask, trace(replace(s, design=name), value))
            yield ("design" if asking.about_designs(s) else "ram-rule"), answer, {"other": name}


def _in_mind(ask: str, s: Setup) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield kinds of mistakes about who decides, and what each changes in the setup."""
    told, takes = asking.named(ask, s), asking.parties(ask, s)
    differ = s.guest != s.device_order
    if "design" in takes and asking.about_designs(s):
        yield "rule-assumed", {"design": asking.TODAY}
    if "driver" in takes:
        yield "accessor-forgotten", {"driver": "raw"}
        if not differ:  # turned round all the same: as if the device were of the other order
            yield "accessor-added", {"device": lanes.opposite(s.guest), "target": s.target}
    if ask != "ram_bytes" and s.device == "native" and "device" in takes:
        yield "host-for-native", {"device": s.host}
    if ask == "device_value" and differ and s.driver == "raw":
        yield "guest-for-device", {"device": s.guest}
    if "guest" in takes:
        yield from ((f"{who}-for-guest", {"guest": order}) for who, order in (
            ("host", s.host), ("device", s.device_order)) if who in told)  # fmt: skip
    if ask == "mmio_data" and s.op == "load":
        yield "guest-for-device", {"device": s.guest}
        yield "host-for-device", {"device": s.host}
    if ask == "device_value":
        yield "host-for-device", {"device": s.host}
    if ask == "register" and s.op == "load":
        yield (
            ("sign-forgotten", {"signed": False}) if s.signed else ("sign-added", {"signed": True})
        )
        yield "not-truncated", {"register_width": 64}


def _swapped(ask: str, s: Setup, story: Story) -> int:
    """Turn the bytes that move round once more; the sign follows the byte that is on top then."""
    answer = answer_of(ask, story)
    assert isinstance(answer, int)  # noqa: S101 - only numbers come here
    if ask == "register" and s.op == "load":
        other = replace(s, guest=lanes.opposite(s.guest))
        turned = answer_of(ask, trace(other, story.value))
        assert isinstance(turned, int)  # noqa: S101
        return turned
    return lanes.as_int(lanes.swap(lanes.SOURCE, s.width), answer)


def extended(ask: str, s: Setup, right: bytes | int) -> Iterator[_Made]:
    """Spoil what stands above the low bytes of a load."""
    if ask != "register" or s.op != "load" or not isinstance(right, int):
        return
    low, bits = right & (1 << 8 * s.width) - 1, s.register_width
    if s.signed:
        filled = low | (1 << bits) - (1 << 8 * s.width)
        yield "sign-wrong-byte", (low if low >> 7 & 1 == 0 else filled), {}
        if bits == 64 and 8 * s.width < 32:
            yield "sign-stopped-at-32", filled & 0xFFFF_FFFF, {}
    yield "sign-forgotten" if s.signed else "sign-added", low, {}


def slips(story: Story, right: bytes | int) -> Iterator[_Made]:
    """Spoil the right answer in ways that no setup would."""
    s, all_of = story.setup, lanes.SOURCE
    width = s.width
    turned = lanes.swap(all_of, width)
    moves: list[tuple[str, lanes.Lanes]] = []  # of what is written most significant byte first
    if width == 8:
        words_ = lanes.swap(all_of, 8, group=4)
        moves.append(("words-reversed", words_))
        moves.append(("halves-exchanged", all_of[4:] + all_of[:4]))
    if width >= 4:
        moves.append(("rev16", lanes.swap(all_of, width, group=2)))
        halves = all_of[2:4] + all_of[:2] if width == 4 else all_of[6:8] + all_of[4:6] + all_of[2:4]
        halves = halves if width == 4 else halves + all_of[:2]
        name = "halves-exchanged" if width == 4 else "halfwords-reversed"
        moves.append((name, lanes.zero_extend(halves)))
    value = story.value & (1 << 8 * width) - 1
    for kind, move in moves:
        yield kind, _put(lanes.as_int(move, value), s, right), {}
    digits = _nibbles(lanes.as_int(turned, value))
    yield "digits-reversed", _put(digits, s, right), {}
    for number in (value, lanes.as_int(turned, value)):
        bits = sum(int(f"{number >> 8 * k & 255:08b}"[::-1], 2) << 8 * k for k in range(width))
        yield "bits-reversed", _put(bits, s, right), {}
    if isinstance(right, bytes):
        if all(byte < 100 for byte in right):
            yield "decimal", bytes(int(str(byte), 16) for byte in right), {}
        yield "address-for-value", bytes(range(width)), {}
    elif len(str(right)) <= 16:
        yield "decimal-as-hex", int(str(right), 16), {}


def _nibbles(number: int) -> int:
    """Exchange the two hex digits of each byte."""
    odd = 0xF0F0F0F0F0F0F0F0
    return (number & odd) >> 4 | (number & odd >> 4) << 4


def _put(low: int, s: Setup, right: bytes | int) -> bytes | int:
    """Return low bytes as an answer like the right one: bytes, or a number with the rest above."""
    if isinstance(right, bytes):
        return lanes.to_memory(low, s.width, "big")
    return right >> 8 * s.width << 8 * s.width | low


def _bytes(move: lanes.Lanes, data: bytes | int) -> bytes:
    assert isinstance(data, bytes)  # noqa: S101 - only bytes come here
    return lanes.evaluate(move[: len(data)], data)
