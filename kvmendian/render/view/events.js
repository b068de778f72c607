// Lines of a trace by Python's tables: the browser's half of `evidence/logs/traces.py`.

import { anyNumber, hex, hexNumber } from "./dump.js";
import { bytesOf, explain, findingOf, firstSetup, shownAs, syndromeOf } from "./syndrome.js";

/** @import { Finding, Tables } from "./types.d.ts" */

/** @typedef {Record<string, string>} Groups what a pattern found; groups that found nothing lack */
/** @typedef {(tables: Tables, got: Groups, event: string) => Finding} Reader */

/**
 * @param {Tables} tables
 * @param {string[]} keys
 * @param {Record<string, unknown>} values
 * @param {[string, unknown][]} fields
 * @param {Partial<Finding>} parts
 * @param {Record<string, string>} meanings
 */
function traceOf(tables, keys, values, fields, parts = {}, meanings = {}) {
  const head = { kind: "trace", text: "", explanation: explain(tables, keys, values) };
  return findingOf(tables, head, fields, meanings, parts);
}

/**
 * @param {Tables} tables
 * @param {string} op
 * @param {number} width
 */
const setupFor = (tables, op, width) =>
  firstSetup(tables, {
    op,
    width,
    signed: false,
    register_width: null,
    arch: "arm64",
    guest: null,
  });

/**
 * @param {bigint} value
 * @param {number} width
 */
const fitting = (value, width) => value >> BigInt(8 * width) ? null : hex(value);

/** @type {Reader} */
function mmioEvent(tables, got) {
  const said = got.type.toLowerCase();
  const kind = tables.types.includes(said) ? said : tables.types[Number(anyNumber(said))];
  const len = Number(got.len), gpa = anyNumber(got.gpa), val = anyNumber(got.val);
  const op = kind === "write" ? "store" : "load", asked = kind === "unsatisfied-read";
  const keys = [kind, ...(asked ? [] : aboutVal(len, val)), "untold"];
  return traceOf(
    tables,
    keys,
    { bytes: bytesOf(len), gpa: hex(gpa) },
    [["type", kind], ["len", len], ["gpa", gpa], ["val", val]],
    {
      op,
      width: len,
      address: hex(gpa),
      value: hex(val),
      start: asked ? null : fitting(val, len),
      setup: setupFor(tables, op, len),
    },
  );
}

/**
 * What is said of val: what a big-endian host shows of fewer than 8 bytes is no value.
 * @param {number} len
 * @param {bigint} val
 */
function aboutVal(len, val) {
  const shown = BigInt.asUintN(8 * len, val) ? "val-shown" : "val-lost";
  return ["val", ...(len < 8 ? [shown] : []), ...(len === 1 ? ["one-byte"] : [])];
}

/** @type {Reader} */
function faultEvent(tables, got, event) {
  const [name, far] = event === "kvm_guest_fault" ? ["hsr", "hxfar"] : ["esr", "far"];
  const seen = { PC: hexNumber(got.pc), FAR: hexNumber(got[far]), IPA: hexNumber(got.ipa) };
  return syndromeOf(tables, name, hexNumber(got[name]), "", seen);
}

/** @type {Reader} */
function exitEvent(tables, got) {
  const ec = hexNumber(got.ec), name = tables.classes[String(ec)] ?? "a reserved class";
  /** @type {[string, unknown][]} */
  const fields = [["EC", ec], ...pairs("PC", got.pc && hexNumber(got.pc))];
  return traceOf(tables, ["kvm_exit"], { name }, fields, {}, { EC: name });
}

/**
 * @param {string} name
 * @param {unknown} value left out where there is none
 * @returns {[string, unknown][]}
 */
const pairs = (name, value) => value === undefined ? [] : [[name, value]];

/** @type {Reader} */
function reasonEvent(tables, got) {
  const { reason, number } = got, small = reason.toLowerCase();
  const named = [small, `${small} ${number}`].find((one) => Object.hasOwn(tables.reasons, one));
  const other = small === "error" ? "reason-error" : "reason";
  const key = named === undefined ? other : tables.reasons[named];
  /** @type {[string, unknown][]} */
  const fields = [["reason", reason], ...pairs("number", number && BigInt(number))];
  return traceOf(tables, [key], { reason, number }, fields);
}

