"""What a prompt answers: short, readable, the same words as text and in a notebook."""

from __future__ import annotations

import inspect
import pydoc
import re

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import kvmendian
from kvmendian import CLAIMS, DESIGNS, SENTENCES, Atlas, Design, Setup, SetupError, apply, prove
from kvmendian.computer import environment
from kvmendian.course import questions
from kvmendian.course.questions import mistakes
from kvmendian.display import Catalogue, Table, Tabular
from kvmendian.evidence import recordings
from kvmendian.machine import consumers, guest, qemu, syndrome
from kvmendian.model import lanes, word

LOAD = Setup(op="load", width=2, signed=True, host="big")
TOLD = LOAD.trace(0x8001)
QUESTION = next(questions.fresh(2, 7))
OBJECTS = {
    "setup": LOAD,
    "story": TOLD,
    "road": TOLD.road,
    "steps": TOLD.road.steps,
    "stages": TOLD.stages,
    "swaps": TOLD.swaps,
    "word": word.Word(lanes.SOURCE),
    "designs": DESIGNS,
    **{f"design {name}": design for name, design in DESIGNS.items()},
    **{f"proof of {name}": prove(name) for name in DESIGNS},
    "own": prove(Design("x" * 5000, lambda d, *_: d, lambda d, *_: d)),
    "sentences": SENTENCES,
    **{f"sentence {name}": one for name, one in SENTENCES.items()},
    "claims": CLAIMS,
    **{f"claim {name}": one for name, one in CLAIMS.items()},
    **{f"verdict of {name}": one.verdict() for name, one in CLAIMS.items()},
    "finding": CLAIMS["only-big-guests"].verdict().findings,
    "truth table": kvmendian.truth_table(),
    "atlas": Atlas(),
    "batch": apply(Setup(), range(100_000)),
    "recording": recordings.load("merged-2014", "big"),
    "rows": recordings.load("merged-2014", "big").rows[:10],
    "replay": recordings.replay(recordings.load("merged-2014", "big")),
    "devices": recordings.devices(),
    "question": QUESTION,
    "feedback": QUESTION.answer("11"),
    "mistake": mistakes.Mistake("design", 0x1234, "says", "step"),
    "comparison": consumers.compare(bytes(8), host="big"),
    "accesses": qemu.Emulator().write(bytes(4), qemu.MemoryRegion()),
    "region": qemu.MemoryRegion(),
    "abort": syndrome.DataAbort(),
    "state": guest.AArch64(),
    "environment": environment.check(),
    "explorer": kvmendian.Explorer(),
    "map": kvmendian.Map(),
    "thread": kvmendian.Thread(),
    "register": kvmendian.Register(0x11),
    "memory": kvmendian.Memory(0x11),
    "mmio data": kvmendian.MmioData(),
    "predict": kvmendian.Predict(),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_a_repr_fits_a_screen_and_hides_nothing(name):
    thing = OBJECTS[name]
    for said in (repr(thing), *([str(thing)] if isinstance(thing, Tabular) else [])):
        assert len(said.splitlines()) <= (20 if said == repr(thing) else 100)
        assert len(said) <= (2000 if said == repr(thing) else 20_000)
        assert " object at 0x" not in said
        assert "<function" not in said
        assert not re.search(r"\b\d{6,}\b", re.sub(r"'[^']*'|[0-9a-f]{12}", "", said)), said


@pytest.mark.parametrize("name", [n for n, one in OBJECTS.items() if isinstance(one, Tabular)])
def test_a_table_says_the_same_as_text_and_in_a_notebook(name):
    table, bundle = OBJECTS[name].table(), OBJECTS[name]._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == str(OBJECTS[name])
    assert all(len(line) <= 104 for line in str(table).splitlines()[1:])
    assert "<script" not in bundle["text/html"]
    folded = "".join(str(table).split())
    for row in table.shown:
        for cell in row:
            assert all(part in folded for part in re.split(r"[\s-]+", cell)), cell


def test_a_table_escapes_and_counts_what_it_leaves_out():
    table = Table("<b>", ("a&b",), tuple((f"<{k}>",) for k in range(20)), ("<i>",), more=5)
    assert str(table).splitlines()[-2:] == ["  and 13 more", "  <i>"]
    assert not re.search(r"<(b|i|\d+)>", table.html())
    assert "and 13 more" in table.html()


def test_an_id_that_is_not_there_is_told_the_nearest():
    for mapping, given, near in (
        (CLAIMS, "only-big-guest", "'only-big-guests'"),
        (DESIGNS, "merged-2015", "'merged-2014'"),
        (SENTENCES, "as-if-rom", "'as-if-ram'"),
        (DESIGNS, 3, "'memcpy-2012'"),
        (DESIGNS, [], "'memcpy-2012'"),
    ):
        with pytest.raises(SetupError) as told:
            mapping[given]
        assert told.value.hint == near
        assert isinstance(told.value, KeyError)
        assert str(told.value).startswith("given: id ")
        assert mapping.get(given) is None
        assert given not in mapping


def test_a_catalogue_is_read_only_and_in_order():
    ids = Catalogue("numbers", {"b": 1, "a": 2}, {"n": str})
    assert (list(ids), len(ids), ids["a"], dict(ids)) == (["b", "a"], 2, 2, {"b": 1, "a": 2})
    assert not hasattr(ids, "__setitem__")


def test_tab_offers_public_names_only():
    assert dir(kvmendian) == sorted(kvmendian.__all__)
    assert not [name for name in dir(kvmendian) if name.startswith("_")]


def test_help_opens_with_an_overview():
    first = pydoc.render_doc(kvmendian, renderer=pydoc.plaintext).splitlines()[:45]
    for word_ in ("Setup", "prove", "Explorer", "CLAIMS", "model", "machine", "evidence"):
        assert any(word_ in line for line in first), word_


def test_fields_are_completed_and_have_types():
    for maker in (Setup, kvmendian.Explorer):
        known = inspect.signature(maker).parameters
        assert set(known) >= set(Setup().fields()), maker
        assert "little" in str(known["device"].annotation)
    shell = InteractiveShell.instance()
    shell.run_cell("import kvmendian; from kvmendian import Setup, Explorer, CLAIMS")

    def offered(text: str) -> set[str]:
        with provisionalcompleter():
            return {one.text for one in shell.Completer.completions(text, len(text))}

    for maker in ("Setup(", "Explorer("):
        assert {f"{field}=" for field in Setup().fields()} <= offered(maker)
    assert {"guest="} <= offered("Setup(width=2, gu")
    assert offered("kvmendian.") == set(kvmendian.__all__)
    assert "only-big-guests" in offered('CLAIMS["')
