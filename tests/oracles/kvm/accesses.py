"""Plain accesses: every single load and store for which KVM gets a syndrome, twice.

Each is run on guest RAM and on the device, by the same vCPU: what RAM did is the yardstick. The
fields of a row are explained in kvmendian/evidence/recordings/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from guests import DEVICE, NISV_TO_USER, SCRATCH, STALE, Job, is_32bit, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
Seen = dict[str, Any]
"""Of one job: `exits`, `ended`, `registers`, `ram`, and what else vmm.c says at its end."""

VALUES = (0x1122_3344_5566_7788, 0x8192_A3B4_C5D6_E7F8)
BEFORE = 0xDEAD_BEEF_CAFE_F00D
COUNT = bytes.fromhex("1122334455667788")
HIGH = bytes.fromhex("8192a3b4c5d6e7f8")
DEVICE_VALUE = {1: 0x12, 2: 0x1234, 4: 0x1234_5678, 8: VALUES[0]}
ORDERS = ("LE", "BE")
NAMES: dict[str, Literal["little", "big"]] = {"LE": "little", "BE": "big"}
ON_A64, ON_A32 = ("a64_el1", "a64_el0", "a32_usr_on_a64"), ("a32_svc", "t32_svc")


@dataclass(frozen=True)
class Experiment:
    """Jobs to run one after the other, and the rows that come of what was seen in each."""

    section: str
    jobs: tuple[Job, ...]
    rows: Callable[[list[Seen]], list[Row]]


@dataclass(frozen=True)
class Access:
    """One load or store instruction, as GNU as spells it."""

    insn: str
    width: int
    sign: int = 0
    bits: int = 32

    @property
    def op(self) -> str:
        return "write" if self.insn.startswith("st") else "read"


def _plain(isa: str) -> list[Access]:
    a64, wide = isa.startswith("a64"), ".w" if isa.startswith("t32") else ""
    w, at = ("w1", "[x0]") if a64 else ("r1", "[r0]")
    found = [Access(f"str{s} {w},{at}", n) for s, n in (("b", 1), ("h", 2), ("", 4))]
    loads = [Access(f"ldr{s} {w},{at}", n) for s, n in (("b", 1), ("h", 2), ("", 4))]
    if not a64:
        signed = [Access(f"ldrs{s}{wide} {w},{at}", n, 1) for s, n in (("b", 1), ("h", 2))]
        return found + loads + signed
    found += [Access("str x1,[x0]", 8, 0, 64), *loads, Access("ldr x1,[x0]", 8, 0, 64)]
    for s, n in (("b", 1), ("h", 2)):
        found += [Access(f"ldrs{s} {r},[x0]", n, 1, b) for r, b in (("w1", 32), ("x1", 64))]
    return [*found, Access("ldrsw x1,[x0]", 4, 1, 64)]


_OTHERS = (  # further instructions that have a syndrome
    *(("a64_el1", "LE", "stlr w1,[x0]"), ("a64_el1", "LE", "ldar w1,[x0]")),
    *(("a64_el1", "LE", "stur w1,[x0]"), ("a64_el1", "LE", "sttr w1,[x0]")),
    *(("a64_el1", "LE", "ldtr w1,[x0]"), ("a64_el1", "LE", "str wzr,[x0]")),
    *(("a64_el1", "BE", "sttr w1,[x0]"), ("a64_el1", "BE", "ldtr w1,[x0]")),
    *(("a64_el1", "BE", "stlr w1,[x0]"), ("a32_svc", "LE", "str r1,[r0,r8]")),
    *(("a32_svc", "LE", "stl r1,[r0]"), ("a32_svc", "LE", "lda r1,[r0]")),
    ("t32_svc", "LE", "str.w r1,[r0]"),
)


def _fills(access: Access, *, every: bool) -> Iterator[tuple[str, bytes]]:
    yield "11..88", COUNT
    yield "81..f8", HIGH
    if not every:
        return
    if access.sign:
        yield "first byte only has top bit", bytes.fromhex("8112233445566778")
        yield (
            "last byte of access = 80, rest 0",
            (0x80 << 8 * access.width - 8).to_bytes(8, "little"),
        )
    for order in ORDERS:
        answer = DEVICE_VALUE[access.width].to_bytes(access.width, NAMES[order])
        yield f"{order} device", answer.ljust(8, b"\0")


def in_hex(data: bytes) -> str:
    return data.hex(" ")


def _stores(isa: str, order: str, access: Access, value: int, flags: int) -> Experiment:
    value &= 2**32 - 1 if is_32bit(isa) else 2**64 - 1
    job = Job(isa, access.insn, state(isa, order), {0: SCRATCH, 1: value}, flags=flags)

    def rows(seen: list[Seen]) -> list[Row]:
        exit_, data = seen[1]["exits"][0], seen[1]["exits"][0]["data"]
        sent, ram = data[: exit_["len"]], seen[0]["ram"][:8]
        row = _head(isa, order, access, exit_)
        row |= {"reg_in": f"{value:016x}", "mmio_data": in_hex(sent), "data8": in_hex(data)}
        row |= {f"as_{o.lower()}_device": f"{int.from_bytes(sent, NAMES[o]):x}" for o in ORDERS}
        row |= {"as_host_int": f"{exit_['host']:x}", "ram_bytes": in_hex(ram)}
        return [row | {"same_as_ram": int(sent == ram[: access.width])}]

    return Experiment("rows", (job, replace(job, x=job.x | {0: DEVICE})), rows)


def _loads(isa: str, order: str, access: Access, fill: tuple[str, bytes], flags: int) -> Experiment:
    before = BEFORE & (2**32 - 1 if is_32bit(isa) else 2**64 - 1)
    label, answer = fill
    held = answer + STALE[8:]
    job = Job(isa, access.insn, state(isa, order), {0: SCRATCH, 1: before}, held, flags)

    def rows(seen: list[Seen]) -> list[Row]:
        exit_ = seen[1]["exits"][0]
        row = _head(isa, order, access, exit_)
        row |= {"vmm_fill": label, "mmio_data": in_hex(answer[: exit_["len"]])}
        row |= {"data8": in_hex(answer), "data8_at_exit": in_hex(exit_["data"])}
        got, ram = (f"{seen[n]['registers'][1]:016x}" for n in (1, 0))
        row |= {"reg_before": f"{before:016x}", "reg_out": got, "ram_reg": ram}
        return [row | {"same_as_ram": int(got == ram)}]

    return Experiment("rows", (job, replace(job, x=job.x | {0: DEVICE})), rows)


def _head(isa: str, order: str, access: Access, exit_: Seen) -> Row:
    row: Row = {"guest_isa": isa, "guest_endian": order, "insn": access.insn, "op": access.op}
    row |= {"width": access.width, "sign": access.sign, "reg_width": access.bits}
    return row | {"len": exit_["len"]}


def plain() -> Iterator[Experiment]:
    """Every single load and store with a syndrome, in every guest state and both orders."""
    for isas in (ON_A64, ON_A32):
        for isa, order in product(isas, ORDERS):
            every = isa in ("a64_el1", "a32_svc")
            for access in _plain(isa):
                if access.op == "write":
                    for value in VALUES if every else VALUES[:1]:
                        yield _stores(isa, order, access, value, 0)
                else:
                    for fill in _fills(access, every=every):
                        yield _loads(isa, order, access, fill, 0)
        for flags, (isa, order, insn) in product((0, NISV_TO_USER), _OTHERS):
            # a little guest's once more where the VMM is sent what has no syndrome: not these
            if isa in isas and (order == "LE" or not flags):
                yield _other(isa, order, insn, flags)


def _other(isa: str, order: str, insn: str, flags: int) -> Experiment:
    access = Access(insn, 4)
    if access.op == "write":
        return _stores(isa, order, access, VALUES[0], flags)
    return _loads(isa, order, access, ("11..88", COUNT), flags)
