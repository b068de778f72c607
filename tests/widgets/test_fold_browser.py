"""What is folded until an attempt: in JupyterLab, on the site and in slides alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import util

import nbformat
import pytest
from browser.lab import NOTEBOOKS
from playwright.sync_api import expect

from kvmendian.course.questions import fresh

pytestmark = pytest.mark.browser

ASK = "from kvmendian import Predict\np = Predict(level=2, seed=7, kind={!r})\np"
WRONG = next(fresh(2, 7, "forward")).mistakes[0].answer
FOLD = (
    "from kvmendian import Setup\nfrom kvmendian.widgets import Fold\n"
    "Fold(Setup().trace(0x9134), 'Afterwards')"
)
TWO = "from kvmendian import Predict\nPredict('mmio_data', guest='big', value=0x3A5CC1E7)"


def folds(page):
    return page.locator("details.kvmendian-fold")


def is_open(page, number):
    return folds(page).nth(number).evaluate("fold => fold.open")


# JupyterLab's own words: the question itself cannot be shown again before it runs
@pytest.mark.console("widget model not found")
def test_what_follows_is_folded_until_an_attempt_and_survives(lab):
    lab.open_cells(ASK.format("forward"), FOLD, TWO, FOLD)
    lab.run_all()
    page = lab.page
    expect(folds(page)).to_have_count(2)
    assert not is_open(page, 0)
    assert folds(page).locator("svg").first.is_hidden()  # Run All shows nothing
    form = page.locator(".kvmendian-predict").first
    form.get_by_label("Your answer").fill(hex(WRONG))
    form.get_by_role("button", name="Check").click()
    page.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")
    assert folds(page).locator("svg").first.is_visible()
    assert not is_open(page, 1)  # that one follows another question
    kernel = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    page.evaluate(f"async () => {{ await {kernel}.restart(); }}")
    assert [is_open(page, number) for number in (0, 1)] == [
        True,
        False,
    ]  # a restart changes nothing
    lab.save()
    lab.reload()
    expect(folds(page)).to_have_count(2)
    # the one that was open is open again, and the other, of the same words, is not
    page.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")
    assert not is_open(page, 1)
    folds(page).nth(0).locator("summary").click()
    assert not is_open(page, 0)
    summary = folds(page).nth(1).locator("summary")
    summary.focus()
    summary.press("Enter")
    assert is_open(page, 1)
    folds(page).nth(0).locator("summary").click()
    assert is_open(page, 0)


def test_an_open_fold_outlives_another_run_and_another_tab_begins_shut(lab, new_page):
    """The attempt was made; only in this tab, and nothing is sent or written."""
    lab.open_cells(ASK.format("forward"), FOLD)
    lab.run_all()
    lab.page.get_by_role("button", name="Show answer").click()
    lab.page.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")
    lab.run_all()
    lab.page.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")
    lab.save()
    other = lab.second(new_page())
    other.page.locator("details.kvmendian-fold").wait_for()
    assert not is_open(other.page, 0)
    assert "kvmendian-folds" not in other.page.evaluate("() => Object.keys(localStorage).join()")


CHECK = (
    "from kvmendian.course.cells import check\n"
    "check({!r}, 'mmio_data', guest='big', value=0x11223344)"
)


@pytest.mark.parametrize("guess", ["44 33 22 11", "11 22 33 44"])
def test_a_cell_that_is_filled_in_opens_its_fold_and_the_file_keeps_that(lab, new_page, guess):
    lab.open_cells(CHECK.format(""), FOLD, CHECK.format(""), FOLD)
    lab.run_all()
    page = lab.page
    expect(folds(page)).to_have_count(2)
    expect(page.get_by_text("Nothing is filled in yet")).to_have_count(2)
    assert [is_open(page, number) for number in (0, 1)] == [False, False]
    for text, opens in (("what?", False), (guess, True)):  # the first is no answer
        lab.cell(0).locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(CHECK.format(text))
        page.keyboard.press("Shift+Enter")
        lab.wait_idle()
        page.get_by_text("Nothing is filled in yet").nth(1).wait_for(state="detached")
        page.wait_for_timeout(300)
        assert [is_open(page, number) for number in (0, 1)] == [opens, False]
    lab.save()
    other = lab.second(new_page()).page  # another tab: the attempt stands in the notebook
    expect(folds(other)).to_have_count(2)
    other.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")
    assert not is_open(other, 1)


def test_show_answer_opens_the_fold_too(lab):
    lab.open_cells(ASK.format("forward"), FOLD)
    lab.run_all()
    lab.page.get_by_role("button", name="Show answer").click()
    lab.page.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")


def made_into(form, tmp_path, cells):
    """Run cells and make a page or slides of them, as `make slides` and the site do."""
    spec = util.spec_from_file_location("build", NOTEBOOKS / "build.py")
    build = util.module_from_spec(spec)
    spec.loader.exec_module(build)
    path = tmp_path / "folds.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    make = {"site": lambda: build.as_page(build.run(path)), "slides": lambda: build.slides(path)}
    with ThreadPoolExecutor(1) as thread:  # Playwright keeps an event loop running in this one
        made = thread.submit(make[form]).result()
    path.with_suffix(".html").write_text(made, encoding="utf-8")
    return path.with_suffix(".html")


PROSE = "<details class='kvmendian-fold'><summary>In prose</summary>\n\n0x9134\n\n</details>"


@pytest.mark.parametrize("form", ["site", "slides"])
def test_without_a_kernel_it_is_the_same_fold(page, tmp_path, form):
    """The answer's own fold is *show*: it opens what follows, up to the next question."""
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    cells = [text("# One"), code(ASK.format("inverse")), code(FOLD), text(PROSE)]
    cells += [text("# Two"), code(TWO), code(FOLD.replace("0x9134", "0x9135"))]
    cells += [text("# Three"), code(CHECK.format("")), code(FOLD.replace("0x9134", "0x9136"))]
    cells += [text("# Four"), code(CHECK.format("1122")), code(FOLD.replace("0x9134", "0x9137"))]
    at = made_into(form, tmp_path, cells)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(at.as_uri())
    expect(folds(page)).to_have_count(5)
    # the last follows an attempt
    assert [is_open(page, number) for number in range(5)] == [False] * 4 + [True]
    assert page.get_by_text("a) guest").count() == 1  # the choices stand there without a kernel
    prose = folds(page).nth(1).locator("summary")
    prose.focus()
    place = "() => document.querySelector('main').scrollTop + scrollY"
    before = page.evaluate(place)
    prose.press(" ")  # opens it, and is no next slide
    assert is_open(page, 1)
    assert page.evaluate(place) == before
    page.locator("details.kvmendian-show > summary").first.press("Enter")
    page.wait_for_function("() => document.querySelector('details.kvmendian-fold').open")
    assert folds(page).nth(0).locator("svg").first.is_visible()
    assert not is_open(page, 2)
    page.reload()
    expect(folds(page)).to_have_count(5)
    assert [is_open(page, number) for number in range(5)] == [True, True, False, False, True]
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    if form == "slides":
        page.locator("details.kvmendian-show > summary").first.focus()
        page.keyboard.press("ArrowRight")  # an opened answer does not hold the talk up
        page.wait_for_function(f"before => ({place})() > before + 300", arg=before)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert {url for url in asked if url.startswith("file:")} == {at.as_uri()}
