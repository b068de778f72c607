"""Truth tables: where each design does what the ABI sentence promises, read from the atlas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmendian.model.designs import DESIGNS, Design
from kvmendian.model.proofs import prove

from .shapes import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    *(("store", width) for width in (1, 2, 4, 8)),
    *(("load", width) for width in (1, 2, 4, 8)),
    *(("signed load", width) for width in (1, 2, 4)),
)
"""Kind of access and width in bytes; a load of 8 bytes has nothing to sign-extend into."""

QUADRANTS = tuple((host, guest) for host in ("little", "big") for guest in ("little", "big"))
"""Host and guest byte order."""

_WORDS = {True: "ok", False: "WRONG", None: "open"}
_GROUPS = ("store", "load", "signed load")
_HTML = """<style>.kvt{border-collapse:collapse;font:13px/1.35 system-ui,sans-serif}
.kvt{table-layout:auto!important}
.kvt th[scope=row]{font-weight:400;white-space:nowrap}
.kvt th,.kvt td{padding:3px 9px;border-bottom:1px solid #8886;text-align:left!important}
.kvt td.g,.kvt th.g{border-left:1px solid #888a}.kvt td.w{font-weight:700;background:#b3123b2e}
.kvt th[scope=rowgroup]{vertical-align:top}
.kvt caption{text-align:left;padding:4px 0;font-size:13px}
</style>"""


@dataclass(frozen=True)
class TruthTable:
    """`cells[design, host, guest, kind, width]` is True where every value comes out right.

    Prints as text, shows as a table in a notebook. Right is `ok`, wrong is `WRONG`, in words; what
    is not known is None, `open`.
    """

    cells: dict[tuple[str, str, str, str, int], bool | None]

    def rows(self) -> Iterator[tuple[str, str, str, tuple[bool | None, ...]]]:
        """Yield design, host, guest and the verdicts in the order of `COLUMNS`."""
        for name in dict.fromkeys(key[0] for key in self.cells):
            for host, guest in QUADRANTS:
                verdicts = tuple(self.cells[name, host, guest, *column] for column in COLUMNS)
                yield name, host, guest, verdicts

    def __str__(self) -> str:
        """Return the table as text, in 94 columns."""
        names = "".join(f"{kind:<{6 * sum(c[0] == kind for c in COLUMNS)}}" for kind in _GROUPS)
        widths = "".join(f"{width:<6}" for _, width in COLUMNS)
        lines = [f"{'':<32}{names}", f"{'design':<16}{'host':<8}{'guest':<8}{widths}"]
        for name, host, guest, verdicts in self.rows():
            if (host, guest) == QUADRANTS[0]:
                lines.append("")
            says = "".join(f"{_WORDS[right]:<6}" for right in verdicts)
            lines.append(f"{name:<16.15}{host:<8}{guest:<8}{says}")
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def _repr_html_(self) -> str:
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
                f"<td{_edge(k in first, *(['w'] if ok is False else []))}>{_WORDS[ok]}</td>"
                for k, ok in enumerate(verdicts)
            )
            body.append(f'<tr>{group}<th scope="row">host {host}, guest {guest}</th>{cells}</tr>')
        return (
            f'{_HTML}<table class="kvt"><caption>Where mmio.data and register are what the ABI '
            "sentence promises, for every value</caption><thead><tr>"
            f'<th scope="col" rowspan="2">design</th><th scope="col" rowspan="2">byte orders</th>'
            f"{head}</tr><tr>{widths}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )


def _edge(first: bool, *more: str) -> str:
    names = " ".join((*(["g"] if first else []), *more))
    return f' class="{names}"' if names else ""


def truth_table(*designs: str | Design) -> TruthTable:
    """Return the truth table of these designs, or of all six.

    A cell that nothing could decide is `open`. Raises `SetupError` for an unknown design.

    >>> table = truth_table("be-guests-2013")
    >>> table.cells["be-guests-2013", "big", "little", "store", 2]
    False
    """
    cells = {}
    for design in designs or DESIGNS:
        report = prove(design)
        wrong, unknown = (
            {(s.host, s.guest, "signed load" if s.signed else s.op, s.width) for s in setups}
            for setups in (report.failures, report.open)
        )
        for host, guest in QUADRANTS:
            for column in COLUMNS:
                place = (host, guest, *column)
                known = False if place in wrong else None
                cells[report.design, *place] = known if place in wrong | unknown else True
    return TruthTable(cells)
