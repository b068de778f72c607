"""Pictures of the claims whose cases are whole accesses: the small road, and its yardstick last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kvmendian.course.claims.cases import MERGED, changed, kernel_swaps
from kvmendian.machine.consumers import Emulator, MemoryRegion
from kvmendian.model import lanes
from kvmendian.model.reasons import instruction
from kvmendian.model.sentences import SENTENCES
from kvmendian.render import words

from .columns import Column, Picture, integer, memory, moved, path, value_of, walked

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.setups import Setup


def _kernel(setup: Setup) -> Picture:
    """Return the road through the kernel: register, what the kernel makes of it, mmio.data."""
    x0 = setup.register_name
    if setup.signed:
        between = "extended" if setup.kernel.sign_extend == "before" else "data′"
        found = path(setup, "mmio.data", between, x0)
    elif setup.op == "load":
        found = path(setup, "mmio.data", "data", x0)
    else:
        found = path(setup, x0, "data′", "mmio.data")
    return replace(found, why=words.why(walked(setup), aside=False))


def _end(setup: Setup) -> Column:
    """Return what a design makes of an access: the bytes of a store, the register of a load."""
    whole = walked(setup)
    if setup.op == "store":
        return memory("mmio.data", whole.mmio, "", "", order=setup.host)
    return integer(setup.register_name, whole.register[: setup.slot], "", "")


def as_ram(setup: Setup) -> Picture:
    """Hold an access against RAM: the bytes of a store, the register of a load."""
    whole, by = walked(setup), instruction(setup)
    if setup.op == "store":
        yard = memory("RAM", whole.ram, "yardstick", "RAM would hold", order=setup.host, sub=by)
    else:
        register = whole.expected[: setup.slot]
        yard = integer(setup.register_name, register, "RAM", f"{by} would give", sub=by)
    return _kernel(setup).against(yard, red=True)


def by_sentence(name: str, says: str, *, red: bool = False) -> Callable[[Setup], Picture]:
    """Return a maker of pictures in which another sentence is the yardstick of a store."""

    def make(setup: Setup) -> Picture:
        order = SENTENCES[name].order_of(setup)
        assert order is not None  # noqa: S101 - all that are asked for name one
        x0 = walked(setup).register
        wanted = lanes.store(x0, setup.width, order)
        yard = memory(setup.register_name, wanted, "yardstick", says, order=setup.host,
                      sub=f"{order} order")  # fmt: skip
        found = replace(_kernel(setup).against(yard, red=red), why=_because(name, setup, wanted))
        return _judged(found, wanted) if red else found

    return make


def _judged(found: Picture, wanted: lanes.Lanes) -> Picture:
    """Say who should have swapped if `wanted` were the rule: the one between it and the bytes."""
    mmio = next(c for c in found.columns if c.place == "mmio.data")
    missing = mmio.lanes != wanted
    crossings = tuple(
        c._replace(needed=c.swapped != missing) if k == 0 else c
        for k, c in enumerate(found.crossings)
    )
    return replace(found, crossings=crossings)


def _because(name: str, setup: Setup, wanted: lanes.Lanes) -> str:
    x0, value = setup.register_name, value_of(setup.width)
    number = words.hexa(value, setup.width)
    written = lanes.evaluate(wanted, value).hex(" ")
    if setup.width == 1:
        return "One byte has no order: every rule says the same of it."
    if name == "bus-value":
        low = walked(setup).register
        bus = low if setup.guest == "little" else lanes.swap(low, setup.width)
        on_bus = words.hexa(lanes.as_int(lanes.truncate(bus, setup.width), value), setup.width)
        return (
            f"A {setup.guest} guest's store puts {on_bus} on the bus; a {setup.host} host writes "
            f"that number as {written}."
        )
    if name == "host-integer":
        return f"A {setup.host} host writes the number {number} as {written}."
    if name == "device-order":
        return (
            f"The device is {setup.device_order}, and mmio.data follows the guest, "
            f"which is {setup.guest}."
        )
    return f"{x0} is {number}: its least significant byte first is {written}."


def e_flipped(setup: Setup) -> Picture:
    """Hold the bytes against those of the other E, turned round."""
    other = changed(setup, guest=lanes.opposite(setup.guest))
    turned = walked(other).mmio[::-1]
    says = f"a {other.guest} guest's bytes, turned round, are"
    yard = memory("mmio.data", turned, "other E", says, order=setup.host, sub="turned round")
    return _kernel(setup).against(yard)


def as_design(*names: str) -> Callable[[Setup], Picture]:
    """Return a maker of pictures that hold an access against the same one of other designs."""

    def make(setup: Setup) -> Picture:
        yards = [
            _end(changed(setup, design=name))._replace(
                head=name if len(names) == 1 else name[:4], says=f"{name} makes", sub=_YEARS[name]
            )
            for name in names
        ]
        first = _kernel(setup)
        if len(yards) == 1:
            return first.against(*yards)
        ends = (
            (setup.register_name, "mmio.data")
            if setup.op == "store"
            else ("mmio.data", setup.register_name)
        )
        found = replace(path(setup, *ends), why=first.why)
        for yard in yards:
            found = found.against(yard, at=1)
        makes = ", ".join(
            f"{name} {column.content(found.value)}"
            for name, column in zip(
                (setup.design_name, *names), found.tidy().columns[1:], strict=True
            )
        )
        return replace(found, says=f"What they make: {makes}.")

    return make


_YEARS = {MERGED: "Kamensky", "be-guests-2013": "2013", "swab": "swab"}


def swaps_twice(setup: Setup) -> Picture:
    """Count the swaps of a design, beside the merged one's."""
    found = as_design(MERGED)(setup)
    mine, merged = kernel_swaps(setup), kernel_swaps(changed(setup, design=MERGED))
    says = f"{setup.design_name} swaps {_times(mine)}, {MERGED} {_times(merged)}."
    return replace(found, says=says)


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}[count]


