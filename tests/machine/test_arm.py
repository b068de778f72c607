"""Real Arm instructions against the model: a generated table, and hostile snippets.

Unicorn is QEMU's CPU, so it judges our model of loads and stores; of syndromes it says nothing.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from itertools import product
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from kvmendian import Setup, SetupError
from kvmendian.machine import arm, guest, unicorn_cpu
from kvmendian.machine.encodings import ENCODINGS

RANDOM = random.Random(20140121)  # noqa: S311 - the same values every time
VALUES = [0x1122334455667788, 0x8877665544332211, 0x0180, 0x8001, 0x80, 0x7F, 0xFFFFFFFFFFFFFFFF]
VALUES += [RANDOM.getrandbits(64) for _ in range(7)]
A32 = [("strb", 1), ("strh", 2), ("str", 4), ("ldrb", 1), ("ldrh", 2), ("ldr", 4), ("ldrsb", 1),
       ("ldrsh", 2)]  # fmt: skip
A64 = [("w", *one) for one in A32] + [("x", "str", 8), ("x", "ldr", 8), ("x", "ldrsb", 1),
       ("x", "ldrsh", 2), ("x", "ldrsw", 4)]  # fmt: skip


class Row(NamedTuple):
    """One access: `kind` is the register's letter, r, w or x."""

    isa: str
    el: int
    name: str
    kind: str
    width: int
    big: bool
    value: int


def table():
    """Yield every row."""
    for isa, (name, width), big, value in product(("a32", "t32"), A32, (False, True), VALUES):
        yield Row(isa, 1, name, "r", width, big, value & 0xFFFFFFFF)
    for el, (kind, name, width), big, value in product((1, 0), A64, (False, True), VALUES):
        yield Row("a64", el, name, kind, width, big, value)


ROWS = list(table())


def execute(row):
    register = "r0" if row.kind == "r" else "x0"
    code = f"{row.name} {row.kind}0, [{register[0]}1]"
    data = (row.value & (1 << 8 * row.width) - 1).to_bytes(row.width, "little")
    given = {register: row.value}
    return arm.run(code, isa=row.isa, el=row.el, big=row.big, device=data, **given)


def model(row):
    """Return what our model says: the bytes after a store, the register after a load."""
    order = "big" if row.big else "little"
    if row.name.startswith("st"):
        return guest.store(row.value, row.width, order)
    data = (row.value & (1 << 8 * row.width) - 1).to_bytes(row.width, "little")
    size = 64 if row.kind == "x" else 32
    return guest.load(data, order, signed="rs" in row.name, register_width=size)


def outcome(row, ran):
    if row.name.startswith("st"):
        return ran.device[: row.width]
    return ran["r0" if row.kind == "r" else "x0"]


def test_every_row_equals_the_model():
    assert len(ROWS) > 800
    differ = [row for row in ROWS if outcome(row, execute(row)) != model(row)]
    assert differ == []


@pytest.mark.parametrize(("isa", "el"), [("a32", 1), ("t32", 1), ("a64", 0)])
def test_a_busy_machine_cannot_skip_the_way_into_a_state(isa, el, monkeypatch):
    """SETEND and ERET of our own have no time limit: one that ran out left the other order."""
    step, limits = unicorn_cpu.Cpu._step, []  # noqa: SLF001

    def watched(self, here, end, microseconds, start):
        limits.append(microseconds)
        step(self, here, end, microseconds, start)

    monkeypatch.setattr(unicorn_cpu.Cpu, "_step", watched)
    execute(Row(isa, el, "str", "w" if isa == "a64" else "r", 4, big=True, value=1))
    assert limits[0] == 0
    assert all(limits[1:])


def test_the_other_e_bit_would_be_noticed():
    """With E flipped in the model, every row of more than one byte that shows order differs."""
    rows = [r for r in ROWS if r.width > 1 and r.value == 0x1122334455667788]
    rows += [r for r in ROWS if r.width == 2 and r.value == 0x8001]
    same = [r for r in rows if outcome(r, execute(r)) == model(r._replace(big=not r.big))]
    assert len(rows) > 40
    assert same == []


def test_the_accesses_are_the_bytes_of_the_bus():
    for row in ROWS[::7]:
        ran = execute(row)
        (access,) = ran.accesses
        assert (access.address, len(access.data)) == (arm.DEVICE, row.width)
        assert access.data == ran.device[: row.width]


