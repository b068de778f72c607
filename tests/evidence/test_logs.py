"""`kvmendian.read`: the public reports, every spelling, what a dump says together, odd input."""

from __future__ import annotations

import pytest

from kvmendian import Explorer, Setup, SetupError, read
from kvmendian.machine import exceptions
from kvmendian.machine.syndrome import DataAbort
from kvmendian.model.setups import CHOICES


def only(text, kind=None):
    found = [f for f in read(text).findings if kind in (None, f.kind)]
    assert len(found) == 1, found
    return found[0]


def said(found):
    return (found.op, found.width, found.register, found.valid)


class TestReports:
    """Public reports, told in our words, entered as people have them; the numbers are theirs."""

    def test_1_a_plain_load_of_an_unmapped_device(self):
        found = only("HSR=0x93890006 gpa=0x000f0004")
        assert said(found) == ("load", 4, "w9", True)
        assert (found.fields["EC"], found.fields["stage"], found.fields["level"]) == (0x24, 2, 2)
        assert found.address == 0xF0004
        assert "stage 2 translation fault, level 2" in found.explanation
        assert {s.guest for s in found.setups} == {"little", "big"}

    def test_2_an_oops_and_its_syndrome(self):
        text = "Code: f9400c21 52800022 (b9000022)\nHSR=0x93820047"
        assert said(only(text, "syndrome")) == ("store", 4, "w2", True)
        assert only(text, "syndrome").fields["level"] == 3
        assert said(only(text, "instruction")) == ("store", 4, "w2", True)

    def test_3_an_aarch32_guest_has_its_own_names_and_tells_its_order(self):
        found = only("hsr=0x93860007 cpsr=0x60000093")
        assert said(found) == ("load", 4, "r6", True)
        assert (found.guest, found.meanings["CPSR"]) == ("little", "AArch32, svc, E = 0")
        assert {(s.guest, s.arch) for s in found.setups} == {("little", "arm")}
        assert only("hsr=0x93860007 cpsr=0x60000293").guest == "big"

    def test_4_writeback_has_no_valid_syndrome(self):
        text = "str w3, [x0], #4\nexit reason 28, esr_iss 0x45, ESR 0x92000045"
        assert said(only(text, "instruction"))[3] is False
        passed_on, whole = (f for f in read(text).findings if f.kind == "syndrome")
        assert (passed_on.valid, whole.valid, whole.setups) == (False, False, ())
        assert "KVM_EXIT_ARM_NISV" in passed_on.explanation
        assert "external abort" in passed_on.explanation
        assert "KVM_EXIT_ARM_NISV" in only(text, "error").explanation

    def test_5_an_alignment_fault_is_no_mmio(self):
        text = ("Unsupported FSC: EC=0x24 xFSC=0x21 ESR_EL2=0x92000061\n"
                "error: kvm run failed Bad address")  # fmt: skip
        found = only(text, "syndrome")
        assert (found.fields["DFSC"], found.setups) == (0x21, ())
        for word in ("EFAULT", "no MMIO emulation", "Device"):
            assert word in found.explanation
        assert [f.fields["errno"] for f in read(text).findings if f.kind == "error"] == [14, 14]

    def test_6_a_system_register_is_no_data_abort(self):
        found = only("ESR_EL2=0x62340405")
        assert (found.fields["EC"], found.op, found.width, found.setups) == (0x18, None, None, ())
        assert "no data abort" in found.explanation

    def test_7_the_same_level(self):
        found = only("ESR 0x96000050")
        assert (found.fields["EC"], found.op, found.setups) == (0x25, "store", ())
        assert "external abort" in found.explanation

    def test_8_a_number_alone(self):
        found = only("0x9383_0047")
        assert said(found) == ("store", 4, "w3", True)
        assert found.fields["level"] == 3

    def test_9_instructions(self):
        lines = ("40081a10:  b8004443  str w3, [x2], #4\n=> 0x40081a14: str q3,[x0]\n"
                 ".inst 0xb9000023\nldr w0, [x1] // device")  # fmt: skip
        assert [f.valid for f in read(lines).findings] == [False, False, True, True]

    def test_10_function_not_implemented_and_where(self):
        text = ("error: kvm run failed Function not implemented\n"
                " PC=ffff8000107a1b2c X00=0000000000000001\nPSTATE=600003c5 -ZC- EL1h")  # fmt: skip
        found = only(text)
        assert (found.kind, found.fields["errno"]) == ("error", 38)
        assert found.fields["PC"] == 0xFFFF8000107A1B2C
        assert "writeback" in found.explanation

    def test_11_only_len_bytes_count_and_register_31(self):
        found = only("data = [0x34, 0x12, 0xaa, 0xbb, 0, 0, 0, 0], len = 2")
        assert found.fields["bytes"] == "34 12"
        zero = only("HSR=0x935f0047")
        assert (zero.register, zero.width) == ("wzr", 2)
        assert "zero register" in zero.explanation

    def test_14_two_lines_of_a_trace(self):
        before = "qemu-system-x86-1234  [001] d..1  80.1: kvm_mmio: mmio "
        asked, answered = read(
            f"{before}unsatisfied-read len 4 gpa 0xa000000 val 0x0\n"
            "… mmio read len 4 gpa 0xa000000 val 0x74726976"
        ).findings
        assert (asked.fields["task"], asked.fields["pid"]) == ("qemu-system-x86", 1234)
        assert "no data yet" in asked.explanation
        assert "before the conversion" in answered.explanation
        assert (answered.value, answered.width, answered.address) == (0x74726976, 4, 0xA000000)
        stored = only("kvm_mmio: mmio write len 4 gpa 0xa000000 val 0x1")
        assert "after the conversion" in stored.explanation


