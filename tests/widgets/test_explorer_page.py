"""The saved page, the smaller pictures, and what axe says of all of it."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.explorer import ROOT, choose, read, show, start

from kvmendian import Explorer, Memory, Register, Setup

pytestmark = pytest.mark.browser


BAD = [
    "width=3", "guest=up", "value=zz", "signed=true", "signed=yes", "op=%", "OP=store", "foo=1",
    "step=x", "step=-1", "compare=guest:up", "compare=nothing", "guest=big&_presets=x",
    "op=load&signed=true&width=2&value=5&compare=op:store",
]  # fmt: skip


class TestSavedPage:
    @pytest.fixture
    def url(self, tmp_path):
        path = Explorer(host="big", design="be-guests-2013").save_html(tmp_path / "explorer.html")
        return path.as_uri()

    def test_it_opens_from_a_file_and_toggles(self, page, url):
        page.goto(url)
        assert read(page, "honours-abi") == "false"
        choose(page, "KVM design", "merged-2014")
        assert read(page, "honours-abi") == "true"
        page.wait_for_function("location.hash.includes('design=merged-2014')")
        assert "host=big" in page.url

    def test_the_address_is_the_state(self, page, url):
        page.goto(
            url + "#op=store&width=2&guest=little&host=big&device=little&design=swab&value=0x1122"
        )
        told = Setup(width=2, host="big", design="swab").trace(0x1122)
        assert read(page, "mmio-data") == told.mmio_data.hex(" ")
        page.evaluate("location.hash = '#guest=big&value=0x8'")
        page.wait_for_selector(f'{ROOT}[data-value="0x8"]')
        assert json.loads(read(page, "setup")) == Setup(guest="big").fields()

    @pytest.mark.parametrize("address", BAD)
    def test_a_bad_address_leaves_the_last_good_picture(self, page, url, address):
        page.goto(url)
        before = read(page, "setup")
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_function("document.querySelector('.error').textContent.length > 10")
        assert read(page, "setup") == before
        page.evaluate("location.hash = '#host=big&design=be-guests-2013'")
        page.wait_for_function("document.querySelector('.error').textContent === ''")
        assert read(page, "setup") == before
        page.goto("about:blank")
        page.goto(f"{url}#{address}")
        page.wait_for_selector(ROOT)
        assert read(page, "setup") == before  # what the page was saved with
        assert len(page.locator(".error").inner_text()) > 10

    def test_what_the_address_asks_too_much_of_is_cut_in_words(self, page, url):
        page.goto(url + "#op=load&value=0x11223344&compare=width:1&step=99")
        page.wait_for_selector(ROOT)
        assert [read(page, "value", side) for side in (0, 1)] == ["0x44", "0x44"]
        assert "does not fit 8 bits" in page.locator(".error").inner_text()
        assert read(page, "step") == str(len(Setup(op="load").trace(0x44).stages))

    def test_compare_travels_in_the_address(self, page, url):
        page.goto(url + "#host=big&compare=design:swab")
        page.wait_for_selector(ROOT)
        assert page.locator(ROOT).count() == 2


STATES = [
    {},
    {"host": "big", "design": "be-guests-2013"},
    {"op": "load", "width": 2, "signed": True, "driver": "accessor", "value": "0x8122"},
    {"width": 8, "compare": {"guest": "big"}},
    {"step": 4},
]


@pytest.mark.parametrize("state", STATES, ids=str)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(new_page, scheme, state):
    page = new_page(color_scheme=scheme)
    start(page, **state)
    if scheme == "dark":
        dark = "--jp-layout-color1:#111;--jp-layout-color2:#222;--jp-ui-font-color1:#e0e0e0"
        page.evaluate(
            "css => { document.body.style = css; document.body.dataset.jpThemeLight = 'false'; }",
            dark,
        )
    found = Axe().run(page, context=".kvmendian").response["violations"]
    assert [(fault["id"], node["html"][:90]) for fault in found for node in fault["nodes"]] == []


def plain(widget):
    state = widget.get_state()
    return {name: value for name, value in state.items() if name not in {"_esm", "_css"}}


class TestSmallPictures:
    def test_a_register_has_significance_and_no_addresses(self, page):
        show(page, b"", plain(Register(0x1122, width=2)))
        assert page.locator(".bits[data-value]").get_attribute("data-value") == "0x1122"
        assert page.locator(".bit .n").all_inner_texts() == [str(n) for n in range(15, -1, -1)]
        assert "+0" not in page.locator(".bitrow").inner_text()

    @pytest.mark.parametrize("order", ["little", "big"])
    @pytest.mark.parametrize("width", [1, 2, 4, 8])
    def test_memory_shows_what_a_store_leaves(self, page, width, order):
        memory = Memory(0x1122334455667788 >> (64 - 8 * width), width=width, order=order)
        show(page, b"", plain(memory))
        shown = page.locator(".bits[data-bytes]").get_attribute("data-bytes")
        assert bytes.fromhex(shown) == memory.bytes == memory.value.to_bytes(width, order)

    def test_a_bit_flips_and_a_linked_change_is_followed_or_refused(self, page):
        show(page, b"", plain(Memory(0x11223344)))
        page.get_by_role("button", name="bit 0 of memory+0, byte A").click()
        assert page.evaluate("state.value") == 0x11223345
        page.evaluate("change", {"value": 5, "order": "big"})
        assert page.locator(".bits[data-bytes]").get_attribute("data-bytes") == "00 00 00 05"
        page.evaluate("change", {"value": "0x1ffffffff"})
        assert page.locator(".bits[data-bytes]").get_attribute("data-bytes") == "00 00 00 05"
        assert "does not fit" in page.locator(".error").inner_text()

    def test_mmio_data_is_the_explorer_without_its_road(self, page):
        start(page, only=[], _view="mmio", guest="big")
        assert read(page, "mmio-data") == "11 22 33 44"
        assert page.locator(".road").is_hidden()
        assert page.locator(".yard").is_visible()

    def test_a_static_export_shows_them_live(self, page, monkeypatch):
        monkeypatch.setenv("KVMENDIAN_STATIC", "1")
        memory = Memory(0x1122, width=2, order="big")
        page.set_content(memory._repr_mimebundle_()["text/html"])
        page.get_by_role("button", name="bit 0 of memory+1, byte A").click()
        bits = page.locator(".bits[data-bytes]")
        assert bits.get_attribute("data-bytes") == "11 23"
        assert repr(memory) == "Memory(0x1122, width=2, order='big', name='memory')"
