// Where everything of the road stands, and the few shapes that are drawn in many places.

import { h } from "./dom.js";
import { colourOf } from "./values.js";

/** @import { Child, Layout, Spot, Step, Told } from "./types.d.ts" */

/**
 * Where everything stands: depends on width of the page, places and bytes, never on orders.
 * @param {Told} told
 * @param {number} width of the picture, in pixels; a long road may be wider
 * @param {boolean} compact
 * @returns {Layout}
 */
export function layOut(told, width, compact) {
  const { steps, swaps } = told.road;
  const rowsOf = steps.map((step) => step.shown.length);
  const most = Math.max(...rowsOf);
  const row = Math.min(compact ? 25 : most <= 2 ? 46 : 42, (compact ? 160 : 208) / most);
  const swapAt = new Set(swaps.map((swap) => swap.stage));
  const units = steps.reduce((sum, _, k) => sum + (k === 0 ? 0 : swapAt.has(k) ? 2.6 : 1), 0);
  const wide = Math.max(width, 8 + 54 * steps.length + 10 * units); // else ribbons have no room
  const column = Math.max(54, Math.min(84, (wide - 8) / (steps.length + units * 0.42)));
  const unit = (wide - 8 - column * steps.length) / units;
  const body = most * row;
  const top = (compact ? 44 : 62) + (steps.some((step) => step.rest.length) ? 29 : 8);
  const axis = top + body / 2;
  const backwards = told.setup.op === "load";
  let x = 4;
  const places = new Array(steps.length);
  const order = steps.map((_, k) => (backwards ? steps.length - 1 - k : k));
  order.forEach((k, at) => {
    if (at) x += unit * (swapAt.has(backwards ? order[at - 1] : k) ? 2.6 : 1);
    const height = rowsOf[k] * row;
    places[k] = { x, middle: x + column / 2, top: axis - height / 2, bottom: axis + height / 2 };
    x += column;
  });
  const bottom = top + body, pitch = column + unit;
  return { row, column, pitch, places, axis, bottom, compact, order, width: wide };
}

/**
 * From top to bottom, which position of a place stands in each row.
 * @param {Step} step
 * @param {boolean} zeroOnTop
 */
export function rowOrder(step, zeroOnTop) {
  const up = [...step.shown].sort((a, b) => b - a);
  if (step.integer) return up;
  return zeroOnTop || step.order === "big" ? up.reverse() : up;
}

/**
 * The middle of the row in which a position of a place stands.
 * @param {Layout} at
 * @param {Spot} spot
 * @param {number} position
 */
export const middleOf = (at, spot, position) =>
  at.places[spot.k].top + (spot.rows.indexOf(position) + 0.5) * at.row;

/**
 * A line of text.
 * @param {string} key
 * @param {number} x
 * @param {number} y
 * @param {string} look its classes
 * @param {Child} text
 */
export const label = (key, x, y, look, text, anchor = "middle") =>
  h("text", key, { x, y, "text-anchor": anchor, class: look }, text);

/**
 * The class of what is not the lit byte, while one is lit.
 * @param {number | null} hot
 * @param {number} lane
 */
export const dim = (hot, lane) => (hot !== null && colourOf(lane) !== hot ? " dim" : "");
