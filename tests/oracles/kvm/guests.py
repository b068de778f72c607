"""Guest programs: which instruction, in which state of the vCPU, on which bytes; as /jobs wants it.

A job is one run of one small program by one vCPU. Guest code is assembled by GNU binutils and is
little-endian whatever the data order is (Arm ARM, DDI 0487, B2.6.2: instruction fetches are always
little-endian). The numbers of a job are little-endian too, on every host; `vmm.c` reads bytewise.
"""

from __future__ import annotations

import struct
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

RAM, SCRATCH, PORT = 0x4000_0000, 0x4000_1000, 0x0B00_0000
DEVICE, DISTRIBUTOR, REDISTRIBUTOR = 0x0A00_0000, 0x0800_0000, 0x080A_0000
SAME_VM, EL1_32BIT, NISV_TO_USER, GIC, MATCH = 1, 2, 4, 8, 16
STALE = b"\xee" * 16
CODE_BYTES = 64

SCTLR, EE, E0E = 0x00C5_0078, 1 << 25, 1 << 24  # the value with which KVM starts a vCPU, two bits
CPSR_E, CPSR_T = 1 << 9, 1 << 5
_PSTATE = {  # mode and masked interrupts, DDI 0487 C5.2 and G8.2
    "a64_el1": 0x3C5,
    "a64_el0": 0x3C0,
    "a32_usr_on_a64": 0x1D0,
    "a32_svc": 0x1D3,
    "t32_svc": 0x1D3 | CPSR_T,
}
LEGEND = {
    "a64_el1": "A64 EL1 (SCTLR_EL1.EE)",
    "a64_el0": "A64 EL0 (SCTLR_EL1.E0E)",
    "a32_svc": "A32 EL1/SVC (CPSR.E by SETEND)",
    "a32_usr_on_a64": "A32 EL0/USR under A64 EL1 (CPSR.E by SETEND)",
    "t32_svc": "T32 EL1/SVC (CPSR.E by SETEND)",
}
_LAST = {"a64": "strb w9,[x10]", "a32": "strb r9,[r10]", "t32": "strb.w r9,[r10]"}
_REGISTERS = {2: 0xEEDD_CCBB_AA99_8877, 6: 0x1122_3344, 7: 0x5566_7788, 9: 0x5A, 10: PORT}


def is_32bit(isa: str) -> bool:
    """Whether a guest state has 32-bit registers."""
    return isa not in ("a64_el1", "a64_el0")


def state(isa: str, order: str) -> tuple[int, int]:
    """Return PSTATE (or CPSR) and SCTLR_EL1 for a guest state whose data accesses have `order`.

    The bit that must not matter says the opposite: E0E at EL1, EE at EL0, both for A32 at EL0.
    """
    big = order == "BE"
    if isa == "a64_el1":
        return _PSTATE[isa], SCTLR | (EE if big else E0E)
    if isa == "a64_el0":
        return _PSTATE[isa], SCTLR | (E0E if big else EE)
    unused = EE | E0E if isa == "a32_usr_on_a64" and not big else 0
    return _PSTATE[isa] | (CPSR_E if big else 0), SCTLR | unused


@dataclass(frozen=True)
class Job:
    """One program. `code` is assembly; the store to the exit port is put behind it.

    `x` says what registers hold at the start, by number; `fill` is what the scratch RAM holds, and
    its first eight bytes what the VMM answers a load with. `flip` is the state to change to
    between exit `flip_after` (from 1) and its completion. `attr` is the group and the offset of a
    register of the GIC that is read afterwards from outside.
    """

    isa: str
    code: str
    state: tuple[int, int]
    x: dict[int, int]
    fill: bytes = STALE
    flags: int = 0
    flip_after: int = 0
    flip: tuple[int, int] = (0, 0)
    attr: tuple[int, int] | None = None
    match: int = 0
    registers: dict[int, int] = field(default_factory=lambda: dict(_REGISTERS))

    @property
    def assembly(self) -> str:
        """The whole program, in the syntax of GNU as."""
        return f"{self.code}\n{_LAST[self.isa[:3]]}"

    def pack(self, code: bytes) -> bytes:
        """Return the record that vmm.c reads."""
        registers = self.registers | self.x
        attr = 0 if self.attr is None else self.attr[0] << 60 | self.attr[1]
        kind = EL1_32BIT if self.isa in ("a32_svc", "t32_svc") else 0
        numbers = [self.flags | kind, self.flip_after, *self.state, *self.flip]
        numbers += [attr, self.match, len(code), *(registers.get(n, 0) for n in range(11))]
        padded = code.ljust(CODE_BYTES, b"\0")
        return struct.pack(f"<{len(numbers)}Q16s{CODE_BYTES}s", *numbers, self.fill, padded)


def assemble(programs: list[Job]) -> list[bytes]:
    """Return the machine code of each program: two runs of GNU as for all of them."""
    made: dict[str, bytes] = {}
    for prefix, arm in (("aarch64-linux-gnu", False), ("arm-linux-gnueabihf", True)):
        texts = {
            job.isa[:3] + "\n" + job.assembly: None
            for job in programs
            if (job.isa[:3] != "a64") == arm
        }
        made |= zip(texts, _assemble(prefix, list(texts)), strict=True)
    return [made[job.isa[:3] + "\n" + job.assembly] for job in programs]


def _assemble(prefix: str, texts: list[str]) -> list[bytes]:
    lines = [".syntax unified", ".arch armv8-a"] if prefix.startswith("arm-") else []
    for text in texts:
        isa, code = text.split("\n", 1)
        mode = [] if isa == "a64" else [".arm" if isa == "a32" else ".thumb"]
        # each program starts on a boundary of its own, and says how long it is
        lines += [".balign 128", *mode, "1:", code, "2:", ".balign 64", ".word 2b - 1b"]
    quiet = ["-mno-warn-deprecated"] if prefix.startswith("arm-") else []  # of setend
    with tempfile.TemporaryDirectory() as folder:
        source, made, flat = (str(Path(folder) / name) for name in ("s.s", "s.o", "s.bin"))
        Path(source).write_text("\n".join(lines) + "\n", encoding="ascii")
        subprocess.run([f"{prefix}-as", *quiet, "-o", made, source], check=True)
        subprocess.run([f"{prefix}-objcopy", "-O", "binary", made, flat], check=True)
        image = Path(flat).read_bytes()
    if len(image) != 128 * (len(texts) - 1) + CODE_BYTES + 4:
        raise ValueError(f"a program is longer than {CODE_BYTES} bytes; make it two jobs")
    sizes = [struct.unpack_from("<I", image, 128 * n + CODE_BYTES)[0] for n in range(len(texts))]
    return [image[128 * n : 128 * n + size] for n, size in enumerate(sizes)]
