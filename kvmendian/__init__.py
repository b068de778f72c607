"""kvmendian: byte order where a hypervisor meets a device.

>>> from kvmendian import Setup
>>> story = Setup(op="store", width=4, guest="big", host="big").trace(0x11223344)
>>> story.mmio_data.hex(" "), hex(story.device_value), story.honours_abi
('11 22 33 44', '0x44332211', True)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .designs import DESIGNS, Design
from .errors import SetupError
from .setups import Setup
from .story import Story, trace

if TYPE_CHECKING:
    from .atlas import Atlas, apply
    from .claims import CLAIMS
    from .render.table import truth_table
    from .sentences import SENTENCES, Report, Sentence, check, prove
    from .widgets import Explorer, Memory, MmioData, Predict, Register

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
    "CLAIMS": "claims",
    **dict.fromkeys(("Atlas", "apply"), "atlas"),
    **dict.fromkeys(("SENTENCES", "Report", "Sentence", "check", "prove"), "sentences"),
    "truth_table": "render.table",
    **dict.fromkeys(("Explorer", "Memory", "MmioData", "Predict", "Register"), "widgets"),
}
"""Names that load when first asked for: `import kvmendian` brings no numpy, widgets or pictures."""


def _show(module: str) -> Any:  # noqa: ANN401 - a renderer
    return lambda story: import_module(f".render.{module}", __name__).story(story)


Story.renderers |= {"text/plain": _show("text"), "image/svg+xml": _show("svg")}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module has
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(globals() | dict.fromkeys(__all__))
