// Lists and tables of all topics of a family, a row for each, made of a template.

import { FAMILY, plain } from "./channels.js";
import { entryOf } from "./merge.js";

const natural = new Intl.Collator(undefined, { numeric: true }).compare;

const topicOf = (row) => plain(row.dataset.jamwireTopic);

const rowsOf = (list) => [...list.children].filter((row) => row.dataset.jamwireTopic !== undefined);

const made = new WeakSet(); // rows that the build did not render

const makeRow = (list, topic) => {
  const row = list.querySelector("template")?.content.firstElementChild?.cloneNode(true);
  if (!row) return;
  row.dataset.jamwireTopic = topic;
  made.add(row);
  list.append(row);
};

// What a row is sorted by: what is known of a name that begins with a dot, or what the build has put there.
const keyOf = (live, row, name) => {
  const cell = [...row.querySelectorAll("[data-jamwire-text]")].find(({ dataset }) => dataset.jamwireText === name);
  return entryOf(live.get(row.dataset.jamwireTopic), name.slice(1))?.[0] ?? cell?.textContent ?? "";
};

const inOrder = (one, other) =>
  natural(one.key, other.key) || natural(one.topic, other.topic) || (one.topic < other.topic ? -1 : 1);

const sort = (live, list) => {
  const name = list.dataset.jamwireSort?.trim();
  const keyed = rowsOf(list).map((row) => ({ row, topic: topicOf(row), key: name ? keyOf(live, row, name) : "" }));
  const focused = document.activeElement;
  let place = keyed[0]?.row;
  // A row that stands where it belongs is not touched: moving one may lose its focus and selection.
  for (const { row } of keyed.sort(inOrder))
    if (row === place) place = rowsOf(list)[rowsOf(list).indexOf(row) + 1];
    else if (list.moveBefore) list.moveBefore(row, place);
    else list.insertBefore(row, place);
  if (focused !== document.activeElement) focused.focus({ preventScroll: true });
};

const update = (live, list, topic) => {
  const row = rowsOf(list).find((row) => topicOf(row) === plain(topic));
  const isKnown = Object.keys(live.get(topic)).length > 0;
  if (isKnown && !row) makeRow(list, topic);
  if (!isKnown && made.has(row)) row.remove();
};

/** Keeps the rows of each list with `data-jamwire-list`: see page.js, `start`. */
export const lists = (live) => {
  const filled = new WeakSet();
  const isOf = (list, topic) =>
    plain(topic).startsWith(`${plain(list.dataset.jamwireList.trim().replace(FAMILY, ""))}/`);
  const updateAll = (list, topics) => {
    const its = topics.filter((topic) => isOf(list, topic));
    for (const topic of its) update(live, list, topic);
    if (its.length) sort(live, list);
  };
  return (changed) =>
    [...document.querySelectorAll("[data-jamwire-list]")].map((list) => {
      if (changed) updateAll(list, [...changed].map((name) => live.known.get(name)?.[0] ?? name));
      if (!filled.has(list)) updateAll(list, [...live.known.values()].map(([topic]) => topic));
      filled.add(list);
      return list.dataset.jamwireList.trim();
    });
};
