"""`road(setup)`: where one access goes, place by place, as lanes: for all values at once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from . import drivers, lanes, reasons
from .steps import Road, Step, Swap

if TYPE_CHECKING:
    from .lanes import ByteOrder, Lanes
    from .setups import Setup
    from .steps import Kind


class _Builder:
    """Collects steps and ledger while a road is walked."""

    def __init__(self, setup: Setup, value: int | None) -> None:
        self.setup, self.value, self.computed = setup, value, 0
        self.open = False
        self.asked: Lanes = ()
        self.steps: list[Step] = []
        self.swaps: list[Swap] = []

    def rest(self, place: str, kind: Kind, content: Lanes, function: str) -> Lanes:
        """Let the value rest at a place; return its lanes, for the next step.

        Here an integer has 8 lanes; on arm the upper four are zeros, and no place shows them.
        """
        rests = content[: self.setup.slot] if kind == "integer" else content
        self.steps.append(Step(place, kind, rests, function, self.setup))
        return content

    def could_swap(self, who: str, *, swapped: bool, needed: bool, why: str) -> None:
        """Enter the ledger for the step that comes next."""
        self.swaps.append(Swap(who, swapped, needed, why, len(self.steps)))

    def convert(self, data: Lanes) -> Lanes:
        """Run the design's conversion, on lanes if it only moves bytes, else on the value."""
        s = self.setup
        access = (s.width, s.guest, s.host, s.signed, s.register_width, s.arch)
        moved = s.kernel.move(s.op, data, *access)
        if moved is None:
            if self.value is None and not self.open:
                raise _NeedsValueError
            if self.value is not None:
                number = lanes.as_int(data, self.value)
                self.computed = s.kernel.convert(s.op, number, *access)
            moved, self.asked = lanes.SECOND, data
        moved = lanes.truncate(moved, s.slot)  # the function returns an unsigned long
        before, after = data[: s.width], moved[: s.width]
        if lanes.SECOND[0] in moved and self.value is not None:  # judge by the content
            before = tuple(lanes.evaluate(before, self.value))
            after = tuple(lanes.evaluate(after, self.value, self.computed))
        lost = s.kernel.buffer == "memcpy" and s.host == "big" and s.width < s.slot
        needed = s.guest == "big" if s.kernel.buffer == "little" else s.guest != s.host
        self.could_swap(
            reasons.converter(s),
            swapped=s.width > 1 and after == before[::-1] != before,
            needed=s.width > 1 and needed and not lost,  # no swap brings the lost bytes back
            why=reasons.conversion(s, before, after),
        )
        return self.rest("data′", "integer", moved, reasons.converter(s))

    def drive(self, value: Lanes) -> Lanes:
        """Let the guest's driver reverse the bytes, as often as it does."""
        s = self.setup
        for turn in drivers.turns(s):
            self.could_swap(turn.who, swapped=turn.swapped, needed=turn.needed, why=turn.why)
            if turn.swapped:
                value = lanes.swap(value, s.width)
                if s.signed:
                    value = lanes.truncate(lanes.sign_extend(value, s.width), s.register_width // 8)
            self.rest(turn.place, "integer", value, turn.who)
        return value

    def emulator(self, val: Lanes) -> Lanes:
        """Let QEMU's dispatch swap where device and host order differ."""
        s = self.setup
        differ = s.width > 1 and s.device_order != s.host
        why = reasons.orders("device", s.device_order, "host", s.host, s.width)
        self.could_swap("adjust_endianness", swapped=differ, needed=differ, why=why)
        return lanes.swap(val, s.width) if differ else val

    def buffer_order(self) -> ByteOrder:
        """Return the order of the buffer; one that is not the host's is a swap of its own."""
        s = self.setup
        if s.kernel.buffer != "little":
            return s.host
        differ = s.width > 1 and s.host == "big"
        why = reasons.orders("buffer", "little", "host", s.host, s.width)
        self.could_swap(reasons.buffer_function(s), swapped=differ, needed=differ, why=why)
        return "little"

    def extend(self, data: Lanes) -> Lanes:
        """Let `kvm_handle_mmio_return` sign-extend (SSE) and keep 32 bits (no SF)."""
        s = self.setup
        done = lanes.sign_extend(data, s.width) if s.signed else data
        done = lanes.truncate(done, s.register_width // 8)
        if s.signed or s.register_width < 8 * s.slot:
            self.rest("extended", "integer", done, "kvm_handle_mmio_return")
        return done


class _NeedsValueError(Exception):
    """A learner's function cannot run on lanes: no road without a value."""


def _store(b: _Builder) -> dict[str, Lanes]:
    s = b.setup
    software = lanes.truncate(lanes.SOURCE, s.slot)
    if s.driver == "raw":
        x0 = b.rest(s.register_name, "integer", software, reasons.instruction(s))
    else:
        software = lanes.truncate(software, s.width)
        b.rest("value", "integer", software, "software")
        x0 = b.drive(software)
    regs = b.rest("regs[0]", "bytes", lanes.store(x0, s.slot, s.host), "guest exit")
    data = b.rest("data", "integer", lanes.load(regs, s.host), reasons.get_reg(s))
    moved = b.convert(data)
    if s.kernel.buffer == "memcpy":  # the first bytes of the register's memory image
        stored = lanes.store(moved, s.slot, s.host)[: s.width]
    else:
        stored = lanes.store(moved, s.width, b.buffer_order())
    b.rest("data_buf", "bytes", stored, reasons.buffer_function(s))
    mmio = b.rest("mmio.data", "bytes", stored, "memcpy")
    val = b.rest("val", "integer", lanes.load(mmio, s.host), "ldn_he_p")
    device = b.emulator(val)
    b.rest("register", "integer", device, "adjust_endianness")
    ram = lanes.store(x0, s.width, s.guest)
    return {
        "mmio": mmio,
        "ram": ram,
        "register": x0,
        "expected": x0,
        "device": device,
        "software": software,
    }


def _load(b: _Builder) -> dict[str, Lanes]:
    s = b.setup
    device = lanes.truncate(lanes.SOURCE, s.width)
    b.rest("register", "integer", device, "device model")
    val = b.rest("val", "integer", b.emulator(device), "adjust_endianness")
    mmio = lanes.store(val, s.width, s.host)
    b.rest("mmio.data", "bytes", mmio, "stn_he_p")
    if s.kernel.buffer == "memcpy":  # into the first bytes of a cleared unsigned long
        data = lanes.load(lanes.concat(mmio, (lanes.ZERO,) * (s.slot - s.width)), s.host)
    else:
        data = lanes.load(mmio, b.buffer_order())
    b.rest("data", "integer", data, reasons.buffer_function(s))
    if s.kernel.mmio_return is not None:  # it extends as well
        data = b.convert(data)
    elif s.kernel.sign_extend == "before":
        data = b.convert(b.extend(data))
    else:
        data = b.extend(b.convert(data))
    regs = lanes.store(data, s.slot, s.host)
    b.rest("regs[0]", "bytes", regs, reasons.set_reg(s))
    x0 = b.rest(s.register_name, "integer", lanes.load(regs, s.host), "guest entry")
    software = b.drive(x0)
    expected = lanes.load(mmio, s.guest)
    if s.signed:
        expected = lanes.truncate(lanes.sign_extend(expected, s.width), s.register_width // 8)
    return {
        "mmio": mmio,
        "ram": lanes.store(x0, s.width, s.guest),
        "register": x0,
        "expected": expected,
        "device": device,
        "software": software,
    }


@lru_cache(maxsize=16_384)
def _road(setup: Setup, version: object) -> Road | None:  # noqa: ARG001 - a key of the cache
    try:
        return _walk(setup, None)
    except _NeedsValueError:
        return None


def _walk(setup: Setup, value: int | None, *, opened: bool = False) -> Road:
    b = _Builder(setup, value)
    b.open = opened
    ends = (_store if setup.op == "store" else _load)(b)
    steps, swaps = tuple(b.steps), tuple(b.swaps)
    return Road(setup, steps, swaps, **ends, computed=b.computed, asked=b.asked)


def road(setup: Setup, value: int | None = None) -> Road | None:
    """Return the path of a setup, for all values at once.

    A learner's function that does more than move bytes has a path only for a given value; None
    says that one is needed.

    >>> from kvmendian.model.setups import Setup
    >>> road(Setup(width=2, guest="big")).mmio
    (1, 0)
    """
    found = _road(setup, setup.kernel.version)
    return found or (None if value is None else _walk(setup, value))


def open_road(setup: Setup) -> Road:
    """Return the path with the function's result left open: `lanes.SECOND`, of data `asked`.

    >>> from kvmendian.model.designs import Design
    >>> from kvmendian.model.setups import Setup
    >>> odd = Design("odd", guest_to_host=lambda data, *_: data + 1, host_to_guest=lambda x, *_: x)
    >>> open_road(Setup(design=odd, width=2)).mmio
    (17, 18)
    """
    return _walk(setup, None, opened=True)
