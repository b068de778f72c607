// Evaluating lanes. Nothing here knows what a byte order is: where every byte goes, how it is drawn
// and what is said about it stands in the atlas that Python made.

const LETTERS = "ABCDEFGH";
const WORD = 8, ZERO = 8, TO_SIGN = 9; // numbering of lanes, as in kvmendian/model/lanes.py

/** Unpack an atlas (gzipped JSON) and give it a few look-ups. */
async function openAtlas(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Atlas(await new Response(stream).json());
}

class Atlas {
  constructor(data) {
    Object.assign(this, data);
    this.expanded = new Map();
  }

  /** The road of a setup, or null where its fields do not go together. */
  road(setup) {
    let number = 0;
    for (const field of this.fields) {
      const choices = this.choices[field], at = choices.indexOf(setup[field]);
      if (at < 0) return null;
      number = number * choices.length + at;
    }
    const found = this.index[number];
    if (found < 0) return null;
    if (!this.expanded.has(found)) this.expanded.set(found, this.expand(this.roads[found]));
    return this.expanded.get(found);
  }

  expand([steps, swaps, ends, always, why, head, instruction, bits]) {
    const text = (n) => this.texts[n], lanes = (n) => this.lanes[n];
    return {
      steps: steps.map((n) => {
        const s = this.steps[n];
        return { place: text(s[0]), integer: s[1] === 1, lanes: lanes(s[2]), by: text(s[3]),
          why: text(s[4]), zone: text(s[5]), order: text(s[6]), shown: lanes(s[7]),
          rest: lanes(s[8]), label: text(s[9]) };
      }),
      swaps: swaps.map((n) => {
        const s = this.swaps[n];
        return { who: text(s[0]), swapped: s[1] === 1, needed: s[2] === 1, why: text(s[3]),
          stage: s[4], did: text(s[5]) };
      }),
      ends: Object.fromEntries(ends.map((n, k) => [this.ends[k], lanes(n)])),
      always: always === 1, why: text(why), head: text(head), instruction: text(instruction), bits,
    };
  }

  /** Why four fields do not go together, in words, or undefined. */
  problem(setup) {
    const { op, width, signed, register_width } = setup;
    return this.problems[[op, width, signed, register_width].join("|")];
  }
}

/** The content of every lane for a value (a BigInt). */
function paletteOf(value) {
  const content = new Uint8Array(2 * WORD + 1);
  for (let k = 0; k < WORD; k++) {
    const byte = Number((value >> BigInt(8 * k)) & 255n);
    content[k] = byte;
    content[k + TO_SIGN] = byte & 128 ? 255 : 0;
  }
  return content;
}

const evaluate = (lanes, palette) => lanes.map((lane) => palette[lane]);
/** A text before and after the first `mark`. */
function cleave(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

const hexByte = (byte) => byte.toString(16).padStart(2, "0");
const hexBytes = (bytes) => bytes.map(hexByte).join(" ");
const hexOf = (value, digits = 1) => "0x" + value.toString(16).padStart(digits, "0");

/** An integer's value from its bytes, least significant first. */
const integerOf = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function letterOf(lane) {
  if (lane < WORD) return LETTERS[lane];
  return lane === ZERO ? "0" : "s" + LETTERS[lane - TO_SIGN];
}

/** The byte whose colour and pattern a lane has, or -1 for a fill of zeros. */
const colourOf = (lane) => (lane < WORD ? lane : lane === ZERO ? -1 : lane - TO_SIGN);

/** One access: everything that the picture and its data attributes say. */
function tell(atlas, setup, value) {
  const road = atlas.road(setup);
  const palette = paletteOf(value), { ends } = road;
  const bytes = Object.fromEntries(Object.entries(ends).map(([k, v]) => [k, evaluate(v, palette)]));
  const number = (name) => integerOf(bytes[name]);
  const mask = (1n << BigInt(8 * setup.width)) - 1n;
  const same = (a, b) => bytes[a].every((byte, k) => byte === bytes[b][k]);
  const honours = same("mmio", "ram") && same("register", "expected");
  const rightDriver = (number("device") & mask) === (number("software") & mask);
  const low = (v) => hexOf(v & mask, 2 * setup.width);
  const full = (v) => (v > mask ? hexOf(v, 16) : low(v));
  const facts = [honours, rightDriver, road.always].map(Number).join("");
  const [judgement, sentence] = atlas.verdicts[setup.op][facts];
  const words = { ...atlas.phrases, device: low(number("device")), software: low(number("software")),
    result: full(number("software")), register: full(number("register")),
    expected: full(number("expected")) };
  return {
    road, setup, value, palette, honours, rightDriver, judgement, low, full,
    sentence: sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]),
    mmio: bytes.mmio, ram: bytes.ram, register: number("register"), device: number("device"),
    swaps: road.swaps.filter((swap) => swap.swapped).length,
  };
}

/** Read a value as people write one; null if it is none. */
function readValue(text) {
  const plain = String(text).trim().replace(/_/g, "");
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(plain)) return null;
  return BigInt(plain);
}

/** Say why a value cannot be used with a road, or return "". */
function valueProblem(value, road) {
  if (value === null) return "a value is a number from 0, hex (0x1122) or decimal";
  if (value >> BigInt(road.bits))
    return `${hexOf(value)} does not fit: this access takes ${road.bits} bits, up to ${hexOf((1n << BigInt(road.bits)) - 1n)}`;
  return "";
}
