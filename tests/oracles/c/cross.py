"""`make compile`: the six designs and four consumers in C, by compilers for seven machines.

It takes a minute on Debian 12, x86-64, as root where packages are missing. Each program is
compiled twice, with and without optimisation, and a third time with a mask left out (-DSLIP); what
it says is written to kvmendian/evidence/compiled/answers.json, and compared with what was there.
"""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kernels
import record

ROOT, HERE = Path(__file__).parents[3], Path(__file__).parent
WORK, ANSWERS = ROOT / "build" / "compile", ROOT / "kvmendian/evidence/compiled/answers.json"
VALUES = (
    # all signs of first and last byte, at every width; then 00, 01, 7f, 80, ff, where sums carry
    *(0x1122_3344_5566_7718, 0x8192_A3B4_C5D6_E718, 0x1122_3344_5566_7788, 0x8192_A3B4_C5D6_E7F8),
    0xFF00_807F_017F_8000,
)
# Without -ffreestanding and -fno-tree-loop-distribute-patterns GCC calls a libc that is not there.
FLAGS = (
    *("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-stack-protector", "-ffreestanding"),
    *("-fno-tree-loop-distribute-patterns", "-fno-strict-aliasing", "-s", "-static", "-nostdlib"),
    "-DVALUES=" + ",".join(f"{value:#x}ull" for value in VALUES),
)
STALE = "ee"
Key = tuple[str | int, ...]
"""The words of a line up to its numbers, after order and, of a design, slot of the machine."""


@dataclass(frozen=True)
class Machine:
    """A machine to compile for: the prefix of its compiler, flags, and QEMU's name for it.

    `arch` is whose slots it has: 4 bytes as on arm, 8 as on arm64.
    """

    name: str
    prefix: str
    arch: str = "arm64"
    flags: tuple[str, ...] = ()
    emulator: str = ""

    @property
    def compiler(self) -> str:
        return f"{self.prefix}gcc"

    @property
    def package(self) -> str:
        return f"gcc-{self.prefix}".removesuffix("-")


ARM, ARM64 = "arm-linux-gnueabihf-", "aarch64-linux-gnu-"
MACHINES = (
    Machine("x86_64", ""),
    Machine("aarch64", ARM64, emulator="qemu-aarch64"),
    Machine("aarch64_be", ARM64, flags=("-mbig-endian",), emulator="qemu-aarch64_be"),
    # -marm: T32 has its frame pointer in r7, where the number of a system call goes
    Machine("arm", ARM, "arm", ("-marm",), "qemu-arm"),
    Machine("armeb", ARM, "arm", ("-marm", "-mbig-endian"), "qemu-armeb"),
    Machine("ppc64", "powerpc64-linux-gnu-", emulator="qemu-ppc64"),
    Machine("s390x", "s390x-linux-gnu-", emulator="qemu-s390x"),
)
PACKAGES = ("qemu-user", *dict.fromkeys(machine.package for machine in MACHINES))


def said(machine: Machine, *flags: str) -> list[str]:
    """Compile for a machine and run it there; return the lines between its first and last."""
    made = WORK / "".join((machine.name, *flags))
    flags = (*FLAGS, *machine.flags, *flags)
    kernels.run(machine.compiler, *flags, "-o", made, HERE / "main.c")
    lines = kernels.run(*filter(None, [machine.emulator]), made).splitlines()
    kind = "machine 4 " if machine.arch == "arm" else "machine 8 "
    if not lines or not lines[0].startswith(kind) or lines[-1] != "done":
        raise SystemExit(f"{made} did not get to its end as a {machine.name}: {lines[-1:]}")
    return lines


def ask(machine: Machine) -> tuple[dict[str, Any], dict[Key, list[str]]]:
    """Return what is written of a machine, and its answers: a hexadecimal number for each value."""
    lines = said(machine, "-O2")
    if lines != said(machine, "-O0"):
        raise SystemExit(f"{machine.name}: not the same with and without optimisation")
    pairs = zip(lines, said(machine, "-O2", "-DSLIP"), strict=True)
    slip = sum(line != other for line, other in pairs)
    if not slip:
        raise SystemExit(f"{machine.name}: a mask is missing, and nothing shows it")
    _, slot, order = lines[0].split()
    about = {"name": machine.name, "arch": machine.arch, "slot": int(slot), "order": order}
    about |= {"answers": len(lines) - 2, "differ_with_slip": slip}
    return about | tools(machine), read(lines)


