"""Scenarios in JupyterLab: the kernel sees what is clicked, and they go on without one."""

from __future__ import annotations

import pytest
from browser.scenario import CARD

from kvmendian import CLAIMS
from kvmendian.course.scenario import board

pytestmark = pytest.mark.browser

SHOW = "from kvmendian import CLAIMS\nscenario = CLAIMS['just-swab'].explore()\nscenario"
TELL = "print(scenario.answered, scenario.setup.host, scenario.story.mmio_data.hex(' '))"
LINK = (
    "import ipywidgets as w\nslider = w.IntSlider(max=23, description='case')\n"
    "w.jslink((slider, 'value'), (scenario, 'case'))\nslider"
)
KILL = "async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
RUN = """async number => {
  jupyterapp.shell.currentWidget.content.activeCellIndex = number;
  await jupyterapp.commands.execute('notebook:run-cell');
}"""
# ipywidgets' manager says so whenever a widget changes and there is no kernel to tell
NO_KERNEL = "Could not send widget sync message|Kernel is dead|Cannot send|Canceled future"


@pytest.mark.console(NO_KERNEL)
def test_the_kernel_sees_what_is_clicked_and_a_dead_one_is_not_missed(lab):
    lab.open_cells(SHOW, TELL, LINK)
    page = lab.page
    for number in (0, 2):
        page.evaluate(RUN, number)
        lab.wait_idle()
    page.wait_for_selector(CARD)
    page.get_by_role("button", name="It depends").click()
    page.get_by_role("button", name="Show the first no").click()
    first = CLAIMS["just-swab"].verdict().findings[0].counterexample
    value = board("just-swab").story(*board("just-swab").facts["first"]).mmio_data.hex(" ")
    said = ""
    for _ in range(5):  # ipywidgets holds a change back while the kernel is busy with another
        page.evaluate(RUN, 1)
        lab.wait_idle()
        said = lab.outputs()[1][0]["text"].strip()
        if "big" in said:
            break
    assert said == f"depends {first.host} {value}"
    page.evaluate(KILL)
    page.locator("button.square.yes").first.click()
    assert page.locator(CARD).get_attribute("data-yes") == "true"
    page.locator(".widget-slider [role=slider], .widget-slider .noUi-handle").first.focus()
    before = page.locator(CARD).get_attribute("data-case")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"document.querySelector('{CARD}').dataset.case !== '{before}'")
    page.locator("button.square.now").focus()
    for key in ("ArrowDown", "ArrowRight", "d", "d", "a"):
        page.keyboard.press(key)
    assert len(lab.prompts()) == 3  # no key of ours was a command of JupyterLab's
