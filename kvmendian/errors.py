"""The one error that bad input raises, always in three parts, and the checks that raise it.

Every public function and class that takes what a person types checks it by these. Two things are
left to Python: a call with too few, too many or unknown arguments is its own TypeError (`Setup`,
`Explorer` and their like name the nearest field instead); and records, the named tuples and
results that functions here return, check nothing: nobody makes one by hand.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable

Kind = TypeVar("Kind")

WORD = (1 << 64) - 1
"""The largest unsigned integer of 64 bits."""


class SetupError(ValueError):
    """Something given by the user cannot be used.

    The message says what was given, what is allowed and what to try; the parts are attributes
    too, so that a widget can show them apart. Nothing is changed when it is raised.

    >>> print(SetupError("width=3", "1, 2, 4 or 8 bytes", "width=4"))
    given: width=3; allowed: 1, 2, 4 or 8 bytes; try: width=4
    """

    def __init__(self, given: str, allowed: str, hint: str) -> None:
        """Keep the three parts and join them for the message."""
        self.given, self.allowed, self.hint = given, allowed, hint
        super().__init__(f"given: {given}; allowed: {allowed}; try: {hint}")

    def __reduce__(self) -> tuple[type[SetupError], tuple[str, str, str]]:
        """Pickle by the three parts (the message alone would not rebuild it)."""
        return type(self), (self.given, self.allowed, self.hint)


def show(thing: object, limit: int = 60) -> str:
    """Return a short one-line `repr` of whatever a user handed over; a long integer in hex.

    >>> show("a" * 100, limit=10), show(0x11223344)
    ("'aaaaaaaa…", '0x11223344')
    """
    try:
        if isinstance(thing, (str, bytes, bytearray, list, tuple)):
            thing = thing[: limit + 1]  # what is cut off need not be written first
        number = isinstance(thing, int) and not isinstance(thing, bool) and abs(thing) > 999
        text = hex(thing) if number else repr(thing)  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a foreign __repr__ may raise anything; we still owe an answer
        text = f"<{type(thing).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clip(text: str, limit: int = 60) -> str:
    r"""Return foreign text as it stands, on one line and no longer than that, without quotes.

    >>> clip("return\n  data"), clip("return data", limit=7)
    ('return data', 'return…')
    """
    text = " ".join(text[: 4 * limit].split())
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return repr(text)[1:-1]  # what cannot be printed is escaped


def one_of(name: str, given: object, allowed: Collection[Kind]) -> Kind:
    """Return the one of `allowed` that is given, or refuse it and name the nearest.

    Kinds are not mixed: True is no 1, 4.0 is no 4; integers and texts of numpy are what they say.

    >>> one_of("guest", "BE", ("little", "big"))
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: guest='BE'; allowed: 'little', 'big'; try: guest='big'
    """
    for choice in allowed:
        if given is choice:  # the way of nearly every call: nothing is compared or converted
            return choice
    kind = type(next(iter(allowed)))
    try:
        plain = index(given) if kind is int else given
        if isinstance(plain, kind):
            for choice in allowed:
                if plain == choice:
                    return choice
    except Exception:  # noqa: BLE001, S110 - a foreign __eq__ may raise anything
        pass
    choices = tuple(allowed)
    many = kind is int and len(choices) > 9
    shown = f"{choices[0]} to {choices[-1]}" if many else ", ".join(map(repr, choices))
    raise SetupError(f"{name}={show(given)}", shown, f"{name}={nearest(given, choices)!r}")


def nearest(given: object, choices: Iterable[Kind]) -> Kind:
    """Return the choice that a wrong one was probably meant to be; the first if none is like it.

    >>> nearest("hots", ("width", "host")), nearest(3, (8, 4, 1)), nearest("LE", ("big", "little"))
    ('host', 4, 'little')
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 - only where something went wrong

    found = tuple(choices)

    def likeness(choice: object) -> float:
        if isinstance(given, (int, float)) and isinstance(choice, int):
            return -abs(choice - given)
        return SequenceMatcher(None, str(choice).lower(), text).ratio()

    try:
        text = (given if isinstance(given, str) else show(given))[:40].lower()
        if given is None:
            return found[0]
        return max(found, key=likeness)
    except Exception:  # noqa: BLE001 - a foreign __str__ may raise anything
        return found[0]


def index(given: object) -> int | None:
    """Return an integer of any library as Python's own, by `__index__`; None for anything else.

    A bool is none, of Python or of numpy.

    >>> index(4), index(True), index(4.0)
    (4, None, None)
    """
    try:
        return None if isinstance(given, bool) else int(operator.index(given))  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a foreign __index__ may raise anything
        return None


