"""Instructions in logs, against assemblers and disassemblers that nobody here wrote."""

from __future__ import annotations

import random
import shutil
import subprocess
import time

import pytest
from hypothesis import given, strategies as st

from kvmendian.evidence import recordings
from kvmendian.evidence.logs import instructions, loadstore, opcodes
from kvmendian.evidence.logs.instructions import find
from kvmendian.machine import disassembler
from kvmendian.machine.syndrome import DataAbort


def one(line):
    (found,) = [finding for _, finding in find(line)]
    assert found.kind == "instruction"
    return found


def access(found):
    return found.op, found.width, found.signed, found.register, found.valid


# --- public reports, in our words: op, width, signed, register, ISV
REPORTS = {
    "40081a10:  b8004443  str w3, [x2], #4": ("store", 4, False, "w3", False),
    "40085978: b8004403 str w3, [x0], #4": ("store", 4, False, "w3", False),
    "str w3, [x0], #4": ("store", 4, False, "w3", False),
    "=> 0x40081a14: str q3,[x0]": ("store", None, None, None, False),
    ".inst 0xb9000023": ("store", 4, False, "w3", True),
    "ldr w0, [x1] // device": ("load", 4, False, "w0", True),
    "Code: f9400c21 52800022 (b9000022)": ("store", 4, False, "w2", True),
    # spelled otherwise
    "  KVM refuses `str x11, [x13], #8` there": ("store", 8, False, "x11", False),
    "   0x0000000000400078 <+0>:\t03 44 00 b8\tstr\tw3, [x0], #4": ("store", 4, False, "w3", False),
    "0x40000000:  b9000023  str      w3, [x1]": ("store", 4, False, "w3", True),
    "   8000:\t6008      \tstr\tr0, [r1, #0]": ("store", 4, False, "r0", True),
    "   8002:\tf8c1 0000 \tstr.w\tr0, [r1]": ("store", 4, False, "r0", True),
    "Code: e3a00000 e5801000 (e5912000)": ("load", 4, False, "r2", True),
    "Code: 4a0b 6813 (f8d3) 3000": ("load", 4, False, "r3", True),
    "   0:\te59f1008 \tldr\tr1, [pc, #8]\t; 10 <x>": ("load", 4, False, "r1", True),
    "  40: 58000040 ldr x0, 48 <foo>": ("load", 8, False, "x0", True),
    "emulation failed, insn: 0xb8004403 at 40": ("store", 4, False, "w3", False),
    "instr 0xe5801000": ("store", 4, False, "r1", True),
    "ldrsh w5, [x1, #2]": ("load", 2, True, "w5", True),
    "strb wzr, [x19]": ("store", 1, False, "wzr", True),
    "ldpsw x1, x2, [x0]": ("load", None, None, None, False),
    "swpal w0, w1, [x2]": (None, None, None, None, False),
    "stlxr w3, w1, [x2]": ("store", None, None, None, False),
    "dc zva, x0": (None, None, None, None, False),
    "stmia r0!, {r1, r2}": ("store", None, None, None, False),
    "push {r4, lr}": ("store", None, None, None, False),
    "ldr pc, [r0]": ("load", 4, False, "r15", False),
    "st64b x0, [x9]": ("store", 64, False, "x0", True),
}


@pytest.mark.parametrize("line", REPORTS)
def test_what_people_paste(line):
    found = one(line)
    assert access(found) == REPORTS[line]
    moves = found.valid and found.width != 64
    assert bool(found.setups) == bool(moves)
    if moves:
        assert {s.guest for s in found.setups} == {"little", "big"}  # no instruction tells it
        assert {(s.op, s.width, s.signed) for s in found.setups} == {access(found)[:3]}
        said = "A single byte has no order", "does not tell the guest's byte order"
        assert said[found.width > 1] in found.explanation
    elif found.valid:
        assert "KVM_EXIT_ARM_LDST64B" in found.explanation
    else:
        assert "write instead: " in found.explanation
        assert "ENOSYS" in found.explanation


