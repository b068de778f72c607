"""A reading says nothing wider than what was tried: its words name what its cases leave out."""

from __future__ import annotations

import re

import pytest

from kvmendian import CLAIMS, Setup


def readings():
    for claim in CLAIMS.values():
        said = ""  # "the same", "nor are they": a reading may lean on those before it
        for reading in (*claim.readings, *claim.also):
            said += f" {reading.text}."
            yield pytest.param(
                claim, said, tuple(reading.cases()), id=f"{claim.number} {reading.text}"
            )


def of(cases, name):
    return {getattr(case, name, None) for case in cases}


@pytest.mark.parametrize(("claim", "said", "cases"), list(readings()))
def test_what_was_left_out_is_said(claim, said, cases):
    widths, setups = of(cases, "width"), all(isinstance(case, Setup) for case in cases)
    said = f"{said} {claim.text}"
    if widths == {4}:
        assert re.search(r"\b4\b", said)
    elif widths & {2, 4, 8} and 1 not in widths:
        assert re.search(r"more than one|2 and 4 bytes|2, 4 or 8 bytes", said)
    if not setups:
        return
    ops, signs = of(cases, "op"), of(cases, "signed")
    if ops == {"store"}:
        assert re.search(r"\bstor(es?|ed)\b", said)
    if ops == {"load"} and signs == {False}:
        assert re.search(r"\bloads?\b", said)
    if "load" in ops and "store" in ops and signs == {False}:
        assert re.search(r"stores and zero-extending loads", said) or len(of(cases, "guest")) == 1
    if signs == {True}:
        assert re.search(r"[Ss]ign extension", said)
    if of(cases, "driver") == {"raw"} and len(of(cases, "device_order")) > 1:
        assert re.search(r"\braw\b", said)
    if of(cases, "arch") == {"arm64"}:
        assert "arm64" in said
