"""What one line of assembly does to memory: the access, and what syndrome its abort would have.

Takes A64, A32 and T32 as objdump, gdb and capstone write it. Sources: Arm ARM, ESR_EL2, ISV; the
table in `machine.instructions`, which follows QEMU's `make_issinfo` and `disas_set_da_iss`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from kvmendian.errors import SetupError
from kvmendian.machine.instructions import no_syndrome_reason

if TYPE_CHECKING:
    from kvmendian.machine.encodings import Isa

_NAMES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12", "lr": "r14", "pc": "r15"}
_A64_NAMES = {"lr": "x30", "fp": "x29", "ip0": "x16", "ip1": "x17"}
_CONDITION = r"(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?"
_SINGLE = re.compile(
    r"(ld|st)(?:r|ur|tr|lr|ar|llr|lar|lur|apr|apur|a|l|(ra[ab]))(sb|sh|sw|b|h)?t?" + _CONDITION
)
_GENERAL = re.compile(r"([xwr])(\d{1,2}|zr)|sp")
_LITERAL = re.compile(r"(?:#?-?(?:0x)?[0-9a-f]{1,16}|=\S{1,60}|\.?[A-Za-z_]\S{0,60})(?: <[^<>]*>)?")
_SIZES = {"sb": 1, "b": 1, "sh": 2, "h": 2, "sw": 4}
_MNEMONIC = re.compile(r"v?ld|v?st|swp|cas|dc |push|pop|v(?:push|pop)")
_THIRTY_TWO = re.compile(r"\br\d|^v|^push|^pop")
_SIXTY_FOUR = re.compile(r"(?<![\w.])[xw](?:\d|zr|sp)")
_COMMENT = re.compile(r"//|;|@| <")
_ALIAS = re.compile(r"(?<![\w.])(?:s[bl]|fp|ip[01]?|lr|pc)\b")
_HEX = re.compile(r"#?(-?)0x([0-9a-f]{1,16})\b")
_TOKENS = re.compile(r"\s*([,\[\]{}!])\s*")
_SIMD_REGISTER = re.compile(r"[bhsdqvzp]\d{1,2}(?:\.\w+)?(?:\[\d+\])?")


class LoadStore(NamedTuple):
    """One load, store or DC instruction. `op` and the rest are None where it is not one access.

    `reason`: why its abort has no valid syndrome, None if it has one; `instead`: what to write.
    `width` in bytes (64: LD64B and its like), `register_width` in bits; `register` by the guest's
    own name.

    >>> describe("str w3, [x0], #4").register, describe("str w3, [x0], #4").instead
    ('w3', 'str w3, [x0]; add x0, x0, #4')
    """

    text: str
    isa: Isa
    op: Literal["load", "store"] | None = None
    width: int | None = None
    signed: bool = False
    register: str | None = None
    register_width: int | None = None
    reason: str | None = None
    instead: str = ""


def normal(text: str) -> str:
    r"""Write an instruction in one way: lower case, single blanks, no comment, decimal numbers.

    What two disassemblers say of one word is then equal, but for names that mean the same.

    >>> normal("STR\tw3,[x0,#0x8]   // device"), normal("ldr.w r0, [fp, #0]")
    ('str w3, [x0, #8]', 'ldr r0, [r11]')
    """
    text = _COMMENT.split(text[:200], maxsplit=1)[0].lower()
    mnemonic, _, operands = " ".join(text.split()).partition(" ")
    if _ALIAS.search(operands):
        names = _A64_NAMES if _SIXTY_FOUR.search(operands) else _NAMES
        operands = _ALIAS.sub(lambda m: names.get(m[0], m[0]), operands)
    if "0x" in operands:
        operands = _HEX.sub(_decimal, operands)
    operands = "".join(_TOKENS.split(operands)).replace(",#0]", "]").replace(",", ", ")
    return f"{mnemonic.removesuffix('.w').removesuffix('.n')} {operands}".strip()


def _decimal(found: re.Match[str]) -> str:
    number = int(found[2], 16)  # capstone writes some negative ones as 64 bits
    return f"#{found[1]}{number - (1 << 64) if number >> 63 else number}"


def describe(text: str, isa: Isa | None = None) -> LoadStore | None:
    """Return what an instruction does to memory; None for one that loads and stores nothing.

    Without `isa` the registers tell: A64 by its x, w, SIMD and sp; else A32.

    >>> describe("ldrsh r1, [r0, #2]").signed, describe("add x0, x0, #4")
    (True, None)
    >>> describe("stp w1, w2, [x0]").instead
    'str w1, [x0]; str w2, [x0, #4]'
    """
    return meant(normal(text), isa)


@lru_cache(maxsize=4096)
def meant(text: str, isa: Isa | None = None) -> LoadStore | None:
    """Return the same of a text that `normal` wrote.

    >>> meant("b 64")
    """
    if not _MNEMONIC.match(text):
        return None
    mnemonic, _, operands = text.partition(" ")
    first = operands.split(",", 1)[0].strip("{} ")
    kind: Isa = isa or ("a32" if _THIRTY_TWO.search(text) else "a64")
    try:
        reason = no_syndrome_reason(text)
    except SetupError:
        literal = _as_bracketed(mnemonic, first, operands)
        if literal is None:
            return None
        reason = no_syndrome_reason(literal)
    shape, general = _SINGLE.fullmatch(mnemonic), _GENERAL.fullmatch(first)
    op = next((op for start, op in _OPS.items() if mnemonic.startswith(start)), None)
    one = LoadStore(text, kind, op, reason=reason, instead=_instead(mnemonic, operands, reason))
    if "64b" in mnemonic:
        return one._replace(width=64, register=first, register_width=64)
    if reason and "an atomic" in reason:
        return one._replace(op=None)
    if not (shape and general):
        return one
    bits = 64 if general[1] == "x" else 32
    return one._replace(
        width=_SIZES.get(shape[3] or "", bits // 8),
        signed=bool(shape[3] and shape[3][0] == "s"),
        register=first,
        register_width=bits,
    )


_OPS: dict[str, Literal["load", "store"]] = {
    "ld": "load", "vld": "load", "pop": "load", "vpop": "load",
    "st": "store", "vst": "store", "push": "store", "vpush": "store",
}  # fmt: skip


def _as_bracketed(mnemonic: str, first: str, operands: str) -> str | None:
    """Return a load of a literal as one by a base register; None for what is no such load."""
    rest = operands.partition(",")[2].strip()
    known = _SINGLE.fullmatch(mnemonic) and mnemonic.startswith("ldr")
    registers = _GENERAL.fullmatch(first) or _SIMD_REGISTER.fullmatch(first)
    return f"{mnemonic} {first}, [x0]" if known and registers and _LITERAL.fullmatch(rest) else None


def _instead(mnemonic: str, operands: str, reason: str | None) -> str:
    """Return what to write instead, made of the same registers where they are told."""
    if not reason:
        return ""
    if "base register" in reason:
        found = re.fullmatch(r"(\w+), \[(\w+)(?:, ([^\]]+))?\](!)?(?:, (\S.*))?", operands)
        if found:
            register, base, inside, before, after = found.groups()
            address = f"[{base}, {inside}]" if before and inside else f"[{base}]"
            step = inside if before else after
            return f"{mnemonic} {register}, {address}; {_moved(base, step or '#0')}"
    if "a pair" in reason:
        return _pair(mnemonic, operands)
    return next((what for word, what in _INSTEAD.items() if word in reason), _PLAIN)


def _moved(base: str, step: str) -> str:
    sign, step = ("sub", step.replace("-", "", 1)) if "-" in step else ("add", step)
    return f"{sign} {base}, {base}, {step}"


def _pair(mnemonic: str, operands: str) -> str:
    found = re.fullmatch(
        r"([xwr]\w+), ([xwr]\w+), \[(\w+)(?:, #(-?\d+))?\](!)?(?:, #(-?\d+))?", operands
    )
    if not found or "x" in mnemonic[2:]:
        return "two plain accesses, one a register"
    one, two, base, inside, before, after = found.groups()
    plain = {"ldpsw": "ldrsw"}.get(mnemonic, mnemonic[:2] + "r")
    size = 8 if one[0] == "x" and mnemonic != "ldpsw" else 4
    at = int(inside or 0)
    parts = [(one, at), (two, at + size)]
    if one == base and mnemonic[0] == "l":
        parts.reverse()  # the base is loaded last
    lines = [f"{plain} {r}, [{base}, #{n}]" if n else f"{plain} {r}, [{base}]" for r, n in parts]
    if before or after:
        lines.append(_moved(base, f"#{inside if before else after}"))
    return "; ".join(lines)


_PLAIN = "one plain LDR or STR of a general-purpose register"
_INSTEAD = {
    "SIMD": "plain LDRs or STRs of general-purpose registers (FMOV and UMOV carry the bytes over)",
    "exclusive": "one plain LDR, or one plain STR, under a lock: a device register is no memory",
    "an atomic": "one plain LDR and one plain STR, under a lock: a device register is no memory",
    "multiple": "one plain LDR or STR for each register",
    "whole block": "plain STRs, as memset_io does: DC ZVA is for memory alone",
    "maintenance": "nothing: a device's registers are in no cache",
    "program counter": "a plain LDR into another register, then a branch to it",
}
"""What to write, by a word of the reason in `machine.instructions`."""
