// A saved page: the same module with a model of its own, and the state in the address.

import { render } from "./app.js";
import { cleave, readValue } from "./values.js";

/** @import { Choice, Model } from "./types.d.ts" */

function showPage() {
  const el = /** @type {HTMLElement} */ (document.getElementById("explorer"));
  /** @param {string} id */
  const textOf = (id) => document.getElementById(id)?.textContent ?? "";
  /** @type {Record<string, any>} the traits of the widget */
  const state = JSON.parse(textOf("state"));
  const packed = Uint8Array.from(atob(textOf("atlas")), (letter) => letter.charCodeAt(0));
  const fields = Object.keys(state).filter((name) => !name.startsWith("_") && name !== "only");
  const first = { ...state }, defaults = { ...state._defaults };
  const { value, step, compare, ...setup } = Object.fromEntries(
    fields.map((name) => [name, state[name]]),
  );
  // where an address makes no sense from the start
  state._fallback = { setup, value: readValue(value), step, compare };
  /** @type {Map<string, () => void>} */
  const heard = new Map();
  let ours = "", timer = 0;
  /** @type {Model} */
  const model = {
    get: (name) => (name === "_atlas" ? packed : state[name]),
    set(name, value) {
      state[name] = value;
    },
    on: (name, listener) => heard.set(name, listener),
    off: (name) => heard.delete(name),
    save_changes() {
      ours = "#" + fields.filter((name) => name === "op" || state[name] !== defaults[name])
        .map((name) => `${name}=${encodeURIComponent(written(state[name]))}`).join("&");
      // browsers throttle, Safari refuses, an address that changes all the time
      clearTimeout(timer);
      if (!globalThis.frameElement) timer = setTimeout(writeAddress, 120);
    },
  };

  /** @param {any} value a choice, or the one change of a comparison */
  const written = (value) =>
    value && typeof value === "object" ? Object.entries(value)[0].join(":") : value;

  function writeAddress() {
    try {
      history.replaceState(null, "", ours);
    } catch { /* a sandboxed frame has no address to write */ }
  }

  /** Read the address into the state: what is left out keeps its default. */
  function readAddress() {
    const given = [...new URLSearchParams(location.hash.slice(1))];
    const unknown = given.find(([name]) => !fields.includes(name));
    state._problem = unknown
      ? `The address says ${unknown.join("=")}; it can say ${fields.join(", ")}`
      : "";
    if (unknown) return;
    Object.assign(state, given.length ? defaults : first);
    for (const [name, text] of given) {
      const [field, choice] = cleave(text, ":");
      if (name === "compare") state.compare = text ? { [field]: typed(field, choice) } : null;
      else state[name] = typed(name, text);
    }
  }

  /**
   * A text from the address as the type that the field has; the Explorer refuses what stays text.
   * @param {string} name
   * @param {string} text
   * @returns {Choice}
   */
  function typed(name, text) {
    const kind = typeof first[name];
    /** @type {Record<string, boolean>} */
    const words = { true: true, 1: true, false: false, 0: false };
    if (kind === "boolean") return words[text] ?? text;
    return kind === "number" && /^\d+$/.test(text) ? Number(text) : text;
  }

  readAddress();
  addEventListener("hashchange", () => {
    if (location.hash === ours) return;
    clearTimeout(timer);
    readAddress();
    for (const listener of new Set(heard.values())) listener();
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shade = () => document.body.classList.toggle("kvmendian-dark", dark.matches);
  shade();
  dark.addEventListener("change", shade);
  const frame = /** @type {HTMLElement | null} */ (globalThis.frameElement);
  if (frame) { // inside an exported notebook: as tall as the picture
    new ResizeObserver(() => {
      frame.style.height = `${el.offsetHeight + 8}px`;
    }).observe(el);
  }
  render({ model, el });
}

showPage();
