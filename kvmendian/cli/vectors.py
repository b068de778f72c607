"""`python -m kvmendian vectors`: what a right implementation does, for tests of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.errors import SetupError, nearest, show
from kvmendian.evidence.vectors.forms import FORMS, written
from kvmendian.model.setups import CHOICES

from .common import PROGRAM, Parser

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Print the vectors in a form; return 0. Raises `SetupError`, with a line that works.

    >>> run(["--format", "schema"])  # doctest: +ELLIPSIS
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:kvmendian:vectors:1",
    ...
    0
    """
    parser = Parser(
        prog=f"{PROGRAM} vectors",
        description="Print what a right implementation of mmio.data does, on any host.",
        epilog="example: python -m kvmendian vectors --format c --arch arm64 > vectors.h",
        allow_abbrev=False,
    )
    parser.example = f"{PROGRAM} vectors --format json"
    forms = (
        "json, c (a header), rust (a module), selftest (C for the kernel's), or schema (of json)"
    )
    parser.add_argument("--format", default="json", metavar="…", help=f"{forms} (default json)")
    parser.add_argument("--arch", metavar="…", help="arm64 or arm (default both)")
    given = parser.parse_args(arguments)
    for name, allowed in (("format", FORMS), ("arch", CHOICES["arch"])):
        value = getattr(given, name)
        if value is not None and value not in allowed:
            line = f"{PROGRAM} vectors --{name} {nearest(value, allowed)}"
            raise SetupError(f"--{name} {show(value)}", ", ".join(allowed), line)
    print(written(given.format, given.arch), flush=True)
    return 0
