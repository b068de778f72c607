"""The thread of January 2014, second half: towards a definition. Claims are paraphrased."""

from __future__ import annotations

from kvmendian.machine.consumers import host_cast
from kvmendian.machine.vgic import VGIC_ERAS
from kvmendian.model import lanes

from .cases import (
    MERGED,
    ORDERS,
    PROBE,
    SIXTH,
    SPILLED,
    THREAD,
    TODAY,
    WIDER,
    as_designs,
    broken,
    changed,
    honours,
    memory_law,
    native_stores,
    orders,
    plain,
    qemu_sees_device_order,
    raw_stores,
    round_trip,
    sound,
    told,
    vgic_cases,
    vgic_is_qemu,
    wide,
)
from .verdict import Claim, Reading

DEFINITION = (
    Claim(
        11,
        "no-ppc-host-no-question",
        "Christoffer Dall",
        "21 Jan 2014",
        THREAD,
        "What a big-endian host of another architecture would see is an idle question: KVM/Arm "
        "does not run there.",
        (
            Reading(
                "in stores and zero-extending loads it makes no difference which design one takes: "
                "2013, swab or merged",
                plain(design=MERGED),
                as_designs,
            ),
        ),
        note="What was tried is whether designs differ on a big host; there were to be big Arm "
        "hosts. Of other architectures he was right until April 2026, when Steffen Eiden and "
        "others posted KVM on s390, a big host, for arm64 guests.",
    ),
    Claim(
        12,
        "qemu-knows-the-device",
        "Victor Kamensky",
        "20 Jan 2014",
        THREAD,
        "QEMU's endianness field of MemoryRegionOps already brings the bytes into the device's "
        "order.",
        (
            Reading(
                "a device sees a raw store in its own order, on any host (QEMU of 2014)",
                raw_stores,
                lambda s: qemu_sees_device_order(s, "2014"),
            ),
            Reading(
                "and in today's QEMU",
                raw_stores,
                lambda s: qemu_sees_device_order(s, "today"),
            ),
        ),
    ),
    Claim(
        13,
        "native-should-be-little",
        "Victor Kamensky",
        "20 Jan 2014",
        THREAD,
        "Arm devices that QEMU declares native should be declared little: a big-endian QEMU needs "
        "it, and so would an emulator on PPC.",
        (
            Reading(
                "little instead of native changes what a device gets from a raw store of "
                "more than one byte",
                wide(native_stores),
                lambda s: told(s).device_value != told(changed(s, device="little")).device_value,
            ),
        ),
        note="Native means the emulator's target, never its host: on PPC the ordinary little-"
        "endian Arm target needs no change. QEMU declared the GIC little in January 2026.",
    ),
    Claim(
        14,
        "an-emulator-is-no-specification",
        "Christoffer Dall",
        "21 Jan 2014",
        THREAD,
        "What an emulator happens to do is no substitute for writing down what the bytes are.",
        (
            Reading(
                "on a big host, swab gives back what a store of more than one byte left in the "
                "device, and breaks the ABI sentence",
                wide(plain(op="store", design="swab", host="big")),
                lambda s: round_trip(s) and not honours(s),
            ),
        ),
        note="So a test that writes and reads back passes there, and the bytes are wrong. They "
        "were written down in the API's documentation, by 6acdb1603a7d.",
    ),
    Claim(
        15,
        "virtio-is-another-problem",
        "Victor Kamensky",
        "20 Jan 2014",
        THREAD,
        "Virtio is a different problem and should be kept apart.",
        (
            Reading(
                "where the device takes the guest's order, as legacy virtio does at reset, raw "
                "stores are right",
                lambda: [s for s in raw_stores() if s.device_order == s.guest],
                lambda s: told(s).driver_is_right,
            ),
        ),
        (
            Reading(
                "raw stores are right for a device of any order",
                raw_stores,
                lambda s: told(s).driver_is_right,
            ),
        ),
        note="Modern virtio (VIRTIO_F_VERSION_1) is little-endian and an ordinary device.",
    ),
    Claim(
        16,
        "a-little-register-file-swaps-for-ever",
        "Victor Kamensky",
        "6 Jan 2014",
        SIXTH,
        "To keep the guest's spilled registers little-endian on a big host would mean swaps "
        "without end.",
        (
            Reading(
                "a big host reads a slot of 4 bytes of a little-endian register file only "
                "with a swap",
                orders(host=("big",)),
                lambda c: lanes.load(SPILLED["little"], c.host) == lanes.swap(lanes.SOURCE, 4),
            ),
        ),
        (
            Reading(
                "a register file in the host's order needs none",
                orders(host=ORDERS),
                lambda c: lanes.load(SPILLED[c.host], c.host) == lanes.truncate(lanes.SOURCE, 4),
            ),
        ),
        note="What was tried is one read. Without end: every other read or write needs its own.",
    ),
    Claim(
        17,
        "the-guests-own-rev-breaks",
        "Victor Kamensky",
        "6 Jan 2014",
        SIXTH,
        "With an unconditional swap, a big guest on a big host that reads a little device and "
        "reverses, as it must, gets the wrong value.",
        (
            Reading(
                "in a load of more than one byte, swab gives such a driver another value than the "
                "device's",
                wide(plain(op="load", design="swab", driver="accessor", host="big", guest="big")),
                lambda s: not told(s).driver_is_right,
            ),
        ),
        (
            Reading(
                "the merged code gives it the device's",
                wide(plain(op="load", design=MERGED, driver="accessor", host="big", guest="big")),
                lambda s: told(s).driver_is_right,
            ),
        ),
    ),
    Claim(
        18,
        "one-convention-for-kernel-and-qemu",
        "Christoffer Dall",
        "20 Jan 2014",
        THREAD,
        "Devices in the kernel and devices in QEMU must be given the bytes by the same convention.",
        (
            Reading(
                "today's vGIC and a little device of QEMU make the same of one buffer, "
                "stored by a write of 1 byte or 4",
                vgic_cases(VGIC_ERAS[-1]),
                vgic_is_qemu,
            ),
        ),
        (Reading("the vGIC did so in each of three eras", vgic_cases(*VGIC_ERAS), vgic_is_qemu),),
        note="Brought into the vGIC by 1c9f04717ca8 (written 12 Jun, committed 11 Jul 2014, "
        "v3.17). Only writes were tried, and none of two bytes, which the vGIC refuses from v4.7 "
        "on.",
    ),
    Claim(
        19,
        "every-consumer-must-think",
        "Christoffer Dall",
        "20 Jan 2014",
        THREAD,
        "With bytes in the guest's order, everyone who wants a number has to think of the host's.",
        (
            Reading(
                "a consumer that casts a buffer of more than one byte is wrong on one of the hosts",
                orders(device=ORDERS, width=WIDER),
                lambda c: (
                    len({host_cast(lanes.to_memory(PROBE, c.width, c.device), h) for h in ORDERS})
                    == 2
                ),
            ),
        ),
        (
            Reading(
                "a cast gives the device's value",
                orders(host=ORDERS, device=ORDERS, width=(1, 2, 4, 8)),
                lambda c: (
                    host_cast(lanes.to_memory(PROBE, c.width, c.device), c.host)
                    == PROBE & (1 << 8 * c.width) - 1
                ),
            ),
        ),
        note="The price was accepted: the vGIC converts, and so does QEMU.",
    ),
    Claim(
        20,
        "as-if-in-memory",
        "Victor Kamensky",
        "21 Jan 2014",
        "evening mail, qemu-devel 2014-01/msg02759, kvm/msg99515",
        "The bytes are those that, laid in the guest's memory and accessed by the same "
        "instruction, would give what real hardware gives.",
        (
            Reading(
                "the guest's own instruction on a copy of the buffer is the same access",
                lambda: sound(design=TODAY),
                memory_law,
            ),
        ),
        note="The API's documentation has said this since 6acdb1603a7d (Christoffer Dall).",
    ),
    Claim(
        21,
        "in-the-order-of-the-device",
        "Victor Kamensky",
        "21 Jan 2014",
        "the same mail",
        "In short: the integer in the buffer has the device's byte order, whatever emulator, host "
        "and guest are.",
        (
            Reading(
                "in a raw store, the buffer is the guest's register in the device's order",
                raw_stores,
                lambda s: s not in broken("device-order", TODAY),
            ),
        ),
        note="Meant as a short form of the claim before, and not the same: they part in a raw "
        "store where guest and device differ.",
    ),
    Claim(
        22,
        "host-native-value",
        "Christoffer Dall",
        "late Jan 2014",
        "draft patch, kvm list (msg99587)",
        "The bytes are the value on the bus as an integer of the host kernel, whatever the guest.",
        (
            Reading(
                "in a store, that is what RAM would hold, if the value is the bus's",
                plain(op="store", design=TODAY),
                lambda s: s not in broken("bus-value", TODAY),
                "the value is the bus's",
            ),
            Reading(
                "in a store, that is what RAM would hold, if the value is the register's",
                plain(op="store", design=TODAY),
                lambda s: s not in broken("host-integer", TODAY),
                "the value is the register's",
            ),
        ),
        note="Dropped for the definition of claim 20. By both readings the draft agrees with it "
        "where guest and host are little.",
    ),
)
