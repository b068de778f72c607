"""Two roads, two Explorers, play and typing: what happens when one change meets another."""

from __future__ import annotations

import base64
import json

import pytest
from browser.explorer import ROOT, choose, read, settled, show, start

from kvmendian import Setup
from kvmendian.render import browser, page as view
from kvmendian.render.presets import PRESETS

pytestmark = pytest.mark.browser

TWICE = """async ([module, atlas, state]) => {
  const packed = Uint8Array.from(atob(atlas), (c) => c.charCodeAt(0));
  for (const id of ["one", "two"]) {
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const { default: widget } = await import(url), mine = { ...state };
    await widget.render({ el: document.getElementById(id), model: {
      get: (name) => (name === "_atlas" ? packed : mine[name]),
      on() {}, off() {}, save_changes() {},
      set: (name, value) => { mine[name] = value; } } });
  }
}"""


def test_two_explorers_in_one_document_share_nothing(page):
    page.set_content(
        '<!doctype html><title>t</title><main><div id="one"></div><div id="two"></div></main>'
    )
    state = {**Setup().fields(), "value": "0x11", "step": 0, "compare": None, "only": None}
    packed = base64.b64encode(browser.packed()).decode()
    page.evaluate(TWICE, [view.module(), packed, {**state, "_presets": list(PRESETS)}])
    assert page.locator(ROOT).count() == 2
    for name in ("one", "two"):
        assert page.locator(f"#{name} input:checked").count() == 11
    page.locator("#one").get_by_role("radio", name="big", exact=True).first.check()
    assert page.locator("#two input:checked").count() == 11
    assert [json.loads(read(page, "setup", k))["guest"] for k in (0, 1)] == ["big", "little"]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids)) > 10


class TestCompare:
    def test_taking_the_other_side_makes_the_two_change_places(self, page):
        start(page, compare={"design": "swab"})
        choose(page, "KVM design", "swab")
        assert page.evaluate("state.compare") == {"design": "sign-fixed-2026"}
        assert [json.loads(read(page, "setup", k))["design"] for k in (0, 1)] == [
            "swab", "sign-fixed-2026"]  # fmt: skip
        picker = page.get_by_label("Compare with")
        assert picker.evaluate("e => e.selectedOptions[0].text") == "KVM design: sign-fixed-2026"
        picker.select_option("")
        assert page.locator(ROOT).count() == 1

    def test_what_becomes_impossible_is_compared_no_more_in_words(self, page):
        start(page, op="load", width=4, value="0x11223344", compare={"signed": True})
        choose(page, "Operation", "store")
        assert page.locator(ROOT).count() == 1
        said = page.locator(".error").inner_text()
        assert said.startswith("Compared no more: ")
        assert "store" in said

    def test_a_value_too_wide_for_the_second_road_is_cut_or_refused(self, page):
        start(page, op="load", width=4, value="0x11223344")
        page.get_by_label("Compare with").select_option(label="Width: 2")
        assert [read(page, "value", k) for k in (0, 1)] == ["0x3344", "0x3344"]
        assert "does not fit 16 bits" in page.locator(".error").inner_text()
        page.get_by_label("Value", exact=True).fill("0x55667788")
        page.keyboard.press("Enter")
        assert read(page, "value") == "0x3344"
        assert page.locator(".error").inner_text().startswith("The second road: ")

    def test_steps_go_to_the_end_of_the_longer_road(self, page):
        start(page, op="load", width=2, value="0x8001", compare={"signed": True})
        longer = len(Setup(op="load", width=2, signed=True).trace(0x8001).stages)
        assert longer > len(Setup(op="load", width=2).trace(0x8001).stages)
        for _ in range(longer + 2):
            page.get_by_role("button", name="Step forward").press("Enter")
        assert [read(page, "step", k) for k in (0, 1)] == [str(longer - 1), str(longer)]

    def test_it_fits_a_laptop(self, new_page):
        page = new_page(viewport={"width": 1280, "height": 900})
        start(page, host="big", compare={"design": "be-guests-2013"})
        assert page.locator(".low").count() == 1
        assert page.locator(ROOT).nth(1).evaluate("e => e.getBoundingClientRect().bottom") < 900


def test_play_leaves_typing_alone_and_a_click_on_a_byte_ends_it(page):
    page.clock.install()
    start(page)
    page.get_by_role("button", name="Play").click()
    field = page.get_by_label("Value", exact=True)
    field.press_sequentially("99")
    typed = field.input_value()
    page.clock.run_for(1700)
    assert read(page, "step") == "2"
    assert field.input_value() == typed
    page.locator(".road .cell").first.click()
    page.clock.run_for(5000)
    assert read(page, "step") == "0"
    assert page.get_by_role("button", name="Play").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("width", [600, 768, 895, 905, 910, 911, 915, 917, 1280, 1600])
