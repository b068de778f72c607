// The whole picture of a state: controls, verdict, road, bits, yardstick and ledger.

import { drawControls, optionText, ORDER } from "./controls.js";
import { h } from "./dom.js";
import { drawBits, drawEvidence, drawLedger, drawNote, drawYard } from "./panels.js";
import { drawRoad } from "./road.js";
import { secondOf, stepsOf } from "./state.js";
import { firstDifference, tell, tellByte } from "./story.js";
import { evaluate, hexBytes, hexOf } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { Attributes, Difference, Item, Look, Setup, State, Told, View } from "./types.d.ts" */

/**
 * Everything inside the Explorer's root, as descriptions for `patch`.
 * @param {Atlas} atlas
 * @param {State} state
 * @param {View} view
 */
export function drawPicture(atlas, state, view) {
  const setups = state.compare ? [state.setup, secondOf(atlas, state)] : [state.setup];
  const [one, two] = setups.map((setup) => tell(atlas, setup, state.value));
  const names = setups.map((setup) => nameOf(atlas, state, setup));
  const bare = view.only && !view.only.length;
  const controls = bare
    ? null
    : h("div", "controls", { class: "controls" }, drawControls(atlas, state, view));
  if (!two) return [controls, drawSide(atlas, state, view, one, "", 0, null)];
  const difference = firstDifference(one, two);
  const panels = [one, two].map((told, k) => {
    const name = h("p", "n", { class: "side-name" }, names[k]);
    return h("div", "s" + k, {}, name, drawYard(told), drawLedger(told));
  });
  return [
    controls,
    h("p", "first", { class: "verdict first" }, sayDifference(difference, one, two)),
    [one, two].map((told, k) => drawSide(atlas, state, view, told, names[k], k, difference)),
    h("div", "low", { class: "low" }, panels),
    drawNote(view.zeroOnTop, false),
  ];
}

/**
 * What tells the two roads of a comparison apart; empty for one road.
 * @param {Atlas} atlas
 * @param {State} state
 * @param {Setup} setup
 */
function nameOf(atlas, { compare }, setup) {
  const [field] = Object.keys(compare ?? {});
  return field ? `${atlas.labels[field]} ${optionText(field, setup[field])}` : "";
}

/**
 * @param {Difference} difference
 * @param {Told} one
 * @param {Told} two
 */
function sayDifference({ text }, one, two) {
  if (!text) return ["No difference: both do the same with every byte."];
  const same = hexBytes(one.mmio) === hexBytes(two.mmio);
  return [`First difference: ${text}.`, same ? " mmio.data is the same at every address." : ""];
}

/**
 * One road with its verdict and its panels; `name` and `difference` are of a comparison.
 * @param {Atlas} atlas
 * @param {State} state
 * @param {View} view
 * @param {Told} told
 * @param {string} name
 * @param {number} k 0, or 1 for the second road
 * @param {Difference | null} difference
 */
function drawSide(atlas, state, view, told, name, k, difference) {
  const { steps, why } = told.road, compact = difference !== null;
  const step = Math.min(state.step, steps.length), at = steps[step - 1];
  const mmio = steps.findIndex(({ place }) => place === "mmio.data");
  /** @type {Look} */
  const look = {
    width: view.width,
    hot: view.hot,
    zeroOnTop: view.zeroOnTop,
    compact,
    bits: view.bits ?? !compact,
    step,
    open: Math.min(at ? step - 1 : view.open ?? mmio, steps.length - 1),
    frame: difference && difference.frames[k],
  };
  const road = drawRoad(told, look), reason = at ? `${at.place}: ${at.why}` : why;
  const { width, height } = road;
  return h(
    "section",
    "side" + k,
    {
      class: "kvmendian-explorer" + (compact ? " compact" : ""),
      "aria-label": name ? `Road with ${name}` : "Road of one access",
      ...dataOf(told, step),
    },
    h("p", "print", { class: "print" }, saySetup(atlas, told)),
    h(
      "div",
      "head",
      { class: "head" },
      drawVerdict(told, name, view.hot === null ? reason : tellByte(told, view.hot), k),
      k === 0 ? drawSteps(state.step, stepsOf(atlas, state), view) : null,
    ),
    h("svg", "road", {
      class: "road",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      tabindex: "0",
      role: "application",
      "aria-roledescription": "picture of the road",
      "aria-label": sayRoad(told),
    }, road.list),
    look.bits
      ? h("div", "bits", { class: "bits" }, drawBits(steps[look.open], told.palette))
      : null,
    compact ? null : h(
      "div",
      "low",
      { class: "low" },
      h("div", "y", {}, drawYard(told), drawEvidence(told)),
      h("div", "l", {}, drawLedger(told), drawNote(look.zeroOnTop, look.bits)),
    ),
  );
}

