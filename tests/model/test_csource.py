"""C in, verdict out: our own C of the six designs, traps of promotion, damaged texts."""
# ruff: noqa: E501, FBT003, ISC004 - tables of C stand as C; conversions are called as the kernel's

from __future__ import annotations

import ctypes
import random
import re
import shutil
import subprocess
import time

import pytest

from kvmendian import DESIGNS, Design, Setup, SetupError, prove, truth_table
from kvmendian.__main__ import main
from kvmendian.model.road import road
from kvmendian.model.solve import judge

HEAD = "static inline unsigned long vcpu_data_{}(struct kvm_vcpu *vcpu, unsigned long data, unsigned int len)"
NOTHING = "{ return data; }"
CONVERTS = """{
	switch (len) {
	case 1: return data & 0xff;
	case 2: return ORDER16_to_cpu(data & 0xffff);
	case 4: return ORDER32_to_cpu(data & 0xffffffff);
	default: return ORDER64_to_cpu(data);
	}
}"""
BE = "if (kvm_vcpu_is_be(vcpu)) " + CONVERTS.replace("ORDER", "be")
LE = CONVERTS.replace("ORDER", "le")
SWABS = """if (kvm_vcpu_is_be(vcpu)) {
	switch (len) {
	case 2: return __swab16(data);
	case 4: return swab32(data);
	case 8: return __builtin_bswap64(data);
	case 1: data &= 0xff;
	}
}"""
BODIES = {
    "memcpy-2012": NOTHING,
    "be-guests-2013": "{" + BE + " return data; }",
    "merged-2014": "{" + BE + " else " + LE + "}",
    "swab": "{" + SWABS + " return data; }",
    "swab-le-buffer": "{" + SWABS + " return data; }",
    "sign-fixed-2026": "{" + BE + LE + "}",
}
EXTEND = """
	if (kvm_vcpu_dabt_issext(vcpu) && len < sizeof(unsigned long)) {
		mask = 1U << ((len * 8) - 1);
		data = (data ^ mask) - mask;
	}
	if (!kvm_vcpu_dabt_issf(vcpu))
		data = data & 0xffffffff;
"""
CONVERT = "	data = vcpu_data_host_to_guest(vcpu, data, len);\n"
WHOLE = """
int kvm_handle_mmio_return(struct kvm_vcpu *vcpu)
{
	unsigned long data;
	unsigned int len;
	int mask;

	vcpu->mmio_needed = 0;
	len = kvm_vcpu_dabt_get_as(vcpu);
	data = kvm_mmio_read_buf(vcpu->run->mmio.data, len);
	%s
	vcpu_set_reg(vcpu, kvm_vcpu_dabt_get_rd(vcpu), data);
	return 1;
}
"""


def both(body):
    """Return the C of both functions with one body."""
    return "\n".join(f"{HEAD.format(name)}\n{body}" for name in ("guest_to_host", "host_to_guest"))


def read(body, name="mine", **more):
    return Design.from_c(both(body), name, **more)


def twin(setup, design):
    return Setup(**{**setup.fields(), "design": design})


@pytest.mark.parametrize("name", DESIGNS)
def test_our_own_c_of_a_design_is_the_design_lane_for_lane(name):
    known = DESIGNS[name]
    mine = read(BODIES[name], sign_extend=known.sign_extend, buffer=known.buffer)
    for setup in Setup.all(design=mine):
        ours, theirs = road(twin(setup, name)), road(setup)
        for column in ("mmio", "ram", "register", "expected", "device", "software"):
            assert getattr(ours, column) == getattr(theirs, column), (setup, column)
    assert {s.fields()["width"] for s in prove(mine).failures} == {
        s.width for s in prove(name).failures
    }


@pytest.mark.parametrize(
    ("order", "name"), [("before", "merged-2014"), ("after", "sign-fixed-2026")]
)
def test_the_fix_of_2026_is_a_diff_of_the_whole_function(order, name):
    parts = (EXTEND, CONVERT) if order == "before" else (CONVERT, EXTEND)
    mine = Design.from_c(both(BODIES[name]) + WHOLE % "".join(parts))
    report, known = prove(mine), prove(name)
    assert report.holds is known.holds
    places = [{(s.op, s.width, s.host, s.guest, s.signed, s.register_width, s.device, s.driver)
               for s in one.failures} for one in (report, known)]  # fmt: skip
    assert places[0] == places[1]
    if not report.holds:
        assert report.counterexample[1] == known.counterexample[1] == 0x80
        assert "mmio_return(0x80, 1, True, 64, False, False) returned 0x80" in str(report)


