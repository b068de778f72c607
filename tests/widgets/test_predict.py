"""`Predict` in Python: what counts as an attempt, what is shown when, and what is not told."""

from __future__ import annotations

import pytest

from kvmendian import Predict, SetupError
from kvmendian.course.questions import KINDS, fresh


def parts(predict):
    asked, answer, row, _, said, who, picture = predict.children
    buttons = {button.description: button for button in (*row.children, *who.children[1:])}
    return asked, answer, buttons, said, who, picture


def give(predict, text):
    parts(predict)[1].take({"answer": text})
    return parts(predict)[3].value


@pytest.mark.parametrize(("call", "word"), [
    (lambda: Predict("nothing"), "ask"),
    (lambda: Predict("register", op="store"), "mmio_data"),
    (lambda: Predict(level=4), "level"),
    (lambda: Predict(kind="backward"), "kind"),
    (lambda: Predict("mmio_data", level=1), "one of the two"),
    (lambda: Predict(width=3), "width"),
    (lambda: Predict(value=-1), "value"),
    (lambda: Predict(next(fresh(1, 7)), width=2), "a question alone"),
])  # fmt: skip
def test_a_bad_question_is_refused(call, word):
    with pytest.raises(SetupError, match=word):
        call()


def test_one_attempt_is_one_attempt():
    predict = Predict("mmio_data", width=2, guest="big", value=0x1122)
    for text in ("22 11", "22 11", " ", "nonsense!", "11 22", "11 22", "22 11"):
        give(predict, text)
    assert (predict.right, predict.tried) == (1, 2)


def test_an_answer_that_was_shown_is_not_counted():
    predict = Predict(level=1, seed=3)
    parts(predict)[2]["Show answer"].click()
    give(predict, predict.question.sample)
    assert (predict.right, predict.tried) == (0, 0)
    before = predict.question
    parts(predict)[2]["Next question"].click()
    assert predict.question == before.next
    give(predict, predict.question.sample)
    assert (predict.right, predict.tried) == (1, 1)


def test_nothing_is_told_before_an_attempt():
    for kind in KINDS:
        predict = Predict(level=2, seed=1, kind=kind)
        _, answer, _, said, who, picture = parts(predict)
        assert "<svg" not in picture.value
        assert said.value == '<p role="status"></p>'
        assert who.layout.display == "none"
        assert answer.unfolds is False
        assert predict.question.show not in repr(predict)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_asked_judged_and_followed_by_the_next(kind):
    predict = Predict(level=3, seed=2, kind=kind)
    for number in range(1, 15):
        _, answer, buttons, said, _, _ = parts(predict)
        assert tuple(answer.options) == predict.question.options
        assert answer.takes == predict.question.takes
        assert "✓ Right" in give(predict, predict.question.sample)
        assert answer.unfolds
        buttons["Next question"].click()
        assert answer.number == number + 1
        assert "Right:" in said.value
    assert (predict.right, predict.tried) == (14, 14)


def test_who_decided_is_asked_after_right_and_judged():
    predict = Predict("ram_bytes", width=2, guest="big", value=0x1122)
    who = parts(predict)[4]
    give(predict, "22 11")
    assert who.layout.display == "none"
    give(predict, "11 22")
    assert who.layout.display == "flex"
    parts(predict)[2]["host"].click()
    assert "✗ Not yet: the host does not decide this" in parts(predict)[3].value
    parts(predict)[2]["guest"].click()
    assert "✓ Right: the guest" in parts(predict)[3].value
    assert (predict.right, predict.tried) == (1, 2)


def test_what_the_learner_types_shows_as_text():
    predict = Predict()
    said = give(predict, "<img src=x onerror=alert(1)>")
    assert "<img" not in said
    assert "&lt;img" in said
    assert predict.tried == 0
    parts(predict)[1].take("no message of ours")
    assert parts(predict)[3].value == said


def test_hints_come_one_by_one():
    predict = Predict()
    said = []
    for _ in range(3):
        parts(predict)[2]["Hint"].click()
        said.append(parts(predict)[3].value)
    assert said[0] != said[1] == said[2]


def test_where_no_widget_runs_the_question_stands_as_text(monkeypatch):
    assert repr(Predict("mmio_data")).startswith("Predict: A little-endian guest stores 4 bytes")
    monkeypatch.setenv("KVMENDIAN_STATIC", "1")
    html = Predict(level=1, seed=7, kind="diagnosis")._repr_mimebundle_()["text/html"]
    assert html.count("<br>") == 4
    assert "<summary>Answer</summary>" in html
