// What a chart's axes stand on. Nothing here knows of the page.

const STEPS = [1, 2, 2.5, 5, 10];
const TICKS = 4; // at most, above nothing

/** A scale from nothing to a round number: `{top, ticks}`; no step is smaller than `least`. */
export function niceScale(most, least = 0) {
  if (!(most > 0)) return { top: 1, ticks: [0] };
  const size = 10 ** Math.floor(Math.log10(most / TICKS));
  const step = Math.max(least, size * STEPS.find((factor) => factor * size * TICKS >= most * 0.999));
  const count = Math.ceil(most / step - 0.001);
  return { top: +(count * step).toPrecision(6), ticks: Array.from({ length: count + 1 }, (_, number) => +(number * step).toPrecision(6)) };
}

/**
 * Points by columns of time.
 *
 * @param series Each `{points: [[unix seconds, value]]}`.
 * @param given `from`, `to`, and the `column`'s length in seconds; `how` is "sum" or "max".
 * @returns `columns`, when each begins; `rows`, for each series a value or null for each. A sum of nothing is 0.
 */
export function bins(series, { from, to, column, how }) {
  const first = Math.floor(from / column) * column;
  const count = Math.max(1, Math.ceil((to - first) / column));
  const columns = Array.from({ length: count }, (_, number) => first + number * column);
  const rows = series.map(({ points }) => {
    const values = new Array(count).fill(how === "sum" ? 0 : null);
    for (const [time, value] of points) {
      const at = Math.floor((time - first) / column);
      if (at < 0 || at >= count) continue;
      values[at] = how === "sum" ? values[at] + value : Math.max(values[at] ?? value, value);
    }
    return values;
  });
  return { columns, rows };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const INTERVALS = [10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY];
const PIXELS = 62; // for each label

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });

/** Round moments of the visitor's day between two, as `{time, words}`, as many as there is room for. */
export function timeTicks(from, to, width) {
  const room = Math.max(1, Math.floor(width / PIXELS));
  const interval = INTERVALS.find((length) => (to - from) / length <= room) ?? INTERVALS.at(-1);
  const shift = new Date(from * 1000).getTimezoneOffset() * MINUTE;
  const found = [];
  for (let at = Math.ceil((from - shift) / interval) * interval + shift; at < to; at += interval) {
    const moment = new Date(at * 1000);
    const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0;
    if (at - from > (to - from) / 40 && to - at > (to - from) / 40) found.push({ time: at, words: isMidnight ? day.format(moment) : time.format(moment) });
  }
  return found;
}
