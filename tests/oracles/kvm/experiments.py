"""All that is asked of a kernel: plain accesses, and what else decides who sees which bytes.

An experiment is one or more jobs and a function from what happened in them to rows. Each section
of a recording is a function here; its fields are explained in README.md beside the
recordings (kvmendian/evidence/recordings).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from accesses import BEFORE, COUNT, ON_A32, ON_A64, ORDERS, VALUES, Experiment, in_hex, plain
from guests import (
    DEVICE,
    DISTRIBUTOR,
    E0E,
    EE,
    GIC,
    MATCH,
    NISV_TO_USER,
    REDISTRIBUTOR,
    SAME_VM,
    SCRATCH,
    SCTLR,
    STALE,
    Job,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accesses import Row, Seen

_NO_SYNDROME = {
    "a64_el1": (
        *(
            ("str w1,[x0],#4", 4),
            ("ldr w1,[x0,#0]!", 4),
            ("stp w1,w2,[x0]", 8),
            ("ldp w1,w2,[x0]", 8),
        ),
        *(("stp x1,x2,[x0]", 16), ("ldp x1,x2,[x0]", 16), ("str s1,[x0]", 4), ("str d1,[x0]", 8)),
        *(("str q1,[x0]", 16), ("ldxr w1,[x0]", 4), ("dc zva,x0", 64)),
    ),
    "a32_svc": (
        *(("strd r6,r7,[r0]", 8), ("ldrd r6,r7,[r0]", 8), ("stm r0,{r6,r7}", 8)),
        *(("ldm r0,{r6,r7}", 8), ("stm r0,{r6}", 4), ("str r1,[r0],#4", 4)),
        *(("ldr r1,[r0,#0]!", 4), ("ldrex r1,[r0]", 4)),
    ),
    "t32_svc": (("strd r6,r7,[r0]", 8), ("ldrd r6,r7,[r0]", 8)),
}


def no_syndrome() -> Iterator[Experiment]:
    """Instructions that KVM cannot emulate, without and with KVM_CAP_ARM_NISV_TO_USER."""
    for isas, flags in product((ON_A64, ON_A32), (0, NISV_TO_USER)):
        for isa, insn, width in ((i, *one) for i in isas for one in _NO_SYNDROME.get(i, ())):
            op = "read" if insn.startswith("ld") else "write"
            fill = COUNT + STALE[8:] if op == "read" else STALE
            start = {0: SCRATCH, 1: VALUES[0]}
            job = Job(isa, insn, state(isa, "LE"), start, fill, flags)

            def rows(
                seen: list[Seen], isa: str = isa, insn: str = insn, op: str = op, width: int = width
            ) -> list[Row]:
                row: Row = {"guest": isa, "ge": "LE", "insn": insn, "op": op, "width": width}
                ended = seen[1]["ended"]
                if ended["event"] == "nisv":
                    row |= {"exit": "ARM_NISV", "esr_iss": f"{ended['iss']:x}"}
                    row |= {"fault_ipa": f"{ended['ipa']:x}"}
                else:
                    row |= {"exit": f"errno{ended['errno']}"}
                return [row | {"ram": in_hex(seen[0]["ram"])}]

            yield Experiment("no_isv", (job, replace(job, x=start | {0: DEVICE})), rows)


_TURNING = {  # store, store, load, load: first big, then little, then again
    "a64_el1": (
        "msr sctlr_el1,x5\nisb\nstr w1,[x0]\nmsr sctlr_el1,x6\nisb\nstr w1,[x0]\n"
        "msr sctlr_el1,x5\nisb\nldr w3,[x0]\nmsr sctlr_el1,x6\nisb\nldr w4,[x0]"
    ),
    "a32_svc": (
        "setend be\nstr r1,[r0]\nsetend le\nstr r1,[r0]\n"
        "setend be\nldr r3,[r0]\nsetend le\nldr r4,[r0]"
    ),
}


def switching() -> Iterator[Experiment]:
    """One guest that turns the order of its data accesses between two of them."""
    for isa, code in _TURNING.items():
        start = {0: DEVICE, 1: 0x1122_3344, 5: SCTLR | EE | E0E, 6: SCTLR | E0E}
        job = Job(isa, code, state(isa, "LE"), start, COUNT + STALE[8:])

        def rows(seen: list[Seen], isa: str = isa) -> list[Row]:
            found = []
            for step, exit_ in enumerate(seen[0]["exits"]):
                row: Row = {"guest": isa, "step": step, "exit": "MMIO", "len": exit_["len"]}
                row |= {"is_write": exit_["write"], "data": in_hex(exit_["data"])}
                row |= {"cpsr": f"{exit_['pstate']:x}", "sctlr": f"{exit_['sctlr']:x}"}
                if not exit_["write"]:
                    row |= {"vmm_fills": in_hex(COUNT[:4])}
                found.append(row)
            named = {name: f"{seen[0]['registers'][n]:016x}" for name, n in _READ}
            return [*found[:-1], found[-1] | {"end": 1} | named]

        yield Experiment("switching_e_mid_run", (job,), rows)


_READ = (("read_be", 3), ("read_le", 4))


def flipped_before_completion() -> Iterator[Experiment]:
    """A VMM that turns the guest's order while a load waits for its bytes, or does not."""
    insns = {"a64_el1": "ldr w1,[x0]", "a32_svc": "ldr r1,[r0]"}
    for isa, at_exit, after in product(insns, ORDERS, ORDERS):
        start = {0: DEVICE, 1: BEFORE & (2**32 - 1)}
        then = state(isa, after)
        job = Job(isa, insns[isa], state(isa, at_exit), start, COUNT + STALE[8:])

        def rows(
            seen: list[Seen], isa: str = isa, at_exit: str = at_exit, after: str = after
        ) -> list[Row]:
            row = {"guest": isa, "at_exit": at_exit, "at_completion": after, "insn": insns[isa]}
            filled = {"mmio_data": in_hex(COUNT[:4])}
            return [row | filled | {"reg_out": f"{seen[0]['registers'][1]:016x}"}]

        turned = replace(job, flip_after=1, flip=then)
        yield Experiment("flipped_before_completion", (turned,), rows)


