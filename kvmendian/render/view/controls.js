// The toggles: native radio buttons and selects, described from the atlas's choices and labels.

import { h } from "./dom.js";
import { hexOf } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { Choice, Compare, Radios, Setup, State, View } from "./types.d.ts" */

/** Fields of a setup in the order in which they are shown. */
export const ORDER = [
  "arch",
  "op",
  "width",
  "guest",
  "host",
  "device",
  "target",
  "driver",
  "signed",
  "register_width",
  "design",
];

/** @type {Record<string, string>} */
const SHORT = { "signed/false": "off", "signed/true": "on" };

/**
 * @param {string} field
 * @param {Choice} choice
 */
export const optionText = (field, choice) => SHORT[`${field}/${choice}`] ?? String(choice);

/**
 * Why a choice cannot be taken now, or undefined.
 * @param {Atlas} atlas
 * @param {Setup} setup
 * @param {string} field
 * @param {Choice} choice
 */
const blocked = (atlas, setup, field, choice) =>
  atlas.problem(atlas.turn(setup, { [field]: choice }));

/**
 * Why a field makes no difference now, or null.
 * @param {Atlas} atlas
 * @param {Setup} setup
 * @param {string} field
 */
function idleness(atlas, setup, field) {
  if (field === "target" && setup.device !== "native") return "Matters for a native device only";
  if (field !== "arch") return null;
  const [one, two] = atlas.choices[field].map((arch) => atlas.find(atlas.turn(setup, { arch })));
  if (
    !one || !two || one.always !== two.always || String(one.ends.mmio) !== String(two.ends.mmio)
  ) {
    return null;
  }
  return "Here it changes the width of a register slot, and no byte that anybody sees";
}

/**
 * All controls that `view.only` names, and the line below them.
 * @param {Atlas} atlas
 * @param {State} state
 * @param {View} view
 */
export function drawControls(atlas, state, view) {
  const { only, id } = view;
  /** @param {string} name */
  const wanted = (name) => !only || only.includes(name);
  const compare = state.compare ? pairKey(state.compare) : "";
  const presets = view.presets.map(({ name }, k) => [String(k), name]);
  const fields = ORDER.filter(wanted);
  return [
    fields.map((field) => radios(atlas, state.setup, field, id)),
    wanted("value") ? valueField(atlas, state, view) : null,
    wanted("presets") ? picker("preset", "Start from", presets, view.preset, "Presets…") : null,
    wanted("compare")
      ? picker("compare", "Compare with", comparisons(atlas, state), compare, "nothing (one road)")
      : null,
    only ? null : h("button", "map", { type: "button", class: "btn", "data-do": "map" }, "Map"),
    lines(notNow(atlas, state.setup, fields), view),
  ];
}

/**
 * One field of the setup as a group of radio buttons.
 * @param {Atlas} atlas
 * @param {Setup} setup
 * @param {string} field
 * @param {string} id
 */
function radios(atlas, setup, field, id) {
  const name = `${id}-${field}`;
  const options = atlas.choices[field].map((choice) => {
    const why = blocked(atlas, setup, field, choice), chosen = setup[field] === choice;
    const value = String(choice), off = why && !chosen ? why : "";
    return { value, text: optionText(field, choice), chosen, off };
  });
  const idle = idleness(atlas, setup, field);
  return drawRadios({ key: field, name, legend: atlas.labels[field], idle, options }, `${id}-off`);
}

/**
 * Choices in a row, of which one is taken: native radio buttons.
 * @param {Radios} radios
 * @param {string} reasons id of the line that says why some are off
 */
export function drawRadios({ key, name, legend, idle, disabled, options }, reasons) {
  const buttons = options.map(({ value, text, chosen, off }) => {
    const input = {
      type: "radio",
      name,
      value,
      "data-field": key,
      checked: chosen,
      disabled: Boolean(off),
      "aria-describedby": off ? reasons : null,
    };
    return h(
      "label",
      value,
      { title: off || undefined, class: chosen ? "chosen" : off ? "off" : null },
      h("input", "i", input),
      h("span", "s", {}, text),
    );
  });
  return h(
    "fieldset",
    key,
    { class: idle ? "idle" : null, title: idle, disabled: disabled ?? false },
    h("legend", "l", { id: `${name}-note` }, legend),
    h("div", "seg", { class: "seg" }, buttons),
  );
}

/**
 * Which choices cannot be taken now, and why: those with one reason together.
 * @param {Atlas} atlas
 * @param {Setup} setup
 * @param {string[]} fields
 */
function notNow(atlas, setup, fields) {
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const field of fields) {
    for (const choice of atlas.choices[field]) {
      const why = blocked(atlas, setup, field, choice);
      if (!why || setup[field] === choice) continue;
      const name = `${atlas.labels[field]} ${optionText(field, choice)}`;
      reasons.set(why, [...(reasons.get(why) ?? []), name]);
    }
  }
  return [...reasons].map(([why, names]) => `${names.join(", ")}: ${why}`).join(" · ");
}

/**
 * @param {Atlas} atlas
 * @param {State} state
 * @param {View} view
 */
function valueField(atlas, { setup, value }, { id, error, typed }) {
  const input = {
    type: "text",
    "data-do": "value",
    spellcheck: "false",
    autocomplete: "off",
    value: typed ?? hexOf(value, 2 * setup.width),
    "aria-invalid": error ? "true" : "false",
    "aria-describedby": `${id}-error`,
  };
  return h(
    "label",
    "value",
    { class: "field" },
    h("span", "l", { class: "lab" }, atlas.labels.value),
    h("input", "i", input),
  );
}

/**
 * What cannot be taken now; a message takes its place, so that the road stays where it is.
 * @param {string} off
 * @param {View} view
 */
function lines(off, { id, error, note }) {
  const said = error || note, look = "mute offnote" + (said ? " unseen" : "");
  return h(
    "div",
    "lines",
    { class: "lines" },
    h("p", "off", { id: `${id}-off`, class: look }, off ? `Not available now — ${off}` : ""),
    h("p", "error", { id: `${id}-error`, class: "error", role: "alert" }, said),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string[][]} options a key and a text each
 * @param {string} chosen
 * @param {string} none text of the choice of nothing
 */
function picker(name, label, options, chosen, none) {
  const choices = [["", none], ...options].map(([value, text]) =>
    h("option", value, { value, selected: value === chosen }, text)
  );
  return h(
    "label",
    name,
    { class: "field" },
    h("span", "l", { class: "lab" }, label),
    h("select", "s", { "data-do": name }, choices),
  );
}

/** @param {NonNullable<Compare>} change */
const pairKey = (change) =>
  Object.entries(change).map(([field, choice]) => `${field}=${choice}`).join("&");

/**
 * Every change of one field that is possible now, and the one in force: [key, text].
 * @param {Atlas} atlas
 * @param {State} state
 */
function comparisons(atlas, { setup, compare }) {
  const found = [];
  for (const field of ORDER) {
    for (const choice of atlas.choices[field]) {
      const possible = choice !== setup[field] && !blocked(atlas, setup, field, choice);
      if (!possible && compare?.[field] !== choice) continue;
      const text = `${atlas.labels[field]}: ${optionText(field, choice)}`;
      found.push([pairKey({ [field]: choice }), text]);
    }
  }
  return found;
}
