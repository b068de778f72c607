"""Programs with a libc, for hosts of both orders: musl, and strace with it.

Debian has no libc for big-endian arm64. It has musl's source, which knows that machine, and a GCC
that makes code for it. Both orders are built alike, from the upstream part of Debian's source
packages, and linked statically.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kernels import CROSS, ENDIAN, run

TARGET = {"LE": "aarch64-linux-musl", "BE": "aarch64_be-linux-musl"}
KERNEL_HEADERS = Path("/usr/aarch64-linux-gnu/include")
_FLAGS = ("-mno-outline-atomics", "-fno-stack-protector", "-fno-pie", "-no-pie")
# What musl calls for a long double is in a libgcc that is little-endian only. None of our programs
# prints or reads one; one that did would be ended by the trap.
_LONG_DOUBLE = (
    *("addtf3", "subtf3", "multf3", "divtf3"),
    *("eqtf2", "netf2", "lttf2", "letf2", "gttf2", "getf2", "unordtf2"),
    *("extendsftf2", "extenddftf2", "trunctfsf2", "trunctfdf2"),
    *("floatsitf", "floatditf", "floatunsitf", "floatunditf"),
    *("fixtfsi", "fixtfdi", "fixunstfsi", "fixunstfdi"),
)
_TRAPS = "".join(f"void __{name}(void) {{ __builtin_trap(); }}\n" for name in _LONG_DOUBLE)
# Linking by hand, because GCC's specs name glibc; `-x none` ends an earlier `-x c -`.
_WRAPPER = """\
#!/bin/sh
start="-static -nostdlib -L{root}/lib {root}/lib/crt1.o {root}/lib/crti.o"
end="-x none {root}/lib/libc.a {root}/traps.o {root}/lib/crtn.o"
for word; do
	case $word in -c | -E | -S | -M* | -v | --version | -dump* | -print*) start= end= ;; esac
done
exec {gcc} {flags} -nostdinc -isystem {root}/include -isystem {own} $start "$@" $end
"""


def sources(folder: Path, package: str) -> Path:
    """Fetch a source package of Debian and unpack its upstream part; return the new folder."""
    lists = folder / "sources"
    for part in ("lists/partial", "cache/archives/partial", "parts"):
        (lists / part).mkdir(parents=True, exist_ok=True)
    for path in (*Path("/etc/apt").glob("*.list"), *Path("/etc/apt/sources.list.d").iterdir()):
        if path.suffix in (".list", ".sources"):
            text = path.read_text(encoding="utf-8")
            text = text.replace("Types: deb\n", "Types: deb-src\n").replace("\ndeb ", "\ndeb-src ")
            (lists / "parts" / path.name).write_text(text, encoding="utf-8")
    own = [f"Dir::State::Lists={lists}/lists", f"Dir::Cache={lists}/cache"]
    own += ["Dir::Etc::SourceList=/dev/null", f"Dir::Etc::SourceParts={lists}/parts"]
    options = [word for one in (*own, "APT::Sandbox::User=root") for word in ("-o", one)]
    run("apt-get", *options, "-q", "update")
    run("apt-get", *options, "-q", "source", "--download-only", package, cwd=lists)
    archive = max(lists.glob(f"{package}_*.orig.tar.[gx]z"), key=lambda path: path.stat().st_mtime)
    run("tar", "-xf", archive, cwd=folder)
    name, number = archive.name.removesuffix(archive.suffix).removesuffix(".orig.tar").split("_")
    return folder / f"{name}-{number}"


def compiler(folder: Path, order: str) -> Path:
    """Build musl for a host of that order, once; return a compiler that uses it."""
    root = folder / f"musl-{order.lower()}"
    wrapper = root / "cc"
    if wrapper.exists():
        return wrapper
    shutil.rmtree(root, ignore_errors=True)  # what an earlier call left that was ended
    gcc = f"{CROSS}gcc {ENDIAN[order]}"
    tree = sources(folder, "musl")
    objects = folder / f"musl-{order.lower()}-objects"
    objects.mkdir(exist_ok=True)
    configure = [str(tree / "configure"), f"--target={TARGET[order]}", f"--prefix={root}"]
    configure += ["--disable-shared", f"CC={gcc}", "CFLAGS=-Os -mno-outline-atomics"]
    run(*configure, f"AR={CROSS}ar", f"RANLIB={CROSS}ranlib", cwd=objects)
    run("make", "-s", f"-j{os.cpu_count()}", "install", cwd=objects)
    for name in ("linux", "asm", "asm-generic", "mtd"):
        (root / "include" / name).symlink_to(KERNEL_HEADERS / name)
    (root / "traps.c").write_text(_TRAPS, encoding="ascii")
    run(*gcc.split(), "-Os", "-w", "-c", root / "traps.c", "-o", root / "traps.o")
    own = run(f"{CROSS}gcc", "-print-file-name=include").strip()
    text = _WRAPPER.format(root=root, gcc=gcc, flags=" ".join(_FLAGS), own=own)
    wrapper.write_text(text, encoding="ascii")
    wrapper.chmod(0o755)
    return wrapper


def strace(folder: Path, order: str) -> Path:
    """Build strace for a host of that order, once; return the program."""
    made = folder / f"strace-{order.lower()}"
    program = made / "src" / "strace"
    if not program.exists():
        cc = compiler(folder, order)
        tree = sources(folder, "strace")
        made.mkdir(exist_ok=True)
        configure = [str(tree / "configure"), f"--host={TARGET[order]}", "--enable-mpers=no"]
        configure += ["--disable-gcc-Werror", "--enable-bundled=yes", f"CC={cc}", "CFLAGS=-Os -s"]
        run(*configure, f"AR={CROSS}ar", f"RANLIB={CROSS}ranlib", cwd=made)
        run("make", "-s", f"-j{os.cpu_count()}", cwd=made)
    return program
