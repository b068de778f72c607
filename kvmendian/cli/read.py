"""`python -m kvmendian read [FILE|-]`: explain a log: syndromes, trace lines, errors, bytes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kvmendian.errors import SetupError, show
from kvmendian.evidence.logs.finding import as_data
from kvmendian.evidence.logs.reading import read

from .common import PROGRAM, Parser

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Print what was found: 0 if something was, 1 if nothing."""
    parser = Parser(
        prog=f"{PROGRAM} read",
        description="Explain what a hypervisor, a trace or a crash printed.",
        epilog=f"example: {PROGRAM} read log.txt, or: dmesg | {PROGRAM} read; exit code:"
        " 0 something was found, 1 nothing was, 2 the file cannot be read",
        allow_abbrev=False,
    )
    parser.example = f"{PROGRAM} read --help"
    parser.add_argument("file", metavar="FILE", nargs="?", default="-", help="a log; - is stdin")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    given = parser.parse_args(arguments)
    reading = read(_text(given.file))
    if given.json:
        data = {
            "findings": [as_data(found) for found in reading.findings],
            "cut": reading.cut,
            "unread": reading.unread,
        }
        print(json.dumps(data, indent=2, ensure_ascii=False), flush=True)
    else:
        print(reading, flush=True)
    return 0 if reading.findings else 1


def _text(name: str) -> str:
    """Return a file's text; bytes that are no UTF-8 are shown as what they are not."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        allowed = "a file that can be read, or - for what is piped in"
        raise SetupError(
            f"file={show(name)}: {reason}", allowed, f"{PROGRAM} read --help"
        ) from None
    return data.decode("utf-8", "replace")
