"""The sentence of why, above a picture: every template, and what makes it true.

A template is a pattern and a question. The question gets the facts of a road (`facts.Facts`) and
the match, and where it is about a step the step's number; it asks the lanes, never the words.
"""

from __future__ import annotations

from facts import is_sign, opposite
from templates import FIRST, NAME, ORDER, says_orders, turns_once

from kvmendian.model import lanes
from kvmendian.model.lanes import SOURCE, ZERO


def _extension_is_cut(f, m):
    extended = f.upper(f.lanes("extended"))
    left, wanted = f.upper(f.road.register), f.upper(f.road.expected)
    return (
        f.low_is_right
        and f.places["extended"] < f.places["data′"]
        and int(m[3]) == 8 * f.s.width
        and (m[2] is None) == (lanes.sign_of(f.road.register[f.s.width - 1]) in extended)
        and any(map(is_sign, extended))
        and set(left) == {ZERO}
        and any(map(is_sign, wanted))
    )


def _memcpy_takes_the_top(f, m):
    n, size = int(m[1]), int(m[2])
    whole = f.lanes("data" if f.s.op == "load" else "data′")
    taken = whole[size - n : size]
    data = f.road.mmio[::-1]  # as a big host reads it
    return (n, size, f.s.host) == (f.s.width, f.s.slot, "big") and n < size and taken == data


def _accessor_made_up(f, m):
    return (
        m[1] == f.s.device_order
        and turns_once(f, "guest CPU")
        and f.driver_is_right
        and f.s.guest != f.s.device_order
    )


def _raw_does_not_care(f, m):
    once = not f.turns_of("guest CPU")
    return (
        (m[1], m[2]) == (f.s.op, f.s.device_order)
        and once
        and not f.driver_is_right
        and (f.s.op == "load" or f.same_kernel(device=opposite(f.s.device_order)))
    )


