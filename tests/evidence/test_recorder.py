"""The recorder's own parts, without a kernel: what it asks, what it writes, what it reads back.

Whether kernels answer as written is shown by `make record`, which says how its files differ from
the committed ones. Where QEMU and the assembler are here, the devices are asked again.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from itertools import product
from pathlib import Path

import accesses
import devices
import experiments
import guests
import kernels
import machine
import pytest
import record
from hypothesis import given, strategies as st

from kvmendian.evidence import recordings
from kvmendian.evidence.recordings import form

SOURCE, HERE = Path(record.__file__).parent, record.RECORDINGS
ORDERS = ("LE", "BE")
TWELVE = list(product(recordings.NAMES, ("little", "big")))
TOOLS = ("qemu-system-arm", "arm-linux-gnueabihf-as")
EQUIPPED = all(shutil.which(tool) for tool in TOOLS)


def test_the_committed_rows_are_answers_to_what_is_asked():
    """Section by section, a row for each question, in its order."""
    jobs = [job for e in experiments.every() if e.section == "rows" for job in e.jobs[1:]]
    for one in TWELVE:
        committed = recordings.read(*one)
        asked = [e.section for e in experiments.every()]
        assert list(committed) == ["meta", *dict.fromkeys(asked)]
        for section in ("rows", "no_isv", "ioeventfd", "ee_and_e0e"):
            assert len(committed[section]) == asked.count(section)
        rows = committed["rows"]
        assert [job.code for job in jobs] == [row["insn"] for row in rows]
        assert [job.isa for job in jobs] == [row["guest_isa"] for row in rows]


def test_there_is_a_file_for_each_design_on_each_host_and_no_other():
    assert tuple(record.DESIGNS) == recordings.NAMES
    kinds = [record.Kernel(d, o, "", "", Path(), 0) for d, o in product(record.DESIGNS, ORDERS)]
    found = {path.name for path in record.RECORDINGS.glob("*.json")}
    assert found == {kernel.file for kernel in kinds} | {"form.json", "qemu-devices.json"}
    for kernel in kinds:
        host = {"LE": "little", "BE": "big"}[kernel.order]
        assert record.committed(kernel.file) == recordings.read(kernel.design, host)
    assert record.committed("kvm-le-host.none.json") == {}


def test_the_files_are_what_would_be_written(tmp_path, monkeypatch, capsys):
    """The form has a blank where kernels differ, and nowhere else."""
    names = [f"kvm-{h[0]}e-host.{design}.json" for design, h in TWELVE]
    monkeypatch.setattr(record, "RECORDINGS", tmp_path)
    record.write({n: recordings.read(*one) for n, one in zip(names, TWELVE, strict=True)})
    assert capsys.readouterr().out.count("differs in meta.kernel") == 12, "nothing was there"
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (HERE / path.name).read_bytes(), path.name
    assert {path.name for path in tmp_path.iterdir()} == {"form.json", *names}
    changed = recordings.read(*TWELVE[0])
    changed["rows"][3]["insn"] = "nop"
    monkeypatch.setattr(record, "RECORDINGS", HERE)
    assert record.changes(record.committed(names[0]), changed) == "differs in rows"


def test_answers_and_blanks_must_fit():
    first = {"rows": [{"host": "LE", "a": 1, "b": 2}]}
    fewer, none, null = [{"a": 1}], [], [{"a": 1, "b": None}]
    for other in ({"rows": fewer}, {"rows": none}, {"others": none}, {"rows": null}):
        with pytest.raises(ValueError, match=r"sections|fields|zip"):
            form.split([first, other])
    for answers in ({"rows": [[]]}, {"rows": [[1, 2]]}, {"rows": []}):
        with pytest.raises(ValueError, match="zip"):
            form.fill({"rows": [{"a": None, "b": 2}]}, answers, "LE")


values = st.integers(0, 3) | st.text("ab", max_size=2)


@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=2, max_size=5))
def test_a_form_and_its_answers_make_the_recordings_again(told):
    made = [{"rows": [{"host": "BE"} | dict(zip("xyz", row, strict=True))]} for row in told]
    blank, answers = form.split(made)
    assert [form.fill(blank, one, "BE") for one in answers] == made
    fields = zip(*told, strict=True)
    assert len(answers[0]["rows"][0]) == sum(any(a != b for b in rest) for a, *rest in fields)


def test_a_job_is_laid_out_as_the_vmm_reads_it():
    """Eight bytes a number, little-endian, in the order of `struct job` in vmm.c."""
    text = (SOURCE / "vmm.c").read_text(encoding="ascii")
    named = text.split("struct job {")[1].split(";")[0].replace("uint64_t", "").split(",")
    numbers = [name.strip() for name in named]
    assert numbers[:3] == ["flags", "flip_after", "pstate"]
    assert len(numbers) == 9
    job = guests.Job("a32_svc", "nop", (0x1D3, 7), {0: 5, 1: 6}, attr=(5, 8), match=3)
    packed = job.pack(b"\1\2\3\4")
    assert len(packed) == 8 * (len(numbers) + 11) + 16 + guests.CODE_BYTES
    found = dict(zip(numbers, struct.unpack_from("<9Q", packed), strict=True))
    assert found["flags"] == guests.EL1_32BIT
    assert (found["pstate"], found["sctlr"], found["match"]) == (0x1D3, 7, 3)
    assert found["attr"] == 5 << 60 | 8
    assert found["code_size"] == 4
    assert struct.unpack_from("<2Q", packed, 8 * 9) == (5, 6)
    assert packed[8 * 20 :].startswith(guests.STALE + b"\1\2\3\4")


def test_the_bit_that_must_not_matter_says_the_opposite():
    for order, big in (("LE", False), ("BE", True)):
        for isa, decides, other in (
            ("a64_el1", guests.EE, guests.E0E),
            ("a64_el0", guests.E0E, guests.EE),
        ):
            sctlr = guests.state(isa, order)[1]
            assert bool(sctlr & decides) == big
            assert bool(sctlr & other) != big
        for isa in ("a32_svc", "t32_svc", "a32_usr_on_a64"):
            assert bool(guests.state(isa, order)[0] & guests.CPSR_E) == big


def test_the_disk_is_an_archive_that_others_can_read():
    """As cpio lists it, where it is here; each entry's name, data and device in any case."""
    disk = machine.initrd({"init": b"init!", "jobs": b"jobs"}, ("proc",))
    assert disk.startswith(b"070701")
    assert len(disk) % 4 == 0
    for name in ("dev/console", "dev/kvm", "proc", "init", "jobs", "TRAILER!!!"):
        assert disk.count(f"{name}\0".encode()) == 1
    if shutil.which("cpio"):
        done = subprocess.run(["cpio", "-tv"], input=disk, capture_output=True, check=True)
        listed = done.stdout.decode()
        assert "10, 232" in listed
        assert "5,   1" in listed
        assert [line.split()[-1] for line in listed.splitlines()] == [
            *("dev", "dev/console", "dev/kvm", "proc", "init", "jobs"),
        ]


