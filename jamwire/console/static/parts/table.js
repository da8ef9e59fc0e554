// A table of thousands of rows: rows come in groups, and what is out of sight is not laid out. At 360 px it is a list.

import { element } from "../dom.js";

const GROUP = 25; // rows, which are laid out at once
const FEW = 12; // which are laid out in any case

/**
 * Make a table.
 *
 * @param options `caption` is its name for who cannot see it; `columns` are `{label, cell(row), width?, class?, unseen?}`, of which
 *   the first with `href(row)` is the row's link; `key(row)` identifies a row; `rank(row)` is a text by which those that are
 *   prepended find their place, the highest first; `rows` are the first ones.
 * @returns `root`; `append(rows)`; `prepend(rows)`; `replace(rows)`; `has(row)`; `size()`.
 */
export function table({ caption, columns, key, rank = () => "", rows = [] }) {
  const root = element(
    "table",
    { role: "table", class: "rows" },
    element("caption", { class: "unseen" }, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, columns.map(heading))),
  );
  root.style.setProperty("--columns", columns.map(({ width = "minmax(0, 1fr)" }) => width).join(" "));
  const known = new Set();

  const fresh = (given) => given.filter((row) => !known.has(key(row)) && known.add(key(row)));
  const size = () => known.size;
  const made = (row) => line(columns, row, rank(row));
  const has = (row) => known.has(key(row));

  function append(given) {
    const added = fresh(given);
    for (let at = 0; at < added.length; at += GROUP) root.append(group(added.slice(at, at + GROUP).map(made)));
    return added;
  }

  function prepend(given) {
    const added = fresh(given);
    const lines = added.map(made);
    const first = root.tBodies[0];
    if (!lines.length) return added;
    if (!first || first.rows.length + lines.length > GROUP) root.tHead.after(group(lines));
    else place(first, lines);
    for (const line of lines) line.classList.add("arrived");
    return added;
  }

  function replace(given) {
    known.clear();
    for (const body of [...root.tBodies]) body.remove();
    return append(given);
  }

  append(rows);
  return { root, append, prepend, replace, has, size };
}

function group(lines) {
  const body = element("tbody", { role: "rowgroup" });
  place(body, lines);
  return body;
}

/** Put lines, of which each ranks no higher than the one before, in among those of a group. */
function place(body, lines) {
  let next = body.rows[0] ?? null;
  for (const made of lines) {
    while (next && next.dataset.rank > made.dataset.rank) next = next.nextElementSibling;
    body.insertBefore(made, next);
  }
  body.classList.toggle("many", body.rows.length > FEW);
  body.style.setProperty("--count", body.rows.length);
}

const heading = ({ label, class: name, unseen }) =>
  element(
    "th",
    { role: "columnheader", scope: "col", class: name },
    element("span", { class: unseen && "unseen" }, label),
  );

const line = (columns, row, rank) =>
  element(
    "tr",
    { role: "row", dataset: { rank } },
    columns.map((column) => cell(column, row)),
  );

function cell({ cell: content, href, label, class: name }, row) {
  const shown = content(row);
  const inner = href ? element("a", { href: href(row), dataset: { item: "" } }, shown) : shown;
  return element("td", { role: "cell", class: name, dataset: { label } }, inner);
}
