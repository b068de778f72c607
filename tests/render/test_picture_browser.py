"""The static picture as part of a page: its theme, its names, and the byte that is pointed at."""

from __future__ import annotations

import json

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from kvmendian import Setup
from kvmendian.machine import arm
from kvmendian.render import spoken, svg

pytestmark = pytest.mark.browser

WRONG = Setup(host="big", design="be-guests-2013").trace(0x11223344)
SIGN = Setup(op="load", width=2, signed=True, guest="big", host="big").trace(0x8122)
RAN = arm.run("setend be\nstr r0, [r1]", r0=0x11223344)
CELLS = (
    "from kvmendian import Predict, Setup",
    "story = Setup(host='big', design='be-guests-2013').trace(0x11223344)\nstory",
    "story",
    "predict = Predict('mmio_data', guest='big', value=0x11223344)\npredict",
    "predict.answer('11 22 33 44').right",
)
SHOWN = """pictures => pictures.map(picture => {
  const look = getComputedStyle(picture), paint = document.createElement("canvas").getContext("2d");
  const pixel = colours => {
    for (const colour of colours) { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); }
    return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const paper = look.backgroundColor, around = picture.closest(".jp-Notebook") ?? document.body;
  return {
    paper: pixel([paper]),
    background: pixel([getComputedStyle(picture.querySelector(".bg")).fill]),
    around: pixel(["white", getComputedStyle(around).backgroundColor]),
    texts: [...picture.querySelectorAll("text, tspan")].filter(text => !text.closest(".cell"))
      .map(text => pixel([paper, getComputedStyle(text).fill])),
  };
})"""
DIM = """picture => [...picture.querySelectorAll(".cell, .flow, .rest")]
  .map(one => [one.getAttribute("class").split(" "), getComputedStyle(one).opacity])"""
POINT = """shape => {  // on its line a little after the start, where no other line lies above it
  const point = shape.getPointAtLength(shape.getTotalLength() / 6);
  const { x, y } = point.matrixTransform(shape.getScreenCTM());
  return [x, y];
}"""
RULES = """() => [...document.styleSheets].flatMap(sheet => {
  const flat = rules => [...rules].flatMap(rule => rule.cssRules?.length && !rule.selectorText
    ? flat(rule.cssRules) : [rule.selectorText]);
  return flat(sheet.cssRules);
})"""


def shown(page):
    return page.locator("svg.kve").evaluate_all(SHOWN)


