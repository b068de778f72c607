"""Bad input of every kind: a `SetupError` in three parts, and nothing else."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import time
import tracemalloc
from random import Random

import numpy as np
import pytest
from wrong import CALLS, calls

from kvmendian import DESIGNS, Atlas, Design, Setup, SetupError, apply


def right(data, width, guest_is_big, host_is_big):
    return data


GOOD = {"op": ("store", "load"), "width": (1, 2, 4, 8), "guest": ("little", "big"),
        "host": ("little", "big"), "device": ("little", "big", "native"),
        "target": ("little", "big"),
        "driver": ("raw", "accessor", "little-accessor", "double-swap"), "signed": (False, True),
        "register_width": (None, 32, 64), "design": tuple(DESIGNS),
        "arch": ("arm64", "arm")}  # fmt: skip
JUNK = (None, 0, 3, -1, 5.0, 4.0, "", "Little", "LITTLE", "little ", b"little", "<script>",
        "x" * 999, [], {}, object(), float("nan"), 1j, 16, 1 << 80, "store\n", ("store",),
        Ellipsis, int)  # fmt: skip


class Hostile:
    def __index__(self):
        raise RuntimeError

    def __repr__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


def bad_fields():
    for name, good in GOOD.items():
        for junk in (*JUNK, Hostile(), True, np.float64(4), np.array([4])):
            same = [g for g in good if type(g) is type(junk) and g == junk]
            if not same:
                yield {name: junk}
    random = Random(1)  # noqa: S311 - the same every time
    while True:
        fields = {name: random.choice(good) for name, good in GOOD.items()}
        name = random.choice(list(GOOD))
        yield {**fields, name: random.choice([j for j in JUNK if j not in GOOD[name]])}


def parts(error):
    assert error.given
    assert error.allowed
    assert error.hint
    assert str(error) == f"given: {error.given}; allowed: {error.allowed}; try: {error.hint}"


def test_three_thousand_wrong_setups_and_values_are_refused_in_three_parts():
    refused = 0
    for fields in itertools.islice(bad_fields(), 1500):
        with pytest.raises(SetupError) as error:
            Setup(**fields)
        parts(error.value)
        refused += 1
    combos = itertools.product(*(GOOD[n] for n in ("op", "width", "signed")), (32, 64))
    for op, width, signed, register_width in combos:
        fits = {"op": op, "width": width, "signed": signed, "register_width": register_width}
        wrong = (op == "store" and (signed or register_width == 32)) or (
            op == "load"
            and (8 * width > register_width or (signed and 8 * width == register_width))
        )
        if wrong:
            with pytest.raises(SetupError) as error:
                Setup(**fits)
            parts(error.value)
            refused += 1
        else:
            Setup(**fits)
    random = Random(2)  # noqa: S311 - the same every time
    setups = random.sample(list(Setup.all()), 150)
    for setup in setups:
        over = 1 << setup.value_bits
        for value in (-1, over, over + random.getrandbits(70), -over, 1.0, "1", None, True, [1],
                      Hostile(), np.array([1, 2]), 10**400):  # fmt: skip
            with pytest.raises(SetupError) as error:
                setup.trace(value)
            parts(error.value)
            refused += 1
        setup.trace(over - 1)
    assert refused > 3000


@pytest.mark.parametrize(
    "values",
    [[1.5], ["1"], [True], [-1], [[1]], [1 << 64], [1 << 70], None, "abc", [None], 5, [1, [2]],
     np.zeros((2, 2), dtype=int), np.array([1 + 2j]), np.array(["x"]), np.array([300])],
)  # fmt: skip
def test_bad_arrays_are_refused(values):
    with pytest.raises(SetupError) as error:
        apply(Setup(op="load", width=1), values)
    parts(error.value)


def test_an_empty_array_is_an_empty_batch():
    batch = apply(Setup(width=2), [])
    assert batch.mmio_data.shape == (0, 2)
    assert batch.register.shape == (0,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": 5}, {"name": "  "}, {"guest_to_host": 5}, {"host_to_guest": None},
        {"sign_extend": "never"}, {"buffer": "big"},
    ],
)  # fmt: skip
def test_a_design_that_cannot_work_is_refused(wrong):
    good = {"name": "mine", "guest_to_host": right, "host_to_guest": right}
    with pytest.raises(SetupError) as error:
        Design(**{**good, **wrong})
    parts(error.value)


def test_unknown_fields_of_all_and_of_the_atlas_are_refused():
    for attempt in (
        lambda: list(Setup.all(colour="red")),
        lambda: list(Setup.all(width=3)),
        lambda: Atlas(width=8, signed=True).holds(op="store"),
        lambda: Atlas(width=2).read(1 << 16),
    ):
        with pytest.raises(SetupError) as error:
            attempt()
        parts(error.value)


def test_a_field_that_there_is_not_is_refused_by_name():
    with pytest.raises(SetupError) as caught:
        Setup(widht=3)
    assert caught.value.given == "widht=3"
    assert "width" in caught.value.allowed


# --- every public callable


LONGEST, LARGEST = 1.0, 100_000_000  # seconds of this process, bytes


def attempt(name, given):
    """Return the `SetupError`, or None; nothing else may be raised. Bounded in time and memory."""
    tracemalloc.reset_peak()
    before, started = tracemalloc.get_traced_memory()[0], time.process_time()
    try:
        CALLS[name][0](**given)
    except SetupError as error:
        found = error
    else:
        found = None
    assert time.process_time() - started < LONGEST, name
    assert tracemalloc.get_traced_memory()[1] - before < LARGEST, name
    return found


def test_five_thousand_wrong_calls(tmp_path, monkeypatch):
    """Each is refused in three parts, and what it says to try makes that complaint go away."""
    monkeypatch.chdir(tmp_path)  # where save_html is told to try
    refused, tried, failed = 0, 0, []
    for call in dict.fromkeys(call.name for call in itertools.islice(calls(), 1500)):
        kinds = CALLS[call][1]  # the good call first: what is kept from then on is not measured
        CALLS[call][0](**{name: kind.good for name, kind in kinds.items()})
    tracemalloc.start()
    try:
        for call in itertools.islice(calls(), 5000):
            try:
                error = attempt(call.name, call.given)
            except Exception as other:  # noqa: BLE001 - that is what must not be
                failed.append((call.name, call.wrong, type(other).__name__, str(other)[:90]))
                continue
            if error is None:
                if not call.fine:
                    failed.append(
                        (call.name, call.wrong, "taken", repr(call.given[call.wrong])[:60])
                    )
                continue
            parts(error)
            refused += 1
            if len(str(error)) > 800:
                failed.append((call.name, call.wrong, "long", len(str(error))))
            changes = typed(error.hint, call.given)
            if changes is not None:
                tried += 1
                again = attempt(call.name, {**call.given, **changes})
                if again is not None and again.given == error.given:
                    failed.append((call.name, call.wrong, "the hint does not help", error.hint))
    finally:
        tracemalloc.stop()
    assert not failed, "\n".join(map(str, sorted(set(map(str, failed)))))
    assert refused > 4000
    assert tried > 0.9 * refused


def typed(hint, given):
    """Return the arguments that a hint spells, or None where it spells none."""
    try:
        words = ast.parse(f"f({hint})", mode="eval").body.keywords
        made = {word.arg: eval(ast.unparse(word.value), NAMES) for word in words}  # noqa: S307 - ours
    except (SyntaxError, AttributeError, NameError):
        return None
    return made if made and set(made) <= set(given) else None


MODULES = [
    importlib.import_module(f"kvmendian{name}")
    for name in (
        "", ".model.lanes", ".model.designs", ".model.setups", ".model.story", ".model.atlas",
        ".model.proofs", ".machine.guest", ".machine.syndrome", ".machine.instructions",
        ".machine.faults", ".machine.qemu", ".machine.vgic", ".machine.consumers", ".machine.arm",
        ".evidence.recordings", ".course.questions",
    )
]  # fmt: skip
NAMES = {name: getattr(module, name) for module in MODULES for name in vars(module)}
NAMES |= {"recordings": importlib.import_module("kvmendian.evidence.recordings"), "np": np}
# What takes nothing that a person types: records, which functions here make and nobody by hand
# (see kvmendian/errors.py), what works on lanes, and what is asked by other modules alone.
RECORDS = {"Report", "Story", "Stage", "Batch", "Field", "Outcome", "Access", "Comparison", "Run",
           "Finding", "Reading", "Row", "Recording", "Replay", "Feedback", "Devices"}  # fmt: skip
WITHIN = {"zero_extend", "sign_of", "concat", "letter", "evaluate", "as_int", "gather", "be_to_cpu",
          "le_to_cpu", "impossible", "field", "known", "devices", "read", "available", "SetupError",
          "Word"}  # fmt: skip


def test_every_public_callable_is_called():
    missing = set()
    for module in MODULES:
        names = module.__all__ if module.__name__ == "kvmendian" else vars(module)
        for name in names:
            thing = getattr(module, name)
            ours = getattr(thing, "__module__", "").startswith("kvmendian")
            here = module.__name__ in ("kvmendian", getattr(thing, "__module__", ""))
            if name.startswith("_") or not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            if ours and here and not {name} & (RECORDS | WITHIN):
                short = module.__name__.split(".")[-1]
                if not {name, f"{short}.{name}"} & set(CALLS):
                    missing.add(f"{module.__name__}.{name}")
    assert not missing
