"""`python -m kvmendian`: one trace in the terminal, as text, JSON or SVG, or a truth table.

Its subcommands are in `kvmendian.cli`: `prove FILE` holds the conversion in a file against the ABI
sentence.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kvmendian.cli import SUBCOMMANDS
from kvmendian.cli.common import EXAMPLES, OPTIONS, PROGRAM, Parser, spelled
from kvmendian.errors import SetupError, nearest, show
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.lanes import letter
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace
from kvmendian.render import svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    "arch": "whose KVM: arm64, or the 32-bit arm of the thread",
}


def _parser() -> Parser:
    parser = Parser(
        prog=PROGRAM,
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
            default = "the slot's" if field.default is None else field.default
            text = f"{_HELP[field.name]} (default {default})"
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
        hint = {"value": "value=0x11", "width": "width=4"}.get(name, "register_width=64")
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


def _story(options: Mapping[str, Any]) -> Story:
    """Return the story that the options ask for. Raises `SetupError`, its hint as in Python."""
    given = {field.name: options[field.name] for field in fields(Setup)}
    for name in ("width", "register_width"):
        if given[name] is not None:  # left out, it is the architecture's
            given[name] = _number(str(given[name]), name.replace("_", "-"))
    setup = Setup(**given)
    default = 0x1122334455667788 >> (64 - 8 * setup.width)
    value = options["value"]
    return trace(setup, default if value is None else _number(str(value), "value"))


def _table(options: Mapping[str, Any]) -> str:
    from kvmendian.render.table import truth_table  # noqa: PLC0415 - numpy, only where it is asked for

    name = options["table"]
    given = [f.name for f in fields(Setup) if options[f.name] != f.default]
    if given or options["value"] is not None:
        option = (given or ["value"])[0].replace("_", "-")
        hint = spelled({"table": "all"})
        raise SetupError(f"--{option} beside --table", "a table of all setups", hint)
    try:
        return str(truth_table(*([] if name == "all" else [name])))
    except SetupError as error:
        near = spelled({"table": nearest(name, (*DESIGNS, "all"))})
        raise SetupError(f"--table {name}", ", ".join((*DESIGNS, "all")), near) from error


def _run(arguments: Sequence[str] | None) -> str:
    parsed, unknown = _parser().parse_known_args(arguments)
    options: dict[str, Any] = vars(parsed)
    if unknown:
        option, _, value = " ".join(unknown[:2]).replace("=", " ").partition(" ")
        near = nearest(option.strip("-"), EXAMPLES)
        example = dict(EXAMPLES[near])
        try:  # the value may be good, where the name is not
            _story({**options, **example, near.replace("-", "_"): value})
            example[near.replace("-", "_")] = value
        except SetupError:
            pass
        raise SetupError(" ".join(unknown), OPTIONS, spelled(example))
    if options["table"] is not None:
        return _table(options)
    try:
        told = _story(options)
    except SetupError as error:
        raise SetupError(error.given, error.allowed, _line_that_works(options, error)) from None
    if options["svg"]:
        return svg.story(told)
    return _as_json(told) if options["json"] else str(told)


def _line_that_works(options: Mapping[str, Any], error: SetupError) -> str:
    """Take what hints say, one after the other, until nothing is wrong; return the line."""
    for _ in options:
        changes = re.findall(r"\b([a-z_]+)=([^,\s]+)", error.hint)
        options = {**options, **{name: text.strip("'") for name, text in changes}}
        options["signed"] = options["signed"] in (True, "True")
        try:
            _story(options)
            break
        except SetupError as another:
            error = another
    plain = Setup(arch=options["arch"]).fields()
    return spelled({k: v for k, v in options.items() if str(v) != str(plain.get(k))})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 for bad options, after a sentence in three parts.

    A subcommand has exit codes of its own, which its help names.

    >>> main(["--width", "3"])
    2
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if given and given[0] in SUBCOMMANDS:
            return int(import_module(f"kvmendian.cli.{SUBCOMMANDS[given[0]]}").run(given[1:]))
        print(_run(given), flush=True)
    except BrokenPipeError:  # who read it has had enough, as `head` does; nothing more to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SetupError as error:
        for name, part in (
            ("given", error.given),
            ("allowed", error.allowed),
            ("try", error.hint),
        ):
            print(f"{name + ':':<9}{part}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