def ee_and_e0e() -> Iterator[Experiment]:
    """Every pair of EE and E0E, at EL1 and at EL0: which of the two bits an access asks."""
    for isa, ee, e0e in product(("a64_el1", "a64_el0"), (0, 1), (0, 1)):
        mode = state(isa, "LE")[0], SCTLR | ee * EE | e0e * E0E
        start = {0: SCRATCH, 1: VALUES[0]}
        job = Job(isa, "str w1,[x0]\nldr w2,[x0]", mode, start, COUNT + STALE[8:])

        def rows(seen: list[Seen], isa: str = isa, ee: int = ee, e0e: int = e0e) -> list[Row]:
            row = {"guest": isa, "ee": ee, "e0e": e0e, "reg_in": f"{VALUES[0]:016x}"}
            row |= {"mmio_data": in_hex(seen[1]["exits"][0]["data"][:4])}
            row |= {"ram_bytes": in_hex(seen[0]["ram"][:4]), "vmm_fills": in_hex(COUNT[:4])}
            return [row | {"reg_out": f"{seen[1]['registers'][2]:016x}"}]

        yield Experiment("ee_and_e0e", (job, replace(job, x=start | {0: DEVICE})), rows)


_DIST, _REDIST = (1, DISTRIBUTOR), (5, REDISTRIBUTOR)  # KVM_DEV_ARM_VGIC_GRP_*_REGS
_GIC = (  # name of the row, instruction, value, (group, frame), offset
    ("GICD_CTLR", "ldr w1,[x0]", None, _DIST, 0x0),
    ("GICD_TYPER", "ldr w1,[x0]", None, _DIST, 0x4),
    ("GICD_IIDR", "ldr w1,[x0]", None, _DIST, 0x8),
    ("GICD_PIDR2", "ldr w1,[x0]", None, _DIST, 0xFFE8),
    ("GICD_TYPER byte", "ldrb w1,[x0]", None, _DIST, 0x4),
    ("GICR_TYPER lo", "ldr w1,[x0]", None, _REDIST, 0x8),
    ("GICR_TYPER 64", "ldr x1,[x0]", None, _REDIST, 0x8),
    ("GICR_PIDR2", "ldr w1,[x0]", None, _REDIST, 0xFFE8),
    ("GICD_IPRIORITYR8 write 10203040", "str w1,[x0]", 0x1020_3040, _DIST, 0x420),
    ("GICD_IPRIORITYR8 readback same endian", "ldr w1,[x0]", None, _DIST, 0x420),
    ("GICD_IPRIORITYR32 byte0", "ldrb w1,[x0]", None, _DIST, 0x420),
    ("GICD_CTLR write 2", "str w1,[x0]", 0x2, _DIST, 0x0),
    ("GICD_CTLR", "ldr w1,[x0]", None, _DIST, 0x0),
    ("GICD_CTLR write 0x02000000", "str w1,[x0]", 0x0200_0000, _DIST, 0x0),
    ("GICD_CTLR", "ldr w1,[x0]", None, _DIST, 0x0),
    ("GICD_CTLR write 0", "str w1,[x0]", 0x0, _DIST, 0x0),
    ("GICD_ISENABLER1 write 1", "str w1,[x0]", 0x1, _DIST, 0x104),
    ("GICD_ISENABLER1", "ldr w1,[x0]", None, _DIST, 0x104),
    ("GICD_ICENABLER1 write ffffffff", "str w1,[x0]", 0xFFFF_FFFF, _DIST, 0x184),
)


