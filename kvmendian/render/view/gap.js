// Between two places: a ribbon for each byte, the badge of a swap, and who takes the step.

import { MOTIFS } from "./cell.js";
import { h } from "./dom.js";
import { dim, label, middleOf } from "./layout.js";
import { colourOf, WORD, ZERO } from "./values.js";

/** @import { Item, Layout, Look, Spot, Step, Swap, Told } from "./types.d.ts" */

/**
 * @param {Told} told
 * @param {Layout} at
 * @param {Spot} before
 * @param {Spot} after the place that the access reaches next
 * @param {Look} look
 */
export function drawGap(told, at, before, after, look) {
  const { swaps } = told.road, a = before.step, b = after.step, k = after.k;
  const backwards = told.setup.op === "load";
  const from = at.places[before.k].x + (backwards ? 0 : at.column);
  const to = at.places[k].x + (backwards ? at.column : 0);
  const kids = [], moving = [];
  for (const position of b.shown) {
    const lane = b.lanes[position], start = a.lanes.indexOf(lane);
    if (lane === ZERO || start < 0) continue;
    const y = middleOf(at, after, position);
    moving.push(y);
    if (!a.shown.includes(start)) continue;
    kids.push(ribbon(lane, curve(from, middleOf(at, before, start), to, y), at, look));
  }
  const number = swaps.findIndex((swap) => swap.stage === k), swap = swaps[number];
  if (swap) kids.push(badge(at, swap, number + 1, from, to, moving.slice(0, told.setup.width)));
  kids.push(caption(at, b, swap, (from + to) / 2));
  const future = look.step > 0 && k >= look.step;
  return h("g", "gap" + b.place, { class: future ? "future" : null }, kids);
}

/**
 * A path that leaves and arrives level.
 * @param {number} from
 * @param {number} y
 * @param {number} to
 * @param {number} z
 */
function curve(from, y, to, z) {
  const middle = (from + to) / 2;
  return `M${from} ${y}C${middle} ${y} ${middle} ${z} ${to} ${z}`;
}

/**
 * @param {number} lane
 * @param {string} d its path
 * @param {Layout} at
 * @param {Look} look
 */
function ribbon(lane, d, at, look) {
  const thick = Math.max(5, Math.min(15, at.row * 0.4)), style = `d:path("${d}")`;
  const motif = lane < WORD && MOTIFS[lane];
  return h(
    "g",
    "rib" + lane,
    { class: `rib c${colourOf(lane)}${dim(look.hot, lane)}`, "data-lane": lane },
    h("path", "case", { d, style, class: "case", "stroke-width": thick + 3 }),
    h("path", "rim", { d, style, class: "rim", "stroke-width": thick + 1.2 }),
    h("path", "col", { d, style, class: "col", "stroke-width": thick }),
    motif ? h("path", "mot", { d, style, class: "mot", "stroke-dasharray": motif }) : null,
  );
}

/**
 * A numbered disc where somebody swaps or should; a ghost of the other way where that is wrong.
 * @param {Layout} at
 * @param {Swap} swap
 * @param {number} number
 * @param {number} from
 * @param {number} to
 * @param {number[]} rows where the bytes arrive
 * @returns {Item}
 */
function badge(at, swap, number, from, to, rows) {
  const x = (from + to) / 2, wrong = swap.swapped !== swap.needed, kids = [];
  const first = Math.min(...rows), last = Math.max(...rows);
  const y = rows.length ? (first + last) / 2 : at.axis;
  if (wrong && rows.length > 1) {
    const ends = swap.needed ? [[first, last], [last, first]] : [[first, first], [last, last]];
    ends.forEach(([start, end], k) => {
      const d = curve(from, start, to, end);
      kids.push(
        h("path", "under" + k, { d, class: "case", "stroke-width": 5 }),
        h("path", "ghost" + k, { d, class: "ghost" }),
      );
    });
  }
  const look = (swap.swapped ? "" : " dashed") + (wrong ? " wrong" : "");
  kids.push(
    h("path", "stem", { d: `M${x} ${y + 11}V${at.bottom + 26}`, class: "stem" + look }),
    h("circle", "disc", { cx: x, cy: y, r: 11, class: "disc" + look }),
    label("no", x, y + 4.5, "no" + (wrong ? " bad" : ""), number),
  );
  return h("g", "badge", {}, kids);
}

/**
 * Under a gap: the function that takes the step, broken at underscores, and what it does.
 * @param {Layout} at
 * @param {Step} step
 * @param {Swap | undefined} swap
 * @param {number} x
 */
function caption(at, step, swap, x) {
  const wrong = swap && swap.swapped !== swap.needed;
  const longest = at.least ? 14 : Math.max(10, Math.floor(at.column / 6.2)), y = at.bottom + 37;
  /** @type {string[]} */
  const lines = [];
  for (const part of step.by.split(/(?<=[_ ])/).filter(Boolean)) {
    const last = lines.length - 1;
    if (lines.length && (lines[last] + part).trim().length <= longest) lines[last] += part;
    else lines.push(part);
  }
  const by = swap ? (wrong ? "m by bad" : "m by") : "m by mute";
  const did = "did" + (wrong ? " bad" : swap?.swapped ? "" : " mute");
  const said = swap ? swap.did.split(", ") : [], below = 12.5 * lines.length;
  return h(
    "g",
    "caption",
    {},
    lines.map((line, k) => label("f" + k, x, y + 12.5 * k, by, line.trim())),
    said.map((line, k) => label("d" + k, x, y + below + 13 * k + 1, did, line)),
  );
}
