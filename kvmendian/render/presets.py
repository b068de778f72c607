"""Places to start from: each quadrant, and each scenario of the mailing list."""

from __future__ import annotations

from typing import Any

_ARM = {"arch": "arm", "register_width": 32}
"""The thread's own machine: a road of four bytes."""


def _quadrant(host: str, guest: str) -> dict[str, Any]:
    return {
        "name": f"Quadrant: host {host}, guest {guest}",
        "fields": {**_ARM, "host": host, "guest": guest},
    }


PRESETS: tuple[dict[str, Any], ...] = (
    *(_quadrant(host, guest) for host in ("little", "big") for guest in ("little", "big")),
    {
        "name": "2012: one byte, big host, memcpy",
        "fields": {**_ARM, "design": "memcpy-2012", "host": "big", "width": 1},
        "value": "0x11223344",
    },
    {
        "name": "2013: the broken quadrant (big host, little guest)",
        "fields": {**_ARM, "design": "be-guests-2013", "host": "big"},
    },
    {
        "name": "6 Jan 2014, Dall: swab, big guest on a big host",
        "fields": {**_ARM, "design": "swab", "host": "big", "guest": "big"},
    },
    {
        "name": "6 Jan 2014, Kamensky: swab needs a second swap",
        "fields": {**_ARM, "design": "swab-le-buffer", "host": "big", "guest": "big"},
    },
    {
        "name": "6 Jan 2014, Kamensky: a big guest's REV breaks under swab",
        "fields": {
            **_ARM,
            "op": "load",
            "design": "swab",
            "host": "big",
            "guest": "big",
            "driver": "accessor",
        },
    },
    {
        "name": "21 Jan 2014, Kamensky: in the order of the device, says the short form",
        "fields": {**_ARM, "device": "big", "design": "merged-2014"},
    },
    {
        "name": "A raw store of a big guest to a little device",
        "fields": {**_ARM, "guest": "big", "design": "merged-2014"},
    },
    {
        "name": "The same store through writel",
        "fields": {**_ARM, "guest": "big", "design": "merged-2014", "driver": "accessor"},
    },
    {
        "name": "writel for a big device: one swap where none belongs",
        "fields": {
            **_ARM,
            "guest": "big",
            "device": "big",
            "design": "merged-2014",
            "driver": "little-accessor",
        },
    },
    {
        "name": "cpu_to_le32, then writel: two swaps that cancel",
        "fields": {**_ARM, "guest": "big", "design": "merged-2014", "driver": "double-swap"},
    },
    {
        "name": "12 Jun 2014, Kamensky: the merged answer",
        "fields": {**_ARM, "design": "merged-2014", "host": "big"},
    },
    {
        "name": "Native means the target: a big-endian build of the emulator",
        "fields": {**_ARM, "device": "native", "target": "big", "design": "merged-2014"},
    },
    {
        "name": "2014 to 2026: the lost sign",
        "fields": {"op": "load", "width": 2, "signed": True, "design": "merged-2014"},
        "value": "0x8001",
    },
    {
        "name": "2026: the sign is back",
        "fields": {"op": "load", "width": 2, "signed": True},
        "value": "0x8001",
    },
)
"""Each has a name, the fields that differ from `Setup`'s defaults, and maybe a value."""
