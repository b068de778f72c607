"""Pictures of the claims about who stands at the road's ends: the device, QEMU, the driver."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kvmendian.course.claims.cases import changed
from kvmendian.machine.consumers import Emulator, MemoryRegion
from kvmendian.model import lanes
from kvmendian.render import words

from .columns import Crossing, integer, memory, moved, path, walked
from .roads import as_ram, kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.setups import Setup

    from .columns import Picture


_ONE = "One byte has no order."


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
    yard = memory("mmio.data", data, "another", says, order=setup.host, sub=f"{other} device")
    why = f"The kernel goes by guest ({setup.guest}) and host ({setup.host}); it asks no device."
    return replace(kernel(setup).against(yard), why=why)


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
        yard = integer("mmio.data", wanted, "own order", says, sub=setup.device_order)
        made = replace(found, columns=(*found.columns[:-1], last), why=_qemu_today(setup))
        return (made if era == "today" else _in_2014(made, setup)).against(yard)

    return make


def _qemu_today(setup: Setup) -> str:
    if setup.width == 1:
        return _ONE
    did = _does(setup.host != setup.device_order)
    return f"QEMU {did}: the host is {setup.host}, the device {setup.device_order}."


def _in_2014(found: Picture, setup: Setup) -> Picture:
    """Name who swapped in QEMU of 2014, which goes by its target; two swaps have no badge."""
    if setup.width == 1:
        return found
    load, last = _LOADS[setup.width], len(found.columns) - 1
    loads, adjusts = setup.target != setup.host, setup.target != setup.device_order
    crossings = tuple(c for c in found.crossings if c.column != last)
    if not (loads and adjusts):
        swaps = loads or adjusts
        who = load if loads else "adjust_endianness"
        crossings += (Crossing(who, swapped=swaps, needed=swaps, column=last),)
    why = (
        f"QEMU of 2014 goes by its target, {setup.target}: {load} {_does(loads)} "
        f"(host {setup.host}), adjust_endianness {_does(adjusts)} (device {setup.device_order})."
    )
    return replace(found, crossings=crossings, why=why)


_LOADS = {2: "lduw_p", 4: "ldl_p", 8: "ldq_p"}


def _does(swaps: bool) -> str:
    return words.did(swaps, swaps)


def declared_little(setup: Setup) -> Picture:
    """Hold what a native device gets against what it would get, declared little."""
    little = walked(changed(setup, device="little")).device
    says = "declared little, it gets"
    yard = integer("register", little, "device", says, owner="little")
    found = path(setup, setup.register_name, "mmio.data", "register").against(yard)
    return replace(
        found,
        why=f"Native means the order of the emulator's target, which is {setup.target}: never the "
        f"host's ({setup.host}).",
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
    same = back.lanes[: setup.width] == first.lanes[: setup.width]
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
    load = path(changed(setup, op="load"), "mmio.data", setup.register_name).crossings
    crossings = (*found.crossings, *(one._replace(column=2) for one in load))
    whole = replace(found, columns=(*found.columns, back), crossings=crossings).against(yard)
    return replace(
        whole,
        why="The load undoes, step by step, what the store did: both go by the same orders.",
    )
