"""Arrows point down only, the package is light to import, and byte order lives in one module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kvmendian"
PERMUTES = {"byteswap", "from_bytes", "newbyteorder", "to_bytes", "struct"}


def test_the_contracts_of_pyproject_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_importing_the_package_brings_none_of_the_heavy_ones() -> None:
    script = "import sys, kvmendian; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(told.stdout.split())
    assert "kvmendian.model.story" in loaded
    assert not loaded & {"numpy", "bitstring", "ipywidgets", "anywidget", "IPython"}


ORDERS = ("lanes.py", "octets.py")
"""Who may: octets stand in for what `int.to_bytes` gives, and ask the lanes for the order."""


@pytest.mark.parametrize(
    "path", [p for p in PACKAGE.rglob("*.py") if p.name not in ORDERS], ids=lambda p: p.name
)
def test_only_lanes_permutes_bytes(path: Path) -> None:
    used = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            used |= {alias.name for alias in node.names} | {getattr(node, "module", None)}
    assert not used & PERMUTES
