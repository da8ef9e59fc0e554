// The visitor's own settings: the theme, and whether single keys do something. They stay in this browser.

import { element, refill } from "../dom.js";
import { icon } from "./icons.js";
import { showKeys } from "./keys.js";

const THEME = "jamwire-theme";
const THEMES = { "": "System", light: "Light", dark: "Dark" };

const applied = () => localStorage.getItem(THEME) ?? "";

function apply(theme) {
  localStorage.setItem(THEME, theme);
  document.documentElement.dataset.theme = theme;
}

/** The buttons at the navigation's end. */
export function settings() {
  apply(applied());
  const button = element("button", { type: "button", class: "quiet", onclick: change });
  function name() {
    refill(button, icon("theme"), element("span", null, `Theme: ${THEMES[applied()] ?? "System"}`));
  }
  function change() {
    const names = Object.keys(THEMES);
    apply(names[(names.indexOf(applied()) + 1) % names.length]);
    name();
  }
  name();
  const help = element(
    "button",
    { type: "button", class: "quiet", onclick: showKeys },
    icon("keys"),
    element("span", null, "Keys"),
  );
  return [button, help];
}
