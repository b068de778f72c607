"""Is this computer ready for the course? `make check`, or `python3 kvmendian/computer/doctor.py`.

Looks at the machine and installs nothing; `environment.py` looks at the packages. Only the standard
library is used, in words that Python 3.6 reads too, so that an old Python is told and not tripped.
"""

import os
import shutil
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Callable, List, NamedTuple, Tuple

OLDEST = (3, 11)
PORT = 8888
MEGABYTES = 900  # what `make lab` puts on the disk, and some room
MEMORY = 700  # megabytes for JupyterLab, one kernel and a page of a browser
WINDOWS = os.name == "nt"
ROOT = Path(__file__).resolve().parents[2]


class Finding(NamedTuple):
    """One thing that was looked at: fine, or not, and then what to do. `needed` if it must be."""

    what: str
    found: str
    mend: str = ""
    needed: bool = True


def python(version: Tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Look at the version of the Python that runs this."""
    found = ".".join(map(str, version))
    if version[:2] >= OLDEST:
        return Finding("Python", found)
    how = (
        "from python.org, or: brew install python@3.12, apt install python3, winget install Python"
    )
    return Finding("Python", found, "3.11 or newer is needed; install 3.12 " + how)


def venv() -> Finding:
    """Look whether environments can be made: Debian keeps that in a package of its own."""
    for name in ("venv", "ensurepip"):
        try:
            __import__(name)
        except ImportError:
            mend = "apt install python3-venv (Debian, Ubuntu), or a Python from python.org"
            return Finding("venv and pip", "no module " + name, mend)
    return Finding("venv and pip", "there")


def packages(folder: Path = ROOT) -> Finding:
    """Ask the environment that `make lab` makes, or this Python, about its packages."""
    inside = folder / ".venv" / ("Scripts/python.exe" if WINDOWS else "bin/python")
    asked = str(inside) if inside.exists() else sys.executable
    command = [asked, str(Path(__file__).with_name("environment.py"))]
    try:
        done = subprocess.run(  # noqa: S603 - our own file
            command,
            cwd=str(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("packages", "no answer", "delete .venv and run make lab (%s)" % error)
    if done.returncode == 0:
        return Finding("packages", "all there")
    said = done.stdout.decode("utf-8", "replace").splitlines()
    missing = [line.split()[0] for line in said if "pip install" in line]
    names = ", ".join(missing) or "not usable"
    return Finding("packages", "missing or foreign: " + names, install_line(), needed=False)


def install_line() -> str:
    """Return the command that installs, with and without make."""
    if shutil.which("make") and not WINDOWS:
        return "run: make lab"
    start = "py -3.12" if WINDOWS else "python3"
    inside = ".venv\\Scripts\\python" if WINDOWS else ".venv/bin/python"
    return "run: %s -m venv .venv, then: %s -m pip install -e .[lab]" % (start, inside)


def space(folder: Path = ROOT) -> Finding:
    """Look for room on the disk."""
    free = shutil.disk_usage(str(folder)).free // 1_000_000
    if free >= MEGABYTES or (folder / ".venv").exists():
        return Finding("disk", "%d MB free" % free)
    return Finding("disk", "%d MB free" % free, "make room: %d MB are needed" % MEGABYTES)


def writable(folder: Path = ROOT) -> Finding:
    """Look whether files can be written beside the notebooks."""
    probe = folder / ".kvmendian-probe"
    try:
        probe.write_text("x", encoding="ascii")
        probe.unlink()
    except OSError as error:
        mend = "copy the course to a folder of your own, for instance your home"
        return Finding("folder", "cannot be written (%s)" % error.strerror, mend)
    return Finding("folder", "can be written")


def memory(free: int = -1) -> Finding:
    """Look for memory, where the system tells (Linux). `free` in megabytes."""
    if free < 0:
        try:
            lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
            (line,) = [one for one in lines if one.startswith("MemAvailable")]
            free = int(line.split()[1]) // 1000
        except (OSError, ValueError):
            return Finding("memory", "not told by this system", needed=False)
    if free >= MEMORY:
        return Finding("memory", "%d MB free" % free)
    mend = "close other programs; JupyterLab and a browser want %d MB" % MEMORY
    return Finding("memory", "%d MB free" % free, mend, needed=False)


def port(number: int = PORT) -> Finding:
    """Look whether JupyterLab's usual port is free."""
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex(("127.0.0.1", number)) == 0
    if not taken:
        return Finding("port %d" % number, "free")
    mend = "JupyterLab takes the next one; use the address that it prints"
    return Finding("port %d" % number, "taken", mend, needed=False)


def browser(find: Callable[[], object] = webbrowser.get) -> Finding:
    """Look whether a browser can be opened from here."""
    try:
        find()
    except webbrowser.Error:
        mend = "open the address that make lab prints in any browser of yours"
        return Finding("browser", "none found", mend, needed=False)
    return Finding("browser", "found")


CHECKS = (python, venv, packages, space, writable, memory, port, browser)


def report(findings: List[Finding]) -> str:
    """Return one line a finding, and a last word."""
    lines = []
    for one in findings:
        mark = "ok  " if not one.mend else ("NO  " if one.needed else "note")
        mend = " -> " + one.mend if one.mend else ""
        lines.append("%s  %-13s %s%s" % (mark, one.what, one.found, mend))
    if any(one.mend and one.needed for one in findings):
        lines.append("Not ready: do what the lines marked NO say, then check again.")
    elif any(one.what == "packages" and one.mend for one in findings):
        lines.append("Ready to install: " + install_line() + " (some minutes, and a network).")
    else:
        lines.append("Ready. Start with: make lab")
    return "\n".join(lines)


def main() -> int:
    """Look at everything, say it, and return 1 where something is needed."""
    findings = [check() for check in CHECKS]
    print(report(findings))  # noqa: T201 - a command prints
    return int(any(one.mend and one.needed for one in findings))


if __name__ == "__main__":
    sys.exit(main())
