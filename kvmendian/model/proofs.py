"""Proofs: which design keeps which sentence about `mmio.data`, where, and for every value.

A store keeps a sentence if the bytes are the register, stored in the order that the sentence
promises; a load keeps it if the register is the bytes, loaded in that order and extended. Both are
compared lane by lane, so a comparison decides all values at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from kvmendian.display import Table, Tabular
from kvmendian.errors import SetupError, nearest, show

from . import lanes
from .road import road
from .sentences import SENTENCES, Sentence
from .setups import Setup, field
from .story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .designs import Design
    from .lanes import Lanes


@dataclass(frozen=True, repr=False)
class Report(Tabular):
    """What `check` found. `failures` are the setups where the sentence is broken, simplest first.

    `tried_on` has the number of setups by architecture, `tried` of all of them.

    `proven` says that lanes were compared, so the answer is about every value. It is False for a
    design whose functions do more than move bytes: then `values` values were tried a setup.

    >>> report = check("as-if-ram", "be-guests-2013")
    >>> report.tried, len(report.failures), report.proven
    (1152, 360, True)
    >>> report.story.mmio_data.hex(" ")
    '00 01'
    """

    sentence: str
    design: str
    tried_on: Mapping[str, int]
    failures: tuple[Setup, ...]
    counterexample: tuple[Setup, int] | None
    proven: bool
    values: int

    @property
    def tried(self) -> int:
        """How many setups were tried, on both architectures together."""
        return sum(self.tried_on.values())

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
        return self.kept_on(*self.tried_on)

    def kept_on(self, *archs: str) -> tuple[tuple[str, str, str], ...]:
        """Return the (kind, host, guest) for which no setup of these architectures fails.

        >>> ("store", "big", "big") in prove("swab").kept_on("arm")
        False
        """
        broken = {(_kind(s), s.host, s.guest) for s in self.failures if s.arch in archs}
        return tuple(
            (kind, host, guest)
            for kind in ("store", "load", "signed load")
            for host in ("little", "big")
            for guest in ("little", "big")
            if (kind, host, guest) not in broken
        )

    def table(self) -> Table:
        """Return the verdict, for which pairs nothing fails, and the smallest counterexample."""
        how = "for every value" if self.proven else f"for {self.values} values each, not proven"
        if not self.proven:
            how += " (raw driver; the other setups differ in the device's part alone)"
        by = f"{self.design}, by the sentence {self.sentence!r}"
        if self.counterexample is None:
            all_of = _each(f"{n} setups on {arch}" for arch, n in self.tried_on.items())
            return Table(f"{by}: holds in all {all_of}, {how}.", (), ())
        setup, value = self.counterexample
        access = f"{_kind(setup)} of width {setup.width}, host {setup.host}, guest {setup.guest}"
        broken = Counter(str(one.arch) for one in self.failures)
        rows = []
        for kind in ("store", "load", "signed load"):
            for arch in self.tried_on:
                pairs = [f"{host}/{guest}" for k, host, guest in self.kept_on(arch) if k == kind]
                rows.append((kind, arch, ", ".join(pairs) or "none"))
        fails = _each(f"{broken[a]} of {n} setups on {a}" for a, n in self.tried_on.items())
        return Table(
            f"{by}: fails in {fails}.",
            ("access", "on", "no failure for host/guest"),
            tuple(rows),
            (f"smallest counterexample, on {setup.arch}: {access}, value {value:#x}",),
        )


def prove(design: str | Design) -> Report:
    """Hold a design against the ABI sentence, in every setup and for every value.

    The sentence is `as-if-ram`: Documentation/virt/kvm/api.rst, KVM_EXIT_MMIO; added by C. Dall,
    6acdb1603a7d (v3.15). Raises `SetupError` for an unknown design.

    >>> prove("sign-fixed-2026").holds
    True
    >>> print(prove("be-guests-2013").counterexample[0].width)
    2
    """
    return check("as-if-ram", design)


def check(sentence: str | Sentence, design: str | Design) -> Report:
    """Find where a design keeps a sentence, in every setup and for every value.

    Raises `SetupError` for an unknown id or rule.

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
    on = Counter(str(one.arch) for one in setups)
    return Report(spec.id, first.design_name, on, failures, counterexample, proven, tried)


def _each(parts: Iterable[str]) -> str:
    return " and ".join(parts)


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
