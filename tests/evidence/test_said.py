"""What ftrace, strace and the kernel's selftests said, against the recordings and the model."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import product

import guests
import pytest
import record
import samples
import selftest as oracle

from kvmendian import SetupError, read
from kvmendian.evidence import recordings
from kvmendian.evidence.recordings.said import DESIGNS, said
from kvmendian.evidence.vectors import selftest, vectors

HOSTS = {"little": "LE", "big": "BE"}
SAMPLED = list(product(samples.DESIGNS, HOSTS))
TESTED = list(product(oracle.DESIGNS, HOSTS))
LEVEL_OF_RAM, DEVICE_FAULT = 0x20, 0x24


def lines_of(kind, design, host):
    """Return what was said, without the head."""
    text = said(kind, design, host)
    return [line for line in text.splitlines() if not line.startswith("#")]


def row_of(sample, design, host):
    return recordings.read(design, host)[sample.section][sample.row]


def fields(line):
    """Return event and text, by a rule that knows no more than ftrace's columns."""
    found = re.fullmatch(r" +vmm-\d+ +\[000\] \S{5} +\d+\.\d{6}: (kvm_\w+): (.*)", line)
    assert found, line
    return found.groups()


def jobs_of(lines):
    """Return the events of each job: each starts with a fetch from RAM not mapped yet."""
    jobs = []
    for event, text in map(fields, lines):
        if event == "kvm_exit" and "IABT_LOW" in text:
            jobs.append([])
        if jobs:  # an interrupt may come before the first
            jobs[-1].append((event, text))
    return jobs


@pytest.mark.parametrize("kind", DESIGNS)
def test_each_text_says_where_it_comes_from_as_its_recording_does(kind):
    for design, host in product(DESIGNS[kind], HOSTS):
        meta = recordings.read(design, host)["meta"]
        head = [line for line in said(kind, design, host).splitlines() if line.startswith("# ")]
        for line in record.head(meta, HOSTS[host])[:-1]:
            assert f"# {line}" in head, line
        assert any(re.fullmatch(r"# date: \d{4}-\d\d-\d\d", line) for line in head)
        assert head[0].startswith(f"# {kind}: ")


def test_there_is_a_text_for_each_kind_design_and_host_and_no_other():
    sampled = dict.fromkeys(samples.KINDS, samples.DESIGNS)
    assert sampled | {"selftest": oracle.DESIGNS} == DESIGNS
    found = {path.name for path in record.RECORDINGS.glob("*.txt")}
    assert found == {
        f"{kind}-{host}-host.{design}.txt"
        for kind, designs in DESIGNS.items()
        for design, host in product(designs, ("le", "be"))
    }
    for wrong in (("dmesg", "merged-2014"), ("ftrace", "swab"), ("ftrace", "merged-2014", "none")):
        with pytest.raises(SetupError):
            said(*wrong)


def traced(integer, length, host):
    """Return a trace's val: the first bytes of an unsigned long, put where those of val are."""
    kept = (integer % 2**64).to_bytes(8, host)[:length]
    return int.from_bytes(kept.ljust(8, b"\0"), host)


@pytest.mark.parametrize(("design", "host"), SAMPLED)
def test_ftrace_tells_the_recorded_accesses(design, host):
    """Of a store, val is what was made for the host; of a load, what was read from the buffer."""
    chosen = list(samples.chosen())
    jobs = jobs_of(lines_of("ftrace", design, host))
    assert len(jobs) == len(chosen) == len(samples.CHOSEN)
    for sample, events in zip(chosen, jobs, strict=True):
        row = row_of(sample, design, host)
        told = [text for event, text in events if event == "kvm_mmio"]
        reasons = [text for event, text in events if event == "kvm_userspace_exit"]
        if sample.section == "no_isv":
            nisv = sample.job.flags & guests.NISV_TO_USER
            wanted = "KVM_EXIT_ARM_NISV (28)" if nisv else f"error ({row['exit'][5:]})"
            assert (told, reasons) == ([], [f"reason {wanted}"])
            continue
        at, data = f"gpa {guests.DEVICE:#x}", bytes.fromhex(row["mmio_data"])
        value = int.from_bytes(data, host)
        if row["op"] == "write":
            assert value == int(row["as_host_int"], 16)
            wanted = [f"mmio write len {row['len']} {at} val {traced(value, len(data), host):#x}"]
        else:
            if design == "merged-2014" and row["sign"]:  # extended before it is traced
                value = int.from_bytes(data, host, signed=True)
                value %= 2 ** (64 if row["guest_isa"].startswith("a64") else 32)
            val = f"val {traced(value, len(data), host):#x}"
            wanted = [f"mmio unsatisfied-read len {row['len']} {at} val 0x0"]
            wanted.append(f"mmio read len {row['len']} {at} {val}")
        assert told[:-1] == wanted, row
        assert told[-1].startswith(f"mmio write len 1 gpa {guests.PORT:#x} val "), "the last store"
        assert reasons == ["reason KVM_EXIT_MMIO (6)"] * 2 + ["reason restart (4)"]