@pytest.mark.parametrize("setup", list(Setup.all(design="sign-fixed-2026", driver="raw",
                                                 device="little", target="little")))  # fmt: skip
def test_the_yardstick_is_what_the_instruction_does(setup):
    """`ram_bytes` and `expected_register` of a story, by the CPU itself."""
    value = 0x8182838485868788 >> (64 - 8 * setup.width)
    story, big = setup.trace(value), setup.guest == "big"
    suffix = {1: "b", 2: "h", 4: "w" if setup.signed else "", 8: ""}[setup.width]
    wide = setup.width == 8 or (setup.signed and setup.register_width == 64)
    register = "x0" if wide else "w0"
    if setup.op == "store":
        ran = arm.run(f"str{suffix} {register}, [x1]", big=big, x0=value)
        assert ran.device[: setup.width] == story.ram_bytes
    else:
        code = f"ldr{'s' if setup.signed else ''}{suffix} {register}, [x1]"
        assert arm.run(code, big=big, device=story.mmio_data)["x0"] == story.register


def test_setend_counts_from_the_next_instruction():
    ran = arm.run("str r0, [r1]\nsetend be\nstr r0, [r1]\nsetend le\nstr r0, [r1]", r0=0x11223344)
    assert [a.data.hex() for a in ran.accesses] == ["44332211", "11223344", "44332211"]


@pytest.mark.parametrize("isa", ["a32", "t32"])
@pytest.mark.parametrize("big", [False, True])
def test_pairs_keep_their_places(isa, big):
    ran = arm.run("strd r2, r3, [r1]", isa=isa, big=big, r2=0x11223344, r3=0x55667788)
    order = "big" if big else "little"
    assert ran.device[:8] == guest.store_each((0x11223344, 0x55667788), 4, order)
    back = arm.run("ldrd r2, r3, [r1]", isa=isa, big=big, device=ran.device[:8])
    assert (back["r2"], back["r3"]) == (0x11223344, 0x55667788)


@pytest.mark.parametrize(("kind", "width"), [("w", 4), ("x", 8)])
@pytest.mark.parametrize("big", [False, True])
def test_pairs_of_a64(kind, width, big):
    pair = (0x1122334455667788, 0x99AABBCCDDEEFF00)
    ran = arm.run(f"stp {kind}2, {kind}3, [x1]", big=big, x2=pair[0], x3=pair[1])
    assert ran.device[: 2 * width] == guest.store_each(pair, width, "big" if big else "little")


@pytest.mark.parametrize("line", ["rev r0, r0", "rev16 r0, r0", "revsh r0, r0"])
@pytest.mark.parametrize("isa", ["a32", "t32"])
def test_the_rev_family_of_32_bits(line, isa):
    for value in (0x11223344, 0x11223380, 0x8001):
        wanted = guest.reverse(line.split()[0], value, 32)
        assert arm.run(line, isa=isa, r0=value)["r0"] == wanted


@pytest.mark.parametrize("line", ["rev w0, w0", "rev x0, x0", "rev16 x0, x0", "rev32 x0, x0"])
def test_the_rev_family_of_64_bits(line):
    size = 32 if " w" in line else 64
    value = 0x1122334455667788 & (1 << size) - 1
    assert arm.run(line, x0=value)["x0"] == guest.reverse(line.split()[0], value, size)


def test_ee_and_e0e_count_at_their_levels():
    little, big = (arm.run("str w0, [x1]", x0=0x11223344, big=b, el=0) for b in (False, True))
    assert little.device[:4] == big.device[3::-1] == bytes.fromhex("44332211")


def test_ready_made_lines_are_what_an_assembler_makes():
    pytest.importorskip("keystone", reason="no wheel for this machine; the lines are used anyway")
    from kvmendian.machine.unicorn_cpu import keystone

    assert {key: keystone(key[1], key[0]) for key in ENCODINGS} == ENCODINGS


HOSTILE = [
    ("b .", "still running"),
    ("x: b x", "still running"),
    ("str r0, [r2]", "WRITE_UNMAPPED"),
    ("ldr x0, [x9]", "READ_UNMAPPED"),
    ("udf #0", "INSN_INVALID"),
    ("str r0, [r1", "KS_ERR"),
    ("nonsense", "KS_ERR"),
    ("", "one instruction a line"),
    ("str r0, [r1] @ é\n" * 1_000_000, "characters"),
    ("mov r0, r0\n" * 1_000_000, "characters"),
    ("bx r0", "at +"),
]


