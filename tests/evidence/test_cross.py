"""The recipe of `make compile` without a compiler: what it asks, what it reads, what it refuses.

Where Debian's compilers for Arm and QEMU are here, two machines are asked again.
"""

from __future__ import annotations

import json
import platform
import shutil

import cross
import pytest

from kvmendian.evidence import compiled

TOOLS = ("gcc", "arm-linux-gnueabihf-gcc", "qemu-armeb")
HERE = platform.machine() == "x86_64" and all(shutil.which(tool) for tool in TOOLS)
COMMITTED = json.loads(cross.ANSWERS.read_text(encoding="utf-8"))
FIRST, LAST = "machine 4 big", "done"


def lines(*, given=None, got=None):
    """One store of two bytes, each value once, as a big machine with slots of four writes it."""
    found = [FIRST]
    for value in cross.VALUES:
        low = value & 0xFFFF_FFFF
        data = f"{value & 0xFFFF:04x}" + 6 * cross.STALE
        words = f"store merged-2014 2 big {given or f'{low:016x}'} {got or data}"
        found.append(words)
    return [*found, LAST]


def test_the_committed_file_is_an_answer_to_what_is_asked():
    assert list(COMMITTED) == ["meta", "machines", "values", "designs", "consumers"]
    assert [int(value, 16) for value in COMMITTED["values"]] == list(cross.VALUES)
    names = [machine.name for machine in cross.MACHINES]
    assert names == [one["name"] for one in COMMITTED["machines"]] == list(compiled.MACHINES)
    for machine, one in zip(cross.MACHINES, COMMITTED["machines"], strict=True):
        assert (machine.arch, machine.compiler) == (one["arch"], one["compiler"].split()[0])
    assert cross.ANSWERS.stat().st_size < 150_000


def test_the_values_have_every_sign_of_first_and_last_byte():
    for width in (2, 4, 8):
        ends = {(v >> 7 & 1, v >> 8 * width - 1 & 1) for v in cross.VALUES}
        assert ends == {(0, 0), (0, 1), (1, 0), (1, 1)}
    for value in cross.VALUES[:-1]:
        assert len(set(value.to_bytes(8, "little"))) == 8


def test_lines_become_answers():
    key = ("big", 4, "merged-2014", "store", 2, "big")
    assert cross.read(lines()) == {key: ["7718", "e718", "7788", "e7f8", "8000"]}
    written = cross.row(key, cross.read(lines())[key], is_design=True)
    assert written == [*key, "7718 e718 7788 e7f8 8000"]


def test_another_value_or_a_byte_too_many_is_refused():
    with pytest.raises(SystemExit, match="not the value that was meant"):
        cross.read(lines(given="0000000055667789"))
    with pytest.raises(SystemExit, match="more was written"):
        cross.read(lines(got="778800eeeeeeeeee"))
    with pytest.raises(SystemExit, match="not every value"):
        cross.read([*lines()[:3], LAST])


def test_what_is_no_arrangement_of_bytes_is_flagged():
    key = ("big", 8, "memcpy-2012", "load", 4, "big", "signed", 64)
    found = [int.from_bytes(v.to_bytes(8, "little")[:4], "big") for v in cross.VALUES]
    moved = [f"{one << 32:016x}" for one in found]
    negated = [f"{(-one << 32) % 2**64:016x}" for one in found]
    assert cross.moves_bytes(key, moved)
    assert not cross.moves_bytes(key, negated)
    assert cross.row(key, negated, is_design=True)[-1] == "arithmetic"
    extended = [f"{(one - (one >> 31 << 32)) % 2**64:016x}" for one in found]
    assert cross.moves_bytes(key, extended), "a sign is a fill"
    one_wrong = [*moved[:-1], f"{1:016x}"]
    assert not cross.moves_bytes(key, one_wrong)


def test_two_machines_of_a_kind_must_agree():
    key = ("big", 8, "swab", "store", 1, "big")
    assert cross.agreed({"ppc64": {key: ["18"]}, "s390x": {key: ["18"]}}) == {key: ["18"]}
    with pytest.raises(SystemExit, match="s390x disagrees"):
        cross.agreed({"ppc64": {key: ["18"]}, "s390x": {key: ["19"]}})


def test_a_program_that_breaks_off_and_a_slip_that_nothing_shows_are_told(monkeypatch):
    monkeypatch.setattr(cross.kernels, "run", lambda *_: "machine 4 big\n")
    with pytest.raises(SystemExit, match="did not get to its end"):
        cross.said(cross.MACHINES[4], "-O2")
    monkeypatch.setattr(cross, "said", lambda *_: lines())
    with pytest.raises(SystemExit, match="nothing shows it"):
        cross.ask(cross.MACHINES[4])
    monkeypatch.setattr(cross, "said", lambda _, *flags: [FIRST, *flags, LAST])
    with pytest.raises(SystemExit, match="with and without optimisation"):
        cross.ask(cross.MACHINES[4])


@pytest.mark.skipif(not HERE, reason=f"needs {', '.join(TOOLS)}; what they said is tested")
@pytest.mark.parametrize("name", ["x86_64", "armeb"])
def test_a_machine_still_says_what_was_written_down(name, monkeypatch, tmp_path):
    monkeypatch.setattr(cross, "WORK", tmp_path)
    (machine,) = (one for one in cross.MACHINES if one.name == name)
    about, found = cross.ask(machine)
    (committed,) = (one for one in COMMITTED["machines"] if one["name"] == name)
    for field in ("arch", "slot", "order", "answers", "differ_with_slip"):
        assert about[field] == committed[field]
    for key, answers in found.items():
        is_design = key[1] in (4, 8)
        rows = COMMITTED["designs" if is_design else "consumers"]
        assert cross.row(key, answers, is_design=is_design) in rows
