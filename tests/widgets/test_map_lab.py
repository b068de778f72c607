"""The map and the thread in JupyterLab: with a kernel, linked, and when the kernel is gone."""

from __future__ import annotations

import json

import pytest
from test_explorer_lab import KILL, NO_KERNEL, printed, run_cell

from kvmendian import truth_table

pytestmark = pytest.mark.browser

NOW = ".casemap [aria-current=true]"
MINE = "Design('mine', lambda data, *_: data, lambda data, *_: data)"


def now(page):
    return page.locator(NOW).get_attribute("aria-label")


@pytest.mark.console(NO_KERNEL)
def test_a_truth_table_is_the_map_and_walks_on_without_a_kernel(lab):
    lab.open_cells("from kvmendian import truth_table\ntruth_table()")
    lab.run_all()
    page = lab.page
    page.wait_for_selector(".casemap")
    data = lab.outputs()[0][0]["data"]
    assert data["text/plain"] == repr(truth_table())
    assert data["text/html"].count("<svg") == 1
    page.evaluate(KILL)
    page.locator(NOW).press("PageUp")
    page.locator(NOW).press("ArrowRight")
    assert now(page).startswith("swab-le-buffer, store of 4 bytes, host little, guest big")
    page.get_by_role("button", name="Explorer").click()
    told = page.wait_for_selector(".kvmendian-explorer").get_attribute("data-setup")
    assert json.loads(told)["design"] == "swab-le-buffer"


def test_the_next_cell_sees_what_is_clicked_and_a_new_design_is_there_at_once(lab):
    lab.open_cells(
        "from kvmendian import Design, Map\nmap = Map(host='big')\nmap",
        "print(map.setup.design_name, map.setup.guest, map.story.honours_abi)",
        f"map.add({MINE})",
    )
    lab.run_all()
    page = lab.page
    row = page.get_by_role("group", name="mine: 16 of 44 wrong")
    row.wait_for()
    row.locator(".wrong").first.click()
    assert now(page).startswith("mine, store of 2 bytes, host little, guest big: wrong")
    for _ in range(5):
        run_cell(lab, 1)
        if printed(lab).startswith("mine"):
            break
    assert printed(lab) == "mine big False"


@pytest.mark.console(NO_KERNEL)
def test_linked_to_an_explorer_and_a_claim_is_played(lab):
    lab.open_cells(
        "from ipywidgets import VBox, jslink\nfrom kvmendian import Explorer, Map, Thread\n"
        "m, e, t = Map(), Explorer(), Thread()\n"
        "for name in ('host', 'guest', 'design'):\n    jslink((m, name), (e, name))\n"
        "VBox([m, e, t])",
        "print(t.claim)",
    )
    lab.run_all()
    page = lab.page
    page.wait_for_selector(".kvmendian-explorer")
    page.evaluate(KILL)
    page.locator(".casemap [data-square='4,2,1,1']").click()
    page.wait_for_selector('.kvmendian-explorer[data-honours-abi="false"]')
    setup = json.loads(page.locator(".kvmendian-explorer").get_attribute("data-setup"))
    assert (setup["design"], setup["host"], setup["guest"]) == ("swab", "big", "big")
    page.locator(".picture [data-square='20']").click()
    claim = page.locator(".kvmendian-scenario .claim")
    claim.wait_for()
    assert "same instruction" in claim.inner_text()
