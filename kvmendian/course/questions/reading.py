"""Answers as people write them: bytes, numbers and lane letters, in any sensible spelling.

Bytes have addresses, and a number has none: who is asked for one and gives the other is told so.
What can be read in two ways comes back in two readings, the likelier first.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from kvmendian.errors import SetupError, index, integer, show
from kvmendian.model import lanes

_PATTERN = bytes.fromhex("1a2b3c4d5e6f7081")  # an example that is nobody's answer
_BITS = "64 bits at the most"
_MOST = 16  # bytes that are read at all
_BYTES = "bytes in hex, lowest address first"
_NO_ADDRESS = (
    "a number, most significant digit first: a register has no addresses, so no bytes in a row"
)
_HEX = "[0-9a-f]"


def spell(answer: bytes | int) -> str:
    r"""Write an answer as a picture shows it.

    >>> spell(b"\x11\x22"), spell(0x1122)
    ('11 22', '0x1122')
    """
    return answer.hex(" ") if isinstance(answer, bytes) else hex(integer("answer", answer))


def read_bytes(given: Any, width: int = 4) -> tuple[bytes, ...]:  # noqa: ANN401 - as people write it
    r"""Read bytes, lowest address first; `width` is for the example in a refusal alone.

    Raises `SetupError` in words for anything else.

    >>> read_bytes("0x11 0x22") == read_bytes("11:22") == read_bytes("1122") == (b"\x11\x22",)
    True
    >>> read_bytes("+1 f0 +0 0d"), read_bytes("[17, 34]")
    ((b'\r\xf0',), (b'\x174', b'\x11"'))
    """
    hint = repr(spell(_PATTERN[:width] or _PATTERN[:1]))
    if isinstance(given, (bytes, bytearray, memoryview)) and 0 < len(given) <= _MOST:
        return (bytes(given),)
    if isinstance(given, (list, tuple)) and 0 < len(given) <= _MOST:
        numbers = [index(one) for one in given]
        if all(one is not None and 0 <= one < 256 for one in numbers):
            return (bytes(numbers),)  # type: ignore[arg-type]
    text = _text(given, _BYTES, hint)
    if (literal := _literal(text)) is not None:
        return (literal,)
    plain = _plain(text)
    dumped = _dump(plain)
    if dumped is not None:
        return (dumped,)
    if re.fullmatch(rf"-\s*(0x)?{_HEX}+", plain):
        raise SetupError(f"answer={show(text)}", f"{_BYTES}: a byte in memory has no sign", hint)
    if re.fullmatch(r"(\+\d+[\s,;]*)+", plain):  # addresses in place of bytes
        plain = plain.replace("+", " ")
    parts = [part.removeprefix("0x") for part in re.split(r"[\s,;:|.-]+", plain) if part]
    decimal = [int(part) for part in parts if re.fullmatch(r"\d{1,3}", part) and int(part) < 256]
    tens = bytes(decimal) if len(decimal) == len(parts) and "0x" not in plain else b""
    if tens and len(tens) > 1 and any(len(part) == 3 for part in parts):
        return (tens,)
    digits = _pairs(parts)
    if not digits or len(digits) > _MOST:
        raise SetupError(f"answer={show(text)}", _BYTES, hint)
    data = bytes(int(part, 16) for part in digits)
    listed = text.strip()[0] in "[(" and tens not in (b"", data)  # Python writes decimal
    return (data, tens) if listed else (data,)


def read_number(given: Any, bits: int = 64) -> tuple[int, ...]:  # noqa: ANN401 - as people write it
    """Read a number, hex or decimal; a negative one as its two's complement of `bits`.

    Raises `SetupError` in words for anything else, for bytes in a row too.

    >>> read_number("0x1122_3344"), read_number("20"), hex(read_number("-32767", 32)[0])
    ((287454020,), (32, 20), '0xffff8001')
    """
    hint = repr(hex(lanes.from_memory(_PATTERN[:4], "big")))
    number = index(given)
    if number is not None:
        if not _fits(number, bits):
            raise SetupError(f"answer={show(given)}", f"a number of {_BITS}", hint)
        return (number & (1 << bits) - 1 if number < 0 else number,)
    if isinstance(given, (bytes, bytearray, list, tuple)):
        raise SetupError(f"answer={show(given)}", _NO_ADDRESS, hint)
    text = _text(given, "a number, hex or decimal", hint)
    plain = re.sub(r"(?<=\d)u?l{0,2}$", "", _plain(text).replace("'", ""))
    minus = plain.startswith("-")
    plain = plain.removeprefix("-").strip()
    parts = [part.removeprefix("0x") for part in plain.split()]
    if _literal(text) is not None or _dump(plain) is not None or _in_a_row(plain, text):
        raise SetupError(f"answer={show(text)}", _NO_ADDRESS, hint)
    grouped = len(parts) > 1 and all(len(part) in (4, 8) for part in parts[1:])
    if len(parts) > 1 and not (grouped and len(parts[0]) <= len(parts[1])):
        raise SetupError(f"answer={show(text)}", "one number, hex or decimal", hint)
    digits = "".join(parts)
    if not re.fullmatch(rf"{_HEX}+", digits):
        raise SetupError(f"answer={show(text)}", "a number, hex or decimal", hint)
    sign = -1 if minus else 1
    found = [sign * int(digits, 16)]
    if digits.isdigit() and "0x" not in plain and not grouped:
        found.insert(0 if minus else 1, sign * int(digits))  # nobody writes -32767 in hex
    if re.fullmatch("0b[01]{8,}", plain):
        found.insert(0, sign * int(plain, 2))
    fit = [one & (1 << bits) - 1 if one < 0 else one for one in found if _fits(one, bits)]
    if not fit:
        raise SetupError(f"answer={show(text)}", f"a number of {_BITS}", hint)
    return tuple(dict.fromkeys(fit))


def letters(given: Any, width: int) -> lanes.Lanes | None:  # noqa: ANN401 - as people write it
    """Read lane letters, in the order in which they stand; None for what is no such thing.

    `A` is the least significant byte of the `width`; `0` a zero, `sD` the sign of D.

    >>> letters("D C B A", 4), letters("dcba", 2), letters("0 sB B A", 2)
    ((3, 2, 1, 0), None, (8, 10, 1, 0))
    """
    if not isinstance(given, str) or len(given) > 60:
        return None
    plain = re.sub(r"[\s,;:|]+", "", _plain(given))
    known = "abcdefgh"[:width]
    if not re.fullmatch(f"(?:s?[{known}]|0)+", plain) or not re.search("[a-h]", plain):
        return None
    found = []
    for name in re.findall("s?[a-h]|0", plain):
        lane = lanes.ZERO if name == "0" else known.index(name[-1])
        found.append(lanes.sign_of(lane) if name[0] == "s" else lane)
    return tuple(found)


def _text(given: object, allowed: str, hint: str) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > 200:
        raise SetupError(f"answer={show(given)}", allowed, hint)
    return given.strip().replace("\N{MINUS SIGN}", "-")


def _plain(text: str) -> str:
    """Take off what surrounds the digits: a name, brackets, quotes, a dump's address."""
    plain = re.sub(r"^[\w.]+(\[\d+\])?\s*=\s*", "", text.strip())
    plain = re.sub(r"^(bytes\.fromhex|bytes|bytearray)\s*\(", "", plain)
    plain = plain.strip("[](){}\"' .").lower().replace("_", "").replace("\\x", " ").strip()
    return re.sub(rf"^{_HEX}{{4,16}}:\s+", "", plain)


