"""Scenarios in a real Chromium: every case as the verdict has it, by mouse and by keyboard."""

from __future__ import annotations

import json

import pytest
from amount import many
from axe_playwright_python.sync_playwright import Axe
from browser.scenario import CARD, begin, show, start

from kvmendian import CLAIMS, Scenario
from kvmendian.course.scenario import board
from kvmendian.model import lanes
from kvmendian.render import page as view

pytestmark = pytest.mark.browser

IDS = list(CLAIMS)
READ = """async (cases) => {
  const found = [];
  for (const [reading, k] of cases) {
    await change({ reading, case: k, answered: "holds" });
    const card = document.querySelector(".card"), { yes, wrong, counted } = card.dataset;
    const now = [...document.querySelectorAll(".square.now")];
    const shape = now.map((one) => ["yes", "no", "bytes-wrong", "pale"].filter((name) =>
      one.classList.contains(name)).join(" "));
    const places = [...document.querySelectorAll(".road [data-place]")].map((place) => {
      const y = (cell) => Number(/,(.*)px/.exec(cell.style.transform)[1]);
      const cells = [...place.querySelectorAll(".cell")].sort((a, b) => y(a) - y(b));
      return [place.querySelector(".name").textContent, cells.map((cell) =>
        [...cell.querySelectorAll("text")].slice(-2).map((e) => e.textContent).join(""))
        .join(" ")];
    });
    found.push([yes, wrong, counted, shape, document.querySelector(".says").textContent,
      document.querySelector(".because").textContent, places]);
  }
  return found;
}"""


TOUCHING = """() => {
  const texts = [...document.querySelectorAll(".road text")].filter((one) => one.textContent);
  const boxes = texts.map((one) => [one.textContent, one.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 &&
    a.top < b.bottom - 4 && b.top < a.bottom - 4; // a line's box is taller than its letters
  return boxes.flatMap(([text, box], k) => boxes.slice(k + 1).filter(([, other]) =>
    meet(box, other)).map(([other]) => `${text} / ${other}`));
}"""

MOVES = many(10_000, 3_000)


def cells(column, value):
    """Return the bytes of a column from top to bottom, as its owner reads them."""
    shown = [k for k in range(len(column.lanes)) if k not in column.rest]
    down = shown if column.kind == "bytes" and column.order == "big" else shown[::-1]
    data = lanes.evaluate(column.lanes, value)
    return " ".join(f"{lanes.letter(column.lanes[k])}{data[k]:02x}" for k in down)


def expected(claim, number, k):
    """Return what a case must show, from the verdict and the lanes."""
    verdict, one = board(claim).verdict, board(claim).entry(number, k)
    finding = (*verdict.findings, *verdict.also)[number]
    picture, part = board(claim).picture(number, k), board(claim).play.parts[number]
    yes = one.case in finding.held if one.counted else one.yes
    shape = ["yes" if yes else "no", "bytes-wrong" * picture.wrong, "pale" * (not one.counted)]
    return [
        *(str(fact).lower() for fact in (yes, picture.wrong, one.counted)),
        [" ".join(filter(None, shape))],
        f"{part.yes if yes else part.no}: {picture.sentence}",
        picture.why,
        [[column.place, cells(column, picture.value)] for column in picture.columns],
    ]


def test_every_case_of_every_scenario_is_shown_as_the_verdict_has_it(page):
    begin(page)
    tried = 0
    for claim in IDS:
        show(page, claim)
        blocks = board(claim).grid.blocks
        cases = [(number, k) for number, b in enumerate(blocks) for k in range(len(b.entries))]
        found = page.evaluate(READ, cases)
        wanted = [expected(claim, *case) for case in cases]
        assert [pair for pair in zip(found, wanted, strict=True) if pair[0] != pair[1]] == [], claim
        tried += len(cases)
    assert tried > 2000


def test_a_wrong_answer_in_the_data_would_be_seen(page):
    begin(page)
    show(page, "only-big-guests")
    found = page.evaluate(READ, [(0, 6)])[0]
    right = expected("only-big-guests", 0, 6)
    assert found == right
    assert found != expected("only-big-guests", 0, 7)


@pytest.mark.parametrize("claim", IDS)
def test_nothing_is_told_before_the_answer(page, claim):
    start(page, claim)
    told, ours = page.content().split('<div id="here">')[1], board(claim)
    for name in ("data-yes", "data-wrong", "square yes", "square no", "bytes-wrong", 'says"',
                 "≠", ">=<", "each tried", "data-setup"):  # fmt: skip
        assert name not in told, name
    around = page.locator(".toggles, .case-map").all_inner_texts()
    for block, part in zip(ours.grid.blocks, ours.play.parts, strict=True):
        for text in filter(None, (part.name, part.yes, part.no, block.reading.text)):
            assert not any(text in said for said in around)
    first = ours.picture(*ours.start)
    drawn = page.locator(".road .cell").count()
    assert drawn == len(first.columns[first.given].lanes) - len(first.columns[first.given].rest)
    assert page.locator(".road .rib").count() == 0
    assert page.locator("[data-field=reading]").count() == 0
    assert page.locator(".toggles input:enabled").count() == 0
    squares = sum(block.squares for block in ours.grid.blocks if not block.also)
    assert page.locator(".square.empty").count() == squares
    assert page.locator("button.square").count() == 0