def test_a_patch_mail_is_read_as_it_is_posted():
    old, new = both(BODIES["be-guests-2013"]), both(BODIES["merged-2014"])
    lines = ["Hi,", "", "don't we need this? (see {below})", "", "--- a/arch/x.h", "+++ b/arch/x.h",
             "@@ -1,9 +1,9 @@ struct x {", *("-" + line for line in old.split("\n")),
             *("+" + line for line in new.split("\n")), "-- ", "2.1"]  # fmt: skip
    mail = "\n".join(lines)
    assert prove(Design.from_c(mail, sign_extend="after")).holds
    assert prove(Design.from_c("\n".join(f"> {line}" for line in lines))).holds
    assert prove(Design.from_c("\n".join(f"> > {line}" for line in lines))).holds
    turned = mail.replace("\n-", "\n*").replace("\n+", "\n-").replace("\n*", "\n+")
    turned = turned.replace("+-- a", "--- a").replace("-++ b", "+++ b")
    assert not prove(Design.from_c(turned)).holds


# (body, does it hold?): {R} is a right conversion of x within len
RIGHT = (
    "if (kvm_vcpu_is_be(vcpu) != IS_ENABLED(CONFIG_CPU_BIG_ENDIAN)) { switch (len) {"
    "case 2: return swab16(x); case 4: return swab32(x); case 8: return swab64(x); } }"
    "return len == 8 ? x : x & ((1UL << (8 * len)) - 1);"
)
LOOP = (
    "unsigned long r = 0; unsigned int i; for (i = 0; i < len; i++)"
    " r |= ((x >> (8 * i)) & 0xff) << (8 * (SWAPS ? len - 1 - i : i)); return r;"
).replace("SWAPS", "(kvm_vcpu_is_be(vcpu) ^ IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))")
TRAPS = {
    "right": ("u64 x = data; {R}", True),
    "loop": ("u64 x = data; {L}", True),
    "while": ("u64 x = data, r = 0; int n = len; bool s = kvm_vcpu_is_be(vcpu) != "
              "IS_ENABLED(CONFIG_CPU_BIG_ENDIAN); while (n-- > 0) { int at = s ? n : len - 1 - n;"
              " r = (r << 8) | ((x >> (8 * (len - 1 - at) )) & 0xff); if (n > 8) break; }"
              " x = data; {R}", True),
    "ifdef": ("\n#ifdef CONFIG_CPU_BIG_ENDIAN\nbool big = true;\n#else\nbool big = false;\n#endif\n"
              "if (kvm_vcpu_is_be(vcpu) == big) return len == 8 ? data : "
              "data & ((1UL << 8 * len) - 1);"
              "switch (len) { case 2: return swab16(data); case 4: return swab32(data);"
              "case 8: return swab64(data); } return (u8)data;", True),
    "u8 shifted as int": ("u64 x = data; if (len == 4) { u8 b = x >> 24; x = (x & 0xffffff) |"
                          " (b << 24); } {R}", True),  # cut again by the conversion
    "u8 shifted as int, kept": (
        "u64 x = data; if (len == 4 && kvm_vcpu_is_be(vcpu) == IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))"
        "{ u8 b = x >> 24; return (x & 0xffffff) | (b << 24); } {R}", False),
    "same, unsigned": (
        "u64 x = data; if (len == 4 && kvm_vcpu_is_be(vcpu) == IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))"
        "{ u8 b = x >> 24; return (x & 0xffffff) | ((u32)b << 24); } {R}", True),
    "int keeps a sign": ("int y = data; u64 x = len == 8 ? data : y; if (len == 4 && "
                         "kvm_vcpu_is_be(vcpu) == IS_ENABLED(CONFIG_CPU_BIG_ENDIAN)) return x;"
                         "{R}", False),
    "unsigned does not": ("unsigned y = data; u64 x = len == 8 ? data : y; if (len == 4 && "
                          "kvm_vcpu_is_be(vcpu) == IS_ENABLED(CONFIG_CPU_BIG_ENDIAN)) return x;"
                          "{R}", True),
    "u32 for eight bytes": ("u32 x = data; {R}", False),
    "minus one is large": ("u64 x = data; if (len > -1) return 0; {R}", True),
    "sizeof is unsigned": ("u64 x = data; if (-1 < sizeof(x)) return 0; {R}", True),
    "plain minus one": ("u64 x = data; if ((int)len > -1) return 0; {R}", False),
    "not of a u8": ("u64 x = data; u8 b = x; if (~b == 0xff) return 0; {R}", True),
    "cast after not": ("u64 x = data; u8 b = x; if ((u8)~b == 0xff) return 0; {R}", False),
    "a u8 compared": ("u64 x = data; u8 b = x; s8 c = b; if (c != b && c > 127) return 0; {R}", True),
    "a signed char": ("u64 x = data; signed char c = x; if (c < 0) return 1; {R}", False),
    "arithmetic shift": ("u64 x = data; s64 s = x; if (len == 8) x = (s >> 8 << 8) | (u8)x; {R}", True),
    "sign comes down": ("u64 x = data; s32 s = x; if (len == 4) x = (u32)(s >> 1 << 1) | (x & 1);"
                        "{R}", True),
    "divides towards zero": ("u64 x = data; int s = (int)(x & 0xff) - 128; x -= s / 2 * 2; x += s"
                             " - s % 2; {R}", True),
    "one value": ("u64 x = data; if (x == 0x1234567800000042) return 0; {R}", False),
    "above the width": ("u64 x = data; if (len < 8 && x >> (8 * len)) return 0; {R}", False),
    "fall-through": ("u64 x = data; switch (len) { case 8: case 4: x ^= 0; case 2: x += 0; break;"
                     " default: ; } {R}", True),
    "a missing break": ("u64 x = data; switch (len) { case 4: x ^= 1; case 2: x ^= 1; break;"
                        " default: break; } {R}", False),
    "a helper": ("u64 x = twice(data) >> 1; if (len == 8) x = data; {R}", True),
    "genmask": ("u64 x = data & GENMASK(8 * len - 1, 0); {R}", True),
    "genmask, one short": ("u64 x = data & GENMASK(8 * len - 2, 0); {R}", False),
    "xor swap": ("u64 x = data, y = len; x ^= y; y ^= x; x ^= y; x = y; {R}", True),
    "branch on the data": ("u64 x = data; if (x & 1) x = (x ^ 1) + 1; else x |= 0; {R}", True),
    "logic": ("u64 x = data; if (x > 5 && x < 9 || x == 77) x = x + (x == 8); {R}", False),
    "be32 of eight": ("u64 x = data; if (len == 8) return be32_to_cpu(x); {R}", False),
    "for, continue": ("u64 x = data; for (int i = 0; i < 9; i++) { if (i & 1) continue;"
                      " x += i; } x -= 20; {R}", True),
    "ternary chain": ("u64 x = data; return len == 1 ? (u8)x : len == 2 ? (u16)x : len == 4 ? "
                      "(u32)x : x;", False),
}  # fmt: skip
HELPER = "static u64 twice(u64 v) { return v + v; }\n"


