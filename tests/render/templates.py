"""What the templates of sentences share: their words, and how a text is cut into sentences."""

from __future__ import annotations

import re
from functools import cache

from kvmendian.model import lanes
from kvmendian.model.lanes import ZERO

ORDER = "(little|big)"
WIDTHS = r"(\d+ bytes?|1 byte)"
NAME = r"([\w.-]+)"
FIRST = r"(least|most) significant byte first"


def turns_once(f, zone):
    return len(f.turns_of(zone)) == 1


def stored(f, content, order, size):
    """The first `size` bytes of an integer in a memory of that order."""
    return lanes.store(lanes.zero_extend(content), f.s.slot, order)[:size]


def says_orders(f, m, first, second):
    """Whether the orders that a sentence names are those of the setup."""
    return (m[first], m[second]) == (f.s.guest, f.s.host)


def loaded(f, k):
    step = f.road.steps[k]
    return step.lanes == f.as_integer(k - 1)[: len(step.lanes)] + (ZERO,) * (
        len(step.lanes) - len(f.as_integer(k - 1))
    )


def split(text, templates, seen):
    """Cut a text into sentences, each of a template: (name, match). None if that cannot be done."""
    found, at = [], 0
    while at < len(text):
        tried = (
            (name, compiled(pattern).match(text, at)) for name, (pattern, _) in templates.items()
        )
        fits = (
            (name, m)
            for name, m in tried
            if m and at < m.end() and text[m.end() :][:1] in ("", " ")
        )
        name, m = next(fits, (None, None))
        if name is None:
            return None
        seen[name] = seen.get(name, 0) + 1
        found.append((name, m))
        at = m.end() + 1
    return found


@cache
def compiled(pattern):
    return re.compile(pattern)
