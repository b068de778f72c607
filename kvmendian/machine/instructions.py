"""Which loads and stores have a valid syndrome when they abort, and why the others have none.

Sources: Arm ARM, ESR_EL2, ISS of a data abort, ISV; QEMU, `make_issinfo`, `disas_set_da_iss`.
"""

from __future__ import annotations

import re

from kvmendian.errors import SetupError, show

_SIMD = "It moves a SIMD&FP register, and SRT can name a general-purpose register only."
_WRITEBACK = "It writes its base register back as well, and SRT has room for one register."
_PC = "It loads or stores R15, the program counter, which Arm leaves out."
_REASONS = {
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
_LS64 = r"(ld64b|st64b) [^,]*, ?\[[^\]]+\]|st64bv0? [^,]*,[^,]*, ?\[[^\]]+\]"
_CONDITION = r"(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)$"
_GENERAL = r"[xw](\d|[12]\d|30|zr)|r(\d|1[0-5])|sp|lr|pc|ip|fp|sl|sb"


def no_syndrome_reason(instruction: str) -> str | None:
    """Say in a sentence why an instruction's data abort has no valid syndrome (ISV = 0).

    None for those that have one: loads and stores of one general-purpose register, of any size,
    acquire and release included, without writeback; in A32 and T32 not of R15. LD64B, ST64B,
    ST64BV and ST64BV0 have one too: LST names them, and KVM has an exit of its own. Takes a line of
    A64, A32 or T32. Source: Arm ARM, ESR_EL2, ISV; QEMU, `make_issinfo`, `disas_set_da_iss`.
    Raises `SetupError` for a line that is no load, store or DC instruction.

    >>> no_syndrome_reason("ldrsh w1, [x0, #2]")
    >>> no_syndrome_reason("ldp w1, w2, [x0]")
    'It moves a pair, and SRT names one register.'
    """
    text = " ".join(instruction.lower().split()) if isinstance(instruction, str) else ""
    if re.fullmatch(_LS64, text):
        return None
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
    raise SetupError(f"instruction={show(instruction)}", allowed, 'instruction="ldr w1, [x0]"')
