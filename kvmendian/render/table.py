"""Truth tables: where each design does what the ABI sentence promises, for every value."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from kvmendian.display import Drawn
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.proofs import prove
from kvmendian.model.setups import Setup

from .shapes import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kvmendian.model.designs import Design
    from kvmendian.model.lanes import Arch
    from kvmendian.model.proofs import Report

COLUMNS = (
    *(("store", width) for width in (1, 2, 4, 8)),
    *(("load", width) for width in (1, 2, 4, 8)),
    *(("signed load", width) for width in (1, 2, 4)),
)
"""Kind of access and width in bytes; a load of 8 bytes has nothing to sign-extend into."""

QUADRANTS = tuple((host, guest) for host in ("little", "big") for guest in ("little", "big"))
"""Host and guest byte order."""

_ABSENT = "–"
_GROUPS = ("store", "load", "signed load")
_HTML = """<style>.kvt{border-collapse:collapse;font:13px/1.35 system-ui,sans-serif}
.kvt{table-layout:auto!important}
.kvt th[scope=row]{font-weight:400;white-space:nowrap}
.kvt th,.kvt td{padding:3px 9px;border-bottom:1px solid #8886;text-align:left!important}
.kvt td.g,.kvt th.g{border-left:1px solid #888a}.kvt td.w{font-weight:700;background:#b3123b2e}
.kvt th[scope=rowgroup]{vertical-align:top}
.kvt caption{text-align:left;padding:4px 0;font-size:13px}
</style>"""


class Row(NamedTuple):
    """A design on one architecture: its name in the table, and the report that decided it.

    >>> truth_table("swab").reports[0].name
    'swab'
    """

    name: str
    report: Report
    arch: Arch


@dataclass(frozen=True, repr=False)
class TruthTable(Drawn):
    """`cells[design, host, guest, kind, width]` is True where every value comes out right.

    Prints as text; in a notebook it is the map, to walk in, and a table where nothing runs. Right
    is `ok`, wrong is `WRONG`, in words; what is not known (None) is `open`, and a dash stands for
    an access that the architecture does not have. `note` says of which architecture the rows are,
    `reports` who decided each.

    >>> truth_table("swab").cells["swab", "big", "big", "store", 4]
    False
    """

    cells: dict[tuple[str, str, str, str, int], bool | None]
    note: str = ""
    reports: tuple[Row, ...] = ()

    def rows(self) -> Iterator[tuple[str, str, str, tuple[bool | str | None, ...]]]:
        """Yield design, host, guest and a verdict for each of `COLUMNS`, a dash where none is.

        >>> next(truth_table("swab").rows())[:3]
        ('swab', 'little', 'little')
        """
        for name in dict.fromkeys(key[0] for key in self.cells):
            for host, guest in QUADRANTS:
                verdicts = tuple(self.cells.get((name, host, guest, *c), _ABSENT) for c in COLUMNS)
                yield name, host, guest, verdicts

    def __repr__(self) -> str:
        """Say in a line what stands in it."""
        names = dict.fromkeys(key[0] for key in self.cells)
        wrong = sum(not right for right in self.cells.values())
        return f"<TruthTable: {', '.join(names)}; {wrong} of {len(self.cells)} cells are WRONG>"

    def __str__(self) -> str:
        """Return the table as text, in 98 columns."""
        names = "".join(f"{kind:<{6 * sum(c[0] == kind for c in COLUMNS)}}" for kind in _GROUPS)
        widths = "".join(f"{width:<6}" for _, width in COLUMNS)
        lines = [f"{'':<33}{names}", f"{'design':<19}{'host':<7}{'guest':<7}{widths}"]
        for name, host, guest, verdicts in self.rows():
            if (host, guest) == QUADRANTS[0]:
                lines.append("")
            says = "".join(f"{_SAYS[right]:<6}" for right in verdicts)
            lines.append(f"{name:<19.18}{host:<7}{guest:<7}{says}")
        more = ["", *wrap(self.note, 98)] if self.note else []
        return "\n".join(line.rstrip() for line in (*lines, *more)) + "\n"

    def _repr_html_(self) -> str:
        """Return the table for where the map cannot run."""
        first = {k for k, (kind, _) in enumerate(COLUMNS) if COLUMNS[k - 1][0] != kind}
        head = "".join(
            f'<th scope="colgroup" class="g" colspan="{sum(c[0] == kind for c in COLUMNS)}">'
            f"{kind}, bytes</th>"
            for kind in _GROUPS
        )
        widths = "".join(
            f'<th scope="col"{_edge(k in first)}>{width}</th>'
            for k, (_, width) in enumerate(COLUMNS)
        )
        body = []
        for name, host, guest, verdicts in self.rows():
            group = ""
            if (host, guest) == QUADRANTS[0]:
                group = f'<th scope="rowgroup" rowspan="4">{safe(name)}</th>'
            cells = "".join(
                f"<td{_edge(k in first, *(['w'] if right is False else []))}>{_SAYS[right]}</td>"
                for k, right in enumerate(verdicts)
            )
            body.append(f'<tr>{group}<th scope="row">host {host}, guest {guest}</th>{cells}</tr>')
        return (
            f'{_HTML}<table class="kvt"><caption>Where mmio.data and register are what the ABI '
            "sentence promises, for every value</caption><thead><tr>"
            f'<th scope="col" rowspan="2">design</th><th scope="col" rowspan="2">byte orders</th>'
            f"{head}</tr><tr>{widths}</tr></thead><tbody>{''.join(body)}</tbody></table>"
            + (f'<div class="kvt-note">{safe(self.note)}</div>' if self.note else "")
        )


_SAYS = {True: "ok", False: "WRONG", None: "open", _ABSENT: "–"}


def _edge(first: bool, *more: str) -> str:
    names = " ".join((*(["g"] if first else []), *more))
    return f' class="{names}"' if names else ""


def truth_table(*designs: str | Design, arch: Arch | None = None) -> TruthTable:
    """Return the truth table of these designs, or of all six.

    The rows are arm64's, and where a design does otherwise on 32-bit arm, that row stands below
    them; with `arch` they are of one architecture. A cell that nothing could decide is
    `open`. Raises `SetupError` for an unknown design or architecture.

    >>> table = truth_table("memcpy-2012")
    >>> table.cells["memcpy-2012", "big", "big", "store", 4]
    False
    >>> table.cells["memcpy-2012 on arm", "big", "big", "store", 4]
    True
    """
    cells: dict[tuple[str, str, str, str, int], bool | None] = {}
    differ, reports = [], []
    for design in designs or DESIGNS:
        report = prove(design)
        mine = _cells(report, arch or "arm64")
        cells |= mine
        reports.append(Row(report.design, report, arch or "arm64"))
        if arch is None and "arm" in report.tried_on:
            arm = _cells(report, "arm")
            if any(mine[key] != right for key, right in arm.items()):
                differ.append(report.design)
                name = f"{report.design} on arm"
                cells |= {(name, *key[1:]): ok for key, ok in arm.items()}
                reports.append(Row(name, report, "arm"))
    note = f"All rows are of {arch}."
    if arch is None:
        names = ", ".join(differ) or "none of these"
        note = f"Rows are of arm64. On 32-bit arm only {names} differs, where an access exists."
        note = note if differ else "On 32-bit arm all is the same, where an access exists."
    return TruthTable(cells, note, tuple(reports))


def _cells(report: Report, arch: Arch) -> dict[tuple[str, str, str, str, int], bool | None]:
    wrong, unknown = (
        {place(setup) for setup in setups if setup.arch == arch}
        for setups in (report.failures, report.open)
    )
    places = {place(s) for s in Setup.all(arch=arch, design="swab", device="little")}
    return {
        (report.design, *one): False if one in wrong else None if one in unknown else True
        for one in sorted(places)
    }


def place(s: Setup) -> tuple[str, str, str, int]:
    """Return where a setup stands in a table: host, guest, kind of access, width in bytes.

    >>> place(Setup(host="big"))
    ('big', 'little', 'store', 4)
    """
    return s.host, s.guest, "signed load" if s.signed else s.op, s.width
