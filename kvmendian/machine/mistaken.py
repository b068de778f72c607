"""A mistake that a VMM makes with `mmio.data`: what it makes of the bytes, and what mends it.

A mistake is a step like any other: it moves bytes. So it is two tuples of lanes, what it makes and
what is right, and where these are the same it does no harm, for any value. `SOURCE` is what the
access is about, by address where that is `mmio.data`; `SECOND` is what lay there before.
`vmm` has the mistakes themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from kvmendian.display import Drawn
from kvmendian.errors import SetupError, bytes_like, fits, one_of
from kvmendian.model import lanes
from kvmendian.model.lanes import ORDERS, SECOND, WORD
from kvmendian.model.setups import WIDTHS

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.model.lanes import ByteOrder, Lanes

Kind: TypeAlias = Literal["bytes", "integer"]


class Place(NamedTuple):
    """Somewhere that bytes rest: an integer, or memory in address order.

    >>> Place("mmio.data", "bytes", (0, 1)).kind
    'bytes'
    """

    name: str
    kind: Kind
    lanes: Lanes


class Made(NamedTuple):
    """Lanes of one mistake: the places that it starts from, what it makes, and what is right.

    >>> from kvmendian.machine.vmm import VMM_MISTAKES
    >>> VMM_MISTAKES["native-copy-read"].made(2, "little", "big").right.lanes
    (1, 0)
    """

    given: tuple[Place, ...]
    wrong: Place
    right: Place


@dataclass(frozen=True)
class VmmMistake:
    """One way to go wrong in a VMM. `made` has its lanes; `case` puts values in.

    `op`: the guest's access that shows it. `order_of`: whose order decides what is right, the
    device's or the guest's. `says`: what is done; `where`: where it is met, and what is known.
    `wrong_c`, `repair_c`, `wrong_rust`, `repair_rust`: one line each; the repair takes the place of
    what is wrong. In them `data` is `mmio.data`, `len` its length, `value` the device's integer, 0
    before a store; `big` whether the device is; `reg` and `reg_before` the guest's register, `mask`
    the ones of the width.

    >>> from kvmendian.machine.vmm import VMM_MISTAKES
    >>> VMM_MISTAKES["unclaimed-read"].repair_c
    'memset(data, 0, len);'
    """

    id: str
    op: Literal["store", "load"]
    order_of: Literal["device", "guest"]
    says: str
    where: str
    made: Callable[[int, ByteOrder, ByteOrder], Made]
    wrong_c: str
    repair_c: str
    wrong_rust: str
    repair_rust: str

    def __repr__(self) -> str:
        """Name it and say what it is."""
        return f"<VmmMistake {self.id}: {self.says}>"

    def harmless(self, width: int, host: ByteOrder, order: ByteOrder) -> bool:
        """Say whether it makes what is right there, for all values: whether the lanes are equal.

        `order` is the device's, or the guest's where that decides. Raises `SetupError`.

        >>> from kvmendian.machine.vmm import VMM_MISTAKES
        >>> copy = VMM_MISTAKES["native-copy-write"]
        >>> copy.harmless(4, "little", "little"), copy.harmless(4, "little", "big")
        (True, False)
        """
        return self.case(width, host, order).harmless

    def case(
        self,
        width: int = 2,
        host: ByteOrder = "little",
        order: ByteOrder = "big",
        *,
        given: bytes | int | None = None,
        before: bytes | int | None = None,
    ) -> Mistaken:
        r"""Return it in one state, with a picture.

        `order` is that of the device, or of the guest where that decides. `given` is what the
        access is about: an integer of `width` bytes where a device answers, else the `width` bytes
        of `mmio.data`. `before` is what lay in the 8 bytes of `data`, or in the guest's register,
        an integer. Both have something to see if left out. Raises `SetupError`.

        >>> from kvmendian.machine.vmm import VMM_MISTAKES
        >>> case = VMM_MISTAKES["stale-bytes"].case(2, given=b"\x11\x22")
        >>> hex(case.got), hex(case.wanted)
        ('0x1122c3c4c5c6c7c8', '0x1122')
        """
        width = one_of("width", width, WIDTHS)
        host, order = one_of("host", host, ORDERS), one_of("order", order, ORDERS)
        places = self.made(width, host, order).given
        kinds: dict[bool, Kind] = {place.lanes[0] in SECOND: place.kind for place in places}
        value = _number("given", given, kinds.get(False, "bytes"), width, _GIVEN)
        old = _number("before", before, kinds.get(True, "bytes"), WORD, _OLD)
        return Mistaken(self, width, host, order, value, old)


_GIVEN, _OLD = bytes.fromhex("1122334455667788"), bytes.fromhex("c1c2c3c4c5c6c7c8")


def _number(name: str, given: object, kind: Kind, size: int, plain: bytes) -> int:
    """Return what is given as an integer whose byte k is lane k: of bytes, the one at address k."""
    if kind == "integer":
        given = lanes.from_memory(plain[:size], "big") if given is None else given
        return fits(name, given, 8 * size)
    try:
        data = plain[:size] if given is None else bytes_like(name, given, (size,))
    except SetupError as error:
        raise SetupError(error.given, f"bytes, {size} of them", f"{name}=bytes({size})") from None
    return lanes.from_memory(data, "little")


@dataclass(frozen=True, repr=False)
class Mistaken(Drawn):
    """A mistake in one state, with values in it: `VmmMistake.case` makes it.

    `value` and `before` are integers whose byte k is lane k. `str()` is text, and a notebook shows
    a picture.

    >>> from kvmendian.machine.vmm import VMM_MISTAKES
    >>> VMM_MISTAKES["unclaimed-read"].case(2).got.hex(" ")
    'c1 c2'
    """

    mistake: VmmMistake
    width: int
    host: ByteOrder
    order: ByteOrder
    value: int
    before: int

    @cached_property
    def made(self) -> Made:
        """The lanes of this state."""
        return self.mistake.made(self.width, self.host, self.order)

    @property
    def harmless(self) -> bool:
        """Whether what comes of it is right here for every value: equal lanes."""
        return self.made.wrong.lanes == self.made.right.lanes

    @property
    def got(self) -> Any:  # noqa: ANN401 - bytes or int
        """What the mistake makes: bytes in address order, or an unsigned integer."""
        return self.content(self.made.wrong)

    @property
    def wanted(self) -> Any:  # noqa: ANN401 - bytes or int
        """What is right: bytes in address order, or an unsigned integer."""
        return self.content(self.made.right)

    def content(self, place: Place) -> bytes | int:
        """Return what a place holds: bytes in address order, or an unsigned integer.

        >>> from kvmendian.machine.vmm import VMM_MISTAKES
        >>> case = VMM_MISTAKES["merged-register"].case(1)
        >>> [case.content(place) for place in case.made.given][1].hex()
        '11'
        """
        evaluate = lanes.evaluate if place.kind == "bytes" else lanes.as_int
        return evaluate(place.lanes, self.value, self.before)

    def __repr__(self) -> str:
        """Say in a line what it made of what."""
        ends = (self.got, self.wanted)
        got, wanted = (x.hex(" ") if isinstance(x, bytes) else hex(x) for x in ends)
        return f"<Mistaken {self.mistake.id}, width {self.width}: {got}; right is {wanted}>"
