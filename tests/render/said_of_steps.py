"""How a value came to a place: every template of a step's sentence, and what makes it true."""

from __future__ import annotations

from templates import FIRST, NAME, ORDER, WIDTHS, loaded, stored

from kvmendian.model import lanes
from kvmendian.model.lanes import SOURCE, ZERO


def _spilled(f, m, k):
    return (m[1] == "least") == (f.s.host == "little") and f.road.steps[k].lanes == lanes.store(
        lanes.zero_extend(f.road.steps[k - 1].lanes), f.s.slot, f.s.host
    )


def _size(m, n):
    return int(m[n].split()[0])


def _emulates(f, m, k, *, swaps):
    n = f.s.width
    native = m["native"] is None or f.s.device == "native"
    native = native and (f.s.device != "native" or m["native"] is not None)
    return (
        native
        and n > 1
        and (f.turned(k) if swaps else f.kept(k))
        and (f.s.device_order != f.s.host) == swaps
    )


def _extended(f, m, k):
    before, after = f.road.steps[k - 1].lanes, f.road.steps[k].lanes
    n, top = f.s.width, before[f.s.width - 1]
    filled = before if top == ZERO else before[:n] + (lanes.sign_of(top),) * (f.s.slot - n)
    wanted = filled if f.s.signed else before
    cut = f.s.arch == "arm64" and f.s.register_width == 32
    wanted = (wanted[:4] + (ZERO,) * 4) if cut else wanted
    says = (m["sign"] is not None, m["cut"] is not None)
    width = m["sign"] is None or int(m["width"]) == n
    return says == (f.s.signed, cut) and width and after == wanted


def _driver_turns(f, m, k, *, turns):
    guest = m["guest"] == f.s.guest
    step, before = f.road.steps[k], f.road.steps[k - 1]
    if not turns:
        return guest and f.s.guest == f.s.device_order and step.lanes == before.lanes
    sign = m["sign"] is not None
    top = lanes.sign_of(step.lanes[f.s.width - 1])
    above = {top} if sign else {ZERO}
    narrow = f.s.register_width // 8
    return (
        guest
        and m["device"] == f.s.device_order != f.s.guest
        and f.turned(k)
        and sign == f.s.signed
        and set(step.lanes[f.s.width : narrow]) <= above
        and set(step.lanes[narrow:]) <= {ZERO}
    )


_WHO = r"(the accessor|(?:cpu_to_)?[lb]e\d+(?:_to_cpu)?)"
_NATIVE = r"(?P<native>, for native means the emulator's target)?"

