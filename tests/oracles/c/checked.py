"""`make compile`, second half: the vectors' C checker on seven machines, and what fails where.

The right implementation of `example.c`, the six designs, each mistake of a VMM as it is written and
with the line that mends it. What came of it is kvmendian/evidence/vectors/checked.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cross
import kernels
import record

from kvmendian.evidence.vectors import VERSION
from kvmendian.evidence.vectors.forms import written
from kvmendian.machine.vmm import VMM_MISTAKES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvmendian.machine.mistaken import VmmMistake
    from kvmendian.model.lanes import Arch

WORK = cross.ROOT / "build" / "checked"
CHECKER = cross.ROOT / "kvmendian/evidence/vectors"
ANSWERS = CHECKER / "checked.json"
MENDED = ":mended"

_WRITE = """\
static uint64_t {name}(const uint8_t *data, unsigned int len, int big)
{{
	uint64_t value = 0;
	unsigned int i = 0;

	(void)i, (void)len, (void)big;
	{line}
	return value;
}}
"""
_READ = """\
static void {name}(uint8_t *data, unsigned int len, int big, const uint64_t *answer)
{{
	uint64_t value = answer ? *answer : 0;
	unsigned int i = 0;

	(void)i, (void)big;
	{line}
}}
"""
_UNCLAIMED = """\
static void {name}(uint8_t *data, unsigned int len, int big, const uint64_t *answer)
{{
	if (!answer) {{
		{line}
		return;
	}}
	to_bytes(data, len, big, *answer);
}}
"""
_LOAD = """\
static uint64_t {name}(const uint8_t *data, unsigned int len, int guest_is_big, int is_signed,
	unsigned int register_width, uint64_t reg_before)
{{
	uint64_t value = load(data, len, guest_is_big, is_signed, register_width, 0), reg;
	uint64_t mask = ~0ull >> (64 - 8 * len);

	(void)mask, (void)reg_before;
	{line}
	return reg;
}}
"""
_FRAMES = {"store": ("device_write", _WRITE), "load": ("device_read", _READ)}
FRAMES = {m.id: _FRAMES[m.op] for m in VMM_MISTAKES.values()} | {
    "unclaimed-read": ("device_read", _UNCLAIMED),
    "merged-register": ("load", _LOAD),
}
"""Of each mistake: the function of `struct implementation` that it stands in, and how."""


def lines_of(mistake: VmmMistake) -> Iterator[tuple[str, str]]:
    """Yield the line that is wrong and the one that mends it, each with a name."""
    yield mistake.id, mistake.wrong_c
    yield mistake.id + MENDED, mistake.repair_c


def mistakes() -> str:
    """Return mistakes.h: a function for each line, and a table of them."""
    functions, table = [], []
    for mistake in VMM_MISTAKES.values():
        member, frame = FRAMES[mistake.id]
        for name, line in lines_of(mistake):
            called = name.replace("-", "_").replace(":", "_")
            functions.append(frame.format(name=called, line=line))
            table.append(f'\t{{ "{name}", {{ .{member} = {called} }} }},\n')
    head = "static const struct {\n\tconst char *name;\n\tstruct implementation mine;\n} mistaken[]"
    return "\n".join((*functions, f"{head} = {{\n{''.join(table)}}};\n"))


def said(machine: cross.Machine, *flags: str) -> list[str]:
    """Compile the checker for a machine and run it there; return its lines."""
    folder = WORK / machine.name
    folder.mkdir(parents=True, exist_ok=True)
    arch: Arch = "arm" if machine.arch == "arm" else "arm64"
    (folder / "vectors.h").write_text(written("c", arch) + "\n", encoding="utf-8")
    (folder / "mistakes.h").write_text(mistakes(), encoding="utf-8")
    made = folder / "checked"
    values = ("-DVALUES=0", *(flag for flag in cross.FLAGS if not flag.startswith("-DVALUES")))
    where = (f"-I{folder}", f"-I{CHECKER}", f"-I{cross.HERE}")
    source = cross.HERE / "checked.c"
    kernels.run(machine.compiler, *values, *machine.flags, *flags, *where, "-o", made, source)
    return kernels.run(*filter(None, [machine.emulator]), made).splitlines()


def verdicts(lines: list[str]) -> list[list[Any]]:
    """Return of each name the row that tells and the function, or two nulls where it passes."""
    if not lines or lines[0].split()[0] != "machine" or lines[-1] != "done":
        raise SystemExit(f"the checker did not get to its end: {lines[-1:]}")
    found: list[list[Any]] = []
    for line in lines[1:-1]:
        name, verdict, *where = line.split(maxsplit=4)
        row, _, what = where if verdict == "fails" else (None, None, None)
        found.append([name, row and int(row, 16), what])
    return found


def main() -> None:
    """Ask every machine; write down which row tells what is wrong."""
    kernels.install(cross.PACKAGES, "make compile")
    abouts, rows = [], []
    for machine in cross.MACHINES:
        lines = said(machine, "-O2")
        if lines != said(machine, "-O0"):
            raise SystemExit(f"{machine.name}: not the same with and without optimisation")
        order = lines[0].split()[-1]
        found = verdicts(lines)
        about = {"name": machine.name, "arch": machine.arch, "order": order}
        abouts.append(about | cross.tools(machine))
        rows += [[machine.name, *row] for row in found]
        print(f"{machine.name}: {sum(row[1] is not None for row in found)} fail", flush=True)
    meta = {"vectors": VERSION, "source": Path(__file__).name, "flags": "-O2, and -O0 the same"}
    record.keep(ANSWERS, meta | record.today(), {"machines": abouts, "verdicts": rows})


if __name__ == "__main__":
    main()
