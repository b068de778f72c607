"""Pictures of the claims whose cases are whole accesses: the small road, and its yardstick last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kvmendian.course.claims.cases import MERGED, changed, kernel_swaps
from kvmendian.model import lanes
from kvmendian.model.reasons import instruction
from kvmendian.model.sentences import SENTENCES
from kvmendian.render import words

from .columns import Column, Picture, integer, memory, path, value_of, walked

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.setups import Setup


def kernel(setup: Setup) -> Picture:
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
    return kernel(setup).against(yard, red=True)


def by_sentence(name: str, says: str, *, red: bool = False) -> Callable[[Setup], Picture]:
    """Return a maker of pictures in which another sentence is the yardstick of a store."""

    def make(setup: Setup) -> Picture:
        order = SENTENCES[name].order_of(setup)
        assert order is not None  # noqa: S101 - all that are asked for name one
        x0 = walked(setup).register
        wanted = lanes.store(x0, setup.width, order)
        yard = memory(setup.register_name, wanted, "yardstick", says, order=setup.host,
                      sub=f"{order} order")  # fmt: skip
        found = replace(kernel(setup).against(yard, red=red), why=_because(name, setup, wanted))
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
    return kernel(setup).against(yard)


def as_design(*names: str) -> Callable[[Setup], Picture]:
    """Return a maker of pictures that hold an access against the same one of other designs."""

    def make(setup: Setup) -> Picture:
        yards = [
            _end(changed(setup, design=name))._replace(
                head=_HEADS.get(name, name), says=f"{name} makes"
            )
            for name in names
        ]
        first = kernel(setup)
        if len(yards) == 1:
            return first.against(*yards)
        ends = (
            (setup.register_name, "mmio.data")
            if setup.op == "store"
            else ("mmio.data", setup.register_name)
        )
        found = replace(path(setup, *ends), why=first.why)
        for yard in yards:  # each beside the one before it: all are equal, or some pair differs
            found = found.against(yard)
        makes = ", ".join(
            f"{name} {column.content(found.value)}"
            for name, column in zip(
                (setup.design_name, *names), found.tidy().columns[1:], strict=True
            )
        )
        return replace(found, says=f"What they make: {makes}.")

    return make


_HEADS = {MERGED: "merged", "be-guests-2013": "2013"}


def swaps_twice(setup: Setup) -> Picture:
    """Count the swaps of a design, beside the merged one's."""
    found = as_design(MERGED)(setup)
    mine, merged = kernel_swaps(setup), kernel_swaps(changed(setup, design=MERGED))
    says = f"{setup.design_name} makes {_SWAPS[mine]}, {MERGED} {_AND[merged]}."
    return replace(found, says=says)


_SWAPS, _AND = ("no swap", "one swap", "two swaps"), ("none", "one", "two")


def other_host(setup: Setup) -> Picture:
    """Hold the bytes against those of the other host."""
    other = changed(setup, host=lanes.opposite(setup.host))
    says = f"on a {other.host} host it holds"
    yard = memory("mmio.data", walked(other).mmio, "other host", says, order=setup.host,
                  sub=f"{other.host} host")  # fmt: skip
    return kernel(setup).against(yard)


def guests_layout(setup: Setup) -> Picture:
    """Hold the bytes against the register, written in the guest's order."""
    wanted = lanes.store(walked(setup).register, setup.width, setup.guest)
    says = f"the register, {_FULL[setup.guest]}, is"
    yard = memory(setup.register_name, wanted, "yardstick", says, order=setup.host,
                  sub=f"{setup.guest} order")  # fmt: skip
    return kernel(setup).against(yard)


_FULL = {"little": "least significant byte first", "big": "most significant byte first"}
