"""The map's data: every square says what `prove` says, of our designs and of a learner's own."""

from __future__ import annotations

import json
from itertools import product

import pytest

from kvmendian import DESIGNS, Design, Setup, prove, truth_table
from kvmendian.model.swaps import be_to_cpu, le_to_cpu, swab
from kvmendian.render import casemap, mappicture
from kvmendian.render.table import COLUMNS, QUADRANTS, place

RULES = {
    "never": lambda data, *_: data,
    "always": lambda data, width, *_: swab(data, width),
    "big guest": lambda data, width, guest, _: swab(data, width) if guest else data,
    "big host": lambda data, width, _, host: swab(data, width) if host else data,
    "they differ": lambda data, width, g, h: swab(data, width) if g != h else data,
    "to big": lambda data, width, _, host: be_to_cpu(data, width, host),
    "to little": lambda data, width, _, host: le_to_cpu(data, width, host),
}
OWN = [
    Design(f"{store}, {load}, {sign}, {buffer}", RULES[store], RULES[load], sign, buffer)
    for k, (store, load, sign, buffer) in enumerate(
        product(RULES, RULES, ("before", "after"), ("native", "little", "memcpy"))
    )
    if k % 14 == 3
]


def asks_hash(data, *_):
    return hash(str(data)) & 255


ODD = Design("odd", asks_hash, asks_hash)


def expected(design, arch):
    """Return what a square must say, by place: from each setup's report alone."""
    report = prove(design)
    broken = {place(setup) for setup in report.failures if setup.arch == arch}
    unknown = {place(setup) for setup in report.open if setup.arch == arch} - broken
    places = {place(setup) for setup in Setup.all(arch=arch, design=design)}
    says = dict.fromkeys(places, "right")
    return says | dict.fromkeys(unknown, "undecided") | dict.fromkeys(broken, "wrong")


def squares(row):
    keys = [(*quadrant, *column) for column in COLUMNS for quadrant in QUADRANTS]
    return {key: state for key, state in zip(keys, row["states"], strict=True) if state}


def test_there_are_twenty_designs_of_a_learners_own():
    assert len(OWN) >= 20
    assert len({design.name for design in OWN}) == len(OWN)


@pytest.mark.parametrize("design", [*DESIGNS.values(), *OWN, ODD], ids=lambda one: one.name)
def test_every_square_is_what_prove_says(design):
    found = casemap.document(truth_table(design))
    archs = [row["arch"] for row in found["rows"]]
    for row in found["rows"]:
        assert squares(row) == expected(design, row["arch"])
        assert row["wrong"] == row["states"].count("wrong")
    if "arm" not in archs:  # then it is the same there, where an access exists
        arm64 = squares(found["rows"][0])
        assert all(arm64[key] == says for key, says in expected(design, "arm").items())


@pytest.mark.parametrize("design", DESIGNS)
def test_the_value_on_show_shows_what_is_wrong(design):
    """The bytes of a wrong square are seen to be wrong, with every device and driver."""
    for setup in Setup.all(design=design, register_width=64, target="little", driver="raw"):
        story = setup.trace(casemap.value_of(setup))
        assert story.honours_abi == story.road.honours_abi


def test_it_is_json_and_counts_what_it_shows():
    found = json.loads(json.dumps(casemap.document(truth_table())))
    states = [state for row in found["rows"] for state in row["states"]]
    assert f"{len(states) - states.count('')} cases" in found["says"]
    assert f"{states.count('wrong')} are wrong" in found["says"]
    assert [row["name"] for row in found["rows"] if row["arch"] == "arm"] == ["memcpy-2012 on arm"]


def test_what_nothing_decides_is_hatched_and_says_why():
    row = casemap.document(truth_table(ODD))["rows"][0]
    assert "hash" in row["note"]
    told = truth_table(Design("text", lambda d, *_: int(str(d)), lambda d, *_: int(str(d))))
    found = casemap.document(told)
    assert "undecided" in found["rows"][0]["states"]
    assert "not decided" in found["says"]


def test_a_design_that_fails_for_one_register_width_alone_says_which():
    def whole(data, width, signed, register_width, *orders):
        return 0 if register_width == 32 else RULES["they differ"](data, width, *orders)

    keep = RULES["they differ"]
    row = casemap.document(truth_table(Design("narrow", keep, keep, mmio_return=whole)))["rows"][0]
    wrong = [k for k, state in enumerate(row["states"]) if state == "wrong"]
    assert set(row["widths"].values()) == {32}
    assert set(map(int, row["widths"])) <= set(wrong)


def test_the_picture_escapes_names_and_counts_the_crosses():
    mine = Design("<b>&" * 9, RULES["never"], RULES["never"])
    found = casemap.document(truth_table("swab", mine))
    picture = mappicture.draw(found)
    assert "<b>" not in picture
    wrong = sum(row["wrong"] for row in found["rows"])
    assert picture.count('class="kvm-cross"') == wrong
