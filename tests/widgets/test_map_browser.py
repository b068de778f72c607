"""The map in a real Chromium: each square and its road, by mouse and by keyboard alone."""

from __future__ import annotations

import json

import pytest
from amount import many
from axe_playwright_python.sync_playwright import Axe
from browser.explorer import choose, read, show

from kvmendian import DESIGNS, Design, Map, Setup, prove, truth_table
from kvmendian.render import browser, casemap
from kvmendian.render.table import COLUMNS, QUADRANTS

pytestmark = pytest.mark.browser

MINE = Design("mine", lambda data, *_: data, lambda data, *_: data)
ODD = Design("odd", lambda d, *_: int(str(d)), lambda d, *_: int(str(d)))
NOW = ".casemap [aria-current=true]"
MOVES = many(10_000, 500)
WALK = """() => [...document.querySelectorAll(".casemap [data-square]")].map((one) => {
  one.click();
  const { setup, value, honoursAbi } = document.querySelector(".chosen").dataset;
  const mark = document.querySelector(".verdict .mark");
  const look = ["right", "wrong", "undecided"].find((name) => one.classList.contains(name));
  return [one.dataset.square, look, setup, value, honoursAbi, mark?.classList.contains("wrong"),
    [state.design, state.host, state.guest, state.op, state.width, state.signed, state.arch]];
})"""


def start(page, found=None, **state):
    """Show a map: Python's own state, or the map's traits with some changed."""
    found = found or Map()
    show(page, found.packed, found._state() | state)  # noqa: SLF001 - as a page has it
    page.wait_for_selector(".casemap")


def test_every_square_is_pythons_and_so_is_the_road_below(page):
    start(page, Map(designs=[MINE]))
    table, seen = truth_table(*DESIGNS, MINE), 0
    for key, look, setup, value, honours, marked, traits in page.evaluate(WALK):
        row, column, host, guest = map(int, key.split(","))
        report = table.reports[row]
        kind, width = COLUMNS[column]
        orders = QUADRANTS[2 * host + guest]
        right = table.cells[report.name, *orders, kind, width]
        assert look == casemap.STATES[right]
        fields = json.loads(setup)
        mine = {"design": MINE} if fields["design"] == "mine" else {}
        told = Setup(**fields | mine).trace(int(value, 16))
        assert (told.setup.host, told.setup.guest, told.setup.width) == (*orders, width)
        assert [honours == "true", marked] == [told.honours_abi, not told.honours_abi]
        assert told.honours_abi == right
        assert traits == [fields[name] for name in (
            "design", "host", "guest", "op", "width", "signed", "arch")]  # fmt: skip
        seen += 1
    assert seen == len(table.cells) == 296 + 44


def test_the_same_case_is_ringed_in_the_other_designs(page):
    start(page, design="be-guests-2013", host="big")
    ringed = page.locator(".casemap .ring").evaluate_all("all => all.map(o => o.ariaLabel)")
    assert len(ringed) == len(DESIGNS)  # five others, and memcpy-2012 on arm
    assert all("store of 4 bytes, host big, guest little" in says for says in ringed)
    assert "≠ RAM" in page.locator(".road").inner_html()


def test_by_keyboard_alone(page):
    start(page, design="be-guests-2013", host="big")
    page.evaluate("window.stray = 0; addEventListener('keydown', () => stray++)")
    page.keyboard.press("Tab")
    assert page.evaluate("stray") == 1
    for key, label in (
        ("ArrowRight", "be-guests-2013, store of 4 bytes, host big, guest big: right"),
        ("ArrowUp", "be-guests-2013, store of 4 bytes, host little, guest big: right"),
        ("PageUp", "memcpy-2012 on arm, store of 4 bytes, host little, guest big: wrong"),
        ("End", "memcpy-2012 on arm, signed load of 2 bytes, host little, guest big: wrong"),
        ("PageUp", "memcpy-2012, signed load of 2 bytes, host little, guest big: wrong"),
        ("ArrowUp", "memcpy-2012, signed load of 2 bytes, host little, guest big: wrong"),
        ("Home", "memcpy-2012, store of 1 byte, host little, guest little: right"),
    ):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.ariaLabel") == label
        assert page.locator(NOW).get_attribute("aria-label") == label
    assert page.evaluate("stray") == 1  # JupyterLab would have taken them for commands
    assert page.evaluate("[state.design, state.width]") == ["memcpy-2012", 1]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Explorer"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    assert page.locator(".why").inner_text().startswith("Byte A")


def test_explorer_and_map_take_each_others_place_and_keep_the_state(page):
    start(page, design="swab", host="big", value="0x55667788")
    page.get_by_role("button", name="Explorer").click()
    page.wait_for_selector(".kvmendian-explorer")
    assert json.loads(read(page, "setup"))["design"] == "swab"
    assert read(page, "value") == "0x55667788"
    choose(page, "Device byte order", "big")
    choose(page, "Width", "2")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Map", exact=True).click()
    page.wait_for_selector(".casemap")
    says = page.locator(NOW).get_attribute("aria-label")
    assert says == "swab, store of 2 bytes, host big, guest little: wrong"
    page.keyboard.press("Tab")
    page.locator(NOW).press("ArrowRight")
    assert page.evaluate("[state.device, state.guest, state.value]") == ["big", "big", "0x55667788"]
    assert page.evaluate("heard.size") < 20


