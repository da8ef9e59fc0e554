// The keyboard: one table of keys, which `?` shows.

import { address, element } from "../dom.js";

const OFF = "jamwire-keys-off";
const LONGEST_PAUSE = 1500; // milliseconds between `g` and what follows

const KEYS = [
  ["/", "Search"],
  ["j  ↓", "Next in the list"],
  ["k  ↑", "Previous in the list"],
  ["Enter", "Open"],
  ["Esc", "Back"],
  ["?", "This help"],
];

const ITEMS = "[data-item]";
const isTyping = (target) =>
  target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

let views = [];

/** Listen to single keys.
 *
 * @param shell `views` is the table of views, `go` goes to an address, `root` holds the view.
 */
export function listenToKeys({ views: table, go, root }) {
  views = table.filter(({ key }) => key);
  let went = -Infinity;
  const acts = {
    "/": () => focusOn(root.querySelector("input[type=search]")),
    "?": showKeys,
    g: (event) => (went = event.timeStamp),
    j: () => move(root, 1),
    k: () => move(root, -1),
    ArrowDown: () => move(root, 1),
    ArrowUp: () => move(root, -1),
    Escape: () => root.querySelector("[data-back]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.defaultPrevented ||
      document.querySelector("dialog[open]")
    )
      return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const isSingle = event.key.length === 1;
    if (isSingle && localStorage.getItem(OFF)) return;
    const view = event.timeStamp - went < LONGEST_PAUSE && views.find(({ key }) => key === event.key);
    went = -Infinity;
    if (view) go(address(view.name));
    else if (!acts[event.key] || acts[event.key](event) === false) return;
    event.preventDefault();
  });
}

function focusOn(target) {
  target?.focus();
  target?.select?.();
  return Boolean(target);
}

/** Focus what comes next in the view's list; the first where none has it. Arrows elsewhere scroll. */
function move(root, by) {
  const items = [...root.querySelectorAll(ITEMS)];
  const at = items.indexOf(document.activeElement.closest(ITEMS));
  const target = items[at < 0 ? 0 : at + by];
  if (!target) return false;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
  return true;
}

/** Show the keys. */
export function showKeys() {
  const rows = [...KEYS, ...views.map(({ key, title }) => [`g ${key}`, title])];
  const off = element("input", { type: "checkbox", checked: !localStorage.getItem(OFF), onchange: toggle });
  function toggle() {
    if (off.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  }
  const dialog = element(
    "dialog",
    { class: "keys", "aria-labelledby": "keys-title", onclose: () => dialog.remove() },
    element("h2", { id: "keys-title" }, "Keys"),
    element(
      "dl",
      null,
      rows.map(([keys, what]) => element("div", null, element("dt", null, caps(keys)), element("dd", null, what))),
    ),
    element("label", { class: "check" }, off, "Letters act"),
    element("div", { class: "buttons" }, element("button", { type: "button", onclick: () => dialog.close() }, "Close")),
  );
  document.body.append(dialog);
  dialog.showModal();
}

const caps = (keys) => keys.split(/ +/).map((key) => element("kbd", null, key));
