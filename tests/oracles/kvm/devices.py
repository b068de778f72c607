"""Devices of QEMU's Arm board, read and written by a bare-metal guest with E clear and with E set.

No KVM, no kernel and no firmware: a flat A32 program that loads, stores, and prints registers on
the serial port, digit by digit, so that no byte order but the one in question comes in. Two
devices are oracles, one of each order: the registers of virtio-mmio and of the PL031 clock are
little-endian (Virtio 1.2, 4.2.2; Arm DDI 0224), those of fw_cfg big-endian (QEMU,
docs/specs/fw_cfg). Identification registers of PrimeCells are none: a byte each, alike in both.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MACHINE = ("qemu-system-arm", "-M", "virt", "-cpu", "cortex-a15", "-m", "64")
SECONDS = 60
CODE, UART, CLOCK, FW_CFG, VIRTIO = 0x4020_0000, 0x0900_0000, 0x0901_0000, 0x0902_0000, 0x0A00_0000
MATCH, DATA, SELECTOR, SIGNATURE = CLOCK + 4, FW_CFG, FW_CFG + 8, FW_CFG + 16
ORDERS = ("LE", "BE")


@dataclass(frozen=True)
class Step:
    """One access: what it shows, with which order of the guest, and r1 before a store."""

    shows: str
    device_endian: str
    guest_endian: str
    insn: str
    address: int
    r1: int = 0

    @property
    def assembly(self) -> str:
        """Load the operands, do the access with E as wanted, clear E, print r1."""
        turn = "setend be" if self.guest_endian == "BE" else "setend le"
        operands = f"ldr r0,={self.address:#x}\nldr r1,={self.r1:#x}"
        return f"{operands}\n{turn}\n{self.insn} r1,[r0]\nsetend le\nbl print"

    def row(self, r1: int) -> dict[str, Any]:
        """Return what is recorded of it."""
        row = {"shows": self.shows, "device_endian": self.device_endian}
        row |= {"guest_endian": self.guest_endian, "insn": f"{self.insn} r1,[r0]"}
        row["address"] = f"{self.address:x}"
        return row | {"reg_in" if self.insn.startswith("str") else "reg_out": f"{r1:08x}"}


def steps() -> list[Step]:
    """Return all accesses, in order: a device remembers what it was told."""
    found = []
    for guest in ORDERS:
        found.append(Step("virtio-mmio MagicValue", "LE", guest, "ldr", VIRTIO))
        found += [
            Step("fw_cfg DMA signature", "BE", guest, insn, SIGNATURE + offset)
            for insn, offset in (("ldr", 0), ("ldr", 4))
        ]
    for wrote in ORDERS:
        found.append(Step("PL031 match", "LE", wrote, "str", MATCH, 0x1122_3344))
        found += [Step("PL031 match", "LE", guest, "ldr", MATCH) for guest in ORDERS]
    for guest in ORDERS:
        for key in (0x0001, 0x0100):  # FW_CFG_ID, and what it is with its bytes exchanged
            found.append(Step("fw_cfg selector", "BE", guest, "strh", SELECTOR, key))
            found.append(Step("fw_cfg data, a byte", "BE", guest, "ldrb", DATA))
        found.append(Step("fw_cfg selector", "BE", guest, "strh", SELECTOR, 0))  # FW_CFG_SIGNATURE
        found.append(Step("fw_cfg data, a word", "BE", guest, "ldr", DATA))
    return found


_PRINT = f"""
print:              @ r1 as eight hexadecimal digits and a line feed
    ldr r2,={UART:#x}
    mov r3,#28
1:  lsr r4,r1,r3
    and r4,r4,#15
    cmp r4,#10
    addlo r4,r4,#'0'
    addhs r4,r4,#'a'-10
    strb r4,[r2]
    subs r3,r3,#4
    bpl 1b
    mov r4,#10
    strb r4,[r2]
    bx lr
"""
_EXIT = "mov r0,#0x18\nldr r1,=0x20026\nsvc 0x123456\n"  # semihosting: SYS_EXIT, all went well


def observe() -> list[dict[str, Any]]:
    """Run the program under QEMU; return a row for each access. Raises `RuntimeError` if lost."""
    asked = steps()
    # the literals of `ldr r0,=…` go behind each step, where a branch jumps over them
    body = "".join(f"{step.assembly}\nb 3f\n.ltorg\n3:\n" for step in asked)
    with tempfile.TemporaryDirectory() as folder:
        source, made, flat = (str(Path(folder) / name) for name in ("s.s", "s.o", "s.bin"))
        text = f".syntax unified\n.arch armv7-a\n.arm\n{body}{_EXIT}{_PRINT}.ltorg\n"
        Path(source).write_text(text, encoding="ascii")
        assembler = ["arm-linux-gnueabihf-as", "-mno-warn-deprecated", "-o", made, source]
        subprocess.run(assembler, check=True)
        subprocess.run(["arm-linux-gnueabihf-objcopy", "-O", "binary", made, flat], check=True)
        command = [*MACHINE, "-nographic", "-net", "none", "-semihosting"]
        command += ["-device", f"loader,file={flat},addr={CODE:#x},cpu-num=0"]
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=True, stdin=subprocess.DEVNULL
        )
    printed = done.stdout.decode().split()
    if len(printed) != len(asked):
        raise RuntimeError(f"{len(asked)} accesses, {len(printed)} lines: {done.stdout[-500:]!r}")
    return [step.row(int(word, 16)) for step, word in zip(asked, printed, strict=True)]
