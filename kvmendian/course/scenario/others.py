"""Pictures of the claims whose cases are no whole access: memory, values, and two who read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kvmendian.course.claims.cases import ARCH
from kvmendian.machine.consumers import host_cast, vgic_write
from kvmendian.machine.guest import AArch64, kvm_vcpu_is_be
from kvmendian.machine.vgic import gicv_write
from kvmendian.model import lanes
from kvmendian.model.setups import SLOTS, Setup

from .columns import Crossing, Picture, integer, memory, moved, value_of, walked

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.course.claims.cases import Consumer, Orders
    from kvmendian.course.claims.later import Level
    from kvmendian.model.lanes import Arch, ByteOrder, Lanes

    from .columns import Column

_FULL = {"little": "least significant byte first", "big": "most significant byte first"}
_ONE = "One byte has no order."


def _register(width: int, owner: str = "", place: str = "x0") -> Column:
    return integer(place, lanes.SOURCE[:width], "guest", f"{place} is", owner=owner)


def _ram(width: int, order: ByteOrder, head: str = "RAM") -> Column:
    data = lanes.store(lanes.SOURCE, width, order)
    says = f"with E {'on' if order == 'big' else 'off'} RAM holds"
    return memory("RAM", data, head, says, sub=order)


def _picture(
    width: int, why: str, *columns: Column, crossings: tuple[Crossing, ...] = ()
) -> Picture:
    return Picture(columns, crossings, value_of(width), width, why)


def in_ram(other: bool) -> Callable[[Orders], Picture]:
    """Return a maker: a register stored in RAM and loaded again, in one order or in the other."""

    def make(case: Orders) -> Picture:
        width, order = case.width, case.guest
        back = lanes.opposite(order) if other else order
        data = lanes.store(lanes.SOURCE, width, order)
        seen = lanes.load(data, back)[:width]
        does = "the load undoes the store" if order == back else "the load reverses the bytes"
        load = Crossing(f"a {back} load", swapped=True, needed=False, column=2)
        found = _picture(
            width,
            _ONE if width == 1 else f"Stored {order}, loaded {back}: {does}.",
            _register(width, order),
            memory("RAM", data, "RAM", "RAM holds", order=order),
            integer("x0", seen, "loaded", "loaded again it is", owner=back),
            crossings=(load,) if other and width > 1 else (),
        )
        return found.against(_register(width)._replace(head="stored", says="what was stored is"))

    return make


def both_e(case: Orders) -> Picture:
    """Hold what a store leaves with E on against what it leaves with E off."""
    width = case.width
    why = f"The same register and the same store: E turns the {width} bytes round."
    found = _picture(width, why, _register(width), _ram(width, "little", "E off"))
    return found.against(_ram(width, "big", "E on"))


def never_asks(arch: Arch) -> Callable[[Orders], Picture]:
    """Return a maker: the bytes of 2012, between what RAM has with E off and with E on."""

    def make(case: Orders) -> Picture:
        width, slot = case.width, SLOTS[arch]
        setup = Setup(width=width, host=case.host, design="memcpy-2012", arch=arch)
        mmio = walked(setup).mmio
        right = [order for order in lanes.ORDERS if lanes.store(lanes.SOURCE, width, order) == mmio]
        value = value_of(slot)
        found = Picture(
            (
                _register(slot, place=setup.register_name),
                _ram(width, "little", "E off"),
                memory("mmio.data", mmio, "kvm_run", "mmio.data holds", order="little")._replace(
                    against=1
                ),
                _ram(width, "big", "E on")._replace(against=2),
            ),
            (),
            value,
            slot,
            _of_2012(case.host, width, slot, mmio),
            red=True,
        )
        data = found.columns[2].content(value)
        who = {0: "neither guest", 1: f"the {right[0]} guest alone" if right else "", 2: "both"}
        says = f"Of {found.columns[0].content(value)} mmio.data holds {data}: what RAM would hold "
        return replace(found, says=f"{says}for {who[len(right)]}.")

    return make


def _of_2012(host: ByteOrder, width: int, slot: int, mmio: Lanes) -> str:
    if width < slot:
        which = "least" if 0 in mmio else "most"
        return (
            f"memcpy takes the first {width} of the slot's {slot} bytes in memory: on a {host} "
            f"host the {which} significant ones."
        )
    return f"memcpy takes the whole slot as the {host} host has it, whatever E is."


def two_layouts(case: Orders) -> Picture:
    """Hold the two layouts of a word against each other."""
    width = case.width
    one, two = (
        memory("buffer", lanes.store(lanes.SOURCE, width, order), order, f"{_FULL[order]} it is")
        for order in lanes.ORDERS
    )
    found = _picture(width, "One number, two layouts.", _register(width), one)
    return found.against(two)


def register_file(own: bool) -> Callable[[Orders], Picture]:
    """Return a maker: a spilled register, as a host reads it; in its own order, or little."""

    def make(case: Orders) -> Picture:
        slot = SLOTS[ARCH]
        order = case.host if own else "little"
        data = lanes.store(lanes.SOURCE, slot, order)
        seen = lanes.load(data, case.host)[:slot]
        swap = seen != lanes.SOURCE[:slot]
        why = f"The slot was filled {_FULL[order]}; the host reads {_FULL[case.host]}."
        found = _picture(
            slot,
            why,
            _register(slot, place="r0"),
            memory("regs[0]", data, "register file", "regs[0] holds", order=case.host, owner=order),
            integer("data", seen, "host", "the host reads", owner=case.host),
            crossings=(
                Crossing(
                    "guest exit", swapped=order != case.host, needed=order != case.host, column=1
                ),
                Crossing("a plain load", swapped=False, needed=swap, column=2),
            ),
        )
        yard = _register(slot, place="r0")._replace(head="guest's", says="the guest's register is")
        return found.against(yard, red=True)

    return make


def vgic(case: Consumer) -> Picture:
    """Hold what the kernel's GIC makes of a buffer against what QEMU makes of it."""
    setup = Setup(width=case.width, guest=case.guest, host=case.host, arch=ARCH)
    data, width = walked(setup).mmio, case.width
    seen = moved(lambda given: vgic_write(given, era=case.era, host=case.host) or 0, data)  # type: ignore[arg-type]
    wanted, native = walked(setup).device, lanes.load(data, case.host)
    wide = width > 1  # one byte can be swapped with no other
    crossing = Crossing(f"vGIC {case.era}", wide and seen != native, wide and wanted != native, 1)
    found = _picture(
        width,
        _of_vgic(case, lost=seen != wanted),
        memory("mmio.data", data, "kvm_run", "mmio.data holds", order=case.host),
        integer("vGIC", seen, "kernel", "the vGIC gets", owner=case.era),
        crossings=(crossing,),
    )
    yard = integer("register", wanted, "QEMU", "a little device of QEMU gets", owner="little")
    return found.against(yard, red=True)