def tools(machine: Machine) -> dict[str, str]:
    """Return what the compiler and the emulator of a machine call themselves."""
    version = kernels.run(machine.emulator, "--version") if machine.emulator else ""
    compiler = kernels.run(machine.compiler, "--version").splitlines()[0]
    return {"compiler": compiler, "emulator": version.partition("\n")[0]}


def read(lines: list[str]) -> dict[Key, list[str]]:
    """Return the answers that a machine gave, after checking that it was asked what we meant."""
    _, slot, order = lines[0].split()
    found: dict[Key, list[str]] = {}
    for line in lines[1:-1]:
        what, *words, given, got = line.split()
        numbers = [int(word) if word.isdigit() else word for word in words]
        if what in ("store", "load"):
            width, key = int(words[1]), (order, int(slot), numbers[0], what, *numbers[1:])
        else:
            width = int(words[3]) if what == "fill" else len(given) // 2
            key = (order, *numbers[:3], what, width)
        answers = found.setdefault(key, [])
        value = VALUES[len(answers)]
        if what in ("load", "integer"):
            expected = value.to_bytes(8, "little")[:width].hex()
        else:
            expected = f"{value & (1 << 8 * int(slot)) - 1 if what == 'store' else value:016x}"
            got, stale = got[: 2 * width], got[2 * width :]
            if stale != STALE * (8 - width):
                raise SystemExit(f"more was written than asked for: {line}")
        if given != expected:
            raise SystemExit(f"not the value that was meant, {expected}: {line}")
        answers.append(got)
    if any(len(answers) != len(VALUES) for answers in found.values()):
        raise SystemExit("not every value was tried everywhere")
    return found


def moves_bytes(key: Key, answers: list[str]) -> bool:
    """Say whether each byte of the answers is always one byte of what was given, its sign, or 0.

    What is given is a store's register, or the `width` bytes that a load finds.
    """
    _, slot, _, what, width, *_ = key
    size = int(slot if what == "store" else width)
    sources = [value.to_bytes(8, "little")[:size] for value in VALUES]
    fills = [bytes(len(VALUES))]
    for column in zip(*sources, strict=True):
        fills += [bytes(column), bytes(0xFF * (byte >> 7) for byte in column)]
    columns = zip(*map(bytes.fromhex, answers), strict=True)
    return all(bytes(column) in fills for column in columns)


def agreed(every: dict[str, dict[Key, list[str]]]) -> dict[Key, list[str]]:
    """Return what all machines of an order and slot answered, by machine; they must agree."""
    found: dict[Key, list[str]] = {}
    for name, answers in every.items():
        for key, one in answers.items():
            if found.setdefault(key, one) != one:
                raise SystemExit(f"{name} disagrees with a machine of its kind: {key}")
    return found


def row(key: Key, answers: list[str], *, is_design: bool) -> list[Any]:
    """Return what is written of a key: its words, the answers, and a flag if they were computed."""
    register = key[3] == "load" or key[-2] == "integer"  # bytes keep their zeros
    texts = [f"{int(one, 16):x}" if register else one for one in answers]
    flag = [] if not is_design or moves_bytes(key, answers) else ["arithmetic"]
    return [*key, " ".join(texts), *flag]


def main() -> None:
    """Compile for every machine, run, and write down what all machines of a kind agree on."""
    if platform.machine() != "x86_64":
        raise SystemExit("make compile needs an x86-64: that machine's part runs unemulated")
    kernels.install(PACKAGES, "make compile")
    WORK.mkdir(parents=True, exist_ok=True)
    ANSWERS.parent.mkdir(parents=True, exist_ok=True)
    started, abouts, every = time.monotonic(), [], {}
    for machine in MACHINES:
        about, every[machine.name] = ask(machine)
        abouts.append(about)
        slip = about["differ_with_slip"]
        print(f"{machine.name}: {about['answers']} answers; a slip changes {slip}", flush=True)
    found = agreed(every)
    designs = [row(k, a, is_design=True) for k, a in found.items() if k[1] in (4, 8)]
    consumers = [row(k, a, is_design=False) for k, a in found.items() if k[1] not in (4, 8)]
    values = [f"{value:016x}" for value in VALUES]
    sections: dict[str, list[Any]] = {"machines": abouts, "values": values}
    sections |= {"designs": designs, "consumers": consumers}
    meta = {"flags": "-O2, and the same with -O0", "source": "tests/oracles/c/main.c"}
    record.keep(ANSWERS, meta | record.today(), sections)
    print(f"{time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
