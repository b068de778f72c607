"""The checker for cells that are filled in: empty first, then by name, case by case."""

from __future__ import annotations

import pytest

from kvmendian import Setup, SetupError
from kvmendian.course.cells import EMPTY, check
from kvmendian.course.questions import KINDS, LONGEST, fresh

BIG = {"guest": "big", "value": 0x3A5CC1E7}
REV = {0x3A5CC1E7: 0xE7C15C3A, 0x11223344: 0x44332211}


def unwritten(x):
    raise NotImplementedError


@pytest.mark.parametrize("guess", ["", "  ", "…", "...", "?", "____", None, ..., b"", [], (), {},
                                   unwritten, lambda x: None])  # fmt: skip
def test_nothing_is_told_before_an_attempt(guess):
    asked = [(REV,)] if callable(guess) else [("mmio_data",), (0x44332211,), (b"\x11",), (REV,)]
    for (one,) in asked:
        fields = BIG if isinstance(one, str) else {}
        found = check(guess, one, **fields)
        assert not found
        assert str(found) == EMPTY


def test_it_reads_what_predict_reads_and_names_the_mistake():
    for text in (
        "3a 5c c1 e7",
        "0x3a5cc1e7",
        b"\x3a\x5c\xc1\xe7",
        "[0x3a, 0x5c, 0xc1, 0xe7]",
        "DCBA",
    ):
        assert check(text, "mmio_data", **BIG)
    found = check("e7 c1 5c 3a", "mmio_data", **BIG)
    assert (found.right, found.kind) == (False, "host-for-guest")
    assert "3a 5c" not in str(found)
    refused = check("nonsense", "mmio_data", **BIG)
    assert (bool(refused), refused.kind) == (False, "no-answer")
    assert "bytes in hex" in str(refused)
    for kind in KINDS:
        question = next(fresh(2, 7, kind))
        assert check(question.sample, question)


@pytest.mark.parametrize(("guess", "right", "kind"), [
    (0x44332211, 0x11223344, "one-swap"), ("33 44 11 22", bytes.fromhex("11223344"),
                                           "halves-exchanged"),
    ("22 11 44 33", bytes.fromhex("11223344"), "rev16"), ("11 22", b"\x11", "length"),
    ("0x99", 0x11223344, "unknown"), ("11 22 33 44", 0x11223344, "no-answer"),
])  # fmt: skip
def test_by_the_right_answer_alone_slips_have_names(guess, right, kind):
    found = check(guess, right)
    assert (bool(found), found.kind) == (False, kind)
    assert check(right, right)


def rev16(x):
    return (x & 0x00FF00FF) << 8 | (x & 0xFF00FF00) >> 8


def test_cases_are_shown_and_the_first_that_fails_is_named():
    assert check(lambda x: int.from_bytes(x.to_bytes(4, "little"), "big"), REV)
    found = check(rev16, REV)
    assert not found
    assert [row[2] for row in found.rows] == ["not yet", "not yet"]
    assert "Right in 0 of 2 cases. First that fails: 0x3a5cc1e7. Not yet:" in found.says
    assert "e7c15c3a" not in str(found)  # what would be right is not told
    assert len(found.says) < LONGEST + 80
    some = check(lambda a, b: a + b, {(1, 2): 3, (2, 2): 5})
    assert [row[2] for row in some.rows] == ["right", "not yet"]
    assert some.rows[1][:2] == ("2, 2", "4")
    assert "ZeroDivisionError" in str(check(lambda x: 1 // 0, {1: 1}))
    filled = check({"a": "11 22", "b": None}, {"a": b"\x11\x22", "b": b"\x22"})
    assert [row[2] for row in filled.rows] == ["right", "nothing yet"]
    assert not check(lambda x: 1, {1: True})  # a number is no yes


@pytest.mark.parametrize("asked", [None, 1.5, True, {}, object(), [1]])
def test_what_asks_nothing_is_refused(asked):
    with pytest.raises(SetupError, match="a question"):
        check("11", asked)
    with pytest.raises(SetupError):
        check("11", "colour")
    with pytest.raises(SetupError):
        check("11", "mmio_data", setup=Setup())


@pytest.mark.parametrize(
    ("guess", "tried"),
    [("", False), (..., False), ("what?", False), ("44 33 22 11", True), ("11 22 33 44", True)],
)
def test_only_an_attempt_opens_what_is_folded_below(guess, tried):
    found = check(guess, "mmio_data", guest="big", value=0x11223344)
    assert found.tried == tried
    html = found._repr_mimebundle_()["text/html"]
    assert html.startswith('<div class="kvmendian-predict"')
    assert ("data-kvmendian-tried>" in html.split("</div>")[0]) == tried


def test_some_of_the_cases_are_an_attempt():
    assert check({0: 1}, {0: 1, 1: 0}).tried
    assert not check({}, {0: 1, 1: 0}).tried
