"""The Explorer in a real Chromium: the same answers as Python, by mouse and by keyboard."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from amount import many
from browser.explorer import ROOT, choose, read, settled, start

from kvmendian import Design, Setup
from kvmendian.render import browser, words

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

VALUES = (0x8192A3B4C5D6E7F8, 0x1122334455667788, 0x0101010101010101)
RUN = """async (states) => {
  const root = document.querySelector(".kvmendian-explorer"), found = [];
  for (const state of states) {
    await change(state);
    const names = ["setup", "value", "register", "deviceValue", "mmioData", "ramBytes"];
    const facts = [...names, "honoursAbi", "swaps"].map((name) => root.dataset[name]);
    found.push([...facts, document.querySelector(".verdict").textContent]);
  }
  return found;
}"""

MOVES = many(10_000, 3_000)


def expected(setup, value):
    told = setup.trace(value)
    judgement, sentence = words.verdict(told)
    return [
        setup.fields(),
        hex(value),
        hex(told.register),
        hex(told.device_value),
        told.mmio_data.hex(" "),
        told.ram_bytes.hex(" "),
        str(told.honours_abi).lower(),
        str(sum(swap.swapped for swap in told.swaps)),
        f"{judgement}: {sentence}",
    ]


def differences(page: Page, setups) -> int:
    """Return how many stories the browser tells otherwise than Python.

    A wrong driver's roads are told of one value each: its steps are those of the others.
    """
    few = {setup: VALUES if setup.driver in ("raw", "accessor") else VALUES[:1] for setup in setups}
    cases = [(s, value >> (64 - s.value_bits)) for s, values in few.items() for value in values]
    states = [{**setup.fields(), "value": hex(value)} for setup, value in cases]
    found = page.evaluate(RUN, states)
    for row in found:
        row[0] = json.loads(row[0])
    return sum(row != expected(*case) for row, case in zip(found, cases, strict=True))


def test_every_setup_is_told_as_python_tells_it(page):
    start(page)
    assert differences(page, Setup.all()) == 0


def test_a_broken_atlas_is_noticed(page):
    data = json.loads(gzip.decompress(browser.packed()))
    two = data["lanes"].index([1, 0])
    data["lanes"][two] = [0, 1]
    start(page, gzip.compress(json.dumps(data).encode()))
    assert differences(page, Setup.all(width=2, design="sign-fixed-2026")) > 50


def test_clicking_through_the_toggles(page):
    start(page)
    choose(page, "Guest data order (E bit)", "big")
    choose(page, "Host byte order", "big")
    choose(page, "KVM design", "swab")
    told = Setup(guest="big", host="big", design="swab").trace(0x11223344)
    assert read(page, "mmio-data") == told.mmio_data.hex(" ") == "44 33 22 11"
    assert read(page, "honours-abi") == "false"
    assert page.evaluate("[state.guest, state.host, state.design, saves]") == [
        "big",
        "big",
        "swab",
        3,
    ]
    assert "one swap too many" in page.locator(".why").inner_text()


def test_impossible_combinations_are_disabled_and_explained_and_nothing_changes(page):
    start(page)
    before = read(page, "setup")
    on = page.get_by_role("group", name="Sign-extend").get_by_role("radio", name="on")
    assert on.is_disabled()
    assert "a store extends nothing" in page.locator(".offnote").inner_text()
    assert read(page, "setup") == before
    choose(page, "Operation", "load")
    assert on.is_enabled()
    choose(page, "Sign-extend", "on")
    store = page.get_by_role("group", name="Operation").get_by_role("radio", name="store")
    assert store.is_disabled()
    assert page.get_by_role("group", name="Width").get_by_role("radio", name="8").is_disabled()


def test_a_value_too_wide_for_the_new_access_is_cut_in_words(page):
    start(page, op="load")
    choose(page, "Width", "1")
    assert read(page, "value") == "0x44"
    assert "does not fit 8 bits: the value is now 0x44" in page.locator(".error").inner_text()


@pytest.mark.parametrize("text", ["zz", "", "-1", "0x1ffffffffffffffff", "1e9", "<b>", "0x"])
def test_nonsense_in_the_value_field_leaves_the_picture_and_says_why(page, text):
    start(page)
    field = page.get_by_label("Value", exact=True)
    field.fill(text)
    field.press("Enter")
    field.blur()
    assert read(page, "value") == "0x11223344"
    assert len(page.locator(".error").inner_text()) > 20
    assert page.evaluate("state.value") == "0x11223344"
    field.fill("0x55")
    field.press("Enter")
    assert read(page, "value") == "0x55"
    assert page.locator(".error").inner_text() == ""


@pytest.mark.parametrize("bad", [{"width": 3}, {"guest": "up"}, {"signed": True}, {"value": "q"}])
def test_a_nonsense_trait_leaves_the_last_good_picture(page, bad):
    start(page, host="big")
    before = page.locator(ROOT).evaluate("root => ({...root.dataset})")
    page.evaluate("change", bad)
    assert page.locator(ROOT).evaluate("root => ({...root.dataset})") == before
    assert page.locator(".error").inner_text() != ""


def test_bits_flip_by_click_and_by_key(page):
    start(page)
    bits = page.get_by_role("group", name="Bits of mmio.data")
    bits.get_by_role("button", name="bit 0 of mmio.data+0, byte A").click()
    assert read(page, "value") == hex(0x11223344 ^ 1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    assert read(page, "value") == hex(0x11223344 ^ 3)
    assert bits.get_by_role("button", name="bit 1 of mmio.data+0, byte A").get_attribute(
        "aria-pressed"
    ) == "true"  # fmt: skip


def test_every_bit_of_every_place_flips_what_it_shows(page):
    start(page, host="big", guest="big")
    for place in ("x0", "regs[0]", "data′", "val", "register"):
        page.locator(f'.road [data-place] .name:text-is("{place}")').first.wait_for()
        page.locator(f'.road [data-place]:has(.name:text-is("{place}")) .cell').first.click()
        button = page.locator(".bitrow [data-bit]").first
        was, name = button.inner_text(), button.get_attribute("aria-label")
        assert place in name
        button.click()
        assert button.inner_text() != was


def test_steps_forward_and_back_with_a_sentence_for_each(page):
    start(page, host="big")
    told = Setup(host="big").trace(0x11223344)
    forward = page.get_by_role("button", name="Step forward")
    for number, stage in enumerate(told.stages, 1):
        forward.click()
        assert read(page, "step") == str(number)
        assert page.locator(".why").inner_text() == f"{stage.place}: {stage.why}"
        assert page.locator(".road .future[data-place]").count() == len(told.stages) - number
    assert forward.get_attribute("aria-disabled") == "true"
    forward.press("Enter")  # the last step keeps the focus, and pressing it again does nothing
    assert read(page, "step") == str(len(told.stages))
    for _ in told.stages:
        page.get_by_role("button", name="Step back").click()
    assert read(page, "step") == "0"


def test_keyboard_alone_reaches_everything(page):
    """Tab goes through every control in order; arrows choose, step, light and flip."""
    start(page)
    page.locator("body").press("Tab")
    names = []
    for _ in range(40):
        names.append(page.evaluate(
            "(e => e.closest('fieldset')?.querySelector('legend')?.textContent"
            " ?? e.getAttribute('aria-label')"
            " ?? e.closest('label')?.querySelector('.lab')?.textContent"
            " ?? e.textContent)(document.activeElement)"
        ))  # fmt: skip
        if names[-1] == "Bits":
            break
        page.keyboard.press("Tab")
    wanted = ["Architecture", "Operation", "Width", "Guest data order (E bit)", "Host byte order",
              "Device byte order", "Emulator target order", "Driver", "Sign-extend",
              "Register width", "KVM design", "Value", "Start from", "Compare with",
              "Map", "Step back", "Step forward", "Play"]  # fmt: skip
    assert names[: len(wanted)] == wanted
    assert names[len(wanted)].startswith("Right:")
    assert names[len(wanted) + 1].startswith("bit 7 of mmio.data")
    assert names[-2:] == ["Address 0 on top", "Bits"]
    page.get_by_role("radio", name="store").focus()
    page.keyboard.press("ArrowRight")
    assert json.loads(read(page, "setup"))["op"] == "load"
    page.locator(".road").focus()
    page.keyboard.press("ArrowRight")
    assert read(page, "step") == "1"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert page.locator(".why").inner_text().startswith("Byte A (0x44): ")
    assert page.locator(".road .cell.dim").count() > 0
    page.keyboard.press("Escape")
    assert page.locator(".road .cell.dim").count() == 0


def test_a_byte_under_the_mouse_lights_its_whole_road(page):
    start(page, host="big", guest="little")
    page.locator('.road .cell[data-lane="1"]').first.hover()
    lit = page.locator(".road .cell:not(.dim)")
    assert lit.count() == 8
    assert set(lit.evaluate_all("cells => cells.map(cell => cell.dataset.lane)")) == {"1"}
    words = page.locator(".why").inner_text()
    assert words.startswith("Byte B (0x33): bits 15–8 of x0 → regs[0]+6")
    assert words.endswith("bits 15–8 of register")


def test_two_roads_side_by_side_with_the_first_difference(page):
    start(page, host="big", design="be-guests-2013")
    page.get_by_label("Compare with").select_option(label="KVM design: merged-2014")
    assert page.locator(ROOT).count() == 2
    assert page.locator(".first").inner_text() == (
        "First difference: vcpu_data_guest_to_host does not swap above, swaps below."
    )
    assert [read(page, "honours-abi", side) for side in (0, 1)] == ["false", "true"]
    assert json.loads(read(page, "setup", 1))["design"] == "merged-2014"
    frames = page.locator(".frame").evaluate_all(
        "all => all.map(frame => frame.parentNode.querySelector('.name').textContent)"
    )
    assert frames == ["data′", "data′"]
    page.locator(".note button", has_text="Bits").click()
    page.locator(".bitrow [data-bit]").first.click()
    assert read(page, "value", 0) == read(page, "value", 1) != "0x11223344"
    page.get_by_role("button", name="Step forward").click()
    assert [read(page, "step", side) for side in (0, 1)] == ["1", "1"]
    page.get_by_label("Compare with").select_option(label="nothing (one road)")
    assert page.locator(ROOT).count() == 1


def test_lines_cross_where_somebody_swaps_unless_address_0_is_on_top(page):
    crossings = """() => [...document.querySelectorAll('.road .rib .col')].filter(path => {
      const [, , y, , , , , , end] = path.getAttribute('d').match(/-?[\\d.]+/g).map(Number);
      const all = path.getAttribute('d').match(/-?[\\d.]+/g).map(Number);
      return Math.abs(all[1] - all.at(-1)) > 1;
    }).length"""
    start(page, guest="big", host="little")
    assert page.evaluate(crossings) == 4  # one swap of four bytes
    page.get_by_role("button", name="Address 0 on top").click()
    assert page.evaluate(crossings) > 4


def test_only_what_a_lesson_needs(page):
    start(page, only=["guest", "width"])
    assert page.locator("legend").all_inner_texts() == ["Width", "Guest data order (E bit)"]
    assert page.get_by_label("Value", exact=True).count() == 0
    start(page, only=[])
    assert page.locator(".controls").count() == 0
    assert page.locator(ROOT).count() == 1


def test_presets_start_from_the_defaults(page):
    start(page, guest="big", device="big", design="swab")
    page.get_by_label("Start from").select_option(
        label="2013: the broken quadrant (big host, little guest)"
    )
    setup = Setup(arch="arm", host="big", design="be-guests-2013")
    assert json.loads(read(page, "setup")) == setup.fields()


def test_the_register_goes_with_the_architecture(page):
    start(page, width=4, host="big", guest="big", design="memcpy-2012")
    assert read(page, "honours-abi") == "false"
    choose(page, "Architecture", "arm")
    setup = Setup(arch="arm", host="big", guest="big", design="memcpy-2012")
    assert json.loads(read(page, "setup")) == setup.fields()
    assert read(page, "honours-abi") == "true"
    for name, choice in (("Width", "8"), ("Register width", "64")):
        group = page.get_by_role("group", name=name)
        assert group.get_by_role("radio", name=choice).is_disabled(), name
    assert "EFAULT" in page.locator(".offnote").inner_text()
    choose(page, "Architecture", "arm64")
    assert json.loads(read(page, "setup"))["register_width"] == 64
    page.get_by_label("Compare with").select_option(label="Architecture: arm")
    assert page.locator(".verdict").nth(2).inner_text().startswith("Architecture arm Kernel right")


def test_what_a_kernel_did_is_a_click_away(page):
    start(page, host="big", design="merged-2014")
    line = page.locator(".evidence")
    assert line.inner_text().startswith("Recorded: Linux 6.1 as a big-endian host")
    page.get_by_role("button", name="Show that access").click()
    story = Setup(host="big", design="merged-2014").trace(0x1122334455667788)
    assert read(page, "mmio-data") == story.evidence.mmio_data.hex(" ")
    assert page.get_by_role("button", name="Show that access").count() == 0
    choose(page, "Architecture", "arm")
    assert line.inner_text() == "Computed: no kernel was recorded in this state."


def test_markup_in_a_name_shows_as_text(page):
    evil = "<img src=x onerror=alert(1)>"
    mine = Design(evil, *2 * [lambda d, w, g, h: d])
    start(page, browser.packed((mine,)), design=evil, compare={"design": "swab"})
    assert page.locator("img").count() == 0
    assert evil in page.locator(".controls").inner_text()
    assert evil in page.locator(".verdict").nth(1).inner_text()


def test_thousands_of_toggles_leave_nothing_behind(page):
    start(page)
    count = "() => document.querySelectorAll('*').length"
    page.evaluate("change", {"width": 8, "op": "load", "driver": "accessor"})
    page.evaluate("change", Setup().fields())
    before = page.evaluate(count)
    page.evaluate(
        """async (moves) => {
      const pick = (list) => list[Math.floor(Math.random() * list.length)];
      const orders = ["little", "big"];
      for (let i = 0; i < moves; i++)
        await change({ op: pick(["store", "load"]), width: pick([1, 2, 4, 8]),
          guest: pick(orders), host: pick(orders), device: pick(["little", "big", "native"]),
          driver: pick(["raw", "accessor"]), value: pick(["0x11", "0x80", "0x0"]) });
    }""",
        MOVES,
    )
    page.evaluate("change", {**Setup().fields(), "value": "0x11223344"})
    assert page.evaluate(count) == before
    assert page.evaluate("heard.size") == 14
    page.evaluate("leave()")
    assert page.evaluate("heard.size") == 0


def test_under_forced_colours_the_choice_and_the_bytes_can_be_told(new_page):
    page = new_page(forced_colors="active")
    start(page)
    looks = """label => {
      const style = getComputedStyle(label);
      const mark = getComputedStyle(label.querySelector("span"), "::before");
      return [style.backgroundColor, mark.content];
    }"""
    group = page.get_by_role("group", name="Width").locator("label")
    chosen, other = group.nth(2).evaluate(looks), group.nth(0).evaluate(looks)
    assert chosen[0] != other[0]
    assert "●" in chosen[1]
    assert other[1] == "none"
    fills = page.locator('.road [data-place="0"] .fill').evaluate_all(
        "all => all.map(fill => getComputedStyle(fill).fill)"
    )
    assert len(set(fills)) == 4
    assert page.locator('.road [data-place="0"] .letter').all_text_contents() == [*"DCBA"]


@pytest.mark.parametrize("width", [768, 1280, 1920])
def test_nothing_is_cut_off_at_any_width(new_page, width):
    page = new_page(viewport={"width": width, "height": 900})
    start(page, op="load", driver="accessor", signed=True, width=2, value="0x8122")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    settled(page)
    boxes = page.locator(".road text").evaluate_all(
        "all => all.map(text => text.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    assert min(left for left, _ in boxes) >= 0
    assert max(right for _, right in boxes) <= width
