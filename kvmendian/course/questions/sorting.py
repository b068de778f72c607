"""Sorting: six things, and which of them are bytes, or can be finished by KVM, is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.machine.instructions import no_syndrome_reason
from kvmendian.model.setups import Setup
from kvmendian.model.story import trace

from . import drawing
from .choosing import Item, Sorting

if TYPE_CHECKING:
    from random import Random

_PLACES = {
    "x0": ("the guest's register x{n}", "the guest's w{n}"),
    "regs[0]": ("regs[{n}], where KVM keeps the guest's x{n}",),
    "data": ("data, KVM's unsigned long", "what vcpu_get_reg returns for x{n}"),
    "data_buf": ("data_buf, before KVM copies it",),
    "mmio.data": ("mmio.data in the kvm_run page", "the first {w} of mmio.data"),
    "val": ("val, the VMM's uint64_t", "what the VMM hands to the device's write callback"),
    "register": ("the device's register",),
    "RAM": ("{w} bytes of the guest's RAM", "what a store leaves in ordinary memory"),
}
"""Places of a store's road, and ways to name each; `n` a register, `w` the width."""

_SIMPLE = (
    ("ldr{b} w{r}, [x{a}, #{o}]", "str{b} w{r}, [x{a}, #{o}]", "ldr x{r}, [x{a}]",
     "str x{r}, [x{a}]", "ldr w{r}, [x{a}, x{c}]"),
    ("ldp w{r}, w{c}, [x{a}]", "stp x{r}, x{c}, [x{a}]", "ldr w{r}, [x{a}, #{o}]!",
     "str w{r}, [x{a}], #{o}", "ldxr w{r}, [x{a}]", "ldr q{r}, [x{a}]"),
)  # fmt: skip
_HARD = (
    ("ldrs{h} x{r}, [x{a}]", "ldrsw x{r}, [x{a}, #{o}]", "ldar w{r}, [x{a}]",
     "stlr x{r}, [x{a}]", "ldur w{r}, [x{a}, #-4]", "sttr w{r}, [x{a}]", "ldr w{r}, [x{a}]"),
    ("ldxr x{r}, [x{a}]", "stlxr w{c}, x{r}, [x{a}]", "ldadd w{r}, w{c}, [x{a}]",
     "swp x{r}, x{c}, [x{a}]", "cas w{r}, w{c}, [x{a}]", "ld1 {{v{r}.4s}}, [x{a}]",
     "str d{r}, [x{a}]", "ldrsh x{r}, [x{a}, #2]!", "ldnp w{r}, w{c}, [x{a}]", "dc zva, x{a}"),
)  # fmt: skip
_KINDS = (
    ("a pair", "pair-finished"),
    ("base register", "writeback-finished"),
    ("SIMD", "simd-finished"),
    ("exclusive", "exclusive-finished"),
    ("atomic", "atomic-finished"),
    ("block", "block-finished"),
)
_ONE = "it moves one general-purpose register, and the syndrome says all"


def draw(level: int, seed: int, number: int, native: bool = False) -> Sorting:  # noqa: ARG001, FBT002 - Series
    """Return the question of this level, seed and number: 1, number or bytes; 2, 3, instructions.

    >>> question = draw(2, 7, 0)
    >>> question.answer(question.sample).right
    True
    """
    dice = drawing.chance("sorting", level, seed, number)
    many = dice.choice((2, 3, 4))  # of six that belong: so neither "all" nor "none" is ever right
    if level == 1:
        pool = _places(dice)
        asks = "Which of these are bytes, with addresses, and no numbers?"
        helps = ("A number has significance and no addresses; bytes lie in memory, each at one.",)
    else:
        pool = [_instruction(text, dice) for group in (_SIMPLE, _HARD)[level - 2] for text in group]
        asks = "A device lies there. Which of these instructions can KVM finish?"
        helps = (
            "KVM needs a valid syndrome (ISV): one general-purpose register, and nothing besides.",
        )
    dice.shuffle(pool)
    belong = [item for item in pool if item.belongs][:many]
    items = belong + [item for item in pool if not item.belongs][: 6 - len(belong)]
    dice.shuffle(items)
    return Sorting(asks=asks, items=tuple(items), helps=helps)


def _places(dice: Random) -> list[Item]:
    width, register = dice.choice((2, 4, 8)), dice.randrange(30)
    stages = {stage.place: stage.kind for stage in trace(Setup(width=width), 0x11).stages}
    found = []
    for place, names in _PLACES.items():
        bytes_ = stages.get(place, "bytes") == "bytes"
        why = "it lies in memory, byte by byte" if bytes_ else "it has significance, no addresses"
        kind = "bytes-as-number" if bytes_ else "number-as-bytes"
        name = dice.choice(names).format(n=register, w=width)
        found.append(Item(name, bytes_, why, kind))
    return found


def _instruction(text: str, dice: Random) -> Item:
    first, second = dice.sample(range(9), 2)
    line = text.format(r=first, c=second, a=dice.randrange(19, 29), o=4 * dice.randrange(1, 16),
                       b=dice.choice(("", "b", "h")), h=dice.choice("bh"))  # fmt: skip
    reason = no_syndrome_reason(line)
    if reason is None:
        return Item(line, belongs=True, why=_ONE, kind="plain-refused")
    kind = next((kind for word, kind in _KINDS if word in reason), "other-finished")
    return Item(line, belongs=False, why=reason[0].lower() + reason[1:].rstrip("."), kind=kind)
