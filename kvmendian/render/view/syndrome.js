// A syndrome taken apart by Python's tables: the browser's half of `evidence/logs/syndromes.py`.

import { addressOf, hex, isAArch32, isPhysical, meaningsOf, orderOf } from "./dump.js";

/** @import { Access, Bits, Finding, Seen, Tables } from "./types.d.ts" */

const DATA = 0x24, FETCH = 0x20, ALIGNMENT = 0x21;

/** @param {number} count */
export const bytesOf = (count) => `${count} byte${count === 1 ? "" : "s"}`;

/**
 * Sentences, with what they need filled in.
 * @param {Tables} tables
 * @param {string[]} keys
 * @param {Record<string, unknown>} values
 */
export const explain = (tables, keys, values) =>
  keys.map((key) => tables.sentences[key].replace(/\{(\w+)\}/g, (_, name) => `${values[name]}`))
    .join(" ");

/**
 * A field's value as it is written: small and decimal ones as they are, others in hex.
 * @param {Tables} tables
 * @param {string} name
 * @param {unknown} value
 */
export function shownAs(tables, name, value) {
  if (value === null) return "None";
  const number = typeof value === "bigint" || typeof value === "number";
  const plain = !number || tables.decimal.includes(name) || (value > -10 && value < 10);
  return plain ? String(value) : hex(BigInt(value));
}

/** An empty finding: what a text does not tell is null. */
const nothing = () => ({
  op: null,
  width: null,
  signed: null,
  register: null,
  register_width: null,
  valid: null,
  address: null,
  value: null,
  guest: null,
  start: null,
  setup: null,
});

/**
 * @param {Tables} tables
 * @param {{ kind: string, text: string, explanation: string }} head
 * @param {[string, unknown][]} fields
 * @param {Record<string, string>} meanings
 * @param {Partial<Finding>} parts
 * @returns {Finding}
 */
export const findingOf = (tables, head, fields, meanings, parts) => ({
  ...nothing(),
  ...head,
  line: 0,
  fields: fields.map(([name, value]) => [
    name,
    shownAs(tables, name, value),
    meanings[name] ?? "",
  ]),
  ...parts,
});

/**
 * The first setup that remains, or null: what Python's `remaining` begins with.
 * @param {Tables} tables
 * @param {Access} access
 */
export function firstSetup(tables, { op, width, signed, register_width, arch, guest }) {
  const bits = register_width === null || op === "store" ? tables.bits[arch] : register_width;
  const point = [op, width, Boolean(signed), bits, arch].join("|");
  if (!tables.possible.includes(point)) return null;
  return {
    ...tables.defaults,
    op,
    width,
    guest: guest ?? "little",
    signed: Boolean(signed),
    register_width: bits,
    arch,
  };
}

/**
 * What a syndrome says, with what else is seen.
 * @param {Tables} tables
 * @param {string} name
 * @param {bigint} value
 * @param {string} text
 * @param {Seen} seen
 * @returns {Finding}
 */
export function syndromeOf(tables, name, value, text, seen) {
  const iss = Number(value & 0x1ffffffn), nisv = name === "esr_iss";
  const ec = nisv ? DATA : Number(value >> 26n & 0x3fn);
  const known = tables.classes[ec] ?? "a reserved class", layout = tables.layoutOf[ec];
  const parts = tables.layouts[layout] ?? [];
  /** @type {Bits} */
  const bits = Object.fromEntries(
    parts.map(([field, high, low]) => [field, iss >>> low & (2 ** (high - low + 1) - 1)]),
  );
  /** @type {[string, unknown][]} */
  const fields = [[name, value]];
  /** @type {Record<string, string>} */
  let meanings = {};
  if (!nisv) {
    const il = Number(value >> 25n & 1n);
    fields.push(["EC", ec], ["IL", il]);
    if (value >> 32n) fields.push(["ISS2", value >> 32n & 0xffffffn]);
    meanings = { EC: known, IL: il ? "32-bit instruction" : "16-bit instruction" };
  }
  fields.push(
    ...(layout ? Object.entries(bits) : [/** @type {[string, number]} */ (["ISS", iss])]),
  );
  Object.assign(meanings, meaningsOfIss(tables, layout, bits), meaningsOf(tables, seen));
  let keys = ["class"], more = {};
  /** @type {Record<string, unknown>} */
  let values = { name: known[0].toUpperCase() + known.slice(1), ...bits };
  const routed = (/** @type {number} */ sure) =>
    Boolean(sure) || tables.routed.includes(name) || isPhysical(tables, seen);
  if (layout === "system") {
    keys.push("system");
    values.direction = bits.Direction ? "MRS" : "MSR";
  } else if (layout === "instruction") {
    fields.push(...placeOf(tables, bits.IFSC, ec === FETCH && routed(bits.S1PTW)));
    if (ec === FETCH) {
      const fetched = fetchOf(tables, bits, seen);
      keys.push(...fetched.keys);
      more = { address: fetched.address };
      values.address = fetched.address ?? "";
    }
  } else if (layout === "data") {
    const place = placeOf(tables, bits.DFSC, ec === DATA && routed(bits.ISV || bits.S1PTW));
    fields.push(...place);
    const staged = place.some(([field]) => field === "stage");
    ({ keys, parts: more, values } = abortOf(tables, { name, ec, staged, bits, seen }));
  }
  for (const field of tables.names) if (field in seen) fields.push([field, seen[field]]);
  const head = { kind: "syndrome", text, explanation: explain(tables, keys, values) };
  return findingOf(tables, head, fields, meanings, more);
}

