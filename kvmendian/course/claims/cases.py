"""What the claims are tried on: cases, and the questions that are asked of them.

A value of eight different bytes stands for all values where bytes only move (`lanes`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kvmendian.machine.consumers import Emulator, MemoryRegion, vgic_write
from kvmendian.machine.guest import load, store
from kvmendian.model import lanes
from kvmendian.model.proofs import check
from kvmendian.model.road import road
from kvmendian.model.setups import SLOTS, Setup
from kvmendian.model.story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kvmendian.model.lanes import ByteOrder

THREAD = "thread of January 2014, linux-arm-kernel, kvmarm and kvm lists"
SIXTH = "linux-arm-kernel, under Victor Kamensky's patch 5/5 for a big-endian host"
PROBE = 0x8877665544332211
"""Eight different bytes: where they end up is where any bytes do."""

ORDERS: tuple[ByteOrder, ...] = ("little", "big")
WIDER = (2, 4, 8)  # one byte has no order


class Orders(NamedTuple):
    """A case about byte orders and a width, where no whole access is needed."""

    width: int = 4
    guest: ByteOrder = "little"
    host: ByteOrder = "little"
    device: ByteOrder = "little"


class Consumer(NamedTuple):
    """A case about the kernel's own GIC."""

    era: str
    host: ByteOrder
    guest: ByteOrder
    width: int


ARCH: Literal["arm64", "arm"] = "arm"
"""The thread's own machine: where a claim does not say otherwise, its cases are of arch/arm."""

SPILLED = {order: lanes.store(lanes.SOURCE, SLOTS[ARCH], order) for order in ORDERS}
"""The guest's register in the register file of a host of this order: a slot, in memory."""

MERGED, TODAY, OLD = "merged-2014", "sign-fixed-2026", "be-guests-2013"


def sound(**fixed: object) -> Iterable[Setup]:
    """Return setups whose driver is raw or has the right accessor; what is given is held."""
    return (s for s in Setup.all(**fixed) if s.driver in ("raw", "accessor"))


def stores_by_any_driver() -> Iterable[Setup]:
    """Return every store of today's kernel, raw or by the right accessor, to any device."""
    return sound(op="store", target="little", design=TODAY, arch=ARCH)


def raw_stores() -> Iterable[Setup]:
    """Return every raw store of today's kernel, to devices of any order."""
    return Setup.all(op="store", driver="raw", design=TODAY, arch=ARCH)


def native_stores() -> Iterable[Setup]:
    """Return every raw store of today's kernel to a native device."""
    return Setup.all(op="store", device="native", driver="raw", design=TODAY, arch=ARCH)


def plain(**fixed: object) -> Callable[[], Iterable[Setup]]:
    """Return stores and zero-extending loads, raw, of a little device; what is given is held.

    They are of 32-bit arm unless `arch` says otherwise.
    """
    fields: dict[str, Any] = {"signed": False, "device": "little", "target": "little"}
    fields |= {"driver": "raw", "arch": ARCH, **fixed}
    fields.setdefault("register_width", 8 * SLOTS[fields["arch"]])
    return lambda: Setup.all(**fields)


def changed(setup: Setup, **change: object) -> Setup:
    """Return a setup with some fields changed."""
    return Setup(**{**setup.fields(), **change})


def told(setup: Setup) -> Story:
    """Tell a setup with the probe, cut to what fits."""
    return trace(setup, PROBE >> (64 - 8 * setup.width))


def honours(setup: Setup) -> bool:
    """Whether a setup keeps the ABI sentence for all values."""
    found = road(setup)
    return found is not None and found.honours_abi


def back_in(case: Orders, stored: ByteOrder, loaded: ByteOrder) -> bool:
    """Whether a register stored to RAM in one order and loaded in another is as it was."""
    was = PROBE & (1 << 8 * case.width) - 1
    return load(store(PROBE, case.width, stored), loaded) == was


def reversed_by_e(case: Orders) -> bool:
    """Whether a store with E on leaves the bytes of one with E off, the other way round."""
    off, on = (store(PROBE, case.width, order) for order in ORDERS)
    return on == turned(off) != off


def of_2012(case: Orders, arch: Literal["arm64", "arm"]) -> list[bool]:
    """Whether the code of 2012 is right for a little and for a big guest, on a machine."""
    one = Setup(width=case.width, host=case.host, design="memcpy-2012", arch=arch)
    return [honours(replace(one, guest=guest)) for guest in ORDERS]


