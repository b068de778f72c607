"""`python -m kvmendian prove FILE`: hold a conversion against the ABI sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.model.files import from_file
from kvmendian.model.proofs import prove

from .common import PROGRAM, Parser

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Hold a file's design against the ABI sentence: 0 if it holds, 1 if it fails, 2 if unknown."""
    parser = Parser(
        prog=f"{PROGRAM} prove",
        description="Prove a conversion, or find the smallest access that goes wrong.",
        epilog="exit code: 0 it holds for every value, 1 it fails, 2 not decided, or not readable",
        allow_abbrev=False,
    )
    parser.example = f"{PROGRAM} prove --help"
    parser.add_argument("file", metavar="FILE", help="the kernel's C, or Python with two functions")
    parser.add_argument("--sign-extend", default="after", metavar="…", help="before or after")
    parser.add_argument("--buffer", default="native", metavar="…", help="native, little or memcpy")
    given = parser.parse_args(arguments)
    report = prove(from_file(given.file, given.sign_extend, given.buffer))
    print(report, flush=True)
    if report.story is not None:
        print(f"\n{report.story}", flush=True)
    return 1 if report.failures else 0 if report.holds else 2