def test_on_a_big_host_a_trace_loses_what_is_shorter_than_a_long():
    """Linux 6.1 copies `len` bytes from the front of an unsigned long, which is its upper end."""
    for host, values in (("little", ["0xc5d6e7f8", "0x81e7f8"]), ("big", ["0x0"])):
        text = " ".join(lines_of("ftrace", "merged-2014", host))
        short = re.findall(r"mmio write len 4 gpa 0xa000000 val (\S+)", text)
        assert short[0] == values[0]
    assert "mmio write len 8 gpa 0xa000000 val 0x8192a3b4c5d6e7f8" in text


@pytest.mark.parametrize(("design", "host"), SAMPLED)
def test_read_explains_each_line_of_ftrace_to_the_last_field(design, host):
    text = said("ftrace", design, host)
    reading = read(text)
    of_line = {finding.line: finding for finding in reading.findings}
    samples_left = iter(samples.chosen())
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        event, words = fields(line)
        finding = of_line.pop(number)
        assert finding.kind == "trace"
        assert finding.explanation
        told = finding.fields
        assert told["event"] == event
        numbers = {int(n, 16) for n in re.findall(r"0x[0-9a-f]+", words)}
        assert numbers <= {v for v in told.values() if isinstance(v, int)}, (line, told)
        if event == "kvm_guest_fault" and told["EC"] == LEVEL_OF_RAM:
            assert finding.op is None
            sample = next(samples_left)
        elif event == "kvm_guest_fault" and told["IPA"] == guests.DEVICE:
            row = row_of(sample, design, host)
            if sample.section == "no_isv":
                assert finding.valid is False
                continue
            assert finding.valid is True
            assert finding.op == {"write": "store", "read": "load"}[row["op"]]
            assert (finding.width, finding.signed) == (row["width"], bool(row["sign"]))
            assert told["SRT"] == 1
            assert {setup.width for setup in finding.setups} <= {row["width"]}
        elif event == "kvm_mmio":
            assert f"mmio {told['type']} len {told['len']} " in words
            assert finding.value == told["val"] == int(words.rsplit(" ", 1)[1], 16)
        elif event == "kvm_userspace_exit":
            assert f"reason {told['reason']} ({told['number']})" == words
    assert next(samples_left, None) is None


@pytest.mark.parametrize(("design", "host"), SAMPLED)
def test_strace_names_the_exits_of_each_access(design, host):
    """Two exits of a whole access and the one that completes its last store; else one."""
    ended = {"rows": ["0 (KVM_EXIT_MMIO)"] * 2 + ["-1 EINTR (Interrupted system call)"]}
    calls = [line for line in lines_of("strace", design, host) if line.startswith("ioctl(")]
    got = [re.fullmatch(r"ioctl\(\d+, KVM_RUN, 0\) += (.*)", line)[1] for line in calls]
    wanted = []
    for sample in samples.chosen():
        nisv = sample.job.flags & guests.NISV_TO_USER
        failed = "0 (KVM_EXIT_ARM_NISV)" if nisv else "-1 ENOSYS (Function not implemented)"
        wanted += ended.get(sample.section, [failed])
    assert got == wanted
    log = [line for line in lines_of("strace", design, host) if not line.startswith("ioctl(")]
    assert all("Data abort outside memslots with no valid syndrome info" in line for line in log)


