"""What Linux's own tools say of some of the recorded accesses: ftrace's events, and strace.

A kernel runs the VMM twice more, with a few of the jobs of its recording: once under ftrace, once
under strace. What it wrote is kept as it stands, below a head that says where it comes from; of
strace, the lines of KVM_RUN alone, and what the kernel logged meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import experiments
import guests
import kernels
import libc
import machine
from accesses import HIGH, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DESIGNS = ("merged-2014", "sign-fixed-2026")
KINDS = ("ftrace", "strace")
EVENTS = ("kvm_exit", "kvm_guest_fault", "kvm_mmio", "kvm_userspace_exit")
"""Those that say something of an access; Linux 6.1 has no kvm_mmio_nisv."""
STRACE = "/strace -o /calls -e trace=ioctl -e kvm=vcpu /vmm"
CHOSEN = (  # guest state, order, instruction, flags
    *(("a64_el1", "LE", "str w1,[x0]", 0), ("a64_el1", "BE", "str w1,[x0]", 0)),
    *(("a64_el1", "BE", "str x1,[x0]", 0), ("a64_el0", "BE", "ldr w1,[x0]", 0)),
    *(("a64_el1", "LE", "ldrsh x1,[x0]", 0), ("a32_svc", "BE", "ldrsh r1,[r0]", 0)),
    ("a64_el1", "LE", "stp w1,w2,[x0]", 0),
    ("a64_el1", "LE", "str w1,[x0],#4", guests.NISV_TO_USER),
)


class Sample(NamedTuple):
    """A job of which there are samples, and where its row is in a recording."""

    section: str
    row: int
    job: guests.Job


def chosen() -> Iterator[Sample]:
    """Yield the jobs of `CHOSEN`, in its order: of several with other bytes, those with HIGH."""
    found: dict[tuple[str, str, str, int], Sample] = {}
    count: dict[str, int] = {}
    for experiment in experiments.every():
        index = count.get(experiment.section, 0)
        count[experiment.section] = index + 1
        if experiment.section not in ("rows", "no_isv"):
            continue
        job = experiment.jobs[1]
        for order in ("LE", "BE"):
            key = job.isa, order, job.code, job.flags
            if key in CHOSEN and job.state == guests.state(job.isa, order):
                high = job.fill.startswith(HIGH) or job.x[1] == VALUES[1]
                if high or key not in found:
                    found[key] = Sample(experiment.section, index, job)
    yield from (found[key] for key in CHOSEN)


def take(folder: Path, kernel: Path, order: str) -> dict[str, list[str]]:
    """Boot a kernel of that order; return the lines of ftrace and of strace."""
    jobs = [sample.job for sample in chosen()]
    packed = zip(jobs, guests.assemble(jobs), strict=True)
    commands = ["mount proc /proc", "mount tracefs /trace"]
    commands += [f"write 1 /trace/events/kvm/{event}/enable" for event in EVENTS]
    commands += ["run /vmm", "write 0 /trace/tracing_on", "show /trace/trace"]
    commands += [f"run {STRACE}", "show /calls"]
    files = {
        "init": kernels.bare(folder, order, "init"),
        "vmm": kernels.bare(folder, order, "vmm"),
        "strace": libc.strace(folder, order).read_bytes(),
        "commands": "\n".join(commands).encode(),
        "jobs": b"".join(job.pack(code) for job, code in packed),
    }
    disk = folder / f"initrd-samples-{order.lower()}"
    disk.write_bytes(machine.initrd(files, ("proc", "trace")))
    said = machine.console(kernel, disk)
    ends = [n for n, line in enumerate(said) if " ended status=" in line]
    if [said[n] for n in ends] != ["@0 ended status=0"] * 2:
        raise RuntimeError(f"{kernel}: a program did not end well: {said[-20:]}")
    first, second = said[ends[0] + 1 : ends[1]], said[ends[1] + 1 :]
    traced = [line for line in first if line.startswith("#") or ": kvm_" in line]
    logged = [line for line in first if line.startswith("kvm [")]
    return {"ftrace": traced, "strace": [c for c in second if "KVM_RUN" in c] + logged}


def head(kind: str) -> list[str]:
    """Return what a sample says of how it was taken, a line each."""
    what = {"ftrace": f"kvm: {', '.join(EVENTS)}", "strace": f"{STRACE}, its lines of KVM_RUN"}
    ran = "; ".join(f"{isa} {guest} {code}" for isa, guest, code, _ in CHOSEN)
    return [f"{kind}: {what[kind]}", f"accesses: {ran}"]
