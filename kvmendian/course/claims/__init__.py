"""The claims of the argument, each with a verdict that the model computes.

>>> for claim in list(CLAIMS.values())[:2]:
...     print(claim.number, claim.who, claim.verdict().outcome)
1 Marc Zyngier holds
2 Peter Maydell holds
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .argument import ARGUMENT
from .definition import DEFINITION
from .later import LATER
from .verdict import Claim, Finding, Reading, Verdict, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {one.id: one for one in (*ARGUMENT, *DEFINITION, *LATER)}
)
"""All claims by id, in the order of the argument."""

__all__ = ["CLAIMS", "Claim", "Finding", "Reading", "Verdict", "describe"]
