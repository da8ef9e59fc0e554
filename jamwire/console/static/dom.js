// What the page is made of: elements, and text that stays text.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 *
 * @param tag Its name.
 * @param attributes By name; `on…` is a listener, a dataset is an object; null, undefined and false leave one out.
 * @param children Nodes and texts, also in lists; null, undefined and false are left out.
 */
export const element = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same, of SVG. */
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(made.dataset, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// C0 but for tab and line feed, DEL, C1, what turns the direction of text, and what nobody can see. The joiners of
// scripts and emoji (U+200C, U+200D) are left.
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** A text in which each control character is a symbol that can be seen: ␀ for U+0000, ⟨202E⟩ for an override. */
export const visible = (text) => String(text).replace(UNSEEN, symbol);

function symbol(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "␡" : `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** A text that somebody else wrote: in its own direction, which ends with it. */
export const foreign = (text, attributes) => element("bdi", attributes, visible(text ?? ""));

/** Put these in the place of all that a node holds. */
export const refill = (node, ...children) => {
  node.replaceChildren();
  return fill(node, null, children);
};

/** A link that a person may follow: `http` and `https` only, to a new tab that knows nothing of this one. */
export function outward(url, ...children) {
  let scheme = "";
  try {
    scheme = new URL(url).protocol;
  } catch {} // no address: shown as text
  if (!["http:", "https:"].includes(scheme)) return foreign(url);
  const shown = children.length ? children : [foreign(url)];
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

/** The address of a view of the console. */
export function address(view, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return `/?${new URLSearchParams([["view", view], ...given])}`;
}

/** `1 event`, `1,204 events`. */
export const counted = (count, one, several = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : several}`;
