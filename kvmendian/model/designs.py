"""The kernels: six ways to write KVM/Arm's conversion between register and `mmio.data`.

A design is two functions on plain integers, as in the kernel's `asm/kvm_emulate.h`, and two facts
about their surroundings: how the buffer is stored, and whether a sign-extending load is extended
before or after the conversion. In all of them `data` is the `unsigned long` that the kernel holds
in a local variable (64 bits on arm64, 32 on arm), `width` the bytes of the access, and the result
is what the kernel goes on with. One simplification: each truncates a load to 32 bits where the
syndrome says so (SF = 0), which kernels do only since v5.6 (b6ae256afd32, Dec 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kvmendian.errors import SetupError, instance, integer, one_of, show
from kvmendian.model.solve.calls import number
from kvmendian.model.solve.paths import Readable
from kvmendian.model.solve.purity import ours, reading

from . import lanes
from .solve import images
from .swaps import be_to_cpu, le_to_cpu, mask, swab
from .word import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.solve.paths import Image

    from .lanes import Arch, ByteOrder, Lanes

Convert: TypeAlias = Callable[[Any, int, bool, bool], Any]
"""`f(data, width, guest_is_big, host_is_big) -> data`, all plain integers and bools."""

__all__ = ["Buffer", "Convert", "Design", "be_to_cpu", "le_to_cpu", "mask", "swab"]

Buffer: TypeAlias = Literal["native", "little", "memcpy"]
"""How a design's integer meets `mmio.data`; see `Design`."""


