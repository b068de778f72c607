"""A kernel's conversion read from C: parsed by pycparser, followed symbolically, never run.

`read` takes the text as a person copies it from a tree or a mail. What it cannot read is a
`SetupError` with line, column and the piece.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kvmendian.errors import SetupError, clip, show
from kvmendian.model.solve.paths import Readable, Run, UndecidedError
from kvmendian.model.solve.terms import DATA, TRUE, Term, const, resize

from . import calls as ccalls, expressions as cexpr
from .calls import Access, Opaque
from .machine import Machine
from .text import Source, at
from .values import VOID, Type, UndefinedError, Value, cast, long, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvmendian.model.lanes import Arch

MOST_TEXT = 200_000
INSTALL = "pip install 'kvmendian[prove]'"
_WANTED = {
    "guest_to_host": ("vcpu_data_guest_to_host", "guest_to_host"),
    "host_to_guest": ("vcpu_data_host_to_guest", "host_to_guest"),
    "mmio_return": ("kvm_handle_mmio_return", "mmio_return"),
}
_TYPES = "".join(
    f"typedef {'unsigned long long' if to == 'u64' else 'int'} {name};"
    for name, to in cexpr.TYPEDEFS.items()
    if name != "_Bool"
)


class CFunction(Readable):
    """One of the text's functions, as a conversion: `f(data, width, guest_is_big, host_is_big)`.

    With `whole` it is all that a load does once its data are back, and takes also whether the
    load is signed and how wide the register is. `source` is the line that was read.
    """

    def __init__(self, text: str, name: str, *, whole: bool = False, arch: Arch = "arm64") -> None:
        """Keep the text; it is parsed once for each host and architecture."""
        self.text, self.name, self.whole, self.arch = text, name, whole, arch
        self._others: dict[Arch, CFunction] = {}
        self.__name__ = name
        self.source = _first_line(text, name)

    def __repr__(self) -> str:
        """Name it."""
        return f"<{self.name}, read from C>"

    def on(self, arch: Arch) -> CFunction:
        """Return the same text on an architecture, whose `unsigned long` it has."""
        if arch == self.arch:
            return self
        if arch not in self._others:
            self._others[arch] = CFunction(self.text, self.name, whole=self.whole, arch=arch)
        return self._others[arch]

    def term(self, run: Run, data: Term, *args: int) -> Term:
        """Return the result, 64 bits. Raises `SetupError` for what is open in C, or not taken."""
        *more, guest, host = args
        arch = self.arch
        width, signed, register = (*more, 0, 64)[:3]
        access = Access(width, bool(guest), bool(host), arch, bool(signed), register)
        functions = _parsed(self.text, access.host_is_big, arch)
        machine = Machine(functions, access, run, data)
        try:
            made = machine.call(self.name, self._arguments(functions, access, data), None)
        except (cexpr.ReadError, UndefinedError) as error:
            line, column = getattr(error, "line", 0), getattr(error, "column", 1)
            raise at(self.text, line, column, str(error), ccalls.TAKEN) from None
        except SetupError:
            raise
        except Exception:  # noqa: BLE001 - damaged text may make a tree that no C has
            line = _line(functions, self.name)
            raise at(self.text, line, 1, "this is not understood", ccalls.TAKEN) from None
        if self.whole:
            made = machine.register
        if not isinstance(made, Value) or made.type is VOID:
            gives = "never sets the register" if self.whole else "returns no number"
            raise at(self.text, _line(functions, self.name), 1, gives, ccalls.TAKEN)
        return resize(cast(made, long(arch, signed=False)).term, 64)

    def __call__(self, data: int, *args: int) -> int:
        """Return the result for an integer."""
        known = const(data, 64)
        made = self.term(Run([], TRUE, None), known, *args).constant
        assert made is not None  # noqa: S101 - of constants a constant is made
        return made

    def _arguments(self, functions: Any, access: Access, data: Term) -> list[Any]:  # noqa: ANN401
        """Fit data, width and byte orders to the parameters, by their types and names."""
        head = functions[self.name].decl.type
        numbers = iter(
            (
                Value(Type("u64", 64, signed=False), data),
                number(access.width),
                number(access.guest_is_big),
                number(access.host_is_big),
            )
        )
        arguments: list[Any] = []
        for parameter in head.args.params if head.args is not None else ():
            if not cexpr.named(parameter):
                continue
            if type(parameter).__name__ != "Decl":
                raise cexpr.ReadError(parameter, "this parameter has no type")
            if cexpr.type_of(parameter.type, access.arch) is None:
                arguments.append(Opaque(parameter.name))
            elif (value := next(numbers, None)) is not None and not self.whole:
                arguments.append(value)
            else:
                raise cexpr.ReadError(parameter, "this parameter is not taken")
        return arguments


def _line(functions: Any, name: str) -> int:  # noqa: ANN401
    coord = functions[name].decl.coord
    return coord.line if coord is not None else 1


def _first_line(text: str, name: str) -> str:
    for number_, line in enumerate(text.split("\n"), 1):
        if re.search(rf"\b{name}\s*\(", line):
            return f"line {number_}, {clip(line, 76)}"
    return name


@lru_cache(maxsize=64)
def _parsed(text: str, big: bool, arch: str) -> dict[str, Any]:
    """Return the functions that matter, by name, as one host's compiler would see them."""
    try:
        from pycparser import c_parser  # noqa: PLC0415 - optional, and only who reads C needs it
    except ImportError:
        raise SetupError("C without a parser for it", "pycparser", INSTALL) from None
    source = Source(text, big=big, arch=arch)
    wanted = [name for names in _WANTED.values() for name in names if name in source.functions]
    for name in wanted:  # it grows: what is called is wanted too
        body = source.text[source.functions[name].start : source.functions[name].end]
        called = re.findall(r"\b([A-Za-z_]\w*)\s*\(", body)
        wanted += [n for n in called if n in source.functions and n not in wanted]
    parser = c_parser.CParser()
    try:
        tree = parser.parse(f'{_TYPES}\n#line 1 "given"\n{source.only(wanted)}', "given")
        functions = {one.decl.name: one for one in tree.ext if type(one).__name__ == "FuncDef"}
        for function in functions.values():
            _check(function, functions)
    except cexpr.ReadError as error:
        raise at(source.given, error.line, error.column, error.why, ccalls.TAKEN) from None
    except RecursionError:
        raise SetupError("C that is nested too deeply", ccalls.TAKEN, "one function each") from None
    except (SetupError, UndecidedError):
        raise
    except Exception as error:  # noqa: BLE001 - the parser's own, and whatever damaged text does to it
        where = re.search(r":(\d+)(?::(\d+))?", str(error))
        line, column = (int(where[1]), int(where[2] or 1)) if where else _reached(parser)
        raise at(source.given, line, column, "this is no C", ccalls.TAKEN) from None
    return functions


