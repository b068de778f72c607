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
)
CROSS = "aarch64-linux-gnu-"
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


def source(folder: Path) -> Path:
    """Unpack Debian's kernel source, afresh."""
    tree = folder / "linux-source-6.1"
    shutil.rmtree(tree, ignore_errors=True)
    run("tar", "-xf", "/usr/src/linux-source-6.1.tar.xz", cwd=folder)
    return tree


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


def convert_before_extending(tree: Path) -> None:
    """Do as 85f56708a443 did in 2026: convert the order of a load first, then extend its sign."""
    path = tree / "arch" / "arm64" / "kvm" / "mmio.c"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    converts = [n for n, line in enumerate(lines) if "data = vcpu_data_host_to_guest(" in line]
    reads = [n for n, line in enumerate(lines) if "data = kvm_mmio_read_buf(" in line]
    if len(converts) != 1 or len(reads) != 1 or converts[0] < reads[0]:
        raise SystemExit(f"{path}: not the order of steps of 2014; is it mended already?")
    lines.insert(reads[0] + 1, lines.pop(converts[0]))
    path.write_text("".join(lines), encoding="utf-8")


def vmm(folder: Path, order: str) -> bytes:
    """Compile vmm.c for a host of that order."""
    made = folder / f"vmm-{order.lower()}"
    endian = "-mbig-endian" if order == "BE" else "-mlittle-endian"
    run(f"{CROSS}gcc", *C_FLAGS, endian, "-o", made, Path(__file__).parent / "vmm.c")
    return made.read_bytes()
