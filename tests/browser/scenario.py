"""Scenarios in a page of their own, with models that the test holds in its hand."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from kvmendian.course.scenario import board, packed
from kvmendian.render import page as view

if TYPE_CHECKING:
    from playwright.sync_api import Page

CARD = ".kvmendian-scenario .card"
BEGIN = """async (module) => {
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  window.show = async (atlas, state) => {
    const packed = Uint8Array.from(atob(atlas), (c) => c.charCodeAt(0)), heard = new Map();
    const model = {
      get: (name) => (name === "_atlas" ? packed : state[name]),
      set: (name, value) => { state[name] = value; },
      on: (name, listener) => heard.set(name, listener),
      off: (name) => heard.delete(name),
      save_changes: () => { window.saves = (window.saves ?? 0) + 1; },
    };
    const el = document.getElementById("here");
    window.leave?.();
    el.replaceChildren();
    window.state = state;
    window.heard = heard;
    window.change = async (changes) => {
      Object.assign(state, changes);
      for (const listener of new Set(heard.values())) listener();
      await null;
      await null;
    };
    window.leave = await widget.render({ model, el });
  };
}"""


def begin(page: Page) -> None:
    """Load the module into an empty page."""
    page.set_content(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>test</title>"
        f"<style>body{{margin:0}}{view.style()}</style><main><h1>Claims</h1><h2>One</h2>"
        '<div id="here"></div></main>'
    )
    page.evaluate(BEGIN, view.module())


def show(page: Page, claim: str, **state: Any) -> None:
    """Show a scenario; `state`, `change` and `leave` are the page's globals."""
    first = dict(zip(("reading", "case"), board(claim).start, strict=True))
    whole = {"_view": "scenario", **first, "answered": None, **state}
    packed_text = base64.b64encode(packed(claim)).decode()
    page.evaluate("([atlas, state]) => show(atlas, state)", [packed_text, whole])
    page.wait_for_selector(CARD)


def start(page: Page, claim: str, **state: Any) -> None:
    """Load the module and show a scenario."""
    begin(page)
    show(page, claim, **state)
