// The map of everything, with the road of the case that is chosen; the Explorer takes its place
// and gives it back. What they show is the model's state, so it stays.

import { openAtlas } from "./atlas.js";
import { patch } from "./dom.js";
import { explorer } from "./explorer.js";
import { under } from "./keys.js";
import { drawMap } from "./mapcase.js";
import { keyOfSpot, spotOf, spotOfKey, stateAt } from "./mapgrid.js";
import { goBySquares } from "./squares.js";
import { changed, readState, stateProblem } from "./state.js";
import { colourOf, hexOf, readValue } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { CaseMap, Context, MapSpot, Model, State } from "./types.d.ts" */

/**
 * Show the map or the Explorer in `el`, whichever the model is, and the other on demand.
 * @param {Context} context
 */
export async function mapAndExplorer({ model, el }) {
  let onMap = model.get("_view") === "map", leave = () => {};
  const show = async () => {
    leave();
    el.replaceChildren();
    leave = await (onMap ? showMap : explorer)({ model, el });
  };
  const turn = async () => {
    onMap = !onMap;
    await show();
    /** @type {HTMLElement | null} */ (el.querySelector("[data-do=map],[data-do=explorer]"))
      ?.focus();
  };
  el.addEventListener("kvmendian-show", turn);
  await show();
  return () => {
    el.removeEventListener("kvmendian-show", turn);
    leave();
  };
}

/** @param {Context} context */
async function showMap({ model, el }) {
  const root = document.createElement("div");
  root.className = "kvmendian kvmendian-map";
  root.textContent = "Unpacking the atlas…";
  el.append(root);
  /** A map that got a row later has an atlas of its own. */
  const open = () => {
    const own = model.get("_packed");
    return openAtlas(own?.byteLength ? own : model.get("_atlas"));
  };
  try {
    const atlas = await open();
    root.textContent = "";
    return runMap(model, atlas, open, root);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    root.textContent = "The map cannot be shown: its data could not be unpacked " +
      `(${why}). It needs a browser of 2023 or newer.`;
    return () => {};
  }
}

/**
 * @param {Model} model
 * @param {Atlas} atlas
 * @param {() => Promise<Atlas>} open
 * @param {HTMLElement} root
 */
function runMap(model, atlas, open, root) {
  /** @type {() => CaseMap} */
  const mapOf = () => {
    const own = model.get("_map");
    return own?.rows ? own : atlas.data.map;
  };
  let map = mapOf(), width = 0, queued = false;
  /** @type {number | null} */
  let hot = null;
  /** @type {State} */
  let good = model.get("_fallback") ??
    { setup: { ...atlas.data.defaults }, value: 0x11223344n, step: 0, compare: null };

  const draw = () => {
    if (width) patch(root, drawMap(atlas, map, good, { width, hot }));
  };

  /** @param {string} key of a square */
  function go(key) {
    const next = moved(atlas, map, good, spotOfKey(key));
    if (!next) return;
    good = next;
    tellModel();
    draw();
  }

  function tellModel() {
    const { setup, value, step, compare } = good, was = readState(model, atlas);
    const number = typeof model.get("value") === "number" && value < 2n ** 53n;
    /** @type {Record<string, unknown>} */
    const news = { ...setup, step, compare };
    if (was.value !== value) news.value = number ? Number(value) : hexOf(value);
    const told = Object.entries(news).filter(([name, one]) =>
      name === "value" || model.get(name) !== one
    );
    for (const [name, one] of told) model.set(name, one);
    if (told.length) model.save_changes();
  }

  /** Take what the model says now, if it makes sense; one picture for a batch of changes. */
  function heard() {
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      const { value, ...rest } = readState(model, atlas);
      if (value !== null && !problemOf(atlas, { ...rest, value })) good = { ...rest, value };
      draw();
    });
  }

  async function renew() {
    atlas = await open();
    map = mapOf();
    heard();
  }

  /** @param {number | null} byte */
  function light(byte) {
    if (hot === byte) return;
    hot = byte;
    draw();
  }

  root.addEventListener("click", (event) => {
    if (goBySquares(event, go)) return;
    if (under(event, "[data-do=explorer]:not([aria-disabled=true])")) {
      root.dispatchEvent(new CustomEvent("kvmendian-show", { bubbles: true }));
    }
    const block = under(event, "[data-block]")?.dataset.block;
    if (!block) return;
    const [row, column] = block.split(",").map(Number), { host, guest } = spotOf(map, good.setup);
    go(keyOfSpot({ row, column, host, guest }));
  });
  root.addEventListener("keydown", (event) => {
    if (goBySquares(event, go)) return;
    if (under(event, ".road")) keysOfRoad(event, light, hot, Number(good.setup.width));
  });
  root.addEventListener("pointerover", (event) => {
    const byte = colourOf(Number(under(event, "[data-lane]")?.dataset.lane ?? NaN));
    light(byte >= 0 ? byte : null);
  });
  root.addEventListener("pointerleave", () => light(null));
  root.addEventListener("focusout", (event) => {
    if (under(event, ".road")) light(null);
  });

  const names = [...atlas.fields, "value", "step", "compare"];
  for (const name of names) model.on(`change:${name}`, heard);
  for (const name of ["_map", "_packed"]) model.on(`change:${name}`, renew);
  const fit = () => {
    const { paddingLeft, paddingRight } = getComputedStyle(root);
    const room = (root.clientWidth || 900) - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const now = Math.round(Math.max(600, Math.min(1100, room)));
    if (now === width) return;
    width = now;
    draw();
  };
  const resize = new ResizeObserver(fit);
  resize.observe(root);
  heard();
  fit();
  return () => {
    resize.disconnect();
    for (const name of names) model.off(`change:${name}`, heard);
    for (const name of ["_map", "_packed"]) model.off(`change:${name}`, renew);
  };
}

