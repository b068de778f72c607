r"""Bytes in a log: hex dumps, and `data[8]` of a VMM, read in both orders at every width.

`find_in` asks for a sign that numbers are bytes: a word beside them (data, mmio, bytes …), a dump's
column of addresses, or a line of nothing but hex pairs.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

from kvmendian.machine.guest import load
from kvmendian.model.lanes import ORDERS
from kvmendian.model.setups import WIDTHS

from .finding import Finding, remaining
from .traces import above
from .words import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kvmendian.model.setups import Setup

_LONGEST = 400  # characters of a dump's line; a longer line is searched for named bytes only
_MOST = 64  # findings of one line
_NEAR = 200  # characters before and after, where a length, an address or a direction may stand

_NAMED = re.compile(  # data = […], data[8]: {…}, bytes: 44 33 …, data=\x44\x33, MmioWrite(…, […])
    r"(?<![a-z])(?:Mmio(?:Read|Write)\((?P<gpa>(?:0x)?[0-9a-f]{1,16}), ?"
    r"|(?:mmio|data|bytes?|buf(?:fer)?|payload|dump|raw|contents?)(?:\[\d{0,2}\])?"
    r"['\"]?[ \t]{0,4}(?P<sign>[:=])?[ \t]{0,4}(?:\(?\w{1,8}\)|b)?)"
    r"(?:[\[{(] ?(?P<list>(?:0x)?[0-9a-f]{1,3}(?:(?:, ?| )(?:0x)?[0-9a-f]{1,3}){0,63}),? ?[\]})]\)?"
    r"|['\"]?(?P<escapes>(?:\\x[0-9a-f]{2}){1,64})"
    r"|['\"]?(?P<pairs>(?:0x)?[0-9a-f]{2}(?:(?:, ?|[ :])(?:0x)?[0-9a-f]{2}){1,63}"
    r"|[0-9a-f]{2}(?:-[0-9a-f]{2}){3,63})(?![0-9a-z]))",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(  # xxd, hexdump -C, od -tx1, gdb x/8xb, U-Boot md.b
    r"[ \t]{0,20}(?:0x)?(?P<at>[0-9a-f]{4,16})(?P<symbol> ?<[^<>]{1,60}>)?(?P<colon>:)?[ \t]{1,8}"
    r"(?P<bytes>(?:0x)?[0-9a-f]{2}(?:[ \t]{1,2}(?:0x)?[0-9a-f]{2}){1,31}"
    r"|[0-9a-f]{4}(?: [0-9a-f]{4}){0,7}(?: [0-9a-f]{2})?)(?P<rest>[ \t]{1,60}\S.{0,40}|\s*)",
    re.IGNORECASE,
)
_BARE = re.compile(  # pairs with colons might be a clock's, or a network card's
    r"[ \t>]{0,20}(?P<bytes>[0-9a-f]{2}(?:[ \t]{1,2}[0-9a-f]{2}){1,31}"
    r"|[0-9a-f]{2}(?::[0-9a-f]{2}){3}(?:(?::[0-9a-f]{2}){4})?)\s*",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"(?<![a-z])(?:len(?:gth)?|size|width)(?: ?[:=] ?| of | |\()(?:0x)?(\d{1,2})(?![0-9a-fx])"
    r"|\((\d) bytes?\)",
    re.IGNORECASE,
)
_WRITE = re.compile(
    r"is_write\W{1,4}(?:1|true)|mmio ?_?write|\bwrites?\b|\bstores?\b", re.IGNORECASE
)
_READ = re.compile(r"is_write\W{1,4}(?:0|false)|mmio ?_?read|\breads?\b|\bloads?\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![a-z])(?:phys_addr|gpa|addr(?:ess)?|ipa)(?: ?[:=] ?| |\()0x([0-9a-f]{1,16})",
    re.IGNORECASE,
)
_MEANINGS = {"bytes": "lowest address first", "len": "bytes that count", "1": "to any device"} | {
    f"{size}: {order}": f"to a {order}-endian device" for size in (2, 4, 8) for order in ORDERS
}
_SIGNED: dict[Literal["store", "load"], bool | None] = {"store": False, "load": None}


def find_in(lines: Sequence[str]) -> Iterator[tuple[int, int, Finding]]:
    r"""Yield what is bytes: index of the line, column, finding. A dump of many lines is one.

    >>> [(f.fields["bytes"], hex(f.fields["2: big"])) for _, _, f in find_in(["data: 44 33"])]
    [('44 33', '0x4433')]
    >>> [f.width for _, _, f in find_in(["mmio write len=4, data = [68, 51, 34, 17, 0, 0, 0, 0]"])]
    [4]
    """
    index = 0
    while index < len(lines):
        line = lines[index]
        dumped = _dumped(line)
        if dumped is None:
            for match in islice(_NAMED.finditer(line), _MOST):
                found = _named(match, line)
                if found:
                    yield index, match.start(), found
            index += 1
            continue
        after = index + 1
        while after < len(lines) and _dumped(lines[after]):
            after += 1
        note = (f"A dump of {after - index} lines.",) if after > index + 1 else ()
        start = len(line) - len(line.lstrip())
        yield index, start, _finding(line.strip(), dumped[0], address=dumped[1], notes=note)
        index = after


def is_dump(line: str) -> bool:
    """Say whether a line is one of a dump: then it belongs to the finding of the lines above.

    >>> is_dump("00000000: 4433 2211"), is_dump("data: 44 33")
    (True, False)
    """
    return _dumped(line) is not None


def _dumped(line: str) -> tuple[bytes, int | None] | None:
    """Return the bytes of a dump's line and their address; None for any other line."""
    if len(line) > _LONGEST:
        return None
    match = _ADDRESSED.fullmatch(line)
    if match and _is_dump(match):
        at = int(match["at"], 16)
        known = match["symbol"] or "0x" in line[: match.end("at")] or at >= 0x10000
        return _pairs(match["bytes"]), at if known else None  # else an offset into a file
    match = _BARE.fullmatch(line)
    return (_pairs(match["bytes"]), None) if match else None


