// What the rest of a dump says of an access: the browser's half of `evidence/logs/context.py`.

/** @import { Order, Seen, Tables } from "./types.d.ts" */

const EE = 25n, E0E = 24n, E = 9n; // bits of SCTLR_EL1, and of CPSR
const PAGE = 0xffff_ffff_ffff_f000n, OFFSET = 0xfffn, FIPA = 0xffff_ffff_fff0n;

/**
 * A number of a log: `0x…`, with underscores or not, or hex digits alone.
 * @param {string} text
 */
export const hexNumber = (text) =>
  BigInt("0x" + text.toLowerCase().replaceAll("_", "").replace(/^0x/, ""));

/**
 * A number of a log that writes small ones in decimal.
 * @param {string} text
 */
export const anyNumber = (text) => /^0x/i.test(text) ? hexNumber(text) : BigInt(text);

/** @param {bigint} value */
export const hex = (value) => "0x" + value.toString(16);

/** @param {Seen} seen */
export const isAArch32 = (seen) => Boolean((seen.CPSR ?? 0n) & 0x10n);

/**
 * @param {Tables} tables
 * @param {Seen} seen
 */
export const isPhysical = (tables, seen) => tables.physical.some((name) => name in seen);

/**
 * @param {Tables} tables
 * @param {bigint} cpsr
 */
const modeOf = (tables, cpsr) =>
  tables.modes[cpsr & 0x10n ? "32" : "64"][String(cpsr & 0x1fn)] ?? "reserved mode";

/**
 * @param {bigint} value
 * @param {bigint} bit
 */
const bitOf = (value, bit) => Number(value >> bit & 1n);

/**
 * The order of the guest's data, where a dump tells it, and which sentence says why.
 * @param {Tables} tables
 * @param {Seen} seen
 * @returns {Order}
 */
export function orderOf(tables, seen) {
  const { CPSR: cpsr, SCTLR: sctlr } = seen;
  if (cpsr !== undefined && isAArch32(seen)) {
    return told("order-e", bitOf(cpsr, E), modeOf(tables, cpsr));
  }
  if (sctlr === undefined) return { guest: null, sentence: "order-open", values: {} };
  const level = cpsr === undefined ? null : Number(cpsr >> 2n & 3n);
  const ee = bitOf(sctlr, EE), e0e = bitOf(sctlr, E0E);
  if (level === 0 || level === 1) {
    const mode = modeOf(tables, cpsr ?? 0n);
    return level ? told("order-ee", ee, mode) : told("order-e0e", e0e, mode);
  }
  if (level !== null) return { guest: null, sentence: "order-open", values: {} };
  if (ee !== e0e) return { guest: null, sentence: "order-mixed", values: { bit: ee } };
  return told("order-both", ee, "");
}

/**
 * @param {string} sentence
 * @param {number} bit
 * @param {string} mode
 */
function told(sentence, bit, mode) {
  const guest = bit ? "big" : "little";
  return { guest, sentence, values: { guest, bit, mode } };
}

/**
 * The guest physical address, and which sentence says so.
 * @param {Seen} seen
 * @returns {[bigint | null, string | null]}
 */
export function addressOf(seen) {
  const { FAR: far, gpa, IPA: ipa, HPFAR: hpfar } = seen;
  if (gpa !== undefined) return [gpa, "address"];
  const page = ipa ?? (hpfar === undefined ? undefined : (hpfar & FIPA) << 8n);
  if (page === undefined) return [null, far === undefined ? null : "virtual"];
  if (page & OFFSET) return [page, "address"];
  if (far === undefined) return [page, "page"];
  return [page & PAGE | far & OFFSET, "address"];
}

/**
 * What the bits of CPSR and SCTLR mean.
 * @param {Tables} tables
 * @param {Seen} seen
 */
export function meaningsOf(tables, seen) {
  /** @type {Record<string, string>} */
  const words = {};
  const { CPSR: cpsr, SCTLR: sctlr } = seen;
  if (cpsr !== undefined) {
    const mode = modeOf(tables, cpsr);
    words.CPSR = isAArch32(seen) ? `AArch32, ${mode}, E = ${bitOf(cpsr, E)}` : `AArch64, ${mode}`;
  }
  if (sctlr !== undefined) words.SCTLR = `EE = ${bitOf(sctlr, EE)}, E0E = ${bitOf(sctlr, E0E)}`;
  return words;
}
