"""Smaller pictures for lessons: a register, a strip of memory, `mmio.data` beside RAM.

Each is a widget of its own, from the Explorer's module, and can be linked to others: `value` is an
integer (in the browser a number, or hex text from 2**53 up), `width` and `order` are plain.
"""

from __future__ import annotations

from typing import Any

import traitlets

from kvmendian.errors import SetupError, fits, instance, one_of
from kvmendian.model import lanes
from kvmendian.model.setups import WIDTHS

from .explorer import Explorer
from .live import Checked, Live, RefusedError, from_browser, to_browser


class _Small(Live):
    """What a register and memory share: a value of `width` bytes, and where each byte is shown."""

    value = Checked(0x11223344).tag(sync=True, to_json=to_browser, from_json=from_browser)
    width = Checked(4).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    _view = traitlets.Unicode("small").tag(sync=True)
    _integer = traitlets.Bool(default_value=True).tag(sync=True)
    _keys: traitlets.List[Any] = traitlets.List().tag(sync=True)
    _lanes: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    @traitlets.validate("value", "width")
    def _validate(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        trait, given = proposal["trait"].name, proposal["value"]
        state = {"value": self.value, "width": self.width, trait: given}
        value, width = state["value"], state["width"]
        try:
            width = one_of("width", width, WIDTHS)
            return {"width": width, "value": fits("value", value, 8 * width)}[trait]
        except SetupError as error:
            raise RefusedError(error.given, error.allowed, error.hint) from None

    def set(self, *, value: int, width: int) -> None:
        """Change value and width together, where one after the other would not fit.

        Raises `SetupError` for a value that does not fit the width, in bytes.
        """
        with self.hold_trait_notifications():
            self.value, self.width = value, width

    def _state(self) -> dict[str, Any]:
        names = ("value", "name", "_view", "_integer", "_keys", "_lanes", *self._keys)
        return {name: getattr(self, name) for name in names} | {"value": hex(self.value)}

    def __repr__(self) -> str:
        """Show the value, and what else was chosen."""
        more = "".join(f", {key}={getattr(self, key)!r}" for key in self._keys)
        return f"{type(self).__name__}({self.value:#x}{more}, name={self.name!r})"


class Register(_Small):
    """A register: an integer in brackets, bits numbered by significance, no addresses.

    Raises `SetupError` for a value that does not fit.

    >>> Register(value=0x1122, width=2).name
    'x0'
    """

    def __init__(self, value: int = 0x11223344, *, width: int = 4, name: str = "x0") -> None:
        """Show `value` as an integer of `width` bytes."""
        places = {str(n): list(lanes.SOURCE[:n]) for n in WIDTHS}
        name = instance("name", name, str, "'x0'")
        super().__init__(value=value, width=width, name=name, _keys=["width"], _lanes=places)


class Memory(_Small):
    """A strip of memory: separate bytes with addresses, as a store of `value` leaves them.

    Raises `SetupError` for a value that does not fit, or another order.

    >>> Memory(0x1122, width=2, order="big").bytes.hex(" ")
    '11 22'
    """

    order = Checked("little").tag(sync=True)

    def __init__(
        self,
        value: int = 0x11223344,
        *,
        width: int = 4,
        order: lanes.ByteOrder = "little",
        name: str = "memory",
    ) -> None:
        """Show `value`, stored in `order`, lowest address first."""
        places = {
            f"{n}|{one}": list(lanes.store(lanes.SOURCE, n, one))
            for n in WIDTHS
            for one in lanes.ORDERS
        }
        super().__init__(
            value=value,
            width=width,
            order=order,
            name=instance("name", name, str, "'memory'"),
            _integer=False,
            _keys=["width", "order"],
            _lanes=places,
        )

    @traitlets.validate("order")
    def _validate_order(self, proposal: Any) -> Any:  # noqa: ANN401 - traitlets' protocol
        try:
            return one_of("order", proposal["value"], lanes.ORDERS)
        except SetupError as error:
            raise RefusedError(error.given, error.allowed, error.hint) from None

    @property
    def bytes(self) -> bytes:
        """The bytes on screen, lowest address first."""
        return lanes.to_memory(self.value, self.width, self.order)


class MmioData(Explorer):
    """`mmio.data` beside RAM, and the verdict: an Explorer without the road.

    Takes what `Explorer` takes; shows no controls unless `only` names some. Raises `SetupError` as
    it does.

    >>> MmioData(guest="big").story.mmio_data.hex(" ")
    '11 22 33 44'
    """

    def __init__(self, **state: Any) -> None:  # noqa: ANN401 - as Explorer
        """Start anywhere, as the Explorer does."""
        super().__init__(**{"only": [], **state})
        self._view = "mmio"
