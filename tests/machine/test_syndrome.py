"""The syndrome against plain shifts, and against what a real kernel made of real instructions."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from functools import partial
from itertools import product

import pytest
from hypothesis import given, strategies as st

from kvmendian.errors import SetupError
from kvmendian.evidence import recordings
from kvmendian.machine import faults
from kvmendian.machine.instructions import no_syndrome_reason
from kvmendian.machine.syndrome import FIELDS, DataAbort, what_kvm_does

RECORDINGS = [  # what has a syndrome, and what becomes of the rest, is the same in all twelve
    recordings.read(*one) for one in product(("merged-2014", "sign-fixed-2026"), ("little", "big"))
]
ROWS, NO_ISV = (
    [row for recording in RECORDINGS for row in recording[part]] for part in ("rows", "no_isv")
)
LAYOUT = """isv 24:24, sas 23:22, sse 21:21, srt 20:16, sf 15:15, ar 14:14, vncr 13:13, lst 12:11,
fnv 10:10, ea 9:9, cm 8:8, s1ptw 7:7, wnr 6:6, dfsc 5:0"""  # asm/esr.h; Arm ARM, ESR_EL2
BITS = {  # lowest bit and size
    name: (int(low), int(high) - int(low) + 1)
    for name, high, low in re.findall(r"(\w+) (\d+):(\d+)", LAYOUT)
}
TRANSLATION_LEVEL_1 = 0b000101  # what the recorded machine reports for its unmapped addresses


def possible(iss):
    """Whether a CPU reports it: Arm ARM, ISS of a data abort, SSE and SF."""
    sas, sse, sf, wnr = iss >> 22 & 3, iss >> 21 & 1, iss >> 15 & 1, iss >> 6 & 1
    bits = 64 if sf else 32
    data = 8 << sas
    return not iss >> 24 or (data <= bits and not (sse and (wnr or data == bits)))


whole_iss = st.integers(0, 2**25 - 1).filter(possible)


def shifted(abort):
    """Encode without bitstring."""
    return sum(getattr(abort, name) << low for name, (low, _) in BITS.items())


# --- encode and decode
def test_every_bit_has_one_field():
    assert sum(((1 << size) - 1) << low for low, size in BITS.values()) == 2**25 - 1
    assert [f.name for f in fields(DataAbort)] == list(FIELDS) == list(BITS)
    assert {name: (f.low, f.high - f.low + 1) for name, f in FIELDS.items()} == BITS


@pytest.mark.parametrize("name", BITS)
def test_every_value_of_every_field(name):
    low, size = BITS[name]
    for background in (0, 2**24 - 1, 1 << 24 | 1 << 15):
        cleared = background & ~(((1 << size) - 1) << low)
        for value in range(1 << size):
            iss = cleared | value << low
            if not possible(iss):
                continue
            abort = DataAbort.decode(iss)
            assert getattr(abort, name) == value
            assert abort.encode() == shifted(abort) == iss
            assert DataAbort(**{name: value}).encode() == value << low


def test_what_no_cpu_reports_is_refused_and_the_hint_is_a_way_out():
    """A store that sign-extends, 8 bytes into w0, an extension into no more bits."""
    names = ("isv", "sas", "sse", "sf", "wnr")
    refused = 0
    for values in product((0, 1), range(4), *[(0, 1)] * 3):
        fields = dict(zip(names, values, strict=True))
        iss = sum(value << BITS[name][0] for name, value in fields.items())
        if possible(iss):
            assert DataAbort(**fields).encode() == iss
            continue
        for make in (partial(DataAbort, **fields), partial(DataAbort.decode, iss)):
            with pytest.raises(SetupError) as error:
                make()
            assert eval(f"DataAbort({error.value.hint})").isv == 1  # noqa: S307 - ours
        refused += 1
    assert refused == 13
    with pytest.raises(SetupError, match="64-bit register"):
        DataAbort.of_access("load", 8, register_width=32)


@given(whole_iss)
def test_encode_undoes_decode_for_any_combination(iss):
    abort = DataAbort.decode(iss)
    assert abort.encode() == shifted(abort) == iss
    assert DataAbort.decode(abort.encode()) == abort


@given(whole_iss)
def test_properties_are_the_kernels_shifts(iss):
    abort = DataAbort.decode(iss)
    assert abort.is_write == bool(iss & 1 << 6)
    assert abort.sanitised().encode() == iss & (1 << 8 | 1 << 6 | 0x3F)
    names = ("width", "sign_extend", "register_width", "register")
    if not iss >> 24:
        for name in names:
            with pytest.raises(SetupError, match="isv=0"):
                getattr(abort, name)
        return
    is_64_bytes = iss >> 11 & 3 and (4 <= iss & 0x3F <= 15 or iss & 0x3F in (0x2A, 0x2B))
    assert abort.width == (64 if is_64_bytes else 1 << (iss >> 22 & 3))
    assert abort.sign_extend == bool(iss & 1 << 21)
    assert abort.register_width == (64 if iss & 1 << 15 else 32)
    number = "zr" if iss >> 16 & 31 == 31 else str(iss >> 16 & 31)
    assert abort.register == ("x" if iss & 1 << 15 else "w") + number


@given(whole_iss)
def test_the_table_has_every_field_and_gives_the_iss_back(iss):
    abort = DataAbort.decode(iss)
    title, _, *lines = str(abort).splitlines()
    assert int(title.split()[1], 16) == iss
    assert "".join(line.split()[2] for line in lines) == f"{iss:025b}"
    for line, (low, size) in zip(lines, BITS.values(), strict=True):
        assert line.split()[1] == (str(low) if size == 1 else f"{low + size - 1}:{low}")
        assert line.split(maxsplit=3)[3], "a meaning"


def test_the_table_says_what_the_values_mean():
    text = str(DataAbort.of_access("load", 2, signed=True, rt=31, dfsc=0b000111))
    for words in ("2 bytes", "sign-ext", "zero register", "32-bit", "read", "tion fault, level 3"):
        assert words in text
    assert "permission fault, level 2" in str(DataAbort(dfsc=0b001110))
    assert str(DataAbort(dfsc=5)).count("nothing without ISV") == 5
    assert "LD64B" in str(DataAbort(lst=2, dfsc=5))
    assert "SET: uncontainable" in str(DataAbort(lst=2, dfsc=0b010000))
    for dfsc in set(range(64)) - {0b010000}:
        text = str(DataAbort(lst=2, dfsc=dfsc))
        assert "SET" not in text, "of a synchronous external abort alone"
        assert ("LD64B" in text) == (4 <= dfsc <= 15 or dfsc in (0b101010, 0b101011))


def test_every_fault_code_has_its_name():
    """Arm ARM, ESR_EL2, DFSC; and the kernel's macros for the levels, asm/esr.h."""
    names = {dfsc: faults.name(dfsc) for dfsc in range(64)}
    for level in range(-2, 4):
        nth = f", level {level}"
        code = 0x04 + level if level >= 0 else 0x2C + level  # ESR_ELx_FSC_FAULT_L
        assert names[code] == "translation fault" + nth
        assert names[0x14 + level] == "external abort on a table walk" + nth  # ESR_ELx_FSC_SEA_TTW
        if level >= -1:
            assert names[0x1C + level] == "parity or ECC error on a table walk" + nth
        if level >= 0:
            assert names[0x08 + level] == "access flag fault" + nth
            assert names[0x0C + level] == "permission fault" + nth
            assert names[level] == "address size fault" + nth
    assert (names[0x10], names[0x21]) == ("external abort", "alignment fault")
    assert names[0x18] == "parity or ECC error"
    assert names[0x35] == "exclusive or atomic access not supported there"


