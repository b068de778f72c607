"""Whether what a function does to a symbol is what it does to every integer.

It is, if the function's answer depends on its four arguments alone, and if it asks of `data` only
what a symbol answers as an integer does. Both are read from the function's code, before anything
is believed: a function that asks for `type(data)`, keeps a count of its calls or draws a random
number may still be tried, but nothing is proven about it.
"""

from __future__ import annotations

import builtins
import dis
import functools
import types
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = str(Path(__file__).parents[2])
_FINE = frozenset(
    [
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "bytearray",
        "bytes",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "frozenset",
        "hex",
        "int",
        "isinstance",
        "len",
        "list",
        "map",
        "max",
        "min",
        "oct",
        "pow",
        "print",
        "range",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
    ]
)
_MOST_READ = 128
_PLAIN = (int, bool, float, str, bytes, type(None), range, complex, type(...))
_SYMBOLS = frozenset(
    "beyond condition content data high lanes low low64 moved of run term".split()  # noqa: SIM905
)
_CHANGES = {
    "STORE_GLOBAL": "it changes the global {}",
    "DELETE_GLOBAL": "it changes the global {}",
    "STORE_ATTR": "it sets the attribute {}",
    "DELETE_ATTR": "it sets the attribute {}",
    "IMPORT_NAME": "it imports {}",
    "LOAD_BUILD_CLASS": "it makes a class",
    "PUSH_EXC_INFO": "it catches exceptions (try, with)",
}


class Reading:
    """What a function's code says: why it may not be believed, and what it could change."""

    def __init__(self, function: Any) -> None:  # noqa: ANN401 - anything that can be called
        """Read the code and all that it names."""
        self.why: str | None = None
        self.swallows = False
        self.stopped = False
        """Whether a run of it had to be stopped: then it is not tried again for all values."""
        self.function = function
        self.computes: set[object] = set()
        """The accesses in which it does more than move bytes: lanes need not be tried again."""
        self._names: list[tuple[dict[str, Any], str, Any]] = []
        self._cells: list[tuple[types.CellType, Any]] = []
        self._kept: list[Any] = []
        self._seen: set[int] = set()
        self._value(function, getattr(function, "__name__", type(function).__name__))
        self._code = getattr(function, "__code__", None)
        self._first: str | None = self.state()

    @property
    def stale(self) -> bool:
        """Whether a name that the function uses means something else by now."""
        if getattr(self.function, "__code__", None) is not self._code:
            return True
        renamed = any(_global(names, name) is not value for names, name, value in self._names)
        renamed |= any(_content(cell) is not value for cell, value in self._cells)
        return renamed or (self._first is not None and self.state() != self._first)

    def settled(self, before: str) -> bool:
        """Whether a run has changed nothing; if it has, nothing is believed from now on."""
        if self.state() == before:
            return True
        self._no("it keeps something from one call to the next")
        self._first = None
        return False

    def state(self) -> str:
        """Return the content of all that the function could change: equal before and after."""
        with suppress(Exception):  # a foreign repr may raise anything
            return repr(self._kept)
        return ""

    def _no(self, why: str) -> None:
        self.why = self.why or why

    def _value(self, value: Any, name: str) -> None:  # noqa: ANN401
        if isinstance(value, _PLAIN) or id(value) in self._seen:
            return
        self._seen.add(id(value))
        if isinstance(value, types.FunctionType):
            if not ours(value):
                self._function(value)
        elif isinstance(value, tuple | list | dict | set | frozenset | bytearray):
            self._kept.append(value)
            for one in (*value, *value.values()) if isinstance(value, dict) else value:
                self._value(one, name)
        elif isinstance(value, functools.partial):
            for one in (value.func, *value.args, *value.keywords.values()):
                self._value(one, name)
        elif not _builtin(value):
            self._no(f"it uses {name}, of which nothing is known")

    def _function(self, function: types.FunctionType) -> None:
        for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._value(default, "a default value")
        code = function.__code__
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            try:
                self._cells.append((cell, cell.cell_contents))
                self._value(cell.cell_contents, name)
            except ValueError:  # an empty cell: the function will say so itself
                self._no(f"it uses {name}, which has no value")
        last: object = ...
        for inner, step in _steps(code):
            name = str(step.argval)
            if step.opname == "IS_OP" and not isinstance(last, bool | None):
                self._no("it compares with `is`, which looks at objects, not at numbers (== does)")
            last = step.argval if step.opname == "LOAD_CONST" else ...
            if step.opname in _CHANGES:
                self._no(_CHANGES[step.opname].format(name))
            elif step.opname == "STORE_DEREF" and name in code.co_freevars:
                self._no(f"it changes {name}, which outlives the call")
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and _inner(name):
                self._no(f"it asks for {name}")
            elif step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                found = _global(function.__globals__, name)
                self._names.append((function.__globals__, name, found))
                self._value(found, name)
            self.swallows |= _swallows(inner, step)


def _content(cell: types.CellType) -> Any:  # noqa: ANN401
    try:
        return cell.cell_contents
    except ValueError:  # it is empty by now
        return cell


def _global(names: dict[str, Any], name: str) -> Any:  # noqa: ANN401
    return names.get(name, getattr(builtins, name, None))


_READ: OrderedDict[Any, Reading] = OrderedDict()


def reading(function: Any) -> Reading:  # noqa: ANN401
    """Return what a function's code says: read once, and again when what it names has changed."""
    found = _READ.get(function)
    if found is None or found.stale:
        found = _READ[function] = Reading(function)
        if len(_READ) > _MOST_READ:
            _READ.popitem(last=False)
    return found


def own(filename: str) -> bool:
    """Whether a file is one of the package."""
    return filename.startswith(_OURS)


def ours(function: Any) -> bool:  # noqa: ANN401 - anything that can be called
    """Whether a function is the package's own, which needs no guard."""
    code = getattr(function, "__code__", None)
    return code is not None and own(code.co_filename)


def _inner(name: str) -> bool:
    """Whether a name is one that a symbol has otherwise than an integer, or alone."""
    return name.startswith("_") or name in _SYMBOLS


def _builtin(value: object) -> bool:
    if isinstance(value, type) and issubclass(value, BaseException):
        return True
    name = getattr(value, "__name__", "")
    if getattr(builtins, name, None) is value:
        return name in _FINE
    return value is functools.reduce or getattr(value, "__module__", "") == "_operator"


def _steps(code: types.CodeType) -> Iterator[tuple[list[dis.Instruction], dis.Instruction]]:
    steps = list(dis.get_instructions(code))
    for k, step in enumerate(steps):
        yield steps[k : k + 3], step
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _steps(inner)


def _swallows(ahead: list[dis.Instruction], step: dis.Instruction) -> bool:
    """Whether here begins a handler for every exception: it would swallow the guard's stop."""
    if step.opname != "PUSH_EXC_INFO" or len(ahead) < 2:
        return False
    after = ahead[1]
    return after.opname == "POP_TOP" or after.argval == "BaseException"
