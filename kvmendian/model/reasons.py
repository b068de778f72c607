"""The words of the road: which function takes each step, in which zone, and why.

Pure functions of a setup. Names are today's, from arch/arm64/kvm/mmio.c, asm/kvm_emulate.h and
QEMU's system/physmem.c and system/memory.c, but where a design's own differ (mmio_write_buf,
vcpu_reg). The emulator is always today's; of 2014's the result is the same (machine/qemu.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import drivers

if TYPE_CHECKING:
    from .lanes import ByteOrder, Lanes
    from .setups import Setup

_LETTER = {1: "b", 2: "h", 4: "", 8: ""}
_FIRST = {"little": "least significant byte first", "big": "most significant byte first"}

ZONES = ("guest CPU", "host kernel", "kvm_run page", "VMM", "device")
"""Who owns a place, in the direction of a store."""

_ZONE_OF = {
    "value": ZONES[0],
    "value′": ZONES[0],
    "x0": ZONES[0],
    "r0": ZONES[0],
    "regs[0]": ZONES[1],
    "data": ZONES[1],
    "extended": ZONES[1],
    "data′": ZONES[1],
    "data_buf": ZONES[1],
    "mmio.data": ZONES[2],
    "val": ZONES[3],
    "register": ZONES[4],
}


def zone(s: Setup, place: str) -> tuple[str, ByteOrder]:
    """Return the zone of a place and the byte order of its owner.

    >>> from kvmendian.model.setups import Setup
    >>> zone(Setup(host="big"), "mmio.data")
    ('kvm_run page', 'big')
    """
    name = _ZONE_OF[place]
    if name == "guest CPU":
        return name, s.guest
    return name, s.device_order if name == "device" else s.host


def instruction(s: Setup) -> str:
    """Return an A64 or, on arm, an A32 instruction that makes this access.

    >>> from kvmendian.model.setups import Setup
    >>> instruction(Setup(op="load", width=2, signed=True)), instruction(Setup(arch="arm"))
    ('ldrsh x0, [x1]', 'str r0, [r1]')
    """
    if s.arch == "arm":
        verb = "str" if s.op == "store" else "ldrs" if s.signed else "ldr"
        return f"{verb}{_LETTER[s.width]} r0, [r1]"
    if s.op == "store":
        return f"str{_LETTER[s.width]} {'x' if s.width == 8 else 'w'}0, [x1]"
    if s.signed:
        return f"ldrs{_LETTER[s.width] or 'w'} {'x' if s.register_width == 64 else 'w'}0, [x1]"
    return f"ldr{_LETTER[s.width]} {'x' if s.width == 8 else 'w'}0, [x1]"


def _own(s: Setup) -> bool:
    """Whether the design is a learner's: ours have reasons, theirs are in their code."""
    return not s.kernel.reasons


def converter(s: Setup) -> str:
    """Return the name of the design's conversion function."""
    name = "guest_to_host" if s.op == "store" else "host_to_guest"
    if s.kernel.buffer == "memcpy" and not _own(s):
        return "no conversion"
    if s.op == "load" and s.kernel.mmio_return is not None:
        return "mmio_return"
    return name if _own(s) else f"vcpu_data_{name}"


def buffer_function(s: Setup) -> str:
    """Return the function between the kernel's integer and the buffer."""
    if s.kernel.buffer == "memcpy":
        return "memcpy"
    name = "mmio_write_buf" if s.op == "store" else "mmio_read_buf"
    of_2013 = s.design_name in ("be-guests-2013", "swab", "swab-le-buffer")
    return name if of_2013 else f"kvm_{name}"


def get_reg(s: Setup) -> str:
    """Return the function that reads the register file."""
    return "vcpu_get_reg" if _has_get_reg(s) else "vcpu_reg"


def set_reg(s: Setup) -> str:
    """Return the function that writes the register file."""
    return "vcpu_set_reg" if _has_get_reg(s) else "vcpu_reg"


def _has_get_reg(s: Setup) -> bool:
    """Whether registers are read and written by functions; older code had a pointer to the slot."""
    return s.arch == "arm64" and s.kernel.buffer != "memcpy"


def arithmetic(s: Setup) -> str:
    """Say where C computes and no longer moves bytes; empty for all but one kind of setup.

    The code of 2012 extends a sign with a mask that is an int: for 4 bytes `1 << 31`, negative. On
    a big arm64 host the word lies in the upper half of the integer then, and is negated.

    >>> from kvmendian.model.setups import Setup
    >>> arithmetic(Setup())
    ''
    """
    half = s.signed and s.width == 4 and s.slot == 8
    if not (half and s.kernel.buffer == "memcpy" and s.host == "big"):
        return ""
    return (
        "C computes here: its mask for the sign is a negative int, and the kernel leaves the "
        "negated word in the upper half. No arrangement of bytes is that; the picture has the "
        "word as it was."
    )