def trap(name):
    body = TRAPS[name][0].replace("{R}", RIGHT).replace("{L}", LOOP)
    return HELPER + both("{" + body + "}")


@pytest.mark.parametrize("name", TRAPS)
def test_every_c_function_is_judged_right(name):
    report = prove(Design.from_c(trap(name), name))
    assert report.proven, report.undecided
    assert report.holds is TRAPS[name][1], str(report)
    if not report.holds:
        setup, value = report.counterexample
        assert not setup.trace(value).honours_abi


SHIM = """
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef int s32;
typedef unsigned u32; typedef unsigned long u64; typedef long s64; typedef _Bool bool;
#define true 1
#define false 0
struct kvm_vcpu { int big; };
#define IS_ENABLED(x) HOST
#define kvm_vcpu_is_be(v) ((bool)(v)->big)
#define swab16(x) ((u16)__builtin_bswap16((u16)(x)))
#define swab32(x) ((u32)__builtin_bswap32((u32)(x)))
#define swab64(x) ((u64)__builtin_bswap64((u64)(x)))
#define be32_to_cpu(x) ((u32)(HOST ? (u32)(x) : swab32(x)))
#define GENMASK(h, l) ((~0UL >> (63 - (h))) & (~0UL << (l)))
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="no C compiler to ask")
@pytest.mark.parametrize("host", [0, 1])
def test_a_compiler_says_the_same(host, tmp_path):
    """gcc's own arithmetic on every trap: types as on arm64 (LP64), the host as a macro."""
    parts = [SHIM, f"#define HOST {host}\n"]
    if host:
        parts.append("#define CONFIG_CPU_BIG_ENDIAN 1\n")
    parts.append(HELPER)
    for k, name in enumerate(TRAPS):
        text = trap(name).replace(HELPER, "").replace("static inline ", "")
        parts.append(re.sub(r"vcpu_data_(\w+)", rf"f{k}_\1", text))
    (tmp_path / "traps.c").write_text("".join(parts))
    flags = ["-w", "-O1", "-fwrapv", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, "-o", tmp_path / "t.so", tmp_path / "traps.c"], check=True)
    built = ctypes.CDLL(str(tmp_path / "t.so"))
    orders = ("little", "big")
    for k, name in enumerate(TRAPS):
        design = Design.from_c(trap(name), name)
        function = built[f"f{k}_guest_to_host"]
        function.restype = ctypes.c_uint64
        for big in (0, 1):
            vcpu = ctypes.c_int(big)
            for width in (1, 2, 4, 8):
                for value in judge.samples(64)[::3]:
                    made = function(ctypes.byref(vcpu), ctypes.c_uint64(value), width)
                    ours = design.convert("store", value, width, orders[big], orders[host])
                    assert made == ours, (name, width, hex(value))