def vgic() -> Iterator[Experiment]:
    """Registers of the in-kernel GICv3 by a little and a big guest; `attr` is KVM's own view."""
    for order in ORDERS:
        jobs: list[Job] = []
        for _, op, value, (group, frame), offset in _GIC:
            start = {0: frame + offset, 1: BEFORE if value is None else value}
            flags = GIC | (SAME_VM if jobs else 0)
            attr = group, offset
            jobs.append(Job("a64_el1", op, state("a64_el1", order), start, STALE, flags, attr=attr))

        def rows(seen: list[Seen], order: str = order) -> list[Row]:
            return [
                _gic_row(order, name, op, one)
                for (name, op, *_), one in zip(_GIC, seen, strict=True)
            ]

        yield Experiment("vgic", tuple(jobs), rows)


def _gic_row(order: str, name: str, op: str, seen: Seen) -> Row:
    row: Row = {"ge": order, "reg": name, "op": op, "x1": f"{seen['registers'][1]:016x}"}
    row |= {"user_exit": int(len(seen["exits"]) > 1), "r": seen["ended"].get("errno", 0)}
    return row | {"attr_rc": seen["attr_rc"], "attr_value": f"{seen['attr']:x}"}


def ioeventfd() -> Iterator[Experiment]:
    """Which stored value matches a KVM_IOEVENTFD_FLAG_DATAMATCH of 0x11223344."""
    for order, value in product(ORDERS, (0x1122_3344, 0x4433_2211)):
        start = {0: DEVICE, 1: value}
        job = Job("a64_el1", "str w1,[x0]", state("a64_el1", order), start, flags=MATCH)

        def rows(seen: list[Seen], order: str = order, value: int = value) -> list[Row]:
            row = {"ge": order, "datamatch": "11223344", "guest_str_w": f"{value:x}"}
            left = int(len(seen[0]["exits"]) > 1)
            return [row | {"matched": seen[0]["matched"], "user_exit": left}]

        yield Experiment("ioeventfd", (replace(job, match=0x1122_3344),), rows)


def every() -> list[Experiment]:
    """Return all experiments, section by section, in the order of a recording."""
    parts = (plain, no_syndrome, switching, vgic, ioeventfd, ee_and_e0e, flipped_before_completion)
    return [experiment for part in parts for experiment in part()]
