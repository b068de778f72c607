"""What feedback says besides right and wrong: that it is true, by other means."""

from __future__ import annotations

import re
from itertools import islice

import pytest

from kvmendian.course.questions import LEVELS, fresh


@pytest.mark.parametrize("level", LEVELS)
def test_of_an_order_that_fails_an_access_of_the_lines_own_size_is_named(level):
    for q in islice(fresh(level, 18, "ordering"), 150):
        size = int(re.search(r"(\d+)", " ".join(re.findall(r"(?:cpu|swab|[bl]e)\d+", q.text)))[1])
        right = q.sample.split()
        rival = next(str(k) for k in range(1, len(q.lines) + 1) if str(k) not in right)
        early = [right[0], rival, *right[1:]]
        for order in (early, [*right[:-1], rival, right[-1]], [right[0], right[-1]]):
            says = q.answer(order).says
            for found in re.findall(r"wrong for a .* of (\d) byte", says):
                assert 8 * int(found) == size
        # all the others are there, so a rival's line is one too many: and is called that
        assert "one line too many" in q.answer(early).says
        alone = q.answer([right[0], rival, right[-1]])
        assert alone.right or "too many" not in alone.says


def test_where_a_kernel_goes_wrong_is_where_one_is_sent():
    """To the sign only where the value itself is right: by integers, and no lane."""
    sent = 0
    for q in islice(fresh(3, 18), 1000):
        low = (1 << 8 * q.setup.width) - 1
        for mistake in q.mistakes:
            if "extend the sign" in mistake.step and mistake.kind in ("design", "rule-assumed"):
                value = q.value
                if q.setup.guest != q.setup.device_order:
                    value = int.from_bytes(value.to_bytes(q.setup.width, "big"), "little")
                assert q.setup.signed
                assert q.right & low == value
                sent += 1
    assert sent > 20
