// Dead letters by subscriber and reason, and what can be done with them.

import { address, counted, element, foreign } from "../dom.js";
import { timeElement } from "../time.js";
import { act } from "../parts/act.js";
import { filters } from "../parts/filters.js";
import { head, narrowed } from "../parts/head.js";
import { nothing } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";
import { table } from "../parts/table.js";

const SECONDS = 15; // to look at dead letters hides them from others for a moment

export default {
  title: "Dead letters",
  async show(root, context) {
    const { query, overview } = context;
    const chosen = { subscriber: query.get("subscriber") ?? "", reason: query.get("reason") ?? "" };
    const options = [["", "All subscribers"], ...overview.subscribers.map((name) => [name, name])];
    const controls = [{ name: "subscriber", label: "Subscriber", kind: "choice", options }];
    const bar = filters(controls, query, ({ subscriber }) => context.go(address("dead_letters", { ...chosen, subscriber })));
    if (chosen.reason) bar.root.append(narrowed(chosen.reason, address("dead_letters", { subscriber: chosen.subscriber })));
    const found = refreshed(context, {
      ask: () => context.api("dead-letters", { query: chosen }),
      draw: (document) => shown(document, chosen, () => found.look()),
      seconds: SECONDS,
    });
    root.append(
      head("Dead letters"),
      bar.root,
      found.root,
    );
    await found.look();
  },
};

function shown({ letters, counts }, chosen, done) {
  if (!letters.length && !counts.length) {
    return nothing("There are no dead letters.", "An event that cannot be delivered waits here, with the reason.");
  }
  return [
    element("ul", { role: "list", class: "reasons" }, counts.map((group) => groupCard(group, done))),
    element("h2", { class: "above" }, counted(letters.length, "dead letter")),
    list(letters.toSorted((one, other) => other.died_at.localeCompare(one.died_at)), done),
  ];
}

const groupCard = ({ subscriber, reason, count }, done) =>
  element(
    "li",
    { class: "card reason" },
    element("span", { class: "number" }, count.toLocaleString("en")),
    element(
      "div",
      null,
      element("h2", null, element("a", { href: address("dead_letters", { subscriber, reason }), dataset: { item: "", keep: `reason ${subscriber} ${reason}` } }, foreign(reason))),
      element("p", { class: "muted" }, "at ", element("a", { href: address("subscribers", { name: subscriber }) }, foreign(subscriber))),
    ),
    acts({ subscriber, reason }, `${subscriber}: ${reason}`, done),
  );

/** Both acts on what these words choose. */
const acts = (body, about, done) =>
  element(
    "div",
    { class: "acts" },
    ACTS.map(({ act: name, words, title, verb, danger }) =>
      element(
        "button",
        { type: "button", "aria-label": `${words}: ${about}`, dataset: { keep: `${name} ${about}` }, onclick: () => act({ act: name, body, title, verb, danger, done }) },
        words,
      ),
    ),
  );

const ACTS = [
  { act: "redrive", words: "Send back", title: "Send dead letters back?", verb: "Send back" },
  { act: "discard", words: "Discard", title: "Discard dead letters?", verb: "Discard", danger: true },
];

const list = (letters, done) =>
  table({
    caption: "Dead letters, newest first",
    key: ({ subscriber, event_id, source, died_at, type }) => `${subscriber} ${source} ${event_id} ${died_at} ${type}`,
    rows: letters,
    columns: [
      { label: "Died", width: "6rem", cell: ({ died_at }) => timeElement(died_at) },
      { label: "Subscriber", width: "minmax(5rem, 8rem)", cell: ({ subscriber }) => foreign(subscriber) },
      { label: "Event", width: "minmax(8rem, 12rem)", cell: event },
      { label: "Reason", class: "wide", cell: ({ reason }) => foreign(reason) },
      { label: "Tried", width: "7rem", cell: ({ attempts, first_attempt: first }) => [attempts === 1 ? "once" : counted(attempts, "time"), attempts > 1 && first && [" since ", timeElement(first)]] },
      { label: "Acts", width: "11.5rem", class: "quietly", cell: (letter) => letter.event_id && acts({ subscriber: letter.subscriber, id: letter.event_id, source: letter.source }, `${letter.type} ${letter.event_id}`, done) },
    ],
  }).root;

function event({ event_id, source, type }) {
  if (!event_id) return element("span", { class: "muted" }, foreign(type));
  return element("a", { href: address("event", { id: event_id, source }), title: event_id, dataset: { item: "" } }, element("span", { class: "tag" }, foreign(type)));
}
