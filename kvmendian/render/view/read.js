// `kvmendian.read` where no kernel is: the browser's half of `evidence/logs/reading.py`, for
// syndromes and traces. What is to be known stands in Python's tables.

import { anyNumber, hexNumber, orderOf } from "./dump.js";
import { eventsOf } from "./events.js";
import { explain, syndromeOf } from "./syndrome.js";

/** @import { Finding, Reading, Seen, Tables } from "./types.d.ts" */

/**
 * A register somewhere in a line.
 * @typedef {{ column: number, name: string, value: bigint }} Seem
 */
/**
 * Something recognised: a syndrome is taken apart when the rest of its dump is known.
 * @typedef {{ line: number, column: number, text: string, finding?: Finding, name: string,
 *   value: bigint }} Piece
 */

/**
 * A reader of texts by these tables.
 * @param {Tables} tables
 * @returns {(text: string) => Reading}
 */
export function readerOf(tables) {
  const regular = (/** @type {string} */ text) => new RegExp(text, "gi");
  const { line_break, colours, cheap, named, nisv, bare, context, prefix, other, kvm } = Object
    .fromEntries(Object.entries(tables.patterns).map(([name, text]) => [name, regular(text)]));
  /** @type {[string, string, RegExp][]} */
  const events = tables.events.map(([name, need, text]) => [name, need, regular(text)]);

  /** @param {string} line @returns {Seem[]} */
  const itemsOf = (line) =>
    [...line.matchAll(context)].map(({ index, groups }) => {
      const { name, value } = /** @type {Record<string, string>} */ (groups);
      const plain = name.toLowerCase().replace(/_el[12]$/, "");
      return { column: index, name: tables.canonical[plain], value: hexNumber(value) };
    });

  /** @param {string} line @returns {Omit<Piece, "line">[]} */
  function spotsOf(line) {
    /** @type {Omit<Piece, "line">[]} */
    const spots = [];
    for (const { index, groups, 0: text } of line.matchAll(named)) {
      const { name, value } = /** @type {Record<string, string>} */ (groups);
      spots.push({ column: index, name: name.toUpperCase(), value: hexNumber(value), text });
    }
    for (const { index, groups, 0: text } of line.matchAll(nisv)) {
      const { value } = /** @type {Record<string, string>} */ (groups);
      spots.push({ column: index, name: "esr_iss", value: anyNumber(value), text });
    }
    if (line.length >= tables.aloneMost && !line.includes("_")) return spots;
    for (const match of line.matchAll(bare)) {
      const text = match.groups?.value || match.groups?.alone || "", value = hexNumber(text);
      const ec = Number(value >> 26n);
      if (!tables.alone.includes(ec) || !(value >> 25n & 1n)) continue;
      spots.push({ column: match.index + match[0].indexOf(text), name: "ESR", value, text });
    }
    return spots;
  }

  /** @param {string} line @param {number} number @returns {Piece[]} */
  function piecesOf(line, number) {
    const traces = eventsOf(tables, { prefix, events }, line).map(([column, finding]) => ({
      column,
      text: finding.text,
      finding,
      name: "",
      value: 0n,
    }));
    /** @type {Piece[]} */
    const kept = [];
    for (const piece of [...traces, ...spotsOf(line)]) {
      const end = piece.column + piece.text.length;
      const apart = kept.every(({ column, text }) =>
        end <= column || column + text.length <= piece.column
      );
      if (apart) kept.push({ ...piece, line: number });
    }
    return kept.sort((one, two) => one.column - two.column);
  }

  return (text) => {
    const whole = text.split(line_break);
    /** @type {string[]} */
    const lines = [];
    /** @type {Piece[]} */
    const pieces = [];
    for (const [number, raw] of whole.entries()) {
      const line = raw.replace(colours, "").slice(0, tables.longest);
      lines.push(line);
      if (line.search(cheap) >= 0) pieces.push(...piecesOf(line, number));
      if (pieces.length >= tables.most) break;
    }
    const used = new Set(pieces.map(({ line }) => line)), owners = new Set(used);
    /** @type {Map<number, Seem[]>} */
    const known = new Map();
    const items = (/** @type {number} */ line) => {
      const found = known.get(line) ?? itemsOf(lines[line] ?? "");
      known.set(line, found);
      return found;
    };
    const note = noteOf(tables, text.replace(colours, ""), other, kvm);
    const findings = pieces.map((piece) =>
      withNote(together(tables, piece, items, owners, used), note)
    );
    const unread = lines.filter((line, k) => !used.has(k) && /[^ \t]/.test(line)).length;
    return { findings, unread, cut: whole.length - lines.length };
  };
}

/**
 * What is said where a text names another hypervisor, and not KVM.
 * @param {Tables} tables
 * @param {string} text
 * @param {RegExp} other
 * @param {RegExp} kvm
 */
function noteOf(tables, text, other, kvm) {
  const [named] = text.search(kvm) < 0 ? text.matchAll(other) : [];
  return named ? explain(tables, ["other"], { ...named.groups }) : "";
}

/** @param {Finding} finding @param {string} note @returns {Finding} */
const withNote = (finding, note) =>
  note && finding.kind === "syndrome" && finding.explanation.includes("KVM")
    ? { ...finding, explanation: `${finding.explanation} ${note}` }
    : finding;

/**
 * A finding with its line and with what the rest of its dump says.
 * @param {Tables} tables
 * @param {Piece} piece
 * @param {(line: number) => Seem[]} items
 * @param {Set<number>} owners
 * @param {Set<number>} used
 * @returns {Finding}
 */
function together(tables, piece, items, owners, used) {
  const { finding, name, value, text } = piece, line = piece.line + 1;
  const { seen, lines } = aroundOf(tables, piece, items, owners);
  const use = () => lines.forEach((one) => used.add(one));
  if (!finding) {
    use();
    return { ...syndromeOf(tables, name, value, text, seen), line };
  }
  const { guest } = orderOf(tables, seen);
  if (!guest || finding.guest || !finding.setup) return { ...finding, line };
  use();
  const start = guest === "little" || finding.op === "load" ? finding.start : null;
  return { ...finding, line, guest, start, setup: { ...finding.setup, guest } };
}

/**
 * The nearest of each name, and in which lines they stand: first the same line, what stands behind
 * before what stands in front, then a line below, a line above, and so on. A line with a piece of
 * its own is of another dump, and so is what lies beyond it.
 * @param {Tables} tables
 * @param {Piece} piece
 * @param {(line: number) => Seem[]} items
 * @param {Set<number>} owners
 */
function aroundOf(tables, piece, items, owners) {
  /** @type {Seen} */
  const seen = {};
  /** @type {Set<number>} */
  const lines = new Set();
  const own = items(piece.line);
  const behind = own.filter(({ column }) => column > piece.column);
  const before = own.filter(({ column }) => column < piece.column).reverse();
  for (const { name, value } of [...behind, ...before]) seen[name] ??= value;
  let ways = [1, -1];
  for (let distance = 1; distance <= tables.near; distance++) {
    ways = ways.filter((way) => !owners.has(piece.line + way * distance));
    for (const line of ways.map((way) => piece.line + way * distance)) {
      for (const { name, value } of items(line)) {
        if (name in seen) continue;
        seen[name] = value;
        lines.add(line);
      }
    }
  }
  return { seen, lines };
}
