"""What every subcommand uses: a parser whose errors have our three parts, a command spelled out."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn

from kvmendian.errors import SetupError
from kvmendian.model.setups import Setup

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = "python -m kvmendian"
OPTIONS = "the options that --help lists"
EXAMPLES: dict[str, dict[str, Any]] = {
    **{f.name.replace("_", "-"): {f.name: f.default} for f in fields(Setup)},
    "value": {"value": "0x11"},
    "table": {"table": "all"},
    "json": {"json": True},
    "svg": {"svg": True},
}


class Parser(argparse.ArgumentParser):
    """argparse, with errors in our three parts. `example` is a line of a subcommand that works."""

    example = ""

    def error(self, message: str) -> NoReturn:
        """Raise the error instead of leaving the process."""
        option = re.search(r"--[a-z-]+", message)  # the one that it is about
        hint = spelled(EXAMPLES.get(option[0].strip("-"), {}) if option else {})
        raise SetupError(message, OPTIONS, self.example or hint)


def spelled(options: Mapping[str, Any]) -> str:
    """Return the command with these options."""
    words = [PROGRAM]
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value not in (None, False):
            words += [option, shlex.quote(str(value))]
    return " ".join(words)
