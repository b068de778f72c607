"""`Setup`: one point of the state space, everything that a learner can toggle but the value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, wraps
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kvmendian.errors import SetupError, clip, fits, nearest, one_of, show

from .designs import Design
from .kernels import DESIGNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from .lanes import Arch, ByteOrder

WIDTHS = (1, 2, 4, 8)
"""Bytes that an access may move: what the syndrome's SAS can say."""
_ORDERS = ("little", "big")
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
    "driver": ("raw", "accessor", "little-accessor", "double-swap"),
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
        known(given, cls.__dataclass_fields__)
        made(self, *args, **given)

    cls.__init__ = init  # type: ignore[method-assign]
    return cls


@_known_fields_only
@dataclass(frozen=True)
class Setup:
    """One access, but for its value. Frozen, hashable, equal by its fields.

    * `op`: `"store"` or `"load"`
    * `width`: bytes that the access moves: 1, 2, 4, 8
    * `guest`: byte order of the guest's data access (CPSR.E, SCTLR_EL1.EE or E0E)
    * `host`: byte order of the host kernel, and so of its VMM process
    * `device`: order that the device model declares; `"native"` is the emulator's target
    * `target`: the emulator's target order, which decides what native means
    * `design`: an id from `DESIGNS`, or a `Design` of your own
    * `driver`: `"raw"` load or store, or an `"accessor"` that reverses where guest and device order
      differ; or a wrong one: `"little-accessor"`, which is readl/writel for any device: it reverses
      where the guest is big; `"double-swap"`, which converts (cpu_to_le32) and calls an accessor
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
    driver: Literal["raw", "accessor", "little-accessor", "double-swap"] = "raw"
    signed: bool = False
    register_width: int = None  # type: ignore[assignment]  # __post_init__ takes the slot's
    arch: Arch = "arm64"

    trace: ClassVar[Callable[..., Any]]
    """`setup.trace(value)` is `story.trace(setup, value)`: that layer lies above, and enters it."""

    def __post_init__(self) -> None:
        """Check every field, then their combination; normalise integers and known designs."""
        object.__setattr__(self, "arch", one_of("arch", self.arch, CHOICES["arch"]))
        if self.register_width is None:
            object.__setattr__(self, "register_width", 8 * self.slot)
        for name, allowed in CHOICES.items():
            object.__setattr__(self, name, one_of(name, getattr(self, name), allowed))
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
        try:
            return fits("value", value, self.value_bits)
        except SetupError as error:
            given = f"{error.given} with width={self.width}, op={self.op!r}"
            raise SetupError(given, error.allowed, error.hint) from None

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
        (13824, 2304)
        >>> sum(1 for setup in Setup.all(design="swab", arch="arm"))
        768
        """
        choices: dict[str, tuple[Any, ...]] = {
            "arch": CHOICES["arch"],
            "op": CHOICES["op"],
            "signed": CHOICES["signed"],
            **{name: CHOICES[name] for name in ("width", "register_width", "host", "guest")},
            **{name: CHOICES[name] for name in ("device", "target", "driver")},
            "design": tuple(DESIGNS),
        }
        known(fixed, choices)
        choices |= {name: (field(name, value),) for name, value in fixed.items()}
        points = (dict(zip(choices, point, strict=True)) for point in product(*choices.values()))
        return (cls(**given) for given in points if not impossible(*(given[k] for k in COMBINED)))


@cache
def impossible(
    op: str, width: int, signed: bool, register_width: int, arch: Arch
) -> tuple[str, str] | None:
    """Return what is allowed and what to try where five good values do not go together, else None.

    Widths as in `Setup`: `width` in bytes, `register_width` in bits. What to try changes as little
    as it can, and what was left at its default first.

    >>> impossible("load", 4, False, 32, "arm64")
    >>> impossible("store", 4, True, 64, "arm64")[1]
    "op='load', signed=True"
    """
    why = _why_not(op, width, signed, register_width, arch)
    if why is None:
        return None
    given = dict(zip(COMBINED, (op, width, signed, register_width, arch), strict=True))

    def change(point: Iterable[Any]) -> tuple[int, list[bool], int]:
        other = dict(zip(COMBINED, point, strict=True))
        changed = [other[name] != given[name] for name in _KEPT]
        return sum(changed), changed, abs(other["width"] - width)

    fitting = (p for p in product(*map(CHOICES.__getitem__, COMBINED)) if _why_not(*p) is None)
    best = dict(zip(COMBINED, min(fitting, key=change), strict=True))
    plain = {"op": "store", "width": 4, "signed": False, "arch": "arm64"}
    plain["register_width"] = 8 * SLOTS[best["arch"]]
    names = [name for name in COMBINED if best[name] != given[name] or best[name] != plain[name]]
    return why, ", ".join(f"{name}={best[name]!r}" for name in names)


_KEPT = ("arch", "width", "signed", "register_width", "op")
"""What a hint would rather leave as it is, the most wanted first."""


def _why_not(  # noqa: PLR0911 - one return a rule
    op: str, width: int, signed: bool, register_width: int, arch: Arch
) -> str | None:
    bits = 8 * SLOTS[arch]
    if arch == "arm" and width == 8:
        return "1, 2 or 4 bytes on arm: that kernel answered 8 (SAS 0b11) with -EFAULT"
    if register_width > bits:
        return "a 32-bit register on arm: no register of that guest is wider"
    if op == "store" and signed:
        return "sign extension for a load only: a store extends nothing"
    if op == "store" and register_width != bits:
        return f"a {bits}-bit register for a store: it reads the whole slot"
    if 8 * width > register_width:
        return "a 64-bit register for 8 bytes: 32 bits are too few"
    if signed and 8 * width == register_width:
        return "sign extension only into a register wider than the access"
    return None


def field(name: str, given: object) -> Any:  # noqa: ANN401 - one of the field's values
    """Return a field's value as `Setup` keeps it. Raises `SetupError` for what is not allowed.

    >>> field("width", 2), field("design", DESIGNS["swab"])
    (2, 'swab')
    """
    return _design(given) if name == "design" else one_of(name, given, CHOICES[name])


def known(given: Mapping[str, object], names: Collection[str]) -> None:
    """Refuse a name that is not one of `names`, and name the nearest, with a value that it takes.

    >>> known({"hots": "big"}, ("guest", "host"))
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: hots='big'; allowed: guest, host; try: host='big'
    """
    for name, value in given.items():
        if name not in names:
            near = nearest(name, names)
            try:
                hint = f"{near}={field(near, value)!r}"
            except SetupError as error:
                hint = error.hint
            except KeyError:  # no field of Setup: a widget's own
                hint = {"value": "value=0x11", "only": 'only=["guest"]'}.get(near, f"{near}=None")
            raise SetupError(f"{clip(name)}={show(value)}", ", ".join(names), hint)


def _design(given: object) -> str | Design:
    if isinstance(given, Design):
        return given.name if DESIGNS.get(given.name) is given else given
    if isinstance(given, str) and given in DESIGNS:
        return str(given)
    allowed = ", ".join(DESIGNS) + ", or a Design of your own"
    near = "sign-fixed-2026" if not isinstance(given, str) else nearest(given, DESIGNS)
    raise SetupError(f"design={show(given)}", allowed, f"design={near!r}")
