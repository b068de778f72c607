"""Exercises in JupyterLab, and slides from a file: what a learner and a speaker see."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from test_course import NOTEBOOKS, builder

pytestmark = pytest.mark.browser

ASK = "from kvmendian import Predict\nPredict('mmio_data', guest='big', value=0x11223344)"
LOAD = "Predict('register', op='load', width=2, signed=True, value=0x8001)"


def say(page, text, number=0):
    field = page.locator(".kvmendian-predict input").nth(number)
    field.fill(text)
    field.press("Enter")


def test_a_prediction_is_diagnosed_refused_and_accepted(lab):
    lab.open_cells(ASK, LOAD)
    lab.run_all()
    page = lab.page
    first, second = (page.locator(".kvmendian-predict").nth(k) for k in (0, 1))
    first.wait_for()
    second.wait_for()
    for text, wanted in [
        (" ", "Type what you predict"),
        ("44 33 22 11", "takes the host's byte order for the guest's"),
        ("0x22", "This access moves 4 bytes, and you gave 1"),
        ("11 22 33", "you gave 3"),
        ("<b>11</b>", "That is no answer"),
        ("88 44 cc 22", "bits in each byte"),
        ("0x11 0x22 0x33 0x44", "✓ Right"),
    ]:
        say(page, text)
        first.get_by_text(wanted).wait_for()
    expect(first.locator("svg")).to_have_count(1)
    assert first.locator("b").count() == 0
    for text, wanted in [
        ("0x8001", "this load extends the sign"),
        ("80 01", "a register has no addresses"),
        ("0xffff8001", "the sign stops at bit 31"),
        ("FFFFFFFFFFFF8001", "✓ Right"),
    ]:
        say(page, text, 1)
        second.get_by_text(wanted).wait_for()


def test_an_exercise_by_keyboard_alone(lab):
    lab.open_cells(ASK)
    lab.run_all()
    page = lab.page
    page.locator(".kvmendian-predict input").focus()
    page.keyboard.type("44 33 22 11")
    for name in ("Check", "Hint", "Show answer"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == name
    page.keyboard.press("Enter")
    page.get_by_text("The answer is 11 22 33 44").wait_for()
    expect(page.locator(".kvmendian-predict svg")).to_have_count(1)


def test_slides_open_from_a_file_and_ask_nobody(page, tmp_path):
    lesson = tmp_path / "slides.html"
    lesson.write_text(builder().slides(NOTEBOOKS / "08-fix-the-kernel.ipynb"), encoding="utf-8")
    page.goto(lesson.as_uri())
    slides = page.locator("main > section")
    assert slides.count() > 8
    first = page.evaluate("document.querySelector('main').scrollTop")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("top => document.querySelector('main').scrollTop > top + 100", arg=first)
    assert page.locator("main svg.kve").count() >= 2
    sheets = page.locator("style").evaluate_all("all => all.map(one => one.textContent)")
    assert sum(".kve{" in sheet for sheet in sheets) == 1, "one for all pictures"
    assert page.get_by_text("Answer", exact=True).count() >= 1  # predictions fold up
