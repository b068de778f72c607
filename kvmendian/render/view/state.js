// The state of an Explorer: read from the model, judged, changed.

import { asBigInt, hexOf, valueProblem } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { Change, Given, Model, Setup, State } from "./types.d.ts" */

/**
 * @param {Model} model
 * @param {Atlas} atlas
 * @returns {Given}
 */
export function readState(model, atlas) {
  const setup = Object.fromEntries(atlas.fields.map((field) => [field, model.get(field)]));
  return {
    setup: /** @type {Setup} */ (setup),
    value: asBigInt(model.get("value")),
    step: model.get("step"),
    compare: model.get("compare"),
  };
}

/**
 * Whether two states are the same one.
 * @param {Given} one
 * @param {Given} two
 */
export const sameState = (one, two) => plain(one) === plain(two);

/** @param {Given} state */
const plain = (state) => JSON.stringify({ ...state, value: String(state.value) });

/**
 * The setup of the second road of a comparison.
 * @param {Atlas} atlas
 * @param {Given} state
 */
export const secondOf = (atlas, state) => atlas.turn(state.setup, state.compare ?? {});

/**
 * How many steps the longest of the state's roads has.
 * @param {Atlas} atlas
 * @param {Given} state
 */
export const stepsOf = (atlas, state) =>
  Math.max(...setupsOf(atlas, state).map((setup) => atlas.road(setup).steps.length));

/**
 * @param {Atlas} atlas
 * @param {Given} state
 */
const setupsOf = (atlas, state) => [
  state.setup,
  ...(state.compare ? [secondOf(atlas, state)] : []),
];

/**
 * @param {Atlas} atlas
 * @param {State} state
 * @param {Change} change
 * @returns {Given}
 */
export const changed = (atlas, state, change) => ({
  ...state,
  ...change,
  setup: atlas.turn(state.setup, change.setup),
});

/**
 * Say what is wrong with a state, or return "".
 * @param {Atlas} atlas
 * @param {Given} state
 * @returns {string}
 */
export function stateProblem(atlas, state) {
  for (const field of atlas.fields) {
    const choices = atlas.choices[field], choice = state.setup[field];
    if (choices.includes(choice)) continue;
    return `${atlas.labels[field]} cannot be ${JSON.stringify(choice)}: ${choices.join(", ")}`;
  }
  const why = atlas.problem(state.setup);
  if (why) return `These do not go together: ${why}`;
  if (!Number.isInteger(state.step) || state.step < 0) return "a step is a whole number from 0";
  const [pair, ...more] = Object.entries(Object(state.compare));
  if (state.compare && (more.length || !atlas.choices[pair?.[0]]?.includes(pair[1]))) {
    return "a comparison changes one field of the setup to one of its choices";
  }
  const alone = valueProblem(state.value, atlas.road(state.setup).bits);
  if (alone || !state.compare) return alone;
  const second = stateProblem(atlas, { ...state, compare: null, setup: secondOf(atlas, state) });
  return second && `The second road: ${second}`;
}

/**
 * A state after a toggle. Where the rest does not go with it any more, the rest gives way, and
 * `note` says so.
 * @param {Atlas} atlas
 * @param {State} good
 * @param {Change} change
 */
export function giveWay(atlas, good, change) {
  const next = changed(atlas, good, change), notes = [];
  if (next.compare && change.compare === undefined) {
    const [field] = Object.keys(next.compare);
    const met = next.compare[field] === next.setup[field];
    if (met) next.compare = { [field]: good.setup[field] }; // the two change places
    const why = atlas.problem(secondOf(atlas, next));
    if (why) {
      next.compare = null;
      notes.push(`Compared no more: ${why}.`);
    }
  }
  const bits = Math.min(...setupsOf(atlas, next).map((setup) => atlas.find(setup)?.bits ?? 0));
  if (bits && next.value !== null) {
    const cut = BigInt.asUintN(bits, next.value), was = hexOf(next.value);
    if (cut !== next.value) {
      const now = `the value is now ${hexOf(cut)}, its low bytes`;
      notes.push(`${was} does not fit ${bits} bits: ${now}.`);
    }
    next.value = cut;
  }
  return { next, note: notes.join(" ") };
}
