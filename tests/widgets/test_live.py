"""What all pictures share: one module and one atlas a page, and what happens without them."""

from __future__ import annotations

import pytest

from kvmendian import Explorer, Memory, MmioData, Register
from kvmendian.model.designs import Design
from kvmendian.model.swaps import both_guests
from kvmendian.render import page as view
from kvmendian.widgets.live import shared

STUB = """async ([stub, core, says]) => {
  const url = URL.createObjectURL(new Blob([stub], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const models = { core: { get: (name) => core[name] } };
  const widget_manager = {
    get_model: async (id) => {
      if (!(id in models)) throw new Error("widget model not found");
      return models[id];
    },
  };
  const model = { get: (name) => says[name], on() {}, off() {}, set() {}, widget_manager };
  for (const el of document.querySelectorAll("div")) await widget.render({ model, el });
}"""


def test_twenty_pictures_point_at_one_module_and_one_atlas():
    made = [kind() for kind in (Explorer, MmioData, Register, Memory) for _ in range(5)]
    assert len({one.get_state()["_core"] for one in made}) == 1
    assert {one.get_state()["_atlas"] for one in made} == {made[0].get_state()["_atlas"], None}
    assert max(len(str(one.get_state())) for one in made) < 10_000


def test_a_design_of_ones_own_has_an_atlas_of_its_own():
    mine = Design("mine", guest_to_host=both_guests, host_to_guest=both_guests)
    assert Explorer(design=mine).packed != Explorer().packed


def test_what_was_closed_is_made_anew():
    first = shared()
    first.close()
    assert shared() is not first
    assert Explorer().get_state()["_core"] == f"IPY_MODEL_{shared().model_id}"


def test_a_page_of_twenty_holds_one_copy():
    one = view.embedded({"_view": "explorer"}, Explorer().packed, "<svg></svg>")
    page = view.once(f"<html><body>{one * 20}</body></html>")
    assert page.count('class="kvmendian-live"') == page.count("<noscript>") == 20
    assert page.count("export default") == page.count(".kvmendian-dark .kvmendian,") / 2 == 1
    assert len(page) < 1.2 * len(one) + 20 * 3000
    assert view.once("<body>none</body>") == "<body>none</body>"


@pytest.mark.browser
class TestStub:
    def start(self, page, core):
        says = Memory(0x1122, width=2).get_state() | {"_core": "IPY_MODEL_core"}
        says = {name: value for name, value in says.items() if not name.endswith("esm")}
        page.set_content("<!doctype html><title>t</title><div></div><div></div>")
        page.evaluate(STUB, [view.read("stub.js"), core, says])

    def test_it_takes_the_module_once(self, page):
        self.start(page, {"code": view.module(), "style": view.style()})
        shown = page.locator("div > .kvmendian-small [data-bytes]")
        assert [one.get_attribute("data-bytes") for one in shown.all()] == ["22 11", "22 11"]
        assert page.locator("style.kvmendian-style").count() == 1

    def test_without_the_module_it_says_what_to_do(self, page):
        self.start(page, {"code": "nothing (", "style": ""})
        assert "Run its cell again" in page.locator("div").first.inner_text()
