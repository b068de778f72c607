"""Questions: every answer is right, every mistake is wrong, and every mistake is recognised."""

from __future__ import annotations

import struct
from itertools import islice

import pytest
from hypothesis import given, strategies as st

from kvmendian import Predict, Setup, SetupError
from kvmendian.course.mistakes import KINDS
from kvmendian.course.questions import ASKS, LEVELS, Question, fresh, read, spell

VALUE = 0x8192A3B4C5D6E718


def every_question():
    for setup in Setup.all():
        for ask in ASKS:
            try:
                yield Question(ask, setup, VALUE & (1 << 8 * setup.width) - 1)
            except SetupError:
                assert setup.op == "load" or ask == "register"


def test_answers_are_right_by_other_peoples_code():
    """Of kernels that keep the sentence: Python's struct says what the bytes and numbers are."""
    letter = {1: "B", 2: "H", 4: "I", 8: "Q"}
    mark = {"little": "<", "big": ">"}
    seen = 0
    for q in every_question():
        s = q.setup
        if s.design_name != "sign-fixed-2026" or s.driver != "raw":
            continue
        pack = lambda order, value, s=s: struct.pack(mark[order] + letter[s.width], value)  # noqa: E731
        unpack = lambda order, data, s=s, up=False: struct.unpack(  # noqa: E731
            mark[order] + (letter[s.width].lower() if up else letter[s.width]), data
        )[0]
        if s.op == "store":
            data = pack(s.guest, q.value)
            wanted = {
                "mmio_data": data,
                "ram_bytes": data,
                "device_value": unpack(s.device_order, data),
            }
        else:
            data = pack(s.device_order, q.value)
            number = unpack(s.guest, data, up=s.signed) & (1 << s.register_width) - 1
            wanted = {"mmio_data": data, "register": number}
        assert q.answer == wanted[q.ask]
        seen += 1
    assert seen > 300


def test_every_answer_is_accepted_and_every_mistake_is_named():
    kinds = set()
    for q in every_question():
        assert q.check(spell(q.answer)).right
        for mistake in q.mistakes:
            assert mistake.answer != q.answer
            feedback = q.check(spell(mistake.answer))
            assert not feedback.right
            assert mistake.kind in feedback.kinds
            kinds.add(mistake.kind)
    assert kinds == set(KINDS)


CASES = [
    ("host-for-guest", "mmio_data", {"guest": "big", "device": "big"}, 0x11223344, "44 33 22 11"),
    ("device-for-guest", "mmio_data", {"device": "big"}, 0x11223344, "11 22 33 44"),
    ("guest-for-device", "device_value", {"device": "big"}, 0x11223344, "0x11223344"),
    ("host-for-native", "device_value",
     {"guest": "big", "device": "native", "host": "big"}, 0x11223344, "0x11223344"),
    ("accessor-forgotten", "mmio_data",
     {"guest": "big", "host": "big", "driver": "accessor"}, 0x11223344, "11 22 33 44"),
    ("accessor-added", "mmio_data", {"guest": "big"}, 0x11223344, "44 33 22 11"),
    ("sign-forgotten", "register", {"op": "load", "width": 2, "signed": True}, 0x8001, "0x8001"),
    ("sign-wrong-byte", "register",
     {"op": "load", "width": 2, "signed": True}, 0x0180, "0xffffffffffff0180"),
    ("sign-added", "register", {"op": "load", "width": 2}, 0x8001, "0xffffffffffff8001"),
    ("not-truncated", "register",
     {"op": "load", "width": 1, "signed": True, "register_width": 32}, 0x81, "0xffffffffffffff81"),
    ("design", "mmio_data", {"host": "big"}, 0x11223344, "00 00 00 00"),
    ("one-swap", "mmio_data", {}, 0x11223344, "11 22 33 44"),
    ("digits-reversed", "mmio_data", {}, 0x12345678, "87 65 43 21"),
    ("bits-reversed", "mmio_data", {}, 0x01020304, "20 c0 40 80"),
    ("length", "mmio_data", {"width": 2}, 0x1122, "11 22 33 44"),
    ("unknown", "mmio_data", {}, 0x11223344, "de ad be ef"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "ask", "fields", "value", "answer"), CASES, ids=lambda c: str(c)[:20]
)
def test_each_kind_of_mistake(kind, ask, fields, value, answer):
    feedback = Question(ask, Setup(**fields), value).check(answer)
    assert not feedback.right
    assert kind in feedback.kinds
    said = KINDS.get(kind, "").format(design="memcpy-2012")
    assert said in feedback.says
    assert len(feedback.says) > 35
    assert "wrong" not in feedback.says.replace("wrong byte", "")


