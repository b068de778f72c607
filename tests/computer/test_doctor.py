"""`make check`: each thing that can be wrong with an attendee's computer is told, one by one."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from types import SimpleNamespace

import pytest

from kvmendian.computer import doctor

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "kvmendian/computer/doctor.py"


def test_this_machine_is_ready_and_the_command_says_so():
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Ready" in done.stdout.splitlines()[-1]
    assert "NO " not in done.stdout
    assert len(done.stdout.splitlines()) == len(doctor.CHECKS) + 1


def test_pythons_as_old_as_3_6_can_read_it():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    assert "from __future__" not in SCRIPT.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", [f"3.{minor}" for minor in range(6, 15)])
def test_every_python_that_is_here_gets_an_answer(version):
    """Also the ones that are too old; those that are not here are covered by the test above."""
    for path in Path.home().glob(f".pyenv/versions/{version}.*/bin/python"):
        done = subprocess.run([path, SCRIPT], capture_output=True, text=True, check=False)
        good = tuple(map(int, version.split("."))) >= doctor.OLDEST
        assert (done.returncode == 0) == good, done.stdout + done.stderr
        assert ("3.11 or newer is needed" in done.stdout) != good
        assert done.stderr == ""


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 6, 1), (2, 7, 18)])
def test_an_old_python_is_refused_with_a_way_to_get_one(version):
    found = doctor.python(version)
    assert found.needed
    assert "install 3.12" in found.mend


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 0), (3, 15, 1), (4, 0, 0)])
def test_a_newer_python_is_never_refused(version):
    assert doctor.python(version).mend == ""


def test_a_python_without_ensurepip_is_told_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "python3-venv" in doctor.venv().mend


def test_missing_packages_are_named_and_can_be_installed(tmp_path):
    (tmp_path / "environment.yml").write_text("name: kvmendian\n  - pip:\n      - no-such==1.0\n")
    found = doctor.packages(tmp_path)
    assert "no-such" in found.found
    assert "make lab" in found.mend
    assert not found.needed
    text = doctor.report([doctor.Finding("Python", "3.12.1"), found])
    assert text.splitlines()[-1].startswith("Ready to install: run: make lab")


def test_without_make_the_plain_commands_are_given(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert doctor.install_line().startswith("run: python3 -m venv .venv, then: ")
    monkeypatch.setattr(doctor, "WINDOWS", True)
    assert "py -3.12 -m venv" in doctor.install_line()
    assert ".venv\\Scripts\\python -m pip install -e .[lab]" in doctor.install_line()


def test_a_broken_environment_is_told(tmp_path):
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(tmp_path / "gone")
    shutil.copy(ROOT / "environment.yml", tmp_path)
    assert doctor.packages(tmp_path).mend == ""  # a dangling link: this Python is asked instead
    python.unlink()
    python.write_text("not a program")
    python.chmod(0o755)
    assert "delete .venv" in doctor.packages(tmp_path).mend


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    found = doctor.space(tmp_path)
    assert (found.found, found.needed) == ("5 MB free", True)
    assert "900 MB" in found.mend


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "write_text", refuse)
    found = doctor.writable(tmp_path)
    assert "Permission denied" in found.found
    assert "copy the course" in found.mend


def test_little_memory_is_a_note_only():
    found = doctor.memory(free=300)
    assert "close other programs" in found.mend
    assert not found.needed
    assert doctor.memory(free=4000).mend == ""


def test_a_taken_port_is_a_note_only():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        found = doctor.port(number)
    assert (found.found, found.needed) == ("taken", False)
    assert "the next one" in found.mend
    assert doctor.port(number).found == "free"


def test_no_browser_is_a_note_only():
    def nothing():
        raise webbrowser.Error

    found = doctor.browser(nothing)
    assert "any browser of yours" in found.mend
    assert not found.needed


def test_what_is_needed_decides():
    fine, bad = doctor.Finding("a", "x"), doctor.Finding("b", "y", "do z")
    assert doctor.report([fine]).endswith("Ready. Start with: make lab")
    assert "NO    b             y -> do z" in doctor.report([fine, bad])
    assert "Not ready" in doctor.report([fine, bad])


def test_make_check_finds_a_python_or_says_so(tmp_path):
    make = shutil.which("make")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "id", "test", "awk"):
        (tools / name).symlink_to(shutil.which(name))
    command = [make, "check", f"VENV={tmp_path}/none"]
    environment = {"PATH": str(tools)}
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert "no Python was found; install Python 3.12" in told.stderr
    (tools / "python3").symlink_to(sys.executable)
    told = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "ok    Python" in told.stdout
