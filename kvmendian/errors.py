"""The one error that bad input raises, always in three parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    """Return a short one-line `repr` of whatever a user handed over.

    >>> show("a" * 100, limit=10)
    "'aaaaaaaa…"
    """
    try:
        text = repr(thing)
    except Exception:  # noqa: BLE001 - a foreign __repr__ may raise anything; we still owe an answer
        text = f"<{type(thing).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def one_of(name: str, given: object, allowed: Iterable[object]) -> None:
    """Refuse what is not one of `allowed`, of the same type: True is no 1.

    >>> one_of("host", "middle", ("little", "big"))
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: host='middle'; allowed: 'little', 'big'; try: host='little'
    """
    choices = tuple(allowed)
    if not any(type(given) is type(choice) and given == choice for choice in choices):
        shown = f"0 to {choices[-1]}" if len(choices) > 9 else ", ".join(map(repr, choices))
        raise SetupError(f"{name}={show(given)}", shown, f"{name}={choices[0]!r}")


def fits(name: str, given: object, bits: int) -> None:
    """Refuse what is not an unsigned integer of so many bits.

    >>> fits("value", 256, 8)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    kvmendian.errors.SetupError: given: value=256; allowed: an integer from 0 to 0xff (8 bits); ...
    """
    if type(given) is not int or not 0 <= given < 1 << bits:
        allowed = f"an integer from 0 to {(1 << bits) - 1:#x} ({bits} bits)"
        raise SetupError(f"{name}={show(given)}", allowed, f"{name}=0x11")
