// Subscribers: what each takes, what waits, and at which pace it works.

import { address, counted, element, foreign } from "../dom.js";
import { length } from "../time.js";
import { act } from "../parts/act.js";
import { amount } from "../parts/amounts.js";
import { head } from "../parts/head.js";
import { jsonTree } from "../parts/json_tree.js";
import { nothing } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";
import { secretList } from "../parts/secret.js";

const SECONDS = 5;

export default {
  title: "Subscribers",
  async show(root, context) {
    const chosen = context.query.get("name");
    const found = refreshed(context, {
      ask: () => context.api("subscribers"),
      draw: ({ subscribers }) => shown(subscribers, chosen, () => found.look()),
      seconds: SECONDS,
    });
    root.append(head("Subscribers"), found.root);
    await found.look();
    root.querySelector(".card.chosen")?.scrollIntoView({ block: "start" });
  },
};

const shown = (subscribers, chosen, done) =>
  subscribers.length
    ? subscribers.map((subscriber) => card(subscriber, subscriber.name === chosen, done))
    : nothing("Nobody is told of events yet.", "Add a subscriber to `app.py` and deploy.");

const card = (subscriber, chosen, done) =>
  element(
    "section",
    { class: chosen ? "card subscriber chosen" : "card subscriber", "aria-label": subscriber.name, tabindex: "-1", dataset: { item: "", keep: `card ${subscriber.name}` } },
    element("div", { class: "head" }, element("h2", null, foreign(subscriber.name)), element("div", { class: "aside acts" }, acts(subscriber, done))),
    element("p", { class: "rule" }, foreign(subscriber.rule_text)),
    element(
      "details",
      { dataset: { keep: `rule ${subscriber.name}` } },
      element("summary", null, "The rule as JSON", element("span", { class: "unseen" }, ` of ${subscriber.name}`)),
      element("p", { class: "muted" }, `SNS compares it with ${SCOPES[subscriber.rule?.scope] ?? "the event"}.`),
      jsonTree(subscriber.rule?.policy ?? {}),
    ),
    element("dl", { class: "figures" }, FIGURES.map((figure) => fact(figure, subscriber))),
    Object.entries(subscriber.secrets ?? {}).map(([name, secrets]) => destination(name, secrets, done)),
  );

const FALLBACK = "-fallback";
const HINT = "The destination's address with its key, as its service shows it. What waits is tried with it at once.";
/** Where a subscriber delivers to, and what stands in for it: their addresses are secrets. */
const destination = (name, secrets, done) =>
  secretList(name, secrets, {
    ...(name.endsWith(FALLBACK) ? { title: "Fallback" } : { title: "Destination", without: "It has none, so nothing can be delivered." }),
    ...{ words: "New address", hint: HINT, done },
  });

const SCOPES = { MessageAttributes: "the message's attributes", MessageBody: "the whole event" };

const FIGURES = [
  { label: "Delivered today", show: ({ delivered_today: count }) => whole(count) },
  { label: "Waiting", show: ({ waiting }) => whole(waiting) },
  { label: "In flight or later", show: ({ in_flight: count }) => whole(count) },
  { label: "Oldest waits", show: ({ oldest_age_seconds: age }) => (age ? length(age) : "–") },
  {
    label: "Dead letters",
    show: ({ dead, name }) => (dead ? element("a", { class: "bad", href: address("dead_letters", { subscriber: name }) }, whole(dead)) : whole(dead)),
  },
  { label: "Pace", show: ({ rate_limit: rate }) => pace(rate) },
];

const whole = (count) => (count === null || count === undefined ? "–" : count.toLocaleString("en"));

/** A rate limit: a text as it is, or calls a second. */
const pace = (rate) => (typeof rate === "number" ? `${amount(rate)} a second` : rate ? foreign(rate) : "as it comes");

const fact = ({ label, show }, subscriber) => element("div", null, element("dt", null, label), element("dd", null, show(subscriber)));

function acts({ name, waiting, in_flight: hidden, dead }, done) {
  const button = (words, asked) =>
    element("button", { type: "button", "aria-label": `${words}: ${name}`, dataset: { keep: `${asked.act} ${name}` }, onclick: () => act({ ...asked, done }) }, words);
  return [
    waiting + hidden > 0 && button("Try now", { act: "retry", body: { subscriber: name }, title: `Try now what waits for ${name}?`, verb: "Try now" }),
    dead > 0 && button(`Send ${counted(dead, "dead letter")} back`, { act: "redrive", body: { subscriber: name }, title: `Send dead letters of ${name} back?`, verb: "Send back" }),
  ];
}
