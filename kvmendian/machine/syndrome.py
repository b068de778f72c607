"""What the CPU tells KVM about an access: the syndrome of a data abort, and what KVM does with it.

The ISS is bits 24:0 of ESR_EL2; HSR on 32-bit Arm has the same fields where it has them. Sources:
Arm ARM, ESR_EL2, ISS of a data abort; the kernel's asm/esr.h; for what KVM does,
arch/arm64/kvm/mmu.c (`kvm_handle_guest_abort`) and mmio.c (`io_mem_abort`).
This module is the boundary to bitstring, of which 4.3 and 5.0 both serve.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple

from bitstring import Bits, pack

from kvmendian.errors import SetupError, fits, instance, one_of

from . import faults


class Field(NamedTuple):
    """One field of the ISS: Arm's name, its bits, and what 0 and 1 mean where it is a flag.

    >>> FIELDS["wnr"].name, FIELDS["wnr"].high, FIELDS["wnr"].flag
    ('WnR', 6, ('read', 'write'))
    """

    name: str
    high: int
    low: int
    size: int
    flag: tuple[str, str]


def _bits(name: str, high: int, low: int, *flag: str) -> Any:  # noqa: ANN401 - stands for its default
    about = Field(name, high, low, high - low + 1, (flag[0], flag[1]) if flag else ("", ""))
    return field(default=0, metadata={"field": about})


@dataclass(frozen=True, kw_only=True)
class DataAbort:
    """The ISS of a data abort, field by field, unsigned. Raises `SetupError` where one overflows.

    Each of the 25 bits has a field: decoding loses nothing. Bits 12:11 are SET where DFSC is
    0b010000, an external abort, and LST where it is a translation, access flag or permission
    fault. Refused as well is what a valid syndrome cannot say: that a store sign-extends (Arm: SSE
    is 0 for all but loads), that 8 bytes are moved with SF = 0, or that a load sign-extends into
    a register no wider than its data.

    >>> abort = DataAbort.decode(0x1c18045)
    >>> abort.width, abort.register, abort.is_write, hex(abort.encode())
    (8, 'x1', True, '0x1c18045')
    """

    isv: int = _bits("ISV", 24, 24, "SAS to AR say nothing", "SAS to AR describe the access")
    sas: int = _bits("SAS", 23, 22)
    sse: int = _bits("SSE", 21, 21, "no sign extension", "sign-extend the loaded data")
    srt: int = _bits("SRT", 20, 16)
    sf: int = _bits("SF", 15, 15, "32-bit register", "64-bit register")
    ar: int = _bits("AR", 14, 14, "no acquire or release", "acquire or release")
    vncr: int = _bits("VNCR", 13, 13, "not by VNCR_EL2", "by VNCR_EL2 (nested virtualization)")
    lst: int = _bits("LST", 12, 11)
    fnv: int = _bits("FnV", 10, 10, "FAR holds the address", "FAR is not valid")
    ea: int = _bits("EA", 9, 9, "external abort type 0", "external abort type 1")
    cm: int = _bits("CM", 8, 8, "no cache maintenance", "cache maintenance")
    s1ptw: int = _bits("S1PTW", 7, 7, "not a stage 1 table walk", "a stage 1 table walk")
    wnr: int = _bits("WnR", 6, 6, "read", "write")
    dfsc: int = _bits("DFSC", 5, 0)

    def __post_init__(self) -> None:
        for name, about in FIELDS.items():
            object.__setattr__(self, name, _fits(name, getattr(self, name), about.size))
        bits = 64 if self.sf else 32
        problem = self.isv and impossible("store" if self.wnr else "load", self.sas, self.sse, bits)
        if problem:
            names = ("isv", "sas", "sse", "sf", "wnr")
            given = ", ".join(f"{name}={getattr(self, name)}" for name in names)
            sse = 0 if self.wnr or self.sas == 3 else self.sse
            raise SetupError(
                given, problem, f"isv=1, sas={self.sas}, sse={sse}, sf=1, wnr={self.wnr}"
            )

    @classmethod
    def of_access(  # noqa: PLR0913 - one for each thing that the syndrome tells
        cls,
        op: Literal["store", "load"],
        width: int,
        *,
        signed: bool = False,
        register_width: int | None = None,
        rt: int = 0,
        dfsc: int = 0b000101,
    ) -> DataAbort:
        """Return the valid syndrome of a load or store of one general-purpose register.

        `width` in bytes; `register_width` in bits, left out the narrowest that the access has in
        A64; `rt` 0 to 31 (of A32 and T32, the number of the AArch64 register that holds it);
        `dfsc` by default a translation fault of level 1, as in the recordings. Raises `SetupError`
        for an access that there is not.

        >>> DataAbort.of_access("load", 2, signed=True, rt=3).register
        'w3'
        """
        op, width = one_of("op", op, ("store", "load")), one_of("width", width, (1, 2, 4, 8))
        sse, bits = _fits("signed", signed, 1), 32 if 8 * width + bool(signed) <= 32 else 64
        if register_width is not None:
            bits = one_of("register_width", register_width, (64, 32))
        sas, sf, wnr = (1, 2, 4, 8).index(width), bits == 64, op == "store"
        problem = impossible(op, sas, sse, bits)
        if problem:
            given = f"op={op!r}, width={width}, signed={bool(sse)}, register_width={bits}"
            signed = bool(sse) and op == "load" and width < 8
            raise SetupError(given, problem, f"signed={signed}, register_width=64")
        return cls(isv=1, sas=sas, sse=sse, srt=rt, sf=sf, wnr=wnr, dfsc=dfsc)

    @classmethod
    def decode(cls, iss: int) -> DataAbort:
        """Take an ISS apart; of a whole ESR give `esr & 0x1ffffff`.

        >>> DataAbort.decode(0x45) == DataAbort(wnr=1, dfsc=5)
        True
        """
        bits = Bits(uint=_fits("iss", iss, 25), length=25)  # bitstring's bit 0 is the highest
        return cls(**{name: bits[24 - f.high : 25 - f.low].uint for name, f in FIELDS.items()})

    def encode(self) -> int:
        """Return the ISS, an integer of 25 bits.

        >>> hex(DataAbort(wnr=1, dfsc=5).encode())
        '0x45'
        """
        parts = (f"uint:{f.size}={getattr(self, name)}" for name, f in FIELDS.items())
        return int(pack(", ".join(parts)).uint)

    def sanitised(self) -> DataAbort:
        """Return what KVM_EXIT_ARM_NISV passes on: CM, WnR and DFSC, the rest cleared."""
        return DataAbort(cm=self.cm, wnr=self.wnr, dfsc=self.dfsc)

    @property
    def width(self) -> int:
        """Bytes that the access moves: 1 << SAS, or 64 by LST. `SetupError` where ISV is 0."""
        size = 1 << self._valid("sas")
        return 64 if self.lst and self.dfsc in faults.WITH_LST else size

    @property
    def is_write(self) -> bool:
        """Whether it is a store (WnR, which needs no ISV)."""
        return self.wnr == 1

    @property
    def sign_extend(self) -> bool:
        """Whether the load sign-extends (SSE). Raises `SetupError` where ISV is 0."""
        return self._valid("sse") == 1

    @property
    def register_width(self) -> int:
        """Bits of the register: 64 if SF, else 32. Raises `SetupError` where ISV is 0."""
        return 64 if self._valid("sf") else 32

    @property
    def register(self) -> str:
        """A64's name of SRT, as in `"w1"`, `"xzr"`. Raises `SetupError` where ISV is 0."""
        number = self._valid("srt")
        return ("x" if self.sf else "w") + ("zr" if number == 31 else str(number))

    def _valid(self, name: str) -> int:
        if not self.isv:
            raise SetupError(f"{name} where isv=0", "a syndrome that is valid: isv=1", "isv=1")
        return int(getattr(self, name))

    def _meaning(self, name: str) -> str:
        if name in ("sas", "sse", "srt", "sf", "ar") and not self.isv:
            return "nothing without ISV"
        words = {
            "sas": ("1 byte", "2 bytes", "4 bytes", "8 bytes")[self.sas],
            "srt": "the zero register" if self.srt == 31 else f"register {self.srt}",
            "lst": faults.set_or_lst(self.dfsc, self.lst),
            "dfsc": faults.name(self.dfsc),
        }
        return words.get(name, FIELDS[name].flag[getattr(self, name) & 1])

    def __str__(self) -> str:
        """Return the fields as a table: name, bits, value in binary, meaning."""
        rows = [f"ISS {self.encode():#09x}", "field  bits   value   meaning"]
        for name, about in FIELDS.items():
            bits = f"{about.high}:{about.low}" if about.size > 1 else str(about.low)
            value = Bits(uint=getattr(self, name), length=about.size).bin
            rows.append(f"{about.name:<6} {bits:<6} {value:<7} {self._meaning(name)}")
        return "\n".join(rows)


