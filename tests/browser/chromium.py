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
DEBIAN = ("chromium", "libatomic1")  # Playwright's driver needs libatomic, and does not bring it
ADVICE = (
    "The browser tests need Chromium or Chrome, and a Playwright that starts; one is missing, and "
    "could not be installed. Install a browser so that `chromium` or `google-chrome` is on PATH "
    f"(Debian: apt-get install {' '.join(DEBIAN)}), then run `make test` again."
)


def find() -> str | None:
    """Return the path of an installed browser: on PATH, a Mac's, or Playwright's own."""
    known = [*map(shutil.which, COMMANDS), *MAC_APPS]
    here = (path for path in known if path and Path(path).exists())
    return next(here, None) or _playwrights_own()


def ready() -> bool:
    """Return whether there is a browser, and Playwright's driver, which is a program, starts."""
    command = [sys.executable, "-m", "playwright", "--version"]
    driver = subprocess.run(command, check=False, capture_output=True)
    return driver.returncode == 0 and find() is not None


def install() -> None:
    """Install Chromium: root from Debian's packages, which bring its libraries; else Playwright."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", *DEBIAN]):
            subprocess.run(["apt-get", "-q", *command], check=False, env=quiet)
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def _playwrights_own() -> str | None:
    script = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None


if __name__ == "__main__":
    if not ready():
        install()
    sys.exit(None if ready() else ADVICE)
