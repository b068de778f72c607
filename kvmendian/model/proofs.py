"""Candidate one-sentence specifications of `mmio.data`, and proofs of who keeps them.

All but one of the candidates say in which byte order `mmio.data` encodes the guest's register, so
each is a function from a setup to a byte order. A store keeps it if the bytes are the register,
stored in that order; a load keeps it if the register is the bytes, loaded in that order and
extended. Both are compared lane by lane, so a comparison decides all values at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from kvmendian.errors import SetupError, ask, instance, nearest, one_of, show

from . import lanes
from .road import road
from .setups import Setup, field
from .story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .designs import Design
    from .lanes import ByteOrder, Lanes

Order: TypeAlias = Callable[[Setup], "ByteOrder"]


@dataclass(frozen=True)
class Sentence:
    """One candidate: an id, the sentence in our words, who stood for it, and what it means.

    `order` gives the byte order of `mmio.data` for a setup; None asks only that the guest's order
    makes no difference. Raises `SetupError` for words that are no text and a rule that is no
    function; `check` for a rule that gives no byte order.
    """

    id: str
    text: str
    source: str
    order: Order | None

    def __post_init__(self) -> None:
        """Refuse what could not work."""
        for name in ("id", "text", "source"):
            instance(name, getattr(self, name), str, "'mine'")
        if self.order is not None and not callable(self.order):
            given, allowed = f"order={show(self.order)}", "a function of a Setup, or None"
            raise SetupError(given, allowed, _RULE)

    def order_of(self, setup: Setup) -> ByteOrder | None:
        """Return the byte order that is promised for a setup; None if none is."""
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

SENTENCES: Mapping[str, Sentence] = MappingProxyType({one.id: one for one in _CANDIDATES})
"""Candidate specifications by id; `as-if-ram` is the one that the API documentation adopted."""


@dataclass(frozen=True)
class Report:
    """What `check` found. `failures` are the setups where the sentence is broken, simplest first.

    `proven` says that lanes were compared, so the answer is about every value. It is False for a
    design whose functions do more than move bytes: then `values` values were tried a setup.
    """

    sentence: str
    design: str
    tried: int
    failures: tuple[Setup, ...]
    counterexample: tuple[Setup, int] | None
    proven: bool
    values: int

    @property
    def holds(self) -> bool:
        """Whether the sentence is kept by every setup that was tried."""
        return not self.failures

    @property
    def story(self) -> Story | None:
        """The counterexample told whole; None if there is none."""
        return trace(*self.counterexample) if self.counterexample else None

    @property
    def kept_where(self) -> tuple[tuple[str, str, str], ...]:
        """The (kind, host, guest) for which no setup fails; kind: store, load, signed load."""
        broken = {(_kind(s), s.host, s.guest) for s in self.failures}
        return tuple(
            (kind, host, guest)
            for kind in ("store", "load", "signed load")
            for host in ("little", "big")
            for guest in ("little", "big")
            if (kind, host, guest) not in broken
        )

    def __str__(self) -> str:
        """Say it in a few lines."""
        how = "for every value" if self.proven else f"for {self.values} values each, not proven"
        if not self.proven:
            how += " (raw driver; the other setups differ in the device's part alone)"
        by = f"{self.design}, by the sentence {self.sentence!r}"
        if self.counterexample is None:
            return f"{by}: holds in all {self.tried} setups, {how}."
        setup, value = self.counterexample
        access = f"{_kind(setup)} of width {setup.width}, host {setup.host}, guest {setup.guest}"
        lines = [
            f"{by}: fails in {len(self.failures)} of {self.tried} setups.",
            f"  smallest counterexample: {access}, value {value:#x}",
            "  no failure for (host/guest):",
        ]
        for kind in ("store", "load", "signed load"):
            kept = ", ".join(f"{host}/{guest}" for k, host, guest in self.kept_where if k == kind)
            lines.append(f"    {kind:<12} {kept or 'none'}")
        return "\n".join(lines)


def prove(design: str | Design) -> Report:
    """Hold a design against the ABI sentence, in every setup and for every value.

    >>> prove("sign-fixed-2026").holds
    True
    >>> print(prove("be-guests-2013").counterexample[0].width)
    2
    """
    return check("as-if-ram", design)


def check(sentence: str | Sentence, design: str | Design) -> Report:
    """Find where a design keeps a sentence. Raises `SetupError` for an unknown id or rule.

    >>> check("device-order", "sign-fixed-2026").holds
    False
    """
    spec = SENTENCES.get(sentence) if isinstance(sentence, str) else sentence
    if not isinstance(spec, Sentence):
        hint = repr(nearest(sentence, SENTENCES))
        raise SetupError(f"sentence={show(sentence)}", ", ".join(SENTENCES), hint)
    setups = _setups(field("design", design))
    first = setups[0]
    proven = all(road(one) is not None for one in _narrow(setups))
    if not proven:  # target and driver do not matter to the functions: spend the time on values
        setups = tuple(s for s in setups if (s.target, s.driver) == ("little", "raw"))
        if spec.id == "as-if-ram":  # nor does the device to this sentence
            setups = _narrow(setups)
    failures = tuple(one for one in setups if _counter(spec, one, proven) is not None)
    counterexample = None
    if failures:
        value = _counter(spec, failures[0], proven)
        assert value is not None  # noqa: S101 - it is one of the failures
        counterexample = (failures[0], value)
    tried = 0 if proven else len(_values(8, proven=False))
    return Report(spec.id, first.design_name, len(setups), failures, counterexample, proven, tried)


@lru_cache(maxsize=32)
def _setups(design: str | Design) -> tuple[Setup, ...]:
    return tuple(Setup.all(design=design))


def _narrow(setups: tuple[Setup, ...]) -> tuple[Setup, ...]:
    plain = ("little", "little", "raw")
    return tuple(s for s in setups if (s.device, s.target, s.driver) == plain)


def _kind(setup: Setup) -> str:
    return "signed load" if setup.signed else setup.op


def _sides(spec: Sentence, setup: Setup, value: int | None) -> Iterator[tuple[Lanes, int]] | None:
    """Yield what is and what the sentence promises: lanes, and a learner's computed word."""
    found = road(setup, value)
    if found is None:
        return None
    store = setup.op == "store"
    actual = found.mmio if store else found.register
    order = spec.order_of(setup)
    if order is None:
        twin = replace(setup, driver="raw", guest=lanes.opposite(setup.guest))
        found, other = road(replace(setup, driver="raw"), value), road(twin, value)
        if found is None or other is None:
            return None
        return iter(((one.mmio if store else one.register), one.computed) for one in (found, other))
    if store:
        promised = lanes.store(found.register, setup.width, order)
    else:
        promised = lanes.load(found.mmio, order)
        if setup.signed:
            promised = lanes.sign_extend(promised, setup.width)
        if setup.register_width < 64:
            promised = lanes.truncate(promised, setup.register_width // 8)
    return iter(((actual, found.computed), (promised, found.computed)))


def _values(width: int, *, proven: bool) -> tuple[int, ...]:
    """Return values to try, smallest first.

    Two lanes that differ at all differ for a value with one bit set, the lowest or the highest
    of its byte; so these are all that is needed to show a difference of lanes.
    """
    bits = [1 << 8 * k for k in range(width)] + [0x80 << 8 * k for k in range(width)]
    if proven:
        return tuple(sorted(bits))
    random = Random(20140121)  # noqa: S311 - the same values every time, not secrets
    more = [random.getrandbits(8 * width) for _ in range(200)]
    return tuple(sorted({0, (1 << 8 * width) - 1, *bits, *more}))


def _counter(spec: Sentence, setup: Setup, proven: bool) -> int | None:
    """Return the smallest value that breaks the sentence in a setup, or None."""
    if proven:
        sides = _sides(spec, setup, None)
        assert sides is not None  # noqa: S101 - proven means that there are roads for all values
        (actual, _), (promised, _) = sides
        if actual == promised:
            return None
    for value in _values(setup.width, proven=proven):
        sides = _sides(spec, setup, value)
        assert sides is not None  # noqa: S101 - with a value there is always a road
        one, other = (lanes.evaluate(content, value, made) for content, made in sides)
        if one != other:
            return value
    return None