def _of_vgic(case: Consumer, *, lost: bool) -> str:
    if case.width == 1 and lost:
        return (
            "This vGIC reads 4 bytes, as its big host does: the one byte comes out on top, and a "
            "write of one byte keeps only the lowest."
        )
    if case.width == 1:
        return _ONE
    by_host = case.era == "v3.16"
    reads = f"{_FULL[case.host]}, as its {case.host} host does" if by_host else _FULL["little"]
    return (
        f"The buffer follows the guest ({case.guest}). A little register is read "
        f"{_FULL['little']}; this vGIC reads {reads}."
    )


def two_hosts(case: Orders) -> Picture:
    """Hold what a cast gives on a little host against what it gives on a big one."""
    one, two = (
        integer("cast", _cast(case, host), f"{host} host", f"on a {host} host the cast gives")
        for host in lanes.ORDERS
    )
    why = f"One buffer, for a {case.device} device; the cast is the host's own load."
    return _picture(case.width, why, _buffer(case, "little"), one).against(two)


def cast(case: Orders) -> Picture:
    """Hold what a cast gives against the device's value."""
    seen, width = _cast(case, case.host), case.width
    same = seen[:width] == lanes.SOURCE[:width]
    crossing = Crossing("a cast", swapped=False, needed=not same, column=1)
    found = _picture(
        width,
        _ONE
        if width == 1
        else f"The bytes are in the device's order, {case.device}; the cast reads "
        f"them as its host does, {case.host}.",
        _buffer(case, case.host),
        integer("cast", seen, "VMM", "the cast gives", owner=case.host),
        crossings=(crossing,),
    )
    yard = integer("value", lanes.SOURCE[:width], "device", "the device's value is")
    return found.against(yard, red=True)


