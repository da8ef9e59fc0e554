// A part of a view that shows a document of the server, and shows it anew when it has changed.

import { element, refill } from "../dom.js";
import { stringify } from "../json.js";
import { missing, problem } from "./problem.js";

/**
 * Show a document again and again.
 *
 * @param context The view's.
 * @param given `ask()` brings the document; `draw(document)` gives nodes; `seconds` are between two looks. What is open or
 *   focused and has `data-keep`, with a value of its own, stays so.
 * @returns `root`, and `look()`, which asks at once.
 */
export function refreshed(context, { ask, draw, seconds }) {
  const trouble = element("div");
  const content = element("div", { class: "refreshed" });
  let shown = "";

  async function look() {
    try {
      const document = await ask();
      const missed = missing(document);
      refill(trouble, missed);
      const now = stringify(document);
      if (now !== shown) keeping(content, () => refill(content, draw(document)));
      if (missed.length) content.querySelector(":scope > .nothing")?.remove(); // whether there is nothing, nobody knows
      shown = now;
    } catch (error) {
      if (context.signal.aborted) return;
      refill(trouble, problem(error, look));
    }
  }

  context.every(seconds, () => document.querySelector("dialog[open]") || look()); // what it is about stays
  return { root: element("div", null, trouble, content), look };
}

function keeping(root, change) {
  const open = new Set(kept(root, "details[open]"));
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  change();
  for (const found of root.querySelectorAll("details[data-keep]")) found.open ||= open.has(found.dataset.keep);
  if (focused) root.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus();
}

const kept = (root, which) => [...root.querySelectorAll(`${which}[data-keep]`)].map(({ dataset }) => dataset.keep);
