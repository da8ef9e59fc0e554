// What became of an event, drawn on one axis of time. The axis is logarithmic: a delivery takes milliseconds, a wait hours.

import { element, refill, svg } from "../dom.js";
import { length } from "../time.js";

const LEAST = 0.1; // seconds: what is sooner is at the axis's beginning
const TICKS = [0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400];
const ROW = 30;
const AXIS = 26;
const NARROW = 600; // px: names and words stand above their rows
const NAMES = 110; // px
const WORDS = 190;
const BETWEEN_TICKS = 58; // px, at least
const FIRST_TICK = 84; // px: "accepted" stands before it

/**
 * Draw it.
 *
 * @param rows Each `{name, from, to?, until?, state, words}` in seconds since the event was accepted: it was sent at `from`,
 *   it came into its state at `to`, it waits `until` then.
 * @param now Seconds since it was accepted.
 * @returns A figure that draws itself again as its width changes.
 */
export function timeline(rows, now) {
  const root = element("div", { class: "timeline", "aria-hidden": "true" });
  let drawn = 0;
  function fit() {
    const width = root.clientWidth;
    if (!width || width === drawn) return;
    drawn = width;
    refill(root, draw(rows, now, width));
  }
  // In the next frame: what is drawn changes the height of what is observed.
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(root);
  return root;
}

function draw(rows, now, width) {
  const isNarrow = width < NARROW;
  const [names, words] = isNarrow ? [8, 14] : [NAMES, WORDS];
  const end =
    Math.max(1, ...rows.flatMap(({ from, to, until, state }) => [from, to ?? 0, until ?? 0, isOpen(state) ? now : 0])) *
    1.15;
  const x = scale(names, width - words, end);
  const isPending = rows.some(({ state }) => isOpen(state));
  const row = isNarrow ? ROW + 16 : ROW;
  const height = AXIS + rows.length * row + 6;
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}` },
    axis(x, isPending ? now : end, height, isPending),
    isPending && moment(x(now), height),
    rows.map((each, number) =>
      line(each, { x, y: AXIS + number * row + row / 2 + (isNarrow ? 8 : 0), now, isNarrow, width }),
    ),
  );
}

const isOpen = (state) => ["waiting", "being delivered", "interrupted"].includes(state);

function scale(left, right, end) {
  const whole = Math.log10(1 + end / LEAST);
  return (seconds) => left + ((right - left) * Math.log10(1 + Math.max(0, seconds) / LEAST)) / whole;
}

function axis(x, end, height, isPending) {
  const last = x(end) - (isPending ? BETWEEN_TICKS : 0); // "now" has its place
  let next = x(0) + FIRST_TICK;
  const isApart = (tick) => x(tick) >= next && x(tick) <= last && (next = x(tick) + BETWEEN_TICKS);
  const kept = [0, ...TICKS.filter(isApart)];
  return kept.map((tick) =>
    svg(
      "g",
      { class: "tick" },
      svg("line", { x1: x(tick), x2: x(tick), y1: AXIS - 6, y2: height }),
      svg(
        "text",
        { x: x(tick), y: 13, "text-anchor": tick ? "middle" : "start" },
        tick ? `+${length(tick)}` : "accepted",
      ),
    ),
  );
}

const moment = (at, height) =>
  svg(
    "g",
    { class: "now" },
    svg("line", { x1: at, x2: at, y1: AXIS - 6, y2: height }),
    svg("text", { x: at, y: 13, "text-anchor": "middle" }, "now"),
  );

function line({ name, from, to, until, state, words }, { x, y, now, isNarrow, width }) {
  const reached = x(to ?? (isOpen(state) ? now : from));
  const next = until !== undefined && x(until);
  const above = isNarrow ? y - 14 : y + 4;
  return svg(
    "g",
    { class: `track ${state.replaceAll(" ", "-")}` },
    svg("text", { class: "name", x: 0, y: above }, name),
    svg("text", { class: "words", x: width, y: above, "text-anchor": "end" }, words),
    svg("line", { class: "way", x1: x(from), x2: reached, y1: y, y2: y }),
    next && svg("line", { class: "wait", x1: reached, x2: next, y1: y, y2: y }),
    svg("circle", { class: "start", cx: x(from), cy: y, r: 2.5 }),
    MARKS[state]?.(reached, y),
    next && svg("circle", { class: "next", cx: next, cy: y, r: 4 }),
  );
}

const disc = (x, y) => svg("circle", { class: "end", cx: x, cy: y, r: 5 });
const ring = (x, y) => svg("circle", { class: "end hollow", cx: x, cy: y, r: 4.5 });
const cross = (x, y) => svg("path", { class: "end", d: `M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9` });
const MARKS = {
  ...{ accepted: disc, delivered: disc, dead: cross },
  ...{ waiting: ring, "being delivered": ring, interrupted: ring },
};