@dataclass(frozen=True, eq=False)
class Design:
    """One way to write the conversion; a learner's own needs a name and the two functions.

    `guest_to_host` is used by a store, `host_to_guest` by a load. `sign_extend` says whether a
    sign-extending load is extended `"before"` or `"after"` the conversion. `buffer` says how the
    integer meets `mmio.data`: stored and loaded in the host's `"native"` order, always
    `"little"`, or `"memcpy"` of the first bytes of its memory image. Raises `SetupError` for a
    name that is no text, for functions that cannot be called, and for another word than these.

    >>> Design("mine", guest_to_host=lambda data, width, *_: swab(data, width),
    ...        host_to_guest=lambda data, width, *_: swab(data, width))
    Design('mine')
    """

    name: str
    guest_to_host: Convert
    host_to_guest: Convert
    sign_extend: Literal["before", "after"] = "after"
    buffer: Buffer = "native"
    author: str = ""
    date: str = ""
    commit: str = ""
    release: str = ""
    status: str = ""
    summary: str = ""
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Why the conversion does what it does, by guest byte order; empty for a learner's own."""
    mmio_return: Callable[..., Any] | None = None
    """A whole load, in place of `host_to_guest`: `f(data, width, signed, register_width,
    guest_is_big, host_is_big) -> register`."""

    def __post_init__(self) -> None:
        """Refuse what could not work, before anything uses it."""
        if not instance("name", self.name, str, "'mine'").strip():
            raise SetupError(f"name={show(self.name)}", "a text", "name='mine'")
        for name in ("guest_to_host", "host_to_guest"):
            if not callable(getattr(self, name)):
                raise SetupError(
                    f"{name}={show(getattr(self, name))}",
                    "a function of (data, width, guest_is_big, host_is_big)",
                    f"{name}=lambda data, width, guest_is_big, host_is_big: data",
                )
        for name, allowed in (
            ("sign_extend", ("before", "after")),
            ("buffer", ("native", "little", "memcpy")),
        ):
            object.__setattr__(self, name, one_of(name, getattr(self, name), allowed))

    def __repr__(self) -> str:
        """Name it; the functions say the rest."""
        return f"Design({self.name!r})"

    @classmethod
    def from_c(
        cls,
        text: str,
        name: str = "mine",
        sign_extend: Literal["before", "after"] = "after",
        buffer: Buffer = "native",
    ) -> Design:
        """Read a design from the kernel's C, as it stands in a tree or is posted in a patch.

        The text has `vcpu_data_guest_to_host` and `vcpu_data_host_to_guest` (or the names without
        `vcpu_data_`), and may quote them (`>`) or be a diff of them. If it has
        `kvm_handle_mmio_return` too, that says when a sign is extended, and `sign_extend` does
        not. It is parsed and followed, never compiled or run. Raises `SetupError`, with line and
        column, for what cannot be read.

        >>> Design.from_c('''
        ... u64 guest_to_host(struct kvm_vcpu *vcpu, u64 data, unsigned int len) { return data; }
        ... u64 host_to_guest(struct kvm_vcpu *vcpu, u64 data, unsigned int len) { return data; }
        ... ''', name="untouched").convert("store", 0x1122, 2, "big", "little") == 0x1122
        True
        """
        from kvmendian.model.c.source import read  # noqa: PLC0415 - a parser, for who reads C

        store, load, whole = read(text)
        return cls(name, store, load, sign_extend, buffer, mmio_return=whole)

    def convert(
        self,
        op: str,
        data: int,
        width: int,
        guest: ByteOrder,
        host: ByteOrder,
        *more: Any,  # noqa: ANN401
    ) -> int:
        """Run the function of a store or a load on an integer; 64 bits come back, as in C.

        `more` is, for an `mmio_return`, whether the load is signed and the register's width; last
        the architecture, whose `unsigned long` C has. Raises `SetupError` where a learner's
        function raises, or returns no integer.

        >>> from kvmendian.model.kernels import DESIGNS
        >>> hex(DESIGNS["merged-2014"].convert("store", 0x1122, 2, "big", "little"))
        '0x2211'
        """
        op, width = one_of("op", op, ("store", "load")), one_of("width", width, (1, 2, 4, 8))
        orders = (one_of("guest", guest, lanes.ORDERS), one_of("host", host, lanes.ORDERS))
        called, function, args = self._called(op, width, *orders, *more)
        return number(called, self.name, function, integer("data", data), args)

    def move(self, op: str, data: Lanes, *access: Any) -> Lanes | None:  # noqa: ANN401
        """Run the function of a store or a load on lanes: a fact about all values.

        `data` and the result have 8 lanes; None where the function does more than move bytes.

        >>> from kvmendian.model.kernels import DESIGNS
        >>> DESIGNS["swab"].move("store", lanes.SOURCE, 2, "big", "big")
        (1, 0, 8, 8, 8, 8, 8, 8)
        """
        called, function, args = self._called(op, *access)
        if self._ours:
            return function(Word(data), *args).lanes()  # type: ignore[no-any-return]
        found = images.moves(function, data, called, *args)
        return found or images.lanes_of_image(self.image(op, *access), data)

    def image(self, op: str, *access: Any) -> Image:  # noqa: ANN401
        """Return what the function of a store or a load makes of all its data, as a term.

        A load's data are zeros above the width, unless the sign was extended before, or the bytes
        copied to where a big host has its most significant ones.

        >>> from kvmendian.model.kernels import DESIGNS
        >>> DESIGNS["swab"].image("store", 2, "big", "big").undecided is None
        True
        """
        called, function, args = self._called(op, *access)
        before = self.sign_extend == "before" and self.mmio_return is None
        narrow = op == "load" and not before and self.buffer != "memcpy"
        bits = 8 * access[0] if narrow else 32 if access[5:] == ("arm",) else 64
        return images.image(function, bits, called, *args)

    def _called(  # noqa: PLR0913, PLR0917 - an access
        self,
        op: str,
        width: int,
        guest: ByteOrder,
        host: ByteOrder,
        signed: bool = False,  # noqa: FBT002 - as the kernel's functions take it
        register_width: int = 64,
        arch: Arch = "arm64",
    ) -> tuple[str, Callable[..., Any], tuple[Any, ...]]:
        """Return the function that an access goes through, by its name, and its arguments."""
        orders = (guest == "big", host == "big")
        called = "guest_to_host" if op == "store" else "host_to_guest"
        more: tuple[Any, ...] = ()
        if op == "load" and self.mmio_return is not None:
            called, more = "mmio_return", (signed, register_width)
        function: Callable[..., Any] = getattr(self, called)
        function = function.on(arch) if isinstance(function, Readable) else function
        return called, function, (width, *more, *orders)

    @cached_property
    def _ours(self) -> bool:
        return all(map(ours, (self.guest_to_host, self.host_to_guest))) and not self.mmio_return

    @property
    def version(self) -> object:
        """What the functions say today: another object when a name that they use has changed."""
        functions = (self.guest_to_host, self.host_to_guest, self.mmio_return)
        return None if self._ours else tuple(map(reading, functions))
