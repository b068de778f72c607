// Cases as squares: guest across, host down, little first, so that "they agree" is the diagonal.
// What a square says is a shape: full, framed cross, empty frame, hatched. Crimson is for bytes
// that are wrong. One tab stop for all squares; which case stands where comes from Python.

import { h } from "./dom.js";
import { under } from "./keys.js";

/** @import { Item, Line, Square, SquareMap } from "./types.d.ts" */

/**
 * A map of cases with its headings, as a description for `patch`.
 * @param {SquareMap} map
 * @param {string | null} now key of the current square
 * @returns {Item}
 */
export function drawSquares({ key, label, across, down, squares, frames = [], locked }, now) {
  const stop = squares.some((square) => square.key === now) ? now : squares[0]?.key;
  const [columns, rows] = [gridLines(across), gridLines(down)];
  const style = `grid-template:${gridSizes(rows, "-down")}/${gridSizes(columns)}`;
  const marks = squares.map((square) => {
    const at = areaOf(columns[square.x], rows[square.y]);
    return locked ? stillSquare(square, at) : drawSquare(square, now, stop, at);
  });
  const boxes = frames.map(({ x, y, across: wide, down: high, text }) => {
    const right = columns[x + wide - 1], low = rows[y + high - 1];
    const area = `grid-area:${rows[y]}/${columns[x]}/${low + 1}/${right + 1}`;
    const said = text ? h("span", "t", {}, text) : null;
    return h("div", `frame${x},${y}`, { class: "frame", style: area, "aria-hidden": "true" }, said);
  });
  const heads = [
    ...groupHeads(across, columns).map(([text, from, to]) =>
      drawHead("above", text, `1/${from}/2/${to}`)
    ),
    ...groupHeads(down, rows).map(([text, from, to]) =>
      drawHead("before", text, `${from}/1/${to}/2`)
    ),
    ...lineHeads(across, columns).map(([text, at]) =>
      drawHead("below", text, `-2/${at}/-1/${at + 1}`)
    ),
    ...lineHeads(down, rows).map(([text, at]) => drawHead("after", text, `${at}/-2/${at + 1}/-1`)),
  ];
  const role = locked ? "img" : "group";
  const grid = { class: "squares grid", role, "aria-label": label, style };
  return h("div", key, grid, heads, boxes, marks);
}

/**
 * One square as a button: for maps that have a layout of their own, inside `.squares`.
 * @param {Square} square
 * @param {string | null} now key of the current square
 * @param {string | null} stop key of the square that the tab key reaches
 * @param {string | null} style
 * @returns {Item}
 */
export function drawSquare(square, now, stop = now, style = null) {
  return h("button", square.key, {
    type: "button",
    class: lookOf(square) + (square.key === now ? " now" : ""),
    style,
    title: square.says,
    "aria-label": square.says,
    "aria-current": square.key === now ? "true" : null,
    tabindex: square.key === stop ? "0" : "-1",
    "data-square": square.key,
    "data-x": square.x,
    "data-y": square.y,
  });
}

/**
 * A square for a legend or beside a sentence: nothing to press.
 * @param {string} key
 * @param {Square["state"]} state
 * @param {Partial<Square>} more
 */
export const drawMark = (key, state, more = {}) =>
  h("span", key, { class: "mark " + lookOf({ state, ...more }), "aria-hidden": "true" });

/**
 * Where a click or a key on the squares leads; null where it is none of theirs. What is handled
 * goes no further, for JupyterLab listens too. The focus goes along.
 * @param {MouseEvent | KeyboardEvent} event a click or a keydown
 * @param {(key: string) => void} go
 * @param {number} page rows that page up and page down move
 */
export function goBySquares(event, go, page = 2) {
  const from = under(event, "[data-square]"), all = from?.closest(".squares");
  if (!from || !all) return false;
  let to = /** @type {HTMLElement | null} */ (from);
  if (event instanceof KeyboardEvent) {
    if (/^( |Enter)$/.test(event.key)) event.stopPropagation(); // a click follows
    if (event.ctrlKey || event.metaKey || event.altKey || !isMove(event.key)) return false;
    event.preventDefault();
    event.stopPropagation();
    to = neighbour(from, [...all.querySelectorAll("[data-square]")], event.key, page);
  }
  if (!to) return true;
  go(to.dataset.square ?? "");
  to.focus();
  return true;
}

