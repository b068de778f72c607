"""Find a Chromium or Chrome. Run as a script: install one if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
    "--no-sandbox",  # root in a container has no other choice
)
ADVICE = (
    "The browser tests need Chromium or Chrome, and none was found or could be installed. "
    "Install one so that `chromium` or `google-chrome` is on PATH "
    "(Debian: apt-get install chromium), then run `make test` again."
)


def find() -> str | None:
    """Return the path of an installed browser: on PATH, a Mac's, or Playwright's own."""
    candidates = [*map(shutil.which, COMMANDS), *MAC_APPS, _playwrights_own()]
    return next((path for path in candidates if path and Path(path).exists()), None)


def install() -> None:
    """Install Chromium: root from Debian's packages, which bring its libraries; else Playwright."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "chromium"]):
            subprocess.run(["apt-get", "-q", *command], check=False, env=quiet)
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def _playwrights_own() -> str:
    script = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return asked.stdout.strip()


if __name__ == "__main__":
    if find() is None:
        install()
    sys.exit(None if find() else ADVICE)
