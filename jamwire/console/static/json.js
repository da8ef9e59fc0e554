// JSON whose whole numbers stay what they are. A number of JavaScript is exact up to 2^53; ids of senders are larger.

const LARGE = /\d{16}/;
const WHOLE = /^-?\d+$/;

/** The value of a text, in which a whole number beyond 2^53 is a BigInt. */
export const parse = (text) => (LARGE.test(text) ? JSON.parse(text, exact) : JSON.parse(text));

/** The text of a value of `parse`. */
export const stringify = (value, space) => JSON.stringify(value, written, space);

const exact = (_, value, { source = "" } = {}) =>
  typeof value === "number" && !Number.isSafeInteger(value) && WHOLE.test(source) ? BigInt(source) : value;

const written = (_, value) => (typeof value === "bigint" ? JSON.rawJSON(value) : value);
