"""The API reference: docstrings that say what a user needs, and pages that hold every name."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeVar

import pytest
import reference
from axe_playwright_python.sync_playwright import Axe

import kvmendian

ROOT = Path(__file__).parents[2]
MODULES = reference.names()
REFUSING = {"SetupError", "RefusedError", "one_of", "fits"}
SCREEN = 45  # lines
pytestmark = pytest.mark.xdist_group("site")  # where the site is


def public(module: ModuleType) -> dict[str, object]:
    """What a module offers: `__all__`, or what it defines and does not hide."""
    if hasattr(module, "__all__"):
        return {name: getattr(module, name) for name in module.__all__}
    return {
        name: thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and not isinstance(thing, TypeVar)
    }


def function_of(thing: object) -> FunctionType | None:
    """The function behind a method, a property, a cache, or None."""
    for name in ("fget", "func", "__func__", "__wrapped__"):
        thing = getattr(thing, name, None) or thing
    return thing if isinstance(thing, FunctionType) else None


def documented() -> list[tuple[str, object, object]]:
    """Every public function, class, method and property: its name, itself, its class."""
    found: dict[str, tuple[str, object, object]] = {}
    for module_name in MODULES:
        for thing in public(import_module(module_name)).values():
            if not inspect.isclass(thing) and function_of(thing) is None:
                continue
            name = f"{thing.__module__}.{thing.__qualname__}"
            found[name] = (name, thing, None)
            for key, member in vars(thing).items() if inspect.isclass(thing) else ():
                if not key.startswith("_") and function_of(member) is not None:
                    found[f"{name}.{key}"] = (f"{name}.{key}", member, thing)
    return list(found.values())


EVERYTHING = documented()
IDS = [name for name, _, _ in EVERYTHING]


@cache
def calls(module_name: str) -> dict[str, set[str]]:
    """For each function and class of a module, the names that it calls."""
    tree = ast.parse(inspect.getsource(import_module(module_name)))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = called_in(node)
    return found


def called_in(node: ast.AST) -> set[str]:
    functions = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return {one.id for one in functions if isinstance(one, ast.Name)}


def refuses(thing: object) -> bool:
    """Does it raise our error itself, or through a function of its own module?"""
    made = [thing]
    if inspect.isclass(thing):
        made = [vars(thing).get(name) for name in ("__new__", "__init__", "__post_init__")]
        if issubclass(thing, kvmendian.SetupError):
            return False
    functions = [one for one in map(function_of, made) if one is not None]
    functions = [one for one in functions if one.__code__.co_filename.endswith(".py")]
    if not functions:  # made by dataclass
        return False
    source = textwrap.dedent("".join(map(inspect.getsource, functions)))
    waiting, seen = called_in(ast.parse(source)), set()
    known = calls(functions[0].__module__)
    while waiting:
        name = waiting.pop()
        seen.add(name)
        if name.islower() or name.startswith("_"):  # what a class does is told by its own docstring
            waiting |= known.get(name, set()) - seen
    return bool(seen & REFUSING)


def test_every_folder_is_told_and_every_public_module_is_there():
    folders = {
        f"kvmendian.{path.parent.name}" for path in (ROOT / "kvmendian").glob("*/__init__.py")
    }
    assert folders <= set(MODULES)
    assert set(MODULES) >= {"kvmendian.model.lanes", "kvmendian.machine.arm"}
    assert len(MODULES) == len(set(MODULES))
    for name in MODULES:
        assert import_module(name).__name__ == name


def test_what_the_lessons_import_is_public():
    text = "".join(path.read_text("utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    text += (ROOT / "README.md").read_text("utf-8")
    found = re.findall(r"from (kvmendian[\w.]*) import ([\w, ]+)", text)
    assert len(found) > 40
    for module, imported in found:
        for name in re.split(r", *", imported.strip()):
            path = f"{module}.{name.strip().split(' ')[0]}"
            assert module in MODULES or path in MODULES, path
            assert path in MODULES or not name.startswith("_"), path


def test_help_opens_with_an_overview_of_one_screen():
    text = inspect.getdoc(kvmendian)
    assert len(text.splitlines()) <= SCREEN
    assert all(len(line) <= 100 for line in text.splitlines())
    assert ">>>" in text
    told = set(re.findall(r"`(\w+)`", text))
    assert set(kvmendian.__all__) <= told | {"Sentence"}  # what SENTENCES holds


@pytest.mark.parametrize(("name", "thing", "owner"), EVERYTHING, ids=IDS)
def test_a_docstring_says_what_a_user_needs(name, thing, owner):
    function = function_of(thing)
    own = (thing.__doc__ if inspect.isclass(thing) else function.__doc__) or ""
    text = inspect.cleandoc(own)
    assert text, "no docstring"
    assert re.fullmatch(r"[A-Z`][^\n]{8,98}(\n[^\n]+)*[.!?]", text.partition("\n\n")[0]), (
        "no summary"
    )
    made = [vars(owner).get("__init__")] if owner else []
    if inspect.isclass(thing):
        made = [vars(thing).get("__init__")]
    around = [own, *(one.__doc__ or "" for one in made if one is not None)]
    if owner is not None:
        around.append(owner.__doc__ or "")
    shown = "".join(re.findall(r"^ *(?:>>>|\.\.\.) .*", "\n".join(around), re.MULTILINE))
    if owner is None:
        assert ">>>" in text, "no example"
    elif len(inspect.signature(function).parameters) > 1:  # more than self
        assert f"{function.__name__}(" in shown, "no example, here or at its class"
    if refuses(thing):
        assert "SetupError" in "".join(around), "its error is not named"


class Page(HTMLParser):
    """The ids of a page, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.loads: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids.add(named.get("id", ""))
        self.scripts += tag == "script"
        if tag in ("img", "script", "iframe", "link"):
            self.loads.append(named.get("src") or named.get("href") or "")