# --- from an access
ACCESSES = [
    (op, width, signed, bits)
    for op, width, signed, bits in product(("store", "load"), (1, 2, 4, 8), (False, True), (32, 64))
    if 8 * width <= bits and not (signed and (op == "store" or 8 * width == bits))
]


@pytest.mark.parametrize(("op", "width", "signed", "bits"), ACCESSES)
def test_an_access_is_told_whole(op, width, signed, bits):
    for rt in range(32):
        abort = DataAbort.of_access(op, width, signed=signed, register_width=bits, rt=rt)
        wnr, sas = int(op == "store"), {1: 0, 2: 1, 4: 2, 8: 3}[width]
        expected = 1 << 24 | sas << 22 | signed << 21 | rt << 16 | (bits == 64) << 15 | wnr << 6 | 5
        assert DataAbort.decode(abort.encode()) == abort == DataAbort.decode(expected)
        told = (abort.is_write, abort.width, abort.sign_extend, abort.register_width, abort.srt)
        assert told == (op == "store", width, signed, bits, rt)


def test_left_out_the_register_is_the_narrowest():
    for op, width, signed, bits in ACCESSES:
        narrow = min(b for o, w, s, b in ACCESSES if (o, w, s) == (op, width, signed))
        assert DataAbort.of_access(op, width, signed=signed).register_width == narrow <= bits


