"""Instructions in a log: disassembly, the `Code:` line of an oops, a word beside an address.

`find` takes loads, stores and DC instructions; what else a disassembly holds is left alone, but
for the one that the text marks as its subject: in parentheses, or behind gdb's `=>`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kvmendian.machine.syndrome import FIELDS, DataAbort
from kvmendian.model.setups import WIDTHS

from .finding import Finding, remaining
from .opcodes import Told, told
from .words import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvmendian.model.setups import Setup

    from .loadstore import LoadStore

_LEVEL_3 = 0b000111  # the fault that the example of a whole ESR has: translation, level 3
_ESR = 0x24 << 26  # EC of a data abort from a lower level
_MOST = 64  # findings of one line: a log has one or two

_WORD = r"(?:0x)?[0-9a-f]{8}|[0-9a-f]{4} [0-9a-f]{4}|(?:[0-9a-f]{2} ){3}[0-9a-f]{2}|[0-9a-f]{4}"
_ADDRESS = r"(?:0x)?[0-9a-f]{1,16}(?: ?<[^<>]{1,80}>)?"
_LISTED = re.compile(  # objdump, gdb with /r or /i, QEMU's in_asm: address, word, text
    rf"^[ \t]{{0,40}}(=>[ \t]{{0,8}})?{_ADDRESS}:[ \t]{{1,20}}(?:({_WORD})(?![0-9a-f]))?"
    r"[ \t]{0,20}([a-z][a-z0-9.]{1,11}(?:[ \t][^\n]{0,120})?)?[ \t]*$",
    re.IGNORECASE,
)
# one register, or a list
_REGISTERS = r"[a-z]\w{0,6}(?:\.\w{1,4})?(?:\[\d\])?|\{[^{}\[\]]{1,50}\}(?:\[\d{1,2}\])?"
_TEXT = re.compile(  # one load or store anywhere in a line
    r"(?<![\w.$%\-])(?:"
    r"(?:v?ld|v?st|swp|cas)[a-z0-9]{0,9}(?:\.[a-z0-9]{1,3})?[ \t]{1,8}"
    rf"(?:{_REGISTERS})(?:[ \t]?,[ \t]?(?:{_REGISTERS})){{0,2}}[ \t]?,[ \t]?\[[^\[\]\n]{{1,40}}\]"
    r"(?:!|[ \t]?,[ \t]?(?:#?-?(?:0x)?[0-9a-f]{1,8}|-?[xr]\d{1,2}(?:, ?lsl #\d{1,2})?)(?!\w))?"
    r"|(?:ld|st)m(?:ia|ib|da|db|fd|fa|ed|ea)?[ \t]{1,8}\w{2,3}!?[ \t]?,[ \t]?\{[^{}\n]{1,60}\}"
    r"|(?:push|pop)[ \t]{1,8}\{[^{}\n]{1,60}\}"
    r"|dc[ \t]{1,8}(?:g?z?va|[ic]{1,3}[sv]\w{1,4}),[ \t]?x\d{1,2}"
    r")",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<![\w.])(?:\.inst(?:\.[nw])?|\.word|(?:faulting )?instruction|insn|instr|opcode)"
    r"(?:[ \t]?[:=][ \t]?|[ \t]{1,8})(?:0x)?([0-9a-f]{8})(?![0-9a-f])",
    re.IGNORECASE,
)
_CODE = re.compile(r"\bCode: ((?:(?:\?{4,8}|[0-9a-f(){}<>]{4,10})[ \t]?){1,64})", re.IGNORECASE)
_MARKED = re.compile(r"\(([0-9a-f]{8}|[0-9a-f]{4})\)(?: ([0-9a-f]{4})(?![0-9a-f]))?", re.IGNORECASE)
_HINT = re.compile(r"\[|:|\.inst|insn|instr|opcode|\bdc\b|push|pop|\{|\.word", re.IGNORECASE)


def find(line: str) -> Iterator[tuple[int, Finding]]:
    """Yield each instruction of a line, with the column where its piece begins.

    >>> [(at, f.register, f.valid) for at, f in find("40085978: b8004403  str w3, [x0], #4")]
    [(0, 'w3', False)]
    >>> [f.op for _, f in find("Code: f9400c21 52800022 (b9000022)")] in (["store"], [None])
    True
    """
    if not _HINT.search(line):
        return
    found = _CODE.search(line)
    if found:
        yield from _oops(found)
        return
    listed = _LISTED.match(line) if len(line) < 400 else None
    if listed:
        yield from _listed(listed)
        return
    count, named = 0, _NAMED.search(line)
    if named:
        made = told(named[1], "", marked=".word" not in named[0].lower())
        if made:
            yield named.start(), _finding(named[0], made)
            return
    for piece in _TEXT.finditer(line):
        made = told("", piece[0])
        if made and count < _MOST:
            count += 1
            yield piece.start(), _finding(piece[0], made)


def base(found: Finding, pc: int | None) -> str | None:
    """Return the base register of the instruction at the program counter; None for any other.

    >>> base(next(find("=> 0x40: ldp w8, w9, [x10]"))[1], None)
    'x10'
    """
    marked = found.text.startswith(("=>", "("))
    listed = re.match(r"(?:0x)?0*([0-9a-f]{1,16})[: ]", found.text, re.IGNORECASE)
    if not marked and (pc is None or not listed or int(listed[1], 16) != pc):
        return None
    named = re.search(r"\[([xr]\d{1,2})\b", str(found.fields.get("instruction", "")))
    return named[1] if named else None


def _listed(found: re.Match[str]) -> Iterator[tuple[int, Finding]]:
    arrow, word, said = (part or "" for part in found.groups())
    said = "" if said.startswith(".") else said.strip()
    if not (said or arrow or re.fullmatch(r"(?:0x)?[0-9a-fA-F]{8}", word)):
        return  # halfwords and bytes beside an address are a dump as well
    made = told(word, said, marked=bool(arrow))
    if made:
        yield 0, _finding(found[0].strip(), made)


def _oops(found: re.Match[str]) -> Iterator[tuple[int, Finding]]:
    """Take the word at PC, in parentheses; A32 and T32 are told by the looks of all words."""
    marked = _MARKED.search(found[1])
    if not marked:
        return
    words = re.findall(r"[0-9a-f]{4,8}", found[1], re.IGNORECASE)
    code, isa = marked[1], None
    if len(code) == 4:
        if int(code, 16) >> 11 in (0b11101, 0b11110, 0b11111) and marked[2]:
            code = f"{code} {marked[2]}"
    elif len(words) > 1 and sum(word[0] in "eE" for word in words) * 2 > len(words):
        isa = "a32"
    made = told(code, "", isa=isa, marked=True)  # type: ignore[arg-type]  # a32, or None
    if made:
        yield found.start(1) + marked.start(), _finding(marked[0], made)


def _finding(text: str, one: Told) -> Finding:
    what = one.what
    fields: dict[str, object] = {"isa": one.isa.upper()}
    if one.code:
        fields["opcode"] = one.opcode
    if what is None:
        notes = [one.doubts]
        if one.decoded:
            fields["instruction"] = one.decoded
            notes.append(_NOTHING.format(one.decoded))
        said = " ".join(filter(None, notes))
        return Finding(kind="instruction", text=text, fields=fields, explanation=said)
    fields["instruction"] = what.text
    valid = what.reason is None
    abort = None
    if valid and what.width in WIDTHS:
        abort = _abort(what._replace(text=""))
        fields |= abort.fields
    else:
        fields["ISV"] = int(valid)
    return Finding(
        kind="instruction",
        text=text,
        fields=fields,
        meanings=abort.meanings if abort else {"ISV": FIELDS["isv"].flag[valid]},
        op=what.op,
        width=what.width,
        signed=what.signed if what.width else None,
        register=what.register,
        register_width=what.register_width,
        valid=valid,
        setups=abort.setups if abort else (),
        explanation=" ".join(filter(None, (one.doubts, *_sentences(what, abort, len(one.code))))),
    )


_NOTHING = (
    "{} loads and stores nothing: it makes no data abort. Look at the instructions before it,"
    " or at another PC."
)


class _Abort(NamedTuple):
    """What an access to a device makes: the ESR's fields, the ESR without IL, the setups."""

    fields: dict[str, int]
    meanings: dict[str, str]
    esr: int | None
    setups: tuple[Setup, ...]