def _reached(parser: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return how far a parser came that does not say where it failed."""
    tokens = getattr(getattr(parser, "_tokens", None), "_buffer", None)
    return (tokens[-1].lineno, tokens[-1].column) if tokens else (1, 1)


def _check(node: Any, functions: dict[str, Any]) -> None:  # noqa: ANN401
    """Refuse what is not taken wherever it stands, also where no access goes."""
    kind = type(node).__name__
    if kind in ("Goto", "Label", "ArrayRef", "ArrayDecl", "InitList", "CompoundLiteral", "Union"):
        raise cexpr.ReadError(node, f"{kind} is not taken")
    if kind == "FuncCall":
        name = cexpr.called(node)
        if name not in functions and not ccalls.is_known(name):
            raise cexpr.ReadError(node, f"{name or 'this call'} is not known")
    for _, child in node.children():
        _check(child, functions)


def read(text: str) -> tuple[CFunction, CFunction, CFunction | None]:
    """Return the two conversions of a text, and what handles a load's return where it has that.

    Every access is followed once, so that what cannot be read is told here. Raises `SetupError`.
    """
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        given = "a text of over 200,000 characters" if isinstance(text, str) else show(text)
        raise SetupError(given, "the C of the two functions, as a text", 'from_c("""…""")')
    found: dict[str, str] = {}
    for big in (False, True):
        for role, names in _WANTED.items():
            name = next((n for n in names if n in _parsed(text, big, "arm64")), None)
            if name is not None:
                found[role] = name
    missing = [role for role in ("guest_to_host", "host_to_guest") if role not in found]
    if missing:
        given = f"C without the whole of {' and '.join(_WANTED[role][0] for role in missing)}"
        allowed = "both functions, each with its head and its body"
        raise SetupError(given, allowed, "the two functions as they stand in the kernel's tree")
    store, load = (CFunction(text, found[role]) for role in ("guest_to_host", "host_to_guest"))
    whole = CFunction(text, found["mmio_return"], whole=True) if "mmio_return" in found else None
    for function in filter(None, (store, load, whole)):
        for args in _accesses(function.whole):
            try:
                function.term(Run([], TRUE, None), DATA, *args)
            except UndecidedError:  # a branch on the data: the solver follows it later
                continue
    return store, load, whole


def _accesses(whole: bool) -> Iterator[tuple[Any, ...]]:
    for width in (1, 2, 4, 8):
        for guest in (False, True):
            for host in (False, True):
                if not whole:
                    yield width, guest, host
                    continue
                for signed in (False, True):
                    for register in (32, 64):
                        if 8 * width < register or (not signed and 8 * width == register):
                            yield width, signed, register, guest, host