LEFT_ALONE = [
    "40: d503201f nop",
    "40085980: 54000061 b.ne 40085978",
    "0x9000000:\t0x11223344",
    "40000000: 44 33 22 11",
    "00000000: 4433 2211",
    "00000000: 6008",
    "start x, [y], and let the rest be",
    "mov eax, [rbx]",
    "  lw a0, 0(a1)",
    "prfm pldl1keep, [x1]",
    "Code: 48 89 e5 <0f> 0b",
    "str(x), [1]",
    "Code: (zzzz)",
    "",
]


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_what_is_no_load_or_store_is_left_alone(line):
    assert list(find(line)) == []


@pytest.mark.parametrize("line", ["=> 40: d503201f nop", "Code: b9000022 (d503201f)"])
def test_but_the_one_that_is_marked_is_named(line):
    found = one(line)
    assert "makes no data abort" in found.explanation
    assert found.fields["instruction"] == "nop"
    assert (found.valid, found.setups) == (None, ())


def test_the_syndrome_of_a_report_is_the_one_that_it_gives():
    found = one("Code: f9400c21 52800022 (b9000022)")
    assert "0x93820047" in found.explanation  # printed beside it, as HSR
    shown = {"ISV": 1, "SAS": 2, "SSE": 0, "SRT": 2, "SF": 0, "WnR": 1}
    assert found.fields.items() >= shown.items()
    abort = DataAbort.decode(0x93820047 & 0x1FFFFFF)
    assert (abort.isv, abort.sas, abort.srt, abort.wnr) == (1, 2, 2, 1)


def test_a_halfword_has_il_clear_and_a_banked_register_no_number():
    assert "0x91" in one("8000: 6008 str r0, [r1]").explanation
    assert "0x93" in one("8000: f8c1 0000 str.w r0, [r1]").explanation
    assert "SRT" not in one("str r14, [r1]").fields
    assert one("str r12, [r1]").fields["SRT"] == 12


def test_text_and_word_that_disagree_are_told_apart():
    found = one("40081a10: b9000023 str w4, [x1]")
    assert "Text and word disagree" in found.explanation
    assert found.register == "w3"  # the word's
    assert "no instruction" in one("40: ffffffff str w4, [x1]").explanation


REPAIRS = {
    "str w3, [x0], #4": "str w3, [x0]; add x0, x0, #4",
    "ldrsh w0, [x1, #-2]!": "ldrsh w0, [x1, #-2]; sub x1, x1, #2",
    "stp w1, w2, [x0]": "str w1, [x0]; str w2, [x0, #4]",
    "ldp x0, x1, [x0, #16]": "ldr x1, [x0, #24]; ldr x0, [x0, #16]",  # the base comes last
    "ldpsw x1, x2, [x0, #-8]": "ldrsw x1, [x0, #-8]; ldrsw x2, [x0, #-4]",
    "ldp w1, w2, [x0], #8": "ldr w1, [x0]; ldr w2, [x0, #4]; add x0, x0, #8",
}


@pytest.mark.parametrize("line", REPAIRS)
def test_what_to_write_instead_does_the_same(line):
    """Both are run by Unicorn: registers and memory end up equal."""
    pytest.importorskip("unicorn", reason="runs the instructions")
    pytest.importorskip("keystone", reason="assembles them")
    from kvmendian.machine import arm

    found = one(line)
    assert f"For a device, write instead: {REPAIRS[line]}." in found.explanation
    assert all(one(part).valid for part in REPAIRS[line].split("; ") if part[:3] in ("str", "ldr"))
    start = {f"x{n}": 0x1111 * (n + 1) for n in range(8)}
    start[line.split("[")[1][:2]] = arm.RAM + 64
    ram = bytes(range(256))
    was, now = (
        arm.run(text.replace("; ", "\n"), isa="a64", ram=ram, **start)
        for text in (line, REPAIRS[line])
    )
    assert was.after == now.after
    assert was.ram == now.ram


