"""Sentences and proofs: who keeps what, the smallest counterexample, and designs of one's own."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from kvmendian import DESIGNS, SENTENCES, Design, Setup, SetupError, check, prove, truth_table
from kvmendian.model.designs import be_to_cpu, le_to_cpu, mask, swab
from kvmendian.model.lanes import SOURCE, as_int
from kvmendian.model.word import NotLanesError, Word


def both(name, function, **more):
    return Design(name, guest_to_host=function, host_to_guest=function, **more)


def right(data, width, guest_is_big, host_is_big):
    return swab(data, width) if guest_is_big != host_is_big else mask(data, width)


def test_todays_kernel_holds_for_every_setup_and_value():
    report = prove("sign-fixed-2026")
    assert report.holds
    assert report.proven
    assert (report.tried, report.tried_on) == (2304, {"arm64": 1536, "arm": 768})
    assert "1536 setups on arm64 and 768 setups on arm" in str(report)
    assert report.counterexample is None


def test_be_guests_fails_first_at_a_big_host_and_a_little_guest():
    setup, value = prove("be-guests-2013").counterexample
    assert (setup.host, setup.guest, setup.width, value) == ("big", "little", 2, 1)


def test_merged_holds_for_all_but_sign_extending_loads():
    report = prove("merged-2014")
    assert set(report.failures) == {s for s in Setup.all(design="merged-2014") if s.signed}
    setup, value = report.counterexample
    assert (setup.width, value) == (1, 0x80)


def test_swab_fails_in_both_big_host_quadrants():
    plain = {s for s in prove("swab").failures if not s.signed}
    assert {(s.host, s.guest) for s in plain} == {("big", "little"), ("big", "big")}
    assert plain == {
        s for s in Setup.all(design="swab") if s.host == "big" and s.width > 1 and not s.signed
    }


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_counterexample_is_one_and_the_smallest(design, sentence):
    report = check(sentence, design)
    assert report.holds == (report.counterexample is None) == (report.failures == ())
    assert report.tried == 2304
    assert design in str(report)
    if report.counterexample is None or sentence != "as-if-ram":
        return
    setup, value = report.counterexample
    assert setup == report.failures[0]
    assert not report.story.honours_abi
    assert report.story.value == value
    for smaller in range(min(value, 300)):
        assert setup.trace(smaller).honours_abi


KEPT = """
sentence           by today's design, in these quadrants (host/guest), stores and plain loads
as-if-ram          little/little little/big big/little big/big
host-integer       little/little big/big
bus-value          little/little little/big
device-order
always-little      little/little big/little
guest-independent
"""


def test_where_todays_design_keeps_each_sentence():
    for line in KEPT.strip().splitlines()[1:]:
        sentence, *quadrants = line.split()
        kept = {f"{h}/{g}" for kind, h, g in check(sentence, "sign-fixed-2026").kept_where
                if kind == "store"}  # fmt: skip
        assert kept == set(quadrants), sentence


def test_swab_is_the_design_that_was_right_for_a_value():
    """With a native buffer it makes the bus's value, as the host's integer, in every quadrant."""
    failures = check("bus-value", "swab").failures
    assert failures
    assert all(setup.signed for setup in failures)


@given(st.integers(0, 2**64 - 1), st.randoms(use_true_random=False))
def test_a_word_computes_as_an_integer_does(value, random):
    """Random byte moves, on lanes and on the value: the same result."""
    word, number = Word(SOURCE), value
    for _ in range(random.randrange(1, 6)):
        bits, byte_mask = 8 * random.randrange(4), random.choice([0xFF, 0xFF00, 0xFFFF0000FF])
        match random.randrange(5):
            case 0:
                word, number = word & byte_mask, number & byte_mask
            case 1:
                word, number = (word << bits), (number << bits)
            case 2:
                word, number = (word >> bits), (number >> bits)
            case 3:
                word, number = swab(word, 4), swab(number, 4)
            case 4:
                word = (word & 0xFF) | (word & 0xFF00) << 8
                number = (number & 0xFF) | (number & 0xFF00) << 8
    assert as_int(word.lanes(), value) == number & (1 << 64) - 1


@pytest.mark.parametrize(
    "look",
    [
        lambda x: x & 0x0F, lambda x: x << 4, lambda x: x | 1, lambda x: x + 1, lambda x: x == 0,
        int, bool, lambda x: x < 5, lambda x: x ^ x, lambda x: {x: 1},
        lambda x: x & x, lambda x: x >> x, lambda x: f"{x}", bytes,
    ],
)  # fmt: skip
def test_a_word_cannot_be_looked_at(look):
    with pytest.raises((NotLanesError, TypeError)):
        look(Word(SOURCE))


def by_shifts(data, width, guest_is_big, host_is_big):
    if guest_is_big == host_is_big:
        return data & (1 << 8 * width) - 1
    moved = 0
    for k in range(width):
        moved |= (data >> 8 * k & 0xFF) << 8 * (width - 1 - k)
    return moved


def by_bytes(data, width, guest_is_big, host_is_big):
    low = data.to_bytes(8, "little")[:width]
    return int.from_bytes(low, "big" if guest_is_big != host_is_big else "little")


@pytest.mark.parametrize("function", [right, by_shifts, by_bytes])
def test_a_learners_right_answer_holds_and_says_how_it_was_found(function):
    report = prove(both("mine", function))
    assert report.holds
    assert report.proven
    assert report.undecided is None
    assert "for every value" in str(report)


def test_what_cannot_be_decided_does_not_hold_and_says_why():
    report = prove(both("mine", by_table))
    assert not report.holds
    assert not report.proven
    assert report.counterexample is None
    assert "not proven, because it looks the data up in a dict or set" in str(report)


def test_a_learners_wrong_answers_get_the_smallest_counterexample():
    cases = {
        "never swaps": lambda d, w, g, h: mask(d, w),
        "always swaps": lambda d, w, g, h: swab(d, w),
        "host for guest": lambda d, w, g, h: be_to_cpu(d, w, not h),
        "by values": lambda d, w, g, h: by_bytes(d, w, g, not h),
        "one wrong value": lambda d, w, g, h: right(d, w, g, h) if d & 0xFF != 0x80 else 0,
        "le only": lambda d, w, g, h: le_to_cpu(d, w, h),
    }
    for name, function in cases.items():
        report = prove(both(name, function))
        assert not report.holds, name
        setup, value = report.counterexample
        assert not setup.trace(value).honours_abi
        assert setup.width == (1 if name == "one wrong value" else 2), name
        assert report.story.swaps


def test_sign_extension_before_the_conversion_is_found_too():
    report = prove(both("mine", right, sign_extend="before"))
    assert all(setup.signed for setup in report.failures)
    assert not report.holds


@pytest.mark.parametrize(
    "function",
    [
        lambda d, w, g, h: None,
        lambda d, w, g, h: 1.5,
        lambda d, w, g, h: "x",
        lambda d, w, g, h: 1 // 0,
        lambda d, w, g, h: undefined,  # noqa: F821
        lambda d: d,
    ],
)
def test_a_function_that_does_not_work_is_told_so_by_name(function):
    mine = both("mine", function)
    for attempt in (lambda: prove(mine), lambda: Setup(design=mine).trace(1)):
        with pytest.raises(SetupError) as error:
            attempt()
        assert "guest_to_host of 'mine'" in error.value.given


def test_a_result_beyond_64_bits_is_cut_as_in_c():
    story = Setup(design=both("mine", lambda d, w, g, h: d << 8), width=8).trace(0x1122334455667788)
    assert story.mmio_data == (0x2233445566778800).to_bytes(8, "little")
    story = Setup(design=both("mine", lambda d, w, g, h: ~d), width=1).trace(0)
    assert story.mmio_data == b"\xff"


def by_table(data, width, guest_is_big, host_is_big):
    return right({1: 1}.get(data, data), width, guest_is_big, host_is_big)


def test_a_story_of_a_function_that_looks_at_its_data_is_still_told():
    odd = both("odd", lambda d, w, g, h: d + 1)
    story = Setup(design=odd).trace(0x11223344)
    assert not story.honours_abi
    good = Setup(host="big", design=both("good", by_table)).trace(0x11223344)
    assert good.swaps[0].swapped
    assert "Right: " in str(good)
    assert "prove(design) says what holds for all" in " ".join(str(good).split())
    assert story.device_value == 0x11223345
    assert "A2 45" in str(story)
    assert not any(truth_table(odd).cells.values())


def test_unknown_ids_are_refused():
    for attempt in (lambda: prove("mine"), lambda: check("mine", "swab"), lambda: prove(None)):
        with pytest.raises(SetupError):
            attempt()
