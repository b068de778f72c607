"""Wrong calls of every public callable: what each takes, and what is none of it.

A kind is a good value and the question whether another would do too, asked without the library.
"""

from __future__ import annotations

import itertools
import operator
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kvmendian import (
    CLAIMS,
    DESIGNS,
    SENTENCES,
    Atlas,
    Design,
    Explorer,
    Map,
    Memory,
    MmioData,
    Predict,
    Reader,
    Register,
    Scenario,
    Sentence,
    Setup,
    Thread,
    apply,
    check,
    prove,
    read,
    trace,
    truth_table,
    vectors,
)
from kvmendian.course import questions
from kvmendian.evidence import recordings
from kvmendian.machine import (
    arm,
    be32,
    consumers,
    faults,
    guest,
    instructions,
    qemu,
    syndrome,
    vgic,
)
from kvmendian.machine.vmm import VMM_MISTAKES
from kvmendian.model import designs, lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Hostile:
    """Raises whatever is asked of it."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError

    __index__ = __repr__ = __eq__ = __str__ = __iter__ = __len__ = __bool__ = __float__ = _raise
    __getitem__ = __fspath__ = __array__ = _raise
    __hash__ = None


JUNK = (
    None, object(), Hostile(), 0.5, 4.0, float("nan"), float("inf"), 1j, -1, 3, 7, 1 << 70,
    -(1 << 70),
    10**400, True, False, "text", "BE", "LITTLE", "big ", "", "\0", '<b onclick="x">&',
    "x" * 100_000,
    "4", "0x11", b"", b"abc", b"big", bytearray(3), memoryview(b"12345"), bytes(100_000), [],
    [None], {},
    {"big": 1}, (), (1,), range(3), int, Ellipsis, Setup, Setup(), lambda: 0, lambda *_: Hostile(),
    np.float64(4), np.True_, np.int64(-5), np.uint8(3), np.array([1, 2]), np.array(4), np.zeros(3,
    "u1"),
    np.zeros((2, 2)), np.array("big"), iter([1, 2]), itertools.count(), set(), Exception("x"),
)  # fmt: skip


class Kind(NamedTuple):
    good: Any
    fine: Callable[[Any], bool]


def plain(given):
    """An integer of Python or numpy, and no bool; None for anything else."""
    if isinstance(given, (bool, np.bool_)) or not isinstance(given, (int, np.integer, np.ndarray)):
        return None
    try:
        return operator.index(given)
    except TypeError:
        return None


def integer(good, bits=64, lowest=0):
    def fine(given):
        number = plain(given)
        return number is not None and lowest <= number < 1 << bits

    return Kind(good, fine)


def choice(good, *others):
    allowed = (good, *others)

    def fine(given):
        number = plain(given) if isinstance(good, int) and not isinstance(good, bool) else None
        if number is not None:
            return number in allowed
        return isinstance(given, type(good)) and given in allowed

    return Kind(good, fine)


def octets(good, *lengths):
    def fine(given):
        kinds = (bytes, bytearray, memoryview, np.ndarray)
        if not isinstance(given, kinds) or (isinstance(given, np.ndarray) and given.dtype != "u1"):
            return False
        return memoryview(given).nbytes in (lengths or (1, 2, 4, 8))

    return Kind(good, fine)


def of(good, *more):
    return Kind(good, lambda given: isinstance(given, (type(good), *more)))


def optional(kind):
    return Kind(kind.good, lambda given: given is None or kind.fine(given))


ORDER, HOST = choice("big", "little"), choice("little", "big")
WIDTH, FLAG = choice(4, 1, 2, 8), choice(False, True)  # noqa: FBT003
FUNCTION = Kind(lambda *_: 0x11, callable)
TEXT = Kind("mine", lambda given: isinstance(given, str))
SCENE = {"reading": optional(choice(0)), "case": optional(choice(0)),
         "answered": optional(choice("holds", "fails", "depends"))}  # fmt: skip
SETUP, DESIGN = of(Setup()), Kind("swab", lambda given: isinstance(given, str) and given in DESIGNS)
BIT = Kind(0, lambda given: isinstance(given, bool) or plain(given) in (0, 1))
FIELDS = {
    "op": choice("store", "load"), "width": WIDTH, "guest": ORDER, "host": ORDER,
    "device": choice("little", "big", "native"), "target": ORDER, "design": DESIGN,
    "driver": choice("raw", "accessor", "little-accessor", "double-swap"), "signed": FLAG,
    "register_width": optional(choice(64, 32)),
    "arch": choice("arm64", "arm"),
}  # fmt: skip
SIZE = choice(0, 1, 2, 4, 8)
ABORT = {name: BIT if about.size == 1 else integer(0, about.size)
         for name, about in syndrome.FIELDS.items()}  # fmt: skip
REGION, STATE = of(qemu.MemoryRegion()), of(guest.AArch32(), guest.AArch64)
EITHER = Kind(1, lambda g: isinstance(g, (bool, bytes)) or integer(1).fine(g))
ERA = choice("v4.7", "v4.6", "v3.16")
ASK = choice("mmio_data", "ram_bytes", "register", "device_value")


def written(given):
    """An answer: text, or bytes and lists of them."""
    return isinstance(given, (str, bytes, bytearray, memoryview, list, tuple))


def walk(given):
    return not isinstance(given, str) and isinstance(given, (list, tuple, range, set))


SEVERAL = Kind((1, 2), lambda given: (isinstance(given, (bytes, bytearray, memoryview, np.ndarray))
                                      or walk(given) or hasattr(given, "__next__")))  # fmt: skip
EXPLORER = {**FIELDS, "value": integer(0x11, 32), "step": integer(0, 3), "compare": Kind(None,
    lambda g: g is None),
            "only": Kind(None, lambda g: g is None or (walk(g) and not any(g)) or not len(g)),
            "designs": Kind((), lambda g: (walk(g) or isinstance(g, (dict,
                bytes))) and not len(g))}  # fmt: skip
QUESTION = questions.Question("mmio_data", Setup(), 0x11)
QEMU = qemu.Emulator()


def _each(function, **given):
    return function(*given.values())


CALLS: dict[str, tuple[Callable[..., Any], dict[str, Kind]]] = {
    "Setup": (Setup, FIELDS),
    "Setup.all": (Setup.all, FIELDS),
    "Setup.check_value": (Setup(op="load").check_value, {"value": integer(1, 32)}),
    "trace": (trace, {"setup": SETUP, "value": integer(1)}),
    "Design": (Design, {"name": Kind("mine", lambda g: isinstance(g, str) and bool(g.strip())),
                        "guest_to_host": FUNCTION, "host_to_guest": FUNCTION,
                        "sign_extend": choice("after", "before"),
                        "buffer": choice("native", "little", "memcpy")}),
    "Design.convert": (DESIGNS["swab"].convert,
                       {"op": choice("store", "load"), "data": integer(1), "width": WIDTH,
                        "guest": ORDER, "host": ORDER}),
    "prove": (prove, {"design": DESIGN}),
    "kvmendian.read": (read, {"text": TEXT}),
    "Reader": (Reader, {"text": TEXT}),
    "check": (check, {"sentence": Kind("as-if-ram", lambda g: isinstance(g,
        str) and g in SENTENCES),
                      "design": DESIGN}),
    "Sentence": (Sentence, {"id": TEXT, "text": TEXT, "source": TEXT, "order": optional(FUNCTION)}),
    "Atlas": (Atlas, {"width": WIDTH, "guest": ORDER, "design": DESIGN}),
    "Atlas.where": (Atlas(design="swab", op="store").where, FIELDS),
    "Atlas.holds": (Atlas(design="swab", op="store").holds, FIELDS | {"op": choice("store")}),
    "Atlas.read": (Atlas(design="swab", op="store", width=4, driver="accessor").read,
                   {"value": integer(1, 32)}),
    "apply": (apply, {"setup": SETUP, "values": Kind(
        [1, 2], lambda g: isinstance(g, (list, tuple, range, np.ndarray, memoryview, bytearray)))}),
    "truth_table": (partial(_each, truth_table), {"design": DESIGN}),
    "lanes.opposite": (lanes.opposite, {"order": ORDER}),
    "lanes.store": (lambda **g: lanes.store(lanes.SOURCE, **g),
                    {"width": integer(4, 3, 1), "order": ORDER}),
    "lanes.load": (lambda order: lanes.load((0, 1), order), {"order": ORDER}),
    "lanes.truncate": (lambda width: lanes.truncate(lanes.SOURCE, width), {"width": integer(4, 3,
        1)}),
    "lanes.swap": (lambda **g: lanes.swap(lanes.SOURCE, **g),
                   {"width": integer(4, 3, 1), "group": optional(integer(2, 2, 1))}),
    "lanes.sign_extend": (lambda width: lanes.sign_extend(lanes.SOURCE, width),
                          {"width": integer(4, 3, 1)}),
    "lanes.palette": (lanes.palette, {"value": EITHER, "second": EITHER}),
    "lanes.to_memory": (lanes.to_memory,
                        {"value": integer(1), "width": integer(4, 3, 1), "order": ORDER}),
    "lanes.from_memory": (lanes.from_memory, {"data": octets(b"12", *range(9)), "order": ORDER}),
    **{name: (getattr(designs, name), {"data": Kind(5, lambda g: plain(g) is not None),
                                       "width": integer(4, 3, 1)}) for name in ("mask", "swab")},
    "guest.AArch32": (guest.AArch32, {"e": FLAG}),
    "guest.AArch64": (guest.AArch64, {"el": choice(1, 0), "ee": FLAG, "e0e": FLAG}),
    "guest.cpu_state": (guest.cpu_state, {"cpsr": integer(0x3C5), "sctlr": integer(0)}),
    "guest.setend": (guest.setend, {"state": of(guest.AArch32()), "order": ORDER}),
    "guest.kvm_vcpu_is_be": (guest.kvm_vcpu_is_be, {"state": STATE, "before_v5_16": FLAG}),
    "guest.store": (guest.store, {"value": integer(1), "width": WIDTH, "order": ORDER}),
    "guest.load": (guest.load, {"data": octets(b"12"), "order": ORDER, "signed": FLAG,
                                "register_width": optional(choice(64, 32))}),
    "guest.store_each": (guest.store_each, {"values": SEVERAL, "width": WIDTH, "order": ORDER}),
    "guest.load_each": (guest.load_each, {"data": octets(bytes(8), *range(4, 257, 4)),
        "width": WIDTH,
                                          "order": ORDER, "signed": FLAG}),
    "guest.reverse": (guest.reverse, {"instruction": choice("rev", *guest.REVERSALS),
                                      "value": integer(1), "register_width": choice(64, 32)}),
    "guest.RegisterFile": (guest.RegisterFile, {"regs": Kind((0,) * 31, lambda _: False)}),
    "guest.RegisterFile.get": (guest.RegisterFile().get, {"number": integer(1, 5)}),
    "guest.RegisterFile.set": (guest.RegisterFile().set, {"number": integer(1, 5),
        "value": integer(1)}),
    "guest.RegisterFile.image": (guest.RegisterFile().image, {"host": ORDER}),
    "be32.be32_address": (be32.be32_address, {"address": integer(4, 32), "width": choice(4, 2,
        1)}),
    "be32.be32_store": (be32.be32_store, {"memory": octets(bytes(8), *range(4, 100_001, 4)),
                                            "address": integer(4, 32), "value": integer(1, 32),
                                            "width": choice(4, 2, 1)}),
    "syndrome.DataAbort": (syndrome.DataAbort, ABORT),
    "syndrome.DataAbort.decode": (syndrome.DataAbort.decode, {"iss": integer(0x45, 25)}),
    "syndrome.DataAbort.of_access": (syndrome.DataAbort.of_access, {
        "op": choice("load", "store"), "width": WIDTH, "signed": BIT,
        "register_width": optional(choice(64, 32)), "rt": integer(1, 5), "dfsc": integer(5, 6)}),
    "syndrome.what_kvm_does": (syndrome.what_kvm_does, {"abort": of(syndrome.DataAbort()),
                                                        "nisv_to_user": FLAG, "protected": FLAG}),
    "syndrome.impossible": (syndrome.impossible, {}),
    "instructions.no_syndrome_reason": (instructions.no_syndrome_reason, {
        "instruction": Kind("ldr w0, [x1]", lambda _: False)}),
    "faults.name": (faults.name, {"dfsc": integer(5, 6)}),
    "faults.set_or_lst": (faults.set_or_lst, {"dfsc": integer(5, 6), "bits": integer(1, 2)}),
    "qemu.MemoryRegion": (qemu.MemoryRegion, {
        "endianness": choice("little", "big", "native"), "valid_min_access_size": SIZE,
        "valid_max_access_size": SIZE, "valid_unaligned": FLAG, "impl_min_access_size": SIZE,
        "impl_max_access_size": SIZE, "impl_unaligned": FLAG}),
    "qemu.MemoryRegion.order": (qemu.MemoryRegion().order, {"target": ORDER}),
    "qemu.Emulator": (qemu.Emulator, {"host": ORDER, "target": ORDER, "era": choice("today",
        "2014")}),
    "qemu.Emulator.write": (QEMU.write, {"data": octets(b"1234"), "region": REGION,
                                         "address": integer(0)}),
    "qemu.Emulator.read": (QEMU.read, {"read": FUNCTION, "size": WIDTH, "region": REGION,
                                       "address": integer(0)}),
    "vgic.vgic_write": (vgic.vgic_write, {"data": octets(b"1234"), "era": ERA, "host": HOST}),
    "vgic.vgic_read": (vgic.vgic_read, {"value": integer(1), "width": WIDTH, "era": ERA,
        "host": HOST}),
    "vgic.gicv_write": (vgic.gicv_write, {"register": integer(1), "guest": ORDER, "host": HOST,
                                          "before_2018": FLAG}),
    "consumers.host_cast": (consumers.host_cast, {"data": octets(b"1234"), "host": HOST}),
    "consumers.ioeventfd_matches": (consumers.ioeventfd_matches, {
        "data": octets(b"1234"), "datamatch": optional(integer(1, 32)), "host": HOST,
        "length": optional(SIZE._replace(good=4))}),
    "consumers.compare": (consumers.compare, {"data": octets(b"1234"), "host": HOST,
        "target": ORDER}),
    "vectors": (vectors, {"arch": optional(choice("arm64", "arm"))}),
    "mistaken.VmmMistake.harmless": (VMM_MISTAKES["stale-bytes"].harmless, {"width": WIDTH,
        "host": HOST, "order": ORDER}),
    "mistaken.VmmMistake.case": (VMM_MISTAKES["stale-bytes"].case, {
        "width": WIDTH, "host": HOST, "order": ORDER,
        "given": Kind(None, lambda g: g is None or octets(b"1234", 4).fine(g)),
        "before": Kind(None, lambda g: g is None or octets(bytes(8), 8).fine(g))}),
    "arm.assemble": (arm.assemble, {"code": Kind("str r0, [r1]", lambda _: False),
                                    "isa": choice("a32", "t32", "a64")}),
    "arm.run": (arm.run, {"code": Kind("str r0, [r1]", lambda _: False),
        "isa": optional(choice("a32", "t32", "a64")),
                          "big": FLAG, "el": choice(1, 0), "device": octets(b"", *range(4097)),
                          "ram": octets(b"", *range(4097)), "limit": integer(10, 20, 1),
                          "r0": integer(1, 32)}),
    "recordings.load": (recordings.load, {"design": choice("merged-2014", "sign-fixed-2026"),
                                          "host": HOST}),
    "recordings.replay": (recordings.replay, {"recording": Kind(
        recordings.load("merged-2014"), lambda _: False)}),
    "questions.Question": (questions.Question, {"ask": ASK, "setup": SETUP, "value": integer(1)}),
    "questions.Question.answer": (QUESTION.answer, {"given": Kind("11 00 00 00", written)}),
    "questions.fresh": (questions.fresh, {"level": choice(1, 2, 3), "seed": optional(integer(1)),
        "kind": choice(*questions.KINDS)}),
    "questions.read_bytes": (questions.read_bytes, {"given": Kind("11", written)}),
    "questions.read_number": (questions.read_number, {"given": Kind("11",
        lambda g: written(g) or plain(g) is not None)}),
    "questions.spell": (questions.spell, {"answer": Kind(
        b"1", lambda g: isinstance(g, bytes) or integer(1).fine(g))}),
    "Explorer": (Explorer, EXPLORER),
    "Explorer.set": (lambda **g: Explorer().set(**g), {k: EXPLORER[k] for k in (*FIELDS, "value",
        "step")}),
    "Explorer.save_html": (lambda path: Explorer().save_html(path), {"path": Kind(
        "page.html", lambda g: isinstance(g, str) and 0 < len(g) < 250 and g.isprintable())}),
    "MmioData": (MmioData, EXPLORER),
    "Map": (Map, EXPLORER | {"table": Kind(None, lambda g: g is None)}),
    "Map.add": (lambda design: Map().add(design), {"design": Kind(
        Design("mine", lambda d, *_: d, lambda d, *_: d), lambda _: False)}),
    "Scenario": (Scenario, {"claim": choice("just-swab", *CLAIMS), **SCENE}),
    "Scenario.set": (lambda **g: Scenario("just-swab").set(**g), {
        "reading": choice(0, 1), "case": integer(0, 4), "answered": SCENE["answered"]}),
    "Thread": (Thread, {"claim": optional(choice(3, *range(1, 27)))}),
    "Register": (Register, {"value": integer(1, 32), "width": WIDTH, "name": TEXT}),
    "Memory": (Memory, {"value": integer(1, 32), "width": WIDTH, "order": ORDER, "name": TEXT}),
    "Predict": (Predict, {"ask": optional(ASK), **FIELDS, "value": optional(integer(0x11, 32))}),
    "Predict of a level": (Predict, {"level": optional(choice(1, 2, 3)),
        "seed": optional(integer(1))}),
    "Predict.answer": (Predict("mmio_data", value=1).answer, {"text": Kind(
        "11 00 00 00", written)}),
}  # fmt: skip
"""Public callables by name, each with what its parameters take."""

SLOW = {
    "Explorer": 20,
    "Explorer.set": 20,
    "MmioData": 20,
    "Map": 40,
    "Scenario": 10,
    "Scenario.set": 20,
    "Thread": 6,
    "Map.add": 40,
    "Explorer.save_html": 8,
    "Predict": 6,
    "Predict of a level": 6,
}
"""One in so many calls: a widget takes its time."""


class Call(NamedTuple):
    name: str
    given: dict[str, Any]
    wrong: str
    fine: bool


def calls(seed: int = 2014) -> Iterator[Call]:
    """Yield calls with one argument that is junk, the same ones every time."""
    random = Random(seed)  # noqa: S311 - tests, not secrets
    names = [name for name, (_, kinds) in CALLS.items() if kinds]
    while True:
        name = random.choice(names)
        if random.randrange(SLOW.get(name, 1)):
            continue
        kinds = CALLS[name][1]
        wrong, junk = random.choice(list(kinds)), random.choice(JUNK)
        given = {key: kind.good for key, kind in kinds.items()} | {wrong: junk}
        yield Call(name, given, wrong, _fine(kinds[wrong], junk))


def _fine(kind: Kind, junk: object) -> bool:
    try:
        return bool(kind.fine(junk))
    except (TypeError, RuntimeError, ValueError):
        return False