def test_what_the_console_says_becomes_events():
    end = " ".join(f"x{n}={n:x}" for n in range(9))
    lines = [
        "0 mmio len=4 write=1 at=a000000 data=11223344eeeeeeee host=44332211 pstate=3c5 sctlr=1",
        f"0 end {end} ram={'ee' * 16}",
        "1 error errno=26",
        f"1 end {end} ram={'00' * 16}",
        "2 done",
    ]
    found = machine.observed(lines)
    (exit_,) = found[0]["exits"]
    assert (exit_["len"], exit_["data"][:4].hex(), exit_["host"]) == (4, "11223344", 0x44332211)
    assert found[0]["ended"] == {"event": "port"}
    assert found[0]["registers"][8] == 8
    assert found[1]["ended"] == {"event": "error", "errno": 38}
    assert found[1]["ram"] == bytes(16)


def test_a_vmm_that_did_not_end_is_told_with_its_last_words(tmp_path, monkeypatch):
    fake = tmp_path / "qemu-system-aarch64"
    fake.write_text("#!/bin/sh\necho '@0 lost reason=6 pc=40000000'\necho Kernel panic\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(RuntimeError, match="Kernel panic"):
        machine.boot(tmp_path / "Image", tmp_path / "disk")


def test_what_changed_is_named_and_dates_are_not():
    old = {"meta": {"qemu": "7.2", "date": "2026-11-24", "recorded_on": "a"}, "rows": [{"x": 1}]}
    new = {"meta": {"qemu": "7.2", "date": "2026-12-01", "recorded_on": "b"}, "rows": [{"x": 1}]}
    assert record.changes(old, new) == "equal but for date and machine"
    new["meta"]["qemu"], new["rows"] = "9.0", []
    assert record.changes(old, new) == "differs in meta.qemu, rows"
    assert "rows (gone)" in record.changes(old, {"meta": {}})
    text = record.as_json(old["meta"], {"rows": [{"a": 1}, {"b": 2}]})
    assert json.loads(text)["rows"] == [{"a": 1}, {"b": 2}]
    assert record.as_json({}, {"rows": [{"a": 1}, {"b": 2}]}).splitlines()[1] == '{"a":1},'


MMIO_C = [  # what a change looks for, in the order of Linux 6.1
    *("#include <x>\n", "int kvm_handle_mmio_return(struct kvm_vcpu *vcpu)\n"),
    *("  data = kvm_mmio_read_buf(x);\n", "extend\n", "trace_kvm_mmio(KVM_TRACE_MMIO_READ, x);\n"),
    *("  data = vcpu_data_host_to_guest(x);\n", "  data = vcpu_data_guest_to_host(x);\n", "last\n"),
]


def changed(folder, design, lines):
    """Change a source of these lines; return the lines it has then."""
    tree = folder / "linux"
    (tree / kernels.MMIO_C).parent.mkdir(parents=True, exist_ok=True)
    (folder / "mmio.c").write_text("".join(lines))
    kernels.change(tree, design)
    return (tree / kernels.MMIO_C).read_text().splitlines(keepends=True)


def test_a_source_gets_a_design_whichever_it_had(tmp_path):
    """Debian's own stays as it is; the mend moves two steps; the others put one include in."""
    for design in [*record.DESIGNS, *reversed(record.DESIGNS)]:
        found = changed(tmp_path, design, MMIO_C)
        if design == "merged-2014":
            assert found == MMIO_C
        elif design == "sign-fixed-2026":
            assert found == [*MMIO_C[:3], *MMIO_C[4:6], MMIO_C[3], *MMIO_C[6:]]
        else:
            name = design.upper().replace("-", "_")
            added = [f"#define {name}\n", '#include "designs.h"\n']
            assert found == [*MMIO_C[:1], *added, *MMIO_C[1:]]
            assert f"defined({name})" in (SOURCE / "designs.h").read_text()
            beside = (tmp_path / "linux" / kernels.MMIO_C).parent / "designs.h"
            assert beside.read_bytes() == (SOURCE / "designs.h").read_bytes()


def test_a_source_that_is_not_known_is_refused(tmp_path):
    mended = [*MMIO_C[:3], *MMIO_C[4:6], MMIO_C[3], *MMIO_C[6:]]
    for design in ("sign-fixed-2026", "swab"):
        for lines in (["nothing of the kind\n"], [*MMIO_C, *MMIO_C]):
            with pytest.raises(SystemExit, match=r"mmio\.c.* is there [02] times"):
                changed(tmp_path, design, lines)
    with pytest.raises(SystemExit, match="mended already"):
        changed(tmp_path, "sign-fixed-2026", mended)
    with pytest.raises(SystemExit, match="order of functions"):
        changed(tmp_path, "swab", [*MMIO_C[2:], *MMIO_C[:2]])


def test_elsewhere_than_on_debian_12_it_says_what_is_needed(monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: 'ID=fedora\nVERSION_ID="41"\n')
    with pytest.raises(SystemExit, match="Debian 12"):
        kernels.install()


def test_every_plain_access_is_asked_in_ram_and_on_the_device():
    for experiment in accesses.plain():
        ram, device = experiment.jobs
        assert (ram.x[0], device.x[0]) == (guests.SCRATCH, guests.DEVICE)
        assert (ram.code, ram.state, ram.x[1], ram.fill) == (
            *(device.code, device.state),
            *(device.x[1], device.fill),
        )


@pytest.mark.skipif(
    not EQUIPPED, reason=f"needs {' and '.join(TOOLS)}; the committed rows are tested"
)
def test_qemu_still_does_what_was_recorded_of_its_devices():
    assert tuple(devices.observe()) == tuple(recordings.devices())
