// When what is known was said, in the visitor's own notation.

import { serverTime } from "./clock.js";
import { entryOf } from "./merge.js";
import { showing, write } from "./page.js";

const DAY = 86_400_000;

/** Writes the time of each element with `data-jamwire-as-of`. */
export const times = showing("data-jamwire-as-of", (element, [, order], known) => {
  // An order is a time if it is one of these centuries', in milliseconds. A sequence is none: then it is when the newest
  // notice was accepted.
  const date = new Date(order > 1e12 && order < 1e13 ? order : entryOf(known, "time")?.[0]);
  if (isNaN(date)) return;
  const dateStyle = serverTime() - date > DAY ? "short" : undefined;
  write(element, date.toLocaleString([], { timeStyle: "short", dateStyle }), date.toISOString());
});