/**
 * The state as data attributes: for tests, and for whoever reads the page with a program.
 * @param {Told} told
 * @param {number} step
 * @returns {Attributes}
 */
const dataOf = (told, step) => ({
  "data-setup": JSON.stringify(told.setup),
  "data-value": hexOf(told.value),
  "data-register": hexOf(told.register),
  "data-device-value": hexOf(told.device),
  "data-mmio-data": hexBytes(told.mmio),
  "data-ram-bytes": hexBytes(told.ram),
  "data-honours-abi": String(told.honours),
  "data-step": String(step),
  "data-swaps": String(told.swaps),
});

/**
 * The setup in a line, for print, where there are no controls.
 * @param {Atlas} atlas
 * @param {Told} told
 */
function saySetup({ labels }, { setup, value }) {
  const fields = ORDER.map((field) => `${labels[field]}: ${optionText(field, setup[field])}`);
  return [...fields, `${labels.value}: ${hexOf(value)}`].join(" · ");
}

/**
 * The road for a screen reader: every place with its bytes, an integer's as it is written.
 * @param {Told} told
 */
function sayRoad({ judgement, sentence, road, palette }) {
  const places = road.steps.map(({ place, integer, lanes }, k) => {
    const bytes = evaluate(lanes, palette);
    const said = integer ? `integer ${hexBytes(bytes.reverse())}` : `bytes ${hexBytes(bytes)}`;
    return `${k + 1}, ${place}, ${said}`;
  });
  const keys = "Arrow keys: left and right step, up and down light a byte.";
  return `${judgement}: ${sentence} ${places.join("; ")}. ${keys}`;
}

/**
 * @param {Told} told
 * @param {string} name
 * @param {string} why
 * @param {number} k
 * @returns {Item}
 */
function drawVerdict({ judgement, sentence }, name, why, k) {
  const live = k === 0 ? { "aria-live": "polite", "aria-atomic": "true" } : {};
  const look = judgement === "Right" ? null : "bad";
  const words = sentence.split(/(0x[0-9a-f]+)/).map((part, i) =>
    i % 2 ? h("span", "v" + i, { class: "m" }, part) : part
  );
  return h(
    "div",
    "told",
    { class: "told", ...live },
    h(
      "p",
      "verdict",
      { class: "verdict" },
      name ? h("span", "n", { class: "side-name" }, name + " ") : null,
      h("span", "j", { class: look }, judgement + ": "),
      words,
    ),
    h("p", "why", { class: "why" }, why),
  );
}

/**
 * The buttons that step through the places.
 * @param {number} step
 * @param {number} most
 * @param {View} view
 */
function drawSteps(step, most, { playing }) {
  /** @type {(does: string, attributes: Attributes, text: string) => Item} */
  const button = (does, attributes, text) =>
    h("button", does, { type: "button", class: "btn", "data-do": does, ...attributes }, text);
  /** @type {(label: string, off: boolean) => Attributes} */
  const arrow = (label, off) => ({ "aria-label": label, "aria-disabled": off ? "true" : null });
  return h(
    "div",
    "steps",
    { class: "steps", role: "group", "aria-label": "Step through the places" },
    button("back", arrow("Step back", step === 0), "◀"),
    h("output", "at", { "aria-live": "off" }, step ? `${step} of ${most}` : "whole road"),
    button("on", arrow("Step forward", step >= most), "▶"),
    button("play", { "aria-pressed": playing ? "true" : "false" }, playing ? "Stop" : "Play"),
  );
}