@pytest.mark.parametrize(("code", "word"), HOSTILE, ids=lambda text: text[:12])
def test_hostile_snippets_end_soon_in_words(code, word):
    pytest.importorskip("keystone", reason="these lines need an assembler")
    start = time.monotonic()
    with pytest.raises(SetupError) as caught:
        arm.run(code)
    assert word in str(caught.value)
    assert time.monotonic() - start < 5  # a guard against hanging, no measure


BAD = [
    ({"r99": 1}, "r99"), ({"r0": -1}, "r0"), ({"r0": 1 << 32}, "r0"), ({"el": 3}, "el"),
    ({"isa": "mips"}, "isa"), ({"big": "yes"}, "big"), ({"device": "text"}, "device"),
    ({"ram": bytes(5000)}, "ram"), ({"limit": -1}, "limit"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "word"), BAD, ids=lambda o: str(o)[:20])
def test_bad_options_are_refused(options, word):
    with pytest.raises(SetupError, match=word):
        arm.run("str r0, [r1]", **options)


def test_without_unicorn_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(arm, "find_spec", lambda _: None)
    assert not arm.available()
    with pytest.raises(SetupError, match=r"kvmendian\[arm\]"):
        arm.run("str r0, [r1]")


def test_without_an_assembler_the_ready_made_lines_run(monkeypatch):
    found = arm.find_spec
    monkeypatch.setattr(arm, "find_spec", lambda name: None if name == "keystone" else found(name))
    assert arm.run("STR  r0, [r1]  @ a comment", r0=0x11).device[0] == 0x11
    with pytest.raises(SetupError, match="setend be"):
        arm.run("add r0, r0, r0")


def test_the_text_tells_it_all():
    text = str(arm.run("setend be\nstr r0, [r1]", r0=0x11223344))
    assert "store 4 at device+0: 11 22 33 44" in text
    assert "setend be" in text
    ran = arm.run("str r0, [r1]", r1=arm.RAM, r0=0x11)
    assert "store 4 at RAM+0: 11 00 00 00" in str(ran)
    assert ran.ram[0] == 0x11
    picture = ran._repr_mimebundle_()["image/svg+xml"]
    shown = [node.text for node in ET.fromstring(picture).iter() if node.tag.endswith("text")]  # noqa: S314 - ours
    assert [*shown].count("00") == 3
    assert picture in ran._repr_mimebundle_()["text/html"]
    heard = ET.fromstring(picture).findtext("{http://www.w3.org/2000/svg}desc")  # noqa: S314 - ours
    assert "Its data accesses: store 4 at RAM+0: 11 00 00 00." in heard
    assert "r0 0x11" in heard
    assert {"11", "+0", "+3", "RAM", "r0 0x11"} <= set(shown)
    with pytest.raises(SetupError, match="r0"):
        ran["x5"]
    assert replace(ran, accesses=()).accesses == ()


def test_the_library_loads_without_unicorn():
    code = "import sys, kvmendian.machine.arm; sys.exit('unicorn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_loop_without_end_is_ended_by_time_too():
    """B to itself, with the largest limit: a million steps would take several seconds."""
    with pytest.raises(SetupError, match="still running"):
        arm.run(bytes.fromhex("00000014"), isa="a64", limit=(1 << 20) - 1)


def test_machine_code_needs_its_instruction_set():
    """The same four bytes are another instruction in A32, and run without a word."""
    str_w0 = memoryview(bytes.fromhex("200000b9"))
    with pytest.raises(SetupError, match="without isa"):
        arm.run(str_w0)
    assert arm.run(str_w0, isa="a64", x0=0x11223344).accesses[0].data.hex() == "44332211"


@pytest.mark.parametrize("line", ["<b>&", "&", "a: &", "nop\n\\x", "*", "~", "=", ",", ")", "é"])
def test_a_line_from_which_keystone_never_returns_is_refused_first(line):
    for isa in ("a32", "t32", "a64"):
        with pytest.raises(SetupError) as caught:
            arm.assemble(line, isa)
        assert caught.value.hint == "'str r0, [r1]'"
