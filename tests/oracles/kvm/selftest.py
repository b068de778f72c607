"""`make selftest`: the kernel's own KVM selftests get one of ours, and real kernels run it.

The test is C for tools/testing/selftests/kvm, made by `kvmendian.evidence.vectors.selftest`; it is
built in Debian's kernel source by the Makefile that is there, with musl, for hosts of both orders.
Each kernel's verdict goes into kvmendian/evidence/recordings, without the lines that say ok.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import kernels
import libc
import machine
import record

from kvmendian.evidence.vectors.selftest import NAME, red, selftest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kvmendian.model.lanes import ByteOrder

DESIGNS = ("be-guests-2013", "merged-2014", "sign-fixed-2026")
TESTS = "tools/testing/selftests/kvm"
HOSTS: dict[str, ByteOrder] = {"LE": "little", "BE": "big"}
# Two headers of glibc's that musl has not, and a name that glibc's own headers happen to declare.
_SHIMS = {
    "bits/endian.h": "#include <endian.h>\n",
    "execinfo.h": "#define backtrace(frames, size) 0\n",
    "before.h": "#ifndef __ASSEMBLER__\nstruct timespec;\n#endif\n",
}


def build(tree: Path, folder: Path, order: str) -> bytes:
    """Build the test for a host of that order, as the kernel's Makefile builds its own."""
    cc, made = libc.compiler(folder, order), folder / f"selftest-{order.lower()}"
    headers, shims = folder / "headers", made / "shims"
    if not (headers / "usr").exists():
        run_in_tree = ("make", "-s", "-C", tree, f"O={headers}", "ARCH=arm64")
        kernels.run(*run_in_tree, "headers")
    for name, text in _SHIMS.items():
        (shims / name).parent.mkdir(parents=True, exist_ok=True)
        (shims / name).write_text(text, encoding="ascii")
    (tree / TESTS / "aarch64" / f"{NAME}.c").write_text(selftest(), encoding="ascii")
    program = made / "aarch64" / NAME
    variables = ["ARCH=arm64", f"CROSS_COMPILE={kernels.CROSS}", f"CC={cc}", f"OUTPUT={made}"]
    variables += [f"KHDR_INCLUDES=-isystem {headers}/usr/include"]
    variables += [f"EXTRA_CFLAGS=-I{shims} -include before.h -Werror"]
    variables += [f"TEST_GEN_PROGS_aarch64=aarch64/{NAME}"]
    kernels.run("make", "-s", "-C", tree / TESTS, *variables, program)
    kernels.run(f"{kernels.CROSS}strip", program)
    return program.read_bytes()


def verdict(folder: Path, kernel: Path, order: str, program: bytes) -> list[str]:
    """Boot a kernel and run the test; return its lines, in the Test Anything Protocol."""
    commands = f"run /{NAME}".encode()
    init = kernels.bare(folder, order, "init")
    disk = folder / f"initrd-selftest-{order.lower()}"
    disk.write_bytes(machine.initrd({"init": init, "commands": commands, NAME: program}))
    said = machine.console(kernel, disk)
    start = next(n for n, line in enumerate(said) if line.startswith("TAP version"))
    end = next(n for n, line in enumerate(said) if line.startswith("# Totals"))
    return said[start : end + 1]


def text(lines: list[str], meta: Mapping[str, Any], order: str) -> str:
    """Return what is kept: a head of comments, and all but what passed."""
    head = [f"selftest: {NAME}.c of {TESTS}/aarch64, without the lines that say ok"]
    head += record.head(meta, order)
    kept = [line for line in lines if not line.startswith("ok ")]
    return "".join(f"{line}\n" for line in [*(f"# {one}" for one in head), *kept])


def numbers(lines: list[str]) -> tuple[int, ...]:
    """Return the numbers of the tests that failed.

    >>> numbers(["ok 1 this", "not ok 2 that"])
    (2,)
    """
    return tuple(int(line.split()[2]) for line in lines if line.startswith("not ok "))


def main() -> None:
    """Build the test, run it on each kernel, say whether the model names what fails."""
    kernels.install(recipe="make selftest")
    record.WORK.mkdir(parents=True, exist_ok=True)
    programs: dict[str, bytes] = {}
    for kernel in record.every_kernel(DESIGNS):
        order = kernel.order
        if order not in programs:
            programs[order] = build(kernels.tree(record.WORK), record.WORK, order)
        started = time.monotonic()
        lines = verdict(record.WORK, kernel.image, order, programs[order])
        took = time.monotonic() - started
        record.keep_text("selftest", kernel, text(lines, kernel.provenance(), order))
        failed, named = numbers(lines), red(kernel.design, HOSTS[order])
        print(f"{kernel.design} on {order}: {lines[-1].removeprefix('# ')} ({took:.1f} s)")
        if failed != named:
            raise SystemExit(f"the model names others: {sorted({*failed} ^ {*named})}")


if __name__ == "__main__":
    main()
