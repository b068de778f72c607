"""The Explorer's module in a page of its own, with a model that the test holds in its hand."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from kvmendian import Setup
from kvmendian.render import browser, page as view
from kvmendian.render.presets import PRESETS

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = ".kvmendian-explorer"
START = """async ([module, atlas, state]) => {
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const packed = Uint8Array.from(atob(atlas), (c) => c.charCodeAt(0));
  const heard = new Map();
  window.state = state;
  window.saves = 0;
  window.model = {
    get: (name) => (name === "_atlas" ? new DataView(packed.buffer) : state[name]),
    set: (name, value) => { state[name] = value; },
    on: (name, listener) => heard.set(name, listener),
    off: (name) => heard.delete(name),
    save_changes: () => { window.saves += 1; },
  };
  window.change = async (changes) => {
    Object.assign(state, changes);
    heard.get("change:value")();
    await null;
    await null;
  };
  window.heard = heard;
  window.leave = await widget.render({ model: window.model, el: document.getElementById("here") });
}"""


def start(page: Page, atlas: bytes | None = None, **state: Any) -> None:
    """Show an Explorer with this state; `state`, `change` and `leave` are the page's globals."""
    whole = {**Setup().fields(), "value": "0x11223344", "step": 0, "compare": None, "only": None}
    show(page, atlas or browser.packed(), {**whole, "_presets": list(PRESETS), **state})
    page.wait_for_selector(ROOT)


def show(page: Page, atlas: bytes, state: dict[str, Any]) -> None:
    """Show whatever the module makes of a state."""
    page.set_content(
        f"<!doctype html><meta charset=utf-8><title>test</title><style>{view.style()}</style>"
        '<main id="here"></main>'
    )
    packed = base64.b64encode(atlas).decode()
    page.evaluate(START, [view.module(), packed, state])


def settled(page: Page) -> None:
    """Wait until no byte is gliding any more: on its way it may be drawn anywhere."""
    page.wait_for_function("document.getAnimations().every(one => one.playState === 'finished')")


def read(page: Page, name: str, side: int = 0) -> str | None:
    """Return a data attribute of a picture's root."""
    return page.locator(ROOT).nth(side).get_attribute(f"data-{name}")


def choose(page: Page, label: str, choice: str) -> None:
    """Take a toggle."""
    group = page.get_by_role("group", name=label, exact=True)
    group.get_by_role("radio", name=choice, exact=True).check()
