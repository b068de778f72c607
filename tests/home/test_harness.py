"""The harness itself: does it see what it is there to see?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from browser import chromium as installed
from browser.lab import Server
from browser.pages import FOREIGN, Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser.lab import Lab
    from playwright.sync_api import Browser


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Watch]:
    watch = Watch(chromium.new_context())
    yield watch
    watch.context.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8888/lab",
        "ws://localhost:1/api",
        "http://[::1]/",
        "file:///tmp/x.html",
        "data:text/html,x",
        "blob:http://127.0.0.1:8888/1",
    ],
)
def test_home_is_not_foreign(url: str) -> None:
    assert not FOREIGN.match(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.js",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "wss://example.org/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
    ],
)
def test_everything_else_is(url: str) -> None:
    assert FOREIGN.match(url)


@pytest.mark.browser
def test_a_foreign_request_is_refused_and_seen(watch: Watch) -> None:
    page = watch.new_page()
    page.set_content('<img src="https://example.org/a.png">')
    answer = page.evaluate("fetch('https://example.org/b').then(() => 'came', () => 'refused')")
    assert answer == "refused"
    assert sorted(watch.foreign) == ["https://example.org/a.png", "https://example.org/b"]


@pytest.mark.browser
def test_a_foreign_socket_is_seen_and_gets_nowhere(watch: Watch) -> None:
    page = watch.new_page()
    answer = page.evaluate(
        "new Promise(say => { const socket = new WebSocket('wss://example.org/');"
        " socket.onopen = () => say('open'); socket.onerror = () => say('refused'); })"
    )
    assert answer == "refused"
    assert watch.foreign == ["wss://example.org/"]


@pytest.mark.browser
def test_errors_are_seen_and_warnings_let_pass(watch: Watch) -> None:
    page = watch.new_page()
    page.evaluate("console.error('loud'); console.warn('low')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_timeout(100)
    assert len(watch.faults) == 2
    assert "loud" in watch.faults[0]
    assert "thrown" in watch.faults[1]


def test_make_lab_ends_with_its_server(tmp_path: Path) -> None:
    server = Server(tmp_path)
    assert server.answers()
    server.stop()
    assert not server.answers()


@pytest.mark.browser
def test_a_failing_cell_fails_with_its_traceback(lab: Lab) -> None:
    lab.open_cells("1 + 1", "1 / 0", "2 + 2")
    with pytest.raises(pytest.fail.Exception, match=r"^ZeroDivisionError"):
        lab.run_all()
    assert lab.prompts() == ["[1]:", "[2]:", "[ ]:"]
    assert lab.outputs()[0][0]["data"] == {"text/plain": "2"}


@pytest.mark.browser
def test_run_all_waits_for_the_last_cell(lab: Lab) -> None:
    lab.open_cells("import time", "time.sleep(1)", "import ipywidgets; ipywidgets.IntSlider()")
    lab.run_all()
    assert lab.prompts() == ["[1]:", "[2]:", "[3]:"]
    lab.cell(2).locator(".jupyter-widgets.widget-slider").wait_for()


def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apt_get: str) -> Path:
    """Make a machine without a browser, and return the log of what was installed on it."""
    log, bin_dir = tmp_path / "log", tmp_path / "bin"
    bin_dir.mkdir()
    (bin_dir / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {log}\n{apt_get}\n')
    (bin_dir / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_dir}:/nowhere")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(installed, "MAC_APPS", ())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return log


def test_root_installs_debians_chromium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "bin" / "chromium"
    makes_one = f'if test "$2" = install; then : > {browser}; /bin/chmod +x {browser}; fi'
    log = machine(tmp_path, monkeypatch, makes_one)
    assert installed.find() is None
    assert not installed.ready()
    installed.install()
    assert log.read_text().splitlines() == ["-q update", "-q install -y chromium libatomic1"]
    assert installed.find() == str(browser)
    assert installed.ready()


def test_without_packages_playwright_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(tmp_path, monkeypatch, "exit 100")
    asked = []
    run = installed.subprocess.run

    def spy(command: list[str], **options: object) -> object:
        asked.append(command)
        return None if "playwright" in command else run(command, **options)

    monkeypatch.setattr(installed.subprocess, "run", spy)
    installed.install()
    assert asked[-1][1:] == ["-m", "playwright", "install", "chromium"]
    assert installed.find() is None