FIELDS: dict[str, Field] = {f.name: f.metadata["field"] for f in fields(DataAbort)}
"""The fields of the ISS by attribute of `DataAbort`, highest bits first."""


def impossible(op: str, sas: int, sse: int, register_width: int) -> str | None:
    """Say why no valid syndrome has these together; None if one may. SAS: 1 << SAS bytes.

    >>> impossible("load", 3, 0, 32)
    '8 bytes into a 64-bit register only: SF=1'
    """
    if sse and op == "store":
        return "sign extension for a load only: a store extends nothing"
    if 8 << sas > register_width:
        return "8 bytes into a 64-bit register only: SF=1"
    if sse and 8 << sas == register_width:
        return "sign extension only into a register wider than the data"
    return None


def _fits(name: str, given: Any, bits: int) -> int:  # noqa: ANN401 - what a user hands over
    """Return an unsigned integer of so many bits (True for 1), or refuse it."""
    return int(given) if bits == 1 and isinstance(given, bool) else fits(name, given, bits)


class Outcome(NamedTuple):
    """What KVM makes of a data abort.

    `result` is an exit reason, `"ENOSYS"` or `"EFAULT"` (then KVM_RUN fails with `errno`), or,
    without any exit, `"skipped"`, `"abort injected"` or `"SError injected"`. `esr_iss` is what the
    exit passes on: of NISV three fields of the ISS, of LDST64B the whole ESR without its DFSC.

    >>> what_kvm_does(DataAbort.of_access("store", 4)).result
    'KVM_EXIT_MMIO'
    """

    result: str
    why: str
    errno: int = 0
    esr_iss: int | None = None


