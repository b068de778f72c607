"""The thread in a real Chromium: claims opened by mouse, by keyboard, in a list where narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from kvmendian import CLAIMS, Thread

pytestmark = pytest.mark.browser

TEXTS = {claim.number: claim.text for claim in CLAIMS.values()}


def said(page):
    """Return the claim that is open for playing, once it is there."""
    number = page.locator(".picture [aria-current]").first.get_attribute("data-square")
    page.wait_for_function(
        "n => document.querySelector('.kvmendian-scenario .claim-number')?.textContent === n",
        arg=number,
    )
    return page.locator(".kvmendian-scenario .claim").text_content()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return Thread().save_html(tmp_path_factory.mktemp("thread") / "thread.html").as_uri()


def test_every_claim_opens_by_a_click(page, saved):
    page.goto(saved)
    for number, text in TEXTS.items():
        page.locator(f".picture [data-square='{number}']").first.click()
        assert said(page) == f"Claim {number}: {text}"
        assert page.locator(".picture [aria-current]").count() == (2 if number == 5 else 1)
    page.wait_for_function("location.hash.includes('claim=26')")
    page.goto(saved + "#claim=7")
    page.reload()
    assert said(page) == f"Claim 7: {TEXTS[7]}"


def test_by_keyboard_alone(page, saved):
    page.goto(saved)
    page.evaluate("window.stray = 0; addEventListener('keydown', () => stray++)")
    page.keyboard.press("Tab")
    for key, number in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 26)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.square") == str(number)
        assert said(page) == f"Claim {number}: {TEXTS[number]}"
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert said(page) == f"Claim 23: {TEXTS[23]}"
    assert page.evaluate("stray") == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "It holds"


def test_what_was_predicted_stays_with_the_claim(page, saved):
    page.goto(saved + "#claim=3")
    page.get_by_role("button", name="It depends").click()
    page.wait_for_selector("[data-done]")
    page.locator(".picture [data-square='4']").click()
    assert said(page).startswith("Claim 4")
    assert page.locator("[data-done]").count() == 0
    page.locator(".picture [data-square='3']").click()
    assert said(page).startswith("Claim 3")
    page.wait_for_selector("[data-done]")
    assert page.locator(".kvmendian-scenario").count() == 1


def test_who_answers_whom_is_said(page, saved):
    page.goto(saved + "#claim=8")
    says = page.locator(".open").inner_text()
    assert "Answers Victor Kamensky, 20 Jan 2014" in says
    assert "so his draft of late January says (claim 22)" in says
    page.goto(saved + "#claim=1")
    assert "whom it answers was not found" in page.locator(".open").inner_text()


@pytest.mark.parametrize("width", [1280, 900, 640, 390])
@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_and_a_thumb_finds_all(new_page, saved, width, look):
    page = new_page(viewport={"width": width, "height": 900}, **look)
    page.goto(saved + "#claim=3")
    page.wait_for_selector(".kvmendian-scenario .claim")
    found = Axe().run(page, context=".kvmendian").response["violations"]
    assert [(fault["id"], node["html"][:90]) for fault in found for node in fault["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = ".mails" if width < 700 else ".picture"
    box = page.locator(f"{shown} [data-square='3']").bounding_box()
    assert min(box["width"], box["height"]) >= (44 if width < 700 else 24)