WHY = {
    "own": (
        (r"Your function does more than move bytes: what stands here is about this value, and "
        r"prove\(design\) says what holds for all\."),
        lambda f, m: f.loose,
    ),
    "memcpy takes the top": (
        (r"memcpy moves no more than the first (\d) of the integer's (\d) bytes in memory, and on "
        r"a big host the first are the most significant\."),
        _memcpy_takes_the_top,
    ),
    "the sign is cut off": (
        (rf"{NAME} extends before it converts(, by the sign of the wrong byte)?: the conversion "
        r"keeps (\d+) bits and cuts the sign extension off again\."),
        _extension_is_cut,
    ),
    "upper bytes": (
        r"The low bytes are right; the bytes above them are not what a load leaves there\.",
        lambda f, m: f.low_is_right and f.upper(f.road.register) != f.upper(f.road.expected),
    ),
    "a way of its own": (
        rf"{NAME} moves the bytes in a way of its own: no swap, and not left alone\.",
        lambda f, m: (
            not f.kept(f.places["data′"]) and not f.turned(f.places["data′"]) and not f.low_is_right
        ),
    ),
    "one byte": (
        r"One byte has no order: there is nothing to swap\.",
        lambda f, m: f.s.width == 1 and f.low_is_right and f.road.honours_abi,
    ),
    "twice in the kernel": (
        (rf"{NAME} swaps twice: once for the big guest, once because its buffer is little on a big "
        r"host; the two cancel\."),
        lambda f, m: (
            len(f.turns_of("host kernel")) == 2
            and (f.s.guest, f.s.host) == ("big", "big")
            and f.low_is_right
        ),
    ),
    "both the same": (
        rf"Guest and host are both {ORDER}: the host's own order is the guest's\.",
        lambda f, m: m[1] == f.s.guest == f.s.host and not f.turns_of("host kernel")
        and f.low_is_right,
    ),
    "swaps for a store": (
        (rf"Guest \({ORDER}\) and host \({ORDER}\) differ: the kernel swaps once, so the bytes "
        r"come out in the guest's order\."),
        lambda f, m: (
            f.s.op == "store"
            and says_orders(f, m, 1, 2)
            and f.s.guest != f.s.host
            and turns_once(f, "host kernel")
            and f.road.mmio == f.in_order(f.road.register, f.s.guest)
        ),
    ),
    "swaps for a load": (
        (rf"Guest \({ORDER}\) and host \({ORDER}\) differ: the kernel swaps once, so the register "
        r"gets what a (little|big) guest would read\."),
        lambda f, m: (
            f.s.op == "load"
            and says_orders(f, m, 1, 2)
            and m[3] == f.s.guest != f.s.host
            and turns_once(f, "host kernel")
            and f.in_order(f.road.register, f.s.guest) == f.road.mmio
            and f.road.register == f.road.expected
        ),
    ),
    "one too many": (
        (rf"Guest and host are both {ORDER}, so the host's own order is right already, and {NAME} "
        r"swaps all the same: one swap too many\."),
        lambda f, m: (
            m[1] == f.s.guest == f.s.host
            and turns_once(f, "host kernel")
            and f.reversed_data
        ),
    ),
    "nobody makes up": (
        (rf"The host works {FIRST}, the guest {FIRST}, and {NAME} leaves a {ORDER} guest's data "
        r"alone: nobody makes up the difference\."),
        lambda f, m: (
            (m[1] == "least") == (f.s.host == "little")
            and (m[2] == "least") == (f.s.guest == "little")
            and m[4] == f.s.guest != f.s.host
            and not f.turns_of("host kernel")
            and f.reversed_data
        ),
    ),
    "raw": (rf"A raw (store|load) does not care that the device is {ORDER}\.", _raw_does_not_care),
    "accessor": (rf"The accessor made up for the {ORDER} device\.", _accessor_made_up),
    "driver twice": (
        rf"The driver reverses twice, in {NAME} and in {NAME}: the two cancel\.",
        lambda f, m: (
            [f.road.steps[k].function for k in f.turns_of("guest CPU")] == [m[1], m[2]]
            and not f.driver_is_right
        ),
    ),
    "for a little device": (
        rf"{NAME} reverses for a little device, and this one is {ORDER}\.",
        lambda f, m: (
            m[2] == f.s.device_order == "big"
            and turns_once(f, "guest CPU")
            and f.road.steps[f.turns_of("guest CPU")[0]].function == m[1]
            and not f.driver_is_right
        ),
    ),
    "made for little": (
        (rf"{NAME} is made for little devices and leaves the value alone: nobody makes up for the "
        rf"{ORDER} device\."),
        lambda f, m: (
            m[2] == f.s.device_order == "big"
            and f.s.guest == "little"
            and not f.turns_of("guest CPU")
            and not f.driver_is_right
        ),
    ),
    "never on arm": (
        r"\(KVM left arch/arm in v5\.7: this fix was never made there\.\)",
        lambda f, m: (f.s.arch, f.s.design_name) == ("arm", "sign-fixed-2026"),
    ),
    "C computes": (
        (r"C computes here: its mask for the sign is a negative int, and the kernel leaves the "
        r"negated word in the upper half\. No arrangement of bytes is that; the picture has the "
        r"word as it was\."),
        lambda f, m: _c_negates(f),
    ),
}  # fmt: skip


def _c_negates(f):
    """The kernel's own arithmetic, on 64 bits, with the mask as C has it: 1 << 31, an int."""
    mask = -(1 << 31)
    places = [f.lanes("data"), f.lanes("extended")]
    for value in (0x11223344, 0x80000001, 0):
        x = lanes.as_int(places[0], value)
        word, c = x >> 32, ((x ^ mask) - mask) % (1 << 64)
        if x % (1 << 32) or c != (-word % (1 << 32)) << 32:
            return False
    return places[0] == places[1] and set(places[0][4:]) == set(SOURCE[:4])