def test_every_reason_has_advice():
    lines = ["str q0, [x0]", "ldxr w0, [x1]", "swp w0, w1, [x2]", "push {r1}", "dc zva, x0",
             "dc civac, x0", "ldr pc, [r1]", "str w0, [x0], #4", "ldp w0, w1, [x2]"]  # fmt: skip
    advice = [loadstore.describe(line).instead for line in lines]
    assert all(advice)
    assert len(set(advice)) == len(lines)


# --- oracles
def random_access(rng):
    """An instruction, and what it does by its own making."""
    sizes = {"": 0, "b": 1, "h": 2, "sb": 1, "sh": 2, "sw": 4}
    name, suffix = rng.choice(["str", "ldr"]), rng.choice(list(sizes))
    name, width = "ldr" if suffix[:1] == "s" else name, sizes[suffix]
    letter = "x" if suffix == "sw" else rng.choice("wx") if len(suffix) != 1 else "w"
    width = width or {"w": 4, "x": 8}[letter]
    register = letter + rng.choice([*map(str, range(20)), "zr"])
    base = rng.choice(["x20", "x29", "sp"])
    form = rng.choice(["[{b}]", "[{b}, #{o}]", "[{b}, x21]", "[{b}], #{s}", "[{b}, #{s}]!"])
    at = form.format(b=base, o=width * rng.randrange(1, 99), s=rng.choice([-200, -1, 0, 1, 255]))
    valid = not at.endswith("!") and "], " not in at
    op = "store" if name == "str" else "load"
    return f"{name}{suffix} {register}, {at}", (op, width, suffix[:1] == "s", register, valid)


def test_what_keystone_assembles_is_read_back():
    keystone = pytest.importorskip("keystone", reason="no wheel for this machine")
    pytest.importorskip("capstone", reason="reads the words back")
    engine = keystone.Ks(keystone.KS_ARCH_ARM64, keystone.KS_MODE_LITTLE_ENDIAN)
    rng = random.Random(16)  # noqa: S311 - a sample, no secret
    for number in range(500):
        text, wanted = random_access(rng)
        word = int.from_bytes(bytes(engine.asm(text)[0]), "little")
        for line in (text, f"{number:x}: {word:08x}", f"{number:x}: {word:08x} {text}"):
            found = one(line)
            assert access(found) == wanted, line
            assert "disagree" not in found.explanation


@pytest.mark.parametrize(
    ("isa", "prefix", "head"),
    [
        ("a64", "aarch64-linux-gnu-", ".arch armv8.2-a\n"),
        ("a32", "arm-linux-gnueabihf-", ".syntax unified\n.arch armv7ve\n.arm\n"),
        ("t32", "arm-linux-gnueabihf-", ".syntax unified\n.arch armv7ve\n.thumb\n"),
    ],
)
def test_what_binutils_assembles_and_objdump_lists_is_read_back(isa, prefix, head, tmp_path):
    if not (shutil.which(f"{prefix}as") and shutil.which(f"{prefix}objdump")):
        pytest.skip(f"{prefix}as is not installed")
    pytest.importorskip("capstone", reason="reads the words back")
    rng = random.Random(isa)  # noqa: S311 - same
    pairs = [random_access(rng) for _ in range(900)]
    if isa != "a64":
        pairs = [narrow(*pair) for pair in pairs if "sp" not in pair[0] and "zr" not in pair[0]]
        pairs = [pair for pair in pairs if pair]
    source, binary = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text(head + "\n".join(text for text, _ in pairs) + "\n")
    subprocess.run([f"{prefix}as", source, "-o", binary], check=True)
    command = [f"{prefix}objdump", "-d", binary]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in listing.splitlines() if ":\t" in line]
    assert len(lines) == len(pairs) > 50
    for line, (text, wanted) in zip(lines, pairs, strict=True):
        found = one(line)
        assert access(found) == wanted, (line, text)
        assert "disagree" not in found.explanation, line