def _literal(text: str) -> bytes | None:
    r"""Read `b"\x11"` as Python does; None for what is no bytes literal."""
    inner = re.sub(r"^(bytes|bytearray)\((.*)\)$", r"\2", text.strip(), flags=re.DOTALL)
    if not re.match("""b['"]""", inner, re.IGNORECASE):
        return None
    try:
        found = ast.literal_eval(inner)
    except (SyntaxError, ValueError):
        return None
    return found if isinstance(found, bytes) and 0 < len(found) <= _MOST else None


def _dump(plain: str) -> bytes | None:
    """Read `+0 0d +1 f0`, in any order of the addresses; None for what is no such dump."""
    pair = rf"\+\s*(\d+)\s*[:=]?\s*(?:0x)?({_HEX}{{1,2}})(?=[\s,;]|$)"
    if not re.fullmatch(rf"(?:{pair}[\s,;]*)+", plain):
        return None
    found = {int(address): int(digits, 16) for address, digits in re.findall(pair, plain)}
    if sorted(found) != list(range(len(found))):
        return None
    return bytes(found[address] for address in sorted(found))


def _pairs(parts: list[str]) -> list[str]:
    """Return the digits of each byte; nothing where they are no bytes."""
    if not parts or not all(re.fullmatch(f"{_HEX}+", part) for part in parts):
        return []
    if len(parts) == 1 and len(parts[0]) > 2:
        digits = parts[0].zfill((len(parts[0]) + 1) // 2 * 2)
        return re.findall("..", digits)
    if len({len(part) for part in parts}) == 1 and len(parts[0]) in (4, 8, 16):
        return re.findall("..", "".join(parts))
    return parts if all(len(part) <= 2 for part in parts) else []


def _in_a_row(plain: str, text: str) -> bool:
    """Whether this is bytes, one after the other: two digits each, or a list."""
    parts = [part.removeprefix("0x") for part in re.split(r"[\s,;:|]+", plain) if part]
    several = len(parts) > 1 and all(re.fullmatch(f"{_HEX}{{1,2}}", part) for part in parts)
    return several or (text.lstrip()[:1] in ("[", "(") and len(parts) > 1)


def _fits(number: int, bits: int) -> bool:
    return -(1 << bits - 1) <= number <= (1 << 64) - 1
