"""Every claim of the thread, with a verdict that is computed and agrees with what history says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kvmendian import CLAIMS, Setup
from kvmendian.course.claims import Reading, describe
from kvmendian.course.claims.verdict import Claim, condition

NUMBERS = list(range(1, 27))
# Where the public record has a plain "true", nothing less than "holds" will do; where it has an
# "only if", these cases decide. Written down from the messages and logs, not from the model.
TRUE = {1, 2, 4, 6, 8, 9, 10, 12, 14, 15, 16, 17, 18, 19, 20, 24, 25, 26}
FIXED_ORDER = "fixed, little-endian"


def outcome(number: int) -> str:
    return by_number(number).verdict().outcome


def by_number(number: int) -> Claim:
    return next(claim for claim in CLAIMS.values() if claim.number == number)


def test_all_are_here_in_order_with_their_sources():
    assert [claim.number for claim in CLAIMS.values()] == NUMBERS
    for key, claim in CLAIMS.items():
        assert claim.id == key
        assert claim.who
        assert any(year in claim.when for year in ("2013", "2014", "2018", "2021", "2026"))
        assert len(claim.where) > 10 or claim.where == "the same mail"
        assert len(claim.text) > 40


@pytest.mark.parametrize("number", sorted(TRUE))
def test_what_the_record_calls_true_holds(number):
    assert outcome(number) == "holds"


@pytest.mark.parametrize("number", sorted(set(NUMBERS) - TRUE))
def test_the_others_hold_only_under_a_condition(number):
    assert outcome(number).startswith("holds only when ")


def sides(number, reading=0):
    finding = by_number(number).verdict().findings[reading]
    return set(finding.held), set(finding.broken)


def test_2013_is_right_for_big_on_big_if_the_buffer_is_memory():
    verdict = by_number(3).verdict()
    assert [f.outcome for f in verdict.findings] == ["fails", "holds", "holds"]


def test_swab_is_right_with_a_little_buffer_and_else_on_little_hosts():
    held, broken = sides(5)
    assert {s.host for s in broken} == {"big"}
    assert all(s.host == "little" or s.width == 1 for s in held)
    assert FIXED_ORDER in outcome(5)


@pytest.mark.parametrize("number", [7, 21])
def test_the_counterexample_is_a_raw_store_of_a_big_guest_to_a_little_device(number):
    held, broken = sides(number)
    assert Setup(guest="big", device="little", arch="arm") in broken
    assert Setup(guest="big", device="big", arch="arm") in held
    assert Setup(guest="big", device="little").trace(0x11223344).mmio_data[0] == 0x11


def test_native_differs_from_little_for_a_big_target_alone():
    held, broken = sides(13)
    assert {s.target for s in held} == {"big"}
    assert {s.target for s in broken} == {"little"}
    assert {s.host for s in broken} == {"little", "big"}


def test_the_draft_and_the_sentence_agree_on_little_little_in_both_readings():
    for reading in (0, 1):
        held, broken = sides(22, reading)
        assert Setup(host="little", guest="little", arch="arm") in held
        assert Setup(host="big", guest="little", arch="arm") in broken
    assert Setup(host="big", guest="big", arch="arm") in sides(22, 1)[0]


def test_2013_left_one_quadrant():
    _, broken = sides(23)
    assert {(s.host, s.guest) for s in broken} == {("big", "little")}
    assert {s.width for s in broken} == {2, 4}


def test_the_merged_code_lost_the_sign_in_all_quadrants_and_2013_in_most():
    also = by_number(26).verdict().also
    assert also[0].outcome == "fails"
    kept = {(s.host, s.guest, s.width == 1) for s in also[1].held}
    assert kept == {
        ("little", "little", True),
        ("little", "little", False),
        ("big", "little", True),
    }


def test_a_verdict_is_computed_and_not_stored():
    claim = CLAIMS["only-big-guests"]
    turned = replace(
        claim,
        readings=tuple(
            Reading(r.text, r.cases, lambda case, r=r: not r.holds(case)) for r in claim.readings
        ),
    )
    one, two = (c.verdict().findings[0] for c in (claim, turned))
    assert (set(one.held), set(one.broken)) == (set(two.broken), set(two.held))
    assert turned.verdict().outcome.startswith("holds only when ")


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: str(claim.number))
def test_a_condition_says_exactly_which_cases_hold(claim):
    """Read the words back, and judge every case by them."""
    for finding in (*claim.verdict().findings, *claim.verdict().also):
        if not finding.outcome.startswith("holds only when"):
            continue
        words = finding.outcome.removeprefix("holds only when ")
        for case in (*finding.held, *finding.broken):
            said = any(true(case, term) for term in words.split(", or "))
            assert said == (case in finding.held), (words, case)


FACT = r"(\w+) (?:is (\w+(?:\.\w+)?)|and (\w+) (agree|differ))"


def true(case, term):
    """Judge a case by words such as `width is 1 and guest and host agree`."""

    def get(name):
        name = name.lower()  # EL, EE, E0E
        resolved = name == "device" and isinstance(case, Setup)
        return getattr(case, "device_order" if resolved else name)

    facts = re.findall(FACT, term)
    assert facts
    return all(
        str(get(one)) == value if value else (get(one) == get(two)) == (how == "agree")
        for one, value, two, how in facts
    )


def test_a_condition_that_no_words_tell_is_counted():
    cases = [Setup(width=w, guest=g, host=h) for w in (1, 2, 4, 8)
             for g in ("little", "big") for h in ("little", "big")]  # fmt: skip
    held = tuple(cases[k] for k in (0, 1, 6, 8, 11, 13, 14))
    assert "7 of 16" in condition(held, tuple(c for c in cases if c not in held))


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: str(claim.number))
def test_a_verdict_can_be_shown(claim):
    verdict = claim.verdict()
    assert str(verdict).startswith(verdict.outcome)
    table = verdict.table()
    assert len(table.rows) == len(claim.readings) + len(claim.also)
    assert table.html().count("<tr>") == 1 + len(table.rows)
    if claim.setups:
        assert verdict.story is not None
        assert set(verdict.setups) <= set(claim.setups)
        assert verdict.setups
    assert describe(Setup(host="big")) == "store, width 4, host big, guest little"
