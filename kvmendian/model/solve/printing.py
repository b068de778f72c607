"""Which operations of a learner's function only serve a `print`.

`print(hex(data))` makes a text of the data, and nobody but the screen reads it: the result cannot
depend on it. So a symbol may answer there with any text. Which instructions stand inside the
brackets of a `print(…)` is read from the positions that Python keeps for its tracebacks.
"""

from __future__ import annotations

import builtins
import dis
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, FrameType

_MAKES_TEXT = {"print", "hex", "bin", "oct", "str", "repr", "format", "int", "len", "swab", "mask"}
_METHODS = {"format", "join"}
_LOADS = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_GLOBAL", "LOAD_NAME")

Position = tuple[int, int]


def inside_print(frame: FrameType) -> bool:
    """Whether a frame is at work on the arguments of the builtin `print`."""
    where = frame.f_globals.get("print", builtins.print)
    return where is builtins.print and frame.f_lasti in _inside(frame.f_code)


@lru_cache(maxsize=256)
def _inside(code: CodeType) -> frozenset[int]:
    """Return the offsets of the instructions inside harmless print calls, and of these calls."""
    steps = [step for step in dis.get_instructions(code) if step.positions]
    prints = {_start(step) for step in steps if _names(step) == "print"}
    calls = [s for s in steps if s.opname.startswith("CALL") and _start(s) in prints]
    found: set[int] = set()
    for call in calls:
        within = [s for s in steps if _start(call) <= _start(s) and _end(s) <= _end(call)]
        if all(map(_harmless, within)):
            found |= {step.offset for step in within}
    return frozenset(found)


def _harmless(step: dis.Instruction) -> bool:
    """Whether what an instruction makes can go nowhere but into the print."""
    if step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
        return step.argval in _METHODS
    if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
        return step.argval in _MAKES_TEXT
    if step.opname in ("KW_NAMES", "CALL_KW"):
        return False  # file=… would take the text elsewhere
    return not step.opname.startswith(("STORE", "DELETE", "YIELD", "SEND", "MAKE_FUNCTION"))


def _names(step: dis.Instruction) -> object:
    return step.argval if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") else None


def _start(step: dis.Instruction) -> Position:
    where = step.positions
    return (where.lineno or 0, where.col_offset or 0) if where else (0, 0)


def _end(step: dis.Instruction) -> Position:
    where = step.positions
    return (where.end_lineno or 0, where.end_col_offset or 0) if where else (0, 0)