def test_impossible_accesses_are_refused():
    everything = product(("store", "load"), (1, 2, 4, 8), (False, True), (32, 64))
    for op, width, signed, bits in set(everything) - set(ACCESSES):
        with pytest.raises(SetupError, match=r"64-bit register|load only|wider than the data"):
            DataAbort.of_access(op, width, signed=signed, register_width=bits)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["insn"].replace(" ", "_"))
def test_what_a_real_kernel_emulated_has_a_syndrome(row):
    assert no_syndrome_reason(row["insn"]) is None
    op = "store" if row["op"] == "write" else "load"
    signed, bits = bool(row["sign"]), row["reg_width"]
    rt = 31 if "wzr" in row["insn"] else 1
    abort = DataAbort.of_access(op, row["width"], signed=signed, register_width=bits, rt=rt)
    again = DataAbort.decode(shifted(abort))
    assert again == abort
    told = (again.is_write, again.width, again.sign_extend, again.register_width)
    assert told == (op == "store", row["len"], signed, bits)
    assert again.register[1:] + "," in row["insn"]
    assert what_kvm_does(again).result == "KVM_EXIT_MMIO"


# --- without a syndrome
def test_what_a_real_kernel_made_of_no_syndrome():
    """Each instruction was recorded without the capability and with it, by each kernel."""
    assert (len(ROWS), len(NO_ISV)) == (4 * 287, 4 * 42)
    for row in NO_ISV:
        assert no_syndrome_reason(row["insn"]), row["insn"]
        abort = DataAbort(wnr=int(row["op"] == "write"), dfsc=TRANSLATION_LEVEL_1)
        outcome = what_kvm_does(abort, nisv_to_user=row["exit"] == "ARM_NISV")
        if outcome.esr_iss is None:
            assert (f"errno{outcome.errno}", outcome.result) == (row["exit"], "ENOSYS")
            assert "esr_iss" not in row
        else:
            assert outcome.result == "KVM_EXIT_" + row["exit"]
            assert f"{outcome.esr_iss:x}" == row["esr_iss"]
    exits = {row["exit"]: [] for row in NO_ISV}
    for row in NO_ISV:
        exits[row["exit"]].append((row["guest"], row["insn"]))
    assert exits["errno38"] == exits["ARM_NISV"]


