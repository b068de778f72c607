"""The claims of the argument, each with a verdict that the model computes.

>>> for claim in list(CLAIMS.values())[:2]:
...     print(claim.number, claim.who, claim.verdict().outcome)
1 Marc Zyngier holds
2 Peter Maydell holds
"""

from __future__ import annotations

from kvmendian.display import Catalogue

from .argument import ARGUMENT
from .definition import DEFINITION
from .later import LATER
from .verdict import Claim, Finding, Reading, Verdict, describe

CLAIMS = Catalogue(
    "the claims of the argument; CLAIMS[id].verdict() tries one",
    {one.id: one for one in (*ARGUMENT, *DEFINITION, *LATER)},
    {
        "no.": lambda c: str(c.number),
        "who": lambda c: f"{c.who}, {c.when}",
        "claim": lambda c: c.text,
    },
)
"""All claims by id, in the order of the argument."""

__all__ = ["CLAIMS", "Claim", "Finding", "Reading", "Verdict", "describe"]