def integer(name: str, given: object, lowest: int = 0, highest: int = WORD) -> int:
    """Return an integer from `lowest` to `highest`, or refuse what is none. Masks nothing.

    >>> integer("rt", "0x45", 0, 31)
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: rt='0x45'; allowed: an integer from 0 to 31; try: rt=0x1f
    """
    number = given if type(given) is int else index(given)
    if number is not None and lowest <= number <= highest:
        return number
    allowed = f"an integer from {lowest} to {show(highest)}"
    bits = highest.bit_length()
    if bits >= 8 and highest + 1 == 1 << bits and lowest == 0:
        allowed += f" ({bits} bits)"
    near = _near(given if number is None else number, lowest, highest)
    raise SetupError(f"{name}={show(given)}", allowed, f"{name}={near if near < 10 else hex(near)}")


def _near(given: object, lowest: int, highest: int) -> int:
    """Return an allowed integer: of a negative one the two's complement, else the nearest."""
    try:
        number = int(given, 0) if isinstance(given, str) else int(given)  # type: ignore[call-overload]
    except Exception:  # noqa: BLE001 - whatever it is, it is no number
        number = 0x11
    if number < lowest == 0 and not highest & (highest + 1):
        return int(number & highest)
    return int(min(max(number, lowest), highest))


def fits(name: str, given: object, bits: int) -> int:
    """Return an unsigned integer of so many bits, or refuse what is none.

    >>> fits("value", 256, 8)
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: value=256; allowed: an integer from 0 to 255 (8 bits); \
try: value=0xff
    """
    return integer(name, given, 0, (1 << bits) - 1)


def bytes_like(name: str, given: object, lengths: Container[int] = (1, 2, 4, 8)) -> bytes:
    r"""Return bytes, a bytearray, a memoryview or an array of bytes as bytes, lowest address first.

    >>> bytes_like("data", bytearray(2)), bytes_like("data", bytes(1), range(1, 9))
    (b'\x00\x00', b'\x00')
    >>> bytes_like("data", [1, 2])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: data=[1, 2]; allowed: bytes, 1, 2, 4 or 8 of them; ...
    """
    size = -1
    try:
        view = memoryview(given)  # type: ignore[arg-type]  # no size is taken for bytes, as bytes() does
        if view.ndim == 1 and view.format in ("B", "c"):
            size = view.nbytes
            if size in lengths:
                return given if type(given) is bytes else view.tobytes()
    except Exception:  # noqa: BLE001, S110 - not bytes-like, or an exporter that raises
        pass
    given = f"{name} of {size} bytes" if size > 20 else f"{name}={show(given)}"
    if isinstance(lengths, range):
        several = f", a multiple of {lengths.step}" if lengths.step > 1 else ""
        allowed = f"bytes, {lengths[0]} to {lengths[-1]} of them{several}"
        near = nearest(size, (lengths[0], lengths[-1])) if lengths[0] else min(8, lengths[-1])
    else:
        allowed, near = "bytes, 1, 2, 4 or 8 of them", nearest(size, (1, 2, 4, 8))
    raise SetupError(given, allowed, f"{name}=bytes({near})")


def instance(name: str, given: object, kind: type[Kind], hint: str) -> Kind:
    """Return an object of a class, or refuse it; `hint` makes one.

    >>> instance("name", 5, str, '"x0"')
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: name=5; allowed: a text; try: name="x0"
    """
    try:
        if isinstance(given, kind):
            return given
    except Exception:  # noqa: BLE001, S110 - a foreign __class__ may raise anything
        pass
    what = "text" if kind is str else kind.__name__
    article = "an" if what[0] in "AEIO" else "a"
    raise SetupError(f"{name}={show(given)}", f"{article} {what}", f"{name}={hint}")


def ask(who: str, function: Callable[..., Any], *arguments: object, hint: str) -> Any:  # noqa: ANN401 - whatever it returns
    """Call a learner's function; whatever it raises becomes a `SetupError` that says whose it was.

    >>> try:
    ...     ask("read", lambda address: {}[address], 4, hint="lambda address: 0")
    ... except SetupError as error:
    ...     print(error)
    given: read raised KeyError: 4; allowed: a function that takes (4) and returns; \
try: lambda address: 0
    """
    try:
        return function(*arguments)
    except Exception as error:  # a learner's function may raise anything
        try:
            said = f"{type(error).__name__}: {error}"
        except Exception:  # noqa: BLE001 - its __str__ too
            said = type(error).__name__
        takes = ", ".join(map(show, arguments))
        allowed = f"a function that takes ({takes}) and returns"
        raise SetupError(f"{who} raised {said[:200]}", allowed, hint) from error
