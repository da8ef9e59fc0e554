// An act of the operator: first how much it would do, then the act, then the way back.

import { api } from "../api.js";
import { element, foreign, refill } from "../dom.js";
import { problem } from "./problem.js";

const LISTED = 20; // of what was not done

/**
 * Ask whether an act is to be done, and do it.
 *
 * @param asked `act` is its name at the server, `body` what it is about; `title` asks, `verb` is the button's word;
 *   `danger` where it takes something away; `choice` is what the operator still has to choose, `{name, label, options}` of
 *   `[value, words]`; `done(answer)` is called after it, and after it was undone.
 */
export function act({ act: name, body: given = {}, title, verb, danger = false, choice, done = () => {} }) {
  const content = element("div", { class: "content", "aria-live": "polite" });
  const buttons = element("div", { class: "buttons" });
  const chooser =
    choice &&
    element(
      "select",
      { onchange: () => ((known = {}), ask()) },
      choice.options.map(([value, words]) => element("option", { value }, words)),
    );
  let known = {}; // by which the server knows a second try
  let attempts = 0; // of which only the last one is shown: its count is of what is chosen now
  const undos = []; // of what is done
  const body = () => ({ ...given, ...(choice && { [choice.name]: chooser.value }), ...known });
  const dialog = element(
    "dialog",
    { class: "act", "aria-labelledby": "act-title", onclose: () => dialog.remove() },
    element("h2", { id: "act-title" }, title),
    choice && element("label", { class: "choice" }, choice.label, chooser),
    content,
    buttons,
  );
  const close = (word = "Cancel") =>
    element("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, word);

  function show(inner, ...offered) {
    refill(content, inner);
    refill(buttons, offered);
    (offered.find((button) => button.autofocus) ?? offered.at(-1))?.focus();
  }

  async function attempt(task, again) {
    const number = ++attempts;
    const isLast = () => number === attempts;
    show(element("p", { class: "waiting" }, "One moment…"), close());
    try {
      await task(isLast);
    } catch (error) {
      if (!isLast()) return;
      if (error.status === 409) await ask(error.message);
      else
        show(
          problem(error),
          close("Close"),
          element("button", { type: "button", onclick: () => again() }, "Try again"),
        );
    }
  }

  const ask = (before = "") =>
    attempt(async (isLast) => {
      const seen = await api(`acts/${name}`, { body: { ...body(), dry_run: true } });
      if (!isLast()) return;
      known = seen.body ?? {};
      const words = [
        before && element("p", { class: "changed" }, foreign(before)),
        !before.endsWith(seen.sentence) && element("p", null, foreign(seen.sentence)),
      ];
      if (!seen.count) return show(words, close("Close"));
      const attributes = { type: "button", class: danger ? "danger" : "main", onclick: () => perform(seen.count) };
      show(words, close(), element("button", attributes, verb));
    }, ask);

  const perform = (count) =>
    attempt(
      async () => {
        if (chooser) chooser.disabled = true;
        const asked = api(`acts/${name}`, { body: { ...body(), dry_run: false, count } });
        const answer = await asked.finally(() => chooser && (chooser.disabled = false));
        chooser?.parentNode.remove();
        if (answer.undo) undos.push(answer.undo);
        const undo = undos.length > 0 && element("button", { type: "button", onclick: takeBack }, "Undo");
        const rest = answer.error && element("button", { type: "button", onclick: () => ask() }, "Try again");
        show(told(answer), ...[undo, rest, close("Close")].filter(Boolean));
        done(answer);
      },
      () => perform(count),
    );

  const takeBack = () =>
    attempt(async () => {
      const answers = [];
      while (undos.length && !answers.at(-1)?.error) {
        const [{ act: back, body: what }] = undos;
        const { count } = await api(`acts/${back}`, { body: { ...what, dry_run: true } });
        const answer = await api(`acts/${back}`, { body: { ...what, dry_run: false, count } });
        answers.push(answer);
        if (!answer.error) undos.shift();
        done(answer);
      }
      const rest = undos.length > 0 && element("button", { type: "button", onclick: takeBack }, "Try again");
      const words = answers.map((answer, at) => told(answer, !rest && !at && "Undone. "));
      show(words, ...[rest, close("Close")].filter(Boolean));
    }, takeBack);

  document.body.append(dialog);
  dialog.showModal();
  return ask();
}

/** What was done, what was not, and what has ended it midway. */
const told = ({ sentence, unsent: left = [], error, action }, before = "") => [
  element("p", null, before, foreign(sentence)),
  unsent(left),
  error && problem({ status: 502, message: error, action }),
];

const unsent = (left) =>
  left.length > 0 &&
  element(
    "ul",
    { class: "unsent" },
    left
      .slice(0, LISTED)
      .map(({ id, reason }) => element("li", null, element("code", null, foreign(id)), " ", foreign(reason))),
    left.length > LISTED && element("li", null, `and ${left.length - LISTED} more`),
  );
