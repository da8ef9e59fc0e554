// A table of thousands of rows: rows come in groups, and what is out of sight is not laid out. At 360 px it is a list.

import { element } from "../dom.js";

const GROUP = 100; // rows
const FEW = 20; // which are laid out in any case

/**
 * Make a table.
 *
 * @param options `caption` is its name for who cannot see it; `columns` are `{label, cell(row), width?, class?, unseen?}`, of which
 *   the first with `href(row)` is the row's link; `key(row)` identifies a row; `rows` are the first ones.
 * @returns `root`; `append(rows)`; `prepend(rows)`; `replace(rows)`; `has(row)`; `size()`.
 */
export function table({ caption, columns, key, rows = [] }) {
  const root = element(
    "table",
    { role: "table", class: "rows" },
    element("caption", { class: "unseen" }, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, columns.map(heading))),
  );
  root.style.setProperty("--columns", columns.map(({ width = "minmax(0, 1fr)" }) => width).join(" "));
  const known = new Set();

  const fresh = (given) => given.filter((row) => !known.has(key(row)) && known.add(key(row)));
  function group(lines) {
    const body = element("tbody", { role: "rowgroup", class: lines.length > FEW && "many" }, lines);
    body.style.setProperty("--count", lines.length);
    return body;
  }
  const size = () => known.size;
  const has = (row) => known.has(key(row));

  function append(given) {
    const added = fresh(given);
    for (let at = 0; at < added.length; at += GROUP)
      root.append(group(added.slice(at, at + GROUP).map((row) => line(columns, row))));
    return added;
  }

  function prepend(given) {
    const added = fresh(given);
    const first = root.tBodies[0];
    const lines = added.map((row) => line(columns, row));
    for (const made of lines) made.classList.add("arrived");
    if (first && first.rows.length + lines.length <= GROUP) first.prepend(...lines);
    else if (lines.length) root.tHead.after(group(lines));
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

const heading = ({ label, class: name, unseen }) =>
  element(
    "th",
    { role: "columnheader", scope: "col", class: name },
    element("span", { class: unseen && "unseen" }, label),
  );

const line = (columns, row) =>
  element(
    "tr",
    { role: "row" },
    columns.map((column) => cell(column, row)),
  );

function cell({ cell: content, href, label, class: name }, row) {
  const shown = content(row);
  const inner = href ? element("a", { href: href(row), dataset: { item: "" } }, shown) : shown;
  return element("td", { role: "cell", class: name, dataset: { label } }, inner);
}
