"""The model's tests in CPython 3.14, as WebAssembly in node (npm's `pyodide`).

Needs npm and PyPI the first time; what was fetched is kept in build/pyodide.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYODIDE = "pyodide@314.0.6"
PLATFORM = "pyemscripten_2026_0_wasm32"  # that Pyodide's
WHEELS = [
    "pytest",
    "pluggy",
    "iniconfig",
    "packaging",
    "pygments",
    "hypothesis",
    "sortedcontainers",
]
WHEELS += ["pycparser"]
WHEELS += ["bitstring==4.3.1", "bitarray"]  # a newer bitstring needs tibs, which has no wheel there
FOLDERS = ["model", "machine", "evidence", "errors.py", "display.py"]
TESTS = ["tests/model", "tests/machine", "tests/evidence/test_recordings.py"]


def fetched() -> Path:
    """Return the folder with Pyodide and the wheels, unpacked; make it once."""
    folder = ROOT / "build" / PYODIDE.replace("@", "-")
    if (folder / "whole").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["npm", "pack", "--silent", PYODIDE], cwd=folder, check=True)
    (packed,) = folder.glob("*.tgz")
    shutil.unpack_archive(packed, folder, filter="data")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", "wheels"]
    command += ["--only-binary=:all:", "--implementation=cp", "--python-version=3.14"]
    command += ["--abi=cp314", "--abi=none", f"--platform={PLATFORM}", *WHEELS]
    subprocess.run(command, cwd=folder, check=True)
    for wheel in (folder / "wheels").glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder / "site")
    (folder / "whole").touch()
    return folder


@pytest.mark.xdist_group("site")  # it takes minutes: not as the last one
def test_the_model_in_python_3_14() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        assert not os.environ.get("CI"), "node and npm must be there in CI"
        pytest.skip("install node 20 and npm, to try Python 3.14 (Debian: apt-get install npm)")
    folder = fetched()
    command = ["node", "tests/pyodide/run.mjs", folder / "package", folder / "site", ROOT]
    command += [
        "-q",
        "-rs",
        "--noconftest",
        "--tb=short",
        "-p",
        "no:cacheprovider",
        "-p",
        "skipped",
    ]
    command += [*(f"kvmendian/{name}" for name in FOLDERS), *TESTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)  # what was skipped, and why
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Python 3.14" in done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 1000
