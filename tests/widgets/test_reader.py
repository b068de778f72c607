"""The Reader: in the browser as in Python, in a saved page, in a static export, in JupyterLab."""

from __future__ import annotations

import json
from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from loglines import damaged, text

from kvmendian import Reader, SetupError, read
from kvmendian.evidence.logs.finding import as_shown
from kvmendian.evidence.logs.reading import read_alone
from kvmendian.evidence.logs.tables import document
from kvmendian.render import page as view

LOG = """[  411.509] kvm [7713]: Unsupported FSC: EC=0x24 xFSC=0x21 ESR_EL2=0x92000061
hsr=0x93860007 cpsr=0x60000293 gpa=0x000f0004
ESR_EL2 = 0x93c08046 <script>document.title = 'bad'</script>
FAR_EL2 = 0xffff800010001018  HPFAR_EL2 = 0x90000
  qemu-system-aar-1234  [001] d..1  80.1: kvm_mmio: mmio read len 4 gpa 0xa000000 val 0x74726976
40085978: b8004403 str w3, [x0], #4
nothing"""


def shown(reading):
    return {
        "findings": [as_shown(found) for found in reading.findings],
        "unread": reading.unread,
        "cut": reading.cut,
    }


class TestWidget:
    def test_it_says_what_it_holds(self):
        reader = Reader(LOG)
        assert reader.reading == read(LOG)
        assert repr(reader).startswith(f"<Reader: {len(LOG)} characters, 6 findings; ")

    @pytest.mark.parametrize("given", [None, 5, b"ESR"], ids=repr)
    def test_what_is_no_text_is_refused_and_changes_nothing(self, given):
        reader = Reader("ESR_EL2 = 0x93c08046")
        with pytest.raises(SetupError):
            Reader(given)
        with pytest.raises(SetupError):
            reader.text = given
        assert reader.text == "ESR_EL2 = 0x93c08046"

    def test_the_kernel_answers_with_all_kinds(self):
        reader = Reader()
        reader.text = LOG
        answer = json.loads(json.dumps(reader.get_state()["_answer"]))
        assert answer["text"] == LOG
        kinds = {found["kind"] for found in answer["findings"]}
        assert kinds == {"syndrome", "trace", "error", "instruction"}

    def test_a_very_long_text_is_left_to_the_browser(self):
        reader = Reader("x" * 200_001)
        assert reader.get_state()["_answer"] == {}

    def test_what_stands_beside_it_is_escaped(self, monkeypatch):
        reader = Reader(LOG)
        for static in ("", "1"):
            monkeypatch.setenv("KVMENDIAN_STATIC", static)
            bundle = reader._repr_mimebundle_()
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            assert "<script>document" not in data["text/html"]

    def test_a_saved_page_has_the_text_escaped(self, tmp_path):
        page = Reader(LOG).save_html(tmp_path / "reader.html").read_text(encoding="utf-8")
        assert "<script>document" not in page


READ = """async ([module, tables, texts]) => {
  const code = module + "\\nexport const read = readerOf;";
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { read } = await import(url);
  return texts.map(read(tables));
}"""


