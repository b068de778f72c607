// A small road beside a map: a few places in a row, and held against the last ones a yardstick.
// Which bytes stand where, and who should have swapped, comes from Python.

import { drawCell, drawRest } from "./cell.js";
import { h } from "./dom.js";
import { drawGap } from "./gap.js";
import { label, rowOrder } from "./layout.js";
import { addresses, brackets, number, tapes } from "./road.js";
import { evaluate, hexBytes, hexOf } from "./values.js";

/** @import { Layout, Look, Spot, Told } from "./types.d.ts" */
/** @import { Column, Strip } from "./scenario.d.ts" */

const EDGE = 9, TOP = 66, BODY = 160;

/**
 * Everything inside the SVG, as descriptions for `patch`.
 * @param {Strip} strip
 * @param {number} width of the picture, in pixels
 * @param {number | null} hot the byte that is lit
 */
export function drawStrip(strip, width, hot) {
  const { columns, palette, leftwards } = strip, at = layOutStrip(strip, width);
  /** @type {Look} */
  const look = {
    width,
    hot,
    zeroOnTop: false,
    bits: false,
    compact: false,
    step: 0,
    open: -1,
    frame: null,
  };
  const spots = columns.map((step, k) => ({
    step,
    k,
    rows: rowOrder(step, false),
    bytes: evaluate(step.lanes, palette),
  }));
  const told = toldOf(strip);
  const gaps = spots.slice(1).map((spot, n) => {
    const { step } = spot, before = spots[n];
    if (columns[spot.k].against === null) {
      return step.hollow || before.step.hollow ? null : drawGap(told, at, before, spot, look);
    }
    return columns.some(({ hollow }) => hollow) ? null : drawMarks(strip, at, spots, spot.k);
  });
  const list = [
    ...columns.map((column, k) => drawHeading(at, column, k, leftwards)),
    ...gaps.filter((gap) => gap !== null),
    ...spots.map((spot) => drawColumn(told, at, spot, look)),
  ];
  const said = Math.max(0, ...strip.swaps.map((swap) => linesOf(swap.who) + 1));
  const low = strip.swaps.some((swap) => swap.did.includes(",")) ? 1 : 0;
  return { list, height: Math.round(at.bottom + 34 + 13.5 * (Math.max(3, said) + low)) };
}

/** @param {string} name */
const linesOf = (name) => Math.ceil(name.length / 13);

/**
 * What the road's own drawing asks of a story.
 * @param {Strip} strip
 */
function toldOf({ swaps, palette, width, leftwards }) {
  const told = {
    road: { swaps },
    setup: { op: leftwards ? "load" : "store", width },
    palette,
    /** @param {bigint} value */
    full: (value) => hexOf(value, 2 * width),
  };
  return /** @type {Told} */ (/** @type {unknown} */ (told));
}

/**
 * Columns of one width, gaps alike, but narrow ones before a yardstick. Nothing depends on orders.
 * @param {Strip} strip
 * @param {number} width
 * @returns {Layout}
 */
function layOutStrip({ columns, leftwards }, width) {
  const most = Math.max(...columns.map((column) => column.shown.length));
  const row = Math.min(40, BODY / most);
  /** @type {number[]} */
  const weights = columns.map(({ against }, k) => k === 0 ? 0 : against === null ? 2.2 : 1.1);
  const units = weights.reduce((sum, weight) => sum + weight, 0), count = columns.length;
  const air = width < 400 ? 0.5 : 0.34; // on a phone a number below a place is wider than the place
  const column = Math.max(50, Math.min(78, (width - 2 * EDGE) / (count + units * air)));
  const unit = Math.min(60, (width - 2 * EDGE - column * count) / (units || 1));
  const top = TOP + (columns.some(({ rest }) => rest.length) ? 32 : 8), axis = top + most * row / 2;
  const order = columns.map((_, k) => (leftwards ? count - 1 - k : k));
  const places = new Array(count);
  let x = EDGE;
  order.forEach((k, n) => {
    if (n) x += unit * weights[leftwards ? order[n - 1] : k];
    const half = columns[k].shown.length * row / 2;
    places[k] = { x, middle: x + column / 2, top: axis - half, bottom: axis + half };
    x += column;
  });
  const bottom = axis + most * row / 2;
  const pitch = column + unit;
  return { row, column, pitch, places, axis, bottom, compact: false, order, width, least: 12 };
}

/**
 * Above a place: whose it is and which order that one has, a rule in the direction of travel.
 * @param {Layout} at
 * @param {Column} column
 * @param {number} k
 * @param {boolean} leftwards
 */
