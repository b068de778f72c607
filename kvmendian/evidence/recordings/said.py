"""What Linux's own tools said on the recorded kernels, line by line, as it stood.

`"ftrace"`: events of some of the recorded accesses; `"strace"`: the VMM's KVM_RUN meanwhile;
`"selftest"`: the kernel's own framework, with a test of ours (`evidence.vectors.selftest`).
Lines that start with `#` are a head of our own, and ftrace's.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from kvmendian.errors import one_of
from kvmendian.model.lanes import ORDERS

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder

DESIGNS = {
    "ftrace": ("merged-2014", "sign-fixed-2026"),
    "strace": ("merged-2014", "sign-fixed-2026"),
    "selftest": ("be-guests-2013", "merged-2014", "sign-fixed-2026"),
}
"""The kinds, and the designs of which there is one, on a host of each order."""


def said(kind: str, design: str, host: ByteOrder = "little") -> str:
    """Return what was said of that kind by a kernel with that design, head and lines.

    Raises `SetupError` where there is none.

    >>> print(said("selftest", "sign-fixed-2026", "big").splitlines()[-1])
    # Totals: pass:336 fail:0 xfail:0 xpass:0 skip:0 error:0
    """
    designs = DESIGNS[one_of("kind", kind, tuple(DESIGNS))]
    one_of("design", design, designs)
    one_of("host", host, ORDERS)
    return _text(f"{kind}-{'be' if host == 'big' else 'le'}-host.{design}.txt")


@cache
def _text(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="ascii")
