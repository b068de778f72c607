"""`make bench`: run every benchmark, and keep what they say in RESULTS.md beside this file."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PARTS = (
    ("The library", "bench.py"),
    ("A toggle in the browser, beside `interactive` with matplotlib", "toggle.py"),
    ("A learner's waits, and page weights", "course.py"),
    ("A classroom on one JupyterHub", "classroom.py"),
)
PACKAGES = ("kvmendian", "jupyterlab", "ipywidgets", "anywidget", "numpy", "jupyterhub")


def main() -> int:
    """Write RESULTS.md; return 1 if a benchmark missed a goal or failed."""
    names = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    day = datetime.now(UTC).date().isoformat()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    text = [
        "# Results of `make bench`",
        "",
        f"{day}; {machine}; Python {platform.python_version()}, {names}.",
        "Absolute times wander by a factor of two from run to run; ratios within one run hold.",
    ]
    failed = 0
    for title, script in PARTS:
        print(f"--- {title}", flush=True)
        done = subprocess.run(
            [sys.executable, HERE / script], stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout, flush=True)
        table = done.stdout.startswith("|")
        body = done.stdout.strip() if table else f"```\n{done.stdout.strip()}\n```"
        text += ["", f"## {title}", "", body]
        failed |= done.returncode
    (HERE / "RESULTS.md").write_text("\n".join(text) + "\n", encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
