"""The gallery: every page, link and Explorer, from a file and from a server under some path."""

from __future__ import annotations

import json
import re
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import gallery
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from kvmendian.render.presets import PRESETS

ROOT = Path(__file__).parents[2]
BASE = "https://example.org/course/"
HEAVIEST = 1_000_000  # bytes; a lesson is two thirds of it today
OUTSIDE = re.compile(r"^(https?:)?//")
TOGGLE = """root => {
  const was = JSON.stringify(root.dataset), page = root.closest(".kvmendian");
  const all = (what) => [...page.querySelectorAll(what)];
  const radio = all("input[type=radio]").find((one) => !one.checked && !one.disabled);
  for (const one of radio ? [radio] : all("button")) {  // without controls, the bits remain
    one.click();
    if (JSON.stringify(root.dataset) !== was) return true;
  }
  return false;
}"""


class Links(HTMLParser):
    """What a page names: ids, links, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids.add(named.get("id") or "")
        if tag == "a" and named.get("href"):
            self.links.append(named["href"])
        loaded = named.get("src") or (named.get("href") if tag == "link" else None)
        if loaded and not loaded.startswith("data:"):
            self.loads.append(loaded)


@pytest.fixture(scope="session")
def parsed(site):
    folder, pages = site
    return {p.target: Links((folder / p.target).read_text(encoding="utf-8")) for p in pages}


@pytest.fixture(scope="session")
def server(site):
    folder, _ = site

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    root = folder.parents[1]
    handler = partial(Quiet, directory=root)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/{folder.relative_to(root).as_posix()}/"
        served.shutdown()


pytestmark = pytest.mark.xdist_group("site")  # the site is built once


def test_there_is_a_page_for_every_notebook_and_every_scenario(site):
    folder, pages = site
    targets = {page.target for page in pages}
    notebooks = [*gallery.HERE.glob("*.ipynb")]
    assert {f"{path.stem}.html" for path in notebooks} <= targets
    solved = (gallery.HERE / "solutions").glob("*.ipynb")
    assert {f"solutions/{path.stem}.html" for path in solved} <= targets
    assert len([t for t in targets if t.startswith("scenarios/")]) == len(PRESETS)
    assert len(targets) == len(pages)
    assert len({page.title for page in pages}) >= len(pages) - 1  # index and nothing else
    sizes = {page.target: (folder / page.target).stat().st_size for page in pages}
    assert max(sizes.values()) < HEAVIEST, sizes


def test_every_link_and_anchor_leads_somewhere_and_nothing_is_loaded_from_outside(site, parsed):
    folder, _ = site
    checked = 0
    for target, page in parsed.items():
        here = (folder / target).parent
        assert [link for link in page.loads if OUTSIDE.match(link)] == [], target
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            file = (here / unquote(parts.path)).resolve() if parts.path else folder / target
            assert file.is_file(), f"{target}: {link}"
            if parts.fragment:
                other = parsed[str(file.relative_to(folder))]
                assert unquote(parts.fragment) in other.ids, f"{target}: {link}"
            checked += 1
    assert checked > 300


def test_no_widget_is_left_as_text(site):
    folder, pages = site
    for page in pages:
        text = (folder / page.target).read_text(encoding="utf-8")
        assert "widget-view+json" not in text
        asked = len(re.findall(r">Predict</span><span class=\"p\">\(", text))
        if not page.target.startswith(("solutions/", "reference/")):  # answers; examples
            assert text.count("<summary>Answer</summary>") == asked, page.target
        assert not re.search(r"<pre>\s*(VBox|HBox|Predict|Register|Memory|MmioData)\(", text)


def test_a_page_says_what_it_is_to_those_who_search_and_share(site, parsed):
    folder, pages = site
    for page in pages:
        text = (folder / page.target).read_text(encoding="utf-8")
        head = text[: text.index("</head>")]
        assert 'name="viewport"' in head
        for name in ('name="description"', 'property="og:title"', 'property="og:description"'):
            assert re.search(rf'<meta {name} content="[^"]{{8,}}">', head), (page.target, name)
        assert "canonical" not in head
    assert not (folder / "sitemap.xml").exists()


def test_with_an_address_there_are_canonical_links_and_a_sitemap(site):
    _, pages = site
    for page in pages:
        text = gallery.finished(page, BASE)
        assert f'<link rel="canonical" href="{BASE}{page.target}">' in text
        assert f'property="og:image" content="{BASE}pictures/explorer.png"' in text
    listed = re.findall(r"<loc>(.*?)</loc>", gallery.sitemap(pages, BASE))
    assert listed == [BASE + page.target for page in pages]


@pytest.mark.browser
@pytest.mark.parametrize("way", ["file", "server"])
def test_every_explorer_on_every_page_can_be_toggled(new_page, site, server, way):
    """That nothing is asked of another machine, and no error logged, is checked by the fixture."""
    folder, pages = site
    base = server if way == "server" else f"{folder.as_uri()}/"
    page, toggled, sent = new_page(), 0, []
    page.on("request", lambda request: sent.append(request.url))
    for one in pages:
        page.goto(base + one.target)
        for frame in page.frames:
            for place in frame.locator("#explorer, .kvmendian-live").all():
                place.locator(".kvmendian > *").first.wait_for()
            for root in frame.locator(".kvmendian-explorer").all():
                assert root.evaluate(TOGGLE), one.target
                toggled += 1
    assert toggled >= len(PRESETS) + 7
    own = [url for url in sent if not url.startswith(("data:", "blob:", "about:"))]
    assert [url for url in own if not url.startswith(base)] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_ours(new_page, site, scheme):
    """Of a lesson, the bar on top: what nbconvert makes of the cells is nbconvert's."""
    folder, pages = site
    page = new_page(color_scheme=scheme)
    first = next(p.target for p in pages if p.target.startswith("scenarios/"))
    for target, ours in (("index.html", "body"), (first, "body"), ("00-start.html", ".kv-nav")):
        page.goto((folder / target).as_uri())
        page.wait_for_load_state()
        # axe is not inside the frame, and may not read a style sheet beside a file
        options = {"preload": False, "rules": {"frame-tested": {"enabled": False}}}
        found = Axe().run(page, context=ours, options=options).response["violations"]
        assert found == [], json.dumps(found, indent=1)[:3000]


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=str)
def test_a_workflow_may_only_what_it_must(path):
    """Parses, least permissions, actions at a major version, and only our own two commands."""
    flow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(flow) == {"name", True, "permissions", "jobs"} | ({"concurrency"} & set(flow))
    assert flow["permissions"] == {"contents": "read"}
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] <= 30
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])
