"""What a road is made of: places, the ledger, and the lanes that verdicts compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from . import lanes, reasons

if TYPE_CHECKING:
    from .lanes import ByteOrder, Lanes
    from .setups import Setup

Kind = Literal["integer", "bytes"]
"""What rests at a place: an integer has no addresses, bytes have no value."""


class Step(NamedTuple):
    """One place where the value rests, without a value: lanes, and who put them there.

    An integer's lanes begin with the least significant, those of bytes with the lowest address.
    Its words are worked out when asked for: proofs walk roads by the thousand and read none.

    >>> from kvmendian.model.setups import Setup
    >>> from kvmendian.model.road import road
    >>> step = road(Setup(width=2, guest="big")).steps[-2]
    >>> step.place, step.kind, step.lanes, step.zone
    ('val', 'integer', (1, 0, 8, 8, 8, 8, 8, 8), 'VMM')
    """

    place: str
    kind: Kind
    lanes: Lanes
    function: str
    setup: Setup

    def __repr__(self) -> str:
        """Say in a line which bytes rest where, by their letters."""
        told = " ".join(map(lanes.letter, self.lanes))
        return f"<Step {self.place}: {self.kind} {told}, by {self.function}>"

    @property
    def why(self) -> str:
        """One sentence: how the value came to rest here."""
        return reasons.step(self.setup, self.place)

    @property
    def zone(self) -> str:
        """Who owns the place: one of `reasons.ZONES`."""
        return reasons.zone(self.setup, self.place)[0]

    @property
    def order(self) -> ByteOrder:
        """The byte order of the owner: the way it stores and loads here."""
        return reasons.zone(self.setup, self.place)[1]


class Swap(NamedTuple):
    """One line of the ledger: a step that could swap, whether it does, and whether it should.

    `stage` is the index of the stage that it makes.

    >>> from kvmendian.model.setups import Setup
    >>> from kvmendian.model.road import road
    >>> [(swap.who, swap.swapped, swap.needed) for swap in road(Setup(guest="big")).swaps]
    [('vcpu_data_guest_to_host', True, True), ('adjust_endianness', False, False)]
    """

    who: str
    swapped: bool
    needed: bool
    why: str
    stage: int


class Road(NamedTuple):
    """The whole path of a setup: steps, ledger, and the lanes that the verdicts compare.

    `expected` is the register that the ABI sentence promises for these `mmio` bytes; a store's
    is the register itself. `computed` is the word that a learner's function made where it does
    more than move bytes (its lanes are those of `lanes.SECOND`). `mmio` and `ram` are bytes, the
    other four integers of 8 lanes.

    >>> from kvmendian.model.setups import Setup
    >>> from kvmendian.model.road import road
    >>> found = road(Setup(width=2, host="big", design="be-guests-2013"))
    >>> found.mmio, found.ram, found.honours_abi
    ((1, 0), (0, 1), False)
    """

    setup: Setup
    steps: tuple[Step, ...]
    swaps: tuple[Swap, ...]
    mmio: Lanes
    ram: Lanes
    register: Lanes
    expected: Lanes
    device: Lanes
    software: Lanes
    computed: int = 0
    asked: Lanes = ()
    """What a learner's function was given, where it does more than move bytes."""

    def __repr__(self) -> str:
        """Say in a line which way it goes."""
        way = " → ".join(step.place for step in self.steps)
        return f"<Road of {self.setup.op}, width {self.setup.width}: {way}>"

    @property
    def one_value(self) -> bool:
        """Whether this is the road of one value only: a learner's function looked at it."""
        return any(lane in lanes.SECOND for step in self.steps for lane in step.lanes)

    @property
    def arithmetic(self) -> str:
        """A sentence where the kernel computes what no lanes can say; empty nearly everywhere."""
        return reasons.arithmetic(self.setup)

    @property
    def honours_abi(self) -> bool:
        """Whether data and register are as promised for every value at once."""
        return self.mmio == self.ram and self.register == self.expected