VALID = """
ldr w1, [x0]|ldr x30, [sp, #8]|ldrb w1, [x0, x2]|ldrh wzr, [x0]|ldrsb x1, [x0]|ldrsh w1, [x0]
ldrsw x1, [x0, w2, sxtw #2]|str xzr, [x0]|strb w1, [x0]|strh w1, [x0]|ldur x1, [x0, #-1]
ldursw x1, [x0]|stur w1, [x0]|ldtr w1, [x0]|ldtrsb w1, [x0]|sttrh w1, [x0]|ldar x1, [x0]
ldarb w1,[x0]|ldapr w1, [x0]|ldapursb x1, [x0]|stlr w1, [x0]|stlrh w1, [x0]|stlur x1, [x0, #4]
ldlar w1, [x0]|stllr w1, [x0]|ldraa x1, [x0]|lda r1, [r0]|ldab r1, [r0]|stl r1, [r0]
stlh r1, [r0]|ldrt r1, [r0]|ldrsht r1, [r0]|strbt r1, [r0]|LDR R1, [R0, R2, LSL #2]|ldrhs r1, [r0]
ldrhne r1, [r0]|strlt r1, [r0]|ldrle r1, [r0]|ldaeq r1, [r0]|stleq r1, [r0]|ldrls.w r1, [r0]
str.n r1, [r0]|ldr sp, [r0]|str lr, [sp]|  ldr   w1 ,[x0]  |ldrsbeq r1, [r0]|ldr r10, [pc, #4]
ld64b x0,[x8]|st64b x0, [x8]|st64bv x1,x2,[x8]|st64bv0 x1, x2, [sp]
"""
INVALID = {
    "writes its base": "str w1,[x0],#4|ldr w1,[x0,#0]!|ldr r1,[r0],r2|strb r1,[r0],-r2,lsl #1"
    "|ldrsh w1,[x0], #2|stlr w1,[x0,#-4]!|ldrt r1,[r0],#4|ldrne r1,[r0,#4]!|ldr pc,[sp],#4",
    "pair": "ldp w1,w2,[x0]|stp x1,x2,[x0,#16]!|ldpsw x1,x2,[x0]|ldnp x1,x2,[x0]|stnp w1,w2,[x0]"
    "|ldrd r6,r7,[r0]|strd r6,[r0]|ldrdeq r6,r7,[r0]|ldp q0,q1,[x0]|stgp x1,x2,[x0]",
    "multiple": "ldm r0,{r6}|stm r0!,{r6,r7}|ldmia r0,{r1}|stmdb sp!,{lr}|ldmfd sp!,{pc}"
    "|push {r1}|pop {r1,pc}|ldmne r0,{r1}|stmls r0,{r1}|pusheq {r1}|push.w {r4}",
    "SIMD&FP": "str s1,[x0]|ldr q31,[x0]|ldur d0,[x0]|str b0,[x0]|ldr h1,[x0],#2|vldr s0,[r0]"
    "|vstr d1,[r0]|vldm r0,{s0}|vpush {d8}|vld1.32 {d0},[r0]|vst4.8 {d0},[r0]|ld1 {v0.4s},[x0]"
    "|st4 {v0.8b},[x0]|ld1r {v0.2d},[x0]|ldr z0,[x0]|str p0,[x0]|ld1b {z0.b},p0/z,[x0]",
    "exclusive": "ldxr w1,[x0]|stxr w2,w1,[x0]|ldaxrb w1,[x0]|stlxrh w2,w1,[x0]|ldxp x1,x2,[x0]"
    "|stlxp w3,x1,x2,[x0]|ldaxp w1,w2,[x0]|ldrex r1,[r0]|strex r2,r1,[r0]|ldrexd r0,r1,[r2]"
    "|ldaex r1,[r0]|stlexb r2,r1,[r0]|ldrexeq r1,[r0]",
    "whole block": "dc zva,x0|DC ZVA, X0|dc gva, x0|dc gzva, x0",
    "CM is set": "dc cvac, x0|dc civac,x0|dc ivac,x0|dc cvau,x0",
    "atomic": "ldadd w1,w2,[x0]|swpal x1,x2,[x0]|casa w1,w2,[x0]|caspal x0,x1,x2,x3,[x4]"
    "|stsetb w1,[x0]|ldsmaxlh w1,w2,[x0]|ldumin x1,x2,[x0]|swp r1,r2,[r0]|swpb r1,r2,[r0]",
    "tags": "stg x0,[x0]|ldg x0,[x1]|st2g x0,[x1]|stz2g x0,[x1]|stzg x0,[x1],#16|stgm x0,[x1]",
    "R15": "ldr pc,[r0]|str r15,[r0]|ldrne pc,[r0,#4]",
}
NONSENSE = """|mov x0,x1|ldr|ldr w1|ldr w1,w2|ldr [x0]|ldr w32,[x0]|ldr x1,[]|ldr x1,label|dc|ldp
ld64b x0|ld64b [x8]|st64b x0,[x8,#8]!|st64bv x1,[x8]
dc zva|ld r1,[r0]|ldrz r1,[r0]|strsb r1,[r0]|str v1,[x0]|prfm pldl1keep,[x0]|st5 {v0},[x0]"""
CONDITIONS = re.findall(r"\w+", "eq ne cs hs cc lo mi pl vs vc hi ls ge lt gt le al")
CONDITIONAL = [f"{name}{c} r1, [r0]" for c in CONDITIONS for name in ("ldr", "strh", "ldrsb")]


@pytest.mark.parametrize("text", [*re.split(r"[|\n]", VALID.strip()), *CONDITIONAL])
def test_loads_and_stores_of_one_register_have_a_syndrome(text):
    assert no_syndrome_reason(text) is None


@pytest.mark.parametrize(
    ("text", "words"), [(text, w) for w, texts in INVALID.items() for text in texts.split("|")]
)
def test_the_reason_fits_the_instruction(text, words):
    reason = no_syndrome_reason(text)
    assert reason is not None
    assert words in reason
    assert [w for w in INVALID if w in reason] == [words], "and no other"
    assert re.fullmatch(r"[A-Z][^.]*\.", reason), "one sentence"


@pytest.mark.parametrize("text", [*re.split(r"[|\n]", NONSENSE), None, 5, b"ldr"])
def test_what_is_no_load_or_store_is_refused(text):
    with pytest.raises(SetupError, match="load, store or DC"):
        no_syndrome_reason(text)


