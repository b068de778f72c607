"""What leaves this repository, tried where it goes: `make binder` and `make release`.

Each makes a fresh environment below build/ and lets tests that drive a browser run in it. Packages
come from PyPI. `make binder` starts from the list of Binder's base image (repo2docker has it), with
conda's packages taken from PyPI in the same versions; the image itself is not built here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import repo2docker
import yaml
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import CondaBuildPack

if TYPE_CHECKING:
    import io

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
PYTHON = ENVIRONMENT["dependencies"][0].split("=")[1]
PINS = ENVIRONMENT["dependencies"][-1]["pip"]
SMOKE = ("tests/home/test_lab.py", "tests/widgets/test_explorer_lab.py")
CFFCONVERT = ("cffconvert==2.0.0", "setuptools<81")  # it wants pkg_resources

# What conda calls otherwise than PyPI does
NAMES = {
    "brotli-python": "brotli",
    "jupyterhub-base": "jupyterhub",
    "nbconvert-core": "nbconvert",
    "python-fastjsonschema": "fastjsonschema",
}


def image_context(folder: Path) -> Path:
    """Write what repo2docker would send to Docker, without Docker; return the repository in it."""

    class Client:
        def build(self, *, fileobj: io.BytesIO, **_: object) -> list[str]:
            with tarfile.open(fileobj=fileobj) as tar:
                tar.extractall(folder, filter="tar")
            return []

    pack = CondaBuildPack(Repo2Docker().base_image)
    pack.platform = "linux/amd64"  # mybinder.org's
    with chdir(ROOT):
        list(pack.build(Client(), "unused", 0, {}, [], {}))
    return folder / "src"


def base_packages() -> list[str]:
    """Return the Python packages of Binder's base image as `name==version`, by PyPI's names."""
    packs = Path(repo2docker.__file__).parent / "buildpacks" / "conda"
    lock = (packs / f"environment.py-{PYTHON}-linux-64.lock").read_text()
    found = re.findall(r"/([^/]+)-([^-/]+)-py[^-/]*\.(?:conda|tar\.bz2)", lock)
    return [f"{NAMES.get(name, name)}=={version}" for name, version in found if name != "cpython"]


def fresh(name: str, *packages: str, options: tuple[str, ...] = ()) -> Path:
    """Make the environment build/`name` with these packages, whatever was there before."""
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    run(python(), "-m", "venv", folder)
    pip(folder, *options, *packages)
    return folder


def python() -> str:
    """Return a Python of the version that environment.yml names."""
    homes = Path.home().glob(f".pyenv/versions/{PYTHON}.*/bin/python")
    wanted = tuple(map(int, PYTHON.split(".")))
    asked = f"import ensurepip, sys; sys.exit(sys.version_info[:2] != {wanted})"
    for path in (f"python{PYTHON}", *map(str, homes), sys.executable):
        try:
            done = subprocess.run([path, "-c", asked], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return path
    sys.exit(f"Binder's Python is {PYTHON}, and there is none here; install Python {PYTHON}")


def pip(folder: Path, *arguments: str | Path) -> None:
    command = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    run(*command, "install", "--quiet", *arguments)


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> str:
    """Run a command and return what it said; stop with all of that where it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}"[-6000:])
    return done.stdout


def versions(folder: Path) -> dict[str, str]:
    """Return what is installed, by name."""
    listed = run(folder / "bin" / "python", "-m", "pip", "list", "--format=freeze")
    pairs = [line.split("==") for line in listed.splitlines()]
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def smoke(folder: Path, *options: str) -> str:
    """Run the browser's smoke tests against the JupyterLab of this environment."""
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SMOKE, *options)
    return run(*pytest, KVMENDIAN_LAB=str(folder)).splitlines()[-1]


def place(folder: Path) -> Path:
    """Return where this environment has kvmendian, asked from a folder that has none."""
    code = "import kvmendian; print(kvmendian.__file__)"
    return Path(run(folder / "bin" / "python", "-c", code, cwd=BUILD).strip())


def binder() -> None:
    """Base image's packages, our pins as `conda env update` installs them, postBuild; then all."""
    base = fresh("binder", *base_packages(), options=("--no-deps",))
    before = versions(base)
    pip(base, "--upgrade", *PINS)
    shutil.rmtree(BUILD / "image", ignore_errors=True)
    source = image_context(BUILD / "image")
    path = f"{base / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run(source / "binder" / "postBuild", cwd=source, PATH=path)
    run(base / "bin" / "python", "-m", "pip", "check")
    changed = {n: v for n, v in versions(base).items() if before.get(n) != v and n != "kvmendian"}
    lock = dict(line.split("==") for line in locked())
    assert {name: lock[name] for name in changed} == changed, f"not as in lock.txt: {changed}"
    assert place(base).is_relative_to(source)
    told = "unchanged" if not changed.keys() & before.keys() else "changed in part"
    print(f"Base image: {len(before)} packages, {told}; added {changed}")

    notebooks = sorted(source.glob("notebooks/**/*.ipynb"))
    start = time.monotonic()
    run(base / "bin" / "jupyter", "execute", "--timeout=300", *notebooks, PATH=path)
    print(f"{len(notebooks)} notebooks ran, in {time.monotonic() - start:.0f} s")
    print(f"Browser, on JupyterLab {versions(base)['jupyterlab']}: {smoke(base)}")


def locked() -> list[str]:
    """Return the lines of the lock, without its words."""
    lines = (ROOT / "binder" / "lock.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def release() -> None:
    """Build sdist and wheel; use the wheel elsewhere, in a plain JupyterLab; check the papers."""
    dist = BUILD / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    run(sys.executable, "-m", "hatchling", "build", "-d", dist)
    (wheel,) = dist.glob("*.whl")
    lab = next(pin for pin in PINS if pin.startswith("jupyterlab=="))
    elsewhere = fresh("wheel", lab, str(wheel))
    assert place(elsewhere).is_relative_to(elsewhere)
    told = run(elsewhere / "bin" / "kvmendian", "--host", "big", "--value", "0x11223344", cwd=dist)
    assert "mmio.data" in told
    print(f"{wheel.name}, installed elsewhere: the command answers")
    news = f"--deselect={SMOKE[0]}::test_nothing_asks_the_learner_about_news"  # a plain one does
    print(f"Browser, on {lab}: {smoke(elsewhere, news)}")
    papers = fresh("papers", *CFFCONVERT)
    print(run(papers / "bin" / "cffconvert", "--validate", "-i", ROOT / "CITATION.cff").strip())


if __name__ == "__main__":
    {"binder": binder, "release": release}[sys.argv[1]]()