def meant(setup: Setup) -> Picture:
    """Hold the bytes against what software means, written in the device's order."""
    whole = walked(setup)
    start = ("value",) if setup.driver == "accessor" else ()
    wanted = lanes.store(whole.software, setup.width, setup.device_order)
    says = "what software means, in the device's order, is"
    yard = memory("meant", wanted, "the claim", says, order=setup.host,
                  sub=f"{setup.device_order} device")  # fmt: skip
    found = path(setup, *start, setup.register_name, "mmio.data").against(yard)
    return replace(found, why=_driver(setup))


def _driver(setup: Setup) -> str:
    if setup.width == 1:
        return "One byte has no order: a driver has nothing to reverse."
    if setup.guest == setup.device_order:
        return f"Guest and device are both {setup.guest}: no driver has anything to reverse."
    if setup.driver == "raw":
        return (
            f"A raw {setup.op} follows the guest, which is {setup.guest}; the device is "
            f"{setup.device_order}."
        )
    return (
        f"The accessor reverses, for the guest is {setup.guest}, the device {setup.device_order}."
    )


def any_device(setup: Setup) -> Picture:
    """Hold the bytes against those for a device of the other order."""
    other = lanes.opposite(setup.device_order)
    data = walked(changed(setup, device=other)).mmio
    says = f"for a {other} device it holds"
    yard = memory(
        "mmio.data", data, "another device", says, order=setup.host, sub=f"{other} device"
    )
    why = (
        f"The kernel converts by guest ({setup.guest}) and host ({setup.host}); no device is asked."
    )
    return replace(_kernel(setup).against(yard), why=why)


def other_host(setup: Setup) -> Picture:
    """Hold the bytes against those of the other host."""
    other = changed(setup, host=lanes.opposite(setup.host))
    says = f"on a {other.host} host it holds"
    yard = memory("mmio.data", walked(other).mmio, "other host", says, order=setup.host,
                  sub=f"{other.host} host")  # fmt: skip
    return _kernel(setup).against(yard)


