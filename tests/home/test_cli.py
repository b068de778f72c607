"""`python -m kvmendian`, run as its user would: in a process of its own."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from kvmendian import DESIGNS, Setup, truth_table
from kvmendian.__main__ import main


def run(*arguments):
    call = [sys.executable, "-m", "kvmendian", *arguments]
    done = subprocess.run(call, capture_output=True, text=True, check=False, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def test_the_example_of_the_readme():
    words = "--host big --guest little --width 2 --op store --design swab --value 0x1122"
    code, out, err = run(*words.split())
    setup = Setup(host="big", guest="little", width=2, design="swab")
    assert (code, out, err) == (0, str(setup.trace(0x1122)) + "\n", "")


def test_json_carries_the_whole_story():
    code, out, _ = run("--json", "--op", "load", "--width", "2", "--signed", "--value", "0x8001",
                       "--register-width", "32")  # fmt: skip
    told = Setup(op="load", width=2, signed=True, register_width=32).trace(0x8001)
    data = json.loads(out)
    assert code == 0
    assert data["setup"] == told.setup.fields()
    assert data["register"] == hex(told.register) == "0xffff8001"
    assert data["mmio_data"] == told.mmio_data.hex(" ")
    assert data["honours_abi"] is told.honours_abi
    assert [stage["place"] for stage in data["stages"]] == [s.place for s in told.stages]
    assert [swap["swapped"] for swap in data["swaps"]] == [s.swapped for s in told.swaps]


def test_svg_is_a_document():
    code, out, _ = run("--svg")
    assert code == 0
    assert ET.fromstring(out).tag.endswith("svg")  # noqa: S314 - ours


@pytest.mark.parametrize("design", DESIGNS)
def test_table(design, capsys):
    assert main(["--table", design]) == 0
    assert capsys.readouterr().out == str(truth_table(design)) + "\n"


def test_table_of_all(capsys):
    assert main(["--table", "all"]) == 0
    assert capsys.readouterr().out == str(truth_table()) + "\n"


BAD = [
    ["--width", "3"],
    ["--width", "four"],
    ["--width", ""],
    ["--guest", "middle"],
    ["--design", "mine"],
    ["--design", "<script>"],
    ["--value", "0x1ffffffffffffffff"],
    ["--value", "-1"],
    ["--value=ten"],
    ["--value"],
    ["--no-such-option"],
    ["stray"],
    ["--signed"],
    ["--op", "load", "--width", "8", "--register-width", "32"],
    ["--op", "load", "--width", "8", "--signed"],
    ["--op", "load", "--width", "1", "--value", "0x100"],
    ["--register-width", "48"],
    ["--table", "mine"],
    ["--hos", "big"],
    ["--table", "all", "--host", "big"],
    ["--table", "swab", "--value", "1"],
    ["--json", "--svg"],
    ["--json", "--table", "all"],
]


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
def test_bad_options_get_three_parts_and_exit_code_2(arguments, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    heads = [line.split(":")[0] for line in said.err.splitlines()]
    assert heads == ["given", "allowed", "try"]
    assert all(line.split(":", 1)[1].strip() for line in said.err.splitlines())


def test_a_bad_option_makes_no_traceback_in_a_process_of_its_own():
    code, out, err = run("--width", "3")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert err.startswith("given:   width=3")


def test_help_names_every_field():
    code, out, _ = run("--help")
    assert code == 0
    for name in Setup().fields():
        assert "--" + name.replace("_", "-") in out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--width", "3"], "--width 2"),
        (["--op", "laod"], "--op load"),
        (["--hots", "big"], "--host big"),
        (["--guest", "BE", "--host", "BE"], "--guest big --host big"),
        (["--signed"], "--op load --signed"),
        (["--table", "marged"], "--table merged-2014"),
        (["--op", "load", "--width", "4", "--register-width", "32", "--signed"],
         "--op load --signed"),
    ],
)  # fmt: skip
def test_a_hint_is_the_line_that_was_meant(arguments, hint, capsys):
    main(arguments)
    assert said(capsys) == "python -m kvmendian " + hint


def said(capsys):
    return capsys.readouterr().err.splitlines()[-1].split(":", 1)[1].strip()


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
def test_what_it_says_to_try_works(arguments, capsys):
    main(arguments)
    program, options = said(capsys).split("kvmendian", 1)
    assert program == "python -m "
    if options == " --help":
        pytest.skip("argparse ends the process; test_help_names_every_field runs it")
    assert main(shlex.split(options)) == 0


def test_a_reader_who_has_had_enough_gets_no_traceback():
    command = f"{sys.executable} -m kvmendian --table all | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
