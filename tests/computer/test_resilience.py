"""What learners meet when something breaks: each ends with a working picture or a clear word."""

from __future__ import annotations

import os
import signal
import time

import pytest
from browser.explorer import ROOT, choose
from test_explorer_lab import NO_KERNEL, printed, run_cell

pytestmark = pytest.mark.browser

SHOW = "from kvmendian import Explorer\nexplorer = Explorer(host='big', design='be-guests-2013')\nexplorer"
ASK = "from kvmendian import Predict\nPredict('mmio_data', guest='big', value=0x11223344)"
PID = "import os\nprint(os.getpid())"
TELL = "print(explorer.setup.design)"
MERGED, BROKEN = f'{ROOT}[data-honours-abi="true"]', f'{ROOT}[data-honours-abi="false"]'
# JupyterLab's own words about a kernel that died
DIED = "kernel|Kernel|WebSocket|websocket|404|Canceled|Cannot send"


def toggle_and_back(page):
    choose(page, "KVM design", "merged-2014")
    page.wait_for_selector(MERGED)
    choose(page, "KVM design", "be-guests-2013")
    page.wait_for_selector(BROKEN)


def answer(page, text):
    field = page.locator(".kvmendian-predict input")
    field.fill(text)
    field.press("Enter")


@pytest.mark.console(DIED)
def test_a_kernel_that_is_killed(lab):
    """The Explorer goes on; the exercise says that nobody answers; running again mends both."""
    lab.open_cells(SHOW, ASK, PID)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(BROKEN)
    page.locator(".kvmendian-predict").wait_for()
    os.kill(int(printed(lab, 2)), signal.SIGKILL)
    page.get_by_role("button", name="Ok").click(timeout=60_000)  # "… will restart automatically"
    toggle_and_back(page)
    answer(page, "11 22 33 44")
    page.get_by_text("No answer from the kernel yet").wait_for()
    lab.run_all()
    page.wait_for_selector(BROKEN)
    answer(page, "11 22 33 44")
    page.get_by_text("✓ Right").wait_for()
    assert page.get_by_text("No answer from the kernel yet").count() == 0


def test_a_kernel_that_is_busy(lab):
    """Many toggles while a cell runs; the exercise waits in words, and is then judged."""
    lab.open_cells(SHOW, ASK, "import time\ntime.sleep(8)", TELL)
    page = lab.page
    for number in (0, 1):
        run_cell(lab, number)
    page.wait_for_selector(BROKEN)
    page.evaluate(
        """() => {
          const lab = jupyterapp.shell.currentWidget.content;
          lab.activeCellIndex = 2;
          jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    began = time.monotonic()
    answer(page, "11 22 33 44")
    for _ in range(5):
        toggle_and_back(page)
    page.get_by_text("No answer from the kernel yet").wait_for()
    assert page.get_by_text("✓ Right").count() == 0
    choose(page, "KVM design", "swab")
    toggled = time.monotonic() - began
    page.get_by_text("✓ Right").wait_for()
    assert time.monotonic() - began > toggled, "it was busy all the time"
    assert page.get_by_text("No answer from the kernel yet").count() == 0
    lab.wait_idle()
    for _ in range(10):
        run_cell(lab, 3)
        if printed(lab, 3) == "swab":
            break
    assert printed(lab, 3) == "swab"


def test_a_page_that_is_reloaded(lab):
    """The kernel lives: pictures and exercises come back from it, in the state that they had."""
    lab.open_cells(SHOW, ASK)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(BROKEN)
    choose(page, "KVM design", "merged-2014")
    page.wait_for_selector(MERGED)
    lab.wait_idle()
    lab.save()
    lab.reload()
    page.wait_for_selector(MERGED)
    toggle_and_back(page)
    answer(page, "11 22 33 44")
    page.get_by_text("✓ Right").wait_for()


@pytest.mark.console(NO_KERNEL + "|" + DIED + "|widget model not found")
def test_a_page_that_is_reloaded_after_its_kernel_is_gone(lab):
    """There is no model to show: JupyterLab says so, and one Run All brings all of it back."""
    lab.open_cells(SHOW, ASK)
    lab.run_all()
    lab.page.wait_for_selector(BROKEN)
    lab.save()
    lab.end_kernels()
    lab.reload()
    lab.page.get_by_text("Error displaying widget").first.wait_for()
    lab.run_all()
    lab.page.wait_for_selector(BROKEN)
    toggle_and_back(lab.page)


def test_two_tabs_on_one_notebook(lab, new_page):
    """Both show the one Explorer of the one kernel; either can be toggled, and they agree."""
    lab.open_cells(SHOW)
    lab.run_all()
    lab.page.wait_for_selector(BROKEN)
    lab.save()
    second = lab.second(new_page())
    second.page.wait_for_selector(BROKEN)
    choose(second.page, "KVM design", "merged-2014")
    second.page.wait_for_selector(MERGED)
    lab.page.wait_for_selector(MERGED)
    choose(lab.page, "KVM design", "be-guests-2013")
    second.page.wait_for_selector(BROKEN)


@pytest.mark.console(NO_KERNEL)
def test_a_kernel_that_is_restarted(lab):
    """Restart and Run All, as the menu does it: everything is there again, and is one."""
    lab.open_cells(SHOW, TELL)
    lab.run_all()
    lab.page.wait_for_selector(BROKEN)
    choose(lab.page, "KVM design", "swab")
    lab.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    toggle_and_back(lab.page)
    lab.run_all()
    lab.page.wait_for_selector(BROKEN)
    assert printed(lab) == "be-guests-2013"


@pytest.mark.parametrize(
    ("locale", "timezone"), [("tr-TR", "Asia/Kathmandu"), ("ar-EG", "Pacific/Apia")]
)
def test_another_clock_and_another_language(new_page, tmp_path, locale, timezone):
    """Of a browser: numbers, hex and controls are the same (i and İ, Arabic digits, dates)."""
    from kvmendian import Explorer

    page = new_page(locale=locale, timezone_id=timezone)
    page.goto(Explorer(host="big", design="be-guests-2013").save_html(tmp_path / "e.html").as_uri())
    page.wait_for_selector(BROKEN)
    toggle_and_back(page)
    root = page.locator(ROOT)
    assert root.get_attribute("data-mmio-data") == "11 22 33 44"
    assert "0x11223344" in root.inner_text()
