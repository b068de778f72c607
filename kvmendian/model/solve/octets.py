"""Bytes made of a symbol: what `data.to_bytes(…)` gives, and `int.from_bytes` takes back.

`int.from_bytes` is C code and takes real bytes only. So a function that names `int` is run as a
copy in which that is a stand-in: it takes these too, and is `int` for everything else.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, NoReturn

from kvmendian.model import lanes

from .symbols import Symbol
from .terms import Term, concat, const, extract, resize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .paths import Run


class Octets:
    """A row of bytes, each a term of 8 bits, the lowest address first."""

    __hash__ = None  # type: ignore[assignment]  # hashing would look at the data

    def __init__(self, run: Run, content: tuple[Term, ...]) -> None:
        """Keep them; `run` is who decides where they are looked at."""
        self._run, self.content = run, content

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """Answer `isinstance(…, bytes)` as bytes do."""
            return bytes

    def __len__(self) -> int:
        return len(self.content)

    def __getitem__(self, where: Any) -> Any:  # noqa: ANN401 - a byte or a row of them
        if isinstance(where, slice):
            return Octets(self._run, self.content[where])
        return Symbol.of(self._run, self.content[where])

    def __iter__(self) -> Iterator[Symbol]:
        return (Symbol.of(self._run, byte) for byte in self.content)

    def __add__(self, other: object) -> Octets:
        more = self._of(other)
        return NotImplemented if more is None else Octets(self._run, self.content + more)

    def __radd__(self, other: object) -> Octets:
        more = self._of(other)
        return NotImplemented if more is None else Octets(self._run, more + self.content)

    def _of(self, other: object) -> tuple[Term, ...] | None:
        if type(other) is Octets:
            return other.content
        if not isinstance(other, bytes | bytearray):
            return None
        return tuple(const(byte, 8) for byte in other)

    def _refuse(self, *_: object) -> NoReturn:
        self._run.give_up("it looks at the bytes of the data")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __contains__ = __bytes__ = __str__ = __repr__ = __mul__ = __mod__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        if hasattr(bytes, name):
            self._run.give_up(f"it calls {name} of the data's bytes")
        raise AttributeError(f"'bytes' object has no attribute {name!r}")


def _order(size: int, byteorder: Any) -> lanes.Lanes:  # noqa: ANN401 - little or big, by now
    """Return where each byte goes, of an integer's, or comes from: the lane algebra's move."""
    return lanes.store(tuple(range(size)), size, byteorder)


def to_bytes(data: Symbol, length: object = 1, byteorder: object = "big", **more: object) -> Octets:
    """Return what `int.to_bytes` gives of a symbol; it raises where a value does not fit."""
    run = data.run
    if type(length) is not int or byteorder not in ("little", "big") or more or length < 0:
        run.give_up("it calls data.to_bytes in an unusual way")
    if data.beyond(8 * length):
        raise OverflowError("int too big to convert")
    whole = resize(data.term, max(8 * length, 1), sign=True)
    content = tuple(extract(whole, 8 * k, 8) for k in range(length))
    return Octets(run, tuple(content[k] for k in _order(length, byteorder)))


def _from_bytes(content: Any, byteorder: Any = "big", **more: Any) -> Any:  # noqa: ANN401
    if type(content) is not Octets:
        return int.from_bytes(content, byteorder, **more)
    run = content._run  # noqa: SLF001 - of the same module
    if byteorder not in ("little", "big") or more.get("signed"):
        run.give_up("it calls int.from_bytes in an unusual way")
    low = [content.content[k] for k in _order(len(content), byteorder)]
    return Symbol.of(run, concat(low)) if low else 0


class _IntType(type):
    def __call__(cls, *args: Any) -> Any:  # noqa: ANN401
        if len(args) == 1 and type(args[0]) is Symbol:
            return +args[0]
        return int(*args)

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, int)

    def __getattr__(cls, name: str) -> Any:  # noqa: ANN401
        return getattr(int, name)


class _Int(metaclass=_IntType):
    from_bytes = staticmethod(_from_bytes)


def with_octets(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function to run on symbols: a copy with our `int`, if it names that."""
    if not isinstance(function, types.FunctionType) or not _names(function.__code__):
        return function
    if function.__globals__.get("int", int) is not int:
        return function
    names = {**function.__globals__, "int": _Int}
    made = types.FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _names(code: types.CodeType) -> bool:
    inner = (one for one in code.co_consts if isinstance(one, types.CodeType))
    return "int" in code.co_names or any(map(_names, inner))


Symbol.to_bytes = to_bytes  # type: ignore[attr-defined]  # bytes lie above symbols, and enter here
