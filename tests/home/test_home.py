"""The repository as a home: two commands, few files at the top, everything said once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import kvmendian

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TOP = {".ci", ".editorconfig", ".gitignore", ".pre-commit-config.yaml", "LICENSE", "Makefile"} | {
    "README.md", "binder", "environment.yml", "kvmendian", "notebooks", "pyproject.toml", "tests",
    ".github", "CHANGELOG.md", "CITATION.cff"
}  # fmt: skip
MOST_LINES = 300


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: nothing says which files belong here")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name]


def test_readme_gives_the_two_commands_first() -> None:
    top = (ROOT / "README.md").read_text().splitlines()[:60]
    commands = [line.split("#")[0].strip() for line in top]
    assert commands.index("make lab") < commands.index("make test")


def test_the_top_has_nothing_else(tracked: list[Path]) -> None:
    assert {path.parts[0] for path in tracked} <= TOP


def test_ci_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_the_version_is_written_once(tracked: list[Path]) -> None:
    assert "version" in PROJECT["dynamic"]
    texts = [path for path in tracked if path.suffix in {".cff", ".md", ".py", ".toml", ".yml"}]
    written = re.compile(rf"(?<![\d.]){re.escape(kvmendian.__version__)}(?![\d.])")
    holders = {str(path) for path in texts if written.search((ROOT / path).read_text())}
    # test_release.py and test_hub.py hold these to it; results are of a version
    told = {"CHANGELOG.md", "README.md", "binder/hub/README.md", "tests/bench/RESULTS.md"}
    assert holders - told <= {"kvmendian/__init__.py"}


def test_licence() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "BSD-3-Clause"
    assert text.startswith("BSD 3-Clause License\n")
    assert re.search(r"Copyright \(c\) 2026, (.*)", text)[1] == PROJECT["authors"][0]["name"]
    assert re.findall(r"^\d\.", text, re.MULTILINE) == ["1.", "2.", "3."]


@pytest.mark.parametrize(
    "path",
    [p for p in (ROOT / "kvmendian").rglob("*.*") if p.suffix in {".py", ".js", ".css"}],
    ids=lambda path: path.name,
)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_binder_and_conda_read_the_same_file() -> None:
    for_binder = ROOT / "binder" / "environment.yml"
    assert for_binder.read_bytes() == (ROOT / "environment.yml").read_bytes()
    assert not for_binder.is_symlink()  # it would be a text file on Windows and in a zip


def test_pins_are_exact_and_within_the_ranges() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    python, pip, below = environment["dependencies"]
    assert pip == "pip"
    version = re.fullmatch(r"python=(3\.\d+)", python)[1]
    assert version in SpecifierSet(PROJECT["requires-python"])
    pins = dict(line.split("==") for line in below["pip"])
    extras = PROJECT["optional-dependencies"]
    listed = [*extras["lab"], *extras["arm"], *extras["prove"]]
    needed = map(Requirement, [*PROJECT["dependencies"], *listed])
    linux = {"sys_platform": "linux", "platform_machine": "aarch64"}  # the fewest wheels
    known = [one for one in needed if one.name != PROJECT["name"]]
    ours = [one for one in known if not one.marker or one.marker.evaluate(linux)]
    ranges = {one.name: one.specifier for one in ours}
    assert pins.keys() == ranges.keys()
    assert all(pin in ranges[name] for name, pin in pins.items())


def test_binder_installs_the_package_itself() -> None:
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    first, second, *rest = script.read_text().splitlines()
    assert (first, second) == ("#!/bin/bash", "set -e")
    assert "python -m pip install --no-deps -e ." in rest


def test_hooks_are_our_own_commands() -> None:
    path = ROOT / ".pre-commit-config.yaml"
    repos = yaml.safe_load(path.read_text())["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    hooks = repos[0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/python -m ") for hook in hooks)
    command = [sys.executable, "-m", "pre_commit", "validate-config", path]
    subprocess.run(command, check=True)


def make(*arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("make"), *arguments],
        cwd=ROOT,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_target() -> None:
    told = make(path=os.environ["PATH"])
    targets = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert re.findall(r"^make (\w+) +\w", told.stdout, re.MULTILINE) == targets.split()


@pytest.mark.parametrize("target", ["record", "selftest", "compile"])
def test_recorders_find_what_they_import(target) -> None:
    """Their whole work takes minutes and Debian's packages; here they only start."""
    commands = make("--dry-run", target, path=os.environ["PATH"]).stdout
    for command in commands.splitlines():
        path, script = re.fullmatch(r"PYTHONPATH=(\S+) python3 (\S+)", command).groups()
        start = f"import runpy, sys; sys.path[0] = {str(ROOT / Path(script).parent)!r}"
        done = subprocess.run(
            [sys.executable, "-S", "-c", f"{start}; runpy.run_path({script!r})"],  # no packages
            cwd=ROOT,
            env={"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


class Machine:
    """A PATH with nothing but what it is given."""

    def __init__(self, folder: Path, user: int) -> None:
        self.bin, self.venv, self.log = folder / "bin", folder / "venv", folder / "log"
        self.bin.mkdir()
        self.log.touch()
        self.add("id", f"echo {user}")

    def add(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {self.log}\n{script}\n')
        (self.bin / name).chmod(0o755)

    def make_venv(self) -> subprocess.CompletedProcess[str]:
        return make(f"VENV={self.venv}", f"{self.venv}/bin/pip", path=str(self.bin))

    @property
    def last(self) -> str:
        return self.log.read_text().splitlines()[-1]


ME, SUPERUSER = 1000, 0


def test_a_name_that_points_nowhere_is_passed_over(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ME)
    machine.add("python3.12", "exit 127")
    machine.add("python3.13", "exit 0")
    assert machine.make_venv().returncode == 0
    assert machine.last == f"python3.13 -m venv {machine.venv}"


def test_without_a_right_python_one_sentence_says_so(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ME)
    machine.add("python3", "exit 1")
    machine.add("apt-get", "exit 0")
    told = machine.make_venv()
    assert told.returncode != 0
    assert "needs Python 3.11 or newer" in told.stderr
    assert "apt-get" not in machine.log.read_text()


def test_root_on_debian_installs_what_is_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path, SUPERUSER)
    machine.add("python3", f"test -e {tmp_path}/python3-venv")
    machine.add("apt-get", f'test "$2" = update || : > {tmp_path}/python3-venv')
    assert machine.make_venv().returncode == 0
    assert "apt-get -q update\napt-get -q -y install python3-venv\n" in machine.log.read_text()
    assert machine.last == f"python3 -m venv {machine.venv}"


@pytest.mark.parametrize("version", ["3.10.13", "3.11.0", "3.13.9", "3.14.0", "3.15.2", "4.0.0"])
def test_the_makefile_takes_the_versions_of_pyproject(version: str) -> None:
    numbers = tuple(map(int, version.split(".")))
    asked = re.search(r"sys\.exit\((not .*?)\)'", (ROOT / "Makefile").read_text())[1]
    refused = eval(asked, {"sys": type("sys", (), {"version_info": numbers})})  # noqa: S307 - ours
    assert refused == (version not in SpecifierSet(PROJECT["requires-python"]))