@cache
def _abort(what: LoadStore) -> _Abort:
    """Return it for an access without its text: a few thousand that there are."""
    access: dict[str, Any] = {"op": what.op, "width": what.width, "signed": what.signed}
    number = (what.register or "")[1:]
    rt = int(number) if number.isdigit() else 31
    made = DataAbort.of_access(**access, register_width=what.register_width, rt=rt, dfsc=_LEVEL_3)
    names = ["isv", "sas", "sse", "srt", "sf", "wnr"]
    setups = remaining(**access, register_width=what.register_width if what.op == "load" else None)
    banked = what.isa != "a64" and rt > 12
    if what.isa != "a64":
        setups += remaining(**access, arch="arm")
    if banked:
        names.remove("srt")  # its number depends on the mode
    fields = {FIELDS[name].name: getattr(made, name) for name in names}
    meanings = {
        about.name: about.flag[getattr(made, k)] for k, about in FIELDS.items() if about.flag[0]
    }
    meanings |= {"SAS": "1 byte" if what.width == 1 else f"{what.width} bytes"}
    meanings |= {"SRT": "the zero register" if rt == 31 else f"register {rt}"}
    meanings = {name: said for name, said in meanings.items() if name in fields}
    return _Abort(fields, meanings, None if banked else _ESR | made.encode(), setups)


