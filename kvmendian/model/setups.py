"""`Setup`: one point of the state space, everything that a learner can toggle but the value."""

from __future__ import annotations

import operator
from dataclasses import dataclass, fields
from functools import wraps
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from kvmendian.errors import SetupError, show

from .designs import DESIGNS, Design

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .lanes import ByteOrder

WIDTHS = (1, 2, 4, 8)
"""Bytes that an access may move: what the syndrome's SAS can say."""
_ORDERS = ("little", "big")
Arch: TypeAlias = Literal["arm64", "arm"]
"""Whose KVM: 64-bit, or the 32-bit arch/arm of the thread."""

SLOTS = {"arm64": 8, "arm": 4}
"""Bytes of a register slot, by architecture."""

COMBINED = ("op", "width", "signed", "register_width", "arch")
"""Fields that do not go together in every combination: the arguments of `impossible`."""

CHOICES: dict[str, tuple[Any, ...]] = {
    "op": ("store", "load"),
    "width": WIDTHS,
    "guest": _ORDERS,
    "host": _ORDERS,
    "device": ("little", "big", "native"),
    "target": _ORDERS,
    "driver": ("raw", "accessor"),
    "signed": (False, True),
    "register_width": (64, 32),
    "arch": ("arm64", "arm"),
}
"""Allowed values, defaults first but for width and op, in the order in which `all` goes."""


def _known_fields_only(cls: type[Setup]) -> type[Setup]:
    """Refuse a field that there is not before Python's own words for it; keep the signature."""
    made = cls.__init__

    @wraps(made)
    def init(self: Setup, *args: Any, **given: Any) -> None:  # noqa: ANN401 - as dataclass made it
        for name, value in given.items():
            if name not in cls.__dataclass_fields__:
                allowed = ", ".join(cls.__dataclass_fields__)
                raise SetupError(f"{show(name)[1:-1]}={show(value)}", allowed, "width=4")
        made(self, *args, **given)

    cls.__init__ = init  # type: ignore[method-assign]
    return cls


