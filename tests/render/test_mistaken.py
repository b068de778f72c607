"""Pictures of a VMM's mistakes: whole for every state, true, safe, and met in a real browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from axe_playwright_python.sync_playwright import Axe

from kvmendian.machine.vmm import VMM_MISTAKES
from kvmendian.model.lanes import letter
from kvmendian.render import mistaken

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert('x')</script>\"&\n\x00]]>"
CASES = [
    mistake.case(*state)
    for mistake in VMM_MISTAKES.values()
    for state in product((1, 2, 4, 8), ("little", "big"), ("little", "big"))
]


def parse(told):
    return ET.fromstring(mistaken.picture(told))  # noqa: S314 - we made this document


@pytest.mark.parametrize("told", CASES, ids=repr)
def test_every_picture_and_text_is_whole(told):
    root, m = parse(told), told.mistake
    words = [node.text or "" for node in root.iter(SVG + "text")]
    cells = [node for node in root.iter(SVG + "g") if "cell" in (node.get("class") or "").split()]
    seen = [tuple(t.text for t in cell.iter(SVG + "text")) for cell in cells]
    for place in (*told.made.given, told.made.wrong, told.made.right):
        content = told.content(place)
        data = content if isinstance(content, bytes) else content.to_bytes(8, "little")
        drawn = [
            (letter(lane), f"{byte:02x}") for lane, byte in zip(place.lanes, data, strict=True)
        ]
        hidden = {pair for pair in drawn if pair not in {one[1:] for one in seen}}
        assert hidden <= {("0", "00")}
    same = told.made.wrong.lanes == told.made.right.lanes
    assert told.harmless == same == ("≠" not in words)
    assert any(word.startswith("Harmless" if same else "Wrong") for word in words)
    code = " ".join(words)
    for line in (m.wrong_c, m.repair_c, m.repair_rust):
        assert line in code
        assert line in str(told)
    _, _, width, height = map(float, root.get("viewBox").split())
    for node in root.iter(SVG + "text"):
        assert 0 < float(node.get("y")) < height
        assert 0 < float(node.get("x")) < width
    assert max(map(len, str(told).splitlines())) <= 140


@pytest.mark.parametrize("told", CASES, ids=repr)
def test_it_is_told_as_a_name_and_a_description(told):
    root, m = parse(told), told.mistake
    says = root.find(SVG + "desc").text
    assert root.get("aria-label") == f"A VMM's mistake: {m.id}: {m.says}"
    assert root.get("role") == "figure"
    assert m.repair_c in says
    assert m.repair_rust in says
    if not told.harmless:
        want = told.wanted.hex(" ") if isinstance(told.wanted, bytes) else hex(told.wanted)
        assert f"right is {want}" in says
    stops = [node for node in root.iter(SVG + "g") if node.get("tabindex") == "0"]
    heard = told.made.given[-1]
    assert len(stops) == (len(heard.lanes) if heard.kind == "bytes" else told.width)
    assert all(re.search(r"byte [A-H]2?, 0x[0-9a-f]{2}\.$", s.get("aria-label")) for s in stops)
    assert not [node for node in root.iter() if node.get("id")]


def test_anybodys_words_are_escaped():
    told = replace(VMM_MISTAKES["stale-bytes"], says=EVIL, where=EVIL, repair_c=EVIL).case()
    drawn = mistaken.html(told)
    assert "<script" not in drawn
    assert "\x00" not in drawn
    assert "&lt;script&gt;" in drawn
    parse(told)


def test_a_notebook_gets_text_html_and_svg():
    told = VMM_MISTAKES["merged-register"].case()
    bundle = told._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/svg+xml"}
    assert bundle["text/plain"] == str(told)
    assert bundle["image/svg+xml"] == mistaken.picture(told)
    assert bundle["text/html"].endswith(f"{mistaken.picture(told)}</div>")


def test_an_order_that_decides_nothing_is_not_named():
    def state(name, *given):
        return str(VMM_MISTAKES[name].case(*given)).splitlines()[1].split(".")[0]

    assert state("stale-bytes", 2, "big", "little") == "A store of 2 bytes, any host, little device"
    assert state("unclaimed-read", 1) == "A load of 1 byte, any host, any device"
    assert state("merged-register", 4) == "A load of 4 bytes, any host, big guest"
    named = state("native-copy-write", 4, "big", "little")
    assert named == "A store of 4 bytes, big host, little device"


def test_a_value_that_hides_it_is_told_from_no_harm():
    hides = VMM_MISTAKES["unclaimed-read"].case(2, before=bytes(8))
    assert hides.got == hides.wanted
    assert "Wrong, though this value hides it." in str(hides)
    fine = VMM_MISTAKES["native-copy-write"].case(4, "little", "little")
    assert "Harmless here: it makes what is right, for every value." in str(fine)


LOOKS = [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}]


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_in_a_browser_all_of_it_is_seen_and_heard(new_page, look, width):
    """No text leaves the picture, the page does not scroll, axe finds nothing, bytes take focus."""
    page = new_page(viewport={"width": width, "height": 800}, **look)
    told = [mistake.case(4) for mistake in VMM_MISTAKES.values()]
    head = "<style>:root{color-scheme:light dark}</style>"
    body = "".join(map(mistaken.html, told))
    page.set_content(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>"
        f"<title>mistakes</title>{head}<main><h1>Mistakes</h1>{body}</main>"
    )
    found = Axe().run(page).response["violations"]
    assert found == [], json.dumps(found, indent=1)[:3000]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = """pictures => pictures.flatMap(picture => {
      const all = picture.getBoundingClientRect();
      return [...picture.querySelectorAll("text")].filter(text => {
        const box = text.getBoundingClientRect();
        return box.right > all.right || box.left < all.left || box.bottom > all.bottom;
      }).map(text => text.textContent);
    })"""
    assert page.locator("svg.kve").evaluate_all(outside) == []
    crowded = """cells => cells.flatMap(cell => {
      const boxes = [...cell.querySelectorAll("text")].map(text => text.getBoundingClientRect());
      const rect = cell.querySelector("rect").getBoundingClientRect();
      return boxes.some((box, k) => box.right > (boxes[k + 1]?.left ?? rect.right) + 0.5)
        ? [cell.textContent] : [];
    })"""
    assert page.locator("svg.kve .cell").evaluate_all(crowded) == []
    page.keyboard.press("Tab")
    if width == 390:  # a region that scrolls may take the focus before what is in it
        page.locator("svg.kve .cell[tabindex]").first.focus()
    said = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert said == "mmio.data +0: byte A, 0x11."