/** @type {Reader} */
function structEvent(tables, got) {
  const len = Number(got.len), gpa = anyNumber(got.gpa), write = Number(got.write);
  const data = got.data.toLowerCase().match(/[0-9a-fx]+/g) ?? [];
  const bytes = data.map((text) => Number(anyNumber(text) & 0xffn));
  const op = write ? "store" : "load", stale = bytes.slice(len).some(Boolean);
  const wrong = stale && !write && !bytes.slice(0, len).some(Boolean);
  const above = [...(stale ? ["stale"] : []), ...(wrong ? ["wrong-end"] : [])];
  const keys = [write ? "struct-write" : "struct-read", ...above, "device"];
  const dump = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return traceOf(
    tables,
    keys,
    { bytes: bytesOf(len), gpa: hex(gpa), len, all: 8 },
    [["phys_addr", gpa], ["data", dump], ["len", len], ["is_write", write]],
    { op, width: len, address: hex(gpa), setup: setupFor(tables, op, len) },
  );
}

/** @type {Reader} */
function regionEvent(tables, got) {
  const size = Number(got.len), val = anyNumber(got.val), at = anyNumber(got.gpa);
  const op = got.type.toLowerCase() === "write" ? "store" : "load";
  const whole = got.kind.toLowerCase() !== "subpage";
  return traceOf(
    tables,
    [op === "store" ? "region-write" : "region-read", "pieces"],
    { region: got.region || "without a name" },
    [
      ["cpu_index", Number(got.cpu_index)],
      ["mr", hexNumber(got.mr)],
      [whole ? "addr" : "offset", at],
      ["value", val],
      ["size", size],
      ...pairs("name", got.region),
    ],
    {
      op,
      width: size,
      address: whole ? hex(at) : null,
      value: hex(val),
      start: fitting(val, size),
      setup: setupFor(tables, op, size),
    },
  );
}

/** @type {Reader} */
function invalidEvent(tables, got) {
  const size = Number(got.len), kind = got.type.toLowerCase(), reason = got.reason.toLowerCase();
  /** @type {Record<string, string>} */
  const ops = { read: "load", write: "store" };
  const { region, limits } = got;
  return traceOf(
    tables,
    ["invalid", ...(limits ? ["invalid-size"] : [])],
    { type: kind, bytes: bytesOf(size), region: region || "without a name", reason, limits },
    [
      ["addr", anyNumber(got.gpa)],
      ["size", size],
      ["region", region],
      ["reason", reason],
      ...pairs("limits", limits),
    ],
    { op: ops[kind] ?? null, width: size },
    { addr: "from the region's start" },
  );
}

/** @type {Record<string, Reader>} */
const READERS = {
  kvm_mmio: mmioEvent,
  kvm_mmio_raw: mmioEvent,
  kvm_guest_fault: faultEvent,
  kvm_mmio_nisv: faultEvent,
  kvm_exit: exitEvent,
  kvm_userspace_exit: reasonEvent,
  strace_exit: reasonEvent,
  mmio_struct: structEvent,
  memory_region: regionEvent,
  invalid_access: invalidEvent,
};

/**
 * Every event of a line, with its column.
 * @param {Tables} tables
 * @param {{ prefix: RegExp, events: [string, string, RegExp][] }} patterns
 * @param {string} line
 * @returns {[number, Finding][]}
 */
export function eventsOf(tables, patterns, line) {
  const small = line.toLowerCase();
  /** @type {[number, Finding][]} */
  const found = [];
  for (const [event, need, pattern] of patterns.events) {
    if (!small.includes(need)) continue;
    for (const match of line.matchAll(pattern)) {
      const got = /** @type {Groups} */ (match.groups);
      const finding = READERS[event](tables, got, event);
      const fields = [
        ["event", event.replace(/_raw$/, "")],
        ...beforeEvent(patterns.prefix, line.slice(0, match.index)),
      ].map(([name, value]) => [name, shownAs(tables, name, value), ""]);
      const all = /** @type {Finding["fields"]} */ ([...fields, ...finding.fields]);
      found.push([match.index, { ...finding, kind: "trace", text: match[0], fields: all }]);
    }
  }
  return found;
}

/**
 * Task, process, CPU, flags and time of what stands before an event.
 * @param {RegExp} pattern
 * @param {string} text
 * @returns {[string, any][]}
 */
function beforeEvent(pattern, text) {
  const [match] = text.matchAll(pattern);
  const groups = Object.entries(match?.groups ?? {}).filter(([, value]) => value !== undefined);
  return groups.map(([name, value]) => [
    name,
    name === "pid" || name === "cpu" ? BigInt(value) : value,
  ]);
}
