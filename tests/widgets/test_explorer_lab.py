"""The Explorer in JupyterLab: linked to the kernel while there is one, and at work without one."""

from __future__ import annotations

import json

import pytest
from browser.explorer import ROOT, choose

pytestmark = pytest.mark.browser

SHOW = (
    "from kvmendian import Explorer\n"
    "explorer = Explorer(host='big', design='be-guests-2013')\n"
    "explorer"
)
TELL = "print(explorer.story.mmio_data.hex(' '), explorer.setup.design, explorer.step)"
KILL = "async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
RESTART = """async () => {
  await jupyterapp.shell.currentWidget.sessionContext.changeKernel({ name: 'python3' });
}"""
# ipywidgets' manager says so whenever a widget changes and there is no kernel to tell
NO_KERNEL = "Could not send widget sync message|Kernel is dead|Cannot send|Canceled future"


def printed(lab, number=1):
    return lab.outputs()[number][0]["text"].strip()


def run_cell(lab, number):
    lab.page.evaluate(
        """async number => {
          const notebook = jupyterapp.shell.currentWidget.content;
          notebook.activeCellIndex = number;
          await jupyterapp.commands.execute('notebook:run-cell');
        }""",
        number,
    )
    lab.wait_idle()


def test_what_the_learner_toggles_is_what_the_next_cell_sees(lab):
    lab.open_cells(SHOW, TELL, "explorer.set(guest='big', host='little', step=2)")
    lab.run_all()
    page = lab.page
    page.wait_for_selector(f'{ROOT}[data-step="2"]')
    assert json.loads(page.locator(ROOT).get_attribute("data-setup"))["guest"] == "big"
    choose(page, "KVM design", "swab")
    choose(page, "Host byte order", "big")
    for _ in range(5):  # ipywidgets holds a change back while the kernel is busy with another
        run_cell(lab, 1)
        if printed(lab).startswith("44"):
            break
    assert printed(lab) == "44 33 22 11 swab 2"
    assert page.locator(ROOT).get_attribute("data-mmio-data") == "44 33 22 11"


@pytest.mark.console(NO_KERNEL)
def test_it_goes_on_when_the_kernel_is_gone_and_agrees_again_after_a_restart(lab):
    lab.open_cells(SHOW, TELL)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(f'{ROOT}[data-honours-abi="false"]')
    page.evaluate(KILL)
    choose(page, "KVM design", "merged-2014")
    page.wait_for_selector(f'{ROOT}[data-honours-abi="true"]')
    page.get_by_role("button", name="Step forward").click()
    page.wait_for_selector(f'{ROOT}[data-step="1"]')
    page.get_by_label("Compare with").select_option(label="KVM design: swab")
    assert page.locator(ROOT).count() == 2
    page.evaluate(RESTART)
    lab.run_all()
    page.wait_for_selector(f'{ROOT}[data-honours-abi="false"]')
    choose(page, "Guest data order (E bit)", "big")
    run_cell(lab, 1)
    assert printed(lab) == "11 22 33 44 be-guests-2013 0"


@pytest.mark.console(NO_KERNEL)
def test_links_to_other_widgets_work_without_the_kernel(lab):
    lab.open_cells(
        "import ipywidgets as w\nfrom kvmendian import Explorer, Memory\n"
        "tick, slider = w.Checkbox(description='signed'), w.IntSlider(max=255)\n"
        "explorer, memory = Explorer(op='load', width=2, value=0x8001), Memory(5, width=1)\n"
        "w.jslink((tick, 'value'), (explorer, 'signed'))\n"
        "w.jslink((slider, 'value'), (memory, 'value'))\n"
        "wide = w.IntSlider(max=0xFFFF, description='value')\n"
        "w.jslink((explorer, 'value'), (wide, 'value'))\n"
        "w.VBox([w.HBox([tick, slider, wide]), memory, explorer])"
    )
    lab.run_all()
    page = lab.page
    page.wait_for_selector(ROOT)
    page.evaluate(KILL)
    page.get_by_label("signed", exact=True).check()
    page.wait_for_selector(f'{ROOT}[data-register="0xffffffffffff8001"]')
    page.locator(".widget-slider [role=slider], .widget-slider .noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('.kvmendian-small [data-bytes="06"], .kvmendian-small [data-bytes="01"]')
    page.locator(f"{ROOT} .bitrow [data-bit='0']").click()  # from us to a control, too
    page.wait_for_function("document.body.innerText.includes('32768')")


def test_our_keys_are_not_jupyterlabs_commands(lab):
    lab.open_cells(SHOW, TELL)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(ROOT)
    page.locator(f"{ROOT} .road").focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    page.locator(".bitrow [data-bit]").first.focus()
    page.keyboard.press("Space")
    page.get_by_label("Value", exact=True).click()
    page.keyboard.type("dd0x5aabb")
    assert len(lab.prompts()) == 2  # no cell was deleted, none was added
    assert page.locator(ROOT).get_attribute("data-step") == "1"