@cache
def broken(sentence: str, design: str) -> frozenset[Setup]:
    """Return the setups in which a design breaks a sentence."""
    return frozenset(check(sentence, design).failures)


def round_trip(setup: Setup) -> bool:
    """Whether a load gives back what a store of the same setup left in the device."""
    before = told(setup)
    kept = before.device_value & (1 << 8 * setup.width) - 1
    after = trace(changed(setup, op="load"), kept)
    return after.register == before.register & (1 << 8 * setup.width) - 1


def kernel_swaps(setup: Setup) -> int:
    """Count the swaps in the host's kernel."""
    found = told(setup).road
    return sum(s.swapped and found.steps[s.stage].zone == "host kernel" for s in found.swaps)


def turned(data: bytes) -> bytes:
    """Return the bytes the other way round."""
    return lanes.to_memory(lanes.from_memory(data, "little"), len(data), "big")


def same_data(setup: Setup, **change: object) -> bool:
    """Whether the same register gives the same bytes, or the same bytes the same register."""
    one, two = told(setup), told(changed(setup, **change))
    if setup.op == "store":
        return one.mmio_data == two.mmio_data
    return one.register == two.register


def turned_by_e(setup: Setup) -> bool:
    """Whether the guest's other order leaves the bytes the other way round."""
    other = changed(setup, guest=lanes.opposite(setup.guest))
    return told(setup).mmio_data == turned(told(other).mmio_data)


def same_on_both_hosts(setup: Setup) -> bool:
    """Whether the other host gives the same bytes, or the same register."""
    return same_data(setup, host=lanes.opposite(setup.host))


def little_bus(setup: Setup) -> bool:
    """Whether the bytes are the register, least significant byte first."""
    return setup not in broken("always-little", setup.design_name)


def as_designs(setup: Setup) -> bool:
    """Whether the designs of 2013 and of `swab` do what the setup's own does."""
    makes = [told(changed(setup, design=name)) for name in ("be-guests-2013", "swab")]
    mine = told(setup)
    return all((s.mmio_data, s.register) == (mine.mmio_data, mine.register) for s in makes)


def qemu_sees_device_order(setup: Setup, era: str) -> bool:
    """Whether QEMU's device gets the buffer as an integer of its own order."""
    data = told(setup).mmio_data
    emulator = Emulator(setup.host, setup.target, era)  # type: ignore[arg-type]
    region = MemoryRegion(setup.device, valid_max_access_size=8, impl_max_access_size=8)
    return emulator.write(data, region)[0].value == lanes.from_memory(data, setup.device_order)


def vgic_is_qemu(case: Consumer) -> bool:
    """Whether the vGIC and a little device of QEMU make the same of one buffer."""
    setup = Setup(width=case.width, guest=case.guest, host=case.host, arch=ARCH)
    data, value = told(setup).mmio_data, told(setup).device_value
    seen = vgic_write(data, era=case.era, host=case.host)  # type: ignore[arg-type]
    return seen == value & (1 << 8 * case.width) - 1


def orders(**fields: Iterable[object]) -> Callable[[], Iterable[Orders]]:
    """Return a maker of all combinations of some fields of `Orders`."""

    def cases() -> Iterable[Orders]:
        found = [Orders()]
        for name, values in fields.items():
            found = [one._replace(**{name: value}) for value in values for one in found]  # type: ignore[arg-type]
        return found

    return cases


def vgic_cases(*eras: str) -> Callable[[], Iterable[Consumer]]:
    """Return a maker of all cases of some eras of the vGIC: widths that each of them takes."""
    return lambda: [
        Consumer(era, host, guest, width)
        for era in eras
        for host in ORDERS
        for guest in ORDERS
        for width in (1, 4)
    ]


def memory_law(setup: Setup) -> bool:
    """Whether data in guest memory, accessed by the guest's own instruction, is the same access."""
    story = told(setup)
    if setup.op == "store":
        return store(story.register, setup.width, setup.guest) == story.mmio_data
    seen = load(
        story.mmio_data,
        setup.guest,
        signed=setup.signed,
        register_width=setup.register_width,
    )
    return seen == story.register


def wide(cases: Callable[[], Iterable[Setup]]) -> Callable[[], Iterable[Setup]]:
    """Leave out the cases of one byte, which has no order."""
    return lambda: [case for case in cases() if case.width > 1]
