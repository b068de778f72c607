"""`Map`: every case of every design as a square, with the road of the one that is chosen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import traitlets
from IPython.core.getipython import get_ipython

from kvmendian.errors import SetupError, instance, show
from kvmendian.model.designs import Design
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.road import road
from kvmendian.model.setups import Setup
from kvmendian.render import browser, casemap, mappicture, shapes
from kvmendian.render.table import TruthTable, truth_table

from .explorer import Explorer
from .live import atlas

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ipywidgets

    from kvmendian.model.proofs import Report


class Map(Explorer):
    """The map of everything: designs by accesses, guest across and host down in each block.

    A square is right or wrong for every value, or hatched where nothing could decide it. The one
    that is chosen is `setup`, its access `story`; click or use the arrow keys, and the road below
    follows. The other traits are the Explorer's, which the button shows in the map's place.
    `designs` are more rows, of your own; `add` adds one to a map that is shown.

    Raises `SetupError` for what is no design, two of one name, or an impossible start.

    >>> found = Map(design="be-guests-2013", host="big")
    >>> found.story.honours_abi
    False
    >>> found.table.cells["be-guests-2013", "big", "little", "store", 4]
    False
    """

    _title = "kvmendian map"

    _map: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    _packed = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        *,
        designs: Iterable[Design] = (),
        table: TruthTable | None = None,
        **state: Any,  # noqa: ANN401 - as Explorer
    ) -> None:
        """Start anywhere; `table` is a truth table to show in place of that of all designs."""
        if table is not None:
            instance("table", table, TruthTable, "truth_table()")
            reports = [row.report for row in table.reports]
            designs = dict.fromkeys(r.kernel for r in reports if r.design not in DESIGNS)
            state = _start(reports[-1]) | state
        super().__init__(designs=designs, **state)
        if "value" not in state:
            self.value = casemap.value_of(self.setup)
        self._given = table
        self._tell(truth_table(*DESIGNS, *self._own.values()) if table is None else table)
        self._view = "map"

    def _roads(self, designs: tuple[Design, ...]) -> ipywidgets.Widget:
        """Return the atlas of those that only move bytes; the others have a row and no road."""
        for number, design in enumerate(designs):
            _own_name(design, [one.name for one in designs[:number]])
        return atlas(tuple(filter(_moves, designs)))

    def _tell(self, table: TruthTable) -> None:
        self._table, self._map = table, casemap.document(table)

    @property
    def table(self) -> TruthTable:
        """What the squares say, as `truth_table` has it."""
        return self._table

    @property
    def packed(self) -> bytes:
        """The atlas that the picture reads, gzipped."""
        return self._packed or super().packed

    def add(self, design: Design) -> None:
        """Add a row, or replace that of the same name: in every view of this map, at once.

        Raises `SetupError` for what is no design, and for the name of one of the six.

        >>> found = Map()
        >>> found.add(Design("mine", lambda data, *_: data, lambda data, *_: data))
        >>> found.table.cells["mine", "big", "little", "store", 2]
        False
        """
        _own_name(instance("design", design, Design, "Design('mine', f, g)"), [])
        own = {**self._own, design.name: design}
        kept = [*DESIGNS] if self._given is None else [r.report.kernel for r in self._given.reports]
        names = dict.fromkeys(one if isinstance(one, str) else one.name for one in kept)
        table = truth_table(*(own.get(name, name) for name in dict.fromkeys([*names, *own])))
        packed = browser.packed(tuple(filter(_moves, own.values())))
        self._own = own
        with self.hold_sync():
            self._packed = packed
            self._tell(table)

    def _state(self) -> dict[str, Any]:
        return super()._state() | {"_map": self._map}

    def _fallback(self) -> str:
        return mappicture.draw(self._map)

    def _beside(self) -> dict[str, str]:
        """Return the map as a picture; in words it is the table's."""
        words = repr(self) if self._given is None else repr(self._given)
        picture = mappicture.draw(self._map)
        html = shapes.inline(picture, str(self._table))
        return {"text/plain": words, "text/html": html, "image/svg+xml": picture}


def shown(table: TruthTable) -> Map | None:
    """Return the map of a table, or None where no browser would show it: at a plain prompt."""
    shell = get_ipython()
    plain = shell is None or type(shell).__name__ == "TerminalInteractiveShell"
    return None if plain and not os.environ.get("KVMENDIAN_STATIC") else Map(table=table)


def _start(report: Report) -> dict[str, Any]:
    """Return where the map of a report begins: its counterexample, or just its design."""
    fields = report.counterexample[0].fields() if report.counterexample else {}
    return {**fields, "design": report.design}


def _own_name(design: Design, others: list[str]) -> None:
    """Refuse a name that is taken: rows are told apart by it."""
    if design.name in (*DESIGNS, *others):
        given, allowed = f"the name {show(design.name)}", "a name of its own for each design"
        raise SetupError(given, allowed, "Design('mine', f, g)")


def _moves(design: Design) -> bool:
    """Say whether a design has roads: whether it only moves bytes, in every setup."""
    try:
        return all(road(setup) is not None for setup in Setup.all(design=design))
    except SetupError:  # C that is not defined on arm
        return False