def test_predict_then_verdict_count_and_the_first_no(page):
    start(page, "just-swab")
    assert "48 cases wait" in page.locator(".ask").inner_text()
    page.get_by_role("button", name="It holds").click()
    done = page.locator(".done")
    assert done.inner_text().startswith("Holds only when the kernel then stores in one fixed")
    assert "You said “it holds”. Yes in 40 of 48 cases, each tried." in done.inner_text()
    assert page.evaluate("[state.answered, document.activeElement.className]") == ["holds", "done"]
    page.get_by_role("button", name="Show the first no").click()
    assert page.locator(CARD).get_attribute("data-yes") == "false"
    first = board("just-swab").facts["first"]
    assert page.evaluate("[state.reading, state.case]") == first
    page.get_by_role("button", name="Ask again").click()
    assert page.evaluate("state.answered") is None
    assert page.locator(".square.empty").count() == 48
    page.get_by_role("button", name="It depends").click()
    assert "and so it is: yes in 40" in done.inner_text()


def test_squares_toggles_and_reading_go_to_the_same_case(page):
    start(page, "nothing-swaps-on-a-big-host", answered="depends")
    group = page.get_by_role("group", name="Guest")
    group.get_by_role("radio", name="little").check()
    assert page.locator(CARD).get_attribute("data-counted") == "false"
    assert page.locator(CARD).get_attribute("data-wrong") == "true"
    page.get_by_role("radio", name="an integer of the host's").check()
    assert page.evaluate("state.reading") == 1
    assert page.locator(CARD).get_attribute("data-wrong") == "false"
    page.locator(".square.yes.bytes-wrong:not(.pale)").nth(1).click()
    assert page.locator(CARD).get_attribute("data-yes") == "true"
    assert group.get_by_role("radio", name="big").is_checked()
    last = page.locator(".zname").last.text_content()
    assert last == "yardstick"
    assert page.locator(".eq.bad").count() == 4
    assert "does not swap" in page.locator(".road .did.bad").first.text_content()


def test_a_value_that_this_reading_does_not_ask_about_leads_to_one_that_does(page):
    start(page, "one-convention-for-kernel-and-qemu")
    assert page.get_by_role("radio", name="v3.16").count() == 0  # tried besides: not told yet
    page.evaluate("change", {"answered": "holds"})
    page.get_by_role("radio", name="v3.16").check()
    assert page.evaluate("state.reading") == 1
    page.get_by_role("group", name="Host").get_by_role("radio", name="big").check()
    assert page.locator(CARD).get_attribute("data-yes") == "false"


def test_what_is_folded_is_said_and_can_be_turned(page):
    start(page, "as-if-in-memory", answered="holds")
    folded = page.locator(".small-print summary")
    assert folded.inner_text().startswith("1152 cases in 44 squares: driver, device declared")
    folded.click()
    before = page.evaluate("state.case")
    key = page.locator(".square.now").get_attribute("data-square")
    page.get_by_role("group", name="Driver").get_by_role("radio", name="accessor").check()
    assert page.evaluate("state.case") != before
    assert page.locator(".square.now").get_attribute("data-square") == key


def test_keyboard_alone(page):
    start(page, "only-big-guests")
    page.locator("body").press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "It holds"
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("state.answered") == "depends"
    stops = []
    for _ in range(8):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(
            "(e => e.dataset.go ? 'first no' : e.dataset.say === '' ? 'again' : e.type === 'radio'"
            " ? e.dataset.field : e.closest('.road') ? 'road' : e.dataset.square ? 'square'"
            " : e.localName)(document.activeElement)"
        ))  # fmt: skip
    assert stops[:6] == ["first no", "again", "guest", "host", "road", "square"]
    page.locator(".road").focus()
    page.keyboard.press("ArrowUp")
    assert page.locator(".because").inner_text().startswith("Byte A (0x44): bits 7–0 of r0 → ")
    assert page.locator(".road .cell.dim").count() > 0
    page.keyboard.press("Escape")
    assert page.locator(".road .cell.dim").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator(CARD).get_attribute("data-yes") == "false"
    focus = page.evaluate("document.activeElement.className")
    assert "now" in focus
    assert page.locator("[data-square][tabindex='0']").count() == 1
    visited = {page.evaluate("state.case")}
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "Home", "End", "PageUp", "PageDown"):
        page.keyboard.press(key)
        visited.add(page.evaluate("state.case"))
    assert len(visited) > 5


