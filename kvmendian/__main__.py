"""`python -m kvmendian`: one trace in the terminal, as text, JSON or SVG, or a truth table.

`python -m kvmendian prove FILE` holds the conversion in a file against the ABI sentence.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn

from kvmendian.errors import SetupError, show
from kvmendian.model.designs import DESIGNS
from kvmendian.model.lanes import letter
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace
from kvmendian.render import svg

if TYPE_CHECKING:
    from collections.abc import Sequence


_HELP = {
    "op": "store or load",
    "width": "bytes that the access moves: 1, 2, 4 or 8",
    "guest": "order of the guest's data access (the E bit): little or big",
    "host": "order of the host kernel: little or big",
    "device": "order of the device: little, big or native",
    "target": "order of the emulator's target, which native means: little or big",
    "design": "how KVM converts: " + ", ".join(DESIGNS),
    "driver": "raw, or accessor (readl/writel)",
    "register_width": "32 or 64 bits, loads only",
}


class _Parser(argparse.ArgumentParser):
    """argparse, with errors in our three parts."""

    def error(self, message: str) -> NoReturn:
        raise SetupError(message, "the options that --help lists", f"{self.prog} --help")


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m kvmendian",
        description="Follow one trapped access from guest register to device register.",
        epilog="example: python -m kvmendian --host big --guest little --width 2 --op store "
        "--design swab --value 0x1122, or: python -m kvmendian prove FILE.c",
        allow_abbrev=False,
    )
    for field in fields(Setup):
        name = "--" + field.name.replace("_", "-")
        if field.name == "signed":
            parser.add_argument(name, action="store_true", help="a sign-extending load")
        else:
            text = f"{_HELP[field.name]} (default {field.default})"
            parser.add_argument(name, default=field.default, metavar="…", help=text)
    parser.add_argument("--value", metavar="…", help="hex (0x…) or decimal; default 0x11, 0x1122 …")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="print the story as JSON")
    forms.add_argument("--svg", action="store_true", help="print the story as an SVG picture")
    forms.add_argument("--table", metavar="DESIGN", help="print a design's truth table, or: all")
    return parser


def _number(text: str, name: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        hint = f"--{name} {'0x1122' if name == 'value' else '4'}"
        raise SetupError(f"--{name} {show(text)}", "a number, hex (0x…) or decimal", hint) from None


def _as_json(told: Story) -> str:
    stages = [
        {
            "place": stage.place,
            "kind": stage.kind,
            "lanes": [letter(lane) for lane in stage.lanes],
            "value": None if stage.value is None else hex(stage.value),
            "bytes": None if stage.bytes is None else stage.bytes.hex(" "),
            "function": stage.function,
            "why": stage.why,
        }
        for stage in told.stages
    ]
    swaps = [
        {"who": s.who, "swapped": s.swapped, "needed": s.needed, "why": s.why} for s in told.swaps
    ]
    return json.dumps(
        {
            "setup": told.setup.fields(),
            "value": hex(told.value),
            "mmio_data": told.mmio_data.hex(" "),
            "ram_bytes": told.ram_bytes.hex(" "),
            "register": hex(told.register),
            "device_value": hex(told.device_value),
            "software_value": hex(told.software_value),
            "honours_abi": told.honours_abi,
            "driver_is_right": told.driver_is_right,
            "stages": stages,
            "swaps": swaps,
        },
        indent=2,
        ensure_ascii=False,
    )


def _run(arguments: Sequence[str] | None) -> str:
    options: dict[str, Any] = vars(_parser().parse_args(arguments))
    value, as_json, as_svg, table = (options.pop(k) for k in ("value", "json", "svg", "table"))
    if table is not None:
        from kvmendian.render.table import truth_table  # noqa: PLC0415 - numpy, only where it is asked for

        given = {name for name, value in options.items() if value != getattr(Setup, name)}
        if given or value is not None:
            name = min(given or {"value"}).replace("_", "-")
            raise SetupError(f"--{name} beside --table", "a table of all setups", "--table all")
        return str(truth_table(*([] if table == "all" else [table])))
    for name in ("width", "register_width"):
        options[name] = _number(str(options[name]), name.replace("_", "-"))
    setup = Setup(**options)
    width = 8 * setup.width
    default = 0x1122334455667788 >> (64 - width)
    told = trace(setup, default if value is None else _number(value, "value"))
    if as_svg:
        return svg.story(told)
    return _as_json(told) if as_json else str(told)


def _prove(arguments: Sequence[str]) -> int:
    """Hold a file's design against the ABI sentence: 0 if it holds, 1 if it fails, 2 if unknown."""
    from kvmendian.model.files import from_file  # noqa: PLC0415 - only where it is asked for
    from kvmendian.model.proofs import prove  # noqa: PLC0415

    parser = _Parser(
        prog="python -m kvmendian prove",
        description="Prove a conversion, or find the smallest access that goes wrong.",
        epilog="exit code: 0 it holds for every value, 1 it fails, 2 not decided, or not readable",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help="the kernel's C, or Python with two functions")
    parser.add_argument("--sign-extend", default="after", metavar="…", help="before or after")
    parser.add_argument("--buffer", default="native", metavar="…", help="native, little or memcpy")
    given = parser.parse_args(arguments)
    report = prove(from_file(given.file, given.sign_extend, given.buffer))
    print(report, flush=True)
    if report.story is not None:
        print(f"\n{report.story}", flush=True)
    return 1 if report.failures else 0 if report.holds else 2


def _as_options(hint: str) -> str:
    """Spell a hint for the command line: Python's `op="load"` is `--op load` here."""

    def option(match: re.Match[str]) -> str:
        name, text = match[1].replace("_", "-"), match[2].strip("\"'")
        if name == "signed":
            return "--signed" if text == "True" else "no --signed"
        return f"--{name} {text}"

    return re.sub(r"\b([a-z_]+)=([^,\s]+)", option, hint).replace(", --", " --")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 for bad options, after a sentence in three parts.

    `prove` returns 0, 1 or 2: it holds, it fails, it is not decided.

    >>> main(["--width", "3"])
    2
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if given[:1] == ["prove"]:
            return _prove(given[1:])
        print(_run(given), flush=True)
    except BrokenPipeError:  # who read it has had enough, as `head` does; nothing more to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SetupError as error:
        for name, part in (
            ("given", error.given),
            ("allowed", error.allowed),
            ("try", _as_options(error.hint)),
        ):
            print(f"{name + ':':<9}{part}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
