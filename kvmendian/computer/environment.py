"""Is this machine ready? Versions found against those that `environment.yml` names.

Only the standard library is used and nothing else of the package, so that the check can speak
where everything is missing: `python kvmendian/computer/environment.py` works before any
installation.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)
"""The oldest Python that the project supports; a newer one is never refused."""

OPTIONAL = {
    "unicorn": "lesson 02 runs real Arm instructions with it",
    "capstone": "lesson 09 reads opcode words with it",
    "bitwuzla": "lesson 08 decides with it what functions that compute do to all values",
    "pycparser": "lesson 08 reads the kernel's C with it",
}
"""What the course goes on without, and what it is good for."""

_PIN = re.compile(r"^\s*-\s*([A-Za-z0-9_.-]+)==([0-9][^\s#]*)", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """One thing that was looked at; `mend` is empty if nothing needs doing.

    >>> Line("numpy", "2.3.4", "missing", "pip install numpy").found
    'missing'
    """

    name: str
    wanted: str
    found: str
    mend: str


@dataclass(frozen=True)
class Report:
    """What `check` found: prints as one line where all is there, else as a table.

    >>> Report((Line("numpy", "2.3.4", "2.3.4", ""),), "environment.yml").ok
    True
    """

    lines: tuple[Line, ...]
    source: str

    def __repr__(self) -> str:
        """Say in a line whether this computer is ready."""
        return (
            f"<Report: {'ready' if self.ok else 'not ready'}, {len(self.lines)} things looked at>"
        )

    @property
    def ok(self) -> bool:
        """Whether everything needed is there."""
        return not any(line.mend for line in self.lines)

    def __str__(self) -> str:
        """Return a line where all is there; else one line a thing, then what to do."""
        if all(line.found != "missing" and not line.mend for line in self.lines):
            found = ", ".join(f"{line.name} {line.found}" for line in self.lines)
            return f"Ready. {found}."
        table = [f"{'':<12} {'wanted':<12} {'found':<12}"]
        for line in self.lines:
            exact = line.name == "Python" or line.found == line.wanted
            fine = "ok" if exact else "ok, near enough"
            if line.found == "missing":
                fine = f"not needed, but {OPTIONAL.get(line.name)}"
            says = line.mend or fine
            table.append(f"{line.name:<12} {line.wanted:<12} {line.found:<12} {says}")
        end = "Ready." if self.ok else "Not ready: do what the lines above say, then try again."
        return "\n".join([f"Compared with {self.source}:", *table, end])


def check(folder: str | Path | None = None) -> Report:
    """Compare this Python and its packages with the pins of `environment.yml`.

    `folder` is where to start looking for the file, upwards; left out, it is the current folder
    and then the source tree. The same major version counts as near enough. Without the file only
    Python is checked.

    >>> print(check().lines[0].name)
    Python
    """
    lines = [_python()]
    path = _find(Path.cwd() if folder is None else Path(folder))
    pins = _PIN.findall(path.read_text(encoding="utf-8")) if path else []
    for name, wanted in pins:
        lines.append(_package(name, wanted))
    return Report(tuple(lines), str(path.name) if path else "no environment.yml (none was found)")


def _find(start: Path) -> Path | None:
    source = Path(__file__).resolve().parents[2]
    for folder in (*(start.resolve() / "x").parents, source):
        path = folder / "environment.yml"
        if path.is_file() and "kvmendian" in path.read_text(encoding="utf-8"):
            return path
    return None


def _python() -> Line:
    good = sys.version_info[:2] >= OLDEST
    mend = "" if good else "install Python 3.12, then run make lab"
    shown = ".".join(str(part) for part in sys.version_info[:3])
    return Line("Python", "{}.{} or newer".format(*OLDEST), shown, mend)


def _package(name: str, wanted: str) -> Line:
    try:
        found = version(name)
    except PackageNotFoundError:
        if name in OPTIONAL:
            return Line(name, wanted, "missing", "")
        return Line(name, wanted, "missing", f"pip install '{name}=={wanted}', or make lab")
    same = found.split(".")[0] == wanted.split(".", maxsplit=1)[0]
    if same or name in ("bitstring", "numpy"):  # both majors of these two are supported
        return Line(name, wanted, found, "")
    return Line(name, wanted, found, f"another major version: pip install '{name}=={wanted}'")


if __name__ == "__main__":
    report = check()
    print(report)  # noqa: T201 - a command prints
    sys.exit(not report.ok)
