"""`trace()`: the story of one access, a road with a value put in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from kvmendian.display import Drawn
from kvmendian.errors import instance

from . import lanes
from .road import road
from .setups import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from .lanes import ByteOrder, Lanes
    from .steps import Kind, Road, Swap


class Stage(NamedTuple):
    """A step with a value put in.

    An integer has `value` (unsigned) and no `bytes`; bytes have `bytes` (lowest address first)
    and no `value`: that only one of the two exists is half of what the thread was about.

    >>> stage = Setup(width=2, guest="big").trace(0x1122).stages[-3]
    >>> stage.place, stage.bytes.hex(" "), stage.value, stage.order
    ('mmio.data', '11 22', None, 'little')
    """

    place: str
    kind: Kind
    lanes: Lanes
    value: int | None
    bytes: bytes | None
    function: str
    why: str
    zone: str
    order: ByteOrder

    def __repr__(self) -> str:
        """Say in a line what rests where."""
        what = self.bytes.hex(" ") if self.bytes is not None else f"{self.value:#x}"
        return f"<Stage {self.place}: {self.kind} {what}, by {self.function}>"


class Story(Drawn):
    """One access told whole: made by `trace(setup, value)`; the contract's attributes.

    Integers are unsigned; bytes are in address order. `str()` is the story as text, and a
    notebook shows it as a picture (text/html, and image/svg+xml as a document). Raises
    `SetupError` for a value that does not fit.

    >>> story = Story(Setup(host="big", design="be-guests-2013"), 0x11223344)
    >>> story.mmio_data.hex(" "), story.ram_bytes.hex(" "), story.honours_abi
    ('11 22 33 44', '44 33 22 11', False)
    """

    _lookup: ClassVar[Callable[..., Any]] = staticmethod(lambda *_: None)
    """`evidence.measured.of`: that layer lies above, and is entered by `kvmendian/__init__`."""

    def __init__(self, setup: Setup, value: int) -> None:
        """Check the value and find the road; everything else is evaluated when asked for."""
        self.setup = instance("setup", setup, Setup, "Setup()")
        self.value = setup.check_value(value)
        found = road(setup, self.value)
        assert found is not None  # noqa: S101 - with a value there is always a road
        self.road: Road = found

    def _bytes(self, content: Lanes) -> bytes:
        return lanes.evaluate(content, self.value, self.road.computed)

    def _int(self, content: Lanes) -> int:
        return lanes.as_int(content, self.value, self.road.computed)

    @cached_property
    def mmio_data(self) -> bytes:
        """What `kvm_run->mmio.data` holds, `width` bytes."""
        return self._bytes(self.road.mmio)

    @cached_property
    def ram_bytes(self) -> bytes:
        """What a store leaves in RAM; of a load, the low bytes of x0 as RAM would hold them."""
        return self._bytes(self.road.ram)

    @cached_property
    def register(self) -> int:
        """The raw guest register, zero-extended to 64 bits, as stored or as loaded."""
        return self._int(self.road.register)

    @cached_property
    def expected_register(self) -> int:
        """The register that the ABI sentence promises: the same bytes, loaded from RAM."""
        return self._int(self.road.expected)

    @cached_property
    def device_value(self) -> int:
        """What the device's register gets, or supplied."""
        return self._int(self.road.device)

    @cached_property
    def software_value(self) -> int:
        """What the guest's software meant to write, or ends up with."""
        return self._int(self.road.software)

    @property
    def honours_abi(self) -> bool:
        """Whether data and register are what the ABI sentence promises, for this value."""
        return self.mmio_data == self.ram_bytes and self.register == self.expected_register

    @property
    def driver_is_right(self) -> bool:
        """Whether device and software mean the same value, within the width."""
        bits = (1 << 8 * self.setup.width) - 1
        return self.device_value & bits == self.software_value & bits

    @cached_property
    def evidence(self) -> Any:  # noqa: ANN401 - `evidence.measured.Evidence`, of a layer above
        """What a real kernel was recorded to do in this state; None where it is computed only.

        >>> from kvmendian import Setup
        >>> Setup(width=2).trace(0x1122).evidence.mmio_data.hex(" ")
        '88 77'
        """
        return self._lookup(self.setup, self.value)

    @property
    def swaps(self) -> tuple[Swap, ...]:
        """The ledger: one entry for each step that could swap, in the order of travel."""
        return self.road.swaps

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Every place on the road with its value, in the order of travel."""
        return tuple(
            Stage(
                step.place,
                step.kind,
                step.lanes,
                self._int(step.lanes) if step.kind == "integer" else None,
                self._bytes(step.lanes) if step.kind == "bytes" else None,
                step.function,
                step.why,
                step.zone,
                step.order,
            )
            for step in self.road.steps
        )

    def __eq__(self, other: object) -> bool:
        """Compare by setup and value: these decide everything."""
        if not isinstance(other, Story):
            return NotImplemented
        return (self.setup, self.value) == (other.setup, other.value)

    def __hash__(self) -> int:
        """Hash by setup and value."""
        return hash((self.setup, self.value))

    def __repr__(self) -> str:
        """Show how to get this story again."""
        return f"trace({self.setup!r}, {self.value:#x})"


def trace(setup: Setup, value: int) -> Story:
    """Follow one access from guest register to device register, or back.

    `value` is what software means to write, or the device's register. Raises `SetupError` where
    it does not fit; nothing is masked.

    >>> from kvmendian.model.setups import Setup
    >>> trace(Setup(width=2, guest="big"), 0x1122).mmio_data.hex(" ")
    '11 22'
    """
    return Story(setup, value)


Setup.trace = trace
