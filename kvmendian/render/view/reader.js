// The Reader: a text goes in, what was found in it stands below, each with its picture.

import { h, patch } from "./dom.js";
import { explorer } from "./explorer.js";
import { under } from "./keys.js";
import { readerOf } from "./read.js";

/** @import { Context, Finding, Item, Model, Reading } from "./types.d.ts" */

const SHOWN = 50, OPEN = 3; // findings that are shown, and those whose fields are
const AT_ONCE = 20_000, PAUSE = 250; // characters; milliseconds to wait with more than that
const DIGITS = "1122334455667788";

/**
 * Show a Reader in `el`; what it returns takes it away again.
 *
 * Syndromes and traces are read here. Where a kernel is, its answer (`_answer`, to `text`) has the
 * other kinds too, and replaces ours as long as it is about the text that stands here.
 * @param {Context} context
 */
export function reader({ model, el }) {
  const root = document.createElement("div"), read = readerOf(model.get("_tables"));
  root.className = "kvmendian kvmendian-reader";
  el.append(root);
  /** @type {Reading} */
  let reading = { findings: [], unread: 0, cut: 0 };
  let text = "", picture = -1, timer = 0, gone = () => {};

  function take() {
    const said = model.get("text");
    text = typeof said === "string" ? said : "";
    const answer = model.get("_answer");
    reading = answer?.text === text ? answer : read(text);
    hidePicture();
    draw();
  }

  function hidePicture() {
    gone();
    gone = () => {};
    picture = -1;
    root.querySelector(".picture")?.replaceChildren();
  }

  function draw() {
    const shown = reading.findings.slice(0, SHOWN);
    patch(
      root,
      h(
        "label",
        "text",
        {},
        h("span", "lab", { class: "lab" }, "Paste a log: syndromes, trace lines, a dump"),
        h("textarea", "box", {
          value: text,
          rows: 6,
          spellcheck: "false",
          autocapitalize: "off",
          autocomplete: "off",
          wrap: "off",
          dir: "ltr",
        }),
      ),
      h("p", "sum", { class: "sum", role: "status" }, summary()),
      h(
        "ol",
        "found",
        { class: "found", "data-count": reading.findings.length },
        shown.map((finding, k) => drawFinding(finding, k, k === picture)),
      ),
    );
  }

  function summary() {
    const { findings, unread, cut } = reading, count = findings.length;
    if (!text.trim()) return "Nothing is sent anywhere: this page reads the text itself.";
    const rest = count > SHOWN ? `, the first ${SHOWN} below` : "";
    const end = cut ? `; ${cut} more not read` : "";
    return `${plural(count, "finding")}${rest}; ${plural(unread, "line")} left alone${end}.`;
  }

  /** @param {number} k */
  async function show(k) {
    const same = picture === k;
    hidePicture();
    if (same) return draw();
    picture = k;
    draw();
    const place = root.querySelector(".picture"), setup = reading.findings[k]?.setup;
    if (!(place instanceof HTMLElement) || !setup) return;
    const end = await explorer({ model: modelOf(model, reading.findings[k]), el: place });
    if (picture === k) gone = end;
    else end();
  }

  root.addEventListener("input", (event) => {
    const box = /** @type {HTMLTextAreaElement} */ (event.target);
    if (box.localName !== "textarea") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      model.set("text", box.value);
      model.save_changes();
      if (text !== box.value) take(); // a page's model calls nobody
    }, box.value.length > AT_ONCE ? PAUSE : 0);
  });
  root.addEventListener("click", (event) => {
    const button = under(event, "[data-show]");
    if (button) show(Number(button.dataset.show));
  });
  for (const name of ["text", "_answer"]) model.on(`change:${name}`, heard);
  /** A text or an answer from the kernel: an answer that changes nothing leaves the picture. */
  function heard() {
    const answer = model.get("_answer");
    const same = model.get("text") === text && answer?.text === text;
    if (same && JSON.stringify(answer.findings) === JSON.stringify(reading.findings)) return;
    if (model.get("text") !== text || same) take();
  }
  take();
  return () => {
    clearTimeout(timer);
    gone();
    for (const name of ["text", "_answer"]) model.off(`change:${name}`, heard);
  };
}

/**
 * @param {number} count
 * @param {string} thing
 */
const plural = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;

/**
 * @param {Finding} finding
 * @param {number} k
 * @param {boolean} pictured
 * @returns {Item}
 */
function drawFinding(finding, k, pictured) {
  const { kind, line, text, explanation, fields, setup } = finding;
  const rows = fields.map(([name, value, meaning], at) =>
    h(
      "tr",
      `${at}`,
      {},
      h("th", "n", { scope: "row" }, name),
      h("td", "v", { class: "m" }, h("bdi", "b", {}, value)),
      h("td", "m", {}, meaning),
    )
  );
  const button = {
    type: "button",
    class: "do",
    "data-show": k,
    "aria-expanded": pictured ? "true" : "false",
  };
  const label = `Line ${line}: ${kind}`;
  return h(
    "li",
    `${line}:${kind}:${k}`,
    { "data-kind": kind },
    h(
      "h3",
      "head",
      {},
      label + " ",
      h("code", "text", { class: "m", dir: "ltr" }, h("bdi", "b", {}, text)),
    ),
    h("p", "says", { class: "says" }, explanation),
    fields.length
      ? h(
        "details",
        "fields",
        k < OPEN ? { open: true } : {},
        h("summary", "s", {}, `Fields (${fields.length})`),
        h("table", "t", { "aria-label": `${label}, fields` }, h("tbody", "b", {}, rows)),
      )
      : null,
    setup ? h("button", "do", button, pictured ? "Hide the picture" : "Show the picture") : null,
    pictured ? h("div", "picture", { class: "picture" }) : null,
  );
}

/**
 * A model for the picture of a finding: its first setup, beside the guest's other order where the
 * text leaves that open.
 * @param {Model} model
 * @param {Finding} finding
 * @returns {Model}
 */
function modelOf(model, { setup, start, guest }) {
  const fields = { ...setup }, width = Number(fields.width);
  const other = fields.guest === "little" ? "big" : "little";
  /** @type {Record<string, unknown>} */
  const state = {
    ...fields,
    value: start ?? "0x" + DIGITS.slice(0, 2 * width),
    step: 0,
    compare: guest === null ? { guest: other } : null,
    only: [...Object.keys(fields), "value", "compare"],
    _view: "explorer",
    _presets: [],
  };
  return {
    get: (name) => (name === "_atlas" ? model.get("_atlas") : state[name]),
    set(name, value) {
      state[name] = value;
    },
    on() {},
    off() {},
    save_changes() {},
  };
}