# --- what cannot be read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line", "column", "why"),
    [
        ("{\n  return data ** 2;\n}", 3, None, r"\* of a value"),
        ("{\n  return frob(data);\n}", 3, 10, "frob is not known"),
        ("{\n  return data << 64;\n}", 3, None, "shifts unsigned long, 64 bits, by 64"),
        ("{\n  if (len == 4) return 1 << (8 * len);\n  return data;\n}", 3, None, "int, 32 bits, by 32"),
        ("{\n  int x;\n  return x;\n}", 4, 10, "x has no value yet"),
        ("{\n  goto out;\nout: return data;\n}", 3, None, "Goto is not taken"),
        ("{\n  return data / (len - len);\n}", 3, None, "divides by zero"),
        ("{\n  float x = data;\n  return x;\n}", 3, None, "float"),
        ("{\n  for (;;) ;\n}", 3, None, "no end"),
        ("{\n  if (len == 1) return data;\n}", 1, None, "without a return"),
        ("{\n#ifdef CONFIG_X\n  return 0;\n#endif\n  return data;\n}", 4, 1, "not known"),
        ("{\n  return data @ 1;\n}", 3, 15, "no C"),
        ("{\n  u8 *p = (u8 *)&data;\n  return *p;\n}", 3, None, "& of a value"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_place(body, line, column, why):
    with pytest.raises(SetupError) as error:
        read(body)
    told = error.value
    match = re.match(r"line (\d+), column (\d+): ", told.given)
    assert match, told.given
    assert int(match[1]) == line
    assert column is None or int(match[2]) == column
    assert re.search(why, told.given), told.given
    assert told.allowed
    assert told.hint


@pytest.mark.parametrize("text", ["", "hello", "int x;", None, 5, "x" * 300_000, HEAD, "{" * 5000])
def test_a_text_without_the_functions_is_told_so(text):
    with pytest.raises(SetupError):
        Design.from_c(text)


def test_damaged_texts_end_in_a_design_or_in_words():
    """2,000 texts with pieces cut, doubled, swapped or changed: never anything else, never slow."""
    rng = random.Random(2014)  # noqa: S311 - the same damage every time
    texts = [trap(name) for name in TRAPS] + [both(BODIES["merged-2014"]) + WHOLE % EXTEND]
    signs = "{}()[];,*&|^<>=+-~!?:#\"'\\/%0189xUL \n\t@$é"
    worst, read_well = 0.0, 0
    for _ in range(2_000):
        text = rng.choice(texts)
        for _ in range(rng.randrange(1, 4)):
            a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
            b = min(b, a + rng.randrange(1, 40))
            piece = "".join(rng.choice(signs) for _ in range(rng.randrange(3)))
            text = rng.choice([text[:a] + piece + text[a:], text[:a] + piece + text[b:],
                               text[:b] + text[a:b] + text[b:], text[:a] + text[b:],
                               text[:a] + text[a:b][::-1] + text[b:]])  # fmt: skip
        began = time.process_time()
        try:
            design = Design.from_c(text)
            design.convert("store", 0x8877665544332211, 4, "big", "little")
            read_well += 1
        except SetupError as error:
            told = error
            if not (told.given and told.allowed and told.hint):
                raise
        worst = max(worst, time.process_time() - began)
    assert read_well > 50  # the damage did not hit what counts
    assert worst < 1


# --- arch/arm ---------------------------------------------------------------------------------


def test_on_arm_a_long_has_four_bytes():
    """The same text on the thread's own machine: `unsigned long` is 32 bits there."""
    store = read("{ return data; }").guest_to_host
    assert store.on("arm")(0x8877665544332211, 4, True, False) == 0x44332211
    assert store(0x8877665544332211, 4, True, False) == 0x8877665544332211
    known = DESIGNS["merged-2014"]
    mine = read(BODIES["merged-2014"]).guest_to_host
    for width in (1, 2, 4):
        for guest in ("little", "big"):
            for host in ("little", "big"):
                for value in judge.samples(32):
                    made = mine.on("arm")(value, width, guest == "big", host == "big")
                    assert made == known.convert("store", value, width, guest, host)
    size = read("{ return sizeof(unsigned long) * 8 - sizeof(long long) * 4; }").guest_to_host
    assert (size(0, 1, False, False), size.on("arm")(0, 1, False, False)) == (32, 0)
    macro = read("{\n#ifdef CONFIG_64BIT\n  return 1;\n#endif\n  return 2; }").guest_to_host
    assert (macro(0, 1, False, False), macro.on("arm")(0, 1, False, False)) == (1, 2)


# --- like any other design ---------------------------------------------------------------------


def test_a_design_of_c_is_a_design_like_any_other(tmp_path):
    from kvmendian import Explorer

    mine = read(BODIES["swab"], "from the list", sign_extend="before")
    assert Setup(width=2, guest="big", design=mine).trace(0x1122).mmio_data == b"\x11\x22"
    assert truth_table(mine).cells["from the list", "big", "big", "store", 2] is False
    assert "from the list" in str(truth_table(mine))
    explorer = Explorer(designs=[mine])
    explorer.design = "from the list"
    assert explorer.story.setup.design_name == "from the list"


def test_prove_on_the_command_line(tmp_path, capsys):
    good, bad, python, odd = (tmp_path / n for n in ("good.c", "bad.c", "mine.py", "odd.py"))
    good.write_text(both(BODIES["sign-fixed-2026"]))
    bad.write_text(both(BODIES["swab"]))
    python.write_text("def guest_to_host(data, width, guest_is_big, host_is_big):\n  return data\n"
                      "host_to_guest = guest_to_host\n")  # fmt: skip
    odd.write_text("def guest_to_host(data, width, g, h):\n  return {}.get(data, data)\n"
                   "host_to_guest = guest_to_host\n")  # fmt: skip
    assert main(["prove", str(good)]) == 0
    assert (
        "holds in all 1536 setups on arm64 and 768 setups on arm, for every value"
        in capsys.readouterr().out
    )
    assert main(["prove", str(bad)]) == 1
    assert "smallest counterexample, on arm64: store of width 2" in capsys.readouterr().out
    assert main(["prove", str(python)]) == 1
    assert main(["prove", str(odd)]) == 1  # it fails for some, and for others nothing is known
    for wrong in (["prove"], ["prove", str(tmp_path / "none.c")], ["prove", "--x", str(good)]):
        assert main(wrong) == 2
        assert "given:" in capsys.readouterr().err


def test_c_of_a_64_bit_kernel_that_is_undefined_on_arm_is_judged_where_it_is_defined():
    mine = read("{ return (1UL << (8 * len - 1) << 1) - 1 & data; }")
    assert prove(mine).undefined is None
    wide = read("{ return len == 8 ? data : data & ((1UL << 32) - 1); }")
    report = prove(wide)
    assert set(report.tried_on) == {"arm64"}
    assert "shifts unsigned long, 32 bits, by 32: undefined in C" in report.undefined
    assert "not judged on arm: line " in str(report)
    assert truth_table(wide).cells["mine", "little", "little", "store", 4]
    with pytest.raises(SetupError, match="undefined in C"):
        prove(read("{ return data << 64; }"))
