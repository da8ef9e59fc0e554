// Numbers with their units.

const BYTES = [
  [1_000_000, "MB"],
  [1000, "kB"],
];

/** `512 B`, `3.4 kB`. */
export function size(bytes) {
  const found = BYTES.find(([of]) => bytes >= of);
  return found ? `${+(bytes / found[0]).toFixed(1)} ${found[1]}` : `${bytes ?? 0} B`;
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** `950`, `1.2K`; below ten with as many decimals as say something. */
export const amount = (number) => (Math.abs(number) < 10 ? String(+number.toFixed(2)) : SHORT.format(number));
