"""Error texts of KVM, QEMU and other VMMs: what happened, since when, what to do.

`message_table.MESSAGES` has the texts that say it all by themselves. A KVM_RUN that failed is told
by its errno, in the words of any VMM, or by an exit reason's number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from kvmendian.machine import exceptions, faults

from .exits import EXITS
from .finding import Finding, remaining
from .message_table import EFAULT, ENOSYS, LOOK, MESSAGES, UNCLAIMED, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .message_table import Message


_RUN = text(r"kvm[ _]run|vcpu run\b|vcpurun|run vcpu|vcpu hit|hv_vcpu_run")
_ERRNO = text(
    r"function not implemented|\bENOSYS\b|bad address|\bEFAULT\b"
    r"|(?:os error|errno:?|errno ?=|error|ret ?=) ?-?(?:38|14)\b"
)
_RUN_FAILED = text(
    r"kvm run failed:? ([A-Z][A-Za-z ]{3,50})|KVM_RUN failed: ([A-Z][A-Za-z ]{3,50})"
)
_REASON = text(
    r"\b(?:unexpected |unhandled |unknown )?(?:kvm )?exit[ _]reason(?: on vcpu run)?"
    r"(?:\s?[:=(]{1,2}\s?|\s)(?:Unsupported\(|Unknown\()?(\d{1,2})(?![\dxa-f])"
    r"|vcpu (?:run|exit): (?:Unsupported|Unknown)\((\d{1,2})\)"
)
_IGNORED = text(
    r"Ignoring MMIO (read|write) at (?:0x)?([0-9a-f]{4,16}) \(length (\d{1,2})\)"
    r"|Guest MMIO (read|write) (?:to|from) unregistered address (0x[0-9a-f]{1,16})"
)
_QUICK = text(
    r"kvm|vcpu|abort|isv|fsc|sas 0b11|enosys|mmio|exit|ioeventfd|decoding|efault|errno|os error"
)


def find(line: str) -> Iterator[tuple[int, Finding]]:
    """Yield each error text of a line, with its column.

    >>> [f.fields["errno"] for _, f in find("error: kvm run failed Function not implemented")]
    [38]
    >>> [f.valid for _, f in find("Assertion failed: (isv), function hvf_handle_exception")]
    [False]
    """
    if not _QUICK.search(line):
        return
    low = line.lower()
    found = False
    # the trace events tell those themselves, and so does strace's line
    traced = "kvm_userspace_exit" in low or ("kvm_run" in low and "= 0 (kvm_exit" in low)
    for message in MESSAGES:
        match = message.words.search(line) if message.quick in low else None
        if match and not (traced and "exit_reason" in message.fields):
            found = True
            yield match.start(), _finding(message, match)
    ignored = _IGNORED.search(line)
    if ignored:
        yield ignored.start(), _unclaimed(ignored)
    elif not found:
        yield from _failed(line)


def _finding(message: Message, match: re.Match[str]) -> Finding:
    fields: dict[str, Any] = {"message": message.name, **message.fields}
    explanation = message.explanation
    address = None
    if message.name == "Unsupported FSC":
        told = ""
        if match[2]:
            code = int(match[2], 16) & 0x3F
            fields |= {"EC": int(match[1], 16) & 0x3F, "DFSC": code}
            told = f"This was another: {code:#x}, {faults.name(code)}."
        explanation = " ".join(explanation.format(told).split())
    elif message.name == "QEMU cannot inject":
        address = int(match[1], 16)
    elif message.name == "internal error" and match[1]:
        fields["suberror"] = int(match[1])
    return Finding(
        kind="error",
        text=match[0],
        fields=fields,
        meanings=_meanings(fields),
        valid=message.valid,
        address=address,
        explanation=explanation,
    )


def _meanings(fields: dict[str, Any]) -> dict[str, str]:
    said = {
        "errno": {
            4: "EINTR, Interrupted system call",
            14: "EFAULT, Bad address",
            38: "ENOSYS, Function not implemented",
        },
        "exit_reason": {number: known.name for number, known in EXITS.items()},
        "EC": exceptions.CLASSES,
        "DFSC": {number: faults.name(number) for number in range(64)},
    }
    return {name: said[name].get(value, "") for name, value in fields.items() if name in said}


def _unclaimed(match: re.Match[str]) -> Finding:
    op: Literal["load", "store"] = "load" if (match[1] or match[4]).lower() == "read" else "store"
    width = int(match[3]) if match[3] else None
    address = int(match[2] or match[5], 16)
    fields: dict[str, Any] = {"message": "unclaimed", "gpa": address}
    if width is not None:
        fields["len"] = width
    return Finding(
        kind="error",
        text=match[0],
        fields=fields,
        op=op,
        width=width if width in (1, 2, 4, 8) else None,
        address=address,
        setups=remaining(op=op, width=width, signed=None if op == "load" else False),
        explanation=UNCLAIMED,
    )


def _failed(line: str) -> Iterator[tuple[int, Finding]]:
    """Yield what a failed KVM_RUN says: by its errno, by its words, or by its exit reason."""
    run, errno = _RUN.search(line), _ERRNO.search(line)
    if run and errno and run.start() <= errno.start() < run.start() + 300:
        nosys = bool(re.search(r"38|implemented|ENOSYS", errno[0], re.IGNORECASE))
        yield (
            run.start(),
            Finding(
                kind="error",
                text=line[run.start() : errno.end()],
                fields={"message": "KVM_RUN failed", "errno": 38 if nosys else 14},
                meanings=_meanings({"errno": 38 if nosys else 14}),
                valid=False if nosys else None,
                explanation=ENOSYS if nosys else EFAULT,
            ),
        )
        return
    failed = _RUN_FAILED.search(line)
    if failed:
        said = (failed[1] or failed[2]).strip()
        yield (
            failed.start(),
            Finding(
                kind="error",
                text=failed[0],
                fields={"message": "KVM_RUN failed"},
                explanation=(
                    f"KVM_RUN failed: {said}. ENOSYS and EFAULT come of accesses to memory; this"
                    " one comes of how the VM was set up, or of the host."
                ),
            ),
        )
        return
    reason = _REASON.search(line)
    if reason:
        number = int(reason[1] or reason[2])
        known = EXITS.get(number)
        if known:
            fields = {"message": "exit reason", "exit_reason": number}
            yield (
                reason.start(),
                Finding(
                    kind="error",
                    text=reason[0],
                    fields=fields,
                    meanings=_meanings(fields),
                    valid={28: False, 42: True, 6: True}.get(number),
                    explanation=known.says + (f" {LOOK}" if number == 28 else ""),
                ),
            )
