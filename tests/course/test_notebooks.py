"""Every notebook is committed clean, in short cells, and runs from top to bottom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import nbformat
import pytest
from browser.lab import NOTEBOOKS, own_environment
from nbclient import NotebookClient

if TYPE_CHECKING:
    from pathlib import Path

FOUND = sorted(
    path for path in NOTEBOOKS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
LONGEST_CELL = 12
METADATA = {"kernelspec", "language_info"}


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS / "00-start.ipynb" in FOUND


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_clean(path: Path) -> None:
    """No outputs, no counts, and no widget state, without which GitHub shows no notebook."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) <= METADATA
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.source
            assert cell.execution_count is None, cell.source
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= LONGEST_CELL, cell.source


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in own_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": NOTEBOOKS}}
    )
    # in a thread of its own: Playwright keeps an event loop running in this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(client.execute).result()
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
