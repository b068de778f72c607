"""What is asked of each claim, and the words for its answers: by id, one part a reading.

Cases, answers and pictures are computed. Typed in are a question, what the cases are about, and
for each reading a short name, what yes and no mean, and which picture shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.course.claims.cases import MERGED

from . import devices, others, roads

if TYPE_CHECKING:
    from collections.abc import Callable

    from .columns import Picture


class Part(NamedTuple):
    """One reading: its short name, what yes and no mean, and its picture of a case."""

    name: str
    yes: str
    no: str
    picture: Callable[[Any], Picture]


class Play(NamedTuple):
    """The words of one claim: a question, what its cases are, and a part for each reading."""

    ask: str
    about: str
    parts: tuple[Part, ...]


_RAM = ("As RAM", "Not as RAM")
_SAME = ("The same", "Not the same")
_COMES = ("It comes back", "It does not")
_RIGHT = ("The right value", "Another value")
_WRONG = ("Wrong order", "Right order")
_TODAY = "A raw store through today's code, on 32-bit arm as in the thread"

PLAYS = {
    "no-order-in-registers": Play(
        "Does what was stored come back, if store and load go by one order?",
        "A register is stored and loaded again: in RAM, and through a device.",
        (
            Part("in RAM", *_COMES, others.in_ram(other=False)),
            Part("through a device", *_COMES, devices.round_trip),
            Part("in the other order", *_COMES, others.in_ram(other=True)),
        ),
    ),
    "trap-loses-the-lane-swap": Play(
        "Does E reverse what a store leaves, and is a kernel wrong that never asks for it?",
        "The same store with E off and with E on: in RAM, and through the kernel of 2012, which "
        "never asks.",
        (
            Part("in RAM", "Reversed", "Not reversed", others.both_e),
            Part("without asking", "Wrong for a guest", "Right for both", others.never_asks("arm")),
            Part("4 bytes on arm", "Right for one", "Wrong for both", others.never_asks("arm")),
            Part("4 bytes on arm64", "Right for one", "Wrong for both", others.never_asks("arm64")),
        ),
    ),
    "nothing-swaps-on-a-big-host": Play(
        "Does the device get the wrong order?",
        "A store through the code of late 2013. It converts a big guest's data, four bytes by "
        "be32_to_cpu and two by be16_to_cpu, and leaves a little guest's alone.",
        (
            Part("a piece of memory", *_WRONG, roads.as_ram),
            Part(
                "an integer of the host's",
                *_WRONG,
                roads.by_sentence("bus-value", "the bus's value as a host integer is", red=True),
            ),
            Part(
                "always little-endian",
                *_WRONG,
                roads.by_sentence("always-little", "the register, always little, is", red=True),
            ),
        ),
    ),
    "the-e-bit-must-show": Play(
        "Does E turn the bytes round, on any one host?",
        f"{_TODAY}, and the same one with the other E.",
        (
            Part("today", "Turned round", "Not turned round", roads.e_flipped),
            Part("2013", "Turned round", "Not turned round", roads.e_flipped),
        ),
    ),
    "just-swab": Play(
        "Does that give what RAM would?",
        "The conversion that he proposed: swap a big guest's data, leave a little guest's alone.",
        (
            Part("buffer in the host's order", *_RAM, roads.as_ram),
            Part("buffer always little", *_RAM, roads.as_ram),
        ),
    ),
    "swab-needs-a-second-swap": Play(
        "Does a swap at the buffer make up for it, and are there then two, if guest and host are "
        "big?",
        "The unconditional swap with a little-endian buffer, beside the code that was merged.",
        (
            Part("what it does", "As merged", "Not as merged", roads.as_design(MERGED)),
            Part("how often", "Two, merged none", "Not two and none", roads.swaps_twice),
        ),
    ),
    "the-device-says-where-the-top-byte-is": Play(
        "Is the buffer what software means, in the device's order?",
        "A store through today's code, by a raw driver or by the right accessor for the device: "
        "writel for a little one, iowrite32be for a big one.",
        (Part("", "In the device's order", "Not in it", devices.meant),),
    ),
    "somebody-has-to-say": Play(
        "Are there two layouts of one word?",
        "One number, laid into a buffer in both orders.",
        (
            Part("two layouts", "They differ", "They are equal", others.two_layouts),
            Part("today's code", "In the guest's order", "Not in it", roads.guests_layout),
        ),
    ),
    "the-kernel-cannot-know-the-device": Play(
        "Are the bytes the same for every device?",
        f"{_TODAY}, to devices of any order.",
        (
            Part("another device", *_SAME, devices.any_device),
            Part("another host", *_SAME, roads.other_host),
        ),
    ),
    "the-same-bytes-on-x86-and-ppc": Play(
        "Do a little host and a big one show the same bytes?",
        f"{_TODAY}: once on a little host, once on a big one.",
        (
            Part("today", *_SAME, roads.other_host),
            Part("2013", *_SAME, roads.other_host),
        ),
    ),
    "no-ppc-host-no-question": Play(
        "Do three designs do the same, on a little host and on a big one?",
        "One access through three designs: merged in 2014, 2013's, and the unconditional swap.",
        (Part("", "All the same", "They differ", roads.as_design("be-guests-2013", "swab")),),
    ),
    "qemu-knows-the-device": Play(
        "Does the device get the bytes in its own order?",
        f"{_TODAY}; then what QEMU hands to the device.",
        (
            Part("QEMU of 2014", "In its order", "Not in it", devices.qemu("2014")),
            Part("QEMU today", "In its order", "Not in it", devices.qemu("today")),
        ),
    ),
    "native-should-be-little": Play(
        "Would it change what the device gets?",
        "A raw store to a device that is declared native, and the same one declared little.",
        (Part("", "It changes", "It does not", devices.declared_little),),
    ),
    "an-emulator-is-no-specification": Play(
        "Can a test that reads back pass where the bytes are wrong?",
        "A store through the unconditional swap, read back from the device.",
        (Part("", "Passes, and is wrong", "Passes, and is right", devices.reads_back),),
    ),
    "virtio-is-another-problem": Play(
        "Are raw stores right where the device has the guest's order?",
        f"{_TODAY}: what the device gets, and what software meant.",
        (
            Part("the guest's order", *_RIGHT, devices.device_gets),
            Part("any order", *_RIGHT, devices.device_gets),
        ),
    ),
    "a-little-register-file-swaps-for-ever": Play(
        "Does a big host need a swap to read a register that is kept little-endian?",
        "A guest's register, spilled into the register file, and read by the host.",
        (
            Part("kept little", "Needs a swap", "Needs none", others.register_file(own=False)),
            Part("the host's order", "Needs none", "Needs a swap", others.register_file(own=True)),
        ),
    ),
    "the-guests-own-rev-breaks": Play(
        "Does such a driver get another value than the device's?",
        "A load from a little device, by readl or readw, which reverse for a big guest. The kernel "
        "is the one with the unconditional swap.",
        (
            Part("swab", "Another value", "The device's value", devices.driver_reads),
            Part("merged", "The device's value", "Another value", devices.driver_reads),
        ),
    ),
    "one-convention-for-kernel-and-qemu": Play(
        "Do today's vGIC, in the kernel, and a little device of QEMU agree?",
        "A guest's write: one buffer, as today's code fills it, read by the vGIC and by QEMU.",
        (
            Part("today's vGIC", "They agree", "They differ", others.vgic),
            Part("every era", "They agree", "They differ", others.vgic),
        ),
    ),
    "every-consumer-must-think": Play(
        "Is a plain cast wrong on one of the hosts?",
        "A buffer in the device's order, as a store by the right accessor leaves it, and a "
        "consumer that casts it to an integer of its host.",
        (
            Part("both hosts", "Wrong on one", "Right on both", others.two_hosts),
            Part("one host", *_RIGHT, others.cast),
        ),
    ),
    "as-if-in-memory": Play(
        "Does such an access do what the same instruction would do to memory?",
        "Stores and loads through today's code in every setup of the model, raw or by the right "
        "accessor; also on 32-bit arm, where that code never was.",
        (Part("", *_RAM, roads.as_ram),),
    ),
    "in-the-order-of-the-device": Play(
        "Is the buffer in the device's order?",
        f"{_TODAY}.",
        (
            Part(
                "",
                "In the device's order",
                "Not in the device's order",
                roads.by_sentence("device-order", "the register, in the device's order, is"),
            ),
        ),
    ),
    "host-native-value": Play(
        "Is the value, written so, what RAM would hold?",
        f"{_TODAY}: its bytes are what RAM would hold. Beside them, the value as an integer of the "
        "host.",
        (
            Part(
                "the bus's value",
                *_RAM,
                roads.by_sentence("bus-value", "the bus's value as a host integer is"),
            ),
            Part(
                "the register's value",
                *_RAM,
                roads.by_sentence("host-integer", "the register as a host integer is"),
            ),
        ),
    ),
    "only-big-guests": Play(
        "Does caring for big guests alone give what RAM would?",
        "Stores and zero-extending loads through the code of late 2013, which leaves a little "
        "guest's data alone.",
        (Part("", *_RAM, roads.as_ram),),
    ),
    "user-space-has-its-own-bit": Play(
        "Does KVM take the guest's order right, if it looks at E0E at EL0 and at EE at EL1?",
        "A store of 4 bytes by a 64-bit guest at EL1 or EL0, and the bit that KVM looks at.",
        (
            Part("E0E at EL0", "Taken right", "Taken wrong", others.levels(before=False)),
            Part("EE always", "Taken right", "Taken wrong", others.levels(before=True)),
        ),
    ),
    "a-value-is-no-memory": Play(
        "Is the old proxy wrong there, and a plain swap for a big guest right on any host?",
        "A write of 4 bytes to GICV, the GIC's interface for guests, through the proxy at EL2 that "
        "some hosts need.",
        (
            Part("the old proxy", "Wrong", "Right", others.gicv(before=True)),
            Part("a plain swap", "Right", "Wrong", others.gicv(before=False)),
            Part("old, everywhere", "Right", "Wrong", others.gicv(before=True)),
        ),
    ),
    "extend-after-the-swap": Play(
        "Does the register get what RAM would give?",
        "Sign-extending loads through today's code, on arm64: it extends after the swap.",
        (
            Part("2026: after", *_RAM, roads.as_ram),
            Part("2014: before", *_RAM, roads.as_ram),
            Part("2013: before", *_RAM, roads.as_ram),
        ),
    ),
}
"""All claims, in the order of the argument."""
