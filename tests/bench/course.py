"""What a learner waits for: a first picture after `make lab`, Run All of a lesson, a page."""

from __future__ import annotations

import gzip
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "notebooks")]
import build  # noqa: E402 - found by the line above
from browser import chromium as installed  # noqa: E402 - same
from browser.lab import NOTEBOOKS, Lab, Server  # noqa: E402 - same

from kvmendian import Explorer  # noqa: E402 - same

ROUNDS = 3


def lessons() -> None:
    """Print seconds from `make lab` to a picture, and from Run All to its end, kernel up."""
    began = time.perf_counter()
    server = Server(Path(tempfile.mkdtemp()))
    with sync_playwright() as playwright:
        options = {"executable_path": installed.find(), "args": [*installed.FLAGS]}
        browser = playwright.chromium.launch(**options)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        lab = Lab(page, server)
        lab.open_notebook("00-start.ipynb")
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.locator(".jp-OutputArea-output :is(img, svg)").first.wait_for()
        cold = time.perf_counter() - began
        print(f"{'make lab to the first picture':<36}{cold:6.1f} s   (installed already)")
        lab.run_all()
        lab.close()
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            times = []
            for _ in range(ROUNDS):
                lab = Lab(page, server)
                lab.open_notebook(path.name)
                started = time.perf_counter()
                lab.run_all()
                times.append(time.perf_counter() - started)
                lab.close()
            shown = f"{statistics.median(times):6.1f} s   ({min(times):.1f} to {max(times):.1f})"
            print(f"{'Run All of ' + path.stem:<36}{shown}", flush=True)
        browser.close()
    server.stop()


def pages() -> None:
    """Print the weight of the saved Explorer and of each lesson as a page."""
    saved = Explorer().save_html(Path(tempfile.mkdtemp()) / "explorer.html")
    weigh("the Explorer, saved", saved.read_bytes())
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        weigh(f"{path.stem} as a page", build.as_page(build.run(path)).encode())


def weigh(name: str, data: bytes) -> None:
    packed = len(gzip.compress(data)) / 1000
    print(f"{name:<36}{len(data) / 1000:6.0f} kB  ({packed:.0f} kB packed)", flush=True)


if __name__ == "__main__":
    lessons()
    pages()
