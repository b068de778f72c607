// The map's own part of the picture: designs are rows, accesses columns, four squares a block.

import { h } from "./dom.js";
import { drawMark, drawSquare } from "./squares.js";

/** @import { CaseMap, Item, MapRow, MapSpot, Setup, Square } from "./types.d.ts" */

const FOUR = [[0, 0], [0, 1], [1, 0], [1, 1]]; // host and guest, in the order of a row's states

/** @type {(spot: MapSpot) => string} */
export const keyOfSpot = ({ row, column, host, guest }) => [row, column, host, guest].join();

/** @type {(key: string) => MapSpot} */
export function spotOfKey(key) {
  const [row, column, host, guest] = key.split(",").map(Number);
  return { row, column, host, guest };
}

/** @type {(row: MapRow, spot: MapSpot) => Square["state"] | ""} */
export const stateAt = ({ states }, { column, host, guest }) =>
  states[4 * column + 2 * host + guest];

/**
 * Where a setup stands on the map; row -1 where its design has none.
 * @param {CaseMap} map
 * @param {Setup} setup
 * @returns {MapSpot}
 */
export function spotOf({ rows, columns, orders }, setup) {
  const column = columns.findIndex(({ fields }) =>
    Object.entries(fields).every(([name, choice]) => setup[name] === choice)
  );
  const mine = rows.filter(({ design }) => design === setup.design);
  const row = mine.find(({ arch }) => arch === setup.arch) ?? mine[0];
  const [host, guest] = [setup.host, setup.guest].map((order) => orders.indexOf(String(order)));
  return { row: row ? rows.indexOf(row) : -1, column, host, guest };
}

/**
 * A case in words.
 * @param {CaseMap} map
 * @param {MapSpot} spot
 */
export const saySpot = ({ columns, orders }, { column, host, guest }) =>
  `${columns[column].says}, host ${orders[host]}, guest ${orders[guest]}`;

/**
 * The whole grid with its headings.
 * @param {CaseMap} map
 * @param {MapSpot} now
 */
export function drawMapGrid(map, now) {
  const label =
    `${map.question} Arrow keys move from square to square, page up and page down from ` +
    "design to design.";
  return h(
    "div",
    "grid",
    { class: "squares casemap", role: "group", "aria-label": label },
    drawWidths(map, now),
    map.rows.map((_, row) => drawRow(map, now, row)),
  );
}

/**
 * Columns by their kind of access, each drawn by `draw`.
 * @param {CaseMap} map
 * @param {(column: number) => Item} draw
 * @param {boolean} named
 */
function byKind({ columns }, draw, named) {
  const kinds = [...new Set(columns.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const mine = columns.map((_, k) => k).filter((k) => columns[k].kind === kind);
    const name = named ? h("span", "n", { class: "kind" }, kind) : null;
    return h("div", kind, { class: "kinds", style: `--n:${mine.length}` }, name, mine.map(draw));
  });
}

/**
 * @param {CaseMap} map
 * @param {MapSpot} now
 */
function drawWidths(map, now) {
  /** @param {number} k */
  const width = (k) => {
    const look = "width" + (k === now.column ? " on" : "");
    return h("span", String(k), { class: look }, String(map.columns[k].fields.width));
  };
  return h(
    "div",
    "head",
    { class: "row headings", "aria-hidden": "true" },
    drawKey(map),
    h("div", "cols", { class: "cols" }, byKind(map, width, true)),
    h("span", "count", { class: "count" }, "wrong"),
  );
}

/**
 * How a block is to be read.
 * @param {CaseMap} map
 */
function drawKey({ orders }) {
  const sides = ["guest", "host"].flatMap((side) => [
    h("b", side, { class: side }, side),
    ...orders.map((order, k) => h("span", side + k, { class: `${side} ${side}${k}` }, order)),
  ]);
  const boxes = FOUR.map(([a, b]) => h("i", `${a}${b}`, { style: `grid-area:${3 + a}/${3 + b}` }));
  return h("div", "key", { class: "key" }, sides, boxes);
}

/**
 * @param {CaseMap} map
 * @param {MapSpot} now
 * @param {number} row
 */
function drawRow(map, now, row) {
  const { name, by, own, states, wrong, note } = map.rows[row], here = row === now.row;
  const cases = states.filter(Boolean).length;
  const look = "row" + (here ? " on" : "") + (own ? " own" : "");
  const counted = wrong ? String(wrong) : states.includes("undecided") ? "?" : "0";
  return h(
    "div",
    "row" + name,
    { class: look, role: "group", "aria-label": `${name}: ${wrong} of ${cases} wrong. ${note}` },
    h(
      "div",
      "design",
      { class: "design" },
      h("b", "b", { class: "m", title: name }, name),
      h("span", "by", { class: "mute" }, by),
    ),
    h("div", "cols", { class: "cols" }, byKind(map, (k) => drawBlock(map, now, row, k), false)),
    h(
      "span",
      "count",
      { class: "count" + (wrong ? " bad" : "") },
      counted,
      h("i", "i", {}, " wrong"),
    ),
    note ? h("p", "note", { class: "mute note" }, note) : null,
  );
}

/**
 * @param {CaseMap} map
 * @param {MapSpot} now
 * @param {number} row
 * @param {number} column
 */
const drawBlock = (map, now, row, column) =>
  h(
    "div",
    String(column),
    { class: "block", "data-block": `${row},${column}` },
    squaresOf(map, now, row, column),
  );

/**
 * The four squares of a block, or of the loupe, whose first stands elsewhere in its grid.
 * @param {CaseMap} map
 * @param {MapSpot} now
 * @param {number} row
 * @param {number} column
 */
export function squaresOf(map, now, row, column, first = 1) {
  const stop = keyOfSpot({ ...now, row: Math.max(0, now.row) });
  return FOUR.map(([host, guest]) => {
    const spot = { row, column, host, guest }, state = stateAt(map.rows[row], spot);
    if (!state) return h("span", `${host}${guest}`, { class: "square" });
    const here = now.column === column && now.host === host && now.guest === guest;
    const says = `${map.rows[row].name}, ${saySpot(map, spot)}: ${STATE_SAYS[state]}`;
    const [x, y] = [2 * column + guest, 2 * row + host];
    const square = { key: keyOfSpot(spot), x, y, state, says, ring: here && row !== now.row };
    const area = `grid-area:${first + host}/${first + guest}`;
    return drawSquare(square, here && row === now.row ? square.key : null, stop, area);
  });
}

/** @type {Record<string, string>} */
const STATE_SAYS = { right: "right", wrong: "wrong", undecided: "not decided" };

/**
 * What the shapes mean.
 * @param {CaseMap} map
 */
export function drawMapLegend({ rows }) {
  const open = rows.some(({ states }) => states.includes("undecided"));
  /** @type {(key: string, mark: Item, text: string) => Item} */
  const entry = (key, mark, text) => h("span", key, {}, mark, text);
  return h(
    "p",
    "legend",
    { class: "legend" },
    entry("r", drawMark("m", "right"), "right"),
    entry("w", drawMark("m", "wrong"), "wrong"),
    open ? entry("u", drawMark("m", "undecided"), "not decided") : null,
    entry("n", h("span", "m", { class: "mark square now", "aria-hidden": "true" }), "on the road"),
  );
}
