// A button that copies a text.

import { element, refill } from "../dom.js";
import { icon } from "./icons.js";

const SHOWN = 1600; // milliseconds

/** @param label What is copied, in words. @param text The text, or a function that brings it, later too. */
export function copyButton(label, text, { words = "" } = {}) {
  const plain = () => [icon("copy"), words && element("span", null, words)];
  const button = element(
    "button",
    { type: "button", class: "quiet copy", "aria-label": words ? null : label, title: label, onclick: copy },
    plain(),
  );
  const says = element("span", { class: "unseen", role: "status" });
  async function copy() {
    const good = await write(text);
    says.textContent = good ? "Copied" : "The browser does not let the page copy";
    refill(button, icon(good ? "done" : "error"), words && element("span", null, good ? "Copied" : "Not copied"));
    setTimeout(() => refill(button, plain()), SHOWN);
  }
  return element("span", { class: "copies" }, button, says);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(typeof text === "function" ? await text() : text);
    return true;
  } catch {
    return false;
  }
}
