// Lists and tables of all topics of a family, a row for each, made of a template.

import { FAMILY, plain } from "./channels.js";
import { entryOf } from "./merge.js";

const natural = new Intl.Collator(undefined, { numeric: true }).compare;

const rowsOf = (list) => [...list.children].filter((row) => row.dataset.jamwireTopic !== undefined);

const made = new WeakSet(); // rows that the build did not render

const makeRow = (list, topic) => {
  const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
  row.dataset.jamwireTopic = topic;
  made.add(row);
  return row;
};

const sort = (live, list) => {
  const field = list.dataset.jamwireSort?.replace(/^\./, "");
  const keyOf = (row) => (field && entryOf(live.get(row.dataset.jamwireTopic), field)?.[0]) || row.dataset.jamwireTopic;
  const rows = rowsOf(list);
  const sorted = rows.map((row) => [keyOf(row), row]).sort(([a], [b]) => natural(a, b));
  // Rows that stand where they belong are not touched: moving one would lose its focus and selection.
  if (sorted.some(([, row], place) => row !== rows[place])) list.append(...sorted.map(([, row]) => row));
};

/** Keeps the rows of each list with `data-jamwire-list`; gives what is to be called when a topic has changed. */
export const lists = (live) => {
  const all = [...document.querySelectorAll("[data-jamwire-list]")].map((list) => {
    const family = list.dataset.jamwireList.trim();
    live.follow(family);
    return [plain(family.replace(FAMILY, "")) + "/", list];
  });
  return (topic) => {
    for (const [beginning, list] of all) {
      if (!topic.startsWith(beginning)) continue;
      const row = rowsOf(list).find((row) => plain(row.dataset.jamwireTopic) === topic);
      const isKnown = Object.keys(live.get(topic)).length > 0;
      if (isKnown && !row) list.append(makeRow(list, topic));
      if (!isKnown && row && made.has(row)) row.remove();
      sort(live, list);
    }
  };
};
