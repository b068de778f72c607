// The Explorer: state in, picture out. One draw function; listeners on the root only.

import { openAtlas } from "./atlas.js";
import { patch } from "./dom.js";
import { keysOfExplorer, under } from "./keys.js";
import { drawPicture } from "./picture.js";
import { changed, giveWay, readState, sameState, stateProblem, stepsOf } from "./state.js";
import { cleave, colourOf, hexOf, readValue } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { Change, Context, Model, State, View } from "./types.d.ts" */

const PACE = 1600; // milliseconds from step to step while it plays

// anywidget imports the module once a widget: a counter would give them all the same ids
const freshId = () => "kve" + crypto.getRandomValues(new Uint32Array(2)).join("-");

/**
 * Show an Explorer in `el`; what it resolves to takes it away again.
 * @param {Context} context
 */
export async function explorer({ model, el }) {
  const root = document.createElement("div");
  root.className = "kvmendian";
  root.textContent = "Unpacking the atlas…";
  el.append(root);
  let atlas;
  try {
    atlas = await openAtlas(model.get("_atlas"));
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    root.textContent = "The picture cannot be shown: its data could not be unpacked " +
      `(${why}). It needs a browser of 2023 or newer.`;
    return () => {};
  }
  root.textContent = "";
  return run(model, atlas, root);
}

/**
 * @param {Model} model
 * @param {Atlas} atlas
 * @param {HTMLElement} root
 */