function drawHeading(at, column, k, leftwards) {
  const { head, owner, beside } = column;
  const { x, middle } = at.places[k], end = x + at.column;
  const tip = beside
    ? ""
    : leftwards
    ? `M${x + 7} 16L${x} 20L${x + 7} 24`
    : `M${end - 7} 16L${end} 20L${end - 7} 24`;
  const beneath = !owner || isTight(at, column, k);
  const order = beneath ? null : h("tspan", "o", { class: "mute", dx: 4 }, owner);
  const name = at.column < 64 && owner ? head.split(" ").at(-1) ?? head : head;
  return h(
    "g",
    "head" + k,
    {},
    h("path", "line", {
      d: `M${x} 20H${end}${tip}`,
      class: beside ? "zone dot" : "zone",
    }),
    label("name", middle, 12, "zname", [name, order]),
  );
}

/**
 * Whether an order has no room beside the name of whose it is: then it stands below the place's.
 * @param {Layout} at
 * @param {Column} column
 * @param {number} k
 */
function isTight({ places }, { head, owner }, k) {
  const beside = [places[k - 1], places[k + 1]].filter(Boolean);
  const room = Math.min(...beside.map(({ middle }) => Math.abs(middle - places[k].middle)));
  return 7.6 * head.length + 7 * owner.length > room;
}

/**
 * @param {Told} told
 * @param {Layout} at
 * @param {Spot} spot
 * @param {Look} look
 */
function drawColumn(told, at, spot, look) {
  const column = /** @type {Column} */ (spot.step), { k, rows } = spot;
  const { middle, top } = at.places[k], head = column.rest.length ? top - 25 : top;
  const kind = column.sub || (isTight(at, column, k) && column.owner) ||
    (column.integer ? "integer" : "bytes");
  const frame = column.integer ? brackets(at, spot, head) : tapes(at, spot, head);
  return h(
    "g",
    "place" + k,
    { "data-place": k },
    label("name", middle, 40, "m name", column.place),
    label("kind", middle, 56, "mute kind", kind),
    frame,
    column.hollow
      ? rows.map((position, n) => drawHollow(at, k, position, n))
      : rows.map((position) => drawCell(at, spot, position, look)),
    column.rest.length && !column.hollow ? drawRest(at, spot) : null,
    column.hollow ? null : column.integer ? number(told, at, spot) : addresses(at, spot, look),
  );
}

/**
 * A byte that is not told yet.
 * @param {Layout} at
 * @param {number} k
 * @param {number} position
 * @param {number} n
 */
function drawHollow(at, k, position, n) {
  const { x, top } = at.places[k], box = { width: at.column, height: at.row - 3, rx: 4 };
  return h("rect", "hollow" + position, { class: "hollow", x, y: top + n * at.row + 1.5, ...box });
}

/**
 * Between a place and its yardstick: equal or not, byte by byte.
 * @param {Strip} strip
 * @param {Layout} at
 * @param {Spot[]} spots
 * @param {number} k
 */
function drawMarks({ columns, red }, at, spots, k) {
  const one = at.places[k], two = at.places[k - 1];
  const x = (Math.min(one.x, two.x) + at.column + Math.max(one.x, two.x)) / 2;
  const mine = spots[k], other = spots[columns[k].against ?? 0];
  const marks = mine.rows.map((position, n) => {
    const same = mine.bytes[position] === other.bytes[other.rows[n]];
    const y = one.top + (n + 0.5) * at.row + 6;
    return label("eq" + n, x, y, "eq" + (same || !red ? "" : " bad"), same ? "=" : "≠");
  });
  const rest = [mine, other].map(({ step, bytes }) => step.rest.map((p) => bytes[p]));
  if (rest[0].length && rest[1].length) {
    const same = String(rest[0]) === String(rest[1]);
    const look = "eq" + (same || !red ? "" : " bad");
    marks.push(label("eqr", x, one.top - 9, look, same ? "=" : "≠"));
  }
  return h("g", "marks" + k, {}, marks);
}

/**
 * A small road in words, for those who do not see it.
 * @param {Strip} strip
 */
export const sayStrip = ({ columns, palette }) =>
  columns.map(({ place, head, integer, lanes, hollow }) => {
    if (hollow) return `${head}, ${place}, not told yet`;
    const bytes = evaluate(lanes, palette);
    return `${head}, ${place}, ${integer ? "integer" : "bytes"} ` +
      hexBytes(integer ? bytes.reverse() : bytes);
  }).join("; ");
