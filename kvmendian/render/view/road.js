// The road: places as columns, bytes as rows, a ribbon for each byte. Memory is drawn the way its
// owner reads it (`order`, from the atlas), so ribbons cross where somebody swaps and only there.

import { drawCell, drawRest } from "./cell.js";
import { h } from "./dom.js";
import { drawGap } from "./gap.js";
import { label, layOut, rowOrder } from "./layout.js";
import { evaluate, integerOf } from "./values.js";

/** @import { Item, Layout, Look, Spot, Step, Told } from "./types.d.ts" */

/**
 * Everything inside the SVG, as descriptions for `patch`.
 * @param {Told} told
 * @param {Look} look
 */
export function drawRoad(told, look) {
  const at = layOut(told, look.width, look.compact);
  const spots = told.road.steps.map((step, k) => ({
    step,
    k,
    rows: rowOrder(step, look.zeroOnTop),
    bytes: evaluate(step.lanes, told.palette),
  }));
  const list = [
    ...zones(told, at),
    ...spots.slice(1).map((spot, k) => drawGap(told, at, spots[k], spot, look)),
    ...spots.map((spot) => place(told, at, spot, look)),
  ];
  return {
    list,
    width: Math.round(at.width),
    height: Math.round(at.bottom + (look.compact ? 92 : 98)),
  };
}

/**
 * One line over the places of each zone, with its name and byte order.
 * @param {Told} told
 * @param {Layout} at
 */
function zones(told, at) {
  const { steps } = told.road;
  /** @type {{ zone: string, order: string, from: number, to: number }[]} */
  const runs = [];
  for (const k of at.order) {
    const last = runs.at(-1);
    if (last && last.zone === steps[k].zone) last.to = k;
    else runs.push({ zone: steps[k].zone, order: steps[k].order, from: k, to: k });
  }
  return runs.map(({ zone, order, from, to }, index) => {
    const x = at.places[from].x, end = at.places[to].x + at.column;
    const tip = told.setup.op === "load"
      ? `M${x + 7} 15L${x} 19L${x + 7} 23`
      : `M${end - 7} 15L${end} 19L${end - 7} 23`;
    const name = end - x < 112 ? zone.split(" ")[0] : zone;
    const ends = zone === "device" || at.order.at(-1) === to;
    const anchor = index === 0 ? "start" : ends ? "end" : "middle";
    const middle = { start: x, middle: (x + end) / 2, end }[anchor];
    const reads = h("tspan", "order", { class: "mute", dx: 5 }, order);
    return h(
      "g",
      "zone" + zone,
      {},
      h("path", "line", { d: `M${x} 19H${end}${tip}`, class: "zone" }),
      label("name", middle, 11, "zname", [name, zone === "kvm_run page" ? null : reads], anchor),
    );
  });
}

/**
 * A place: its name, its bytes, and how they are to be read.
 * @param {Told} told
 * @param {Layout} at
 * @param {Spot} spot
 * @param {Look} look
 */
function place(told, at, spot, look) {
  const { step, k, rows } = spot, { x, middle, top, bottom } = at.places[k];
  const head = step.rest.length ? top - 25 : top;
  const box = { x: x - 9, y: 25, width: at.column + 18, height: bottom + 2, rx: 8 };
  return h(
    "g",
    "place" + step.place,
    { class: look.step > 0 && k >= look.step ? "future" : null, "data-place": k },
    label("name", middle, 38, "m name", step.place),
    kind(told, at, step, middle),
    rows.map((position) => drawCell(at, spot, position, look)),
    step.rest.length ? drawRest(at, spot) : null,
    step.integer ? brackets(at, spot, head) : tapes(at, spot, head),
    step.integer ? number(told, at, spot) : addresses(at, spot, look),
    look.open === k && !at.compact
      ? h("path", "open", { class: "open", d: `M${x} 60H${x + at.column}` })
      : null,
    look.frame === k ? h("rect", "frame", { class: "frame", ...box }) : null,
  );
}

/**
 * Under a place's name: an integer or bytes; of mmio.data, whether it is what RAM would hold.
 * @param {Told} told
 * @param {Layout} at
 * @param {Step} step
 * @param {number} middle
 */
function kind(told, at, step, middle) {
  if (step.place === "mmio.data") {
    const same = told.mmio.every((byte, i) => byte === told.ram[i]);
    return label("kind", middle, 53, same ? "ram" : "ram bad", same ? "= RAM" : "≠ RAM");
  }
  return at.compact
    ? null
    : label("kind", middle, 53, "mute kind", step.integer ? "integer" : "bytes");
}

/**
 * What says that these bytes are one integer.
 * @param {Layout} at
 * @param {Spot} spot
 * @param {number} head
 */
export function brackets(at, { k }, head) {
  const { x, bottom } = at.places[k];
  /** @type {(key: string, edge: number, turn: number) => Item} */
  const bracket = (key, edge, turn) =>
    h("path", key, {
      class: "bracket",
      d: `M${edge + turn} ${head - 4}H${edge}V${bottom + 4}H${edge + turn}`,
    });
  return [bracket("bl", x - 4, 6), bracket("br", x + at.column + 4, -6)];
}

/**
 * What says that these bytes are memory, which goes on above and below.
 * @param {Layout} at
 * @param {Spot} spot
 * @param {number} head
 */
export function tapes(at, { k }, head) {
  const { x, bottom } = at.places[k];
  /** @type {(key: string, y: number, dy: number) => Item} */
  const tape = (key, y, dy) =>
    h("path", key, {
      class: "tape",
      d: [x, x + 24, x + at.column].map((edge) => `M${edge} ${y}v${dy}`).join(""),
    });
  return [tape("tapet", head - 3, -9), tape("tapeu", bottom + 3, 9)];
}

/**
 * An integer's value, in two lines where it is long.
 * @param {Told} told
 * @param {Layout} at
 * @param {Spot} spot
 */
export function number(told, at, { k, bytes }) {
  const { middle, bottom } = at.places[k], text = told.full(integerOf(bytes));
  if (text.length <= 10) {
    const small = text.length === 10 && at.pitch < 70 ? " small" : ""; // else it meets the next
    return label("value0", middle, bottom + 20, "m number" + small, text);
  }
  return [text.slice(0, -8), text.slice(-8)].map((line, n) =>
    label("value" + n, middle, bottom + (16 + 11 * n), "m number small", line)
  );
}

/**
 * Which way addresses grow.
 * @param {Layout} at
 * @param {Spot} spot
 * @param {Look} look
 */
export function addresses(at, { step, k }, look) {
  const { middle, bottom } = at.places[k];
  const down = step.order === "big" || look.zeroOnTop, word = at.column < 74 ? "addr" : "addresses";
  return label("value", middle, bottom + 24, "mute addr", `${word} ${down ? "↓" : "↑"}`);
}