def narrow(text, wanted):
    """The same in AArch32, where it has it: registers of 32 bits, no LDRSW, smaller offsets."""
    op, width, signed, register, valid = wanted
    if width == 8 or (signed and width == 4) or register[0] == "x" or int(register[1:]) > 12:
        return None
    mnemonic, rest = text.split(" ", 1)
    at = rest.partition(", ")[2].replace("x20", "r3").replace("x29", "r4").replace("x21", "r5")
    if "#0]" in at or "], #0" in at:
        return None
    number = f"r{register[1:]}"
    far = "#" in at and abs(int(at.split("#")[1].strip("]!"))) > 250
    if far or number in ("r3", "r4"):
        return None
    return f"{mnemonic} {number}, {at}", (op, width, signed, number, valid)


# --- without capstone
def test_without_capstone_text_is_read_and_a_bare_word_says_what_is_missing(monkeypatch):
    disassembler.disassemble.cache_clear()
    monkeypatch.setattr(disassembler, "find_spec", lambda _: None)
    try:
        assert not disassembler.available()
        assert one("40085978: b8004403 str w3, [x0], #4").register == "w3"
        found = one("Code: f9400c21 52800022 (b9000022)")
        assert found.explanation == disassembler.MISSING
        assert found.fields["opcode"] == 0xB9000022
        assert (found.op, found.valid, found.setups) == (None, None, ())
        assert one(".inst 0xb9000023").explanation == disassembler.MISSING
        assert list(find("40: b9000023")) == []  # who knows what this word is
    finally:
        disassembler.disassemble.cache_clear()


def test_capstone_is_met_in_one_module(request):
    package = request.config.rootpath / "kvmendian"
    met = [p.name for p in package.rglob("*.py") if "import capstone" in p.read_text()]
    assert met == ["disassembler.py"]


# --- hostile text
PIECES = ["str w3, [x0], #4", "ldr ", "[", "]", "{", "}", "(", ")", ":", "=>", ".inst 0x",
          "Code: ", "b9000022", "e5912000", "f8d3", " ", "\t", ",", "#", "-", "!", "0x", "r1", "x0",
          "dc zva, x0", "push {r1}", "\x00", "\x1b[31m", "\u202e", "<b>", "%s", "{0}"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=80))
def test_no_text_raises(line):
    for column, found in find(line):
        assert 0 <= column <= len(line)
        assert found.text in line
        assert isinstance(found.explanation, str)


@pytest.mark.parametrize("piece", [*PIECES, "ldr w0, [x1] ", "ldr a, b, c, ", "ldr {", "0: ", "a"])
def test_a_megabyte_on_one_line_takes_no_longer_than_its_length(piece):
    line = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    assert len(list(find(line))) <= instructions._MOST  # noqa: SLF001 - the bound is the claim
    assert time.perf_counter() - start < 3  # a guard against hanging, no measure


@given(st.binary(min_size=2, max_size=4).filter(lambda code: len(code) != 3))
def test_any_word_is_something_or_nothing(code):
    for isa in ("a64", "a32", "t32"):
        if isa == "t32" or len(code) == 4:
            text = disassembler.disassemble(code, isa)
            assert text is None or isinstance(loadstore.normal(text), str)
            opcodes.told(code[::-1].hex(), "", marked=True)


# --- real kernels: what each instruction of the recordings came to
@pytest.mark.parametrize("host", ["little", "big"])
def test_a_real_kernel_had_a_syndrome_where_the_text_says_so(host):
    recorded = recordings.load("sign-fixed-2026", host)
    for row in recorded.rows:  # all left with KVM_EXIT_MMIO
        found = one(row.insn)
        assert access(found)[:3] == (row.setup.op, row.setup.width, row.setup.signed), row.insn
        assert found.valid is True
    for row in recorded.no_syndrome:  # all failed with ENOSYS, or left with KVM_EXIT_ARM_NISV
        found = one(row["insn"])
        assert found.valid is False
        assert row["exit"] in ("errno38", "ARM_NISV")
        assert found.width in (None, row["width"])
    assert len(recorded.rows) == 287
    assert len(recorded.no_syndrome) > 40
