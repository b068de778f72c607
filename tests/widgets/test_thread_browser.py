"""The thread in a real Chromium: claims opened by mouse, by keyboard, in a list where narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from kvmendian import CLAIMS, Thread

pytestmark = pytest.mark.browser

TEXTS = {claim.number: claim.text for claim in CLAIMS.values()}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return Thread().save_html(tmp_path_factory.mktemp("thread") / "thread.html").as_uri()


def test_every_claim_opens_by_a_click(page, saved):
    page.goto(saved)
    for number, text in TEXTS.items():
        page.locator(f".picture [data-square='{number}']").first.click()
        assert page.locator(".open .text").inner_text() == text
        assert page.locator(".picture [aria-current]").count() == (2 if number == 5 else 1)
    page.wait_for_function("location.hash.includes('claim=26')")
    page.goto(saved + "#claim=7")
    page.reload()
    assert page.locator(".open .text").inner_text() == TEXTS[7]


def test_by_keyboard_alone(page, saved):
    page.goto(saved)
    page.evaluate("window.stray = 0; addEventListener('keydown', () => stray++)")
    page.keyboard.press("Tab")
    for key, number in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 26)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.square") == str(number)
        assert page.locator(".open .text").inner_text() == TEXTS[number]
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator(".open .text").inner_text() == TEXTS[23]
    assert page.evaluate("stray") == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body")


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
    page.wait_for_selector(".open .text")
    found = Axe().run(page, context=".kvmendian").response["violations"]
    assert [(fault["id"], node["html"][:90]) for fault in found for node in fault["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = ".mails" if width < 700 else ".picture"
    box = page.locator(f"{shown} [data-square='3']").bounding_box()
    assert min(box["width"], box["height"]) >= (44 if width < 700 else 24)
