"""What a learner meets after `make lab`: Run All works, shows pictures, and stays on this machine.

That no page asks another machine for anything, or complains on the console, is checked by the
fixture for every browser test (tests/conftest.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browser.lab import Lab

pytestmark = pytest.mark.browser
WHOLE = """picture => {
  const column = picture.closest(".jp-OutputArea-output");
  return column.scrollWidth <= column.clientWidth;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_run_all_of_the_first_notebook(lab: Lab, theme: str) -> None:
    lab.open_notebook("00-start.ipynb")
    lab.set_theme(theme)
    lab.run_all()
    assert lab.prompts() == [f"[{n}]:" for n in range(1, len(lab.outputs()) + 1)]
    shown = [output for outputs in lab.outputs() for output in outputs]
    stories = [output for output in shown if "image/svg+xml" in output.get("data", {})]
    pictures = lab.page.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").all()
    assert len(pictures) >= len(stories) >= 2
    for picture in pictures:
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        box = picture.bounding_box()
        assert box["width"] > 200
        assert box["height"] > 100
        assert picture.evaluate("it => it.complete !== false && it.naturalWidth !== 0")
        assert picture.evaluate(WHOLE), "wider than its column: it is cut off"


def test_nothing_asks_the_learner_about_news(lab: Lab) -> None:
    lab.open_cells("1")
    lab.run_all()
    lab.page.wait_for_timeout(1000)
    assert lab.page.locator(".Toastify__toast").count() == 0
