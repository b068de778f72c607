"""Proofs: which design keeps which sentence about `mmio.data`, where, and for every value.

A store keeps a sentence if the bytes are the register, stored in the order that the sentence
promises; a load keeps it if the register is the bytes, loaded in that order and extended. Both are
compared lane by lane, so a comparison decides all values at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from kvmendian.display import Table, Tabular
from kvmendian.errors import SetupError, nearest, show
from kvmendian.model.solve.judge import Judge, Side, Verdict
from kvmendian.model.solve.paths import Readable

from . import diagnosis, lanes
from .kernels import DESIGNS
from .road import open_road, road
from .sentences import SENTENCES, Sentence
from .setups import Setup, field
from .solve import guard
from .story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .designs import Design
    from .lanes import ByteOrder, Lanes
    from .steps import Road


@dataclass(frozen=True, repr=False)
class Report(Tabular):
    """What `check` found. `failures` are the setups where the sentence is broken, simplest first.

    `tried_on` has the number of setups by architecture, `tried` of all of them.

    `proven` says that the answer is about every value: lanes were compared or, where a function
    computes, a solver decided. Where neither could, `undecided` says why, and `values` values were
    tried a setup. `printed` has the first lines that the functions printed, each with its call,
    and `printed_more` counts the rest.

    >>> report = check("as-if-ram", "be-guests-2013")
    >>> report.tried, len(report.failures), report.proven
    (2304, 720, True)
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
    undecided: str | None = None
    open: tuple[Setup, ...] = ()
    """The setups without a failure of which it is not known whether they have one."""
    printed: tuple[tuple[str, str], ...] = ()
    printed_more: int = 0
    kernel: Design = DESIGNS["sign-fixed-2026"]
    """The design itself."""
    undefined: str | None = None
    """Why C was not judged on arm: what it does is undefined there, and where it stands."""

    @property
    def tried(self) -> int:
        """How many setups were tried, on both architectures together."""
        return sum(self.tried_on.values())

    @property
    def holds(self) -> bool:
        """Whether the sentence is kept in every setup, for every value; False if not known."""
        return self.proven and not self.failures

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
        known = [s for s in (*self.failures, *self.open) if s.arch in archs]
        broken = {(diagnosis.kind(s), s.host, s.guest) for s in known}
        return tuple(
            (kind, host, guest)
            for kind in ("store", "load", "signed load")
            for host in ("little", "big")
            for guest in ("little", "big")
            if (kind, host, guest) not in broken
        )

    def table(self) -> Table:
        """Return the verdict as the caption, what becomes of each pair of orders, and why."""
        by = f"{self.design}, by the sentence {self.sentence!r}"
        notes: list[str] = []
        all_of = _each(f"{n} setups on {arch}" for arch, n in self.tried_on.items())
        if self.failures:
            broken = Counter(str(one.arch) for one in self.failures)
            fails = _each(f"{broken[a]} of {n} setups on {a}" for a, n in self.tried_on.items())
            caption = f"{by}: fails in {fails}."
        elif self.proven:
            caption = f"{by}: holds in all {all_of}, for every value."
        else:
            caption = f"{by}: not decided; no failure found in {all_of}."
        if self.counterexample and self.story:
            setup, value = self.counterexample
            access = f"{diagnosis.kind(setup)} of width {setup.width}, host {setup.host}"
            access += f", guest {setup.guest}, value {value:#x}"
            notes += [
                f"smallest counterexample, on {setup.arch}: {access}",
                *diagnosis.blame(self.story),
            ]
        if self.undecided:
            tried = f" ({self.values} values tried in each setup)" if self.values else ""
            notes.append(f"not proven, because {self.undecided}{tried}")
        if self.undefined:
            notes.append(f"not judged on arm: {self.undefined}")
        notes += [f"judged: {line}" for line in diagnosis.judged(self.kernel)]
        notes += diagnosis.printed(self.printed, self.printed_more)
        columns = ("host", "guest", *diagnosis.KINDS)
        return Table(caption, columns, diagnosis.rows(self.failures, self.open), tuple(notes))


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
    undefined = None
    with guard.collecting() as printed:
        try:
            verdicts, tried, value = _verdicts(spec, setups)
        except SetupError as error:  # C of a 64-bit kernel may be undefined where a long has 32
            if not isinstance(setups[0].kernel.guest_to_host, Readable):
                raise
            undefined, setups = error.given, tuple(s for s in setups if s.arch == "arm64")
            verdicts, tried, value = _verdicts(spec, setups)
    failures = tuple(s for s, verdict in zip(setups, verdicts, strict=True) if verdict.fails)
    unknown = [(s, v.undecided) for s, v in zip(setups, verdicts, strict=True) if v.undecided]
    return Report(
        spec.id,
        setups[0].design_name,
        Counter(str(one.arch) for one in setups),
        failures,
        None if value is None else (failures[0], value),
        not unknown,
        tried,
        unknown[0][1] if unknown else None,
        tuple(s for s, _ in unknown if s not in set(failures)),
        tuple(printed.lines),
        printed.more,
        setups[0].kernel,
        undefined,
    )


