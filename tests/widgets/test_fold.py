"""What is folded says nothing, is ordinary HTML, and opens to what it was."""

from __future__ import annotations

import pytest

from kvmendian import CLAIMS, Setup, SetupError
from kvmendian.widgets import Fold

STORY = Setup(width=2).trace(0x1122)


@pytest.mark.parametrize("thing", [STORY, CLAIMS, "0x2211 <b>", 0x2211, [1, 2]], ids=str)
def test_a_fold_says_nothing_and_opens(thing):
    fold = Fold(thing, "After <b>")
    bundle = fold._repr_mimebundle_()
    assert bundle["text/plain"] == "<Fold: After <b>; .open() shows it>"
    html = bundle["text/html"]
    assert html.startswith('<details class="kvmendian-fold"><summary>After &lt;b&gt;</summary>')
    assert html.endswith("</details>")
    assert "<b>" not in html
    assert fold.open() is thing
    if thing is STORY:
        assert "<svg" in html


def test_a_name_is_a_text():
    with pytest.raises(SetupError, match="name"):
        Fold(STORY, 5)
