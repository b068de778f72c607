"""`make site`: the whole course as pages with outputs, every Explorer live, no kernel, no request.

Writes `notebooks/site/`, which opens from `file://` and from any web server under any path: all
links are relative. `make site BASE=https://…/` adds what needs a full address (canonical links,
a picture for social media, a sitemap).
"""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import build
import nbformat
import reference
from nbconvert import HTMLExporter

from kvmendian import Explorer, Setup
from kvmendian.render import presets, svg

HERE = Path(__file__).parent
NAME = "kvmendian: byte order where a hypervisor meets a device"
LIVE = "live.html"  # the Explorer alone, for the frame on the index
DOCUMENTS = {
    "glossary.md": "glossary.html",
    "README.md": "teachers.html",
    "learned.md": "learned.html",
    "../binder/hub/README.md": "hub.html",
}


@dataclass
class Page:
    """A page of the site: where it goes (relative to the site), what it says, how to find it."""

    target: str
    title: str
    summary: str
    body: str
    picture: str = ""
    before: str = ""
    after: str = ""

    @property
    def up(self) -> str:
        """The way to the site's root."""
        return "../" * self.target.count("/")


def lesson(path: Path, folder: str = "") -> Page:
    """Run a notebook and return its page; its first static picture stands on the index."""
    notebook = build.run(path)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    title, *rest = prose[0].split("\n\n")
    page = Page(
        f"{folder}{path.stem}.html",
        title.removeprefix("# "),
        plain(rest[0]) if rest else "",
        build.as_page(notebook),
    )
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    page.picture = next(
        (one["data"]["image/svg+xml"] for one in outputs if "image/svg+xml" in one.get("data", {})),
        svg.story(Setup().trace(0x11223344)),
    )
    return page


