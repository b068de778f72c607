"""kvmendian: byte order where a hypervisor meets a device.

>>> from kvmendian import Setup
>>> story = Setup(op="store", width=4, guest="big", host="big").trace(0x11223344)
>>> story.mmio_data.hex(" "), hex(story.device_value), story.honours_abi
('11 22 33 44', '0x44332211', True)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kvmendian.display import Drawn
from kvmendian.errors import SetupError
from kvmendian.model.designs import DESIGNS, Design
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.course.claims import CLAIMS
    from kvmendian.model.atlas import Atlas, apply
    from kvmendian.model.proofs import SENTENCES, Report, Sentence, check, prove
    from kvmendian.render.table import truth_table
    from kvmendian.widgets import Explorer, Memory, MmioData, Predict, Register

__all__ = [
    "CLAIMS",
    "DESIGNS",
    "SENTENCES",
    "Atlas",
    "Design",
    "Explorer",
    "Memory",
    "MmioData",
    "Predict",
    "Register",
    "Report",
    "Sentence",
    "Setup",
    "SetupError",
    "Story",
    "apply",
    "check",
    "prove",
    "trace",
    "truth_table",
]
__version__ = "0.1.0"

_LATER = {
    "CLAIMS": "course.claims",
    **dict.fromkeys(("Atlas", "apply"), "model.atlas"),
    **dict.fromkeys(("SENTENCES", "Report", "Sentence", "check", "prove"), "model.proofs"),
    "truth_table": "render.table",
    **dict.fromkeys(("Explorer", "Memory", "MmioData", "Predict", "Register"), "widgets"),
}
"""Names that load when first asked for: `import kvmendian` brings no numpy, widgets or pictures."""


def _show(module: str, function: str) -> Callable[[Any], str]:
    def draw(thing: object) -> str:
        made: str = getattr(import_module(f".render.{module}", __name__), function)(thing)
        return made

    return draw


Drawn.renderers |= {
    "Story": {
        "text/plain": _show("text", "story"),
        "text/html": _show("svg", "html"),
        "image/svg+xml": _show("svg", "story"),
    },
    "Run": {
        "text/plain": _show("machine", "text_of"),
        "text/html": _show("machine", "html"),
        "image/svg+xml": _show("machine", "run"),
    },
}
"""Pictures by class: entered here, and drawn by the render layer when first asked for."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module has
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(globals() | dict.fromkeys(__all__))