def _sentences(what: LoadStore, abort: _Abort | None, size: int) -> tuple[str, ...]:
    name = what.text
    if what.reason:
        none = f"{name}: its abort has no valid syndrome (ISV = 0). {what.reason}"
        return none, _NO_SYNDROME, f"For a device, write instead: {what.instead}."
    if abort is None:
        return (name + _LS64,)
    does, way = ("loads", "into") if what.op == "load" else ("stores", "of")
    moved = "1 byte" if what.width == 1 else f"{what.width} bytes"
    extended = " and extends the sign" if what.signed else ""
    il = 0 if size == 2 else 1 << 25  # the instruction's length: 16 bits, or 32
    example = "SRT of a banked register depends on the mode"
    if abort.esr is not None:
        example = f"ESR_EL2 {abort.esr | il:#x}, were it a translation fault of level 3"
    first = (
        f"{name} {does} {moved} {way} {what.register}{extended}. Where it aborts on a device, its"
        f" syndrome is valid ({example})."
    )
    return first, _PASSED.format(moved) + (_ONE if what.width == 1 else _ORDER)


_NO_SYNDROME = (
    "On a device KVM cannot emulate it: KVM_RUN fails with ENOSYS (38), or exits with"
    " KVM_EXIT_ARM_NISV where the VMM asked for that (since v5.5, c726200dd1); QEMU then injects"
    " an external abort into the guest. In memory that the guest owns it is fine."
)
_LS64 = (
    " moves 64 bytes, and its syndrome says so by LST: KVM exits with KVM_EXIT_ARM_LDST64B"
    " (since 2026, f174a9ffcd48), never with mmio.data."
)
_PASSED = "KVM passes mmio.data of {} on. "
_ONE = SENTENCES["one-byte"]
_ORDER = (
    "The instruction does not tell the guest's byte order: a bit of the CPU does, CPSR.E,"
    " SCTLR_EL1.EE or E0E."
)