def document(source: str, target: str) -> Page:
    """Return the page of a Markdown file."""
    text = (HERE / source).read_text(encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    title, summary, *_ = text.split("\n\n")
    return Page(target, title.removeprefix("# "), plain(summary), build.as_page(notebook))


def scenario(preset: dict[str, Any], work: Path) -> Page:
    """Return the live page of one preset; `work` is a file to write in passing."""
    explorer = Explorer(**preset["fields"], value=int(preset.get("value", "0x11223344"), 16))
    slug = re.sub(r"[^a-z0-9]+", "-", preset["name"].lower()).strip("-")
    story = explorer.story
    verdict = "the rule is kept" if story.honours_abi else "the rule is broken"
    summary = f"{explorer.value:#x}: mmio.data holds {story.mmio_data.hex(' ')}; {verdict}."
    page = explorer.save_html(work).read_text(encoding="utf-8")
    work.unlink()
    return Page(f"scenarios/{slug}.html", preset["name"], summary, page, svg.story(story))


def plain(markdown: str) -> str:
    """Return the text of a paragraph, without marks and links."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"[*`>#]", "", text).split())


def linked(text: str) -> str:
    """Turn links between notebooks into links between pages."""
    text = re.sub(r'href="((?:\.\./)?[\w-]+)\.ipynb', r'href="\1.html', text)
    for source, target in DOCUMENTS.items():
        text = re.sub(rf'href="((?:\.\./)?){re.escape(source)}', rf'href="\1{target}', text)
    return text.replace('href="solutions"', 'href="index.html#solutions"')


def finished(page: Page, base: str) -> str:
    """Return the page with head, navigation and a dark theme that follows the system."""
    said = {"description": page.summary[:300], "twitter:card": "summary_large_image"}
    said |= {"og:title": page.title, "og:description": page.summary[:300], "og:type": "article"}
    said["og:site_name"] = NAME
    if base:
        said |= {"og:url": base + page.target, "og:image": f"{base}pictures/explorer.png"}
    tags = [
        f'<meta {"property" if name.startswith("og:") else "name"}="{name}" '
        f'content="{html.escape(text)}">'
        for name, text in said.items()
    ]
    if base:
        tags.append(f'<link rel="canonical" href="{html.escape(base + page.target)}">')
    tags.append(f"<style>{(HERE / 'gallery.css').read_text(encoding='utf-8')}</style>")
    if "jp-Notebook" in page.body:
        dark = dark_theme()
        tags.append(f"<style>@media(prefers-color-scheme:dark){{{dark}}}</style>")
    title = f"<title>{html.escape(page.title)}</title>"
    text = re.sub(r"<title>.*?</title>", lambda _: title, page.body, count=1)
    text = text.replace("</head>", "\n".join(tags) + "</head>", 1)
    text = re.sub(r"<body[^>]*>", lambda found: found[0] + navigation(page), text, count=1)
    return linked(text)


def navigation(page: Page) -> str:
    """Return the bar on top of every page."""
    links = [f'<a href="{page.up}index.html">All lessons</a>']
    if page.before:
        links.append(f'<a rel="prev" href="{page.before}">Previous</a>')
    if page.after:
        links.append(f'<a rel="next" href="{page.after}">Next</a>')
    links.append(f'<a href="{page.up}glossary.html">Glossary</a>')
    links.append(f'<a href="{page.up}{reference.FIRST}">API reference</a>')
    return f'<nav class="kv-nav" aria-label="Course">{" ".join(links)}</nav>'


@cache
def dark_theme() -> str:
    """Return nbconvert's dark colours; its pages carry the light ones only."""
    folders = (Path(folder) for folder in HTMLExporter().template_paths)
    files = (folder / "static" / "theme-dark.css" for folder in folders)
    return next(file for file in files if file.exists()).read_text(encoding="utf-8")


def card(page: Page, site: Path) -> str:
    """Return a page's card on the index; its picture becomes a file of its own."""
    image = ""
    if page.picture:
        name = f"pictures/{Path(page.target).stem}.svg"
        (site / name).write_text(page.picture, encoding="utf-8")
        image = f'<span class="kv-picture"><img src="{name}" alt="" loading="lazy"></span>'
    title, summary = html.escape(page.title), html.escape(page.summary)
    return f'<li><a href="{page.target}">{image}<b>{title}</b></a><p>{summary}</p></li>'


def index(lessons: list[Page], scenarios: list[Page], solved: list[Page], site: Path) -> Page:
    """Return the first page: an Explorer to play with, then a card for everything."""
    template = (HERE / "gallery.html").read_text(encoding="utf-8")
    parts = {
        "name": NAME,
        "live": LIVE,
        "lessons": "\n".join(card(page, site) for page in lessons),
        "scenarios": "\n".join(card(page, site) for page in scenarios),
        "solutions": " ".join(
            f'<li><a href="{p.target}">{html.escape(p.title)}</a></li>' for p in solved
        ),
    }
    for name, text in parts.items():
        template = template.replace(f"[[{name}]]", text)
    summary = (
        "What must the bytes of KVM's mmio.data be when host, guest and device disagree on byte "
        "order? A course with live pictures: toggle everything, no installation."
    )
    return Page("index.html", NAME, summary, template)


def apart(text: str, up: str, site: Path) -> str:
    """Move long style sheets, which most pages have alike, into files of the site's own."""

    def moved(found: re.Match[str]) -> str:
        style = found[1].encode()
        name = f"styles/{sha256(style).hexdigest()[:12]}.css"
        (site / name).write_bytes(style)
        return f'<link rel="stylesheet" href="{up}{name}">'

    return re.sub(r"<style[^>]*>([^<]{12000,})</style>", moved, text)


def sitemap(pages: list[Page], base: str) -> str:
    """Return the list of pages as search engines take it (sitemaps.org, 0.9)."""
    urls = "".join(f"<url><loc>{html.escape(base + page.target)}</loc></url>" for page in pages)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">{urls}</urlset>\n'


def write(site: Path, base: str = "", *, solutions: bool = True) -> list[Page]:
    """Make the site in a folder, which is emptied first; return its pages."""
    shutil.rmtree(site, ignore_errors=True)
    for folder in ("pictures", "scenarios", "solutions", "styles"):
        (site / folder).mkdir(parents=True)
    shutil.copy(HERE / "pictures" / "explorer.png", site / "pictures")
    paths = [*build.LESSONS, HERE / "explorer.ipynb"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each notebook has a kernel of its own
        lessons = list(pool.map(lesson, paths))
        found = sorted((HERE / "solutions").glob("*.ipynb")) if solutions else []
        solved = list(pool.map(lesson, found, ["solutions/"] * len(found)))
    for one, two in pairwise(lessons):
        one.after, two.before = two.target, one.target
    Explorer(host="big", design="be-guests-2013").save_html(site / LIVE)
    scenarios = [scenario(preset, site / "page.tmp") for preset in presets.PRESETS]
    others = [document(source, target) for source, target in DOCUMENTS.items()]
    others += [
        Page(reference.target(name), f"{name}: API reference", summary, body)
        for name, (summary, body) in reference.pages().items()
    ]
    pages = [*lessons, *solved, *scenarios, *others]
    pages.append(index(lessons, scenarios, solved, site))
    for page in pages:
        (site / page.target).parent.mkdir(parents=True, exist_ok=True)
        text = apart(finished(page, base), page.up, site)
        (site / page.target).write_text(text, encoding="utf-8")
    if base:
        (site / "sitemap.xml").write_text(sitemap(pages, base), encoding="utf-8")
    return pages


if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    made = write(HERE / "site", f"{address.rstrip('/')}/" if address else "")
    print(f"{len(made)} pages in {HERE / 'site'}; open {HERE / 'site' / 'index.html'}")
