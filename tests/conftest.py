"""Fixtures for tests that need a browser. Mark them `browser`.

`page` is an empty page, `new_page(**options)` makes one with Playwright's context options, and
`lab` drives JupyterLab in `page`. When the test is over, it fails if any page sent a request to
another machine or wrote an error to the console.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser import chromium as installed
from browser.lab import Lab, Server
from browser.pages import Watch
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares a JupyterLab in one worker, and pages that need none in another.

    The larger groups begin first; two with a JupyterLab, so that neither is the last for long.
    """
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            needs_lab = "lab" in getattr(item, "fixturenames", ())
            lab = "asks" if "predict" in item.path.name or "fold" in item.path.name else "lab"
            item.add_marker(pytest.mark.xdist_group(lab if needs_lab else "pages"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = installed.find()
    if path is None:
        pytest.fail(installed.ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*installed.FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    watches: list[Watch] = []

    def make(**options: object) -> Page:
        watches.append(Watch(chromium.new_context(**SCREEN | options)))
        return watches[-1].new_page()

    yield make
    for watch in watches:
        watch.context.close()
    expected = [marker.args[0] for marker in request.node.iter_markers("console")]
    faults = [fault for watch in watches for fault in watch.faults]
    assert [fault for fault in faults if not any(re.search(p, fault) for p in expected)] == []


SCREEN = {"viewport": {"width": 1280, "height": 900}, "service_workers": "block"}


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture(scope="session")
def jupyter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


@pytest.fixture
def lab(page: Page, jupyter_server: Server) -> Iterator[Lab]:
    lab = Lab(page, jupyter_server)
    yield lab
    lab.close()
