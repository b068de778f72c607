// Below the road: the bits of one place, the yardstick (RAM) and the ledger of who swapped.

import { h } from "./dom.js";
import { colourOf, evaluate, hexByte, letterOf, WORD } from "./values.js";

/** @import { Child, Step, Told } from "./types.d.ts" */

/**
 * Eight numbered bits for every byte of a place; a click flips the bit of the value behind it.
 * @param {Pick<Step, "place" | "integer" | "lanes" | "shown">} step
 * @param {Uint8Array} palette
 */
export function drawBits(step, palette) {
  const bytes = evaluate(step.lanes, palette), up = [...step.shown].sort((a, b) => a - b);
  const order = step.integer ? up.reverse() : up;
  const entry = order.find((position) => step.lanes[position] < WORD); // Tab enters here
  const groups = order.map((position) => {
    const lane = step.lanes[position], free = lane < WORD;
    const bits = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => {
      const number = step.integer ? 8 * position + bit : bit;
      const set = (bytes[position] >> bit) & 1;
      const where = step.integer ? step.place : `${step.place}+${position}`;
      const button = {
        type: "button",
        "data-bit": free ? 8 * lane + bit : null,
        "aria-pressed": String(set === 1),
        "aria-label": `bit ${number} of ${where}, byte ${letterOf(lane)}`,
        disabled: !free,
        tabindex: position === entry && bit === 7 ? "0" : "-1",
      };
      const over = h("span", "n", { class: "n", "aria-hidden": "true" }, number);
      return h("span", "b" + bit, { class: "bit" }, over, h("button", "f", button, set));
    });
    const address = h("span", "a", { class: "mute" }, step.integer ? "" : `+${position} `);
    const digits = ` 0x${hexByte(bytes[position])}`;
    return h(
      "div",
      "g" + position,
      { class: `byte c${colourOf(lane)}${free ? "" : " filled"}`, "data-lane": lane },
      h("div", "bits", { class: "eight" }, bits),
      h("div", "cap", { class: "cap" }, address, h("b", "l", {}, letterOf(lane)), digits),
    );
  });
  const kind = step.integer
    ? `an integer: bit ${8 * step.shown.length - 1} counts most, bit 0 counts 1`
    : "bytes: each has its own address and its own bits 7 to 0";
  const hint = h("span", "hint", { class: "mute" }, " · click a bit to flip it");
  const row = {
    class: "bitrow " + (step.integer ? "integer" : "memory"),
    role: "group",
    "aria-label": `Bits of ${step.place}; arrow keys move, space flips`,
  };
  return [
    h("h3", "h", {}, "Bits of ", h("b", "p", {}, step.place), `, ${kind}`, hint),
    h("div", "row", row, groups),
  ];
}

/** @param {Told} told */
export function drawYard(told) {
  const { mmio, ram } = told.road.ends, { instruction } = told.road;
  const equal = told.mmio.map((byte, k) => byte === told.ram[k]);
  const wrong = equal.filter((same) => !same).length;
  const judged = wrong === 0
    ? "Equal at every address"
    : wrong === mmio.length
    ? "Different at every address"
    : `Different at ${wrong} of ${mmio.length} addresses`;
  return [
    h("h3", "hy", {}, "The yardstick: the same instruction on RAM"),
    h(
      "div",
      "yard",
      { class: "yard", style: `--n:${mmio.length}` },
      h("span", "c", {}),
      mmio.map((_, k) => h("span", "a" + k, { class: "ad" }, "+" + k)),
      h("span", "n1", { class: "nm m" }, "mmio.data"),
      strip("m", mmio, told.mmio),
      h("span", "e", {}),
      equal.map((same, k) =>
        h("span", "e" + k, { class: same ? "eq" : "eq ne" }, same ? "=" : "≠")
      ),
      h("span", "n2", { class: "nm" }, "RAM", h("small", "i", { class: "m mute" }, instruction)),
      strip("r", ram, told.ram),
    ),
    h(
      "p",
      "says",
      { class: "says" },
      h("b", "b", { class: wrong ? "bad" : null }, judged + ": "),
      sentence(told, wrong),
      told.setup.op === "store"
        ? ""
        : ` RAM is what this load must have found to give ${told.road.register}.`,
    ),
  ];
}

/**
 * @param {string} name
 * @param {number[]} lanes
 * @param {number[]} bytes
 */
const strip = (name, lanes, bytes) =>
  lanes.map((lane, k) => {
    const letter = h("i", "l", {}, letterOf(lane));
    return h("span", name + k, { class: `by c${colourOf(lane)}` }, letter, hexByte(bytes[k]));
  });

/**
 * What `wrong` addresses mean for the ABI sentence.
 * @param {Told} told
 * @param {number} wrong
 */
function sentence(told, wrong) {
  if (wrong) return "the ABI sentence is broken.";
  if (told.honours) return "the ABI sentence holds.";
  const above = ` The low bytes are right; the bytes above them in ${told.road.register} are not.`;
  return "and yet the sentence is broken." + (told.setup.op === "store" ? "" : above);
}

/**
 * What a real kernel did in this state, and a button that shows that very access.
 * @param {Told} told
 */
export function drawEvidence({ road, value }) {
  const { evidence, recorded } = road, shown = recorded && BigInt(recorded) === value;
  const look = { type: "button", class: "btn", "data-do": "recorded", "data-value": recorded };
  return h(
    "p",
    "evidence",
    { class: recorded ? "evidence" : "evidence mute" },
    evidence,
    recorded && !shown ? [" ", h("button", "r", look, "Show that access")] : null,
  );
}

/** @param {Told} told */
export function drawLedger(told) {
  const rows = told.road.swaps.map((swap, k) => {
    const wrong = swap.swapped !== swap.needed;
    const disc = "num" + (wrong ? " bad" : "") + (swap.swapped ? "" : " dashed");
    return h(
      "tr",
      "s" + k,
      {},
      h("td", "n", {}, h("span", "d", { class: disc }, k + 1)),
      h("th", "w", { scope: "row", class: "m" }, swap.who),
      h("td", "d", { class: wrong ? "bad" : swap.swapped ? "yes" : "mute" }, swap.did),
      h("td", "y", {}, swap.why),
    );
  });
  const table = h("table", "t", { class: "ledger" }, h("tbody", "b", {}, rows));
  return [h("h3", "hl", {}, told.road.head), table];
}

const ZERO_ON_TOP = "Address 0 is on top everywhere: a little host's own loads and stores cross " +
  "too, and are no swaps. ";
const HOSTS_WAY = "All other steps load, store or copy the host's own way. Memory is drawn the " +
  "way the host reads it, so every crossing is a swap. ";

/**
 * How memory is drawn, in words, and the two buttons that change the drawing.
 * @param {boolean} zeroOnTop
 * @param {boolean | null} bits
 */
export function drawNote(zeroOnTop, bits) {
  /** @type {(key: string, does: string, pressed: boolean, text: Child) => Child} */
  const button = (key, does, pressed, text) =>
    h(
      "button",
      key,
      { type: "button", class: "btn", "data-do": does, "aria-pressed": String(pressed) },
      text,
    );
  return h(
    "p",
    "note",
    { class: "mute note" },
    zeroOnTop ? ZERO_ON_TOP : HOSTS_WAY,
    button("z", "zero", zeroOnTop, "Address 0 on top"),
    " ",
    button("b", "bits", Boolean(bits), "Bits"),
  );
}