@pytest.mark.parametrize("name", MODULES)
def test_a_page_holds_every_public_name_and_no_other(site, name):
    folder, pages = site
    assert reference.target(name) in {page.target for page in pages}
    text = (folder / reference.target(name)).read_text(encoding="utf-8")
    page, module = Page(text), import_module(name)
    expected = set(public(module))
    for key, thing in public(module).items():
        if inspect.isclass(thing):
            members = (k for k, m in vars(thing).items() if function_of(m) is not None)
            expected |= {f"{key}.{k}" for k in members if not k.startswith("_")}
    assert expected <= page.ids
    hidden = [i for i in page.ids for part in i.split(".") if part.startswith("_")]
    assert [one for one in hidden if not one.endswith(".__init__")] == []
    assert " at 0x" not in text
    assert page.scripts == 0
    assert [load for load in page.loads if not load.startswith("data:")] == []
    assert not re.search(r"@import|url\((?!&quot;data:|\"data:|'data:|data:)", text)


def test_the_reference_is_linked_from_where_people_start(site):
    folder, pages = site
    for page in pages:
        text = (folder / page.target).read_text(encoding="utf-8")
        assert f'href="{page.up}{reference.FIRST}"' in text, page.target
    assert (folder / "index.html").read_text("utf-8").count(reference.FIRST) >= 2
    assert reference.FIRST in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_asks_nobody_fits_and_can_be_read(new_page, site, scheme, width):
    """Each page is a file, and is all that is asked for; axe finds nothing on those with most."""
    folder, _ = site
    page, sent = new_page(color_scheme=scheme, viewport={"width": width, "height": 900}), []
    page.on("request", lambda request: sent.append(request.url))
    for name in MODULES:
        sent.clear()
        page.goto((folder / reference.target(name)).as_uri())
        page.wait_for_load_state()
        assert [url for url in sent if not url.startswith("data:")] == [page.url], name
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
        if name in ("kvmendian", "kvmendian.model.setups", "kvmendian.machine.guest"):
            found = Axe().run(page).response["violations"]
            assert found == [], json.dumps(found, indent=1)[:3000]


@pytest.mark.browser
def test_modules_are_beside_a_wide_page_and_folded_up_over_a_narrow_one(new_page, site):
    folder, _ = site
    for width, visible in ((1280, True), (390, False)):
        page = new_page(viewport={"width": width, "height": 900})
        page.goto((folder / reference.FIRST).as_uri())
        link = page.locator("nav a", has_text="lanes")
        assert link.is_visible() is visible
        if not visible:
            page.get_by_text("Modules", exact=True).click()
        link.click()
        assert page.url.endswith("reference/kvmendian/model/lanes.html")
        assert page.locator("nav [aria-current=page]").text_content() == "lanes"