def qemu(era: str) -> Callable[[Setup], Picture]:
    """Return a maker of pictures: what QEMU hands a device, against the device's own reading."""

    def make(setup: Setup) -> Picture:
        emulator = Emulator(setup.host, setup.target, era)  # type: ignore[arg-type]
        region = MemoryRegion(setup.device, valid_max_access_size=8, impl_max_access_size=8)
        data = walked(setup).mmio
        seen = moved(lambda given: emulator.write(given, region)[0].value, data)
        wanted = lanes.load(data, setup.device_order)
        found = path(setup, setup.register_name, "mmio.data", "register")
        last = found.columns[-1]._replace(lanes=seen[: setup.width])
        says = "mmio.data, read in the device's order, is"
        yard = integer("mmio.data", wanted, "its own order", says, sub=setup.device_order)
        host = f"the host {setup.host}, the device {setup.device_order}"
        swaps = setup.host != setup.device_order and setup.width > 1
        return replace(
            replace(found, columns=(*found.columns[:-1], last)).against(yard),
            why=f"QEMU {'swaps' if swaps else 'need not swap'}: {host}."
            if setup.width > 1
            else "One byte has no order.",
        )

    return make


def declared_little(setup: Setup) -> Picture:
    """Hold what a native device gets against what it would get, declared little."""
    little = walked(changed(setup, device="little")).device
    says = "declared little, the device gets"
    yard = integer("register", little, "device", says, owner="little")
    found = path(setup, setup.register_name, "mmio.data", "register").against(yard)
    return replace(
        found,
        why=f"Native means the order of the emulator's target, which is {setup.target}: never the "
        f"host's ({setup.host}).",
    )


def reads_back(setup: Setup) -> Picture:
    """Store, and load again what the device got: beside the bytes and what RAM would hold."""
    found = as_ram(setup)
    back = integer(setup.register_name, _read_back(setup), "read back", "")
    first, *others = found.columns
    columns = (
        back._replace(lanes=back.lanes[: setup.width]),
        first._replace(against=0),
        others[-2]._replace(sub=""),
        others[-1]._replace(against=2),
    )
    crossings = (found.crossings[0]._replace(column=2),)
    same = back.lanes[: setup.width] == first.lanes
    value, ram = found.value, others[-1]
    says = (
        f"{first.place} comes back {'as it was' if same else 'changed'}; mmio.data holds "
        f"{others[-2].content(value)}, and RAM would hold "
        f"{'the same' if others[-2].lanes == ram.lanes else ram.content(value)}."
    )
    return replace(found, columns=columns, crossings=crossings, says=says, given=1)


def _read_back(setup: Setup) -> lanes.Lanes:
    """Return what a load gives of what a store left in the device."""
    there, back = walked(setup).device, walked(changed(setup, op="load")).register
    return tuple(there[lane] if lane in lanes.SOURCE else lane for lane in back)


def round_trip(setup: Setup) -> Picture:
    """Store, load again, and hold what comes back against what was stored."""
    found = path(setup, setup.register_name, "mmio.data")
    back = integer(
        setup.register_name,
        _read_back(setup),
        "loaded",
        f"loaded again {setup.register_name} is",
        owner=setup.guest,
    )
    yard = found.columns[0]._replace(head="stored", says="what was stored is", against=None)
    whole = replace(found, columns=(*found.columns, back)).against(yard)
    return replace(
        whole,
        why="A load undoes what the store of the same orders did, step by step.",
    )


def device_gets(setup: Setup) -> Picture:
    """Hold what the device gets against what software meant."""
    says = "software meant"
    yard = integer("meant", walked(setup).software, "software", says, owner=setup.guest)
    found = path(setup, setup.register_name, "mmio.data", "register").against(yard)
    return replace(found, why=_driver(setup))


def driver_reads(setup: Setup) -> Picture:
    """Hold what a driver ends up with against the device's register."""
    x0, device = setup.register_name, walked(setup).device
    yard = integer("register", device, "device", "the device holds", owner=setup.device_order)
    found = path(setup, "mmio.data", x0, "value").against(yard, red=True)
    return replace(found, why=words.why(walked(setup), aside=False))


def guests_layout(setup: Setup) -> Picture:
    """Hold the bytes against the register, written in the guest's order."""
    wanted = lanes.store(walked(setup).register, setup.width, setup.guest)
    says = f"the register, {_FULL[setup.guest]}, is"
    yard = memory(setup.register_name, wanted, "guest's order", says, order=setup.host,
                  sub=f"{setup.guest} order")  # fmt: skip
    return _kernel(setup).against(yard)


_FULL = {"little": "least significant byte first", "big": "most significant byte first"}