def contrast(one, two):
    light, dark = sorted(map(luminance, (one, two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    channels = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def put(page, *pictures, head=""):
    body = "".join(pictures)
    page.set_content(
        f"<!doctype html><html lang=en><meta name=viewport content='width=device-width'>"
        f"<title>pictures</title>{head}<main><h1>Pictures</h1>{body}</main>"
    )


def axe(page, context=None):
    found = Axe().run(page, context=context).response["violations"]
    assert found == [], json.dumps(found, indent=1)[:3000]


def tree(page):
    """Return what assistive technology is told: role, name and description."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [
        tuple(node.get(what, {}).get("value") for what in ("role", "name", "description"))
        for node in nodes
        if not node.get("ignored")
    ]


@pytest.mark.parametrize(("system", "theme"), [("dark", "light"), ("light", "dark")])
def test_pictures_in_jupyterlab_follow_its_theme_and_not_the_systems(lab, system, theme):
    page = lab.page
    page.emulate_media(color_scheme=system)
    lab.open_cells(*CELLS)
    lab.set_theme(theme)
    lab.run_all()
    page.locator("svg.kve").nth(2).wait_for()
    assert page.locator(".jp-OutputArea-output img").count() == 0
    paper = [255] * 3 if theme == "light" else [17] * 3
    for picture in shown(page):
        assert picture["paper"] == picture["background"] == picture["around"] == paper
        assert len(picture["texts"]) > 20
        assert min(contrast(text, paper) for text in picture["texts"]) >= 4.5
    assert page.locator(".kve-text:visible").count() == 0
    for number in (1, 2):
        picture = page.locator(".jp-OutputArea-output").nth(number - 1)
        assert picture.locator("svg.kve").is_visible()
    for kind in ("jp-RenderedHTML", "kvmendian-predict"):
        axe(page, context=f".{kind} .kve-picture")


def test_a_notebook_that_is_not_trusted_shows_the_text_form(lab):
    output = nbformat.v4.new_output("execute_result", WRONG._repr_mimebundle_(), execution_count=1)
    lab.open_cells("story", execution_count=1, outputs=[output])
    area = lab.page.locator(".jp-OutputArea-output")
    assert area.locator("svg.kve").count() == 0
    assert area.inner_text().strip() == str(WRONG).strip()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_elsewhere_a_page_says_which_theme_it_has_and_a_file_asks_the_system(
    new_page, tmp_path, system
):
    page = new_page(color_scheme=system)
    light, dark = [255] * 3, [0x14, 0x17, 0x1B]
    follows = dark if system == "dark" else light
    page.set_content("<!doctype html>")
    for scheme, paper in (("normal", light), ("light dark", follows), ("dark", dark)):
        put(page, svg.html(WRONG), head=f"<style>:root{{color-scheme:{scheme}}}</style>")
        assert shown(page)[0]["background"] == paper, scheme
    page.emulate_media(media="print")
    assert shown(page)[0]["background"] == light, "on paper"
    page.emulate_media(media="screen")
    file = tmp_path / "story.svg"
    file.write_text(svg.story(WRONG), encoding="utf-8")
    page.goto(file.as_uri())
    said = "getComputedStyle(document.querySelector('.bg')).fill"
    assert page.evaluate(said) == f"rgb({', '.join(map(str, follows))})"


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_and_every_picture_has_a_name_and_a_description(new_page, look):
    page = new_page(**look)
    head = "<style>:root{color-scheme:light dark}</style>"
    put(page, svg.html(WRONG), svg.html(WRONG), RAN._repr_mimebundle_()["text/html"], head=head)
    axe(page)
    heard = tree(page)
    figures = [one for one in heard if one[0] == "figure"]
    assert figures[:2] == [("figure", spoken.name(WRONG), spoken.description(WRONG))] * 2
    assert figures[2][1] == "What a CPU did: A32, starts little-endian"
    assert "store 4 at device+0: 11 22 33 44" in figures[2][2]
    bytes_heard = [one[1] for one in heard if one[0] == "image"]
    assert bytes_heard == [spoken.byte(WRONG, k) for k in range(4)] * 2
    texts = [one for one in heard if one[0] in ("StaticText", "text") and one[1] != "Pictures"]
    assert texts == [], "the drawing is told once, by the description"
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


def dimmed(picture, byte):
    """Check that the parts of this byte are bright and all others are not; return how many are."""
    parts = picture.evaluate(DIM)
    for names, opacity in parts:
        assert opacity == ("1" if byte is None or byte in names else "0.25"), (byte, names)
    return sum(opacity == "1" for _, opacity in parts)


@pytest.mark.parametrize("told", [WRONG, SIGN], ids=["store", "sign"])
def test_pointing_at_a_byte_dims_all_others(new_page, told):
    page = new_page(reduced_motion="reduce")
    put(page, svg.html(told), svg.html(told))
    picture, other = page.locator("svg.kve").all()
    whole = dimmed(picture, None)
    for byte in range(told.setup.width):
        for place in (f".cell.b{byte} .fill", f".flow.b{byte} .line"):
            page.mouse.move(*picture.locator(place).first.evaluate(POINT))
            bright = dimmed(picture, f"b{byte}")
            assert len(told.stages) < bright < whole
            dimmed(other, None)
    fills = picture.locator(".cell:has(.pale)")
    assert (fills.count() > 0) == told.setup.signed
    for fill in fills.all():
        fill.hover()
        dimmed(picture, "b0")  # the sign of A
    page.mouse.move(0, 0)
    dimmed(picture, None)


def test_the_keyboard_does_the_same_with_one_stop_a_byte_of_mmio_data(new_page):
    page = new_page(reduced_motion="reduce")
    put(page, svg.html(WRONG), svg.html(SIGN))
    store, load = page.locator("svg.kve").all()
    said = "document.activeElement.getAttribute('aria-label')"
    seen = []
    for picture, byte in [(store, "b3"), (store, "b2"), (store, "b1"), (store, "b0"),
                          (load, "b0"), (load, "b1")]:  # fmt: skip
        page.keyboard.press("Tab")
        seen.append(page.evaluate(said))
        dimmed(picture, byte)
        dimmed(load if picture is store else store, None)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert seen == [
        *(spoken.byte(WRONG, k) for k in range(4)),
        *(spoken.byte(SIGN, k) for k in (0, 1)),
    ]
    page.keyboard.press("Tab")
    dimmed(load, None)
    store.locator(".cell[tabindex]").first.click()
    page.mouse.move(0, 0)
    dimmed(store, None)  # a click leaves no byte lit


def test_bytes_glide_to_dim_only_where_motion_is_welcome(new_page):
    for wish, seconds in (("no-preference", "0.12s"), ("reduce", "0s")):
        page = new_page(reduced_motion=wish)
        put(page, svg.html(WRONG))
        said = "getComputedStyle(document.querySelector('.cell')).transitionDuration"
        assert page.evaluate(said) == seconds


def test_forced_colours_keep_the_bytes_apart_and_dim_them_as_well(new_page):
    page = new_page(forced_colors="active", reduced_motion="reduce")
    put(page, svg.html(WRONG))
    picture = page.locator("svg.kve")
    fills = picture.locator(".cell .fill").evaluate_all(
        "all => [...new Set(all.map(one => getComputedStyle(one).fill))]"
    )
    assert len(fills) == 4
    picture.locator(".cell.b2").first.hover()
    dimmed(picture, "b2")


def test_no_rule_of_a_picture_reaches_the_page_around_it(page):
    put(page, svg.html(WRONG))
    rules = page.evaluate(RULES)
    assert len(rules) > 50
    assert [rule for rule in rules if not rule.startswith(".kve")] == []
    parts = [part for rule in rules for part in rule.split(", ") if part.startswith(".")]
    assert [part for part in parts if not part.startswith((".kve", ".flow", ".rest"))] == []


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_a_picture_is_whole_or_scrolls_by_itself(new_page, width):
    page = new_page(viewport={"width": width, "height": 800})
    put(page, svg.html(WRONG), svg.html(WRONG))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    box = page.locator(".kve-picture").first
    wide, seen = box.evaluate("it => [it.scrollWidth, it.clientWidth]")
    assert (wide > seen) == (width == 390)
    assert wide >= 544
    axe(page)
