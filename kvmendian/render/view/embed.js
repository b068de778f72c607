// Pictures inside a page of many: each element says its state, all share the module, and the
// atlases that the page holds.

import { render } from "./app.js";

/** @import { Model } from "./types.d.ts" */

function showEmbedded() {
  /** @type {Map<string, Uint8Array>} one object an atlas, so that it is unpacked once */
  const atlases = new Map();
  /** @param {string} name */
  const atlasOf = (name) => {
    const text = document.getElementById(name)?.textContent ?? "";
    const packed = atlases.get(name) ?? Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    atlases.set(name, packed);
    return packed;
  };
  /** @type {NodeListOf<HTMLElement>} */
  const places = document.querySelectorAll(".kvmendian-live:not([data-live])");
  for (const el of places) {
    el.dataset.live = "";
    /** @type {Record<string, any>} the traits of the widget */
    const state = JSON.parse(el.querySelector("script")?.textContent ?? "{}");
    /** @type {Map<string, () => void>} */
    const heard = new Map();
    /** @type {Model} */
    const model = {
      get: (name) => (name === "_atlas" ? atlasOf(el.dataset.atlas ?? "") : state[name]),
      set(name, value) {
        state[name] = value;
      },
      on: (name, listener) => heard.set(name, listener),
      off: (name) => heard.delete(name),
      save_changes() {},
    };
    el.replaceChildren();
    render({ model, el });
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shade = () => document.body.classList.toggle("kvmendian-dark", dark.matches);
  shade();
  dark.addEventListener("change", shade);
}

showEmbedded();
