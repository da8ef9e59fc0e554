// A bar of filters that are in the address.

import { element } from "../dom.js";

const TYPING = 250; // milliseconds after the last key
const IN_A_ROW = 6; // controls; with more, the search has a row of its own

/**
 * Make a bar of filters.
 *
 * @param controls Each `{name, label, kind, options?, placeholder?}`; `kind` is "search", "choice", "text" or "check";
 *   `options` are `[value, words]`.
 * @param query What is set now, by name: URLSearchParams.
 * @param changed Is called with `{name: value}` of all, without what is empty, and whether somebody types.
 */
export function filters(controls, query, changed) {
  const fields = controls.map((control) => [control.name, KINDS[control.kind](control, query.get(control.name) ?? "")]);
  const values = () =>
    Object.fromEntries(fields.map(([name, { value }]) => [name, value()]).filter(([, value]) => value));
  let timer = 0;
  function tell(isTyping) {
    clearTimeout(timer);
    for (const [, { field, value }] of fields) field.classList.toggle("set", Boolean(value()));
    if (isTyping) timer = setTimeout(() => changed(values(), true), TYPING);
    else changed(values(), false);
  }
  for (const [, { field, typed }] of fields) {
    field.classList.toggle("set", Boolean(field.value) && field.type !== "checkbox");
    field.addEventListener(typed ? "input" : "change", () => tell(typed));
  }
  const isSearch = ([, { field }]) => field.type === "search";
  const shown = (some) => some.map(([, { shown }]) => shown);
  const strip = element("div", { class: "strip" }, shown(fields.filter((field) => !isSearch(field))));
  const root = element(
    "div",
    { class: controls.length > IN_A_ROW ? "filters many" : "filters", role: "search", "aria-label": "Filters" },
    shown(fields.filter(isSearch)),
    strip,
  );
  return { root, values };
}

const KINDS = {
  search: ({ label, placeholder }, value) => {
    const attributes = {
      type: "search",
      "aria-label": label,
      placeholder,
      value,
      autocomplete: "off",
      spellcheck: "false",
    };
    const field = element("input", attributes);
    return { field, shown: field, typed: true, value: () => field.value.trim() };
  },
  text: ({ name, label, placeholder, options = [] }, value) => {
    const list = `list-${name}`;
    const field = element("input", {
      type: "text",
      "aria-label": label,
      title: label,
      placeholder,
      value,
      list,
      autocomplete: "off",
    });
    const known = element(
      "datalist",
      { id: list },
      options.map(([option]) => element("option", { value: option })),
    );
    return { field, shown: [field, known], typed: true, value: () => field.value.trim() };
  },
  choice: ({ label, options }, value) => {
    const chosen = ([option, words]) => element("option", { value: option, selected: option === value }, words);
    const known = options.some(([option]) => option === value) ? options : [...options, [value, value]];
    const field = element("select", { "aria-label": label }, known.map(chosen));
    return { field, shown: field, value: () => field.value };
  },
  check: ({ label }, value) => {
    const field = element("input", { type: "checkbox", checked: value === "1" });
    return {
      field,
      shown: element("label", { class: "check" }, field, label),
      value: () => (field.checked ? "1" : ""),
    };
  },
};
