// What changes often is not read out every time: a summary says at a chosen rate how many topics have changed.

import { FAMILY, plain } from "./channels.js";

/** Keeps each element with `data-jamwire-summary`; gives what is to be called when a topic has changed. */
export const summaries = (live) => {
  const all = [...document.querySelectorAll("[data-jamwire-summary]")].map((element) => {
    const { jamwireSummary: family, jamwireEvery: every = 30 } = element.dataset;
    const beginning = plain(family.trim().replace(FAMILY, "")) + "/";
    const changed = new Set();
    const text = element.textContent;
    live.follow(family.trim());
    element.textContent = "";
    element.setAttribute("aria-live", "polite");
    setInterval(() => {
      if (!changed.size) return;
      const total = live.topics().filter((topic) => topic.startsWith(beginning)).length;
      element.textContent = text.replace("{changed}", changed.size).replace("{total}", total);
      changed.clear();
    }, every * 1_000);
    return (topic) => topic.startsWith(beginning) && changed.add(topic);
  });
  return (topic) => all.forEach((note) => note(topic));
};