_DATA_ABORT = 0x24 << 26 | 1 << 25  # ESR_EL2 round the ISS: EC, a lower level's data abort; IL


def what_kvm_does(
    abort: DataAbort, *, nisv_to_user: bool = False, protected: bool = False
) -> Outcome:
    """Return what KVM/arm64 does with a data abort outside every memslot.

    `nisv_to_user`: KVM_CAP_ARM_NISV_TO_USER is enabled (it exists since v5.5, c726200dd1; before,
    ISV = 0 was always ENOSYS). `protected`: a protected VM. KVM_EXIT_ARM_LDST64B exists since 2026
    (f174a9ffcd48). KVM_EXIT_ARM_NISV tells neither register nor length: a VMM has to decode the
    instruction itself, and QEMU has KVM inject an external abort instead. Raises `SetupError` for
    a fault that does not get there.

    The fault code is asked first. External aborts (`kvm_vcpu_abt_issea`) are the host's, or end as
    an SError in the guest. Then only translation, access flag and permission faults go on; of any
    other the kernel logs "Unsupported FSC", and KVM_RUN gives EFAULT. Of the negative levels
    it knows translation at level -1 alone. DFSC 0x35 goes on since 2026 (2937aeec9dc5); CPUs report
    it of memory that stage 2 maps, so that it is not expected here.

    >>> what_kvm_does(DataAbort(wnr=1, dfsc=5)).errno
    38
    >>> hex(what_kvm_does(DataAbort(wnr=1, dfsc=5), nisv_to_user=True).esr_iss)
    '0x45'
    """
    abort = instance("abort", abort, DataAbort, "DataAbort(wnr=1, dfsc=5)")
    nisv_to_user = one_of("nisv_to_user", nisv_to_user, (False, True))
    protected = one_of("protected", protected, (False, True))
    nisv, ls64 = abort.sanitised().encode(), _DATA_ABORT | abort.encode() & ~0x3F
    lst = abort.isv and abort.lst and abort.dfsc in faults.WITH_LST
    cases = (  # in KVM's order
        (abort.dfsc in faults.EXTERNAL, Outcome("SError injected", "The host did not claim it.")),
        (abort.dfsc not in faults.TO_MMIO, Outcome("EFAULT", "Unsupported FSC.", errno=14)),
        (abort.s1ptw, Outcome("abort injected", "The guest's page tables lie outside its memory.")),
        (abort.cm, Outcome("skipped", "What is no memory cannot be cached: nothing to maintain.")),
        (lst, Outcome("KVM_EXIT_ARM_LDST64B", "64 bytes.", esr_iss=ls64)),
        (abort.isv, Outcome("KVM_EXIT_MMIO", "Unless a device in the kernel claims the address.")),
        (protected, Outcome("abort injected", "A protected VM's code is not the VMM's to decode.")),
        (nisv_to_user, Outcome("KVM_EXIT_ARM_NISV", "The VMM asked to try.", esr_iss=nisv)),
        (True, Outcome("ENOSYS", "KVM decodes no instructions.", errno=38)),
    )
    return next(outcome for holds, outcome in cases if holds)
