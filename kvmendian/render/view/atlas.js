// The atlas that Python made: where every byte goes, how it is drawn and what is said about it.

/** @import { AtlasData, Choice, Road, Setup } from "./types.d.ts" */

/** @type {WeakMap<object, Promise<Atlas>>} what many pictures share is unpacked once */
const opened = new WeakMap();

/**
 * Unpack an atlas (gzipped JSON) and give it a few look-ups.
 * @param {ArrayBufferView<ArrayBuffer>} packed
 */
export function openAtlas(packed) {
  const found = opened.get(packed) ?? unpack(packed);
  opened.set(packed, found);
  return found;
}

/** @param {ArrayBufferView<ArrayBuffer>} packed */
const unpack = async (packed) => new Atlas(await unzip(packed));

/**
 * Unpack gzipped JSON.
 * @param {ArrayBufferView<ArrayBuffer>} packed
 */
export function unzip(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

export class Atlas {
  /** @param {AtlasData} data */
  constructor(data) {
    this.data = data;
    this.fields = data.fields;
    this.choices = data.choices;
    this.labels = data.labels;
    let road = 0;
    this.index = data.index.map((step) => road += step);
    /** @type {Map<number, Road>} */
    this.expanded = new Map();
  }

  /**
   * The road of a setup, or null where its fields do not go together.
   * @param {Setup} setup
   */
  find(setup) {
    let number = 0;
    for (const field of this.fields) {
      const choices = this.choices[field];
      const at = choices.indexOf(setup[field]);
      if (at < 0) return null;
      number = number * choices.length + at;
    }
    const found = this.index[number];
    if (found < 0) return null;
    const known = this.expanded.get(found) ?? this.expand(found);
    this.expanded.set(found, known);
    return known;
  }

  /**
   * The road of a setup whose fields go together.
   * @param {Setup} setup
   */
  road(setup) {
    const found = this.find(setup);
    if (!found) throw new RangeError(`no road for ${JSON.stringify(setup)}`);
    return found;
  }

  /**
   * @param {number} number of a road
   * @returns {Road}
   */
  expand(number) {
    const { data } = this, [steps, swaps, ends, ...single] = data.roads;
    const [always, why, head, instruction, bits, slot, ...more] = single.map((of) => of[number]);
    /** @param {number[][]} columns */
    const list = (columns) => columns.map((of) => of[number]).filter((n) => n >= 0);
    /** @param {number} n */
    const text = (n) => data.texts[n];
    /** @param {number} n */
    const lanes = (n) => data.lanes[n];
    return {
      steps: list(steps).map((n) => {
        const row = data.steps[n];
        return {
          place: text(row[0]),
          integer: row[1] === 1,
          lanes: lanes(row[2]),
          by: text(row[3]),
          why: text(row[4]),
          zone: text(row[5]),
          order: text(row[6]),
          shown: lanes(row[7]),
          rest: lanes(row[8]),
          label: text(row[9]),
        };
      }),
      swaps: list(swaps).map((n) => {
        const row = data.swaps[n];
        return {
          who: text(row[0]),
          swapped: row[1] === 1,
          needed: row[2] === 1,
          why: text(row[3]),
          stage: row[4],
          did: text(row[5]),
        };
      }),
      ends: Object.fromEntries(list(ends).map((n, k) => [data.ends[k], lanes(n)])),
      always: always === 1,
      why: text(why),
      head: text(head),
      instruction: text(instruction),
      bits,
      slot,
      register: text(more[0]),
      evidence: text(more[1]),
      recorded: text(more[2]),
    };
  }

  /**
   * A setup with some fields changed, and those that go with them.
   * @param {Setup} setup
   * @param {Record<string, Choice>} [change]
   * @returns {Setup}
   */
  turn(setup, change = {}) {
    const changed = Object.entries(change).filter(([field, choice]) => setup[field] !== choice);
    const more = changed.map(([field, choice]) => this.data.follows[field]?.[String(choice)]);
    return Object.assign({}, setup, ...more, change);
  }

  /**
   * Why some fields do not go together, in words, or undefined.
   * @param {Setup} setup
   * @returns {string | undefined}
   */
  problem(setup) {
    return this.data.problems[this.data.combined.map((field) => setup[field]).join("|")];
  }
}