def test_a_linked_trait_moves_the_map(page):
    start(page)
    page.evaluate("change", {"guest": "big", "host": "big", "design": "swab"})
    assert "swab, store of 4 bytes, host big, guest big" in page.locator(NOW).get_attribute("title")
    page.evaluate("change", {"guest": "up"})
    assert "up" in page.get_by_role("alert").inner_text()
    assert "guest big" in page.locator(NOW).get_attribute("title")


def test_a_row_that_comes_later_is_there_at_once(page):
    found = Map()
    start(page, found)
    assert page.get_by_role("group", name="mine:").count() == 0
    found.add(MINE)
    packed = list(found.packed)
    page.evaluate(
        """async ([map, packed]) => {
        state._map = map;
        state._packed = new DataView(Uint8Array.from(packed).buffer);
        heard.get("change:_map")();
    }""",
        [found.get_state()["_map"], packed],
    )
    row = page.get_by_role("group", name="mine: 16 of 44 wrong")
    row.locator(".wrong").first.click()
    assert json.loads(page.locator(".chosen").get_attribute("data-setup"))["design"] == "mine"
    page.wait_for_selector('.chosen[data-honours-abi="false"]')


def test_what_is_not_decided_is_hatched_says_why_and_has_no_road(page):
    start(page, Map(designs=[ODD]))
    row = page.get_by_role("group", name="odd:")
    assert row.locator(".undecided").count() == prove_open()
    assert "Not proven, because" in row.inner_text()
    row.locator(".undecided").first.click()
    assert "no road to draw" in page.locator(".chosen").inner_text()
    assert page.locator(".road").count() == 0
    page.get_by_role("button", name="Explorer").click(force=True)
    assert page.locator(".casemap").count() == 1


def prove_open():
    row = casemap.document(truth_table(ODD))["rows"][0]
    assert prove(ODD).undecided
    return row["states"].count("undecided")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    found = Map(design="swab", host="big", designs=[MINE, ODD])
    return found.save_html(tmp_path_factory.mktemp("map") / "map.html").as_uri()


def test_the_saved_page_keeps_the_state_in_its_address(page, saved):
    page.goto(saved)
    page.locator(NOW).press("ArrowRight")
    page.wait_for_function("location.hash.includes('guest=big')")
    assert page.locator(".row.own").count() >= 2  # what nothing decides may differ on arm
    page.goto(saved + "#op=load&width=8&design=nothing")
    assert "nothing" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("width", [1280, 900, 640, 390])
@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(new_page, saved, width, look):
    page = new_page(viewport={"width": width, "height": 900}, **look)
    page.goto(saved)
    page.wait_for_selector(".casemap")
    found = Axe().run(page, context=".kvmendian").response["violations"]
    assert [(fault["id"], node["html"][:90]) for fault in found for node in fault["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".loupe").is_visible() == (width == 390)


def test_under_forced_colours_every_state_has_a_shape(new_page):
    page = new_page(forced_colors="active")
    start(page, Map(designs=[ODD], design="be-guests-2013", host="big"))
    shapes = {
        page.locator(f".casemap .{name}:not(.ring,.now)").first.evaluate(
            """one => ["::before", "::after"].map((part) => {
              const { backgroundColor, backgroundImage, transform } = getComputedStyle(one, part);
              return [backgroundColor, backgroundImage, transform].join();
            }).join()"""
        )
        for name in ("right", "wrong", "undecided")
    }
    assert len(shapes) == 3


def test_with_less_motion_nothing_glides(new_page):
    page = new_page(reduced_motion="reduce")
    start(page)
    page.locator(".casemap [data-square='2,2,1,0']").click()
    assert page.evaluate("document.getAnimations().length") == 0


def test_on_a_phone_a_tap_takes_a_block_and_the_loupe_a_square(new_page):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    start(page, design="swab", host="big")
    page.locator("[data-block='3,6']").tap()
    assert page.evaluate("[state.design, state.op, state.width]") == ["merged-2014", "load", 4]
    page.locator(".loupe [data-square='3,6,1,1']").tap()
    assert page.evaluate("[state.host, state.guest]") == ["big", "big"]
    box = page.locator(".loupe [data-square='3,6,1,1']").bounding_box()
    assert min(box["width"], box["height"]) >= 44


def test_hundreds_of_moves_leave_no_more_behind(page):
    start(page)
    grow = """async (moves) => {
      const all = [...document.querySelectorAll(".casemap [data-square]")];
      let seed = 2014;
      for (let k = 0; k < moves; k++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        all[seed % all.length].click();
        if (k % 500 === 0) await new Promise(requestAnimationFrame);
      }
      return [document.querySelectorAll("*").length, heard.size];
    }"""
    client = page.context.new_cdp_session(page)

    def counted():
        client.send("HeapProfiler.collectGarbage")
        found = client.send("Memory.getDOMCounters")
        return found["nodes"], found["jsEventListeners"]

    page.evaluate(grow, 400)  # each road has been drawn
    before = counted()
    page.evaluate(grow, MOVES)
    after = counted()
    assert after[1] == before[1]
    assert after[0] <= before[0] + 400  # some roads have more places than others


def test_python_and_the_browser_have_the_same_atlas_map():
    """The Explorer's map button shows the six without a kernel: their rows are in the atlas."""
    assert browser.document()["map"] == casemap.document(truth_table())
