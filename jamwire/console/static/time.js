// Times as people say them, with the exact one at hand.

import { element } from "./dom.js";

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];
const REFRESH = 10_000; // milliseconds

/** A length of time in its largest unit: `12 s`, `3 h`; below ten seconds with tenths, below one in milliseconds. */
export function length(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${+seconds.toFixed(1)} s`;
  const [size, unit] = UNITS.find(([size]) => Math.round(seconds) >= size);
  return `${Math.floor(Math.round(seconds) / size)} ${unit}`;
}

/** How long ago, or in how long. */
export function ago(moment, now = Date.now()) {
  const seconds = (now - moment) / 1000;
  if (Math.abs(seconds) < 1) return "now";
  return seconds > 0 ? `${length(Math.floor(seconds))} ago` : `in ${length(Math.ceil(-seconds))}`;
}

const exactly = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
});
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** `Thu, 26 Nov 2026, 20:30:34 UTC`, in the visitor's zone. */
export const exact = (moment) => exactly.format(moment);

/** `20:30:34`. */
export const timeOfDay = (moment) => clock.format(moment);

/** `Thursday, 26 November`. */
export const dayOf = (moment) => day.format(moment);

/** A time in relation to now, which stays true; empty for no time.
 *
 * @param rfc3339 The time as the server says it.
 */
export function timeElement(rfc3339, attributes) {
  const moment = Date.parse(rfc3339);
  if (Number.isNaN(moment)) return element("span", attributes);
  const shown = { datetime: rfc3339, title: exact(moment), dataset: { ago: moment }, ...attributes };
  return element("time", shown, ago(moment));
}

setInterval(() => {
  if (document.hidden) return;
  const now = Date.now();
  for (const shown of document.querySelectorAll("time[data-ago]")) {
    const text = ago(+shown.dataset.ago, now);
    if (shown.textContent !== text) shown.textContent = text;
  }
}, REFRESH);
