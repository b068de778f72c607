"""Lines of a trace: the kernel's `kvm:*` events, strace's `struct kvm_run`, QEMU's memory regions.

An event is recognised in any layout (ftrace, trace-cmd, perf script); task, CPU and time of what
stands before it are fields too. Sources: include/trace/events/kvm.h, arch/arm64/kvm/trace_arm.h,
QEMU's system/trace-events and system/memory.c, strace's tests of KVM_RUN (2025).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kvmendian.machine.exceptions import CLASSES

from . import syndromes
from .aborts import bytes_of
from .finding import Finding, remaining
from .patterns import EVENTS, NEEDS, PREFIX, compiled, decimal_or_hex, number
from .words import REASONS, SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EVENTS = {name: (NEEDS[name], compiled(pattern)) for name, pattern in EVENTS.items()}
_PREFIX = compiled(PREFIX)
_SOME = compiled("|".join(sorted(set(NEEDS.values()))))
TYPES = ("unsatisfied-read", "read", "write")
"""Types of kvm_mmio, by the number that a raw trace has."""


def find(line: str) -> Iterator[tuple[int, Finding]]:
    """Yield column and finding of every event of a line.

    >>> line = "qemu-77 [001] d..1 80.1: kvm_mmio: mmio write len 4 gpa 0x9000000 val 0x41"
    >>> column, found = next(find(line))
    >>> column, found.op, found.width, hex(found.address), found.fields["pid"]
    (25, 'store', 4, '0x9000000', 77)
    """
    if not _SOME.search(line):
        return
    small = line.lower()
    for event, (need, pattern) in _EVENTS.items():
        if need not in small:
            continue
        for match in pattern.finditer(line):
            found = _READERS.get(event, _mmio)(match.groupdict(), event)
            before = _before(line[: match.start()])
            fields = {"event": event.removesuffix("_raw"), **before, **found.fields}
            yield match.start(), replace(found, kind="trace", text=match[0], fields=fields)


def _before(text: str) -> dict[str, Any]:
    """Return task, process, CPU, flags and time of what stands before an event."""
    match = _PREFIX.search(text)
    if match is None:
        return {}
    fields: dict[str, Any] = {k: v for k, v in match.groupdict().items() if v is not None}
    return fields | {"pid": int(fields["pid"]), "cpu": int(fields["cpu"])}


def _trace(keys: list[str], values: dict[str, Any], **parts: Any) -> Finding:  # noqa: ANN401 - a finding's
    explanation = " ".join(SENTENCES[key].format_map(values) for key in keys)
    return Finding(kind="trace", text="", explanation=explanation, **parts)


def _mmio(got: dict[str, str], _: str) -> Finding:
    """Read kvm_mmio, as it is printed or raw."""
    kind = got["type"].lower()
    kind = kind if kind in TYPES else TYPES[decimal_or_hex(kind)]
    width, gpa, val = int(got["len"]), decimal_or_hex(got["gpa"]), decimal_or_hex(got["val"])
    op = "store" if kind == "write" else "load"
    keys = [kind, *_about(kind, width, val), "untold"]
    return _trace(
        keys,
        {"bytes": bytes_of(width), "gpa": hex(gpa)},
        fields={"type": kind, "len": width, "gpa": gpa, "val": val},
        op=op,
        width=width,
        address=gpa,
        value=val,
        start=None if kind == "unsatisfied-read" else _fitting(val, width),
        setups=remaining(op=op, width=width),
    )


def _about(kind: str, width: int, val: int) -> list[str]:
    """Choose what to say of val: what a big-endian host shows of fewer than 8 bytes is no value."""
    if kind == "unsatisfied-read":
        return []
    host = "val" if width >= 8 else "val-shown" if val & (1 << 8 * width) - 1 else "val-lost"
    return ["val", *[host] * (host != "val"), *["one-byte"] * (width == 1)]


def _fitting(value: int, width: int) -> int | None:
    """Return the value, if it fits: an old trace may have a sign above the width."""
    return value if value >> 8 * width == 0 else None


def _fault(got: dict[str, str], event: str) -> Finding:
    """Read kvm_guest_fault and kvm_mmio_nisv: a syndrome with its addresses."""
    name, far = ("hsr", "hxfar") if event == "kvm_guest_fault" else ("esr", "far")
    seen = {"PC": number(got["pc"]), "FAR": number(got[far]), "IPA": number(got["ipa"])}
    return syndromes.of(name, number(got[name]), "", seen)


def _exit(got: dict[str, str], _: str) -> Finding:
    """Read kvm_exit: the class alone."""
    ec = number(got["ec"])
    name = CLASSES.get(ec, "a reserved class")
    more = {} if got["pc"] is None else {"PC": number(got["pc"])}
    return _trace(["kvm_exit"], {"name": name}, fields={"EC": ec, **more}, meanings={"EC": name})


def _reason(got: dict[str, str | None], _: str) -> Finding:
    """Read kvm_userspace_exit and what strace shows of a KVM_RUN that returned."""
    reason, number_of = str(got["reason"]), got.get("number")
    small = reason.lower()
    key = REASONS.get(small) or REASONS.get(f"{small} {number_of}")
    fields = {"reason": reason} | ({} if number_of is None else {"number": int(number_of)})
    key = key or ("reason-error" if small == "error" else "reason")
    return _trace([key], {"reason": reason, "number": number_of}, fields=fields)


def _struct(got: dict[str, str], _: str) -> Finding:
    """Read the mmio part of a struct kvm_run, as strace writes it."""
    width, gpa, is_write = int(got["len"]), decimal_or_hex(got["gpa"]), int(got["write"])
    data = [decimal_or_hex(byte) & 0xFF for byte in re.findall(r"[0-9a-fx]+", got["data"].lower())]
    op = "store" if is_write else "load"
    keys = ["struct-write" if is_write else "struct-read", *above(data, width, answer=not is_write)]
    return _trace(
        [*keys, "device"],
        {"bytes": bytes_of(width), "gpa": hex(gpa), "len": width, "all": 8},
        fields={
            "phys_addr": gpa,
            "data": " ".join(f"{byte:02x}" for byte in data),
            "len": width,
            "is_write": is_write,
        },
        op=op,
        width=width,
        address=gpa,
        setups=remaining(op=op, width=width),
    )


def above(data: Sequence[int], width: int, *, answer: bool) -> list[str]:
    """Choose what to say of bytes above the width, where they are not all 0.

    >>> above([0, 0, 1, 2], 2, answer=True), above([1, 2, 0, 0], 2, answer=True)
    (['stale', 'wrong-end'], [])
    """
    stale = any(data[width:])
    return [*["stale"] * stale, *["wrong-end"] * (stale and answer and not any(data[:width]))]


def _region(got: dict[str, str], _: str) -> Finding:
    """Read memory_region_ops_read and _write, and their like."""
    width, val, op = int(got["len"]), decimal_or_hex(got["val"]), got["type"].lower()
    at, whole = decimal_or_hex(got["gpa"]), got["kind"].lower() != "subpage"
    region = {} if got["region"] is None else {"name": got["region"]}
    place = {"addr" if whole else "offset": at}
    fields = {"cpu_index": int(got["cpu_index"]), "mr": number(got["mr"]), **place}
    op = "store" if op == "write" else "load"
    return _trace(
        ["region-write" if op == "store" else "region-read", "pieces"],
        {"region": got["region"] or "without a name"},
        fields={**fields, "value": val, "size": width, **region},
        op=op,
        width=width,
        address=at if whole else None,
        value=val,
        start=_fitting(val, width),
        setups=remaining(op=op, width=width),
    )


def _invalid(got: dict[str, str], _: str) -> Finding:
    """Read what QEMU logs (-d guest_errors, invalid_mem) of an access that a region refuses."""
    width, kind, reason = int(got["len"]), got["type"].lower(), got["reason"].lower()
    limits = {} if got["limits"] is None else {"limits": got["limits"]}
    at = decimal_or_hex(got["gpa"])
    return _trace(
        ["invalid", *["invalid-size"] * bool(limits)],
        {
            "type": kind,
            "bytes": bytes_of(width),
            "region": got["region"] or "without a name",
            "reason": reason,
            **limits,
        },
        fields={"addr": at, "size": width, "region": got["region"], "reason": reason, **limits},
        meanings={"addr": "from the region's start"},
        op={"read": "load", "write": "store"}.get(kind),
        width=width,
    )


_READERS: dict[str, Any] = {
    "kvm_guest_fault": _fault,
    "kvm_mmio_nisv": _fault,
    "kvm_exit": _exit,
    "kvm_userspace_exit": _reason,
    "strace_exit": _reason,
    "mmio_struct": _struct,
    "memory_region": _region,
    "invalid_access": _invalid,
}
"""How an event is read; `_mmio` reads what is not here."""
