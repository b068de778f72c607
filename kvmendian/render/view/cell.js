// A byte of a place: its colour, letter, pattern and digits.

import { h } from "./dom.js";
import { dim, label } from "./layout.js";
import { colourOf, hexByte, hexBytes, letterOf, WORD } from "./values.js";

/** @import { Item, Layout, Look, Spot } from "./types.d.ts" */

export const MOTIFS = ["", "1 0", "7 5", "1.5 4", "1 0", "2 3", "8 3 1.5 3", "3 1.5"];

/** @param {number} n */
const superscript = (n) => String(n).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);

/**
 * @param {Layout} at
 * @param {Spot} spot
 * @param {number} position an address, or a byte of an integer
 * @param {Look} look
 */
export function drawCell(at, spot, position, look) {
  const { step, k, rows, bytes } = spot;
  const lane = step.lanes[position], colour = colourOf(lane), tall = at.row, wide = at.column;
  const y = at.places[k].top + rows.indexOf(position) * tall;
  const gap = step.integer ? 0 : Math.min(1.5, tall / 12), round = step.integer ? 9 : 0;
  const top = rows[0] === position ? round : 0, low = rows.at(-1) === position ? round : 0;
  const box = corners(gap, wide, tall - gap, top, low);
  const size = Math.max(at.least ?? 0, Math.min(16, tall * 0.54, wide / 4.6)),
    base = tall / 2 + size * 0.36;
  const start = step.integer ? 8 : wide < 64 ? 21 : 29;
  const hexAt = start + (lane < WORD ? (wide < 64 ? 13 : 14) : 21);
  const kids = [h("path", "fill", { d: box, class: "fill" })];
  if (!step.integer) {
    const tab = corners(gap, start - 5, tall - gap, 0, 0);
    kids.push(
      h("path", "tab", { d: tab, class: "tab" }),
      label("at", (start - 5) / 2, tall / 2 + 4, "m on tiny", "+" + position),
    );
  } else if (wide >= 64) {
    const weight = "2" + superscript(8 * position);
    kids.push(label("at", wide - 6, tall / 2 + 4, "on tiny", weight, "end"));
  }
  if (tall >= 20 && colour === lane && MOTIFS[lane]) {
    const from = step.integer ? 3 : start - 3;
    kids.push(
      rail("r1", from, gap + 3.5, wide - 3, MOTIFS[lane]),
      rail("r2", from, tall - gap - 3.5, wide - 3, MOTIFS[lane]),
    );
  }
  const letter = { x: start, y: base - 0.5, class: "on letter" };
  kids.push(
    h("path", "edge", { d: box, class: "edge" }),
    h("text", "letter", { ...letter, style: `font-size:${Math.min(13, size)}px` }, letterOf(lane)),
    h(
      "text",
      "hex",
      { x: hexAt, y: base, class: "m on", style: `font-size:${size}px` },
      hexByte(bytes[position]),
    ),
  );
  return h("g", `cell${k}/${lane < WORD ? lane : "f" + position}`, {
    class: `cell c${colour}${lane < WORD ? "" : " filled"}${dim(look.hot, lane)}`,
    "data-lane": lane,
    "data-stage": k,
    style: `transform:translate(${at.places[k].x}px,${y}px)`,
  }, kids);
}

/**
 * @param {string} key
 * @param {number} from
 * @param {number} y
 * @param {number} to
 * @param {string} motif
 */
const rail = (key, from, y, to, motif) =>
  h("path", key, { d: `M${from} ${y}H${to}`, class: "rail", "stroke-dasharray": motif });

/**
 * A box from x = 0 whose corners are round by `top` above and by `low` below.
 * @param {number} y
 * @param {number} right
 * @param {number} bottom
 * @param {number} top
 * @param {number} low
 */
function corners(y, right, bottom, top, low) {
  return [
    `M${top} ${y}H${right - top}Q${right} ${y} ${right} ${y + top}`,
    `V${bottom - low}Q${right} ${bottom} ${right - low} ${bottom}`,
    `H${low}Q0 ${bottom} 0 ${bottom - low}V${y + top}Q0 ${y} ${top} ${y}Z`,
  ].join("");
}

/**
 * The bytes of the register that do not take part: their true values, in a dashed box on top.
 * @param {Layout} at
 * @param {Spot} spot
 * @returns {Item}
 */
export function drawRest(at, { step, k, bytes }) {
  const { x, middle, top } = at.places[k];
  const order = step.integer ? [...step.rest].reverse() : step.rest;
  const values = order.map((position) => bytes[position]);
  const half = Math.ceil(values.length / 2);
  const alike = values.every((byte) => byte === values[0]);
  const lines = alike
    ? [label("l0", middle, top - 11, "m tiny", `${values.length} × ${hexByte(values[0])}`)]
    : [values.slice(0, half), values.slice(half)].map((some, row) =>
      label("l" + row, middle, top - (16 - 9 * row), "m wee", hexBytes(some))
    );
  const box = { x: x + 1, y: top - 25, width: at.column - 2, height: 21 };
  const title = h("title", "t", {}, `${step.label}: ${hexBytes(values)}`);
  return h("g", "rest", { class: "rest" }, title, h("rect", "box", box), lines);
}
