"""A learner's function called with integers, and what is said of it if that does not work."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from kvmendian.errors import SetupError, clip, show

from . import guard
from .images import name
from .paths import Readable
from .purity import ours, own, reading

if TYPE_CHECKING:
    from collections.abc import Callable


class FunctionError(SetupError):
    """A learner's function did not work: three lines in a notebook, without frames of ours."""

    def _render_traceback_(self) -> list[str]:
        """Answer IPython, which asks an exception for its own lines."""
        lines = (("given", self.given), ("allowed", self.allowed), ("try", self.hint))
        return [f"SetupError: {lines[0][1]}", *(f"{name}: {text}" for name, text in lines[1:])]


def number(
    called: str, design: str, function: Callable[..., Any], data: int, args: tuple[Any, ...]
) -> int:
    """Call a function within the limits; return the low 64 bits of the integer that it returns.

    Raises `FunctionError` where it raises, takes too long or returns no integer.
    """
    call = name(called, data, args)
    who = f"{called} of {show(design)}"
    if ours(function) or isinstance(function, Readable):
        result = function(data, *args)
    else:
        if reading(function).swallows:
            given = f"{who} has an except that catches everything, the referee's stop as well"
            raise FunctionError(given, "except with the name of an error", "except ValueError:")
        allowed = "a function that returns an integer"
        hint = f"run {name(getattr(function, '__name__', called), data, args)} by hand"
        hint = hint.replace("<lambda>", called)
        try:
            result = guard.call(function, data, *args, name=call)
        except guard.StoppedError as stopped:
            given = f"{who} {stopped}, in {call}"
            allowed = "2 seconds a call, 30 in all, and 4 MB"
            raise FunctionError(given, allowed, "a loop that ends") from None
        except Exception as error:  # noqa: BLE001 - a learner's function may raise anything; say whose it was
            said = f"{type(error).__name__}: {clip(str(error), 200)}"
            given = f"{who} raised {said}, in {call}{_where(error)}"
            raise FunctionError(given, allowed, hint) from None
    if type(result) is bool or not isinstance(result, int):
        given = f"{who} returned {show(result)}, in {call}"
        raise FunctionError(given, "an integer", "return data, moved as you like")
    return int(result) & (1 << 64) - 1


def _where(error: Exception) -> str:
    """Return the learner's own line that raised, as far as it is known."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not own(f.filename)]
    if not frames:
        return ""
    line = frames[-1].line
    return f", line {frames[-1].lineno}" + (f": {clip(line)}" if line else "")
