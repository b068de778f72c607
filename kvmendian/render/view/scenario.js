// A scenario: a claim to play. State in, picture out; listeners on the root only.

import { unzip } from "./atlas.js";
import { drawBoard } from "./board.js";
import { keyOf } from "./casemap.js";
import { patch } from "./dom.js";
import { keysOfExplorer, under } from "./keys.js";
import { goBySquares } from "./squares.js";
import { colourOf } from "./values.js";

/** @import { Context } from "./types.d.ts" */
/** @import { CaseRow, ScenarioData, Scene, SceneView } from "./scenario.d.ts" */

const TRAITS = ["reading", "case", "answered"];
const ANSWERS = [null, "holds", "fails", "depends"];

/**
 * Show a scenario in `el`; what it resolves to takes it away again.
 * @param {Context} context
 */
export async function scenario({ model, el }) {
  const root = document.createElement("div");
  root.className = "kvmendian kvmendian-scenario";
  el.append(root);
  /** @type {ScenarioData} */
  let data;
  try {
    data = await unzip(model.get("_atlas"));
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    root.textContent = `The claim cannot be shown: its data could not be unpacked (${why}). ` +
      "It needs a browser of 2023 or newer.";
    return () => {};
  }
  const id = "kvs" + crypto.getRandomValues(new Uint32Array(2)).join("-");
  /** @type {SceneView} */
  const view = { id, width: 0, hot: null, error: "" };
  /** @type {Scene} */
  let good = { reading: data.start[0], case_: data.start[1], answered: null };

  /** @returns {Scene} */
  const said = () => ({
    reading: model.get("reading"),
    case_: model.get("case"),
    answered: model.get("answered") ?? null,
  });

  /**
   * Say what is wrong with a scene, or return "".
   * @param {Scene} scene
   */
  function problem({ reading, case_, answered }) {
    const block = data.blocks[reading];
    if (!block) return `there is no reading ${reading}: 0 to ${data.blocks.length - 1}`;
    const last = block.cases.length - 1;
    if (!block.cases[case_]) return `there is no case ${case_}: 0 to ${last}`;
    if (ANSWERS.includes(answered)) return "";
    return `an answer is one of ${ANSWERS.slice(1).join(", ")}: not ${answered}`;
  }

  function draw() {
    if (view.width) patch(root, drawBoard(data, good, view));
  }

  /** @param {Partial<Scene>} change */
  function go(change) {
    const next = { ...good, ...change };
    view.error = problem(next);
    if (!view.error) good = next;
    const { reading, case_, answered } = good;
    const news = Object.entries({ reading, case: case_, answered })
      .filter(([name, value]) => (model.get(name) ?? null) !== value);
    for (const [name, value] of news) model.set(name, value);
    if (news.length) model.save_changes();
    draw();
  }

  /** Take what Python, a link or the address says now; nonsense leaves the picture. */
  function take() {
    const now = said();
    view.error = model.get("_problem") || problem(now);
    if (!view.error) good = now;
    draw();
  }
  let queued = false;
  function heard() {
    if (queued) return;
    queued = true; // one picture for a batch of changes
    queueMicrotask(() => {
      queued = false;
      take();
    });
  }

  /**
   * The case of a reading that differs least from the one on show, or null if none is wanted.
   * @param {number} reading
   * @param {(row: CaseRow) => boolean} wanted
   */
  function nearest(reading, wanted) {
    const mine = data.blocks[good.reading].cases[good.case_][5];
    /** @param {CaseRow} row */
    const far = ([, , , counted, , fields]) =>
      fields.filter((value, k) => value !== mine[k] && mine[k] >= 0).length - counted / 2;
    const rows = data.blocks[reading].cases.map((row, k) => ({ row, k }))
      .filter(({ row }) => wanted(row));
    return rows.sort((one, two) => far(one.row) - far(two.row))[0]?.k ?? null;
  }

  /**
   * Give a field another value: in this reading, or in the first that asks about it.
   * @param {string} field
   * @param {number} value
   */
  function turn(field, value) {
    const at = Object.keys(data.names).indexOf(field);
    for (const reading of [good.reading, ...data.blocks.keys()]) {
      const case_ = nearest(reading, (row) => row[5][at] === value);
      if (case_ !== null) return go({ reading, case_ });
    }
  }

  /** @param {string} key of a square */
  function goTo(key) {
    const reading = Number(key.split("/")[0]), block = data.blocks[reading];
    const case_ = nearest(reading, (row) => keyOf(block, reading, row) === key);
    if (case_ !== null) go({ reading, case_ });
  }

  /** @param {number | null} byte */
  function light(byte) {
    if (view.hot === byte || !good.answered) return;
    view.hot = byte;
    draw();
  }

  /** @param {number} move */
  function lightBy(move) {
    const width = data.pictures[data.blocks[good.reading].cases[good.case_][4]][3];
    light(view.hot === null ? (move > 0 ? 0 : width - 1) : (view.hot + move + width) % width);
  }

  root.addEventListener("click", (event) => {
    if (goBySquares(event, goTo)) return;
    const button = under(event, "[data-say],[data-go]");
    if (!button) return;
    const { say, go: to } = button.dataset;
    if (to) {
      const [reading, case_] = to.split("/").map(Number);
      return go({ reading, case_ });
    }
    view.hot = null;
    const again = { reading: data.start[0], case_: data.start[1], answered: null };
    go(say ? { answered: say } : again);
    const next = /** @type {HTMLElement | null} */ (
      root.querySelector(good.answered ? "[data-done]" : "[data-say]")
    );
    next?.focus({ preventScroll: true });
  });
  root.addEventListener("change", (event) => {
    const { dataset, value } = /** @type {HTMLInputElement} */ (event.target), { field } = dataset;
    if (field === "reading") {
      return go({ reading: Number(value), case_: nearest(Number(value), () => true) ?? 0 });
    }
    if (field) turn(field, Number(value));
  });
  root.addEventListener("pointerover", (event) => {
    const byte = colourOf(Number(under(event, ".road [data-lane]")?.dataset.lane ?? NaN));
    light(byte >= 0 ? byte : null);
  });
  root.addEventListener("pointerleave", () => light(null));
  root.addEventListener("focusout", (event) => {
    if (under(event, ".road")) light(null);
  });
  root.addEventListener("keydown", (event) => {
    if (goBySquares(event, goTo)) return;
    keysOfExplorer(event, { stepBy: lightBy, lightBy, dark: () => light(null) });
  });

  /** Take the room there is: first for the whole, then for the road beside the map. */
  function fit() {
    const room = root.clientWidth || 900; // 0 while it is hidden
    root.classList.toggle("narrow", room < 760);
    root.classList.toggle("phone", room < 520);
    if (!view.width) {
      view.width = 460;
      draw();
    }
    const left = root.querySelector(".left")?.clientWidth || 460;
    const width = Math.round(Math.max(280, Math.min(560, left)));
    if (width === view.width) return;
    view.width = width;
    draw();
  }
  for (const name of TRAITS) model.on(`change:${name}`, heard);
  const resize = new ResizeObserver(fit);
  resize.observe(root);
  take();
  fit();
  return () => {
    resize.disconnect();
    for (const name of TRAITS) model.off(`change:${name}`, heard);
  };
}
