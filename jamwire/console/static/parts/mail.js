// An e-mail as text, with its headers. Its HTML is shown as what it is written in: nothing of it runs or loads.

import { element, foreign, visible } from "../dom.js";
import { linked } from "./linked.js";

/** @param delivery Of the inbox. */
export function mail({ destination, request }) {
  const { from, subject, text, html, headers = {}, reply_to: answers = [] } = request ?? {};
  const all = { ...(answers.length > 0 && { "Reply-To": answers.join(", ") }), ...headers };
  return element(
    "article",
    { class: "mail" },
    element("p", { class: "title", dir: "auto" }, foreign(subject)),
    facts({ From: from, To: destination }),
    element("div", { class: "text", dir: "auto" }, linked(text)),
    folded("Headers", facts(all, linked), Object.keys(all).length > 0),
    folded("HTML", element("pre", null, visible(html)), html),
  );
}

const facts = (values, draw = foreign) => element("dl", { class: "facts" }, Object.entries(values).map(([name, value]) => [element("dt", null, foreign(name)), element("dd", null, draw(value))]));

const folded = (title, content, isThere) => isThere && element("details", null, element("summary", null, title), content);
