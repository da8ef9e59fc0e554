// A notice as a person sees it, whatever the channel.

import { element, foreign, outward, visible } from "../dom.js";
import { icon } from "./icons.js";

/** @param notice The `data.notice` of an event. */
export function noticeCard({ title, text, url, severity, fields = {}, paths = [], tags = [], site }) {
  return element(
    "section",
    { class: `card notice-card is-${severity}`, "aria-label": "Notice" },
    element(
      "h1",
      null,
      icon(severity),
      element("span", { class: "unseen" }, `${severity}: `),
      url ? outward(url, foreign(title)) : foreign(title),
    ),
    text && element("p", { class: "text", dir: "auto" }, visible(text)),
    Object.keys(fields).length > 0 && element("dl", { class: "fields" }, Object.entries(fields).map(field)),
    list("Site", site ? [site] : []),
    list("Paths", paths),
    list("Tags", tags),
  );
}

const field = ([name, value]) =>
  element("div", null, element("dt", null, foreign(name)), element("dd", null, foreign(value)));

const SHOWN = 12;

const list = (name, values) =>
  values.length > 0 &&
  element(
    "p",
    { class: "machine" },
    element("span", { class: "muted" }, `${name} `),
    values.slice(0, SHOWN).map((value) => [element("code", null, foreign(value)), " "]),
    values.length > SHOWN && element("span", { class: "muted" }, `and ${values.length - SHOWN} more`),
  );
