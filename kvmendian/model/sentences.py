"""Candidate one-sentence specifications of `mmio.data`.

All but one of the candidates say in which byte order `mmio.data` encodes the guest's register, so
each is a function from a setup to a byte order; `proofs` says who keeps them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kvmendian.display import Catalogue, Table, Tabular
from kvmendian.errors import SetupError, ask, instance, one_of, show

from . import lanes
from .setups import Setup

if TYPE_CHECKING:
    from .lanes import ByteOrder

Order: TypeAlias = Callable[[Setup], "ByteOrder"]
"""What a sentence means: the byte order of `mmio.data` in a setup."""


@dataclass(frozen=True, repr=False)
class Sentence(Tabular):
    """One candidate: an id, the sentence in our words, who stood for it, and what it means.

    `order` gives the byte order of `mmio.data` for a setup; None asks only that the guest's order
    makes no difference. Raises `SetupError` for words that are no text and a rule that is no
    function; `check` for a rule that gives no byte order.

    >>> from kvmendian import check
    >>> mine = Sentence("mine", "The guest's order, always.", "me", lambda setup: setup.guest)
    >>> check(mine, "sign-fixed-2026").holds
    True
    """

    id: str
    text: str
    source: str
    order: Order | None

    def table(self) -> Table:
        """Return the sentence, and who stood for it."""
        rows = (("stood for by", self.source),)
        return Table(f"{self.id}: {self.text}", ("", ""), rows)

    def __post_init__(self) -> None:
        """Refuse what could not work."""
        for name in ("id", "text", "source"):
            instance(name, getattr(self, name), str, "'mine'")
        if self.order is not None and not callable(self.order):
            given, allowed = f"order={show(self.order)}", "a function of a Setup, or None"
            raise SetupError(given, allowed, _RULE)

    def order_of(self, setup: Setup) -> ByteOrder | None:
        """Return the byte order that is promised for a setup; None if none is.

        >>> from kvmendian import SENTENCES
        >>> SENTENCES["as-if-ram"].order_of(Setup(guest="big"))
        'big'
        """
        if self.order is None:
            return None
        found: object
        try:
            found = self.order(setup)
        except Exception:  # noqa: BLE001 - whatever it raises: asked again, it says so in three parts
            found = ask(f"order of {show(self.id)}", self.order, setup, hint=_RULE)
        if found is not lanes.ORDERS[0] and found is not lanes.ORDERS[1]:  # text made elsewhere?
            try:
                return one_of("order", found, lanes.ORDERS)
            except SetupError as error:
                given = f"order of {show(self.id)} returned {show(found)}"
                raise SetupError(given, error.allowed, _RULE) from None
        return found


_RULE = "order=lambda setup: setup.guest"


def _bus(setup: Setup) -> ByteOrder:
    """Undo the lane swap of the guest's E bit, then store the host's way."""
    return setup.host if setup.guest == "little" else lanes.opposite(setup.host)


_CANDIDATES = (
    Sentence(
        "as-if-ram",
        "The first len bytes hold what memory would hold, had the CPU run the same load or store "
        "on it.",
        "C. Dall, 6acdb1603a7d, 28 Jan 2014 (v3.15); defined by V. Kamensky, 21 Jan 2014",
        lambda setup: setup.guest,
    ),
    Sentence(
        "host-integer",
        "The bytes are the register's value as an integer of the host kernel.",
        "C. Dall's first draft, kvm list, late Jan 2014, value read as the register's",
        lambda setup: setup.host,
    ),
    Sentence(
        "bus-value",
        "The bytes are the value on a little-endian bus, as an integer of the host kernel.",
        "C. Dall's first draft, kvm list, late Jan 2014, value read as the bus's",
        _bus,
    ),
    Sentence(
        "device-order",
        "The bytes are the register's value in the byte order of the device.",
        "V. Kamensky's short form, 21 Jan 2014",
        lambda setup: setup.device_order,
    ),
    Sentence(
        "always-little",
        "The bytes are the register's value, least significant byte first, for everybody.",
        "nobody of the thread: one fixed format, for comparison",
        lambda _: "little",
    ),
    Sentence(
        "guest-independent",
        "The same register gives the same bytes, whatever the guest's byte order.",
        "what all but as-if-ram and bus-value would mean for a raw access",
        None,
    ),
)

SENTENCES = Catalogue(
    "candidate rules for mmio.data; check(id, design) tries one",
    {one.id: one for one in _CANDIDATES},
    {"sentence": lambda one: one.text, "stood for by": lambda one: one.source},
)
"""Candidate specifications by id; `as-if-ram` is the one that the API documentation adopted."""
