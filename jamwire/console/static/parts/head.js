// The beginning of a view, and links that choose what it shows.

import { address, element, foreign } from "../dom.js";

/** A view's heading, with what stands beside it. */
export const head = (title, ...beside) =>
  element("div", { class: "head" }, element("h1", null, title), beside.length > 0 && element("div", { class: "aside" }, beside));

/**
 * A choice of a few, as links side by side.
 *
 * @param query What is set now: URLSearchParams.
 * @param choice `view`, `name` in the address, `label`, `options` as `[value, words]`, of which the first counts where
 *   nothing is set.
 */
export function tabs(query, { view, name, label, options }) {
  const set = query.get(name) ?? options[0][0];
  return element(
    "nav",
    { class: "tabs", "aria-label": label },
    options.map(([value, words]) => element("a", { href: address(view, { [name]: value }), "aria-current": value === set && "true" }, words)),
  );
}

/** What the view is narrowed to, with a way out: a link to the wider view. */
export const narrowed = (words, href) =>
  element("a", { class: "button set", href }, element("span", { class: "unseen" }, "Only "), foreign(words), element("span", { "aria-hidden": "true" }, "✕"), element("span", { class: "unseen" }, ", show all"));
