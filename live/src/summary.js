// What changes often is not read out every time: a summary says at a chosen rate how many topics have changed.

import { FAMILY, plain } from "./channels.js";
import { stopwatch } from "./clock.js";

const summary = (live, element) => {
  const { jamwireSummary, jamwireEvery: every = 30 } = element.dataset;
  const beginning = `${plain(jamwireSummary.trim().replace(FAMILY, ""))}/`;
  const isOf = (name) => name.startsWith(beginning);
  const changed = new Set();
  const text = element.textContent;
  let silence = stopwatch();
  element.textContent = "";
  element.hidden = false; // without the script nobody is to read it
  element.setAttribute("aria-live", "polite");
  return (names = []) => {
    for (const name of names) if (isOf(name)) changed.add(name);
    if (silence() < every * 1_000) return;
    silence = stopwatch();
    if (!changed.size) return;
    const total = [...live.known.keys()].filter(isOf).length;
    element.textContent = text.replace("{changed}", changed.size).replace("{total}", total);
    changed.clear();
  };
};

/** Keeps each element with `data-jamwire-summary`: see page.js, `start`. */
export const summaries = (live) => {
  const all = new WeakMap(); // what is to be called, by element
  return (names) =>
    [...document.querySelectorAll("[data-jamwire-summary]")].map((element) => {
      if (!all.has(element)) all.set(element, summary(live, element));
      all.get(element)(names);
      return element.dataset.jamwireSummary.trim();
    });
};
