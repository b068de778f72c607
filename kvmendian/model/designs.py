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

from kvmendian.display import Catalogue
from kvmendian.errors import SetupError, instance, one_of, show

from . import images
from .calls import number
from .paths import Readable
from .purity import ours, reading
from .swaps import (
    be_guests_only,
    be_to_cpu,
    both_guests,
    le_to_cpu,
    mask,
    swab,
    swab_big_guests,
    untouched,
)  # fmt: skip
from .word import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .lanes import Arch, ByteOrder, Lanes
    from .paths import Image

Convert: TypeAlias = Callable[[Any, int, bool, bool], Any]
"""`f(data, width, guest_is_big, host_is_big) -> data`, all plain integers and bools."""

__all__ = ["DESIGNS", "Buffer", "Convert", "Design", "be_to_cpu", "le_to_cpu", "mask", "swab"]

Buffer: TypeAlias = Literal["native", "little", "memcpy"]
"""How a design's integer meets `mmio.data`; see `Design`."""

# --- what a design is --------------------------------------------------------------------------


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
    """All that a load does with its data, extending included, in place of `host_to_guest`:
    `f(data, width, signed, register_width, guest_is_big, host_is_big) -> register`."""

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
        from .csource import read  # noqa: PLC0415 - a parser, for who reads C

        store, load, whole = read(text)
        return cls(name, store, load, sign_extend, buffer, mmio_return=whole)

    def convert(self, op: str, data: int, *access: Any) -> int:  # noqa: ANN401 - see `_called`
        """Run the function of a store or a load on an integer; 64 bits come back, as in C.

        Raises `SetupError` where a learner's function raises, or returns no integer.
        `access` is width, guest and host, and for an `mmio_return` whether the load is signed and
        the register's width; last the architecture, whose
        `unsigned long` C has.

        >>> hex(DESIGNS["merged-2014"].convert("store", 0x1122, 2, "big", "little"))
        '0x2211'
        """
        called, function, args = self._called(op, *access)
        return number(called, self.name, function, data, args)

    def move(self, op: str, data: Lanes, *access: Any) -> Lanes | None:  # noqa: ANN401
        """Run the function of a store or a load on lanes: a fact about all values.

        `data` and the result have 8 lanes; None where the function does more than move bytes.

        >>> from kvmendian.model import lanes
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
        """
        called, function, args = self._called(op, *access)
        before = self.sign_extend == "before" and self.mmio_return is None
        narrow = op == "load" and not before and self.buffer != "memcpy"
        bits = 8 * access[0] if narrow else 32 if "arm" in access else 64
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


# --- the six -----------------------------------------------------------------------------------


_BE = "beN_to_cpu, which swaps on a little host only"
_LE = "leN_to_cpu, which swaps on a big host only"
_NEVER = "never asked for"
_LEFT = "left untouched, whatever the host"
_ALWAYS = "swapped, whatever the host"


def _why(little: str, big: str) -> Mapping[str, str]:
    return MappingProxyType({"little": little, "big": big})


_SIX = (
    Design(
        "memcpy-2012",
        untouched,
        untouched,
        sign_extend="before",
        buffer="memcpy",
        author="Christoffer Dall",
        date="2013-01-20",
        commit="45e96ea6b369",
        release="seen in a v3.11 tree; first release not checked",
        status="replaced in late 2013",
        summary="memcpy of the register's first bytes; the guest's order is never asked for",
        reasons=_why(_NEVER, _NEVER),
    ),
    Design(
        "be-guests-2013",
        be_guests_only,
        be_guests_only,
        sign_extend="before",
        author="Marc Zyngier",
        date="2013-02-12",
        commit="6d89d2d9b5ba",
        release="v3.13 to v3.16",
        status="merged 7 Nov 2013; replaced in v3.17",
        summary="converts for a big guest only: a little guest on a big host goes wrong",
        reasons=_why(_LEFT, _BE),
    ),
    Design(
        "merged-2014",
        both_guests,
        both_guests,
        sign_extend="before",
        author="Victor Kamensky",
        date="2014-06-12",
        commit="27f194fd360a (arm), b30070862edb (arm64)",
        release="v3.17 to v7.1; on arch/arm until KVM left it in v5.7",
        status="merged 11 Jul 2014; its masking broke sign-extending loads",
        summary="swaps where guest and host differ; the mask after it strips the sign extension",
        reasons=_why(_LE, _BE),
    ),
    Design(
        "swab",
        swab_big_guests,
        swab_big_guests,
        sign_extend="before",
        author="Christoffer Dall",
        date="2014-01-06",
        status="proposed on the list, not merged",
        summary="swaps for a big guest on any host, into a buffer of the host's order",
        reasons=_why(_LEFT, _ALWAYS),
    ),
    Design(
        "swab-le-buffer",
        swab_big_guests,
        swab_big_guests,
        sign_extend="before",
        buffer="little",
        author="Christoffer Dall, completed by Victor Kamensky",
        date="2014-01-06",
        status="discussed on the list, not merged",
        summary="the same with a little-endian buffer: a big host swaps once more to store it",
        reasons=_why(_LEFT, _ALWAYS),
    ),
    Design(
        "sign-fixed-2026",
        both_guests,
        both_guests,
        sign_extend="after",
        author="Fuad Tabba",
        date="2026-07-06",
        commit="85f56708a443",
        release="v7.2",
        status="today's kernel",
        summary="the merged conversion, with sign extension after it",
        reasons=_why(_LE, _BE),
    ),
)

DESIGNS = Catalogue(
    "six ways to write the conversion; prove(id) tries one in every setup",
    {design.name: design for design in _SIX},
    {"by": lambda d: d.author, "what it does": lambda d: d.summary},
)
"""The six designs by id, oldest first; `sign-fixed-2026` is today's kernel and the default."""
