// A new secret: pasted, sent, and never shown.

import { element, refill } from "../dom.js";
import { act } from "./act.js";

/** @param name The endpoint's or destination's. @param given `words` on the button, `hint`, `done(answer)`. */
export const secretButton = (name, { words, hint, done }) =>
  element("button", { type: "button", "aria-label": `${words}: ${name}`, dataset: { keep: `secret ${name}` }, onclick: () => ask(name, { words, hint, done }) }, words);

function ask(name, { words, hint, done }) {
  const field = element("input", { type: "password", name: "secret", required: true, autocomplete: "off", spellcheck: "false", autofocus: true, "aria-describedby": "secret-hint" });
  const dialog = element(
    "dialog",
    { class: "secret", "aria-labelledby": "secret-title", onclose: () => dialog.remove() },
    element("h2", { id: "secret-title" }, `${words} of ${name}`),
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
    act({ act: "secret-add", body: { name, value }, title: `${words} of ${name}`, verb: "Add it", done });
  }

  document.body.append(dialog);
  dialog.showModal();
}
