"""The checkers in C and Rust: right passes, wrong fails at the row that the model names.

A C compiler must be there on Linux. What other machines said is committed, and asked again where
Debian's compilers and QEMU are. Rust is run where there is a compiler.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys

import checked
import cross
import pytest

from kvmendian import DESIGNS, Setup, vectors
from kvmendian.evidence.vectors import FIELDS, VERSION, forms
from kvmendian.machine.vmm import VMM_MISTAKES

COMMITTED = json.loads(checked.ANSWERS.read_text(encoding="utf-8"))
MACHINES = {machine.name: machine for machine in cross.MACHINES}
HERE = {"x86_64": "x86_64", "aarch64": "aarch64"}.get(platform.machine())
CC, RUSTC = shutil.which("cc") or shutil.which("gcc"), shutil.which("rustc")
LINUX = sys.platform == "linux"
STALE = bytes([0xEE])
WRONG = tuple(name for name in DESIGNS if name != "sign-fixed-2026")


def committed(name):
    return [row[1:] for row in COMMITTED["verdicts"] if row[0] == name]


def first(rows, fails):
    """The first row that fails, and in what, as the checker says it."""
    found = ((number, what) for number, row in enumerate(rows) for what in [fails(row)] if what)
    return next(found, (None, None))


def by_the_model(arch, host):
    """What the checker must say, by what the model says of each row."""
    rows = list(vectors(arch))

    def design(row, name):
        setup = Setup(**{k: row[k] for k in FIELDS[:6]}, host=host, device="little", design=name)
        register, data = int(row["register"], 16), bytes.fromhex(row["data"])
        if row["op"] == "store":
            return "store" if setup.trace(register).mmio_data != data else None
        story = setup.trace(int.from_bytes(data, "little"))
        return "load" if story.register != register else None

    def mistake(row, m):
        data, member = bytes.fromhex(row["data"]), checked.FRAMES[m.id][0]
        if m.op != row["op"]:
            return None
        if m.id == "unclaimed-read":
            case = m.case(row["width"], host, before=data.ljust(8, STALE))
            return "device_read, unclaimed" if set(case.got) not in ({0}, {0xFF}) else None
        if m.id == "merged-register":
            case = m.case(row["width"], host, row["guest"], given=data, before=0xDEADBEEFCAFEF00D)
            return "load" if case.got != int(row["register"], 16) else None
        for order in ("little", "big"):
            seen = int(row[f"{order}_device"], 16)
            given, before = (data, 8 * STALE) if m.op == "store" else (seen, None)
            case = m.case(row["width"], host, order, given=given, before=before)
            if case.got != (seen if m.op == "store" else data):
                return member
        return None

    found = [["example", None, None]]
    found += [[name, *first(rows, lambda row, n=name: design(row, n))] for name in DESIGNS]
    for m in VMM_MISTAKES.values():
        found.append([m.id, *first(rows, lambda row, m=m: mistake(row, m))])
        found.append([m.id + checked.MENDED, None, None])
    return found


@pytest.mark.parametrize("name", MACHINES)
def test_what_a_machine_said_is_what_the_model_says(name):
    (about,) = (one for one in COMMITTED["machines"] if one["name"] == name)
    machine = MACHINES[name]
    assert (about["arch"], about["compiler"].split()[0]) == (machine.arch, machine.compiler)
    assert bool(about["emulator"]) == bool(machine.emulator)
    assert committed(name) == by_the_model(about["arch"], about["order"])


def test_right_passes_and_everything_wrong_fails_on_every_machine():
    assert {one["order"] for one in COMMITTED["machines"]} == {"little", "big"}
    assert COMMITTED["meta"]["vectors"] == VERSION
    for name in MACHINES:
        verdicts = {what: row for what, row, _ in committed(name)}
        passes = {what for what, row in verdicts.items() if row is None}
        mended = {m + checked.MENDED for m in VMM_MISTAKES}
        assert passes == {"example", "sign-fixed-2026", *mended}
        assert verdicts.keys() - passes == {*WRONG, *VMM_MISTAKES}


def test_the_pages_table_is_what_the_machines_said():
    page = (checked.CHECKER / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([\w-]+)` \| (\d+): .* \| (\d+): ", page, re.MULTILINE)
    rows = [{row[0]: row[1] for row in committed(name)} for name in ("x86_64", "ppc64")]
    wanted = {name: [str(row[name]) for row in rows] for name in (*WRONG, *VMM_MISTAKES)}
    assert {name: list(numbers) for name, *numbers in told} == wanted


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_still_says_it(name, monkeypatch, tmp_path):
    """On Linux a missing compiler for this machine is a failure: nothing else is skipped there."""
    machine = MACHINES[name]
    tools = [machine.compiler, *filter(None, [machine.emulator])]
    if name == HERE and machine.emulator:
        machine = cross.Machine(name, "")
    elif not all(map(shutil.which, tools)) or HERE != "x86_64":
        if name == HERE and LINUX:
            pytest.fail("no C compiler: install gcc")
        pytest.skip(f"needs {' and '.join(tools)}; what they said is tested")
    monkeypatch.setattr(checked, "WORK", tmp_path)
    assert checked.verdicts(checked.said(machine, "-O2", "-Wno-error")) == committed(name)


# --- as a user runs them ------------------------------------------------------------------------


def written(folder, form, *arch):
    """Write the vectors as the command does, and lay the checker and its example beside them."""
    name, end = {"c": ("vectors.h", "c"), "rust": ("vectors.rs", "rs")}[form]
    (folder / name).write_text(forms.written(form, *arch) + "\n", encoding="utf-8")
    for file in ("check", "example"):
        shutil.copy(checked.CHECKER / f"{file}.{end}", folder)


def ran(folder, *command):
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    done = subprocess.run([folder / "a.out"], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


C_FLAGS = ("-std=c11", "-Wall", "-Wextra", "-Werror", "-I.", "-o", "a.out", "example.c")
RUST_FLAGS = ("--edition=2021", "-Dwarnings", "-o", "a.out")
rust = pytest.mark.skipif(not RUSTC, reason="needs rustc")


@pytest.mark.skipif(not CC and not LINUX, reason="needs a C compiler")
def test_the_example_in_c_passes_and_a_slip_is_told(tmp_path):
    written(tmp_path, "c")
    assert CC, "no C compiler: install gcc"
    assert ran(tmp_path, CC, *C_FLAGS) == (0, "248 vectors pass\n")
    example = tmp_path / "example.c"
    slip = example.read_text(encoding="utf-8").replace("if (is_signed && ", "if (0 && ")
    example.write_text(slip, encoding="utf-8")
    code, said = ran(tmp_path, CC, *C_FLAGS[:1], *C_FLAGS[4:])
    assert code == 1
    assert said.startswith("vector 113 fails in load: arm64, load, 1 bytes, little guest, ")
    assert said.endswith("register 0xffffffffffffff88\n")


@rust
def test_the_example_in_rust_passes_and_a_slip_is_told(tmp_path):
    written(tmp_path, "rust")
    assert ran(tmp_path, RUSTC, *RUST_FLAGS, "example.rs") == (0, "248 vectors pass\n")
    example = tmp_path / "example.rs"
    slip = example.read_text(encoding="utf-8").replace(
        "big { len - 1 - i }", "!big { len - 1 - i }"
    )
    example.write_text(slip, encoding="utf-8")
    code, said = ran(tmp_path, RUSTC, *RUST_FLAGS, "example.rs")
    assert code == 1
    assert said.startswith("vector 8 fails in store: Vector {")


RUST_FRAMES = {
    "device_write": """
    fn device_write(&self, data: &[u8; 8], len: usize, big: bool) -> Option<u64> {{
        {line}
        Some(value)
    }}""",
    "device_read": """
    fn device_read(&self, data: &mut [u8; 8], len: usize, big: bool, v: Option<u64>)
    -> Option<()> {{
        let value = v.unwrap_or(0);
        {line}
        Some(())
    }}""",
    "unclaimed-read": """
    fn device_read(&self, data: &mut [u8; 8], len: usize, big: bool, v: Option<u64>)
    -> Option<()> {{
        let missing = |data: &mut [u8; 8]| {{ {line} }};
        let at = |i| if big {{ len - 1 - i }} else {{ i }};
        match v {{
            None => missing(data),
            Some(v) => (0..len).for_each(|i| data[at(i)] = (v >> (8 * i)) as u8),
        }}
        Some(())
    }}""",
    "load": """
    fn load(&self, data: &[u8; 8], v: &Vector, reg_before: u64) -> Option<u64> {{
        let above = 64 - 8 * v.width;
        let at = |i| if v.guest_is_big {{ i }} else {{ v.width - 1 - i }};
        let found = (0..v.width).fold(0, |x, i| x << 8 | u64::from(data[at(i)]));
        let signed = ((found << above) as i64 >> above) as u64;
        let value = if v.signed {{ signed }} else {{ found }} & (!0 >> (64 - v.register_width));
        let mask = !0u64 >> above;
        {line}
        Some(reg)
    }}""",
}


def rust_mistakes():
    """mistakes.rs: each line, wrong and mended, in a function of the trait."""
    out = ["#![allow(unused_variables)]\nuse crate::check::Implementation;",
           "use crate::vectors::Vector;"]  # fmt: skip
    says = []
    for number, m in enumerate(VMM_MISTAKES.values()):
        frame = RUST_FRAMES.get(m.id) or RUST_FRAMES[checked.FRAMES[m.id][0]]
        for name, line in ((m.id, m.wrong_rust), (m.id + checked.MENDED, m.repair_rust)):
            kind = f"M{number}{'Mended' * (':' in name)}"
            out.append(
                f"struct {kind};\nimpl Implementation for {kind} {{{frame.format(line=line)}\n}}"
            )
            says.append(f'    crate::say(host, "{name}", &{kind});')
    host = 'let host = if cfg!(target_endian = "big") { "big" } else { "little" };'
    return "\n".join((*out, "pub fn all() {", f"    {host}", *says, "}\n"))


@rust
def test_designs_and_mistakes_in_rust_fail_at_the_same_rows_as_in_c(tmp_path):
    written(tmp_path, "rust", "arm64")
    shutil.copy(cross.ROOT / "tests/oracles/rust/checked.rs", tmp_path)
    (tmp_path / "mistakes.rs").write_text(rust_mistakes(), encoding="utf-8")
    flags = ("--edition=2021", "-Aunused", "-o", "a.out", "checked.rs")
    code, said = ran(tmp_path, RUSTC, *flags)
    assert code == 0
    told = {}
    for line in said.splitlines():
        host, name, _, *where = line.split(maxsplit=4)
        told[host, name] = (int(where[0]), where[1]) if where else (None, None)
    for host, machine in (("little", "x86_64"), ("big", "s390x")):
        for name, row, what in committed(machine):
            if name in DESIGNS or ((host, name) in told and name != "example"):
                assert told[host, name] == (row, what), (host, name)
    here = sys.byteorder
    assert {name for host, name in told if host == here} == {
        name for name, _, _ in committed("x86_64")
    } - {"example"}
