"""How much a test tries: a part in every run, all of it with KVMENDIAN_EXHAUSTIVE set."""

from __future__ import annotations

import os

EXHAUSTIVE = bool(os.environ.get("KVMENDIAN_EXHAUSTIVE"))


def many(everything: int, usual: int) -> int:
    """Return how many of something to try."""
    return everything if EXHAUSTIVE else usual
