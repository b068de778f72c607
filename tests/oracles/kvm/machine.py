"""A kernel, our VMM as its init, and the jobs: boot them in QEMU and read what the console says."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from accesses import Experiment, Seen

MACHINE, CPU = "virt,virtualization=on,gic-version=3", "cortex-a57"
SECONDS = 300  # it takes one or two; more means that a guest is lost
_FILE, _FOLDER, _DEVICE = 0o100000, 0o040000, 0o020000
_IS_LAST = re.compile("@.* done").fullmatch  # halt() of bare.h follows


def initrd(files: Mapping[str, bytes], folders: Iterable[str] = ()) -> bytes:
    """Return an initial RAM disk in cpio's newc format, without being root and without files.

    Beside the two devices it has these files, all of which may be run, and these empty folders.
    """
    entries = [
        ("dev", _FOLDER | 0o755, b"", (0, 0)),
        ("dev/console", _DEVICE | 0o600, b"", (5, 1)),
        ("dev/kvm", _DEVICE | 0o600, b"", (10, 232)),
        *((name, _FOLDER | 0o755, b"", (0, 0)) for name in folders),
        *((name, _FILE | 0o755, data, (0, 0)) for name, data in files.items()),
        ("TRAILER!!!", 0, b"", (0, 0)),
    ]
    archive = b""
    for inode, (name, mode, data, device) in enumerate(entries, 1):
        size, length = len(data), len(name) + 1
        numbers = (inode, mode, 0, 0, 1, 0, size, 0, 0, *device, length, 0)
        head = "070701" + "".join(f"{number:08x}" for number in numbers) + name + "\0"
        archive += _padded(head.encode()) + _padded(data)
    return archive


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def console(kernel: Path, disk: Path) -> list[str]:
    """Run a kernel until it powers off; return the lines of its console.

    Raises `RuntimeError`, with the last of them, where its init did not get to its end.
    """
    command = ["qemu-system-aarch64", "-M", MACHINE, "-cpu", CPU, "-m", "512", "-smp", "1"]
    command += ["-nographic", "-no-reboot", "-net", "none"]
    command += ["-kernel", str(kernel), "-initrd", str(disk)]
    command += ["-append", "console=ttyAMA0 loglevel=4 panic=-1"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    text = said.decode(errors="replace").replace("\r", "")
    lines = text.splitlines()
    if not any(_IS_LAST(line) for line in lines[-3:]):
        raise RuntimeError(
            f"{kernel}: the init did not end; the console's last words:\n{text[-2000:]}"
        )
    return lines


def boot(kernel: Path, disk: Path) -> list[str]:
    """Run a kernel whose init is the VMM; return the lines that it wrote. Raises as `console`."""
    return [line[1:] for line in console(kernel, disk) if line.startswith("@")]


def observed(lines: Iterable[str]) -> dict[int, Seen]:
    """Return what happened in each job, by its number."""
    found: dict[int, Seen] = {}
    for line in lines:
        number, event, *fields = line.split(" ")
        seen = found.setdefault(int(number, 16), {"exits": [], "ended": {"event": "port"}})
        values: dict[str, Any] = {"event": event}
        for name, text in (one.split("=") for one in fields):
            values[name] = bytes.fromhex(text) if name in ("data", "ram") else int(text, 16)
        if event == "mmio":
            seen["exits"].append(values)
        elif event == "end":
            registers = {n: values.pop(f"x{n}") for n in range(9)}
            seen |= values | {"registers": registers}
        elif event != "done":
            seen["ended"] = values
    return found


def answers(experiments: list[Experiment], found: dict[int, Seen]) -> dict[str, list[Any]]:
    """Return the rows of each section."""
    sections: dict[str, list[Any]] = {}
    first = 0
    for experiment in experiments:
        last = first + len(experiment.jobs)
        seen = [found[number] for number in range(first, last)]
        sections.setdefault(experiment.section, []).extend(experiment.rows(seen))
        first = last
    return sections
