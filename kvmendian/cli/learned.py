"""`python -m kvmendian learned FILES…`: what a class learned, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.course.learned import learned

from .common import PROGRAM, Parser

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Print gain, wrong answers and discrimination of each item; 0, or 2 for unreadable files."""
    parser = Parser(
        prog=f"{PROGRAM} learned",
        description="What a class learned, from the files of answers of before and after.",
        epilog="notebooks/learned.md says how the files are made; nothing leaves the computer",
        allow_abbrev=False,
    )
    parser.example = f"{PROGRAM} learned answers.json"
    parser.add_argument("files", metavar="FILES", nargs="+", help="files that a sitting exported")
    print(learned(parser.parse_args(arguments).files), flush=True)
    return 0
