"""What the CPU tells KVM about an access: the syndrome of a data abort, and what has none.

The ISS is bits 24:0 of ESR_EL2; HSR on 32-bit Arm has the same fields where it has them. Sources:
Arm ARM, ESR_EL2, ISS of a data abort; the kernel's asm/esr.h; for what KVM does,
arch/arm64/kvm/mmu.c (`kvm_handle_guest_abort`) and mmio.c (`io_mem_abort`).
This module is the boundary to bitstring, of which 4.3 and 5.0 both serve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple

from bitstring import Bits, pack

from kvmendian.errors import SetupError, show


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

    Each of the 25 bits has a field: decoding loses nothing. External aborts have SET for LST.

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
        if op not in ("store", "load") or type(width) is not int or width not in (1, 2, 4, 8):
            given = f"op={show(op)}, width={show(width)}"
            raise SetupError(given, "'store' or 'load' of 1, 2, 4 or 8 bytes", "'load', 4")
        sse = _fits("signed", signed, 1)
        narrowest = 32 if 8 * width + sse <= 32 else 64
        bits = narrowest if register_width is None else register_width
        if bits not in (32, 64) or bits < narrowest or (sse and (op == "store" or width == 8)):
            given = f"{op}, width={width}, signed={signed}, register_width={show(bits)}"
            allowed = "32 or 64 bits that the data fit, and a signed load into more than its width"
            raise SetupError(given, allowed, "signed=False, register_width=64")
        sas, sf, wnr = (1, 2, 4, 8).index(width), bits == 64, op == "store"
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
        """Bytes that the access moves: 1 << SAS. Raises `SetupError` where ISV is 0."""
        return 1 << self._valid("sas")

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
            raise SetupError(f"{name} where isv=0", "isv=1", "no_syndrome_reason(instruction)")
        return int(getattr(self, name))

    def _meaning(self, name: str) -> str:
        if name in ("sas", "sse", "srt", "sf", "ar") and not self.isv:
            return "nothing without ISV"
        kind, level = divmod(self.dfsc, 4)
        fault = f"{_FAULTS[kind]} fault, level {level}" if kind < 4 else "see the Arm ARM"
        words = {
            "sas": ("1 byte", "2 bytes", "4 bytes", "8 bytes")[self.sas],
            "srt": "the zero register" if self.srt == 31 else f"register {self.srt}",
            "lst": _LST[self.lst] if self.dfsc in _MMIO_FAULTS else "SET, see the Arm ARM",
            "dfsc": fault,
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

_LST = ("no 64-byte access", "ST64BV", "LD64B or ST64B", "ST64BV0")
_FAULTS = ("address size", "translation", "access flag", "permission")
_MMIO_FAULTS = (*range(4, 16), 0b101011)  # all of these but address size; level -1 is apart


def _fits(name: str, given: Any, bits: int) -> int:  # noqa: ANN401 - what a user hands over
    """Return an unsigned integer of so many bits (True for 1), or refuse it."""
    if not isinstance(given, int) or not 0 <= given < 1 << bits:
        allowed = f"an integer from 0 to {(1 << bits) - 1:#x} ({bits} bits)"
        raise SetupError(f"{name}={show(given)}", allowed, f"{name}=1")
    return int(given)


_SIMD = "It moves a SIMD&FP register, and SRT can name a general-purpose register only."
_WRITEBACK = "It writes its base register back as well, and SRT has room for one register."
_PC = "It loads or stores R15, the program counter, which Arm leaves out."
_REASONS = {
    r"ld64b|st64b(v0?)?": "It moves 64 bytes and eight registers, and SAS goes up to 8 bytes.",
    r"dc g?z?va": "It writes a whole block, from no register that SRT could name (CM stays 0).",
    r"dc \w+": "Cache maintenance moves no register's data: CM is set, and ISV is not.",
    r"(ld|st)l?a?x[rp][bh]?|(ldr|lda|str|stl)ex[bhd]?": (
        "It is an exclusive, which Arm leaves out: it acts on a monitor as well."
    ),
    r"(ld|st)n?p|ldpsw|(ld|st)rd|stgp|ldiapp|stilp": "It moves a pair, and SRT names one register.",
    r"(ld|st)m(ia|ib|da|db|fd|fa|ed|ea)?|push|pop": (
        "It is a load or store multiple, which Arm leaves out even for a list of one register."
    ),
    r"(ld|st)2?z?2?gm?": "It moves allocation tags, not the bytes of a register.",
    r"v(ldr|str|push|pop|(ld|st)m(ia|db)?|(ld|st)[1-4])|(ld|st)[1-4]r?[bhwdq]?": _SIMD,
    r"(swp|cas|(ld|st)(add|clr|eor|set|[su]max|[su]min))p?a?l?[bh]?": (
        "It is an atomic: it loads and stores in one, and WnR can tell only one of the two."
    ),
}
_SINGLE = (
    r"(ld(r|ur|tr|apur)(b|h|sb|sh|sw)?|ldr(b|h|sb|sh)?t|ld(a|ar|lar|apr)[bh]?|ldra[ab]"
    r"|st(r|ur|tr|l|lr|llr|lur)[bh]?|str[bh]?t)"
)
_CONDITION = r"(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)$"
_GENERAL = r"[xw](\d|[12]\d|30|zr)|r(\d|1[0-5])|sp|lr|pc|ip|fp|sl|sb"


def no_syndrome_reason(instruction: str) -> str | None:
    """Say in a sentence why an instruction's data abort has no valid syndrome (ISV = 0).

    None for those that have one: loads and stores of one general-purpose register, of any size,
    acquire and release included, without writeback; in A32 and T32 not of R15. Takes a line of
    A64, A32 or T32. Source: Arm ARM, ESR_EL2, ISV; QEMU, `make_issinfo`, `disas_set_da_iss`.
    Raises `SetupError` for a line that is no load, store or DC instruction.

    >>> no_syndrome_reason("ldrsh w1, [x0, #2]")
    >>> no_syndrome_reason("ldp w1, w2, [x0]")
    'It moves a pair, and SRT names one register.'
    """
    text = " ".join(instruction.lower().split()) if isinstance(instruction, str) else ""
    mnemonic, _, operands = text.partition("," if text.startswith("dc ") else " ")
    mnemonic = mnemonic.partition(".")[0]  # .w and .n choose an encoding, .32 an element
    register, _, address = (part.strip() for part in operands.partition(","))
    for name in (mnemonic, re.sub(_CONDITION, "", mnemonic)):
        for pattern, reason in _REASONS.items():
            if register and re.fullmatch(pattern, name):
                return reason
        base = re.fullmatch(r"\[[^\]]+\](!| ?, ?\S.*)?", address)
        if base and re.fullmatch(_SINGLE, name):
            if re.fullmatch(r"[bhsdqzp]\d+", register):
                return _SIMD
            if re.fullmatch(_GENERAL, register):
                pc = _PC if register in ("pc", "r15") else None
                return _WRITEBACK if base[1] else pc
    allowed = "one load, store or DC instruction of A64, A32 or T32, its address in brackets"
    raise SetupError(f"instruction={show(instruction)}", allowed, '"ldr w1, [x0]"')


class Outcome(NamedTuple):
    """What KVM makes of a data abort.

    `result` is an exit reason, `"ENOSYS"` (then KVM_RUN fails with `errno`), or, without any
    exit, `"skipped"` or `"abort injected"`. `esr_iss` is what the exit passes on.

    >>> what_kvm_does(DataAbort.of_access("store", 4)).result
    'KVM_EXIT_MMIO'
    """

    result: str
    why: str
    errno: int = 0
    esr_iss: int | None = None


def what_kvm_does(
    abort: DataAbort, *, nisv_to_user: bool = False, protected: bool = False
) -> Outcome:
    """Return what KVM/arm64 does with a data abort outside every memslot.

    `nisv_to_user`: KVM_CAP_ARM_NISV_TO_USER is enabled (it exists since v5.5, c726200dd1; before,
    ISV = 0 was always ENOSYS). `protected`: a protected VM. KVM_EXIT_ARM_LDST64B exists since 2026
    (f174a9ffcd48). KVM_EXIT_ARM_NISV tells neither register nor length: a VMM has to decode the
    instruction itself, and QEMU has KVM inject an external abort instead. Raises `SetupError` for
    a fault that does not get there.

    >>> what_kvm_does(DataAbort(wnr=1, dfsc=5)).errno
    38
    >>> hex(what_kvm_does(DataAbort(wnr=1, dfsc=5), nisv_to_user=True).esr_iss)
    '0x45'
    """
    if abort.dfsc not in _MMIO_FAULTS:
        allowed = "a translation, access flag or permission fault: no other gets here"
        raise SetupError(f"dfsc={abort.dfsc:#b}", allowed, "dfsc=0b000101")
    nisv, ls64 = abort.sanitised().encode(), abort.encode() - abort.dfsc
    cases = (  # in KVM's order
        (abort.s1ptw, Outcome("abort injected", "The guest's page tables lie outside its memory.")),
        (abort.cm, Outcome("skipped", "What is no memory cannot be cached: nothing to maintain.")),
        (abort.isv and abort.lst, Outcome("KVM_EXIT_ARM_LDST64B", "64 bytes.", esr_iss=ls64)),
        (abort.isv, Outcome("KVM_EXIT_MMIO", "Unless a device in the kernel claims the address.")),
        (protected, Outcome("abort injected", "A protected VM's code is not the VMM's to decode.")),
        (nisv_to_user, Outcome("KVM_EXIT_ARM_NISV", "The VMM asked to try.", esr_iss=nisv)),
        (True, Outcome("ENOSYS", "KVM decodes no instructions.", errno=38)),
    )
    return next(outcome for holds, outcome in cases if holds)
