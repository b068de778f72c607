"""The map of everything: every case of every design as a square, worked out here, drawn there.

A truth table in another shape, as plain JSON data for `view/map.js`: rows are designs, columns are
accesses, and in each block of a row guest goes across and host down, little first. The browser is
told what each square is and which setup it stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kvmendian.model.kernels import DESIGNS
from kvmendian.model.lanes import ORDERS
from kvmendian.model.setups import SLOTS, Setup

from .table import COLUMNS, QUADRANTS, place

if TYPE_CHECKING:
    from .table import Row, TruthTable

QUESTION = "Is mmio.data what RAM would hold, and x0 what RAM would give?"
STATES = {True: "right", False: "wrong", None: "undecided"}
"""What a square shows, by the cell of the table; nothing stands where no access is."""

_SIGNED = 0x8182838485868788  # each byte with its top bit set, so that a sign shows
_PLAIN = 0x1122334455667788
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def document(table: TruthTable) -> dict[str, Any]:
    """Return the map of a truth table as plain JSON data.

    `rows[k]["states"]` has four squares a column, host by host: a word of `STATES`, or "".
    `widths` are register widths, by square, where the one that goes with the slot is right and
    another is not.

    >>> from kvmendian.render.table import truth_table
    >>> found = document(truth_table("merged-2014"))
    >>> found["rows"][0]["states"].count("wrong"), found["says"]
    (12, 'One design, 44 cases, each for every value: 12 are wrong.')
    """
    return {
        "question": QUESTION,
        "says": summary(table),
        "orders": list(ORDERS),
        "columns": [_column(kind, width) for kind, width in COLUMNS],
        "rows": [_row(table, row) for row in table.reports],
    }


def summary(table: TruthTable) -> str:
    """Count the cases of a table in a sentence.

    >>> from kvmendian.render.table import truth_table
    >>> summary(truth_table("swab", arch="arm"))
    'One design, 32 cases, each for every value: 13 are wrong.'
    """
    names = dict.fromkeys(row.report.design for row in table.reports)
    many = len(names) > 1
    number = _NUMBERS[len(names)] if len(names) < len(_NUMBERS) else str(len(names))
    twice = [row.report.design for row in table.reports if row.name != row.report.design]
    also = f", {' and '.join(twice)} on 32-bit arm as well" if twice else ""
    wrong, unknown = (
        sum(right is known for right in table.cells.values()) for known in (False, None)
    )
    left = f", {unknown} not decided" if unknown else ""
    are = "is" if wrong == 1 else "are"
    return (
        f"{number.capitalize()} design{'s' * many}{also}, {len(table.cells)} cases, each for every "
        f"value: {wrong or 'none'} {are} wrong{left}."
    )


def value_of(setup: Setup) -> int:
    """Return the value that a square shows: its bytes can be told apart, and its sign be seen.

    >>> hex(value_of(Setup(width=2))), hex(value_of(Setup(op="load", width=1, signed=True)))
    ('0x1122', '0x81')
    """
    return (_SIGNED if setup.signed else _PLAIN) >> (64 - 8 * setup.width)


def _column(kind: str, width: int) -> dict[str, Any]:
    """Return an access: the setup's fields, its name, and the value that is shown."""
    fields: dict[str, Any] = {
        "op": kind.removeprefix("signed "),
        "signed": kind == "signed load",
        "width": width,
    }
    says = f"{kind} of {width} byte{'s' * (width > 1)}"
    value = hex(value_of(Setup(**fields)))
    return {"kind": kind, "fields": fields, "says": says, "value": value}


def _row(table: TruthTable, row: Row) -> dict[str, Any]:
    design = row.report.kernel
    keys = [(row.name, *quadrant, *column) for column in COLUMNS for quadrant in QUADRANTS]
    states = [STATES[table.cells[key]] if key in table.cells else "" for key in keys]
    widths = _widths(row)
    return {
        "name": row.name,
        "design": design.name,
        "arch": row.arch,
        "by": _by(row),
        "own": design.name not in DESIGNS,
        "states": states,
        "wrong": states.count("wrong"),
        "note": note(row),
        "widths": {str(k): widths[key[1:]] for k, key in enumerate(keys) if key[1:] in widths},
    }


def note(row: Row) -> str:
    """Say what a row leaves open, and why; empty where all is decided.

    >>> from kvmendian.render.table import truth_table
    >>> note(truth_table("swab").reports[0])
    ''
    """
    report = row.report
    if report.undecided:
        tried = f"; {report.values} values tried in each case" if report.values else ""
        return f"Not proven, because {report.undecided}{tried}."
    return f"Not judged on 32-bit arm: {report.undefined}." if report.undefined else ""


def _by(row: Row) -> str:
    """Name who wrote a design, and when; of a learner's own that it is theirs."""
    design = row.report.kernel
    if design.name not in DESIGNS:
        return "your own"
    if row.name != design.name:
        return "32-bit arm"
    names = (who.split()[-1] for who in design.author.split(", completed by "))
    return f"{', '.join(names)}, {design.date[:4]}"


def _widths(row: Row) -> dict[tuple[Any, ...], int]:
    """Return the register width of each place that only goes wrong with another than usual."""
    usual, found = 8 * SLOTS[row.arch], {}
    failures: dict[tuple[Any, ...], list[Setup]] = {}
    for setup in row.report.failures:
        if setup.arch == row.arch:
            failures.setdefault(place(setup), []).append(setup)
    for where, setups in failures.items():
        if all(setup.register_width != usual for setup in setups):
            found[where] = setups[0].register_width
    return found
