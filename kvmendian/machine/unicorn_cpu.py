"""The boundary to Unicorn and keystone: a CPU, two windows of memory, step by step."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

import unicorn
from unicorn import arm64_const, arm_const

from kvmendian.errors import SetupError, show

from .encodings import ENCODINGS

if TYPE_CHECKING:
    from .encodings import Isa

_PAGE = 0x1000
_WINDOWS = (0x1000_0000, 0x2000_0000)
_ERET_PAGE = 0x4000
_ERET = bytes.fromhex("e0039fd6")
_UNTIMED = 0  # our own one instruction: a time limit could skip it in silence on a busy machine
_FREE = 1000  # steps without a look at the clock: a busy machine ends no few lines early
_SCTLR, _SPSR, _ELR = (1, 0, 3, 0, 0), (4, 0, 3, 0, 0), (4, 0, 3, 0, 1)  # crn, crm, op0, op1, op2


class Cpu:
    """A fresh CPU in EL1 (SVC for AArch32) or EL0, little-endian unless `big`."""

    def __init__(self, isa: Isa, *, big: bool, el: int) -> None:
        self._isa, self._big, self._el = isa, big, el
        if isa == "a64":
            self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
            self._uc.ctl_set_cpu_model(arm64_const.UC_CPU_ARM64_A72)
            self._ids = {f"x{n}": getattr(arm64_const, f"UC_ARM64_REG_X{n}") for n in range(31)}
            self._pc = arm64_const.UC_ARM64_REG_PC
        else:
            thumb = unicorn.UC_MODE_THUMB if isa == "t32" else unicorn.UC_MODE_ARM
            self._uc = unicorn.Uc(unicorn.UC_ARCH_ARM, thumb)
            self._uc.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_A15)
            self._ids = {f"r{n}": getattr(arm_const, f"UC_ARM_REG_R{n}") for n in range(13)}
            self._pc = arm_const.UC_ARM_REG_PC
        for address in (*_WINDOWS, _ERET_PAGE):
            self._uc.mem_map(address, _PAGE)
        self.names = tuple(self._ids)

    def write(self, address: int, data: bytes) -> None:
        """Put bytes into memory."""
        self._uc.mem_write(address, data)

    def read(self, address: int, size: int) -> bytes:
        """Take bytes out of memory, lowest address first."""
        return bytes(self._uc.mem_read(address, size))

    def set(self, name: str, value: int) -> None:
        """Set a register."""
        self._uc.reg_write(self._ids[name], value)

    def registers(self) -> dict[str, int]:
        """Return all registers by name."""
        return {name: int(self._uc.reg_read(number)) for name, number in self._ids.items()}

    def execute(
        self, start: int, image: bytes, limit: int, microseconds: int
    ) -> list[tuple[Any, int, bytes]]:
        """Run from the first instruction to the end; return each access with the bytes of memory.

        One instruction at a time: SETEND counts from the next one, and the bytes are read from
        memory after a store, before anything else can change them.
        """
        self._uc.mem_map(start, (len(image) + _PAGE) // _PAGE * _PAGE)
        self._uc.mem_write(start, image)
        self._enter(start)
        seen: list[tuple[str, int, int]] = []
        kinds = {unicorn.UC_MEM_READ: "load", unicorn.UC_MEM_WRITE: "store"}
        hooks = unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE

        def note(_uc: Any, kind: int, address: int, size: int, *_: Any) -> None:  # noqa: ANN401
            seen.append((kinds[kind], address, size))

        self._uc.hook_add(hooks, note)
        found: list[tuple[Any, int, bytes]] = []
        here, end = start, start + len(image)
        started = monotonic()
        for step in range(limit):
            self._step(here, end, microseconds, start)
            found += [(kind, address, self.read(address, size)) for kind, address, size in seen]
            seen.clear()
            here = int(self._uc.reg_read(self._pc))
            if here == end:
                return found
            if step > _FREE and monotonic() - started > microseconds / 1e6:
                break
        given = f"code still running after {limit} instructions, or {microseconds / 1e6} seconds"
        raise SetupError(given, "code that comes to its end", "'str r0, [r1]'")

    def _step(self, here: int, end: int, microseconds: int, start: int) -> None:
        thumb = 1 if self._isa == "t32" else 0
        try:
            self._uc.emu_start(here | thumb, end, timeout=microseconds, count=1)
        except unicorn.UcError as error:
            given = f"the instruction at +{here - start}: {error}"
            allowed = "instructions that exist, and addresses in the two windows"
            raise SetupError(given, allowed, "[x1] or [r1], which hold DEVICE") from None

    def _enter(self, start: int) -> None:
        """Set the order of data, and go to EL0 as a kernel does, by ERET."""
        if self._isa != "a64":
            if self._big:  # writing CPSR.E from outside does not take: let the CPU do it
                setend = ENCODINGS[self._isa, "setend be"]
                self._uc.mem_write(_ERET_PAGE, setend)
                self._step(_ERET_PAGE, _ERET_PAGE + len(setend), _UNTIMED, _ERET_PAGE)
            return
        register = arm64_const.UC_ARM64_REG_CP_REG
        sctlr = self._uc.reg_read(register, _SCTLR)
        bit = 1 << (25 if self._el else 24)  # EE, or E0E
        self._uc.reg_write(register, (*_SCTLR, sctlr | bit if self._big else sctlr & ~bit))
        if not self._el:
            self._uc.reg_write(register, (*_SPSR, 0x3C0))  # EL0t
            self._uc.reg_write(register, (*_ELR, start))
            self._uc.mem_write(_ERET_PAGE, _ERET)
            self._step(_ERET_PAGE, _ERET_PAGE + 4, _UNTIMED, _ERET_PAGE)


def keystone(code: str, isa: Isa) -> bytes:
    """Assemble with keystone; its errors become ours."""
    try:
        import keystone as ks  # noqa: PLC0415 - no wheel for arm64: only where it is there
    except ImportError as error:  # its old code needs setuptools on Python 3.12 and newer
        given = f"keystone-engine does not load: {error}"
        raise SetupError(given, "ready-made lines", "kvmendian.machine.encodings") from None
    arch, mode = {
        "a32": (ks.KS_ARCH_ARM, ks.KS_MODE_ARM),
        "t32": (ks.KS_ARCH_ARM, ks.KS_MODE_THUMB),
        "a64": (ks.KS_ARCH_ARM64, ks.KS_MODE_LITTLE_ENDIAN),
    }[isa]
    try:
        made, _ = ks.Ks(arch, mode).asm(code)
    except ks.KsError as error:
        given = f"code={show(code)}: {error}"
        raise SetupError(given, f"{isa}, one instruction a line", '"str r0, [r1]"') from None
    return bytes(made or ())