def orders(one: str, first: str, other: str, second: str, width: int) -> str:
    """Say of two byte orders whether they differ.

    >>> orders("device", "little", "host", "big", 4)
    'device is little, host is big'
    >>> orders("device", "little", "host", "big", 1)
    'one byte: nothing to swap'
    """
    if width == 1:
        return "one byte: nothing to swap"
    if first == second:
        return f"{one} and {other} are both {first}"
    return f"{one} is {first}, {other} is {second}"


def conversion(s: Setup, before: Lanes, after: Lanes) -> str:
    """Say why the design's conversion does what it does to `before`."""
    own = _own(s)
    if s.width == 1 and (not own or before[:1] == after[:1]):
        return "one byte: nothing to swap"
    if s.kernel.buffer == "memcpy" and not own:
        return "this kernel never asks for the guest's byte order"
    if own:
        low, moved = before[: s.width], after[: s.width]
        did = "reverses the bytes" if moved == low[::-1] else "moves the bytes its own way"
        did = "puts another byte in its place" if s.width == 1 else did
        did = "leaves the bytes alone" if moved == low else did
        return f"guest is {s.guest}, host is {s.host}: your function {did}"
    return f"guest is {s.guest}: {s.kernel.reasons[s.guest]}".replace(
        "beN", f"be{8 * s.width}"
    ).replace("leN", f"le{8 * s.width}")


def step(s: Setup, place: str) -> str:
    """Say in one sentence how the value came to rest at a place."""
    driven = {turn.place: turn.says for turn in drivers.turns(s)}
    if place in driven:
        return driven[place]
    return (_store if s.op == "store" else _load)(s, "x0" if place == "r0" else place)


def _converted(s: Setup) -> str:
    if _own(s):
        return "Your own function, run on this integer."
    if s.width == 1:
        return "One byte has no order: nothing to swap."
    what = conversion(s, (), ())
    return what[0].upper() + what[1:] + "."


def _emulated(s: Setup) -> str:
    if s.width == 1:
        return "One byte has no order: nothing to swap."
    device, native = s.device_order, ""
    if s.device == "native":
        native = ", for native means the emulator's target"
    if device == s.host:
        return f"Device and host are both {device}{native}: nothing to swap."
    return f"Device is {device}{native}; host is {s.host}: the emulator swaps."


def _store(s: Setup, place: str) -> str:
    host, x0 = _FIRST[s.host], s.register_name
    first = "1 byte" if s.width == 1 else f"{s.width} bytes"
    buffer = {
        "native": f"The low {first}, stored in the host's own order ({s.host}).",
        "little": f"The low {first}, stored least significant byte first on any host.",
        "memcpy": f"The first {first} of the integer's memory image, whatever they are.",
    }[s.kernel.buffer]
    return {
        "value": "What software wants the device's register to hold.",
        "x0": "The guest's register: an integer, with significance and without addresses.",
        "regs[0]": f"The guest exits; the kernel spills {x0} into its own RAM, {host}.",
        "data": f"The kernel loads the slot in the order it stored it ({s.host}): {x0} again.",
        "data′": _converted(s),
        "data_buf": buffer,
        "mmio.data": "Copied into the page shared with the VMM; a copy keeps addresses.",
        "val": f"The VMM loads the bytes as an integer, in its own order ({s.host}).",
        "register": _emulated(s),
    }[place]


def _load(s: Setup, place: str) -> str:
    host = _FIRST[s.host]
    first = "1 byte" if s.width == 1 else f"{s.width} bytes"
    buffer = {
        "native": f"The kernel loads {first} in the host's own order ({s.host}).",
        "little": f"The kernel loads {first}, the first as the least significant.",
        "memcpy": f"Copied into the first {first} of a cleared {8 * s.slot}-bit integer.",
    }[s.kernel.buffer]
    extends = "Sign-extended from the top bit of the low " + first if s.signed else ""
    narrow = s.arch == "arm64" and s.register_width == 32
    keeps = ("cut" if extends else "Cut") + " to 32 bits for a W register" if narrow else ""
    return {
        "register": "What the device's register holds: an integer, without addresses.",
        "val": _emulated(s),
        "mmio.data": f"The VMM stores the integer in its own order ({s.host}).",
        "data": buffer,
        "data′": _converted(s),
        "extended": ", then ".join(filter(None, (extends, keeps))) + ".",
        "regs[0]": f"The kernel stores the integer into the register file, {host}.",
        "x0": f"The next entry loads {s.register_name} from the register file.",
    }[place]
