"""Kernels in odd places: cells out of order, nothing to write on, little memory, another country."""

from __future__ import annotations

import contextlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import nbformat
import pytest
from browser.lab import NOTEBOOKS, own_environment
from nbclient import NotebookClient

from kvmendian import SetupError

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
CAP = 450_000  # kB: what mybinder.org promises to everybody
# What a kernel must be able to say at the end: its peak, what its numbers and texts look like
TELL = """
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
import locale, time
print("peak", peak.split()[1], "zone", time.tzname[0], "folder", __import__("os").getcwd())
"""


def run(path, folder, more=""):
    notebook = nbformat.read(path, as_version=4)
    if more:
        notebook.cells.append(nbformat.v4.new_code_cell(more))
    where = {"metadata": {"path": folder}}
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where)
    with ThreadPoolExecutor(1) as thread:  # Playwright keeps an event loop running in this one
        thread.submit(client.execute).result()
    return notebook.cells


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_needs_no_writable_folder_and_little_memory(path, tmp_path, monkeypatch):
    """In /proc, which refuses even root; the peak stays below what the smallest machines have."""
    for name, value in own_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    monkeypatch.setenv("LANG", "tr_TR.UTF-8")
    outputs = run(path, "/proc", TELL)[-1].outputs
    said = "".join(out.get("text", "") for out in outputs if out.get("name") == "stdout")
    peak = int(re.search(r"peak (\d+)", said)[1])
    assert peak < CAP, f"{peak // 1000} MB"
    assert "folder /proc" in said
    assert "zone +0545" in said


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_cells_out_of_order_end_in_a_name_that_an_earlier_cell_makes(path):
    """Each cell alone, in a fresh namespace: it works, or Python names what was not run yet."""
    sources = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    for number, source in enumerate(sources):
        told = refusal(source)
        if told:
            missing = re.search(r"name '(\w+)' is not defined", told)[1]
            earlier = "\n".join(sources[:number])
            assert re.search(rf"\b{missing}\b", earlier), f"{told}: no earlier cell has it"


def refusal(source):
    """Run a cell in a namespace of its own; return what Python says if it ends in an error."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source, vars(ModuleType("cell")))
    except (NameError, SetupError) as error:  # a learner's function may lack the name
        return str(error)
    return ""


def test_saving_where_nothing_can_be_written_names_the_place(tmp_path):
    from kvmendian import Explorer, SetupError

    explorer = Explorer()
    with pytest.raises(SetupError, match="/proc/explorer"):
        explorer.save_html("/proc/explorer.html")
    assert explorer.save_html(tmp_path / "explorer.html").stat().st_size > 100_000