@pytest.mark.parametrize(("design", "host"), SAMPLED)
def test_read_explains_each_line_of_strace_and_of_the_kernels_log(design, host):
    text = said("strace", design, host)
    findings = read(text).findings
    for number, line in enumerate(text.splitlines(), 1):
        of_line = [finding for finding in findings if finding.line == number]
        if line.startswith("#"):
            continue
        assert len(of_line) == 1
        assert all(finding.explanation for finding in of_line)
        told = of_line[0].fields
        if "KVM_EXIT_" in line:
            assert f"({told['reason']})" in line
        elif "= -1 " in line:
            assert told["errno"] == {"ENOSYS": 38, "EINTR": 4}[line.split()[-4]]
        else:
            assert told["message"] == "no valid syndrome"


@pytest.mark.parametrize(("design", "host"), TESTED)
def test_the_selftest_is_red_on_the_rows_that_the_model_names_and_no_other(design, host):
    lines = lines_of("selftest", design, host)
    rows = list(vectors("arm64"))
    assert lines[:2] == ["TAP version 13", f"1..{2 * len(rows)}"]
    failed = selftest.red(design, host)
    assert oracle.numbers(lines) == failed
    assert len(lines) == 2 + len(failed), "the rest passed, and is left out"
    total = f"pass:{2 * len(rows) - len(failed)} fail:{len(failed)} xfail:0 xpass:0 skip:0 error:0"
    assert f"# Totals: {total}" in said("selftest", design, host).splitlines()
    assert (design == "sign-fixed-2026") == (not failed)
    for line in lines[2:]:
        number = int(line.split()[2]) - 1
        row, level = rows[number // 2], selftest.LEVELS[number % 2]
        what = f"EL{level} {row['guest']} {selftest.instruction(row)}: "
        given, wanted = row["register"], row["data"]
        if row["op"] == "load":
            given, wanted = wanted, given
        assert line.startswith(f"not ok {number + 1} {what}{given} became ")
        assert line.endswith(f", not {wanted}")


def test_what_it_got_instead_is_what_the_model_says():
    for design, host in TESTED:
        for line in lines_of("selftest", design, host)[2:]:
            number = int(line.split()[2]) - 1
            row = list(vectors("arm64"))[number // 2]
            got = line.split(" became ")[1].split(", not")[0]
            assert got == selftest.outcome(row, design, host)


def test_the_hosts_differ_where_the_design_of_2013_was_wrong():
    assert len(selftest.red("be-guests-2013", "little")) < len(
        selftest.red("be-guests-2013", "big")
    )
    assert selftest.red("merged-2014", "little") == selftest.red("merged-2014", "big")


def test_the_c_file_is_for_a_kernel_tree():
    text = selftest.selftest()
    assert text.startswith("// SPDX-License-Identifier: GPL-2.0\n")
    assert "@" not in text, "a blank of the template"
    assert text.isascii()
    table = text[text.index("rows[] = {") : text.index("static uint64_t get")]
    lines = text.replace(table, "").splitlines()
    assert max(len(line.expandtabs(8)) for line in lines) <= 100
    with pytest.raises(SetupError, match="--arch arm64"):
        selftest.selftest(vectors("arm"))
    assert selftest.selftest(vectors()) == text
    few = list(vectors("arm64"))[:3]
    assert selftest.selftest(few).count("STRB_W") == 4, "its name, and three rows"


@pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
def test_the_c_file_is_c_but_for_the_framework(tmp_path):
    """Its table alone, by the compiler that is here."""
    text = selftest.selftest()
    table = text[text.index("struct row {") : text.index("static uint64_t get")]
    names = re.findall(r"\tDO\((\w+), ", text)
    head = "#include <stdbool.h>\n#include <stdint.h>\nenum { " + ", ".join(names) + " };\n"
    checks = f'_Static_assert(sizeof(rows) / sizeof(rows[0]) == {len(list(vectors("arm64")))}, "");'
    source = tmp_path / "table.c"
    source.write_text(f"{head}{table}{checks}\nint main(void) {{ return rows[0].width != 1; }}\n")
    subprocess.run(
        ["cc", "-std=gnu11", "-Wall", "-Werror", "-o", tmp_path / "t", source], check=True
    )
    subprocess.run([tmp_path / "t"], check=True)