RIGHT = ["0x11 0x22", "11 22", "1122", "0x1122", "11:22", "11,22", "[0x11, 0x22]", "11_22",
         " 11  22 ", "\\x11\\x22", "0X11 0X22"]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_sensible_spellings_of_bytes(text):
    assert Question("mmio_data", Setup(width=2, guest="big"), 0x1122).check(text).right


@pytest.mark.parametrize(
    "text", ["0x1122", "1122", "0X1122", "0x0000000000001122", "11 22", "4386"]
)
def test_sensible_spellings_of_a_number(text):
    assert Question("register", Setup(op="load", width=2), 0x1122).check(text).right


@pytest.mark.parametrize(
    "text", ["", "zz", "0x", "-1", "1.5", "11 222", "<b>", "1" * 40, "big", "é"]
)
@pytest.mark.parametrize("ask", ["mmio_data", "register"])
def test_nonsense_is_refused_in_words(text, ask):
    question = Question(ask, Setup(op="load", width=2), 0x1122)
    with pytest.raises(SetupError) as caught:
        question.check(text)
    assert "11" in caught.value.hint


@given(st.binary(min_size=1, max_size=8))
def test_what_is_spelled_is_read(data):
    assert read(spell(data), data) == (data,)
    number = int.from_bytes(data, "big")
    assert read(spell(number), number)[0] == number


@pytest.mark.parametrize("level", LEVELS)
def test_fresh_questions_are_fresh_and_repeatable(level):
    many = list(islice(fresh(level, seed=1), 200))
    assert many == list(islice(fresh(level, seed=1), 200))
    assert len(set(many)) > 190
    assert all(q.check(spell(q.answer)).right for q in many)
    assert all(len(q.text) > 60 and len(q.hints[0]) > 30 and len(q.hints[1]) > 30 for q in many)
    if level == 1:
        assert {(q.setup.op, q.setup.driver) for q in many} == {("store", "raw")}
    if level == 3:
        assert {q.setup.signed for q in many} == {False, True}


@pytest.mark.parametrize(("call", "word"), [
    (lambda: Predict("nothing"), "ask"),
    (lambda: Predict("register", op="store"), "mmio_data"),
    (lambda: Predict(level=4), "level"),
    (lambda: Predict("mmio_data", level=1), "one of the two"),
    (lambda: Predict(width=3), "width"),
    (lambda: Predict(value=-1), "value"),
])  # fmt: skip
def test_a_bad_question_is_refused(call, word):
    with pytest.raises(SetupError, match=word):
        call()


def buttons(predict):
    return {button.description: button for button in predict.children[1].children[1:]}


class TestPredict:
    def test_the_score_counts_answers_until_the_right_one(self):
        predict = Predict("mmio_data", width=2, guest="big", value=0x1122)
        for text in ("22 11", "11 22", "11 22", "22 11"):
            predict.answer(text)
        assert (predict.right, predict.tried) == (1, 2)

    def test_an_answer_that_was_shown_is_not_counted(self):
        predict = Predict(level=1, seed=3)
        buttons(predict)["Show answer"].click()
        predict.answer(spell(predict.question.answer))
        assert (predict.right, predict.tried) == (0, 0)
        before = predict.question
        buttons(predict)["Next question"].click()
        assert predict.question != before
        predict.answer(spell(predict.question.answer))
        assert (predict.right, predict.tried) == (1, 1)

    def test_the_picture_comes_after_the_answer(self):
        predict = Predict("mmio_data", width=2, guest="big", value=0x1122)
        predict.answer("22 11")
        assert "<svg" not in predict.children[-1].value
        predict.answer("11 22")
        assert "<svg" in predict.children[-1].value

    def test_what_the_learner_types_shows_as_text(self):
        predict = Predict()
        predict.children[1].children[0].value = "<img src=x onerror=alert(1)>"
        assert "<img" not in predict.children[3].value
        assert "&lt;img" in predict.children[3].value
        assert predict.tried == 0

    def test_hints_come_one_by_one(self):
        predict = Predict()
        said = []
        for _ in range(3):
            buttons(predict)["Hint"].click()
            said.append(predict.children[3].value)
        assert said[0] != said[1] == said[2]

    def test_where_no_widget_runs_the_question_stands_as_text(self):
        assert repr(Predict("mmio_data")).startswith(
            "Predict: A little-endian guest stores 4 bytes"
        )
