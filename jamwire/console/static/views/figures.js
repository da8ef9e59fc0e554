// How much came in and went out, how fast, and what is left.

import { element } from "../dom.js";
import { amount } from "../parts/amounts.js";
import { chart } from "../parts/chart.js";
import { head, tabs } from "../parts/head.js";
import { nothing } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";

const RANGES = [
  ["3", "3 hours"],
  ["24", "Day"],
  ["168", "Week"],
];
const SECONDS = 20;
const MOST_SERIES = 7; // the rest is one

const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);
const newest = (values) => values.findLast((value) => value !== null) ?? null;
const highest = (values) => values.reduce((most, value) => (value === null ? most : Math.max(most ?? value, value)), null);

/** Milliseconds, in a unit in which two ticks of an axis differ. */
function inMilliseconds(value) {
  const [, size, unit] = UNITS.find(([below]) => value < below);
  return value ? `${+(value / size).toPrecision(3)} ${unit}` : "0";
}

const UNITS = [
  [1000, 1, "ms"],
  [120_000, 1000, "s"],
  [7_200_000, 60_000, "min"],
  [Infinity, 3_600_000, "h"],
];

const whole = (value) => (+value.toFixed(1)).toLocaleString("en");

const COUNTED = { kind: "bars", least: 1, show: amount, say: whole, whole: sum, wholeWords: "in all" };
const MEASURED = { kind: "lines", least: 1, show: amount, say: whole, whole: newest, wholeWords: "now" };

/** By the server's name of the group, in the order of the page. */
const GROUPS = {
  accepted: { title: "Accepted events", ...COUNTED },
  rejected: { title: "Refused requests, by reason", ...COUNTED },
  delivered: { title: "Delivered", ...COUNTED },
  age: { title: "Age at delivery", ...MEASURED, show: inMilliseconds, say: inMilliseconds, whole: highest, wholeWords: "at most" },
  waiting: { title: "Waiting", ...MEASURED },
  dead: { title: "Dead letters", ...MEASURED },
};

export default {
  title: "Figures",
  async show(root, context) {
    const hours = context.query.get("hours") ?? RANGES[0][0];
    const found = refreshed(context, {
      ask: () => context.api("figures", { query: { hours } }),
      draw: (document) => shown(document, Number(hours), context.overview.subscribers),
      seconds: SECONDS,
    });
    root.append(head("Figures", tabs(context.query, { view: "figures", name: "hours", label: "Time", options: RANGES })), found.root);
    await found.look();
  },
};

function shown({ period_seconds: period, series }, hours, subscribers) {
  const to = Math.ceil(Date.now() / 1000 / period) * period;
  const from = to - hours * 3600;
  const groups = Map.groupBy(series, ({ group }) => group);
  const names = [...Object.keys(GROUPS), ...[...groups.keys()].filter((name) => !Object.hasOwn(GROUPS, name))];
  const present = names.filter((name) => groups.has(name));
  if (!present.length) return nothing("There are no figures yet.", "`jamwire send netlify/deploy-failed` makes the first.");
  const made = present.map((name) => {
    const group = GROUPS[name] ?? { title: name, ...MEASURED };
    return chart({ ...group, series: toned(few(groups.get(name), group), subscribers), from, to, period });
  });
  return element("div", { class: "charts" }, made);
}

/** The series that say something; those with the most where they are too many, and of sums the rest as one. */
function few(series, { kind, whole }) {
  const weights = new Map(series.map((each) => [each, whole(each.points.map(([, value]) => value)) || highest(each.points.map(([, value]) => value)) || 0]));
  const saying = series.filter((each) => weights.get(each) > 0);
  if (!saying.length) return series.slice(0, MOST_SERIES + 1);
  if (saying.length <= MOST_SERIES + 1 || kind !== "bars") return saying;
  const sorted = saying.toSorted((one, other) => weights.get(other) - weights.get(one));
  const rest = sorted.slice(MOST_SERIES);
  return [...sorted.slice(0, MOST_SERIES), { title: `${rest.length} others`, points: rest.flatMap(({ points }) => points) }];
}

const STATISTIC = / (p\d+)$/;

/** A subscriber has one colour in all charts, and its statistics differ by their line. */
const toned = (series, subscribers) =>
  series.map((each, place) => {
    const known = subscribers.indexOf(each.title.replace(STATISTIC, ""));
    const tone = known < 0 ? place : known;
    return { ...each, tone, dash: STATISTIC.test(each.title) ? Number(each.title.endsWith("p99")) : tone };
  });
