"""Did they learn: twelve pairs of equal questions, files of answers, and what is read off them."""

from __future__ import annotations

import json

import pytest

from kvmendian import SetupError
from kvmendian.__main__ import main
from kvmendian.course.learned import learned
from kvmendian.course.pairs import PAIRS, SITTINGS, Sitting


def sat(folder, sitting, learner, wrong=()):
    """Answer all but the items in `wrong`, where the item's own mistake is made; export."""
    made = Sitting(sitting, learner)
    for item, pair in PAIRS.items():
        question = made.question
        mistake = next(m for m in question.mistakes if m.kind == pair.kind)
        answer = mistake.answer if isinstance(mistake.answer, bytes) else hex(mistake.answer)
        made.answer(answer if item in wrong else question.sample)
    assert made.left == 0
    return made.export(folder / f"{learner}-{sitting}.json")


def test_twelve_pairs_of_equal_difficulty():
    assert len(PAIRS) == 12
    for pair in PAIRS.values():
        before, after = pair.before, pair.after
        assert (before.ask, before.setup) == (after.ask, after.setup)
        assert before.value != after.value
        kinds = [{m.kind for m in question.mistakes} for question in (before, after)]
        assert pair.kind in kinds[0] & kinds[1]
        # the same places, and the same mistakes at them
        assert [m.kind for m in before.mistakes[:1]] == [m.kind for m in after.mistakes[:1]]
    assert len({pair.kind for pair in PAIRS.values()}) >= 8


def test_a_sitting_says_nothing_until_it_is_exported(tmp_path):
    sitting = Sitting("before", "a7")
    assert sitting.answer("11 22 33 44") is None
    with pytest.raises(SetupError, match="bytes in hex"):
        sitting.answer("what?")
    assert sitting.left == 11
    sitting.skip()
    data = json.loads(sitting.export(tmp_path / "a.json").read_text())
    assert [one["item"] for one in data["answers"]] == ["ram-little", "ram-big"]
    assert data["answers"][0]["given"] == "11 22 33 44"
    assert data["answers"][1]["mistake"] == "skipped"
    with pytest.raises(SetupError, match="can be written"):
        sitting.export(tmp_path / "no" / "such" / "folder.json")
    assert len(Sitting("after").learner) == 6
    for wrong in (
        lambda: Sitting("during"),
        lambda: Sitting("before", ""),
        lambda: Sitting("after", 5),
    ):
        with pytest.raises(SetupError):
            wrong()


def test_gain_wrong_answers_and_discrimination_by_hand(tmp_path):
    """Twelve learners; the figures are worked out here from how they were made."""
    files = []
    for n in range(12):
        strong = n < 6
        early = {"big-guest"} if strong else {"big-guest", "sign", "native", "accessor"}
        late = set() if strong else {"sign", "native"}
        late |= {"ram-big"} if n in (0, 1) else set()  # the strong stumble where the weak do not
        files += [sat(tmp_path, "before", f"l{n}", early), sat(tmp_path, "after", f"l{n}", late)]
    found = learned(files)
    rows = {row[0]: row for row in found.rows}
    assert (found.before, found.after, found.both) == (12, 12, 12)
    assert rows["big-guest"][1:5] == ("0%", "100%", "+1.00", "none")
    assert rows["sign"][1:5] == ("50%", "50%", "+0.00", "sign-forgotten 6")
    assert rows["accessor"][1:4] == ("50%", "100%", "+1.00")
    assert rows["ram-big"][1:4] == ("100%", "83%", "-17% of all")
    assert rows["sign"][5].startswith("yes")
    assert rows["ram-big"][5].startswith("no: -")
    assert rows["big-guest"][5] == "no: all answer alike"
    assert rows["ram-little"][3] == "all knew it"
    assert "not validated on learners yet" in str(found)
    few = learned(files[:4])
    assert few.rows[0][5] == "too few (2)"


def test_files_that_are_none_are_named_and_the_later_of_two_counts(tmp_path):
    good = sat(tmp_path, "before", "a7", {"sign"})
    for name, text in (("x", "{}"), ("y", "not JSON"), ("z", "[" * 5000), ("w", '{"what": 1}')):
        (tmp_path / name).write_text(text)
    again = tmp_path / "again.json"
    again.write_text(sat(tmp_path / ".", "before", "a7").read_text())
    found = learned([good, *(tmp_path / name for name in "xyzw"), again])
    assert found.before == 1
    assert sum("no file of answers" in note for note in found.notes) == 4
    assert any("second file" in note for note in found.notes)
    assert dict(zip(PAIRS, (row[1] for row in found.rows), strict=True))["sign"] == "100%"
    with pytest.raises(SetupError):
        learned([tmp_path / "x"])


def test_one_damaged_file_of_a_class_is_left_out_and_speaks_no_escapes(tmp_path):
    good = sat(tmp_path, "after", "a7", {"sign"})
    damaged = tmp_path / "damaged.json"
    damaged.write_bytes(b"\xff\xfe\x00bad")
    found = learned([good, damaged])
    assert found.after == 1
    assert any("damaged.json" in note for note in found.notes)
    told = json.loads(good.read_text())
    for one in told["answers"]:
        one["mistake"] = "\x1b[31m\nred" * 50
    told["learner"] = "a\x1b[31m"
    for encoding in ("utf-8-sig", "utf-16"):  # as editors save
        good.write_text(json.dumps(told), encoding=encoding)
        text = str(learned([good, good]))
        assert "a[31m, after: a second file" in text
        assert "[31mred" in text
        assert "\x1b" not in text


def test_the_command(tmp_path, capsys):
    files = [str(sat(tmp_path, sitting, "a7", {"sign"})) for sitting in SITTINGS]
    assert main(["learned", *files]) == 0
    said = capsys.readouterr().out
    assert "1 before, 1 after, 1 both" in said
    assert "sign-forgotten 1" in said
    assert main(["learned", str(tmp_path / "missing.json")]) == 2
    assert "FileNotFoundError" in capsys.readouterr().err
    assert main(["learned"]) == 2