STEP = {
    "software's": (
        r"What software wants the device's register to hold\.",
        lambda f, m, k: f.road.steps[k].lanes == f.road.software[: f.s.slot],
    ),
    "the register": (
        r"The guest's register: an integer, with significance and without addresses\.",
        lambda f, m, k: f.road.steps[k].kind == "integer" and f.s.driver == "raw"
        and f.road.steps[k].lanes == SOURCE[: f.s.slot],
    ),
    "spill": (
        rf"The guest exits; the kernel spills [xr]0 into its own RAM, {FIRST}\.", _spilled,
    ),
    "reload": (
        rf"The kernel loads the slot in the order it stored it \({ORDER}\): [xr]0 again\.",
        lambda f, m, k: m[1] == f.s.host and f.road.steps[k].lanes == f.road.steps[k - 2].lanes,
    ),
    "own function": (
        r"Your own function, run on this integer\.",
        lambda f, m, k: f.road.steps[k].place == "data′" and not f.s.kernel.reasons,
    ),
    "one byte": (
        r"One byte has no order: nothing to (?:swap|reverse)\.",
        lambda f, m, k: f.s.width == 1 and f.kept(k),
    ),
    "never asked": (
        r"This kernel never asks for the guest's byte order\.",
        lambda f, m, k: f.road.steps[k].lanes == f.road.steps[k - 1].lanes,
    ),
    "beN": (
        r"Guest is big: be(\d+)_to_cpu, which swaps on a little host only\.",
        lambda f, m, k: int(m[1]) == 8 * f.s.width and f.s.guest == "big"
        and (f.turned(k) if f.s.host == "little" else f.kept(k)),
    ),
    "leN": (
        r"Guest is little: le(\d+)_to_cpu, which swaps on a big host only\.",
        lambda f, m, k: int(m[1]) == 8 * f.s.width and f.s.guest == "little"
        and (f.turned(k) if f.s.host == "big" else f.kept(k)),
    ),
    "left": (
        r"Guest is little: left untouched, whatever the host\.",
        lambda f, m, k: f.s.guest == "little"
        and f.road.steps[k].lanes == f.road.steps[k - 1].lanes,
    ),
    "swapped": (
        r"Guest is big: swapped, whatever the host\.",
        lambda f, m, k: f.s.guest == "big" and f.turned(k),
    ),
    "buffer, native": (
        rf"The low {WIDTHS}, stored in the host's own order \({ORDER}\)\.",
        lambda f, m, k: _size(m, 1) == f.s.width and m[2] == f.s.host
        and f.road.steps[k].lanes == f.in_order(f.low(k - 1), f.s.host),
    ),
    "buffer, little": (
        rf"The low {WIDTHS}, stored least significant byte first on any host\.",
        lambda f, m, k: _size(m, 1) == f.s.width and f.road.steps[k].lanes == f.low(k - 1),
    ),
    "buffer, memcpy": (
        rf"The first {WIDTHS} of the integer's memory image, whatever they are\.",
        lambda f, m, k: _size(m, 1) == f.s.width
        and f.road.steps[k].lanes
        == stored(f, f.road.steps[k - 1].lanes, f.s.host, f.s.width),
    ),
    "copied": (
        r"Copied into the page shared with the VMM; a copy keeps addresses\.",
        lambda f, m, k: f.road.steps[k].lanes == f.road.steps[k - 1].lanes == f.road.mmio,
    ),
    "VMM loads": (
        rf"The VMM loads the bytes as an integer, in its own order \({ORDER}\)\.",
        lambda f, m, k: m[1] == f.s.host and loaded(f, k),
    ),
    "no emulator's swap": (
        rf"Device and host are both {ORDER}{_NATIVE}: nothing to swap\.",
        lambda f, m, k: m[1] == f.s.host and _emulates(f, m, k, swaps=False),
    ),
    "emulator's swap": (
        rf"Device is {ORDER}{_NATIVE}; host is {ORDER}: the emulator swaps\.",
        lambda f, m, k: (m[1], m[3]) == (f.s.device_order, f.s.host)
        and _emulates(f, m, k, swaps=True),
    ),
    "device": (
        r"What the device's register holds: an integer, without addresses\.",
        lambda f, m, k: k == 0 and f.low(0) == SOURCE[: f.s.width] == f.road.device[: f.s.width],
    ),
    "VMM stores": (
        rf"The VMM stores the integer in its own order \({ORDER}\)\.",
        lambda f, m, k: m[1] == f.s.host
        and f.road.steps[k].lanes == f.in_order(f.low(k - 1), f.s.host) == f.road.mmio,
    ),
    "kernel loads": (
        rf"The kernel loads {WIDTHS} in the host's own order \({ORDER}\)\.",
        lambda f, m, k: _size(m, 1) == f.s.width and m[2] == f.s.host and loaded(f, k),
    ),
    "kernel loads little": (
        rf"The kernel loads {WIDTHS}, the first as the least significant\.",
        lambda f, m, k: _size(m, 1) == f.s.width and f.road.steps[k].lanes[: f.s.width]
        == f.road.mmio and set(f.upper(f.road.steps[k].lanes)) <= {ZERO},
    ),
    "copied in": (
        rf"Copied into the first {WIDTHS} of a cleared (\d+)-bit integer\.",
        lambda f, m, k: _size(m, 1) == f.s.width and int(m[2]) == 8 * f.s.slot
        and lanes.store(lanes.zero_extend(f.road.steps[k].lanes), f.s.slot, f.s.host)
        == f.road.mmio + (ZERO,) * (f.s.slot - f.s.width),
    ),
    "extended": (
        (r"(?P<sign>Sign-extended from the top bit of the low (?P<width>\d) bytes?)?(?:, then )?"
        r"(?P<cut>[Cc]ut to 32 bits for a W register)?\."),
        _extended,
    ),
    "into the file": (
        rf"The kernel stores the integer into the register file, {FIRST}\.", _spilled,
    ),
    "entry": (
        r"The next entry loads [xr]0 from the register file\.",
        lambda f, m, k: f.road.steps[k].lanes == f.as_integer(k - 1)
        == f.road.register[: f.s.slot],
    ),
    "driver leaves": (
        rf"Guest and device are both (?P<guest>little|big): {_WHO} leaves the value alone\.",
        lambda f, m, k: _driver_turns(f, m, k, turns=False),
    ),
    "driver reverses": (
        (rf"Guest is (?P<guest>little|big), device is (?P<device>little|big): {_WHO} reverses the "
        r"bytes(?P<sign>, and their sign is extended anew)?\."),
        lambda f, m, k: _driver_turns(f, m, k, turns=True),
    ),
    "made for little, reverses": (
        (rf"{NAME} is made for little devices: it reverses a big guest's bytes"
        r"(?P<sign>, and their sign is extended anew)?\."),
        lambda f, m, k: f.s.guest == f.s.device_order == "big" and f.turned(k)
        and (m["sign"] is not None) == f.s.signed
        and set(f.upper(f.road.steps[k].lanes))
        <= {ZERO, *([lanes.sign_of(f.low(k)[-1])] if f.s.signed else [])},
    ),
    "made for little, leaves": (
        rf"{NAME} is made for little devices: it leaves a little guest's alone\.",
        lambda f, m, k: (f.s.guest, f.s.device_order) == ("little", "big")
        and f.road.steps[k].lanes == f.road.steps[k - 1].lanes,
    ),
}  # fmt: skip