def _pairs(text: str) -> bytes:
    return bytes.fromhex(re.sub(r"0x|[^0-9a-f]", "", text.lower()))


def _is_dump(match: re.Match[str]) -> bool:
    """Whether the first column is an address, and the rest of the line no disassembly."""
    rest, data = match["rest"].strip(), match["bytes"]
    if match["symbol"] or "0x" in data:
        return not rest
    if not match["colon"]:  # hexdump -C has bars, od nothing
        return rest[:1] == "|" or (not rest and match["at"].startswith("00"))
    if re.match(r"[0-9a-f]{4}", data):  # xxd's groups of two: an offset of 8 digits, a text
        return (
            len(match["at"]) == 8 and len(rest) <= len(_pairs(data)) and (rest != "" or " " in data)
        )
    return len(rest) <= len(_pairs(data))  # a letter a byte


def _named(match: re.Match[str], line: str) -> Finding | None:
    near = line[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    if match["escapes"]:
        return _finding(match[0], _pairs(match["escapes"].lower().replace("x", "")), near=near)
    numbers = [n.lower() for n in re.split(r"[ ,:\-]+", match["list"] or match["pairs"]) if n]
    if len(numbers) == 1 and not (match["sign"] or match["gpa"]):
        return None  # data[4]: an index
    hexadecimal = _is_hex(numbers, in_list="," in (match["list"] or ""))
    try:
        data = bytes(int(n, 16 if hexadecimal else 10) for n in numbers)
    except ValueError:  # 300 is no byte
        return None
    notes: tuple[str, ...] = ()
    if not hexadecimal and len(numbers) > 1:
        notes = ("The numbers were read as decimal, as Rust's {:?} and Python write a list.",)
        if max(map(len, numbers)) == 2:
            other = " ".join(n.zfill(2) for n in numbers[:8])
            notes += (f"Were they hex ({{:x?}} writes them alike), the bytes would be {other}.",)
    if not match["gpa"]:
        return _finding(match[0], data, near=near, notes=notes)
    # VcpuExit of kvm-ioctls: a slice of len bytes; {:?} writes the address in decimal
    at = match["gpa"].lower()
    address = int(at, 16 if re.search(r"[a-fx]", at) else 10)
    near = f"{match[0][:9]} len={len(data)}"
    return _finding(match[0], data, near=near, address=address, notes=notes)


def _is_hex(numbers: Sequence[str], *, in_list: bool) -> bool:
    """Whether numbers are hex: by 0x, a letter, a leading zero; or pairs outside a list."""
    if any(re.search(r"0x|[a-f]|^0\d", n) for n in numbers):
        return True
    return not in_list and all(len(n) == 2 for n in numbers)


def _finding(
    text: str,
    data: bytes,
    *,
    near: str = "",
    address: int | None = None,
    notes: tuple[str, ...] = (),
) -> Finding:
    told = _LENGTH.search(near)
    length = int(told[1] or told[2]) if told else None
    if length not in WIDTHS or length > len(data):
        length = None
    op: Literal["load", "store"] | None = None
    writes, reads = bool(_WRITE.search(near)), bool(_READ.search(near))
    if writes != reads:
        op = "store" if writes else "load"
    at = _ADDRESS.search(near)
    both = _both(data[: length or 8])
    told_so = {"bytes": data[: length or 8].hex(" "), **({"len": length} if length else {})}
    return Finding(
        kind="bytes",
        text=text,
        fields={**told_so, **both},
        meanings=_MEANINGS,
        op=op,
        width=length,
        address=int(at[1], 16) if at else address,
        setups=_setups(op, length) if length else (),
        start=both.get(f"{length}: little", data[0]) if length else None,
        explanation=" ".join(
            (*notes, *_sentences(data, length, both, op), _ANSWER * (op == "load"))
        ).strip(),
    )


@lru_cache(maxsize=4096)
def _both(data: bytes) -> dict[str, int]:
    """Read the first bytes in both orders at every width; the dict is copied, never changed."""
    numbers = {"1": data[0]}
    for size in (size for size in WIDTHS[1:] if size <= len(data)):
        numbers[f"{size}: little"] = load(data[:size], "little")
        numbers[f"{size}: big"] = load(data[:size], "big")
    return numbers


@cache
def _setups(op: Literal["load", "store"] | None, width: int) -> tuple[Setup, ...]:
    ways = [op] if op else list(_SIGNED)
    return tuple(chain(*(remaining(op=way, width=width, signed=_SIGNED[way]) for way in ways)))


_ANSWER = (
    "Of a read they are the VMM's answer, once it has filled them; until then they mean nothing."
)


def _sentences(
    data: bytes, length: int | None, both: dict[str, int], op: str | None
) -> Iterator[str]:
    size = length or max(size for size in WIDTHS if size <= len(data))
    if size > 1:
        little, big = both[f"{size}: little"], both[f"{size}: big"]
        yield (
            f"Lowest address first. As {size} bytes: {little:#x} to a little-endian device,"
            f" {big:#x} to a big-endian one. Bytes have no order of their own: the text does not"
            " tell which number was meant."
        )
    else:
        yield "A single byte has no order: every device sees the same."
    if length and len(data) > length:
        for key in above(data, length, answer=op == "load") or ["counted"]:
            yield SENTENCES[key].format(len=length, all=len(data))
    elif length is None and len(data) >= 8 and not any(data[4:8]):
        yield "No len is told: if it was 4 or less, the zeros above are no part of the value."
    if length is None and len(data) > 8:
        yield "mmio.data has 8 bytes: the first 8 are read here."
