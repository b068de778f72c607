"""What is asked about an access, in which words, and who takes part in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.model import drivers

if TYPE_CHECKING:
    from kvmendian.model.setups import Setup
    from kvmendian.model.story import Story

ASKS = {
    "mmio_data": "What does mmio.data hold? Give the bytes, +0 first.",
    "ram_bytes": "What does it leave in RAM? Give the bytes, lowest address first.",
    "register": "What is in the guest's register afterwards, all of it?",
    "device_value": "Which value does the device's register get?",
}
"""What can be asked: an attribute of `Story`, and the words for it."""

PARTIES = ("guest", "host", "device", "driver", "design")
"""Who may decide an answer, by the names of Setup's fields."""

TODAY = "sign-fixed-2026"
_KEEPERS = ("merged-2014", TODAY)


def sensible(ask: str, setup: Setup) -> bool:
    """Whether the question does not give its answer away.

    >>> from kvmendian import Setup
    >>> sensible("register", Setup()), sensible("register", Setup(op="load"))
    (False, True)
    """
    if ask == "register":
        return setup.op == "load" or setup.driver == "accessor"
    return ask == "mmio_data" or setup.op == "store"


def number_asked(ask: str) -> bool:
    """Whether the answer is a number; else it is bytes."""
    return ask in ("register", "device_value")


def about_designs(s: Setup) -> bool:
    """Whether a question names a kernel: any but today's."""
    return s.design_name != TODAY


def parties(ask: str, s: Setup) -> tuple[str, ...]:
    """Return who takes part in the answer, by names of `PARTIES`.

    RAM knows the guest alone, and an accessor the device as well; a load's mmio.data the device
    alone; the host counts where the kernel does not undo it.

    >>> from kvmendian import Setup
    >>> parties("ram_bytes", Setup()), parties("device_value", Setup(design="swab"))
    (('guest',), ('guest', 'host', 'device', 'design'))
    """
    if ask == "mmio_data" and s.op == "load":
        return ("device",)
    found = {"guest"}
    if ask in ("register", "device_value"):
        found.add("device")
    if s.driver == "accessor" and s.op == "store":
        found |= {"device", "driver"}
    if s.op == "load" or ask in ("mmio_data", "device_value"):
        found.add("design")
        if s.design_name not in _KEEPERS:
            found.add("host")
    return tuple(name for name in PARTIES if name in found)


def named(ask: str, s: Setup) -> tuple[str, ...]:
    """Return whose byte order the question names: only these can be mistaken for another.

    >>> from kvmendian import Setup
    >>> named("ram_bytes", Setup()), named("mmio_data", Setup())
    (('guest',), ('guest', 'host', 'device'))
    """
    if ask == "ram_bytes" or (ask == "register" and s.op == "store"):
        return ("guest", "device") if s.driver == "accessor" else ("guest",)
    return ("guest", "host", "device")


def count(width: int) -> str:
    """Write a number of bytes.

    >>> count(1), count(2)
    ('1 byte', '2 bytes')
    """
    return "1 byte" if width == 1 else f"{width} bytes"


def hexa(value: int, width: int) -> str:
    """Write a value with all the digits of its width.

    >>> hexa(0x22, 2)
    '0x0022'
    """
    return f"{value:#0{2 + 2 * width}x}"


def device(s: Setup) -> str:
    """Name a device by its order, and say what native means.

    >>> from kvmendian import Setup
    >>> device(Setup(device="native"))
    "a native device (the emulator's target is little)"
    """
    native = f" (the emulator's target is {s.target})" if s.device == "native" else ""
    return f"a {s.device} device{native}"


def _where(s: Setup) -> str:
    bits = "32-bit " if s.arch == "arm" else ""
    kernel = f"KVM's design is {s.design_name}" if about_designs(s) else "KVM is today's"
    return f"on a {bits}{s.host}-endian host; {kernel}"


def text(ask: str, story: Story) -> str:
    """Return the question in words.

    >>> from kvmendian import Setup
    >>> text("ram_bytes", Setup(width=2).trace(0x1122))[:60]
    'A little-endian guest stores 2 bytes of x0, which holds 0x11'
    """
    s, value = story.setup, story.value
    name, given = drivers.accessor(s), hexa(value, s.width)
    if s.op == "store":
        raw = s.driver == "raw"
        if ask == "ram_bytes" and raw:
            what = f"stores {count(s.width)} of {s.register_name}, which holds {given}"
            return f"A {s.guest}-endian guest {what}, to ordinary memory. {ASKS[ask]}"
        if ask in ("ram_bytes", "register"):
            to = "to ordinary memory " if ask == "ram_bytes" else ""
            how = f"writes {given} {to}through {name}, made for {device(s)}"
            asks = ASKS[ask] if ask == "ram_bytes" else _BEFORE.format(s.register_name)
            return f"A {s.guest}-endian guest {how}. {asks}"
        how = "stores" if raw else f"writes, through {name},"
        means = f"The register {s.register_name} holds" if raw else "Software means"
        what = f"{how} {count(s.width)} to {device(s)}, {_where(s)}"
        return f"A {s.guest}-endian guest {what}. {means} {given}. {ASKS[ask]}"
    how = "loads" if s.driver == "raw" else f"reads, through {name},"
    extends = ", sign-extending" if s.signed else ", extending with zeros" * (s.width < s.slot)
    into = f"into a {s.register_width}-bit register{extends}"
    asks = ASKS[ask]
    if ask == "register" and s.driver == "accessor":
        asks = f"What does the load leave in {s.register_name}, before the accessor looks at it?"
    return (
        f"The register of {device(s)} holds {given}. A {s.guest}-endian guest {how} "
        f"{count(s.width)} of it {into}, {_where(s)}. {asks}"
    )


_BEFORE = "What is in {} when the store is executed?"