SPELLINGS = [
    "ESR_EL2 = 0x93c08046", "HSR=0x93c0_8046", "esr: 93c08046", "esr_el2:0x93C08046",
    "hsr 0x93c08046", "ESR 0x93c08046", "the syndrome was 93c08046", "ESR_EL2: 0x0000000093c08046",
    "vcpu_hsr:93c08046,", "ESR (0x93c08046)", "... with ESR 0x24/0x93c08046",
    "\x1b[31mESR_EL2\x1b[0m = 0x93c08046", "    0x93c08046  ", "`93c08046`", "(0x93c0_8046)",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_syndrome_in_any_spelling(text):
    found = only(text)
    assert said(found) == ("store", 8, "x0", True)
    assert found.fields["EC"] == 0x24


@pytest.mark.parametrize("text", [
    "0x93c08046 and so on", "address 93c08046", "esrx 0x93c08046", "HSR=0x93c08046zz", "ESR_EL2",
    "HSR=0x11111111111111111", "0xb9000023", "pc=0x93c08046", "ESR_EL2 = none",
])  # fmt: skip
def test_what_is_no_syndrome_is_left_alone(text):
    reading = read(text)
    assert not [f for f in reading.findings if f.kind == "syndrome"]


def test_iss2_is_a_field_of_its_own():
    found = only("ESR_EL2 = 0x0000001293c08046")
    assert (found.fields["ISS2"], found.register) == (0x12, "x0")


@pytest.mark.parametrize("ec", range(64))
def test_every_class_is_named_and_only_a_lower_data_abort_has_setups(ec):
    found = only(f"ESR_EL2 = {ec << 26 | 0x3800045:#010x}", "syndrome")
    name = exceptions.CLASSES.get(ec, "a reserved class")
    assert (found.fields["EC"], found.meanings["EC"]) == (ec, name)
    assert bool(found.setups) == (ec == 0x24)
    assert (found.op is None) == (ec not in (0x24, 0x25))


DUMPS = [
    ("ESR_EL2 = 0x93c08046\nFAR_EL2 = 0xffff800010001018\nHPFAR_EL2 = 0x90000", 0x9000018),
    ("HPFAR_EL2: 0x0000000000090000\nFAR: ffff800010001018 ESR: 93c08046", 0x9000018),
    ("HSR=0x93c08046 gpa=0x09000018 gva=0xffff800010001018", 0x9000018),
    ("hsr 0x93c08046, ipa 0x9000000", 0x9000000),
    ("hsr 0x93c08046, ipa 0x9000010, far 0x123", 0x9000010),
    ("ESR_EL2 = 0x93c08046\nFAR_EL2 = 0xffff800010001018", None),
    ("ESR_EL2 = 0x93c08046" + "\n" * 17 + "gpa=0x9000018", None),
    ("ESR_EL2 = 0x93c08046\nESR_EL2 = 0x93c08046 gpa=0x9000018", None),
    ("ESR_EL2 = 0x93c08046\nkvm_mmio: mmio read len 4 gpa 0xa000000 val 0x1\ngpa=0x9000018", None),
]


@pytest.mark.parametrize(("text", "address"), DUMPS)
def test_the_address_is_put_together_from_the_same_dump(text, address):
    assert next(f for f in read(text).findings if f.kind == "syndrome").address == address


ORDERS = [
    ("cpsr=0x60000093", "little"), ("cpsr=0x60000293", "big"),  # AArch32: E
    ("PSTATE=0x600003c5", None), ("PSTATE=0x60000205", None),  # AArch64: D is in bit 9
    ("PSTATE=0x600003c5 SCTLR_EL1=0x32000000", "big"),  # EL1: EE
    ("PSTATE=0x600003c5 SCTLR_EL1=0x01000000", "little"),
    ("PSTATE=0x600003c0 SCTLR_EL1=0x01000000", "big"),  # EL0: E0E
    ("PSTATE=0x600003c0 SCTLR_EL1=0x02000000", "little"),
    ("PSTATE=0x600003c9 SCTLR_EL1=0x03000000", None),  # EL2 has another SCTLR
    ("SCTLR_EL1=0x03000000", "big"), ("SCTLR_EL1=0x30d00800", "little"),  # whatever the level
    ("SCTLR_EL1=0x02000000", None), ("SCTLR_EL2=0x03000000", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("state", "guest"), ORDERS)
@pytest.mark.parametrize("layout", ["ESR_EL2=0x93800045 {}", "{}\nESR_EL2=0x93800045"])
def test_what_tells_the_guest_order_and_what_does_not(state, guest, layout):
    found = only(layout.format(state))
    assert found.guest == guest
    assert {s.guest for s in found.setups} == ({guest} if guest else {"little", "big"})
    if not state:
        assert "never tells the guest's byte order" in found.explanation


def test_the_order_goes_to_a_trace_line_of_the_same_text_too():
    found = only("kvm_mmio: mmio write len 4 gpa 0xa000000 val 0x1\ncpsr=0x60000293", "trace")
    assert (found.guest, found.start) == ("big", None)


@pytest.mark.parametrize("access", [
    {"op": "store", "width": w} for w in (1, 2, 4, 8)
] + [{"op": "load", "width": w, "signed": s, "register_width": b}
     for w in (1, 2, 4, 8) for s in (False, True) for b in (32, 64)
     if 8 * w + s <= b])  # fmt: skip
def test_the_setups_that_remain_are_all_orders_and_nothing_else(access):
    found = only(f"ESR_EL2 = {0x24 << 26 | 1 << 25 | DataAbort.of_access(**access).encode():#x}")
    fixed = {"driver": "raw", "target": "little", "design": "sign-fixed-2026", "arch": "arm64"}
    fixed |= access if access["op"] == "load" else {**access, "register_width": 64}
    wanted = {s for s in Setup.all(**fixed) if s.device != "native"}
    assert set(found.setups) == wanted
    assert len(found.setups) == 8


def test_the_picture_is_of_the_first_setup_beside_the_other_order():
    explorer = only("ESR_EL2 = 0x93c08046").explorer()
    assert isinstance(explorer, Explorer)
    assert (explorer.width, explorer.compare) == (8, {"guest": "big"})
    known = only("kvm_mmio: mmio read len 4 gpa 0xa0 val 0x74726976\ncpsr=0x60000293").explorer()
    assert (known.guest, known.value, known.compare) == ("big", 0x74726976, None)
    with pytest.raises(SetupError) as refused:
        only("ESR_EL2=0x62340405").explorer()
    assert "read(" in refused.value.hint


def test_the_value_of_the_picture_is_what_the_trace_shows():
    """On a little-endian host val is what stands in data′; the first setup has that host."""
    for text in ("kvm_mmio: mmio write len 4 gpa 0xa0 val 0x11223344",
                 "kvm_mmio: mmio read len 2 gpa 0xa0 val 0x8001"):  # fmt: skip
        found = only(text)
        told = found.setups[0].trace(found.start)
        assert found.setups[0].host == "little"
        assert int.from_bytes(told.mmio_data, "little") == found.value


def test_a_finding_is_a_value():
    one, two = (only("ESR_EL2 = 0x93c08046") for _ in range(2))
    assert one == two
    assert len({one, two}) == 1
    assert repr(one) == "<Finding: line 1, syndrome: ESR_EL2 = 0x93c08046>"


@pytest.mark.parametrize(
    "given", [None, 5, b"ESR=0x93c08046", ["ESR"], object()], ids=lambda given: type(given).__name__
)
def test_what_is_no_text_is_refused(given):
    with pytest.raises(SetupError) as refused:
        read(given)
    assert refused.value.hint == 'text="ESR_EL2 = 0x93c08046"'


def test_lines_that_nothing_is_said_of_are_counted():
    reading = read("\nhello\n\n  \nESR_EL2 = 0x93c08046\nFAR_EL2 = 0x18\nbye\r\nHPFAR_EL2=0x90000")
    assert ([f.line for f in reading.findings], reading.unread) == ([5], 2)
    assert [f.line for f in read("a\rb\nESR_EL2 = 0x93c08046").findings] == [3]
    assert (read("").findings, read("").unread) == ((), 0)


def test_a_very_long_text_is_read_up_to_a_number_of_findings():
    reading = read("HSR=0x93890006\n" * 10_000)
    assert (len(reading.findings), reading.unread, reading.cut) == (4_000, 0, 6_001)
    assert "6,001 more lines not read" in str(reading)


def test_nothing_else_is_open_in_the_choices():
    """The model has gained no order that `remaining` does not go through."""
    orders = {name for name, values in CHOICES.items() if {"little", "big"} <= set(values)}
    assert orders == {"guest", "host", "device", "target"}
