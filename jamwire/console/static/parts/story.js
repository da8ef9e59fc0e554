// The story of a publish, from the CMS to the page that visitors see.

import { address, element, foreign } from "../dom.js";
import { length, timeElement } from "../time.js";

const STEPS = {
  "build.requested": "Build ordered",
  "deploy.started": "Build started",
  "deploy.succeeded": "Deployed",
  "build.succeeded": "Built",
  "cdn.invalidated": "Purged",
  "pages.notified": "Seen on open pages",
};
const ENDS = {
  "site.published": ["good", "Live"],
  "site.publish_failed": ["bad", "Not live"],
  "site.publish_cancelled": ["", "No deploy"],
};

/** @param story The history's story. @param id The event whose page it is. */
export function storyCard({ name, ended, timeline }, id) {
  const [tone, end] = ENDS[ended] ?? ["warn", "Under way"];
  return element(
    "section",
    { class: "card story", "aria-labelledby": "story" },
    element(
      "div",
      { class: "head" },
      element("h2", { id: "story" }, "From publish to live: ", foreign(name)),
      element("span", { class: `tag ${tone}` }, end),
    ),
    element(
      "ol",
      { role: "list" },
      timeline.map((step) => line(step, id)),
    ),
  );
}

const line = ({ type, at, after, event }, id) =>
  element(
    "li",
    { class: type.endsWith(".failed") ? "bad" : "", "aria-current": event === id ? "step" : null },
    element("a", { href: address("event", { id: event }) }, STEPS[type] ?? foreign(type)),
    element("span", { class: "muted" }, `+${length(after)}`),
    timeElement(new Date(at * 1000).toISOString(), { class: "muted" }),
  );