def _buffer(case: Orders, host: ByteOrder) -> Column:
    data = lanes.store(lanes.SOURCE, case.width, case.device)
    return memory("mmio.data", data, "kvm_run", "mmio.data holds", order=host,
                  sub=f"{case.device} device")  # fmt: skip


def _cast(case: Orders, host: ByteOrder) -> Lanes:
    return moved(
        lambda data: host_cast(data, host), lanes.store(lanes.SOURCE, case.width, case.device)
    )


def levels(before: bool) -> Callable[[Level], Picture]:
    """Return a maker: what the guest's store means, beside what KVM takes it for."""

    def make(case: Level) -> Picture:
        state = AArch64(el=case.el, ee=case.ee, e0e=case.e0e)
        big = kvm_vcpu_is_be(state, before_v5_16=before)
        asked = "EE" if before or case.el else "E0E"
        rules = "EE" if case.el else "E0E"
        says = "KVM expects"
        taken: ByteOrder = "big" if big else "little"
        bits = {"EE": case.ee, "E0E": case.e0e}
        found = _picture(
            4,
            f"At EL{case.el} {rules} rules the guest's data, and it is {int(bits[rules])}; KVM "
            f"asks {asked}, and it is {int(bits[asked])}.",
            _register(4, f"EL{case.el}"),
            memory("RAM", lanes.store(lanes.SOURCE, 4, state.data_order), "guest", "RAM holds",
                   order=state.data_order,
                   owner=state.data_order, sub=f"{rules} = {int(bits[rules])}"),
        )  # fmt: skip
        yard = memory("mmio.data", lanes.store(lanes.SOURCE, 4, taken), "KVM", says,
                      order=state.data_order,
                      owner=taken, sub=f"{asked} = {int(bits[asked])}")  # fmt: skip
        return found.against(yard, red=True)

    return make


def gicv(before: bool) -> Callable[[Orders], Picture]:
    """Return a maker: what GICV gets through the proxy, beside what it gets without one."""

    def make(case: Orders) -> Picture:
        def write(given: bytes) -> int:
            register = lanes.from_memory(given, "little")
            return gicv_write(register, guest=case.guest, host=case.host, before_2018=before)

        seen = moved(write, lanes.SOURCE[:4])[:4]
        wanted = lanes.load(lanes.store(lanes.SOURCE, 4, case.guest), "little")[:4]
        plain = lanes.SOURCE[:4]
        who = "vcpu_data_guest_to_host" if before else "swab32"
        found = _picture(
            4,
            f"GICV gets a value, by writel. A {case.guest} guest's driver has "
            + (
                "reversed the number already, so one swap brings it back"
                if case.guest == "big"
                else "left the number as it is, so nothing is to be swapped"
            )
            + f"; the host ({case.host}) has no say in it.",
            _register(4, case.guest),
            integer("GICV", seen, "proxy", "GICV gets", owner=case.host),
            crossings=(Crossing(who, seen != plain, wanted != plain, 1),),
        )
        yard = integer("GICV", wanted, "no proxy", "without a proxy it gets")
        return found.against(yard, red=True)

    return make
