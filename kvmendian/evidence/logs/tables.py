"""What the browser needs to find and explain syndromes and trace lines itself: one JSON document.

Everything that is a fact stands in here, made by Python; `render/view/read.js` follows the tables
and knows nothing of Arm, KVM or byte order.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any

from kvmendian.machine import exceptions, faults
from kvmendian.model.setups import CHOICES, COMBINED, SLOTS, Setup, impossible

from . import aborts, context, finding, patterns, reading, syndromes, traces, words


def _pattern(text: str) -> str:
    """Return a pattern in JavaScript's spelling: named groups are the one difference."""
    return text.replace("(?P<", "(?<")


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the tables as plain JSON data.

    >>> document()["classes"]["36"], "(?P<" in str(document()["events"])
    ('data abort from a lower level', False)
    """
    named = (
        *("LINE_BREAK", "COLOURS", "CHEAP", "NAMED", "NISV", "BARE", "CONTEXT", "PREFIX"),
        *("OTHER", "KVM"),
    )
    return {
        "patterns": {name.lower(): _pattern(getattr(patterns, name)) for name in named},
        "events": [
            [name, patterns.NEEDS[name], _pattern(pattern)]
            for name, pattern in patterns.EVENTS.items()
        ],
        "longest": patterns.LONGEST,
        "most": reading.MOST,
        "alone": list(syndromes.ALONE),
        "aloneMost": syndromes.ALONE_MOST,
        "routed": list(syndromes.ROUTED),
        "near": context.NEAR,
        "names": list(context.NAMES),
        "canonical": patterns.CANONICAL,
        "physical": list(context.PHYSICAL),
        "modes": {
            "32": {str(k): name for k, name in exceptions.AARCH32_MODES.items()},
            "64": {str(k): name for k, name in exceptions.AARCH64_MODES.items()},
        },
        "classes": {str(k): name for k, name in exceptions.CLASSES.items()},
        "layouts": {
            name: [[p.name, p.high, p.low, list(p.flag)] for p in parts]
            for name, parts in exceptions.LAYOUTS.items()
        },
        "layoutOf": {str(k): name for k, name in exceptions.LAYOUT_OF.items()},
        "registers": exceptions.register_names(),
        "noIsv": list(syndromes.NO_ISV),
        "faults": aborts.FAULTS,
        "levels": aborts.LEVELS,
        "staged": list(aborts.STAGED),
        "groups": [aborts.group(code) for code in range(64)],
        "lst": [[faults.set_or_lst(code, bits) for bits in range(4)] for code in range(64)],
        "outcomes": aborts.OUTCOMES,
        "problems": aborts.PROBLEMS,
        "fetches": list(syndromes.FETCHES),
        "types": list(traces.TYPES),
        "reasons": words.REASONS,
        "sentences": words.SENTENCES,
        "decimal": list(finding.DECIMAL),
        "defaults": Setup().fields(),
        "bits": {arch: 8 * slot for arch, slot in SLOTS.items()},
        "possible": [
            "|".join(str(value).lower() for value in point)
            for point in product(*(CHOICES[name] for name in COMBINED))
            if impossible(*point) is None
        ],
    }
