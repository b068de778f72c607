"""The environment check: says ready only when it is, and what to do when it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kvmendian.computer import environment

ROOT = Path(__file__).parents[2]
HEAD = "name: kvmendian\ndependencies:\n  - python=3.12\n  - pip:\n"


def checked(tmp_path, *pins):
    text = HEAD + "".join(f"      - {pin}\n" for pin in pins)
    (tmp_path / "environment.yml").write_text(text)
    return environment.check(tmp_path)


def test_this_environment_is_ready_and_every_pin_was_looked_at():
    report = environment.check()
    assert report.ok, str(report)
    names = {line.name for line in report.lines}
    assert {"Python", "jupyterlab", "ipywidgets", "anywidget", "numpy", "bitstring"} <= names
    assert "Ready." in str(report)


def test_it_is_found_from_a_folder_below(tmp_path):
    checked(tmp_path, "numpy==2.0.0")
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    assert [line.name for line in environment.check(below).lines] == ["Python", "numpy"]


@pytest.mark.parametrize(
    ("pin", "says"),
    [
        ("no-such-package==1.2", "pip install 'no-such-package==1.2'"),
        ("pytest==999.0", "another major version: pip install 'pytest==999.0'"),
    ],
)
def test_what_is_missing_or_foreign_is_named_with_its_mend(tmp_path, pin, says):
    report = checked(tmp_path, pin)
    assert not report.ok
    assert says in str(report)
    assert "Not ready" in str(report)


def test_an_old_python_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    report = checked(tmp_path)
    assert not report.ok
    assert "install Python 3.12" in str(report)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 0), (4, 0, 0)])
def test_a_newer_python_is_never_refused(tmp_path, monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", (*version, "final", 0))
    assert checked(tmp_path).lines[0].mend == ""


def test_it_runs_as_a_plain_file_without_any_package(tmp_path):
    script = ROOT / "kvmendian/computer/environment.py"
    call = [sys.executable, "-I", "-S", str(script)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1  # -S hides every installed package
    assert "missing" in done.stdout
    assert "Traceback" not in done.stderr


def test_what_is_optional_may_be_missing(tmp_path, monkeypatch):
    (tmp_path / "environment.yml").write_text("# kvmendian\n- no-such-package==1.0\n")
    monkeypatch.setitem(environment.OPTIONAL, "no-such-package", "a test speaks of it")
    report = environment.check(tmp_path)
    assert report.ok
    assert "not needed, but a test speaks of it" in str(report)