/**
 * What is wrong with a state, or ""; a design without roads, which the atlas lacks, is no problem.
 * @param {Atlas} atlas
 * @param {State} state
 */
function problemOf(atlas, state) {
  const known = atlas.choices.design.includes(state.setup.design);
  const setup = known ? state.setup : { ...state.setup, design: atlas.data.defaults.design };
  return stateProblem(atlas, { ...state, setup });
}

/**
 * The state at another square, or null where none is. Its value follows the access, unless it is
 * one's own; a field that does not go with it gives way.
 * @param {Atlas} atlas
 * @param {CaseMap} map
 * @param {State} good
 * @param {MapSpot} to
 * @returns {State | null}
 */
function moved(atlas, map, good, to) {
  const row = map.rows[to.row], column = map.columns[to.column];
  if (!row || !stateAt(row, to)) return null;
  const { arch, design } = row, from = map.columns[spotOf(map, good.setup).column];
  const orders = { host: map.orders[to.host], guest: map.orders[to.guest] };
  const next = changed(atlas, good, { setup: { ...column.fields, ...orders, arch, design } });
  const usual = atlas.data.follows.arch[arch];
  const width = row.widths[4 * to.column + 2 * to.host + to.guest];
  if (width) next.setup.register_width = width;
  else if (row.own || atlas.problem(next.setup)) Object.assign(next.setup, usual);
  if (next.compare && next.compare.design === design) next.compare = null;
  const plain = readValue(column.value) ?? 0n;
  const bits = atlas.find({ ...next.setup, design: atlas.data.defaults.design })?.bits ?? 8;
  const kept = good.value !== readValue(from?.value ?? "");
  const state = { ...next, value: kept ? BigInt.asUintN(bits, good.value) : plain };
  return problemOf(atlas, state) ? { ...state, compare: null } : state;
}

/**
 * @param {KeyboardEvent} event
 * @param {(byte: number | null) => void} light
 * @param {number | null} hot
 * @param {number} bytes
 */
function keysOfRoad(event, light, hot, bytes) {
  /** @type {Record<string, () => void>} */
  const actions = {
    ArrowUp: () => light(hot === null ? 0 : (hot + 1) % bytes),
    ArrowDown: () => light(hot === null ? bytes - 1 : (hot + bytes - 1) % bytes),
    Escape: () => light(null),
  };
  if (!Object.hasOwn(actions, event.key)) return;
  actions[event.key]();
  event.preventDefault();
  event.stopPropagation();
}
