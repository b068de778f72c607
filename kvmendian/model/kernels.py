"""The six designs: how KVM/Arm's conversion was written, was proposed, or is written today."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kvmendian.display import Catalogue

from .designs import Design
from .swaps import be_guests_only, both_guests, swab_big_guests, untouched

if TYPE_CHECKING:
    from collections.abc import Mapping

_BE = "beN_to_cpu, which swaps on a little host only"
_LE = "leN_to_cpu, which swaps on a big host only"
_NEVER = "never asked for"
_LEFT = "left untouched, whatever the host"
_ALWAYS = "swapped, whatever the host"


def _why(little: str, big: str) -> Mapping[str, str]:
    return MappingProxyType({"little": little, "big": big})


_SIX = (
    Design(
        "memcpy-2012",
        untouched,
        untouched,
        sign_extend="before",
        buffer="memcpy",
        author="Christoffer Dall",
        date="2013-01-20",
        commit="45e96ea6b369",
        release="seen in a v3.11 tree; first release not checked",
        status="replaced in late 2013",
        summary="memcpy of the register's first bytes; the guest's order is never asked for",
        reasons=_why(_NEVER, _NEVER),
    ),
    Design(
        "be-guests-2013",
        be_guests_only,
        be_guests_only,
        sign_extend="before",
        author="Marc Zyngier",
        date="2013-02-12",
        commit="6d89d2d9b5ba",
        release="v3.13 to v3.16",
        status="merged 7 Nov 2013; replaced in v3.17",
        summary="converts for a big guest only: a little guest on a big host goes wrong",
        reasons=_why(_LEFT, _BE),
    ),
    Design(
        "merged-2014",
        both_guests,
        both_guests,
        sign_extend="before",
        author="Victor Kamensky",
        date="2014-06-12",
        commit="27f194fd360a (arm), b30070862edb (arm64)",
        release="v3.17 to v7.1; on arch/arm until KVM left it in v5.7",
        status="merged 11 Jul 2014; its masking broke sign-extending loads",
        summary="swaps where guest and host differ; the mask after it strips the sign extension",
        reasons=_why(_LE, _BE),
    ),
    Design(
        "swab",
        swab_big_guests,
        swab_big_guests,
        sign_extend="before",
        author="Christoffer Dall",
        date="2014-01-06",
        status="proposed on the list, not merged",
        summary="swaps for a big guest on any host, into a buffer of the host's order",
        reasons=_why(_LEFT, _ALWAYS),
    ),
    Design(
        "swab-le-buffer",
        swab_big_guests,
        swab_big_guests,
        sign_extend="before",
        buffer="little",
        author="Christoffer Dall, completed by Victor Kamensky",
        date="2014-01-06",
        status="discussed on the list, not merged",
        summary="the same with a little-endian buffer: a big host swaps once more to store it",
        reasons=_why(_LEFT, _ALWAYS),
    ),
    Design(
        "sign-fixed-2026",
        both_guests,
        both_guests,
        sign_extend="after",
        author="Fuad Tabba",
        date="2026-07-06",
        commit="85f56708a443",
        release="v7.2",
        status="today's kernel",
        summary="the merged conversion, with sign extension after it",
        reasons=_why(_LE, _BE),
    ),
)

DESIGNS = Catalogue(
    "six ways to write the conversion; prove(id) tries one in every setup",
    {design.name: design for design in _SIX},
    {"by": lambda d: d.author, "what it does": lambda d: d.summary},
)
"""The six designs by id, oldest first; `sign-fixed-2026` is today's kernel and the default."""
