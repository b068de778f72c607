"""Warming up, and the twelve questions: what is shown, kept and written."""

from __future__ import annotations

import json

import pytest

from kvmendian import SetupError
from kvmendian.course.memory import NAME
from kvmendian.widgets import Sit, WarmUp


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_warming_up_follows_the_memory(folder, monkeypatch):
    (folder / NAME).write_text(json.dumps({"right": 3, "mistakes": {"accessor-forgotten": 9}}))
    three = [predict.question for predict in WarmUp(3, seed=1).children]
    assert all("accessor-forgotten" in {m.kind for m in q.mistakes} for q in three)
    monkeypatch.setenv("KVMENDIAN_STATIC", "1")
    assert WarmUp(3)._repr_mimebundle_()["text/html"].count("<summary>Answer<") == 3
    with pytest.raises(SetupError, match="lesson"):
        WarmUp(9)


def test_twelve_questions_are_kept_and_written(folder):
    sit = Sit("after", learner="a/7 <b>")
    asked, answer, row, _, said = sit.children
    skip, save = row.children
    assert save.disabled
    for number in range(1, 13):
        assert asked.value.startswith(f"<p>{number} of 12. ")
        if number == 2:
            skip.click()
            continue
        answer.take({"answer": "what?"})
        assert "That is no answer" in said.value
        answer.take({"answer": " "})
        assert "do not know" in said.value
        answer.take({"answer": sit.sitting.question.sample})
        assert "Right" not in said.value
    assert (skip.disabled, save.disabled, answer.layout.display) == (True, False, "none")
    save.click()
    told = json.loads((folder / "kvmendian-answers-a7b-after.json").read_text())
    assert told["learner"] == "a/7 <b>"
    assert [one["right"] for one in told["answers"]] == [True, False, *[True] * 10]
    assert "<b>" not in said.value
    with pytest.raises(SetupError, match="sitting"):
        Sit("during")
