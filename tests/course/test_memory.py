"""Memory: a file that a person can read, or none at all; and questions that follow from it."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from kvmendian import SetupError
from kvmendian.course.memory import NAME, Memory
from kvmendian.course.questions import fresh


def mistaken(folder, kind, times=5):
    memory = Memory(folder)
    question = next(fresh(2, 7))
    feedback = question.answer(question.sample)._replace(right=False, kind=kind)
    for _ in range(times):
        memory.keep(question, feedback)
    return memory


def kinds(question):
    if hasattr(question, "mistakes"):
        return {mistake.kind for mistake in question.mistakes}
    things = (*getattr(question, "choices", ()), *getattr(question, "items", ()))
    return {one.kind for one in things} | {line.does for line in getattr(question, "lines", ())}


def test_a_person_can_read_it_and_delete_it(tmp_path):
    memory = mistaken(tmp_path, "host-for-guest", 2)
    told = json.loads((tmp_path / NAME).read_text())
    assert told["mistakes"] == {"host-for-guest": 2}
    assert "Delete this file" in told["what"]
    assert len((tmp_path / NAME).read_text()) < 300
    assert Memory(tmp_path).mistakes == memory.mistakes
    (tmp_path / NAME).unlink()
    assert Memory(tmp_path).mistakes == {}


def test_a_right_answer_makes_up_for_a_mistake(tmp_path):
    question = next(fresh(1, 7))
    kind = question.mistakes[0].kind
    memory = mistaken(tmp_path, kind, 1)
    memory.keep(question, question.answer(question.sample))
    assert (memory.mistakes, memory.right) == ({}, 1)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mistakes": 5}', '{"mistakes": {"a": "x"}}',
                                  '{"mistakes": {"a": -1}, "right": 0}', "[" * 9999])  # fmt: skip
def test_a_file_that_makes_no_sense_is_begun_anew(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    assert Memory(tmp_path).mistakes == {}
    assert len(Memory(tmp_path).warm_up(3, seed=1)) == 3


def test_read_only_it_works_and_says_that_it_forgets(tmp_path):
    folder = tmp_path / "missing"
    memory = mistaken(folder, "sign-forgotten")
    assert memory.mistakes == {"sign-forgotten": 5}
    assert "forgotten" in memory.note
    assert not folder.exists()
    assert len(memory.warm_up(5)) == 3
    with pytest.raises(SetupError, match="folder"):
        Memory(5)


@pytest.mark.parametrize("lesson", range(1, 9))
def test_three_questions_of_earlier_lessons(tmp_path, lesson):
    memory = Memory(tmp_path)
    for seed in range(30):
        three = memory.warm_up(lesson, seed)
        assert [q.text for q in three] == [q.text for q in memory.warm_up(lesson, seed)]
        assert len({q.text for q in three}) == 3
        for q in three:
            assert q.series.level <= {1: 1, 2: 1}.get(lesson, 3)
            assert q.answer(q.sample).right
            assert lesson > 1 or q.kind == "forward"
    for wrong in (0, 9, "3"):
        with pytest.raises(SetupError, match="lesson"):
            memory.warm_up(wrong)


def test_they_are_weighted_by_the_mistakes_that_were_made(tmp_path):
    count = Counter()
    for kind in ("accessor-forgotten", "sign-forgotten"):
        memory = mistaken(tmp_path / kind, kind)
        for seed in range(40):
            count[kind] += sum(kind in kinds(q) for q in memory.warm_up(6, seed))
    assert count["accessor-forgotten"] == count["sign-forgotten"] == 120
    without = sum("sign-forgotten" in kinds(q) for seed in range(40)
                  for q in Memory(tmp_path / "x").warm_up(6, seed))  # fmt: skip
    assert without < 60