@_known_fields_only
@dataclass(frozen=True)
class Setup:
    """One access, but for its value. Frozen, hashable, equal by its fields.

    op             `"store"` or `"load"`
    width          bytes that the access moves: 1, 2, 4, 8
    guest          byte order of the guest's data access (CPSR.E, SCTLR_EL1.EE or E0E)
    host           byte order of the host kernel, and so of its VMM process
    device         order that the device model declares; `"native"` is the emulator's target
    target         the emulator's target order, which decides what native means
    design         an id from `DESIGNS`, or a `Design` of your own
    driver         `"raw"` load or store, or an `"accessor"` (readl/writel) that reverses
                   where guest and device order differ
    signed         a sign-extending load (SSE)
    register_width 64 or 32 bits (the syndrome's SF) that a load fills; a store reads the whole
                   slot. Left out it is the slot's: 64 on arm64, 32 on arm
    arch           whose KVM: `"arm64"`, register slots of 8 bytes, or `"arm"`, the 32-bit
                   arch/arm of the thread (v3.9 to v5.6), slots of 4: an `unsigned long`
    ============== ========================================================================
    =======
    * `op`: `"store"` or `"load"`
    * `width`: bytes that the access moves: 1, 2, 4, 8
    * `guest`: byte order of the guest's data access (CPSR.E, SCTLR_EL1.EE or E0E)
    * `host`: byte order of the host kernel, and so of its VMM process
    * `device`: order that the device model declares; `"native"` is the emulator's target
    * `target`: the emulator's target order, which decides what native means
    * `design`: an id from `DESIGNS`, or a `Design` of your own
    * `driver`: `"raw"` load or store, or an `"accessor"` (readl/writel) that reverses where guest
      and device order differ
    * `signed`: a sign-extending load (SSE)
    * `register_width`: 64 or 32 bits (the syndrome's SF) that a load fills; a store reads the whole
      slot. Left out it is the slot's: 64 on arm64, 32 on arm
    * `arch`: whose KVM: `"arm64"`, register slots of 8 bytes, or `"arm"`, the 32-bit arch/arm of
      the thread (v3.9 to v5.6), slots of 4: an `unsigned long`

    On `"arm"` no access moves 8 bytes (the kernel answered SAS 0b11 with -EFAULT) and no load of
    4 bytes extends a sign. `sign-fixed-2026` is allowed there, though KVM left arch/arm in v5.7:
    it is what the fix would do.

    Raises `SetupError` for an unknown value or an impossible combination.

    >>> Setup(op="store", width=2, guest="big").trace(0x1122).mmio_data.hex(" ")
    '11 22'
    """

    op: Literal["store", "load"] = "store"
    width: int = 4
    guest: ByteOrder = "little"
    host: ByteOrder = "little"
    device: Literal["little", "big", "native"] = "little"
    target: ByteOrder = "little"
    design: str | Design = "sign-fixed-2026"
    driver: Literal["raw", "accessor"] = "raw"
    signed: bool = False
    register_width: int = None  # type: ignore[assignment]  # __post_init__ takes the slot's
    arch: Arch = "arm64"

    trace: ClassVar[Callable[..., Any]]
    """`setup.trace(value)` is `story.trace(setup, value)`: that layer lies above, and enters it."""

    def __post_init__(self) -> None:
        """Check every field, then their combination; normalise integers and known designs."""
        if self.register_width is None:
            object.__setattr__(self, "register_width", 32 if self.arch == "arm" else 64)
        for name, allowed in CHOICES.items():
            object.__setattr__(self, name, _choice(name, getattr(self, name), allowed))
        object.__setattr__(self, "design", _design(self.design))
        names = COMBINED
        problem = impossible(*(getattr(self, name) for name in names))
        if problem:
            given = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
            raise SetupError(given, *problem)

    @property
    def kernel(self) -> Design:
        """The design itself, whether given by id or as a `Design`."""
        return DESIGNS[self.design] if isinstance(self.design, str) else self.design

    @property
    def design_name(self) -> str:
        """The design's id, or a learner's name for it."""
        return self.kernel.name

    @property
    def slot(self) -> int:
        """Bytes of a register in the kernel's register file: C's `unsigned long`."""
        return SLOTS[self.arch]

    @property
    def register_name(self) -> str:
        """The guest's register by the name that its instruction set has: x0 or r0."""
        return "x0" if self.arch == "arm64" else "r0"

    @property
    def device_order(self) -> ByteOrder:
        """The device's order with `"native"` resolved: QEMU's target order, never the host's."""
        return self.target if self.device == "native" else self.device

    @property
    def value_bits(self) -> int:
        """Bits that a value may have: a raw store takes the whole register, all else the width."""
        whole = self.op == "store" and self.driver == "raw"
        return 8 * (self.slot if whole else self.width)

    def check_value(self, value: object) -> int:
        """Return the value as an int if it fits; raise `SetupError` if not. Masks nothing.

        >>> Setup(op="load", width=1).check_value(0x80)
        128
        """
        bits = self.value_bits
        allowed = f"an integer from 0 to {(1 << bits) - 1:#x} ({bits} bits)"
        hint = "value=" + hex(0x1122334455667788 >> (64 - bits))
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise SetupError(f"value={show(value)}", allowed, hint)
        try:
            number = operator.index(value)
        except Exception as error:
            raise SetupError(f"value={show(value)}", allowed, hint) from error
        if not 0 <= number < 1 << bits:
            given = f"value={number:#x}" if abs(number) < 1 << 128 else "value of over 128 bits"
            if number < 0:
                hint = f"value={number & (1 << bits) - 1:#x}, its two's complement"
            raise SetupError(f"{given} with width={self.width}, op={self.op!r}", allowed, hint)
        return number

    def fields(self) -> dict[str, Any]:
        """Return the fields as plain values, the design by name: what JSON and pages carry.

        >>> Setup(width=2).fields()["width"]
        2
        """
        return {
            f.name: self.design_name if f.name == "design" else getattr(self, f.name)
            for f in fields(self)
        }

    @classmethod
    def all(cls, **fixed: Any) -> Iterator[Setup]:  # noqa: ANN401 - one value for any field
        """Yield every valid setup, simplest first; fields given are held at that value.

        arm64 comes before arm, stores before loads, and these before sign-extending loads; then by
        width, then by host, guest and the rest, so that the first to fail is the smallest
        counterexample. Raises `SetupError` for an unknown field or value.

        >>> sum(1 for setup in Setup.all()), sum(1 for setup in Setup.all(design="swab"))
        (6912, 1152)
        >>> sum(1 for setup in Setup.all(design="swab", arch="arm"))
        384
        """
        choices: dict[str, tuple[Any, ...]] = {
            "arch": CHOICES["arch"],
            "op": CHOICES["op"],
            "signed": CHOICES["signed"],
            **{name: CHOICES[name] for name in ("width", "register_width", "host", "guest")},
            **{name: CHOICES[name] for name in ("device", "target", "driver")},
            "design": tuple(DESIGNS),
        }
        unknown = set(fixed) - set(choices)
        if unknown:
            name = min(unknown)
            raise SetupError(f"{name}={show(fixed[name])}", ", ".join(choices), "width=4")
        for name, value in fixed.items():
            if name != "design":
                _choice(name, value, CHOICES[name])
        choices |= {name: (value,) for name, value in fixed.items()}
        for point in product(*choices.values()):
            given = dict(zip(choices, point, strict=True))
            if not impossible(*(given[k] for k in COMBINED)):
                yield cls(**given)


