"""The kernels to ask: Debian's own arm64 one, and ours from Debian's source, in both orders.

Everything comes from the packages of Debian 12. Nothing is installed that `PACKAGES` does not name,
and the arm64 kernel is only unpacked: apt's own state keeps to the architectures that it has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGES = (
    *("qemu-system-arm", "gcc-aarch64-linux-gnu", "linux-libc-dev-arm64-cross", "linux-source-6.1"),
    *("gcc", "libc6-dev", "libssl-dev", "make", "bc", "bison", "flex", "perl", "xz-utils"),
    "binutils-arm-linux-gnueabihf",
)
CONFIG = (
    *("PRINTK", "TTY", "SERIAL_AMBA_PL011", "SERIAL_AMBA_PL011_CONSOLE", "BLK_DEV_INITRD"),
    *("BINFMT_ELF", "VIRTUALIZATION", "KVM", "EVENTFD", "EPOLL"),
    *("FTRACE", "ENABLE_DEFAULT_TRACERS", "PROC_FS", "FUTEX"),  # for samples.py, selftest.py
)
CROSS = "aarch64-linux-gnu-"
ENDIAN = {"LE": "-mlittle-endian", "BE": "-mbig-endian"}
MMIO_C, READS = "arch/arm64/kvm/mmio.c", "data = kvm_mmio_read_buf("
# Without -ffreestanding and -fno-tree-loop-distribute-patterns GCC calls a libc that is not there;
# without -mno-outline-atomics a libgcc that is little-endian only.
C_FLAGS = (
    *("-Wall", "-Wextra", "-Werror", "-Os", "-s", "-static", "-nostdlib", "-ffreestanding"),
    *("-fno-stack-protector", "-fno-tree-loop-distribute-patterns", "-mno-outline-atomics"),
    *("-isystem", "/usr/aarch64-linux-gnu/include"),
)


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command and return what it wrote. Raises `SystemExit` with its last words."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:]
        raise SystemExit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{said}")
    return done.stdout


def install(packages: Iterable[str] = PACKAGES, recipe: str = "make record") -> None:
    """Install what is missing. Raises `SystemExit` where this is not Debian 12, or we may not."""
    about = Path("/etc/os-release").read_text(encoding="utf-8") if os.name == "posix" else ""
    if "ID=debian" not in about or 'VERSION_ID="12"' not in about:
        raise SystemExit(
            f"{recipe} needs Debian 12, whose Linux 6.1 and compilers still have big-endian arm64; "
            "a container or a virtual machine will do"
        )
    missing = [name for name in packages if not version(name)]
    if not missing:
        return
    if os.geteuid():
        command = "apt-get install --no-install-recommends"
        raise SystemExit(f"as root, once:  {command} {' '.join(missing)}")
    run("apt-get", "-q", "update")
    run("apt-get", "-q", "-y", "install", "--no-install-recommends", *missing)


def version(package: str) -> str:
    """Return the version of an installed package; an empty text where it is not."""
    command = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    status, _, number = done.stdout.partition(" ")
    return number if status == "installed" else ""


def debian(folder: Path) -> tuple[str, Path]:
    """Fetch Debian's stock arm64 kernel; return package with version, and the kernel's file."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    own = [f"Dir::State::Lists={folder}/lists", f"Dir::Cache={folder}/cache"]
    own += ["APT::Architectures=arm64", "APT::Architecture=arm64", "APT::Sandbox::User=root"]
    options = [word for one in own for word in ("-o", one)]
    run("apt-get", *options, "-q", "update")
    said = run("apt-cache", *options, "depends", "linux-image-cloud-arm64")
    package = next(w for w in said.split() if w.startswith("linux-image-6.1"))
    run("apt-get", *options, "-q", "download", package, cwd=folder)
    archive = max(folder.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
    run("dpkg-deb", "-x", archive, folder / "debian")
    number = run("dpkg-deb", "-f", archive, "Version").strip()
    return f"{package} {number}", next((folder / "debian" / "boot").glob("vmlinuz-*"))


def tree(folder: Path) -> Path:
    """Return where Debian's kernel source is unpacked."""
    return folder / "linux-source-6.1"


def source(folder: Path) -> Path:
    """Unpack Debian's kernel source, afresh; put its mmio.c aside, for `change`."""
    made = tree(folder)
    shutil.rmtree(made, ignore_errors=True)
    run("tar", "-xf", "/usr/src/linux-source-6.1.tar.xz", cwd=folder)
    shutil.copyfile(made / MMIO_C, folder / "mmio.c")
    return made


def options(order: str) -> list[str]:
    """Return what is configured beyond allnoconfig for a host of that order."""
    return ["CPU_BIG_ENDIAN" if order == "BE" else "CPU_LITTLE_ENDIAN", *CONFIG]


def build(tree: Path, folder: Path, order: str) -> Path:
    """Build a kernel of that order ("LE", "BE"); return its Image.

    A second call builds only what changed.
    """
    wanted = options(order)
    objects = folder / f"kernel-{order.lower()}"
    objects.mkdir(exist_ok=True)
    fragment = folder / f"{objects.name}.config"
    fragment.write_text("".join(f"CONFIG_{name}=y\n" for name in wanted), encoding="ascii")
    make = ("make", "-s", "-C", tree, f"O={objects}", "ARCH=arm64", f"CROSS_COMPILE={CROSS}")
    run(*make, f"KCONFIG_ALLCONFIG={fragment}", "allnoconfig")
    config = (objects / ".config").read_text(encoding="utf-8").splitlines()
    refused = [name for name in wanted if f"CONFIG_{name}=y" not in config]
    if refused:
        raise SystemExit(f"{tree} refuses {', '.join(refused)}; big-endian arm64 ends with 6.17")
    run(*make, f"-j{os.cpu_count()}", "Image")
    return objects / "arch" / "arm64" / "boot" / "Image"


def change(tree: Path, design: str) -> None:
    """Let the source have that design, whichever it had. Debian's own is merged-2014.

    Only mmio.c is written, and always: its date tells make to compile it again. Raises
    `SystemExit` where it is not the file that we know.
    """
    lines = (tree.parent / "mmio.c").read_text(encoding="utf-8").splitlines(keepends=True)
    if design == "sign-fixed-2026":
        lines = converting_before_extending(lines)
    elif design != "merged-2014":
        lines = including(lines, design)
        shutil.copyfile(Path(__file__).parent / "designs.h", (tree / MMIO_C).parent / "designs.h")
    (tree / MMIO_C).write_text("".join(lines), encoding="utf-8")


def converting_before_extending(lines: list[str]) -> list[str]:
    """Do as 85f56708a443 did in 2026: trace a load, convert its order, and only then extend it."""
    converts, reads = _only(lines, "data = vcpu_data_host_to_guest("), _only(lines, READS)
    traces = _only(lines, "trace_kvm_mmio(KVM_TRACE_MMIO_READ,")
    if not reads + 1 < traces < converts:  # what extends stands between
        raise SystemExit(f"{MMIO_C}: not the order of steps of 2014; is it mended already?")
    first, extends, last = lines[: reads + 1], lines[reads + 1 : traces], lines[converts + 1 :]
    return [*first, *lines[traces : converts + 1], *extends, *last]


def including(lines: list[str], design: str) -> list[str]:
    """Put designs.h, and which of them it is, before the functions that convert and copy."""
    first = _only(lines, "int kvm_handle_mmio_return(")
    if not first < _only(lines, READS) < _only(lines, "vcpu_data_guest_to_host("):
        raise SystemExit(f"{MMIO_C}: not the order of functions of Linux 6.1")
    name = design.upper().replace("-", "_")
    return [*lines[:first], f"#define {name}\n", '#include "designs.h"\n', *lines[first:]]


def _only(lines: list[str], words: str) -> int:
    """Return the number of the one line with these words."""
    found = [number for number, line in enumerate(lines) if words in line]
    if len(found) != 1:
        raise SystemExit(f"{MMIO_C}: {words!r} is there {len(found)} times, and not once")
    return found[0]


def bare(folder: Path, order: str, name: str) -> bytes:
    """Compile vmm.c or init.c, which need no libc, for a host of that order."""
    made = folder / f"{name}-{order.lower()}"
    source = Path(__file__).parent / f"{name}.c"
    run(f"{CROSS}gcc", *C_FLAGS, ENDIAN[order], "-o", made, source)
    return made.read_bytes()