@pytest.mark.browser
class TestBrowser:
    def test_browser_and_python_agree(self, page):
        r, texts = Random(2016), []  # noqa: S311 - reproducible
        while sum(one.count("\n") + one.count("\r") + 1 for one in texts) < 2_000:
            texts += [
                text(r),
                damaged(r).replace("\ud800", ""),
            ]  # no text of a page has half a pair
        told = page.evaluate(READ, [view.module(), document(), texts])
        wrong = [
            one
            for one, said in zip(texts, told, strict=True)
            if json.loads(json.dumps(shown(read_alone(one)))) != said
        ]
        assert wrong == []
        assert sum(len(said["findings"]) for said in told) > 1_000

    @pytest.fixture
    def url(self, tmp_path):
        return Reader(LOG).save_html(tmp_path / "reader.html").as_uri()

    def test_a_saved_page_reads_as_one_types(self, page, url):
        page.goto(url)
        items = page.locator(".found > li")
        assert items.count() == 6  # what Python found, instruction and error too
        assert page.title() == "kvmendian Reader"
        page.get_by_label("Paste a log").fill("hello\nESR_EL2 = 0x93c08046")
        page.wait_for_selector('.found[data-count="1"]')
        assert "x0" in items.first.inner_text()
        assert page.get_by_role("status").inner_text() == "1 finding; 1 line left alone."
        page.wait_for_function("location.hash.includes('ESR_EL2')")

    def test_the_address_has_the_text(self, page, url):
        page.goto(f"{url}#text=HSR%3D0x93890006")
        page.wait_for_selector('.found[data-count="1"]')
        assert page.get_by_label("Paste a log").input_value() == "HSR=0x93890006"
        page.evaluate("location.hash = '#text=none'")
        page.wait_for_selector('.found[data-count="0"]', state="attached")

    def test_each_finding_with_setups_has_its_picture(self, page, url):
        page.goto(url)
        buttons = page.get_by_role("button", name="Show the picture")
        assert buttons.count() == sum(bool(found.setups) for found in read(LOG).findings) == 3
        page.locator("[data-kind=syndrome] button.do").first.click()  # HSR, a big AArch32 guest
        picture = page.locator(".picture .kvmendian-explorer")
        picture.wait_for()
        setup = json.loads(picture.get_attribute("data-setup"))
        assert setup == next(f for f in read(LOG).findings if f.line == 2).setups[0].fields()
        page.locator("[data-kind=trace] button.do").click()
        page.wait_for_selector('.picture [data-value="0x74726976"]')
        assert page.locator(".picture .kvmendian-explorer").count() == 2  # both orders are open
        page.get_by_role("button", name="Hide the picture").click()
        assert page.locator(".picture").count() == 0

    def test_an_exported_notebook_has_it_live(self, page, monkeypatch):
        monkeypatch.setenv("KVMENDIAN_STATIC", "1")
        html = Reader("HSR=0x93890006")._repr_mimebundle_()["text/html"]
        page.set_content(view.once(f"<html><body>{html}</body></html>"))
        page.wait_for_selector('.found[data-count="1"]')
        page.get_by_label("Paste a log").fill(LOG)
        page.wait_for_selector('.found[data-count="4"]')  # no kernel: syndromes and traces

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1280, 390])
    def test_it_fits_and_axe_finds_nothing(self, new_page, url, scheme, width):
        page = new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.goto(url)
        page.wait_for_selector(".found li")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, context=".kvmendian").response["violations"]
        assert [
            (fault["id"], node["html"][:90]) for fault in found for node in fault["nodes"]
        ] == []

    def test_nothing_of_the_text_becomes_markup(self, page, url):
        page.goto(url)
        evil = "ESR_EL2 = 0x93c08046 kvm_mmio: mmio read len 4 gpa 0x1 val 0x1"
        region = "Invalid read at addr 0x0, size 1, region '<img src=x onerror=alert(1)>', reason: "
        page.get_by_label("Paste a log").fill(f"{evil}\n{region}rejected")
        page.wait_for_selector('.found[data-count="3"]')
        assert page.locator(".found img, .found script").count() == 0
        assert "<img src=x" in page.locator(".found > li").last.inner_text()

    def test_a_megabyte_does_not_block_the_page_for_long(self, page, url):
        page.goto(url)
        took = page.evaluate(
            """() => {
              const box = document.querySelector("textarea");
              box.value = "HSR=0x93890006 gpa=0x9000000\\nprose and prose\\n".repeat(22_000);
              const before = performance.now();
              box.dispatchEvent(new Event("input", { bubbles: true }));
              return new Promise((done) => {
                const wait = () => document.querySelector('.found[data-count="4000"]')
                  ? done(performance.now() - before) : setTimeout(wait, 20);
                wait();
              });
            }"""
        )
        assert took < 10_000


@pytest.mark.browser
def test_in_jupyterlab_the_kernel_answers(lab):
    lab.open_cells("from kvmendian import Reader\nreader = Reader()\nreader", "print(reader.text)")
    lab.run_all()
    page = lab.page
    page.get_by_label("Paste a log").fill("error: kvm run failed Function not implemented")
    page.wait_for_selector('.found > li[data-kind="error"]')
    lab.page.get_by_label("Paste a log").fill("ESR_EL2 = 0x93c08046")
    page.wait_for_selector('.found > li[data-kind="syndrome"]')
