"""`make record`: ask real kernels of both orders what they do, and write it down.

It takes a quarter of an hour and 2 GB below build/record, on Debian 12, as root where packages are
missing. Each kernel's recording is put there too as soon as it is made, whole. When all are there,
those in kvmendian/evidence/recordings are written anew, and compared with what was there. What
ftrace and strace say of some accesses is written there as it comes (samples.py).
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
import samples

from kvmendian.evidence.recordings import form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).parents[3]
WORK, RECORDINGS = ROOT / "build" / "record", ROOT / "kvmendian/evidence/recordings"
DESIGNS = {  # and what is said of a kernel that has it
    "memcpy-2012": ", with the byte order of memcpy-2012",
    "be-guests-2013": ", with the byte order of be-guests-2013",
    "merged-2014": "",
    "swab": ", with the byte order of swab",
    "swab-le-buffer": ", with the byte order of swab-le-buffer",
    "sign-fixed-2026": ", with byte order converted before sign extension",
}
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
    """A kernel to ask, where it comes from, and how long it took to make."""

    design: str
    order: str
    about: str
    config: str
    image: Path
    seconds: float

    @property
    def name(self) -> str:
        """Which it is, as names of files have it."""
        return f"{self.order.lower()}-host.{self.design}"

    @property
    def file(self) -> str:
        """The name of its recording."""
        return f"kvm-{self.name}.json"

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


def every_kernel(designs: Iterable[str] = DESIGNS) -> Iterator[Kernel]:
    """Yield each kernel as soon as it is there: one source and one design after the other.

    The little-endian one with the merged design is Debian's own, as it is installed by anybody.
    """
    tree = kernels.source(WORK)
    started = time.monotonic()
    name, image = kernels.debian(WORK)
    took = time.monotonic() - started
    yield Kernel("merged-2014", "LE", f"Debian {name} (LE)", "Debian's", image, took)
    number = kernels.run("make", "-s", "-C", tree, "kernelversion").strip()
    package = f"Debian's linux-source-6.1 {kernels.version('linux-source-6.1')}"
    for design in designs:
        kernels.change(tree, design)
        for order in ("BE",) if design == "merged-2014" else ("BE", "LE"):
            started = time.monotonic()
            image = kernels.build(tree, WORK, order)
            about = f"Linux {number} ({order}), built from {package}{DESIGNS[design]}"
            config = f"allnoconfig and {', '.join(kernels.options(order))}"
            took = time.monotonic() - started
            yield Kernel(design, order, about, config, image, took)


def as_json(meta: dict[str, Any], sections: dict[str, list[Any]]) -> str:
    """Return a recording as text, a row a line."""
    compact: Any = {"ensure_ascii": False, "separators": (",", ":")}
    parts = [f'"meta":{json.dumps(meta, **compact)}'] if meta else []
    for name, rows in sections.items():
        lines = ",\n".join(json.dumps(row, **compact) for row in rows)
        parts.append(f'"{name}":[\n{lines}\n]')
    return "{" + ",\n".join(parts) + "}\n"


def changes(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Say in a line what a new recording has that the old one had not."""
    before = old.get("meta", {})
    differ = [f"meta.{k}" for k in new["meta"] if before.get(k) != new["meta"][k]]
    differ = [name for name in differ if name.removeprefix("meta.") not in NOT_COMPARED]
    differ += [name for name in new if name != "meta" and old.get(name) != new[name]]
    differ += [f"{name} (gone)" for name in old if name not in new]
    return f"differs in {', '.join(differ)}" if differ else "equal but for date and machine"


def committed(name: str) -> dict[str, Any]:
    """Return the recording that is there under a name, whole; nothing where there is none."""
    try:
        texts = [(RECORDINGS / one).read_text(encoding="utf-8") for one in ("form.json", name)]
    except FileNotFoundError:
        return {}
    blank, answers = map(json.loads, texts)
    meta = answers.pop("meta")
    return {"meta": meta} | form.fill(blank, answers, "BE" if "-be-" in name else "LE")