def test_the_first_picture_has_its_width(new_page, width):
    """Nothing glides on arrival, and near the switch to narrow it does not go to and fro."""
    page = new_page(viewport={"width": width, "height": 900})
    start(page)
    drawn = """() => new Promise((done) => {
      const widths = [], road = document.querySelector('.road');
      new MutationObserver(() => widths.push(road.getAttribute('width')))
        .observe(road, { attributeFilter: ['width'] });
      setTimeout(() => done(widths), 200);
    })"""
    assert page.evaluate(drawn) == []
    fits = """() => {
      const root = document.querySelector('.kvmendian'), { paddingLeft } = getComputedStyle(root);
      return root.clientWidth - 2 * parseFloat(paddingLeft);
    }"""
    assert int(page.locator(".road").get_attribute("width")) == max(
        600, min(1352, page.evaluate(fits))
    )


def test_hovering_over_a_byte_moves_nothing(new_page):
    for width in (768, 1280):
        page = new_page(viewport={"width": width, "height": 900})
        start(page, op="load", driver="accessor", guest="big", value="0x11223344")
        settled(page)  # else playwright scrolls until the byte holds still
        top = "e => e.getBoundingClientRect().top"
        before = page.locator(".road").evaluate(top)
        page.locator('.road .cell[data-lane="3"]').first.hover()
        assert page.locator(".why").inner_text().startswith("Byte D")
        assert page.locator(".road").evaluate(top) == before
        page.get_by_label("Value", exact=True).fill("nonsense")
        page.keyboard.press("Enter")
        assert page.locator(".error").inner_text() != ""
        assert page.locator(".road").evaluate(top) == before


def test_presets_can_be_walked_by_keyboard(page):
    start(page)
    picker = page.get_by_label("Start from")
    assert picker.evaluate("one => one.options[0].value") == ""  # on the first drawing too
    for number in range(3):
        picker.press("ArrowDown")
        assert picker.input_value() == str(number)
    assert json.loads(read(page, "setup"))["host"] == "big"
    picker.select_option("Presets…")
    assert picker.input_value() == ""


def test_an_atlas_that_cannot_be_unpacked_says_so(page):
    show(page, b"no gzip", {**Setup().fields(), "value": "0x1", "_presets": [], "only": None})
    assert "cannot be shown" in page.locator(".kvmendian").inner_text()


@pytest.mark.parametrize("value", ["0x1122334455667788"])
@pytest.mark.parametrize("width", [600, 768, 1280])
def test_no_text_of_the_road_runs_into_another(new_page, width, value):
    page = new_page(viewport={"width": width, "height": 900})
    overlaps = """() => [...document.querySelectorAll('.road g.cell, .road')].flatMap(group => {
      const own = group.querySelectorAll(group.matches('.road') ? '.number' : 'text');
      const boxes = [...own].map(text => [text.textContent, text.getBoundingClientRect()]);
      return boxes.flatMap(([name, a], i) => boxes.slice(i + 1).filter(([, b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5)
        .map(([other]) => `${name} ${other}`));
    })"""
    twice = {"driver": "double-swap", "guest": "big"}
    for state in (
        {"width": 4},
        {"width": 8},
        {"op": "load", "width": 8, "driver": "accessor"},
        {"width": 8, **twice},
        {"op": "load", "width": 4, "signed": True, **twice},
    ):
        start(page, value=hex(int(value, 16) >> (64 - Setup(**state).value_bits)), **state)
        assert page.evaluate(overlaps) == []


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_longest_road_leaves_room_for_its_ribbons(new_page, width):
    """A sign-extending load whose driver reverses twice: eleven places, four who could swap."""
    page = new_page(viewport={"width": width, "height": 900})
    start(page, op="load", driver="double-swap", guest="big", width=2, signed=True, value="0x8122")
    places = "boxes => boxes.map(b => b.getBoundingClientRect()).map(b => [b.left, b.right])"
    boxes = sorted(page.locator(".road g[data-place] path.bracket").evaluate_all(places))
    assert len(boxes) == 16  # eight integers
    discs = page.locator(".road circle.disc").evaluate_all(places)
    assert len(discs) == 4
    for left, right in discs:
        inner = [x for a, b in boxes for x in (a, b) if left + 6 < x < right - 6]
        assert not inner, (left, right)