# --- what KVM does
def test_every_abort_outside_memslots_has_one_outcome():
    """All that decides: six bits and two facts about the VM, against nested ifs."""
    flags = [(0, 1)] * 3 + [range(4), (False, True), (False, True)]
    for isv, cm, s1ptw, lst, nisv, protected in product(*flags):
        abort = DataAbort(isv=isv, cm=cm, s1ptw=s1ptw, lst=lst, wnr=1, srt=3, sas=2, dfsc=0b000111)
        if s1ptw:
            expected = ("abort injected", 0, None)
        elif cm:
            expected = ("skipped", 0, None)
        elif isv:
            esr = 0x92000000 | abort.encode()  # EC 0x24, IL 1: what the exit passes on is no ISS
            ls64 = ("KVM_EXIT_ARM_LDST64B", 0, esr & ~0x3F)
            expected = ls64 if lst else ("KVM_EXIT_MMIO", 0, None)
        elif protected:
            expected = ("abort injected", 0, None)
        else:
            expected = ("KVM_EXIT_ARM_NISV", 0, 0x47) if nisv else ("ENOSYS", 38, None)
        outcome = what_kvm_does(abort, nisv_to_user=nisv, protected=protected)
        assert (outcome.result, outcome.errno, outcome.esr_iss) == expected
        assert outcome.why.endswith(".")


# arch/arm64: kvm_vcpu_abt_issea; esr_fsc_is_{translation,permission,access_flag}_fault
BY_HARDWARE = {0x10, 0x18, *(base + level for base in (0x14, 0x1C) for level in range(-1, 4))}
GOES_ON = {*range(0x04, 0x10), 0x2C - 1}
ATOMIC = 0x35  # esr_fsc_is_excl_atomic_fault, since 2026


@pytest.mark.parametrize("dfsc", range(64))
def test_only_some_faults_get_to_the_mmio_code(dfsc):
    outcome = what_kvm_does(DataAbort(isv=1, dfsc=dfsc))
    if dfsc in GOES_ON | {ATOMIC}:
        assert outcome.result == "KVM_EXIT_MMIO"
    elif dfsc in BY_HARDWARE:
        assert (outcome.result, outcome.errno) == ("SError injected", 0)
    else:
        assert (outcome.result, outcome.errno) == ("EFAULT", 14)
        assert "Unsupported FSC" in outcome.why
    again = what_kvm_does(DataAbort(isv=1, sas=3, sf=1, lst=2, dfsc=dfsc))
    assert (again.result == "KVM_EXIT_ARM_LDST64B") == (dfsc in GOES_ON)


# --- refusals
of_access = DataAbort.of_access
REFUSED = [
    *(partial(DataAbort.decode, iss) for iss in (-1, 1 << 25, 0x93C08046, 1.0, "45", None)),
    *(partial(DataAbort, **{name: 1 << BITS[name][1]}) for name in BITS),
    *(partial(DataAbort, **{name: -1}) for name in BITS),
    *(partial(of_access, "load", width) for width in (0, 3, 16, True, "4")),
    *(partial(of_access, op, 4) for op in ("write", None, 1)),
    *(partial(of_access, "load", 4, register_width=bits) for bits in (16, 128, "64")),
    *(partial(of_access, "load", 4, rt=rt) for rt in (-1, 32, "x0")),
    *(partial(what_kvm_does, wrong) for wrong in (0x45, None)),
    *(partial(what_kvm_does, DataAbort(), **{flag: 2}) for flag in ("nisv_to_user", "protected")),
    *(partial(of_access, "load", 4, **bad) for bad in ({"signed": "no"}, {"dfsc": 64})),
]


@pytest.mark.parametrize("make", REFUSED)
def test_what_does_not_fit_is_refused_in_three_parts(make):
    with pytest.raises(SetupError) as error:
        make()
    assert all((error.value.given, error.value.allowed, error.value.hint))


def test_it_is_frozen_hashable_and_of_plain_integers():
    abort = DataAbort(isv=True, wnr=True)
    assert (type(abort.isv), hash(abort)) == (int, hash(DataAbort(isv=1, wnr=1)))
    with pytest.raises(FrozenInstanceError):
        abort.isv = 0


def test_importing_the_library_does_not_import_it_or_bitstring():
    late = {"bitstring", "kvmendian.machine.syndrome"}
    code = f"import sys, kvmendian; print({late} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
