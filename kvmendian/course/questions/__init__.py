"""Questions from the model, without end: reasons that fit, mistakes by name.

Public: `fresh` and `KINDS`, `Question` and `ASKS`, `read_bytes`, `read_number`, `spell`; the kinds
are in the modules `forward`, `inverse`, `diagnosis`, `finding`, `numbers`, `sorting`, `ordering`.
"""

from __future__ import annotations

from .asked import LONGEST, Asked, Feedback
from .asking import ASKS, PARTIES
from .drawing import LEVELS
from .forward import Question
from .kinds import KINDS, fresh
from .reading import read_bytes, read_number, spell

__all__ = [
    "ASKS",
    "KINDS",
    "LEVELS",
    "LONGEST",
    "PARTIES",
    "Asked",
    "Feedback",
    "Question",
    "fresh",
    "read_bytes",
    "read_number",
    "spell",
]
