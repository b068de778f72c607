"""Byte order where a hypervisor meets a device, to run and to take apart.

A guest stores to a device that exists only in software. KVM packs the bytes into
`kvm_run->mmio.data`, and guest, host and device may disagree on which byte comes first.

>>> from kvmendian import Setup
>>> story = Setup(op="store", width=4, guest="big", host="big").trace(0x11223344)
>>> story.mmio_data.hex(" "), hex(story.device_value), story.honours_abi
('11 22 33 44', '0x44332211', True)

What to reach for:

* one access, told whole: `Setup` and its `trace`, which give a `Story`; `print(story)`
* a kernel's conversion: `DESIGNS` has six, `Design` makes your own of two functions
* every setup and every value: `prove`, or `check` with one of `SENTENCES`; both give a `Report`
* a log line, a syndrome, a trace: `read`, which gives a `Reading` of `Finding`s
* tables and arrays: `truth_table`, `Atlas` for all setups, `apply` for many values
* what was claimed in January 2014, with computed verdicts: `CLAIMS`, and by whom: `Thread`; each
  can be played, as `CLAIMS["just-swab"].explore()`
* what a right implementation does, as test vectors for your own code: `vectors`
* in a notebook: `Explorer`, `Scenario`, `Map` (every case of every design), `Reader` (logs),
  `Predict` (exercises), `Register`, `Memory`, `MmioData`

Folders, from the bottom up (an import points downwards only):

* `kvmendian.model`: lanes, designs, setups, stories, proofs
* `kvmendian.machine`: the guest's CPU and syndrome, and who reads the bytes
* `kvmendian.evidence`: recordings of real kernels
* `kvmendian.render`: text, pictures and tables
* `kvmendian.course`: claims, questions, mistakes
* `kvmendian.widgets`: what a notebook shows; `kvmendian.computer`: is this computer ready?
* `kvmendian.cli`: the subcommands of `python -m kvmendian`

Widths are in bytes, integers unsigned, bytes in address order, the lowest first. What cannot be
used raises `SetupError`: what was given, what is allowed, what to try; nothing has changed then.
Public is what stands here, and the modules that a folder's own help names as public.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kvmendian.display import LIVE, Drawn
from kvmendian.errors import SetupError
from kvmendian.model.designs import Design
from kvmendian.model.kernels import DESIGNS
from kvmendian.model.setups import Setup
from kvmendian.model.story import Story, trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kvmendian.course.claims import CLAIMS
    from kvmendian.evidence.logs.finding import Finding
    from kvmendian.evidence.logs.reading import Reading, read
    from kvmendian.evidence.vectors import vectors
    from kvmendian.model.atlas import Atlas, apply
    from kvmendian.model.proofs import Report, check, prove
    from kvmendian.model.sentences import SENTENCES, Sentence
    from kvmendian.render.table import truth_table
    from kvmendian.widgets import (
        Explorer,
        Map,
        Memory,
        MmioData,
        Predict,
        Reader,
        Register,
        Scenario,
        Thread,
    )

__all__ = [
    "CLAIMS",
    "DESIGNS",
    "SENTENCES",
    "Atlas",
    "Design",
    "Explorer",
    "Finding",
    "Map",
    "Memory",
    "MmioData",
    "Predict",
    "Reader",
    "Reading",
    "Register",
    "Report",
    "Scenario",
    "Sentence",
    "Setup",
    "SetupError",
    "Story",
    "Thread",
    "apply",
    "check",
    "prove",
    "read",
    "trace",
    "truth_table",
    "vectors",
]
__version__ = "0.1.0"

_LATER = {
    "CLAIMS": "course.claims",
    **dict.fromkeys(("Atlas", "apply"), "model.atlas"),
    **dict.fromkeys(("Report", "check", "prove"), "model.proofs"),
    **dict.fromkeys(("SENTENCES", "Sentence"), "model.sentences"),
    "truth_table": "render.table",
    "Finding": "evidence.logs.finding",
    **dict.fromkeys(("Reading", "read"), "evidence.logs.reading"),
    "vectors": "evidence.vectors",
    **dict.fromkeys(("Explorer", "Map", "Memory", "MmioData", "Predict"), "widgets"),
    **dict.fromkeys(("Reader", "Register", "Scenario", "Thread"), "widgets"),
}
"""Names that load when first asked for: `import kvmendian` brings no numpy, widgets or pictures."""


def _show(module: str, function: str) -> Callable[[Any], str]:
    def draw(thing: object) -> str:
        made: str = getattr(import_module(f".render.{module}", __name__), function)(thing)
        return made

    return draw


def _evidence(setup: Setup, value: int) -> object:
    return import_module(".evidence.measured", __name__).of(setup, value)


Story._lookup = staticmethod(_evidence)  # noqa: SLF001 - entered from here alone

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
    "Mistaken": {
        "text/plain": _show("mistaken", "text_of"),
        "text/html": _show("mistaken", "html"),
        "image/svg+xml": _show("mistaken", "picture"),
    },
    "TruthTable": {
        "text/plain": repr,
        "text/html": lambda table: str(table._repr_html_()),
    },
}
"""Pictures by class: entered here, and drawn by the render layer when first asked for."""


def _live(module: str, function: str) -> Callable[[Any], Any]:
    def make(thing: object) -> object:
        return getattr(import_module(f".widgets.{module}", __name__), function)(thing)

    return make


LIVE |= {
    "Claim": _live("scenario", "of"),
    "Finding": _live("reader", "picture"),
    "TruthTable": _live("map", "shown"),
}
"""Live pictures by class, likewise."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module has
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
