"""`make record`: ask real kernels of both orders what they do, and write it down.

It takes some minutes and 3 GB below build/record, on Debian 12, as root where packages are missing.
The recordings in kvmendian/evidence/recordings are written anew, and compared with what was there.
"""

from __future__ import annotations

import json
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import devices
import experiments
import guests
import kernels
import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
WORK, RECORDINGS = ROOT / "build" / "record", ROOT / "kvmendian/evidence/recordings"
NOT_COMPARED = ("date", "recorded_on")
NOTE = (
    "same_as_ram: the same instruction, run by the same vCPU on guest RAM that holds the same "
    "bytes, gave the same bytes (write) or the same register (read)"
)


def qemu(target: str) -> str:
    """Return which QEMU emulates that target."""
    said = kernels.run(f"qemu-system-{target}", "--version").splitlines()[0]
    return said.replace(" emulator version", "")


def today() -> dict[str, str]:
    """Return what differs from one recording to the next."""
    host = f"{platform.system()} {platform.release()} {platform.machine()}"
    return {"date": datetime.now(UTC).date().isoformat(), "recorded_on": host}


@dataclass(frozen=True)
class Kernel:
    """A kernel to ask, and where it comes from."""

    design: str
    order: str
    about: str
    config: str
    image: Path

    def provenance(self) -> dict[str, Any]:
        """Return what a recording says of its origin."""
        return {
            "kernel": self.about,
            "config": self.config,
            "compiler": kernels.run(f"{kernels.CROSS}gcc", "--version").splitlines()[0],
            "qemu": qemu("aarch64"),
            "machine": machine.MACHINE,
            "cpu": machine.CPU,
            "guest_isa_legend": guests.LEGEND,
            "note": NOTE,
            "design": self.design,
        } | today()


def every_kernel() -> Iterator[Kernel]:
    """Yield each kernel as soon as it is there."""
    name, image = kernels.debian(WORK)
    yield Kernel("merged-2014", "LE", f"Debian {name} (LE)", "Debian's", image)
    tree = kernels.source(WORK)
    number = kernels.run("make", "-s", "-C", tree, "kernelversion").strip()
    package = f"Debian's linux-source-6.1 {kernels.version('linux-source-6.1')}"

    def built(design: str, order: str, change: str = "") -> Kernel:
        about = f"Linux {number} ({order}), built from {package}{change}"
        config = f"allnoconfig and {', '.join(kernels.options(order))}"
        return Kernel(design, order, about, config, kernels.build(tree, WORK, order))

    yield built("merged-2014", "BE")
    kernels.convert_before_extending(tree)
    for order in ("BE", "LE"):
        yield built("sign-fixed-2026", order, ", with byte order converted before sign extension")


def as_json(meta: dict[str, Any], sections: dict[str, list[Any]]) -> str:
    """Return a recording as text, a row a line."""
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    parts = [f'"meta":{json.dumps(meta, **compact)}']
    for name, rows in sections.items():
        lines = ",\n".join(json.dumps(row, **compact) for row in rows)
        parts.append(f'"{name}":[\n{lines}\n]')
    return "{" + ",\n".join(parts) + "}\n"


def changes(before: str, after: str) -> str:
    """Say in a line what a new recording has that the old one had not."""
    old, new = json.loads(before), json.loads(after)
    differ = [f"meta.{k}" for k in new["meta"] if old["meta"].get(k) != new["meta"][k]]
    differ = [name for name in differ if name.removeprefix("meta.") not in NOT_COMPARED]
    differ += [name for name in new if name != "meta" and old.get(name) != new[name]]
    differ += [f"{name} (gone)" for name in old if name not in new]
    return f"differs in {', '.join(differ)}" if differ else "equal but for date and machine"


def write(path: Path, text: str) -> str:
    """Write a recording anew; say how it differs from the one that was there."""
    before = path.read_text(encoding="utf-8") if path.exists() else '{"meta": {}}'
    path.write_text(text, encoding="utf-8")
    return changes(before, text)


def record_devices() -> None:
    """Record QEMU's devices, for which no kernel is needed."""
    meta = {"qemu": qemu("arm"), "machine": " ".join(devices.MACHINE[1:])} | today()
    path = RECORDINGS / "qemu-devices.json"
    changed = write(path, as_json(meta, {"rows": devices.observe()}))
    print(f"{path.name}: {changed}", flush=True)


def main() -> None:
    """Record the devices and every kernel."""
    kernels.install()
    WORK.mkdir(parents=True, exist_ok=True)
    record_devices()
    asked = experiments.every()
    jobs = [job for experiment in asked for job in experiment.jobs]
    packed = zip(jobs, guests.assemble(jobs), strict=True)
    records = b"".join(job.pack(code) for job, code in packed)
    for kernel in every_kernel():
        order = kernel.order
        disk = WORK / f"initrd-{order.lower()}"
        disk.write_bytes(machine.initrd(kernels.vmm(WORK, order), records))
        started = time.monotonic()
        seen = machine.observed(machine.boot(kernel.image, disk))
        took = time.monotonic() - started
        answers = machine.answers(asked, seen)
        sections = {n: [{"host": order} | row for row in rows] for n, rows in answers.items()}
        path = RECORDINGS / f"kvm-{order.lower()}-host.{kernel.design}.json"
        changed = write(path, as_json(kernel.provenance(), sections))
        print(f"{path.name}: {len(jobs)} jobs in {took:.1f} s; {changed}", flush=True)


if __name__ == "__main__":
    main()