/**
 * The sentences of an instruction abort, and its address.
 * @param {Tables} tables
 * @param {Bits} bits
 * @param {Seen} seen
 */
function fetchOf(tables, bits, seen) {
  if (bits.S1PTW) return { keys: ["abort injected"], address: null };
  const outcome = tables.fetches[tables.groups[bits.IFSC]];
  const [address, where] = addressOf(seen);
  const jumped = seen.PC !== undefined && seen.PC === seen.FAR && outcome === "fetched";
  const keys = [outcome, ...(where ? [where] : []), ...(jumped ? ["jumped"] : [])];
  return { keys, address: address === null ? null : hex(address) };
}

/**
 * Stage and level, where they can be known.
 * @param {Tables} tables
 * @param {number} code
 * @param {boolean} routed
 * @returns {[string, number][]}
 */
function placeOf(tables, code, routed) {
  const level = tables.levels[code];
  return [
    ...(routed && tables.staged.includes(code)
      ? [/** @type {[string, number]} */ (["stage", 2])]
      : []),
    ...(level === null ? [] : [/** @type {[string, number]} */ (["level", level])]),
  ];
}

/**
 * What each field of the ISS means.
 * @param {Tables} tables
 * @param {string | undefined} layout
 * @param {Bits} bits
 */
function meaningsOfIss(tables, layout, bits) {
  const parts = tables.layouts[layout ?? ""] ?? [];
  /** @type {Record<string, string>} */
  const words = {};
  for (const [name, , , flag] of parts) if (flag.length) words[name] = flag[bits[name]];
  if (layout === "instruction") words.IFSC = tables.faults[bits.IFSC];
  if (layout !== "data") return words;
  words.SAS = bytesOf(1 << bits.SAS);
  words.SRT = bits.SRT === 31 ? "the zero register" : `register ${bits.SRT}`;
  words.LST = tables.lst[bits.DFSC][bits.LST];
  words.DFSC = tables.faults[bits.DFSC];
  if (!bits.ISV) { for (const name of tables.noIsv) words[name] = "nothing without ISV"; }
  return words;
}

/**
 * A data abort: the finding's parts, the sentences to say, and what they need.
 * @param {Tables} tables
 * @param {{ name: string, ec: number, staged: boolean, bits: Bits, seen: Seen }} abort
 */
function abortOf(tables, { name, ec, staged, bits, seen }) {
  const op = bits.WnR ? "store" : "load", lower = ec === DATA, group = tables.groups[bits.DFSC];
  const aarch32 = isAArch32(seen), arch = name === "HSR" && aarch32 ? "arm" : "arm64";
  const width = bits.LST && group === 2 ? 64 : 1 << bits.SAS;
  const kind = aarch32 ? "r" : bits.SF ? "x" : "w", register = tables.registers[kind][bits.SRT];
  const register_width = bits.SF && !aarch32 ? 64 : 32;
  const flags = 8 * bits.S1PTW + 4 * bits.CM + 2 * bits.ISV + Number(bits.LST !== 0);
  const outcome = tables.outcomes[16 * group + flags];
  const problem = bits.ISV
    ? tables.problems[16 * bits.WnR + 4 * bits.SAS + 2 * bits.SSE + bits.SF]
    : "";
  const order = orderOf(tables, seen),
    [address, at] = addressOf(seen),
    fault = tables.faults[bits.DFSC];
  const values = {
    bytes: bytesOf(width),
    register,
    fault: staged ? `stage 2 ${fault}` : fault,
    problem,
    address: address === null ? "" : hex(address),
    ...order.values,
  };
  const emulated = outcome === "KVM_EXIT_MMIO", signed = Boolean(bits.SSE), guest = order.guest;
  /** @type {Partial<Finding>} */
  const parts = {
    op: bits.CM ? null : op,
    valid: Boolean(bits.ISV),
    address: address === null ? null : hex(address),
    guest,
  };
  if (bits.ISV) {
    const access = { op, width, signed, register_width, arch, guest };
    const setup = lower && emulated && !problem ? firstSetup(tables, access) : null;
    Object.assign(parts, { register, width, signed, register_width, setup });
  }
  const where = at ? [at] : [];
  /** @param {unknown} holds @param {string} key */
  const when = (holds, key) => holds ? [key] : [];
  let keys;
  if (!lower) keys = [`same-${op}`, "same"];
  else if (name === "esr_iss") keys = [`invalid-${op}`, ...where, "nisv"];
  else if (bits.CM) keys = [...where, outcome];
  else if (problem) keys = ["refused", ...where];
  else {
    const extends_ = bits.ISV && bits.SSE, one = width === 1;
    keys = [
      extends_ ? "signed" : bits.ISV ? op : `invalid-${op}`,
      ...when(bits.ISV && bits.SRT === 31, `zero-${op}`),
      ...where,
      ...when(emulated && (!one || guest), order.sentence),
      ...when(emulated && (one || guest === "big"), one ? "one-byte" : "big"),
      outcome,
      ...when(bits.DFSC === ALIGNMENT, "alignment"),
      ...when(!bits.ISV && name === "ESR" && !isPhysical(tables, seen), "el1"),
      ...when(emulated && extends_ && arch === "arm64", "sign-lost"),
      ...when(bits.ISV && arch === "arm" && bits.SAS === 3, "arm-8"),
    ];
  }
  return { keys, parts, values };
}
