"""An instruction told twice, by its words and by its opcode: what it is, and whether they agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.machine import disassembler

from .loadstore import LoadStore, meant, normal

if TYPE_CHECKING:
    from kvmendian.machine.encodings import Isa


class Told(NamedTuple):
    """What a text says of one instruction, and what that is.

    `what`: the load or store, None for anything else; `code`: the opcode's bytes as they lie in
    memory, none where the text has no opcode; `said`: its words, as `normal` writes them;
    `decoded`: the opcode's, None where it is no instruction of `isa` or capstone is missing.
    """

    what: LoadStore | None
    code: bytes
    said: str
    decoded: str | None
    isa: Isa

    @property
    def opcode(self) -> int:
        """The word as it is written: of T32, the first halfword first."""
        halves = (self.code[:2], self.code[2:]) if self.isa == "t32" else (self.code,)
        return int("".join(half[::-1].hex() for half in halves), 16)

    @property
    def doubts(self) -> str:
        """What does not fit together, in a sentence; of a bare word, how it was read."""
        if not self.code:
            return ""
        if self.decoded is None:
            if disassembler.available():
                return f"The word {self.opcode:#x} is no instruction of {self.isa.upper()}."
            return "" if self.said else disassembler.MISSING
        if not self.said:
            return f"The word was read as an instruction of {self.isa.upper()}."
        if _same(self.said, self.decoded):
            return ""
        return (
            f"Text and word disagree: the text says '{self.said}', the word {self.opcode:#x} is"
            f" '{self.decoded}'; the word is taken."
        )


def told(code: str, said: str, *, isa: Isa | None = None, marked: bool = False) -> Told | None:
    """Put word and text together; None where neither is a load or store, unless it is marked.

    `code` in any of the spellings of objdump and gdb, or empty. Without `isa`, halfwords are T32,
    and the rest is A64 unless the registers of the text, or a word that starts with e and makes
    sense in A32 alone, say A32.

    >>> told("", "str w3, [x0], #4").what.reason[:16]
    'It writes its ba'
    """
    said = normal(said) if said else ""
    by_text = meant(said)
    if not code:
        return Told(by_text, b"", said, None, by_text.isa) if by_text else None
    if said and not (by_text or marked):
        return None
    code = code.lower().removeprefix("0x")
    halves = bool(re.fullmatch(r"[0-9a-f]{4}(?: [0-9a-f]{4})?", code))
    kind: Isa = isa or ("t32" if halves else by_text.isa if by_text else "a64")
    if kind == "a64" and re.search(r"(?<![\w.])(?:r\d|r1[0-5])\b", said):
        kind = "a32"
    raw = _memory(code)
    decoded = _decode(raw, kind)
    by_word = by_text if decoded == said else meant(decoded or "", kind)
    if by_word and by_word.isa != kind:
        by_word = by_word._replace(isa=kind)
    general = by_word and by_word.register
    if kind == "a64" and not (isa or said or general) and raw[-1] >> 4 == 0xE:
        other = _decode(raw, "a32")  # its condition, always: most words have it
        if other and meant(other, "a32"):
            kind, decoded, by_word = "a32", other, meant(other, "a32")
    what = by_word if decoded else by_text
    if what or by_text or (marked and (decoded or not disassembler.available())):
        return Told(what, raw, said, decoded, kind)
    return None


def _decode(raw: bytes, isa: Isa) -> str | None:
    decoded = disassembler.disassemble(raw, isa)
    return normal(decoded) if decoded else None


def _memory(code: str) -> bytes:
    """Return an opcode's bytes as they lie in memory: little-endian, T32 a halfword at a time."""
    parts = code.split()
    if len(parts) == 4:  # gdb's /r and llvm-objdump: bytes already
        return bytes.fromhex("".join(parts))
    return b"".join(bytes.fromhex(part)[::-1] for part in parts)


def _same(said: str, decoded: str) -> bool:
    """Whether two texts name one instruction: aliases and the spelling of addresses aside."""
    if said == decoded or _SECOND.sub(r"\1", said) == _SECOND.sub(r"\1", decoded):
        return True
    first, second = meant(said), meant(decoded)
    if first is None or second is None:
        return (first is None) == (second is None)
    if (
        "[" not in said or "[" not in decoded
    ):  # a literal: an absolute address here, a distance there
        return first[2:7] == second[2:7]
    return False


_SECOND = re.compile(r"^((?:ld|st)rd r\d+), r\d+(?=, \[)")  # objdump leaves it out, of A32
