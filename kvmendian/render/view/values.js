// Bytes and values. Nothing here knows what a byte order is: a lane says where a byte came from.

export const LETTERS = "ABCDEFGH";
export const WORD = 8; // lanes 0 to 7 are the bytes of the value, as in kvmendian/model/lanes.py
export const ZERO = 8; // a byte of zeros
const TO_SIGN = 9; // lane k + 9 repeats the top bit of byte k

/**
 * The content of every lane for a value.
 * @param {bigint} value
 */
export function paletteOf(value) {
  const content = new Uint8Array(2 * WORD + 1);
  for (let k = 0; k < WORD; k++) {
    const byte = Number((value >> BigInt(8 * k)) & 255n);
    content[k] = byte;
    content[k + TO_SIGN] = byte & 128 ? 255 : 0;
  }
  return content;
}

/** @type {(lanes: number[], palette: Uint8Array) => number[]} */
export const evaluate = (lanes, palette) => lanes.map((lane) => palette[lane]);

/**
 * A text before and after the first `mark`.
 * @param {string} text
 * @param {string} mark
 */
export function cleave(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** @param {number} byte */
export const hexByte = (byte) => byte.toString(16).padStart(2, "0");

/** @param {number[]} bytes */
export const hexBytes = (bytes) => bytes.map(hexByte).join(" ");

/** @param {bigint} value */
export const hexOf = (value, digits = 1) => "0x" + value.toString(16).padStart(digits, "0");

/**
 * An integer's value from its bytes, least significant first.
 * @param {number[]} bytes
 */
export const integerOf = (bytes) =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** @param {number} lane */
export function letterOf(lane) {
  if (lane < WORD) return LETTERS[lane];
  return lane === ZERO ? "0" : "s" + LETTERS[lane - TO_SIGN];
}

/**
 * The byte whose colour and pattern a lane has, or -1 for a fill of zeros.
 * @param {number} lane
 */
export const colourOf = (lane) => (lane < WORD ? lane : lane === ZERO ? -1 : lane - TO_SIGN);

/**
 * Read a value as people write one; null if it is none.
 * @param {unknown} text
 */
export function readValue(text) {
  const plain = String(text).trim().replace(/_/g, "");
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(plain)) return null;
  return BigInt(plain);
}

/** @type {(value: unknown) => bigint | null} */
export const asBigInt = (value) => (typeof value === "bigint" ? value : readValue(value));

/**
 * Say why a value cannot be used with so many bits, or return "".
 * @param {bigint | null} value
 * @param {number} bits
 */
export function valueProblem(value, bits) {
  if (value === null) return "a value is a number from 0, hex (0x1122) or decimal";
  const most = hexOf((1n << BigInt(bits)) - 1n);
  if (value >> BigInt(bits) === 0n) return "";
  return `${hexOf(value)} does not fit: this access takes ${bits} bits, up to ${most}`;
}
