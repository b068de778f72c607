// Every case of a claim as a square, reading by reading; a square is what it folds into one.

import { h } from "./dom.js";
import { drawMark, drawSquares } from "./squares.js";

/** @import { Item, SquareMap } from "./types.d.ts" */
/** @import { Block, CaseRow, ScenarioData, Scene } from "./scenario.d.ts" */

/** @type {WeakMap<Block, SquareMap>} squares stay the same from move to move */
const maps = new WeakMap();

/**
 * @param {ScenarioData} data
 * @param {Scene} scene
 */
export function drawCaseMap(data, scene) {
  const { answered } = scene, shown = data.blocks.filter(({ also }) => answered || !also);
  const blocks = shown.map((block, k) => {
    const map = mapOf(data, block, k, !answered), below = shown[k + 1]?.across;
    const last = String(below) !== String(block.across); // equal widths are named once, at the foot
    const now = k === scene.reading ? keyOf(block, k, block.cases[scene.case_]) : null;
    const caption = answered ? drawCaption(block, shown.length > 1) : drawWaiting(k, shown.length);
    const wide = { class: `block wide${Math.min(3, block.wide)}` };
    return h(
      "div",
      "b" + k,
      wide,
      caption,
      drawSquares(last ? map : { ...map, across: map.across.map(({ group }) => ({ group })) }, now),
    );
  });
  return h(
    "div",
    "map",
    { class: "case-map" },
    blocks,
    answered ? drawLegend(shown) : drawWait(),
  );
}

/** @param {Block} block @param {number} k @param {CaseRow} row */
export const keyOf = (block, k, [[down, across, y, x]]) =>
  `${k}/${across * block.wide + x}/${down * block.high + y}`;

/**
 * The squares of one reading. Before the answer they are empty, and nothing says which is which.
 * @param {ScenarioData} data
 * @param {Block} block
 * @param {number} k
 * @param {boolean} locked
 * @returns {SquareMap}
 */
function mapOf(data, block, k, locked) {
  const known = maps.get(block);
  if (known?.locked === locked) return known;
  /** @type {Map<string, CaseRow[]>} */
  const squares = new Map();
  for (const row of block.cases) {
    const key = keyOf(block, k, row);
    squares.set(key, [...(squares.get(key) ?? []), row]);
  }
  const marks = [...squares].map(([key, rows]) => {
    const [at, yes, wrong, counted] = rows[0];
    const x = at[1] * block.wide + at[3], y = at[0] * block.high + at[2];
    /** @type {"empty" | "yes" | "no"} */
    const state = locked ? "empty" : yes ? "yes" : "no";
    const says = locked ? "" : sayCase(data, block, rows[0]);
    return { key, x, y, state, says, wrong: !locked && wrong === 1, pale: !locked && !counted };
  });
  const name = block.name ? `${block.name}: ` : "";
  const label = locked
    ? `${marks.length} cases, empty until you have answered`
    : `${name}${marks.length} squares; arrow keys move`;
  /** @param {[string, string]} names */
  const line = ([group, text]) => ({ group, text });
  const made = {
    key: "s",
    label,
    across: block.across.map(line),
    down: block.down.map(line),
    squares: marks,
    frames: locked ? [] : framesOf(block),
    locked,
  };
  maps.set(block, made);
  return made;
}

/**
 * A frame round the cases that the claim is about, where others stand beside them.
 * @param {Block} block
 */
function framesOf({ cases, down: lines, wide, high }) {
  const counted = cases.filter(([, , , count]) => count);
  if (counted.length === cases.length) return [];
  const xs = counted.map(([at]) => at[1] * wide + at[3]);
  const ys = counted.map(([at]) => at[0] * high + at[2]);
  const x = Math.min(...xs), y = Math.min(...ys);
  const [across, down] = [Math.max(...xs) - x + 1, Math.max(...ys) - y + 1];
  const named = lines.every(([, text]) => !text); // else the rows' own names stand there
  return [{ x, y, across, down, text: named ? "the claim" : "" }];
}

/**
 * A case in words: what is toggled and the answer.
 * @param {ScenarioData} data
 * @param {Block} block
 * @param {CaseRow} row
 */
export function sayCase(data, block, row) {
  const [, yes, wrong, counted, , fields] = row;
  const more = (wrong ? ", wrong bytes" : "") + (counted ? "" : "; not part of the claim");
  return `${sayFields(data, fields)}: ${yes ? block.yes : block.no}${more}`;
}

/**
 * @param {ScenarioData} data
 * @param {number[]} fields
 */
function sayFields({ names, choices, toggles }, fields) {
  const said = Object.keys(names).map((name, k) => {
    const choice = choices[name][fields[k]];
    if (choice === undefined) return "";
    if (name === "width") return `${choice} ${choice === "1" ? "byte" : "bytes"}`;
    if (name === "access") return choice;
    return toggles.includes(name) ? `${names[name]} ${choice}`.toLowerCase() : "";
  });
  return said.filter(Boolean).join(", ");
}

/**
 * @param {Block} block
 * @param {boolean} named whether there are others
 */
function drawCaption({ name, also, outcome, held, tried }, named) {
  const before = [also ? "also, " : "", name && named ? `${name}: ` : ""].join("");
  return h(
    "p",
    "cap",
    { class: "caption" },
    before,
    h("b", "o", {}, outcome),
    h("span", "c", { class: "mute" }, ` (${held} of ${tried})`),
  );
}

/**
 * @param {number} k
 * @param {number} many
 */
const drawWaiting = (k, many) =>
  many > 1 ? h("p", "cap", { class: "caption mute" }, `Reading ${k + 1}`) : null;

const drawWait = () =>
  h(
    "p",
    "legend",
    { class: "legend mute" },
    "One square for each case. They fill when you have answered.",
  );

/**
 * What the marks mean: those that there are.
 * @param {Block[]} shown
 */
function drawLegend(shown) {
  const rows = shown.flatMap(({ cases }) => cases), pale = rows.some((row) => !row[3]);
  const alike = new Set(shown.map(({ yes, no }) => `${yes}/${no}`)).size === 1;
  const [words] = alike ? shown : [{ yes: "Yes", no: "No" }];
  /** @type {(key: string, mark: Item, text: string) => Item} */
  const line = (key, mark, text) => h("span", key, { class: "item" }, mark, text);
  const marks = [[1, 0], [1, 1], [0, 0], [0, 1]].map(([yes, wrong]) => {
    if (!rows.some((row) => row[1] === yes && row[2] === wrong)) return null;
    const said = yes ? words.yes : words.no, text = said[0].toLowerCase() + said.slice(1);
    const mark = drawMark("m", yes ? "yes" : "no", { wrong: wrong === 1 });
    return line(`${yes}${wrong}`, mark, text + (wrong ? ", wrong bytes" : ""));
  });
  const widths = new Set(shown.flatMap(({ unit, across }) => unit ? across.map(([, w]) => w) : []));
  const units = [...widths].sort((one, two) => Number(one) - Number(two)).join(", ");
  return h(
    "p",
    "legend",
    { class: "legend" },
    marks,
    pale
      ? line("p", drawMark("m", "yes", { pale: true }), "pale: outside the frame, beside the claim")
      : null,
    line("o", h("span", "here", { class: "here", "aria-hidden": "true" }), "on the road"),
    units ? h("span", "u", { class: "mute" }, `${units}: bytes`) : null,
  );
}