def keep(path: Path, meta: dict[str, Any], sections: dict[str, list[Any]]) -> None:
    """Write one file anew; say how it differs from before."""
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(as_json(meta, sections), encoding="utf-8")
    print(f"{path.name}: {changes(old, {'meta': meta} | sections)}", flush=True)


def write(made: dict[str, dict[str, Any]]) -> None:
    """Write recordings anew, by the names of their files; say how each differs from before."""
    for name, recording in made.items():
        print(f"{name}: {changes(committed(name), recording)}", flush=True)
    metas = [recording["meta"] for recording in made.values()]
    sections = [{k: v for k, v in one.items() if k != "meta"} for one in made.values()]
    blank, answers = form.split(sections)
    (RECORDINGS / "form.json").write_text(as_json({}, blank), encoding="utf-8")
    for name, meta, told in zip(made, metas, answers, strict=True):
        (RECORDINGS / name).write_text(as_json(meta, told), encoding="utf-8")


def head(meta: Mapping[str, Any], order: str) -> list[str]:
    """Return what a text says of its origin, a line each."""
    ran = f"{meta['qemu']}, {meta['machine']}, {meta['cpu']}"
    told = {"kernel": meta["kernel"], "config": meta["config"], "host": order, "qemu": ran}
    return [f"{name}: {said}" for name, said in (told | {"date": meta["date"]}).items()]


def keep_text(kind: str, kernel: Kernel, text: str) -> None:
    """Write anew what a kernel said in lines of its own, beside the recordings."""
    path = RECORDINGS / f"{kind}-{kernel.name}.txt"
    path.write_text(text, encoding="ascii")


def keep_samples(kernel: Kernel) -> None:
    """Take the samples of a kernel, where it is one of those."""
    if kernel.design in samples.DESIGNS:
        for kind, lines in samples.take(WORK, kernel.image, kernel.order).items():
            about = [*samples.head(kind), *head(kernel.provenance(), kernel.order)]
            kept = [*(f"# {one}" for one in about), *lines]
            keep_text(kind, kernel, "".join(f"{line}\n" for line in kept))


def record_devices() -> None:
    """Record QEMU's devices, for which no kernel is needed."""
    meta = {"qemu": qemu("arm"), "machine": " ".join(devices.MACHINE[1:])} | today()
    keep(RECORDINGS / "qemu-devices.json", meta, {"rows": devices.observe()})


def main() -> None:
    """Record the devices and every kernel."""
    kernels.install()
    WORK.mkdir(parents=True, exist_ok=True)
    record_devices()
    asked = experiments.every()
    jobs = [job for experiment in asked for job in experiment.jobs]
    packed = zip(jobs, guests.assemble(jobs), strict=True)
    records = b"".join(job.pack(code) for job, code in packed)
    made = {}
    for kernel in every_kernel():
        order = kernel.order
        disk = WORK / f"initrd-{order.lower()}"
        files = {"init": kernels.bare(WORK, order, "vmm"), "jobs": records}
        disk.write_bytes(machine.initrd(files))
        started = time.monotonic()
        seen = machine.observed(machine.boot(kernel.image, disk))
        took = time.monotonic() - started
        answers = machine.answers(asked, seen)
        sections = {n: [{"host": order} | row for row in rows] for n, rows in answers.items()}
        meta = kernel.provenance()
        made[kernel.file] = {"meta": meta} | sections
        text = as_json(meta, sections)
        (WORK / kernel.file).write_text(text, encoding="utf-8")
        done = f"{len(jobs)} jobs in {took:.1f} s"
        keep_samples(kernel)
        print(f"{kernel.file}: made in {kernel.seconds:.0f} s, {done}", flush=True)
    write(made)


if __name__ == "__main__":
    main()
