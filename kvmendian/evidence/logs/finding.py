"""`Finding`: one thing recognised in pasted text, and the setups that remain possible by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kvmendian.display import LIVE, Table, Tabular
from kvmendian.errors import SetupError, clip
from kvmendian.model.setups import SLOTS, WIDTHS, Setup, impossible

if TYPE_CHECKING:
    from kvmendian.model.lanes import Arch, ByteOrder

Kind: TypeAlias = Literal["syndrome", "trace", "instruction", "error", "bytes"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Finding(Tabular):
    """One thing recognised. Frozen, hashable, equal by what it says.

    * `kind`: `"syndrome"`, `"trace"`, `"instruction"`, `"error"` or `"bytes"`
    * `text`, `line`: the piece that was recognised; its line, from 1 (0: of no text yet)
    * `fields`: what it says, by the fields' own names; bits as unsigned integers
    * `meanings`: what a field's value means, by the same names; not every field has one
    * `op`, `width` in bytes, `signed`: the access, as in `Setup`; None where it is not told
    * `register` by the guest's own name, `register_width` in bits; None where it is not told
    * `valid`: the syndrome's ISV; None where it cannot be known
    * `address`: IPA or guest physical address; `value`: of a trace line; integers or None
    * `guest`: order of the guest's data access, None where the text does not tell
    * `setups`: what remains possible, by `remaining`; empty where there is no access
    * `start`: the value with which the picture of the first setup starts; None: any
    * `explanation`: sentences: what happened, what KVM does with it, what to try

    >>> found = Finding(kind="syndrome", text="ESR 0x93c08046", op="store", width=8)
    >>> found
    <Finding: syndrome: ESR 0x93c08046>
    """

    kind: Kind
    text: str
    line: int = 0
    fields: dict[str, Any] = field(default_factory=dict, hash=False)
    meanings: dict[str, str] = field(default_factory=dict, hash=False)
    op: Literal["store", "load"] | None = None
    width: int | None = None
    signed: bool | None = None
    register: str | None = None
    register_width: int | None = None
    valid: bool | None = None
    address: int | None = None
    value: int | None = None
    guest: ByteOrder | None = None
    setups: tuple[Setup, ...] = ()
    start: int | None = None
    explanation: str = ""

    def explorer(self) -> Any:  # noqa: ANN401 - an Explorer, which lies above
        """Return the picture of the first setup; `SetupError` where there is none.

        >>> Finding(kind="bytes", text="11 22").explorer()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        kvmendian.errors.SetupError: given: bytes: 11 22, which tells no access; ...
        """
        if not self.setups:
            given = f"{self.kind}: {clip(self.text)}, which tells no access"
            hint = 'kvmendian.read("ESR_EL2 = 0x93800045").findings[0].explorer()'
            raise SetupError(given, "a finding with setups", hint)
        return LIVE["Finding"](self)

    def table(self) -> Table:
        """Return a row a field, and the explanation below."""
        where = f"line {self.line}, " if self.line else ""
        rows = tuple((k, shown(k, v), self.meanings.get(k, "")) for k, v in self.fields.items())
        notes = (self.explanation,) if self.explanation else ()
        caption = f"{where}{self.kind}: {clip(self.text)}"
        return Table(caption, ("field", "value", "meaning"), rows, notes, most=len(rows))

    def __str__(self) -> str:
        """Return the table as text, the explanation in lines of 98 characters."""
        return str(self.table()._replace(notes=tuple(wrap(self.explanation, 98))))


def shown(name: str, value: object) -> str:
    """Write a field's value: an integer above 9 in hex, all else as it is.

    >>> shown("SRT", 3), shown("EC", 0x24), shown("comm", "qemu")
    ('3', '0x24', 'qemu')
    """
    plain = name in DECIMAL or not isinstance(value, int) or -10 < value < 10
    return str(value) if plain else hex(value)  # type: ignore[arg-type]


DECIMAL = (
    *("SRT", "Rt", "CRn", "CRm", "len", "size", "pid", "cpu", "cpu_index", "number"),
    *("errno", "exit_reason", "suberror"),
)
"""Fields that are written in decimal."""


@lru_cache(maxsize=1_024)
def remaining(  # noqa: PLR0913 - one for each thing that a text may tell
    *,
    op: str | None,
    width: int | None,
    signed: bool | None = False,
    register_width: int | None = None,
    arch: Arch = "arm64",
    guest: ByteOrder | None = None,
) -> tuple[Setup, ...]:
    """Return the setups that remain: today's design, and each order that the text leaves open.

    None is what the text does not tell. Host and device are in no log line: both orders remain,
    the little ones first; so do both of the guest's, where `guest` is None. Without an `op` or a
    `width`, or for an access that this architecture does not have, nothing remains.

    >>> [len(remaining(op="store", width=4, guest=g)) for g in (None, "big")]
    [8, 4]
    >>> remaining(op="load", width=8, arch="arm")
    ()
    """
    bits = 8 * SLOTS[arch]
    wide = bits if register_width is None or op == "store" else register_width
    if op is None or width not in WIDTHS or impossible(op, width, bool(signed), wide, arch):
        return ()
    return tuple(
        Setup(
            op=op,  # type: ignore[arg-type]  # one that `impossible` let through
            width=width,
            guest=order,
            host=host,
            device=device,
            signed=bool(signed),
            register_width=wide,
            arch=arch,
        )
        for order in ((guest,) if guest else _ORDERS)
        for host in _ORDERS
        for device in _ORDERS
    )


_ORDERS: tuple[ByteOrder, ...] = ("little", "big")


def as_data(found: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it: numbers of 64 bits in hex, setups as their fields.

    >>> as_data(Finding(kind="trace", text="val 0x41", value=0x41))["value"]
    '0x41'
    """
    data = {name: getattr(found, name) for name in _PLAIN}
    data |= {name: _hex(getattr(found, name)) for name in ("address", "value", "start")}
    data["fields"] = [[k, shown(k, v), found.meanings.get(k, "")] for k, v in found.fields.items()]
    return data | {"setups": [setup.fields() for setup in found.setups]}


def as_shown(found: Finding) -> dict[str, Any]:
    """Return a finding as the browser has it: as `as_data`, with the first setup alone.

    >>> as_shown(Finding(kind="trace", text="val 0x41", value=0x41))["setup"] is None
    True
    """
    data = as_data(found)
    return data | {"setup": next(iter(data.pop("setups")), None)}


def _hex(value: int | None) -> str | None:
    return None if value is None else hex(value)


_PLAIN = (
    *("kind", "text", "line", "op", "width", "signed", "register", "register_width"),
    *("valid", "guest", "explanation"),
)
