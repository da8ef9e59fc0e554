// JSON as a tree: a branch is built as it is opened, long lists and texts come in pieces, and all of it is text.

import { counted, element, foreign, refill, visible } from "../dom.js";
import { stringify } from "../json.js";
import { copyButton } from "./copy.js";

const CHILDREN = 200; // at once
const CHARACTERS = 500; // of a text, at first
const OPEN_UP_TO = 20; // children of a branch that is open at first
const FOLDED_FROM = 1_000_000; // characters of JSON from which even the root is folded
const HITS = 500; // at most, of a search

/**
 * Show a value.
 *
 * @param value Anything that JSON can say.
 * @param options `label` names it.
 */
export function jsonTree(value, { label = "Payload" } = {}) {
  const { length } = stringify(value) ?? "";
  const top = node(null, value, { isOpen: length <= FOLDED_FROM, depth: 0 });
  const tree = element("div", { class: "tree", tabindex: "0", role: "group", "aria-label": label }, top.root);
  const finder = isBranch(value) && search(value, top);
  return element(
    "div",
    { class: "json" },
    element(
      "div",
      { class: "json-bar" },
      finder,
      element("span", { class: "muted" }, size(length)),
      copyButton(`Copy the ${label.toLowerCase()}`, () => stringify(value, 2)),
    ),
    tree,
  );
}

const size = (characters) =>
  characters < 1000
    ? counted(characters, "character")
    : characters < 1e6
      ? `${(characters / 1000).toFixed(1)} kB`
      : `${(characters / 1e6).toFixed(1)} MB`;

const isBranch = (value) => typeof value === "object" && value !== null;

// A node is `{root, open()}`; a branch has `reach(key)` too, which builds as far as that child.
const node = (key, value, how) =>
  isBranch(value)
    ? branch(key, value, how)
    : { root: element("div", { class: "leaf" }, name(key), leaf(value)), open() {} };

function branch(key, value, { isOpen, depth }) {
  const entries = Object.entries(value);
  const children = new Map();
  const inner = element("div", { class: "children" });
  const more = element("button", { type: "button", class: "quiet", onclick: () => build(CHILDREN) });
  const isList = Array.isArray(value);
  const [left, right] = isList ? "[]" : "{}";
  const brief = entries.length ? counted(entries.length, isList ? "item" : "key") : "empty";
  const root = element(
    "details",
    { ontoggle: () => root.open && !children.size && build(CHILDREN) },
    element(
      "summary",
      null,
      name(key),
      element("span", { class: "mark" }, left),
      element("span", { class: "brief" }, ` ${brief} `),
      element("span", { class: "mark" }, right),
    ),
    inner,
  );

  function build(count) {
    const from = children.size;
    const fresh = entries.slice(from, from + count).map(([key, value]) => {
      const child = node(isList ? Number(key) : key, value, {
        isOpen: depth < 2 && entries.length <= OPEN_UP_TO,
        depth: depth + 1,
      });
      children.set(key, child);
      return child.root;
    });
    more.remove();
    inner.append(...fresh);
    const rest = entries.length - children.size;
    if (rest) inner.append(refill(more, `Show ${Math.min(rest, CHILDREN)} more of ${rest.toLocaleString("en")}`));
  }

  function reach(key) {
    open();
    if (!children.has(key)) build(entries.findIndex(([known]) => known === key) + 1 - children.size);
    return children.get(key);
  }

  function open() {
    if (!children.size) build(CHILDREN);
    root.open = true;
  }

  if (isOpen) open();
  return { root, open, reach };
}

const KINDS = { number: "number", bigint: "number", boolean: "boolean" };

const name = (key) =>
  key !== null && element("span", { class: "key" }, typeof key === "number" ? String(key) : foreign(cut(key)), ": ");

const cut = (text) => (text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)}…` : text);

function leaf(value) {
  if (typeof value !== "string")
    return element("span", { class: `value ${value === null ? "null" : KINDS[typeof value]}` }, String(value));
  const shown = foreign(cut(value));
  if (value.length <= CHARACTERS) return element("span", { class: "value string" }, shown);
  const rest = element(
    "button",
    { type: "button", class: "quiet", onclick: all },
    `Show all ${value.length.toLocaleString("en")} characters`,
  );
  function all() {
    refill(shown, visible(value));
    rest.remove();
  }
  return element("span", { class: "value string" }, shown, " ", rest);
}

/** A field that goes from one hit to the next. */
function search(value, top) {
  const says = element("span", { class: "muted", role: "status" });
  const field = element("input", {
    type: "search",
    "aria-label": "Search in it",
    placeholder: "Search in it",
    oninput: find,
    onkeydown: step,
    spellcheck: "false",
  });
  let hits = [];
  let at = 0;
  function find() {
    hits = field.value ? findPaths(value, field.value.toLowerCase()) : [];
    at = 0;
    go();
  }
  function step(event) {
    if (event.key !== "Enter" || !hits.length) return;
    at = (at + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
    go();
  }
  function go() {
    for (const marked of top.root.querySelectorAll(".hit")) marked.classList.remove("hit");
    says.textContent = !field.value
      ? ""
      : hits.length
        ? `${at + 1} of ${hits.length}${hits.length === HITS ? " or more" : ""}`
        : "Not in it";
    if (!hits.length) return;
    const found = hits[at].reduce((branch, key) => branch.reach(key), top);
    (found.root.querySelector(":scope > summary") ?? found.root).classList.add("hit");
    found.root.scrollIntoView({ block: "nearest" });
  }
  return [field, says];
}

/** The paths to what has a word in its key or its text. */
function findPaths(value, word) {
  const found = [];
  const waiting = [[[], value]];
  while (waiting.length && found.length < HITS) {
    const [path, at] = waiting.pop();
    if (isBranch(at)) for (const key of Object.keys(at).reverse()) waiting.push([[...path, key], at[key]]);
    const key = path.at(-1) ?? "";
    if (key.toLowerCase().includes(word) || (!isBranch(at) && String(at).toLowerCase().includes(word)))
      found.push(path);
  }
  return found.filter((path) => path.length);
}
