// What changes often is not read out every time: a summary says at a chosen rate how many topics have changed.

import { FAMILY, plain } from "./channels.js";

const summary = (live, element) => {
  const { jamwireSummary, jamwireEvery: every = 30 } = element.dataset;
  const beginning = `${plain(jamwireSummary.trim().replace(FAMILY, ""))}/`;
  const isOf = (name) => name.startsWith(beginning);
  const changed = new Set();
  const text = element.textContent;
  live.follow(jamwireSummary.trim());
  element.textContent = "";
  element.hidden = false; // without the script nobody is to read it
  element.setAttribute("aria-live", "polite");
  setInterval(() => {
    if (!changed.size) return;
    const total = [...live.known.keys()].filter(isOf).length;
    element.textContent = text.replace("{changed}", changed.size).replace("{total}", total);
    changed.clear();
  }, every * 1_000);
  return (name) => isOf(name) && changed.add(name);
};

/** Keeps each element with `data-jamwire-summary`; gives what is to be called when a topic has changed, or perhaps an element is new. */
export const summaries = (live) => {
  const all = new Map(); // what is to be called, by element
  return (topic) => {
    for (const element of document.querySelectorAll("[data-jamwire-summary]"))
      if (!all.has(element)) all.set(element, summary(live, element));
    if (topic !== undefined) for (const note of all.values()) note(plain(topic));
  };
};