function run(model, atlas, root) {
  /** @type {View} */
  const view = {
    id: freshId(),
    only: model.get("only"),
    presets: model.get("_presets"),
    hot: null,
    preset: "",
    open: null,
    zeroOnTop: false,
    bits: null,
    width: 0,
    error: "",
    note: "",
    typed: null,
    playing: 0,
    numbers: false,
  };
  const defaults = {
    setup: { ...atlas.data.defaults },
    value: 0x11223344n,
    step: 0,
    compare: null,
  };
  /** @type {State} */
  let good = model.get("_fallback") ?? defaults;
  let queued = false;
  const steps = () => stepsOf(atlas, good);

  function draw() {
    if (!view.width) return;
    root.classList.toggle("kvmendian-strip", model.get("_view") === "mmio");
    patch(root, drawPicture(atlas, good, view));
  }

  /** Take the room there is. Padding depends on `narrow`, so `narrow` must not depend on it. */
  function fit() {
    const room = root.clientWidth || 1040; // 0 while it is hidden
    root.classList.toggle("narrow", room <= 900);
    const { paddingLeft, paddingRight } = getComputedStyle(root);
    const width = room - parseFloat(paddingLeft) - parseFloat(paddingRight);
    view.width = Math.round(Math.max(600, Math.min(1352, width)));
  }

  /**
   * Change some of the state, if the result makes sense; else say why and leave the picture.
   * @param {Change} change
   */
  function go(change, note = "") {
    const next = changed(atlas, good, change), problem = stateProblem(atlas, next);
    view.error = problem;
    view.note = problem ? "" : note;
    if (problem || next.value === null) return draw();
    next.step = Math.min(next.step, stepsOf(atlas, next));
    if (next.value !== good.value) view.typed = null;
    good = { ...next, value: next.value };
    tellModel();
    draw();
  }

  /** @param {Change} change */
  function toggle(change) {
    const { next, note } = giveWay(atlas, good, change);
    go(next, note);
  }

  function tellModel() {
    const now = readState(model, atlas), { setup, value, step, compare } = good;
    view.numbers ||= typeof model.get("value") === "number"; // a linked slider takes numbers alone
    /** @type {[string, unknown][]} */
    const news = Object.entries({ ...setup, step, compare }).filter(([name, one]) =>
      JSON.stringify(model.get(name)) !== JSON.stringify(one)
    );
    const written = view.numbers && value < 2n ** 53n ? Number(value) : hexOf(value);
    if (now.value !== value) news.push(["value", written]);
    for (const [name, one] of news) model.set(name, one);
    if (news.length) model.save_changes();
  }

  /** Take the model's state: what Python, a link or the address says now. */
  function take() {
    const now = readState(model, atlas), { compare, ...rest } = now;
    const same = JSON.stringify(compare) === JSON.stringify(good.compare);
    view.error = model.get("_problem") ?? "";
    if (view.error) return draw();
    if (now.value === null || (view.width && now.value !== good.value)) go(now); // never cut
    else toggle(same ? rest : now);
  }

  function heard() {
    const known = sameState(readState(model, atlas), good);
    if (queued || (known && !view.error && !model.get("_problem"))) return;
    queued = true; // one picture for a batch of changes
    queueMicrotask(() => {
      queued = false;
      take();
    });
  }

  function stop() {
    clearInterval(view.playing);
    view.playing = 0;
  }

  /** @param {number} amount */
  function stepBy(amount) {
    stop();
    go({ step: Math.max(0, Math.min(steps(), good.step + amount)) });
  }

  function play() {
    if (view.playing) {
      stop();
      return draw();
    }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!calm) view.playing = setInterval(playOn, PACE); // else a step a click, by itself none
    go({ step: good.step >= steps() ? 1 : good.step + 1 });
  }

  function playOn() {
    if (root.isConnected && good.step < steps()) return go({ step: good.step + 1 });
    stop();
    draw();
  }

  /** @param {number | null} byte */
  function light(byte) {
    if (view.hot === byte) return;
    view.hot = byte;
    draw();
  }

  /** @param {number} move */
  function lightBy(move) {
    const bytes = Math.min(8, atlas.road(good.setup).bits / 8), end = move > 0 ? 0 : bytes - 1;
    light(view.hot === null ? end : (view.hot + move + bytes) % bytes);
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    back: () => stepBy(-1),
    on: () => stepBy(1),
    play,
    zero() {
      view.zeroOnTop = !view.zeroOnTop;
      draw();
    },
    map: () => root.dispatchEvent(new CustomEvent("kvmendian-show", { bubbles: true })),
    bits() {
      view.bits = !(view.bits ?? !good.compare);
      draw();
    },
  };

  root.addEventListener("click", (event) => {
    const button = under(event, "[data-do],[data-bit]"), cell = under(event, ".cell");
    const { bit, do: action = "", value } = button?.dataset ?? {};
    if (action === "recorded") return go({ value: readValue(value ?? "") });
    if (bit) return go({ value: good.value ^ (1n << BigInt(bit)) });
    if (actions[action]) return actions[action]();
    if (!cell) return;
    stop();
    view.bits = true;
    view.open = Number(cell.dataset.stage);
    if (good.step) go({ step: 0 });
    else draw();
  });

  /** What each control does with what was chosen or typed. */
  const takers = {
    /** @param {string} text */
    value(text) {
      view.typed = null;
      go({ value: readValue(text) });
      if (!view.error) return;
      view.typed = text;
      draw();
    },
    /** @param {string} text */
    preset(text) {
      stop();
      if (!text) return;
      const { fields, value } = view.presets[Number(text)];
      view.preset = text; // stays on show, so that arrow keys go on from here
      const setup = { ...atlas.data.defaults, ...fields };
      const known = value ? { value: readValue(value) } : {};
      toggle({ setup, step: 0, compare: null, ...known });
    },
    /** @param {string} text */
    compare(text) {
      stop();
      const [name, said] = cleave(text, "=");
      toggle({ compare: name ? { [name]: choiceOf(name, said) } : null });
    },
  };

  /** @type {(field: string, said: string) => any} */
  const choiceOf = (field, said) => atlas.choices[field].find((one) => String(one) === said);

  root.addEventListener("change", (event) => {
    const { dataset, value: text } = /** @type {HTMLInputElement} */ (event.target);
    const { field, do: action } = dataset;
    if (field) toggle({ setup: { [field]: choiceOf(field, text) } });
    else if (action === "value" || action === "preset" || action === "compare") {
      takers[action](text);
    }
  });
  root.addEventListener("input", (event) => {
    const { dataset, value } = /** @type {HTMLInputElement} */ (event.target);
    if (dataset.do === "value") view.typed = value;
  });
  root.addEventListener("pointerover", (event) => {
    const byte = colourOf(Number(under(event, "[data-lane]")?.dataset.lane ?? NaN));
    light(byte >= 0 ? byte : null);
  });
  root.addEventListener("pointerleave", () => light(null));
  root.addEventListener("focusout", (event) => {
    if (under(event, ".road")) light(null);
  });
  root.addEventListener("keydown", (event) => {
    keysOfExplorer(event, { stepBy, lightBy, dark: () => light(null) });
  });

  const names = [...atlas.fields, "value", "step", "compare"];
  for (const name of names) model.on(`change:${name}`, heard);
  const resize = new ResizeObserver(() => {
    const was = view.width;
    fit();
    if (view.width !== was) draw();
  });
  resize.observe(root);
  take();
  fit();
  draw();
  return () => {
    stop();
    resize.disconnect();
    for (const name of names) model.off(`change:${name}`, heard);
  };
}
