// The small road of a case: a scenario's data put together for `strip.js`.

import { hexByte, letterOf, paletteOf } from "./values.js";

/** @import { ScenarioData, Scene, Strip } from "./scenario.d.ts" */

/**
 * Where a byte stands, in words.
 * @param {Strip} strip
 * @param {number} byte
 */
export function sayByte({ columns, palette }, byte) {
  const stops = columns.map(({ lanes, integer, place }) => {
    const at = lanes.indexOf(byte);
    if (at < 0) return "";
    return integer ? `bits ${8 * at + 7}–${8 * at} of ${place}` : `${place}+${at}`;
  });
  const way = stops.filter(Boolean).join(" → ");
  return `Byte ${letterOf(byte)} (0x${hexByte(palette[byte])}): ${way}`;
}

/**
 * The picture of the case; while the question is open, only what is given of it.
 * @param {ScenarioData} data
 * @param {Scene} scene
 * @returns {Strip}
 */
export function stripOf({ blocks, pictures, columns, texts }, { reading, case_, answered }) {
  const picture = pictures[blocks[reading].cases[case_][4]];
  const [list, crossings, value, width, red, leftwards, given] = picture;
  const who = new Map(crossings.map(([name, , , column]) => [column, texts[name]]));
  return {
    columns: list.map((number, k) => {
      const [place, integer, lanes, head, owner, order, sub, against, rest] = columns[number];
      const hollow = !answered && k !== given, quiet = hollow && against !== null;
      return { // whose order a yardstick has may be the answer
        place: texts[place],
        integer: integer === 1,
        lanes,
        head: texts[head],
        owner: quiet ? "" : texts[owner],
        order,
        sub: quiet ? "" : texts[sub],
        against,
        beside: k !== given && (against !== null || k < given),
        rest,
        shown: lanes.map((_, position) => position).filter((p) => !rest.includes(p)),
        hollow,
        by: who.get(k) ?? "",
        why: "",
        zone: "",
        label: "above",
      };
    }),
    swaps: crossings.map(([name, swapped, needed, stage, did]) => ({
      who: texts[name],
      swapped: swapped === 1,
      needed: needed === 1,
      why: "",
      stage,
      did: texts[did],
    })),
    palette: paletteOf(BigInt(value)),
    width,
    red: red === 1,
    leftwards: leftwards === 1,
  };
}