def _each(parts: Iterable[str]) -> str:
    return " and ".join(parts)


def _verdicts(spec: Sentence, setups: tuple[Setup, ...]) -> tuple[list[Verdict], int, int | None]:
    """Return each setup's verdict, how many values were tried, and the smallest that fails.

    Nobody that is judged here knows the driver. A load's acts after the register is filled. A
    store's decides what the register holds: any word if it is raw, else any of `width` bytes.
    """
    judge, verdicts, first = Judge(), [], None
    alike: dict[tuple[ByteOrder | None, bool], Verdict] = {}
    for setup in setups:
        raw = setup.driver == "raw"
        if raw:  # drivers go fastest: the next ones make the same access
            alike.clear()
        order = spec.order_of(setup)
        key = (order, raw or setup.op == "load")
        if key in alike:
            verdicts.append(alike[key])
            continue
        sides = _sides(spec, setup, order)
        if sides[0].image is None and sides[1].image is None:
            same = sides[0].content == sides[1].content
            verdict = Verdict(fails=not same)
        else:
            verdict = judge.compare(*sides, setup.value_bits, partial(_differs, spec, setup))
        alike[key] = verdict
        if verdict.fails and first is None:
            value = verdict.value
            if value is None:
                value = next(v for v in _values(setup.width) if _differs(spec, setup, v))
            elif verdict.undecided is None:
                value = judge.smallest(*sides, value)
            first = value
        verdicts.append(verdict)
    return verdicts, judge.tried, first


@lru_cache(maxsize=32)
def _setups(design: str | Design) -> tuple[Setup, ...]:
    return tuple(Setup.all(design=design))


def _sides(spec: Sentence, setup: Setup, order: ByteOrder | None) -> tuple[Side, Side]:
    """Return what is and what the sentence promises, for all values."""
    if spec.order is None:
        raw = replace(setup, driver="raw")
        return _side(_found(raw), None), _side(_found(_twin(raw)), None)
    found = _found(setup)
    return _side(found, None), _side(found, order)


def _found(setup: Setup) -> Road:
    return road(setup) or open_road(setup)


def _twin(setup: Setup) -> Setup:
    return replace(setup, guest=lanes.opposite(setup.guest))


def _side(found: Road, order: ByteOrder | None) -> Side:
    """Return what is on a road or, with an order, what stands there if it is kept."""
    s = found.setup
    content = _content(found, order)
    if not found.asked:
        return Side(content)
    access = (s.width, s.guest, s.host, s.signed, s.register_width, s.arch)
    return Side(content, found.asked, s.kernel.image(s.op, *access))


def _content(found: Road, order: ByteOrder | None) -> Lanes:
    s, store = found.setup, found.setup.op == "store"
    if order is None:
        return found.mmio if store else found.register
    if store:
        return lanes.store(found.register, s.width, order)
    promised = lanes.load(found.mmio, order)
    if s.signed:
        promised = lanes.sign_extend(promised, s.width)
    return lanes.truncate(promised, s.register_width // 8)


def _differs(spec: Sentence, setup: Setup, value: int) -> bool:
    """Whether a value breaks the sentence in a setup: run with integers."""
    first = road(replace(setup, driver="raw") if spec.order is None else setup, value)
    second, order = first, None
    if spec.order is None:
        second = road(_twin(replace(setup, driver="raw")), value)
    else:
        order = spec.order_of(setup)
    assert first is not None and second is not None  # noqa: S101, PT018 - with a value there is one
    one = lanes.evaluate(_content(first, None), value, first.computed)
    return one != lanes.evaluate(_content(second, order), value, second.computed)


def _values(width: int) -> tuple[int, ...]:
    """Return values to tell lanes apart, smallest first.

    Two lanes that differ at all differ for a value with one bit set, the lowest or the highest
    of its byte; so these are all that is needed to show a difference of lanes.
    """
    return tuple(sorted([1 << 8 * k for k in range(width)] + [0x80 << 8 * k for k in range(width)]))