def impossible(  # noqa: PLR0911 - one return a rule
    op: str, width: int, signed: bool, register_width: int, arch: str
) -> tuple[str, str] | None:
    """Return what is allowed and what to try where five good values do not go together, else None.

    Widths as in `Setup`: `width` in bytes, `register_width` in bits.

    >>> impossible("load", 4, False, 32, "arm64")
    >>> impossible("load", 8, False, 32, "arm")[1]
    'width=4'
    """
    if arch == "arm" and width == 8:
        return "1, 2 or 4 bytes on arm: that kernel answered 8 (SAS 0b11) with -EFAULT", "width=4"
    if arch == "arm" and register_width != 32:
        return "a 32-bit register on arm: no register of that guest is wider", "register_width=32"
    bits = 8 * SLOTS[arch]
    plain = f"signed=False, register_width={bits}"
    if op == "store" and signed:
        return "sign extension for a load only: a store extends nothing", plain
    if op == "store" and register_width != bits:
        return f"a {bits}-bit register for a store: it reads the whole slot", plain
    if 8 * width > register_width:
        return "a 64-bit register for 8 bytes: 32 bits are too few", plain
    if signed and 8 * width == register_width:
        wider = width < 8 and arch == "arm64"
        return (
            "sign extension only into a register wider than the access",
            "signed=True, register_width=64" if wider else "signed=False",
        )
    return None


def _choice(name: str, given: object, allowed: tuple[Any, ...]) -> Any:  # noqa: ANN401 - one of `allowed`
    """Return the allowed value equal to `given` and of its kind (1 is no True, 4.0 no 4)."""
    try:
        kind = type(allowed[0])
        if kind is int and not isinstance(given, bool) and hasattr(given, "__index__"):
            given = operator.index(given)
        for value in allowed:
            same_kind = isinstance(given, kind) and isinstance(given, bool) == (kind is bool)
            if same_kind and given == value:
                return value
    except Exception:  # noqa: BLE001, S110 - a foreign __index__ or __eq__ may raise anything
        pass
    hint = f"{name}={allowed[0]!r}"
    raise SetupError(f"{name}={show(given)}", ", ".join(map(repr, allowed)), hint)


def _design(given: object) -> str | Design:
    if isinstance(given, Design):
        return given.name if DESIGNS.get(given.name) is given else given
    if isinstance(given, str) and given in DESIGNS:
        return str(given)
    allowed = ", ".join(DESIGNS) + ", or a Design of your own"
    raise SetupError(f"design={show(given)}", allowed, 'design="sign-fixed-2026"')
