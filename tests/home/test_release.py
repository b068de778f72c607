"""What leaves this repository: Binder's image, the wheel, the links, the papers."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from elsewhere import image_context
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kvmendian

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
TAG = f"v{kvmendian.__version__}"
REPOSITORY = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
BINDER = f"https://mybinder.org/v2/gh/{REPOSITORY}/{TAG}?urlpath=lab/tree/notebooks/"
LESSONS = [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def locked() -> dict[str, str]:
    lines = (ROOT / "binder" / "lock.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


# --- Binder
def test_the_lock_agrees_with_the_pins_and_the_ranges():
    lock = locked()
    pins = dict(line.split("==") for line in ENVIRONMENT["dependencies"][-1]["pip"])
    assert {name: lock[name] for name in pins} == pins
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["lab"], *extras["arm"], *extras["prove"]]:
        one = Requirement(text)
        if one.name != "kvmendian":
            assert lock[canonicalize_name(one.name)] in one.specifier, text


def test_the_oldest_pins_are_the_lower_ends_of_the_ranges():
    lines = (ROOT / "tests" / "pins" / "oldest.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["lab"], *extras["arm"], *extras["prove"]]:
        one = Requirement(text)
        if one.name in pins:
            (lowest,) = [s.version for s in one.specifier if s.operator == ">="]
            assert pins.pop(one.name).startswith(lowest)
    assert pins == {}


def test_every_conda_line_is_one_that_conda_reads():
    *conda, below = ENVIRONMENT["dependencies"]
    assert all(re.fullmatch(r"[a-z0-9_.-]+(=\d+(\.\d+)*)?", line) for line in conda)
    assert [str(Requirement(line)) for line in below["pip"]] == below["pip"]


@pytest.fixture(scope="module")
def dockerfile():
    """What repo2docker makes of this repository; no Docker is needed to ask."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_binder_takes_our_file_our_python_and_our_script(dockerfile):
    python = ENVIRONMENT["dependencies"][0].split("=")[1]
    assert f"Building conda environment for python={python}" in dockerfile
    assert re.search(rf"environment-2epy-2d{python.replace('.', '-2e')}-", dockerfile)
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile


def test_the_image_carries_what_learners_need_and_no_more(tmp_path):
    """Not what a list says, but what repo2docker would send to Docker."""
    source = image_context(tmp_path)
    inside = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    kinds = ("kvmendian/", "notebooks/", "binder/")
    needed = {name for name in listed if name.startswith(kinds) and "/." not in name}
    needed = {name for name in needed if not name.startswith("notebooks/pictures/")}
    assert needed | {"environment.yml", "pyproject.toml", "README.md", "LICENSE"} <= inside
    others = {name.split("/")[0] for name in inside if "/" in name}
    assert others == {"binder", "kvmendian", "notebooks"}
    assert not [name for name in inside if name.startswith(("notebooks/pictures", "."))]


def test_every_launch_link_is_for_this_release_and_a_notebook_that_exists():
    text = (ROOT / "README.md").read_text()
    links = re.findall(r"https://mybinder\.org/[^)\s]*", text)
    assert sorted(set(links)) == sorted(BINDER + name for name in LESSONS)
    assert links[0] == f"{BINDER}00-start.ipynb"


# --- the papers
def test_the_changelog_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == kvmendian.__version__


def test_the_citation_file_names_what_the_format_asks_for():
    cite = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= cite.keys()
    assert cite["cff-version"] == "1.2.0"
    assert cite["license"] == PROJECT["license"]
    assert cite["authors"] == PROJECT["authors"]
    assert "version" not in cite  # it is written in one place


# --- the wheel
@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_has_all_that_the_package_reads(wheel):
    assert wheel.name == f"kvmendian-{kvmendian.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    package = ROOT / "kvmendian"
    kinds = {".py", ".js", ".css", ".json", ".typed", ".md", ".c", ".in", ".rs", ".txt"}
    wanted = {p.relative_to(ROOT).as_posix() for p in package.rglob("*") if p.suffix in kinds}
    assert wanted <= inside
    assert {Path(name).suffix for name in wanted} >= {".py", ".js", ".css", ".json", ".c"}
    assert not [name for name in inside if name.startswith(("tests", "notebooks"))]


def test_the_wheel_works_elsewhere(wheel, tmp_path):
    """Away from the checkout: the command, a recording, the widget's module, and no source tree."""
    target = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    code = (
        "import kvmendian; from kvmendian import Explorer\n"
        "from kvmendian.evidence import recordings\n"
        "rows = recordings.load('merged-2014', 'big').rows\n"
        "print(kvmendian.__file__, len(rows), len(Explorer().packed) > 10000)"
    )
    command = [sys.executable, "-c", code]
    environment = {"PYTHONPATH": str(target), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    place, rows, module = done.stdout.split()
    assert place.startswith(str(target))
    assert (rows, module) == ("287", "True")
    told = subprocess.run(
        [sys.executable, "-m", "kvmendian", "--host", "big", "--value", "0x11223344"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "mmio.data" in told.stdout
