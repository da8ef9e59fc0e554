// The secrets of an endpoint or a destination: none is ever shown, and a new one is pasted.

import { counted, element, foreign, refill } from "../dom.js";
import { timeElement } from "../time.js";
import { act } from "./act.js";

const OLD_DAYS = 365;

/** For so many days the log tells which secret was used. */
export const SEEN_DAYS = 14;

/**
 * The secrets, with the acts on them.
 *
 * @param name The endpoint's or destination's.
 * @param secrets Each `{id, created_at, age_days}`, those of endpoints with `last_used`.
 * @param given `title`; `words` on the button for a new one, and its `hint`; `without` says what it means to have none;
 *   `done(answer)`.
 */
export const secretList = (name, secrets, given) =>
  element(
    "div",
    { class: "secrets" },
    element("div", { class: "head" }, element("h3", null, given.title), secretButton(name, given)),
    secrets.length
      ? element("ul", { role: "list" }, secrets.map((secret) => secretLine(name, secret, secrets.length, given.done)))
      : given.without && element("p", { class: "notice warn" }, given.without),
  );

const secretLine = (name, { id, age_days: age, created_at: created, last_used: used }, count, done) =>
  element(
    "li",
    null,
    element("code", null, foreign(id)),
    element("span", { class: age > OLD_DAYS ? "warn" : "muted", title: created }, age >= 1 ? `${counted(Math.floor(age), "day")} old` : "of today"),
    used !== undefined && element("span", { class: "muted" }, used ? ["used ", timeElement(used)] : `not used ${age < SEEN_DAYS ? "yet" : `in ${SEEN_DAYS} days`}`),
    element("button", { type: "button", class: "quiet", "aria-label": `End secret ${id} of ${name}`, dataset: { keep: `end ${id}` }, onclick: () => end(name, id, count, done) }, "End"),
  );

const end = (name, id, count, done) =>
  act({ act: "secret-end", body: { name, id }, title: count > 1 ? `End secret ${id}?` : `End the only secret of ${name}?`, verb: "End it", danger: true, done });

const secretButton = (name, { words, hint, done }) =>
  element("button", { type: "button", "aria-label": `${words}: ${name}`, dataset: { keep: `secret ${name}` }, onclick: () => ask(name, { words, hint, done }) }, words);

function ask(name, { words, hint, done }) {
  const field = element("input", { type: "password", name: "secret", required: true, autocomplete: "off", spellcheck: "false", autofocus: true, "aria-describedby": "secret-hint" });
  const dialog = element(
    "dialog",
    { class: "secret", "aria-labelledby": "secret-title", onclose: () => dialog.remove() },
    element("h2", { id: "secret-title" }, `${words}: ${name}`),
    element(
      "form",
      { onsubmit: submit },
      element("label", null, "Paste it", field),
      element("p", { class: "muted", id: "secret-hint" }, hint),
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
        element("button", { class: "main" }, "Go on"),
      ),
    ),
  );

  function submit(event) {
    event.preventDefault();
    const value = field.value.trim();
    refill(dialog); // with the field, what was pasted is gone from the page
    dialog.close();
    act({ act: "secret-add", body: { name, value }, title: `${words}: ${name}`, verb: "Add it", done });
  }

  document.body.append(dialog);
  dialog.showModal();
}
