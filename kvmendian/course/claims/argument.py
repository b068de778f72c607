"""The thread of January 2014, first half: who must swap, and what for. Claims are paraphrased."""

from __future__ import annotations

from kvmendian.model import lanes

from .cases import (
    MERGED,
    OLD,
    ORDERS,
    PROBE,
    SIXTH,
    THREAD,
    TODAY,
    WIDER,
    back_in,
    broken,
    changed,
    honours,
    kernel_swaps,
    little_bus,
    of_2012,
    orders,
    plain,
    raw_stores,
    reversed_by_e,
    round_trip,
    same_data,
    same_on_both_hosts,
    stores_by_any_driver,
    told,
    turned_by_e,
    wide,
)
from .verdict import Claim, Reading

ARGUMENT = (
    Claim(
        1,
        "no-order-in-registers",
        "Marc Zyngier",
        "6 Jan 2014",
        SIXTH,
        "A register has no byte order: what is stored and loaded again in one and the same order "
        "comes back as it was.",
        (
            Reading(
                "a store and a load in one order, in RAM, give the register back",
                orders(guest=ORDERS, width=(1, 2, 4, 8)),
                lambda c: back_in(c, c.guest, c.guest),
            ),
            Reading(
                "so do a store to a little device and a load from it, with today's kernel",
                plain(op="store", design=TODAY),
                round_trip,
            ),
        ),
        (
            Reading(
                "a store in little order and a load in big order give it back",
                orders(width=(1, 2, 4, 8)),
                lambda c: back_in(c, "little", "big"),
            ),
        ),
    ),
    Claim(
        2,
        "trap-loses-the-lane-swap",
        "Peter Maydell",
        "6 Jan 2014",
        SIXTH,
        "The E bit changes what a store puts on the bus; a trapped access never gets that far, so "
        "the kernel and the emulator have to make the change themselves.",
        (
            Reading(
                "a store of more than one byte leaves its bytes in RAM reversed when E is on",
                orders(width=WIDER),
                reversed_by_e,
            ),
            Reading(
                "the kernel that never asked for E (2012, 32-bit arm) is wrong for at "
                "least one of the guests, in stores of 2 and 4 bytes",
                orders(host=ORDERS, width=(2, 4)),
                lambda c: not all(of_2012(c, "arm")),
            ),
        ),
        (
            Reading(
                "in stores of 4 bytes, the whole slot, it is right for one of them",
                orders(host=ORDERS, width=(4,)),
                lambda c: any(of_2012(c, "arm")),
            ),
            Reading(
                "so it is on arm64, whose slot has 8 bytes, in stores of 4",
                orders(host=ORDERS, width=(4,)),
                lambda c: any(of_2012(c, "arm64")),
            ),
        ),
    ),
    Claim(
        3,
        "nothing-swaps-on-a-big-host",
        "Christoffer Dall",
        "6 Jan 2014",
        SIXTH,
        "On a big-endian host be32_to_cpu does nothing, so a big guest's device gets the wrong "
        "order.",
        (
            Reading(
                "in a store of more than one byte, the bytes of 2013 are not what RAM would hold",
                wide(plain(op="store", design=OLD, host="big", guest="big")),
                lambda s: not honours(s),
                "mmio.data is a piece of memory, as the ABI says since",
            ),
            Reading(
                "nor are they the bus's value as an integer of the host",
                wide(plain(op="store", design=OLD, host="big", guest="big")),
                lambda s: s in broken("bus-value", OLD),
                "mmio.data is an integer of the host's",
            ),
            Reading(
                "nor are they the register, least significant byte first",
                wide(plain(op="store", design=OLD, host="big", guest="big")),
                lambda s: not little_bus(s),
                "mmio.data always has the least significant byte first",
            ),
        ),
        note="By one reading of the buffer the claim fails, by two it holds, and nothing yet said "
        "which was meant. The quadrant that 2013 gets wrong by the later rule is host big, guest "
        "little.",
    ),
    Claim(
        4,
        "the-e-bit-must-show",
        "Victor Kamensky",
        "6 Jan 2014",
        SIXTH,
        "On any one host, the conversion must give opposite orders for E off and E on.",
        (
            Reading(
                "what today's kernel stores in the buffer is turned round by E, if more "
                "than one byte",
                wide(plain(op="store", design=TODAY)),
                turned_by_e,
            ),
        ),
        (
            Reading(
                "what the code of 2013 stores passes that test",
                wide(plain(op="store", design=OLD)),
                turned_by_e,
            ),
        ),
    ),
    Claim(
        5,
        "just-swab",
        "Christoffer Dall",
        "6 and 20 Jan 2014",
        THREAD,
        "It is cleaner to swap a big guest's data unconditionally, whatever the host.",
        (
            Reading(
                "in stores and zero-extending loads, swab keeps the ABI sentence",
                plain(design="swab"),
                honours,
                "the buffer is filled in the host's order, as the code does",
            ),
            Reading(
                "in the same, swab with a little-endian buffer keeps it",
                plain(design="swab-le-buffer"),
                honours,
                "the kernel then stores in one fixed, little-endian order",
            ),
        ),
    ),
    Claim(
        6,
        "swab-needs-a-second-swap",
        "Victor Kamensky",
        "6 Jan 2014",
        SIXTH,
        "An unconditional swap needs swaps in mmio_write_buf and mmio_read_buf to make up for it, "
        "and then a big guest on a big host is swapped twice.",
        (
            Reading(
                "in stores and zero-extending loads, swab with a little-endian buffer "
                "does what the merged code does",
                plain(design="swab-le-buffer"),
                lambda s: same_data(s, design=MERGED),
            ),
            Reading(
                "in accesses of more than one byte, it swaps twice where host and guest are "
                "big, the merged code never",
                wide(plain(design="swab-le-buffer", host="big", guest="big")),
                lambda s: (kernel_swaps(s), kernel_swaps(changed(s, design=MERGED))) == (2, 0),
            ),
        ),
    ),
    Claim(
        7,
        "the-device-says-where-the-top-byte-is",
        "Victor Kamensky",
        "20 Jan 2014",
        THREAD,
        "A byte array has no byte order; for a little device the last byte is the most "
        "significant one, for a big device the first.",
        (
            Reading(
                "in a store, the bytes are what software means, in the device's order",
                stores_by_any_driver,
                lambda s: (
                    told(s).mmio_data
                    == lanes.to_memory(told(s).software_value, s.width, s.device_order)
                ),
            ),
        ),
        note="True of a driver that reverses where guest and device differ, as writel does for a "
        "little device; a raw store follows the guest alone.",
    ),
    Claim(
        8,
        "somebody-has-to-say",
        "Christoffer Dall",
        "21 Jan 2014",
        THREAD,
        "A word put into the buffer has either its most or its least significant byte first, and "
        "somebody has to say which.",
        (
            Reading(
                "the two layouts of a word of 2, 4 or 8 bytes differ",
                orders(width=WIDER),
                lambda c: (
                    lanes.to_memory(PROBE, c.width, "little")
                    != lanes.to_memory(PROBE, c.width, "big")
                ),
            ),
        ),
        (
            Reading(
                "in a store, today's code takes one of them for a little guest and the other for a "
                "big one: the guest's own",
                wide(plain(op="store", design=TODAY)),
                lambda s: told(s).mmio_data == lanes.to_memory(told(s).register, s.width, s.guest),
            ),
        ),
    ),
    Claim(
        9,
        "the-kernel-cannot-know-the-device",
        "Christoffer Dall",
        "21 Jan 2014",
        THREAD,
        "The kernel does not know a device's byte order, so the format can depend on the guest's "
        "and the host's alone.",
        (
            Reading(
                "in a raw store, today's bytes do not change with the device",
                raw_stores,
                lambda s: all(same_data(s, device=d) for d in ("little", "big", "native")),
            ),
        ),
        (
            Reading(
                "nor do they change with the host",
                raw_stores,
                same_on_both_hosts,
            ),
        ),
        note="What was tried is one kernel. That none can know is in the code: no design's "
        "function is told the device.",
    ),
    Claim(
        10,
        "the-same-bytes-on-x86-and-ppc",
        "Victor Kamensky",
        "20 Jan 2014",
        THREAD,
        "An Arm emulator should see the same bytes whether it runs on a little host (x86) or on a "
        "big one (PPC).",
        (
            Reading(
                "in a store, today's kernel gives both hosts the same bytes",
                plain(op="store", design=TODAY),
                same_on_both_hosts,
            ),
        ),
        (
            Reading(
                "the code of 2013 does",
                plain(op="store", design=OLD),
                same_on_both_hosts,
            ),
        ),
    ),
)
