"""`make bench`: run every benchmark, and keep what they say in RESULTS.md beside this file.

`python tests/bench/results.py toggle.py` runs some anew and leaves the others' results in place.
"""

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


def sections() -> dict[str, str]:
    """Return what the last run wrote, by title."""
    path = HERE / "RESULTS.md"
    parts = path.read_text(encoding="utf-8").split("\n## ")[1:] if path.exists() else []
    found = (part.split("\n", 1) for part in parts)
    return {title: body.strip() for title, body in found}


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
    failed, kept = 0, sections()
    wanted = sys.argv[1:] or [script for _, script in PARTS]
    for title, script in PARTS:
        if script in wanted or title not in kept:
            print(f"--- {title}", flush=True)
            load = f"{day}, load {os.getloadavg()[0]:.1f} before it began."
            done = subprocess.run(
                [sys.executable, HERE / script], stdout=subprocess.PIPE, text=True, check=False
            )
            print(done.stdout, flush=True)
            figures = done.stdout.strip()
            shown = figures if figures.startswith("|") else f"```\n{figures}\n```"
            kept[title] = f"{load}\n\n{shown}"
            failed |= done.returncode
        text += ["", f"## {title}", "", kept[title]]
    (HERE / "RESULTS.md").write_text("\n".join(text) + "\n", encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())
