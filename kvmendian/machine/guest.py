"""The guest's CPU: which bit decides the order of its data, and what its instructions do with it.

Data accesses are the subject. Instructions are little-endian in AArch64 and in BE-8 (QEMU,
`bswap_code`). Stage 1 page-table walks follow SCTLR_EL1.EE, so Linux's mmio_sign_ext selftest makes
its big-endian pass at EL0, by E0E. Registers are unsigned; memory is bytes, lowest address first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from kvmendian.errors import SetupError, bytes_like, fits, integer, one_of, show
from kvmendian.model import lanes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kvmendian.model.lanes import ByteOrder

WIDTHS = (1, 2, 4, 8)


@dataclass(frozen=True)
class AArch32:
    """A CPU in AArch32 state: CPSR.E (`e`) decides, in every mode, USR included.

    SETEND and MSR set it; an exception takes its new E from SCTLR.EE (Arm ARM, CPSR). Raises
    `SetupError` for an `e` that is no bool.

    >>> AArch32(e=True).data_order
    'big'
    """

    e: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "e", one_of("e", self.e, (False, True)))

    @property
    def data_order(self) -> ByteOrder:
        """Byte order of loads and stores."""
        return "big" if self.e else "little"


@dataclass(frozen=True)
class AArch64:
    """A CPU in AArch64 state: SCTLR_EL1.EE (`ee`) decides at EL1, SCTLR_EL1.E0E (`e0e`) at EL0.

    Source: Arm ARM, SCTLR_EL1; QEMU, target/arm/internals.h. EL2 (SCTLR_EL2.EE) is left out.
    Raises `SetupError` for another level than 0 and 1, and for a bit that is no bool.

    >>> AArch64(el=1, e0e=True).data_order, AArch64(el=0, e0e=True).data_order
    ('little', 'big')
    """

    el: int = 1
    ee: bool = False
    e0e: bool = False

    def __post_init__(self) -> None:
        for name, allowed in (("el", (1, 0)), ("ee", (False, True)), ("e0e", (False, True))):
            object.__setattr__(self, name, one_of(name, getattr(self, name), allowed))

    @property
    def data_order(self) -> ByteOrder:
        """Byte order of loads and stores at this level."""
        return "big" if (self.ee if self.el else self.e0e) else "little"


CpuState: TypeAlias = AArch32 | AArch64
"""A CPU in either Execution state."""


def cpu_state(cpsr: int, sctlr: int) -> CpuState:
    """Read the state from raw registers: CPSR (in AArch64: PSTATE, laid out as SPSR) and SCTLR.

    Bit 4 tells the Execution states apart; E is bit 9, EE bit 25, E0E bit 24 (Arm ARM). Raises
    `SetupError` for more than 64 bits, and for a mode that is neither EL0's nor EL1's.

    >>> cpu_state(cpsr=0x3d3, sctlr=0xc50078)
    AArch32(e=True)
    >>> cpu_state(cpsr=0x3c5, sctlr=0x1c50078)  # in AArch64 bit 9 is D, the debug mask, not E
    AArch64(el=1, ee=False, e0e=True)
    """
    cpsr, sctlr = fits("cpsr", cpsr, 64), fits("sctlr", sctlr, 64)
    mode = cpsr & 0x1F
    if mode in (0x10, 0x11, 0x12, 0x13, 0x17, 0x1B, 0x1F):  # USR FIQ IRQ SVC ABT UND SYS
        return AArch32(e=bool(cpsr >> 9 & 1))
    if mode in (0, 4, 5):  # EL0t, EL1t, EL1h
        return AArch64(mode >> 2, ee=bool(sctlr >> 25 & 1), e0e=bool(sctlr >> 24 & 1))
    allowed = "a mode of EL0 or EL1: no Hyp, Monitor, EL2, EL3"
    raise SetupError(f"cpsr={cpsr:#x} (mode {mode:#x})", allowed, "cpsr=0x3c5")


def setend(state: CpuState, order: ByteOrder) -> AArch32:
    """Execute SETEND LE or SETEND BE: AArch32 only (deprecated in Armv8, see SCTLR.SED).

    Raises `SetupError` in AArch64, and for another order.

    >>> setend(AArch32(), "big")
    AArch32(e=True)
    """
    order = one_of("order", order, lanes.ORDERS)
    if not isinstance(state, AArch32):
        raise SetupError(f"SETEND in {show(state)}", "AArch32: AArch64 has none", "AArch32()")
    return replace(state, e=order == "big")


def kvm_vcpu_is_be(state: CpuState, *, before_v5_16: bool = False) -> bool:
    """Return whether KVM takes the guest for big-endian.

    From 6d89d2d9b5ba (2013) to v5.15 an AArch64 guest's EE was consulted at *any* level; since
    69adec18e94f (posted 12 Oct 2021) it is E0E at EL0. For AArch32 it has always been CPSR.E.
    Raises `SetupError` for what is no state of a CPU.

    >>> user = AArch64(el=0, ee=False, e0e=True)
    >>> kvm_vcpu_is_be(user), kvm_vcpu_is_be(user, before_v5_16=True)
    (True, False)
    """
    before = one_of("before_v5_16", before_v5_16, (False, True))
    if isinstance(state, AArch64):
        return state.ee if before else state.data_order == "big"
    if not isinstance(state, AArch32):
        raise SetupError(f"state={show(state)}", "an AArch32 or AArch64", "state=AArch64(el=1)")
    return state.data_order == "big"


def store(value: int, width: int, order: ByteOrder) -> bytes:
    """Store the low `width` bytes (1, 2, 4, 8) of a register of 64 bits: STRB, STRH, STR.

    Returns memory, the lowest address first. Raises `SetupError` for what does not fit.

    >>> store(0x1122334455667788, 4, "big").hex(" ")
    '55 66 77 88'
    """
    width, order = one_of("width", width, WIDTHS), one_of("order", order, lanes.ORDERS)
    return lanes.to_memory(fits("value", value, 64), width, order)


def load(data: bytes, order: ByteOrder, *, signed: bool = False, register_width: int = 64) -> int:
    """Load 1, 2, 4 or 8 bytes into a register of 32 or 64 bits; the rest of 64 bits is zero.

    LDRB, LDRH, LDR extend with zeros. With `signed`, LDRSB, LDRSH, LDRSW extend with the top bit
    of the data *in its order*: order belongs to the memory access, extension comes after it
    (Arm ARM, LDRSH). Raises `SetupError` for data that do not fit the register.

    >>> hex(load(bytes.fromhex("8001"), "big", signed=True, register_width=32))
    '0xffff8001'
    """
    signed = one_of("signed", signed, (False, True))
    register_width = one_of("register_width", register_width, (64, 32))
    data = bytes_like("data", data, WIDTHS)
    if 8 * len(data) + signed > register_width:
        given = f"{len(data)} bytes, signed={signed}, register_width={register_width}"
        allowed = "data that fits the register, and is narrower where it is extended"
        raise SetupError(given, allowed, "signed=False, register_width=64")
    loaded = lanes.load(lanes.SOURCE[: len(data)], order)
    if signed:
        loaded = lanes.sign_extend(loaded, len(data))
    return lanes.as_int(lanes.truncate(loaded, register_width // 8), data)


def store_each(values: Iterable[int], width: int, order: ByteOrder) -> bytes:
    """Store several registers (64 at the most), the first at the lowest address: STRD, STP, STM.

    A big-endian order reverses the bytes of each element and never exchanges elements, so a pair
    is not one wide register. Source: Arm ARM; for LDRD also QEMU, `do_ldrd_load`. Raises
    `SetupError` as `store` does.

    >>> pair = (0x11223344, 0x55667788)
    >>> store_each(pair, 4, "big").hex(" ", 4), store_each(pair, 4, "little").hex(" ", 4)
    ('11223344 55667788', '44332211 88776655')
    """
    try:
        several = tuple(islice(values, _MOST + 1))
    except Exception:  # noqa: BLE001 - what cannot be walked over, and what raises on the way
        several = ()
    if not 0 < len(several) <= _MOST:
        given = f"values={show(values)}"
        raise SetupError(
            given, f"1 to {_MOST} integers, one after the other", "values=(0x11, 0x22)"
        )
    return b"".join(store(value, width, order) for value in several)


def load_each(
    data: bytes, width: int, order: ByteOrder, *, signed: bool = False
) -> tuple[int, ...]:
    """Load several registers, the first from the lowest address: LDRD, LDP, LDM; signed, LDPSW.

    Raises `SetupError` for data that are no multiple of `width` bytes.

    >>> [hex(value) for value in load_each(bytes.fromhex("1122334455667788"), 4, "little")]
    ['0x44332211', '0x88776655']
    """
    width = one_of("width", width, WIDTHS)
    data = bytes_like("data", data, range(width, _MOST * width + 1, width))
    pieces = (data[start : start + width] for start in range(0, len(data), width))
    return tuple(load(piece, order, signed=signed) for piece in pieces)


_MOST = 64  # registers at once: more than any instruction names, and than the host keeps

REVERSALS = {"rev": 8, "rev16": 2, "rev32": 4, "rev64": 8, "revsh": 2}
"""Instructions that reverse bytes in a register, with the bytes of a group (`rev`: up to 8)."""


def reverse(instruction: str, value: int, register_width: int = 64) -> int:
    """Execute an instruction of `REVERSALS` on a register of 32 or 64 bits.

    REV reverses all bytes, REV16 those of each halfword, for both widths. A64 alone has REV32
    (each word) and REV64 (another name of REV), for 64 bits; A32 and T32 alone have REVSH, for
    32: it reverses the low halfword, then sign-extends it (Arm ARM). Raises `SetupError` for
    another instruction, and for a width that it has not.

    >>> [hex(reverse(name, 0x11223380, 32)) for name in ("rev", "rev16", "revsh")]
    ['0x80332211', '0x22118033', '0xffff8033']
    >>> hex(reverse("rev32", 0x1122334455667788))
    '0x4433221188776655'
    """
    instruction = one_of("instruction", instruction, REVERSALS)
    only = {"rev32": (64,), "rev64": (64,), "revsh": (32,)}
    allowed = only.get(instruction, (64, 32))
    register_width = one_of("register_width", register_width, allowed)
    value = fits("value", value, register_width)
    width = register_width // 8
    moved = lanes.swap(lanes.SOURCE, width, group=min(REVERSALS[instruction], width))
    if instruction == "revsh":
        moved = lanes.truncate(lanes.sign_extend(moved, 2), width)
    return lanes.as_int(moved, value)


@dataclass(frozen=True)
class RegisterFile:
    """The registers x0 to x30 that the host keeps of a guest: `regs[31]` of `user_pt_regs`.

    Raises `SetupError` for other than 31 integers of 64 bits, and for a number above 31.

    >>> file = RegisterFile().set(1, 0x22).set(31, 0x33)
    >>> file.get(1), file.get(31), file.image("big")[:16].hex(" ", 8)
    (34, 0, '0000000000000000 0000000000000022')
    """

    regs: tuple[int, ...] = (0,) * 31

    def __post_init__(self) -> None:
        if not isinstance(self.regs, tuple) or len(self.regs) != 31:
            raise SetupError(f"regs={show(self.regs)}", "a tuple of 31 integers", "regs=(0,) * 31")
        plain = tuple(fits(f"regs[{k}]", value, 64) for k, value in enumerate(self.regs))
        object.__setattr__(self, "regs", plain)

    def get(self, number: int) -> int:
        """Read a register, as `vcpu_get_reg`: number 31 is the zero register."""
        return (*self.regs, 0)[integer("number", number, 0, 31)]

    def set(self, number: int, value: int) -> RegisterFile:
        """Return the file with one register written, as `vcpu_set_reg`: 31 is discarded."""
        number = integer("number", number, 0, 31)
        value = fits("value", value, 64)
        return RegisterFile((*self.regs[:number], value, *self.regs[number + 1 :])[:31])

    def image(self, host: ByteOrder) -> bytes:
        """Return it as it lies in the host's RAM: 248 bytes in the host's order, x0 first."""
        return store_each(self.regs, lanes.WORD, host)
