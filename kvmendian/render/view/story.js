// One access in words: what it gives, where a byte goes, and where two accesses part.

import { evaluate, hexByte, hexBytes, hexOf, integerOf, LETTERS, paletteOf } from "./values.js";

/** @import { Atlas } from "./atlas.js" */
/** @import { Difference, Setup, Step, Told } from "./types.d.ts" */

/**
 * One access: everything that the picture and its data attributes say.
 * @param {Atlas} atlas
 * @param {Setup} setup
 * @param {bigint} value
 * @returns {Told}
 */
export function tell(atlas, setup, value) {
  const road = atlas.road(setup), palette = paletteOf(value);
  const ends = Object.entries(road.ends).map(([end, lanes]) => [end, evaluate(lanes, palette)]);
  /** @type {Record<string, number[]>} */
  const bytes = Object.fromEntries(ends);
  /** @type {(one: string, two: string) => boolean} */
  const same = (one, two) => bytes[one].every((byte, k) => byte === bytes[two][k]);
  const mask = (1n << BigInt(8 * setup.width)) - 1n;
  /** @param {bigint} v */
  const low = (v) => hexOf(v & mask, 2 * setup.width);
  /** @param {bigint} v */
  const full = (v) => (v > mask ? hexOf(v, 2 * road.slot) : low(v));
  const register = integerOf(bytes.register), device = integerOf(bytes.device);
  const software = integerOf(bytes.software), expected = integerOf(bytes.expected);
  const honours = same("mmio", "ram") && same("register", "expected");
  const rightDriver = (device & mask) === (software & mask);
  const facts = [honours, rightDriver, road.always].map(Number).join("");
  const [judgement, sentence] = atlas.data.verdicts[setup.op][facts];
  /** @type {Record<string, string>} */
  const words = {
    ...atlas.data.phrases,
    x0: road.register,
    device: low(device),
    software: low(software),
    result: full(software),
    register: full(register),
    expected: full(expected),
  };
  return {
    road,
    setup,
    value,
    palette,
    honours,
    judgement,
    sentence: sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]),
    full,
    mmio: bytes.mmio,
    ram: bytes.ram,
    register,
    device,
    swaps: road.swaps.filter((swap) => swap.swapped).length,
  };
}

/**
 * The road of one byte in words, for the line under the verdict.
 * @param {Told} told
 * @param {number} byte 0 for A
 */
export function tellByte(told, byte) {
  const stops = [];
  for (const { integer, lanes, place, shown } of told.road.steps) {
    const at = shown.find((position) => lanes[position] === byte);
    if (at === undefined) continue;
    stops.push(integer ? `bits ${8 * at + 7}–${8 * at} of ${place}` : `${place}+${at}`);
  }
  return `Byte ${LETTERS[byte]} (0x${hexByte(told.palette[byte])}): ${stops.join(" → ")}`;
}

/**
 * The first place or ledger line in which two stories differ: which places, and a sentence.
 * @param {Told} one
 * @param {Told} two
 * @returns {Difference}
 */
export function firstDifference(one, two) {
  const a = one.road, b = two.road;
  for (let i = 0; i < Math.max(a.steps.length, b.steps.length); i++) {
    const p = a.steps.at(i), q = b.steps.at(i);
    if (!p || !q || p.place !== q.place) {
      const text = `${(p ?? q)?.place} above, ${(q ?? p)?.place} below`;
      return { frames: [p ? i : null, q ? i : null], text };
    }
    const s = a.swaps.find((swap) => swap.stage === i);
    const t = b.swaps.find((swap) => swap.stage === i);
    if (s && t && s.swapped !== t.swapped) {
      const [above, below] = [s, t].map((swap) => swap.swapped ? "swaps" : "does not swap");
      return { frames: [i, i], text: `${s.who} ${above} above, ${below} below` };
    }
    const text = unlike(p, evaluate(p.lanes, one.palette), q, evaluate(q.lanes, two.palette));
    if (text) return { frames: [i, i], text };
  }
  return { frames: [null, null], text: "" };
}

/**
 * How the bytes of one place differ, in words, or "".
 * @param {Step} p
 * @param {number[]} above
 * @param {Step} q
 * @param {number[]} below
 */
function unlike(p, above, q, below) {
  if (String(p.lanes) === String(q.lanes) && hexBytes(above) === hexBytes(below)) return "";
  const moved = !p.integer && hexBytes([...above].sort()) === hexBytes([...below].sort());
  const holds = moved ? "the same bytes at other addresses" : "other bytes";
  return `${p.place} holds ${holds} (${p.by === q.by ? p.by : `${p.by} above, ${q.by} below`})`;
}
