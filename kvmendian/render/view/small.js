// A register, or a strip of memory, alone: for lessons. The same bytes, letters and bits as in the
// road.

import { h, patch } from "./dom.js";
import { keysOfBits, under } from "./keys.js";
import { drawBits } from "./panels.js";
import { asBigInt, evaluate, hexBytes, hexOf, paletteOf, valueProblem } from "./values.js";

/** @import { Context } from "./types.d.ts" */

/**
 * Show a place in `el`; what it returns takes it away again.
 * @param {Context} context
 */
export function small({ model, el }) {
  /** @type {string[]} */
  const keys = model.get("_keys");
  /** @type {Record<string, number[]>} */
  const places = model.get("_lanes");
  const root = document.createElement("div");
  root.className = "kvmendian kvmendian-small";
  el.append(root);
  let good = { value: 0n, lanes: Object.values(places)[0] }, error = "";

  function take() {
    const value = asBigInt(model.get("value"));
    const lanes = places[keys.map((key) => model.get(key)).join("|")];
    const asked = keys.map((key) => `${key} ${model.get(key)}`).join(", ");
    error = lanes ? valueProblem(value, 8 * lanes.length) : `no such place: ${asked}`;
    if (!error && value !== null) good = { value, lanes };
    draw();
  }

  function draw() {
    const { value, lanes } = good, integer = model.get("_integer"), place = model.get("name");
    const step = { place, integer, lanes, shown: lanes.map((_, k) => k) };
    const palette = paletteOf(value), bytes = hexBytes(evaluate(lanes, palette));
    const number = hexOf(value, 2 * lanes.length);
    const strip = {
      class: "bits",
      "data-value": hexOf(value),
      "data-bytes": bytes,
      role: "group",
      "aria-label": `${place}: ${integer ? number : bytes}`,
    };
    const below = integer ? h("p", "v", { class: "m" }, "= " + number) : null;
    patch(
      root,
      h("div", "bits", strip, drawBits(step, palette), below),
      h("p", "error", { class: "error", role: "alert" }, error),
    );
  }

  root.addEventListener("click", (event) => {
    const bit = under(event, "[data-bit]")?.dataset.bit;
    if (bit === undefined) return;
    const value = good.value ^ (1n << BigInt(bit));
    const number = typeof model.get("value") === "number" && value < 2n ** 53n;
    model.set("value", number ? Number(value) : hexOf(value));
    model.save_changes();
    take();
  });
  root.addEventListener("keydown", keysOfBits);
  const names = ["value", "name", ...keys];
  for (const name of names) model.on(`change:${name}`, take);
  take();
  return () => {
    for (const name of names) model.off(`change:${name}`, take);
  };
}