def test_a_linked_value_that_makes_no_sense_leaves_the_picture_and_says_why(page):
    start(page, "only-big-guests", answered="depends")
    before = page.locator(CARD).evaluate("card => ({...card.dataset})")
    for bad in ({"case": 99}, {"reading": 4}, {"answered": "maybe"}):
        good = page.evaluate("({...state})")
        page.evaluate("change", bad)
        assert page.locator(CARD).evaluate("card => ({...card.dataset})") == before
        assert page.locator(".error").inner_text() != ""
        page.evaluate("change", good)
        assert page.locator(".error").inner_text() == ""


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing(new_page, look):
    page = new_page(**look, viewport={"width": 900, "height": 1000})
    begin(page)
    for claim in ("nothing-swaps-on-a-big-host", "as-if-in-memory", "extend-after-the-swap",
                  "user-space-has-its-own-bit"):  # fmt: skip
        for answered in (None, "depends"):
            show(page, claim, answered=answered)
            if look.get("color_scheme") == "dark":
                page.evaluate("document.body.classList.add('kvmendian-dark')")
            found = Axe().run(page).response["violations"]
            assert found == [], (claim, answered, json.dumps(found, indent=1)[:3000])


def test_under_forced_colours_yes_no_and_the_bytes_can_be_told(new_page):
    page = new_page(forced_colors="active")
    start(page, "just-swab", answered="depends")
    looks = "e => { const s = getComputedStyle(e, '::before'); return s.backgroundColor; }"
    yes, no = (page.locator(f"button.square.{k}").first.evaluate(looks) for k in ("yes", "no"))
    assert yes != no
    fills = page.locator('.road [data-place="0"] .fill').evaluate_all(
        "all => all.map(fill => getComputedStyle(fill).fill)"
    )
    assert len(set(fills)) == 4


def test_with_reduced_motion_nothing_moves(new_page):
    page = new_page(reduced_motion="reduce")
    start(page, "just-swab", answered="depends")
    page.locator("button.square").nth(20).click()
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("width", [390, 640, 900, 1280])
def test_nothing_is_cut_off_and_nothing_is_small(new_page, width):
    page = new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    begin(page)
    for claim in IDS:
        for answered in (None, "holds"):
            show(page, claim, answered=answered)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), claim
            boxes = page.locator(".road text").evaluate_all(
                "all => all.filter((text) => text.textContent).map((text) => {"
                " const box = text.getBoundingClientRect();"
                " return [box.left, box.right, parseFloat(getComputedStyle(text).fontSize)]; })"
            )
            assert page.evaluate(TOUCHING) == [], (claim, answered)
            assert min(box[0] for box in boxes) >= 0, claim
            assert max(box[1] for box in boxes) <= width, claim
            assert min(box[2] for box in boxes) >= 12, claim
            sizes = page.locator(".card :is(button, summary, .seg label)").evaluate_all(
                "all => all.filter((e) => e.offsetWidth)"
                ".map((e) => [e.offsetWidth, e.offsetHeight])"
            )
            assert min(map(min, sizes)) >= 24, claim
    road = page.locator(".road").bounding_box()["width"]
    assert width != 900 or 400 <= road <= 524


def test_thousands_of_moves_leave_nothing_behind(page):
    start(page, "just-swab", answered="depends")
    count = "() => document.querySelectorAll('*').length"
    page.evaluate("change", {"reading": 1, "case": 23})
    page.evaluate("change", {"reading": 0, "case": 0})
    before = page.evaluate(count)
    page.evaluate(
        """async (moves) => {
      for (let i = 0; i < moves; i++)
        await change({ reading: i % 2, case: Math.floor(Math.random() * 24) });
    }""",
        MOVES,
    )
    page.evaluate("change", {"reading": 0, "case": 0})
    assert page.evaluate(count) == before
    page.evaluate("leave()")
    assert page.evaluate("heard.size") == 0


def test_a_saved_page_plays_from_a_file_with_no_kernel(page, tmp_path):
    file = Scenario("extend-after-the-swap").save_html(tmp_path / "claim.html")
    page.goto(file.as_uri())
    page.get_by_role("button", name="It fails").click()
    assert "Yes in 20 of 20 cases" in page.locator(".done").inner_text()
    page.get_by_role("radio", name="also: 2014: before").check()
    page.wait_for_function("location.hash.includes('reading=1')")
    page.reload()
    assert page.locator(CARD).get_attribute("data-reading") == "1"
    assert page.locator(CARD).get_attribute("data-answered") == "fails"
    page.evaluate("location.hash = '#reading=7'")
    page.wait_for_function("document.querySelector('.error').textContent.includes('reading 7')")
    assert page.locator(CARD).get_attribute("data-reading") == "1"


def test_an_exported_page_of_three_plays_each_for_itself(page, tmp_path, monkeypatch):
    monkeypatch.setenv("KVMENDIAN_STATIC", "1")
    claims = ("just-swab", "extend-after-the-swap", "just-swab")
    shown = [Scenario(claim)._repr_mimebundle_()["text/html"] for claim in claims]
    for html in shown:
        assert "each tried" not in html.split("<!--kvmendian-->")[0]
    file = tmp_path / "three.html"
    file.write_text(view.once(f"<html lang=en><body><h1>x</h1><h2>y</h2>{''.join(shown)}</body>"))
    page.goto(file.as_uri())
    cards = page.locator(CARD)
    cards.nth(2).wait_for()
    cards.nth(2).get_by_role("button", name="It depends").click()
    assert [card.get_attribute("data-answered") for card in cards.all()] == ["", "", "depends"]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))