/** @param {string} key */
const isMove = (key) => /^(Arrow(Left|Right|Up|Down)|Page(Up|Down)|Home|End)$/.test(key);

/**
 * The nearest square in a key's direction, or null at the edge.
 * @param {HTMLElement} from
 * @param {Element[]} all
 * @param {string} key
 * @param {number} page
 */
function neighbour(from, all, key, page) {
  const [x, y] = [Number(from.dataset.x), Number(from.dataset.y)];
  const found = all.map((one) => {
    const node = /** @type {HTMLElement} */ (one);
    return { node, dx: Number(node.dataset.x) - x, dy: Number(node.dataset.y) - y };
  });
  /** @type {Record<string, (at: { dx: number, dy: number }) => number>} */
  const reach = { // how far it lies in that direction; 0 or less, if it does not
    ArrowRight: ({ dx, dy }) => (dy ? 0 : dx),
    ArrowLeft: ({ dx, dy }) => (dy ? 0 : -dx),
    ArrowDown: ({ dx, dy }) => (dx ? 0 : dy),
    ArrowUp: ({ dx, dy }) => (dx ? 0 : -dy),
    PageDown: ({ dx, dy }) => (dx ? 0 : dy - page + 1),
    PageUp: ({ dx, dy }) => (dx ? 0 : -dy - page + 1),
    Home: ({ dx, dy }) => (dy || dx >= 0 ? 0 : 1 / -dx), // the farthest
    End: ({ dx, dy }) => (dy || dx <= 0 ? 0 : 1 / dx),
  };
  const ahead = found.map((at) => ({ node: at.node, far: reach[key](at) }))
    .filter(({ far }) => far > 0);
  return ahead.sort((one, two) => one.far - two.far)[0]?.node ?? null;
}

/** @param {Pick<Square, "state" | "wrong" | "pale" | "ring">} square */
const lookOf = ({ state, wrong, pale, ring }) =>
  ["square", state, wrong && "bytes-wrong", pale && "pale", ring && "ring"].filter(Boolean).join(
    " ",
  );

/**
 * @param {Square} square
 * @param {string} style
 */
const stillSquare = (square, style) =>
  h("span", square.key, { class: lookOf(square), style, "aria-hidden": "true" });

/**
 * The grid line at which each heading's squares stand: a gap before each new group.
 * @param {Line[]} list
 */
function gridLines(list) {
  let at = 1;
  return list.map(({ group }, k) => at += k && group !== list[k - 1].group ? 2 : 1);
}

/**
 * @param {number[]} at lines of the squares; before them is the groups' heading
 * @param {string} way
 */
function gridSizes(at, way = "") {
  const sizes = at.map((line, k) =>
    k && line - at[k - 1] > 1 ? `var(--square-gap${way}) var(--square)` : "var(--square)"
  );
  return ["auto", ...sizes, "auto"].join(" ");
}

/** @type {(column: number, row: number) => string} */
const areaOf = (column, row) => `grid-area:${row}/${column}`;

/**
 * The name of each run of lines with one group, and its first line and the one after its last.
 * @param {Line[]} list
 * @param {number[]} at
 */
function groupHeads(list, at) {
  /** @type {[text: string, from: number, to: number][]} */
  const runs = [];
  for (const [k, { group = "" }] of list.entries()) {
    const last = runs.at(-1);
    if (last && k && list[k - 1].group === list[k].group) last[2] = at[k] + 1;
    else runs.push([group, at[k], at[k] + 1]);
  }
  return runs.filter(([text]) => text);
}

/**
 * @param {Line[]} list
 * @param {number[]} at
 */
const lineHeads = (list, at) =>
  list.map(({ text = "" }, k) => /** @type {const} */ ([text, at[k]])).filter(([text]) => text);

/**
 * A heading; its last word is the choice, and stands out.
 * @param {string} side
 * @param {string} text
 * @param {string} area
 */
function drawHead(side, text, area) {
  const words = text.split(" "), last = words.pop() ?? "";
  const style = `grid-area:${area}`,
    look = { class: `heading ${side}`, style, "aria-hidden": "true" };
  const strong = words.length ? h("b", "b", {}, last) : last;
  return h("span", side + area, look, words.length ? words.join(" ") + " " : null, strong);
}
