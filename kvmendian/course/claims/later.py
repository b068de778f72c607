"""What was claimed before and after the thread, in logs and reviews of the same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kvmendian.machine.guest import AArch64, kvm_vcpu_is_be, load, store
from kvmendian.machine.vgic import gicv_write
from kvmendian.model.setups import Setup

from .cases import OLD, ORDERS, PROBE, Orders, honours, plain
from .verdict import Claim, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Level(NamedTuple):
    """A case about a 64-bit guest: exception level, EE and E0E."""

    el: int
    ee: bool
    e0e: bool


def _levels() -> Iterable[Level]:
    return [Level(el, ee, e0e) for el in (1, 0) for ee in (False, True) for e0e in (False, True)]


def _asks_right(case: Level, *, before: bool) -> bool:
    state = AArch64(el=case.el, ee=case.ee, e0e=case.e0e)
    return kvm_vcpu_is_be(state, before_v5_16=before) == (state.data_order == "big")


def _quadrants(**fixed: str) -> Callable[[], Iterable[Orders]]:
    cases = [Orders(guest=guest, host=host) for host in ORDERS for guest in ORDERS]
    return lambda: [c for c in cases if all(getattr(c, k) == v for k, v in fixed.items())]


def _gicv_is_right(case: Orders, *, before: bool) -> bool:
    """Whether a little-endian GICV gets what it would get without a proxy."""
    wanted = load(store(PROBE, 4, case.guest), "little")
    return gicv_write(PROBE, guest=case.guest, host=case.host, before_2018=before) == wanted


def _signed(design: str) -> Callable[[], Iterable[Setup]]:
    fields = {"op": "load", "signed": True, "device": "little", "target": "little"}
    return lambda: Setup.all(**fields, driver="raw", design=design, arch="arm64")


LATER = (
    Claim(
        23,
        "only-big-guests",
        "Marc Zyngier",
        "12 Feb 2013",
        "log of 6d89d2d9b5ba, committed 7 Nov 2013",
        "Only a big-endian guest needs care; for the rest the natural order is right.",
        (
            Reading(
                "in stores and zero-extending loads, the code of 2013 keeps the ABI sentence",
                plain(design=OLD),
                honours,
            ),
        ),
        note="One quadrant was left: host big, guest little, the one in the subject line of "
        "Victor Kamensky's patch. A big guest's sign-extending loads went wrong too: claim 26.",
    ),
    Claim(
        24,
        "user-space-has-its-own-bit",
        "Marc Zyngier",
        "12 Oct 2021",
        "patch, 69adec18e94f",
        "For accesses from EL0 KVM must look at E0E, not at EE.",
        (
            Reading(
                "with E0E at EL0, KVM takes a 64-bit guest for what it is",
                _levels,
                lambda c: _asks_right(c, before=False),
            ),
        ),
        (
            Reading(
                "with EE at every level it did so too",
                _levels,
                lambda c: _asks_right(c, before=True),
            ),
        ),
    ),
    Claim(
        25,
        "a-value-is-no-memory",
        "James Morse",
        "2018",
        "log of b220244d4179",
        "In the GICV proxy on a big host writel undoes what a big guest's driver had reversed: the "
        "conversion is made for memory, and here the destination is a value.",
        (
            Reading(
                "for a store of 4 bytes, the old proxy is wrong there",
                _quadrants(guest="big", host="big"),
                lambda c: not _gicv_is_right(c, before=True),
            ),
            Reading(
                "for that store, a swap for a big guest, whatever the host, is right",
                _quadrants(),
                lambda c: _gicv_is_right(c, before=False),
            ),
        ),
        (
            Reading(
                "the old proxy was right, whatever guest and host",
                _quadrants(),
                lambda c: _gicv_is_right(c, before=True),
            ),
        ),
        note="So claim 5 is right after all, for another kind of destination. The log's first "
        "reason is a panic at EL2. It names big guests on big hosts alone: that little guests went "
        "wrong there too is our arithmetic.",
    ),
    Claim(
        26,
        "extend-after-the-swap",
        "Fuad Tabba, asked by Marc Zyngier",
        "23 Jun to 6 Jul 2026",
        "review (lkml 2606.2/11420) and fix, 85f56708a443",
        "Sign extension comes after the swap: the swap belongs to the memory access, and to its "
        "width.",
        (
            Reading(
                "extending after the conversion, as today, keeps the ABI sentence on arm64",
                _signed("sign-fixed-2026"),
                honours,
            ),
        ),
        (
            Reading(
                "extending before it, as merged in 2014, does", _signed("merged-2014"), honours
            ),
            Reading("extending before it, as in 2013, does", _signed(OLD), honours),
        ),
        note="Every design before this one extended first, those that were only proposed too.",
    ),
)
