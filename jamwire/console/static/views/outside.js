// The outside world, played: what Slack, phones, the CDN, build hosts and open pages were sent.

import { address, counted, element, foreign, refill } from "../dom.js";
import { timeElement } from "../time.js";
import { CHANNELS, drawn, titleOfChannel } from "../parts/channels.js";
import { head, tabs } from "../parts/head.js";
import { nothing, problem } from "../parts/problem.js";

const KEPT = 1000; // deliveries in the page
const FEW_EVENTS = 6;
const ANSWER_SECONDS = 60; // for which an answer may still come

export default {
  title: "Outside",
  async show(root, context) {
    const channel = context.query.get("channel") ?? "";
    const trouble = element("div");
    const empty = element("div");
    const list = element("ol", { role: "list", class: "deliveries", reversed: true });
    const feed = feedOf(list, empty);
    let first = true;

    async function look() {
      try {
        const { deliveries } = await context.api("outside", { query: { ...(channel && { channel }), after: feed.after() } });
        refill(trouble);
        const arrived = feed.add(deliveries, { announced: !first });
        if (arrived.length && !first) context.announce(heard(arrived));
        first = false;
      } catch (error) {
        if (!context.signal.aborted) refill(trouble, problem(error, look));
      }
    }

    const options = [["", "All"], ...Object.entries(CHANNELS).map(([name, { several }]) => [name, several])];
    const known = options.some(([name]) => name === channel) ? options : [...options, [channel, channel]];
    root.append(head("The outside world"), tabs(context.query, { view: "outside", name: "channel", label: "Channels", options: known }), trouble, empty, list);
    await look();
    context.every(context.overview.poll_seconds, look);
  },
};

const heard = (arrived) =>
  arrived.length > 3 ? `${counted(arrived.length, "delivery", "deliveries")} arrived` : arrived.map((delivery) => `${titleOfChannel(delivery.channel)}: ${CHANNELS[delivery.channel]?.words(delivery) ?? ""}`).join(". ");

/** The deliveries in the page, newest first; one that had no answer yet is asked for again. */
function feedOf(list, empty) {
  const shown = new Map(); // by number
  const waiting = new Map(); // number: since when, milliseconds
  let last = 0;

  function after() {
    const now = Date.now();
    for (const [number, since] of waiting) if (now - since > ANSWER_SECONDS * 1000) waiting.delete(number);
    return Math.min(last, ...[...waiting.keys()].map((number) => number - 1));
  }

  function add(deliveries, { announced }) {
    const arrived = [];
    for (const delivery of deliveries.slice(-KEPT)) {
      const { number, status } = delivery;
      const before = shown.get(number);
      if (before?.status === status && before) continue;
      const made = item(delivery);
      if (before) before.made.replaceWith(made);
      else {
        arrived.push(delivery);
        list.prepend(made);
        if (announced) made.classList.add("arrived");
      }
      shown.set(number, { made, status });
      if (status === null) waiting.set(number, waiting.get(number) ?? Date.now());
      else waiting.delete(number);
      last = Math.max(last, number);
    }
    for (const number of [...shown.keys()].slice(0, Math.max(0, shown.size - KEPT))) {
      shown.get(number).made.remove();
      shown.delete(number);
    }
    refill(empty, !shown.size && nothing("Nothing was sent yet.", "`jamwire send netlify/deploy-failed --local` sends an event; what becomes of it arrives here."));
    return arrived;
  }

  return { after, add };
}

const item = (delivery) =>
  element(
    "li",
    { class: `card delivery delivery-${Object.hasOwn(CHANNELS, delivery.channel) ? delivery.channel : "other"}`, tabindex: "-1", dataset: { item: "" }, onkeydown: open },
    element(
      "div",
      { class: "head" },
      element("h2", null, foreign(titleOfChannel(delivery.channel))),
      element("code", { class: "destination" }, foreign(delivery.destination)),
      answer(delivery),
      element("span", { class: "aside muted" }, timeElement(delivery.received_at)),
    ),
    element("div", { class: "sent" }, drawn(delivery)),
    events(delivery.event_ids ?? []),
  );

/** Enter on a delivery leads to its event. */
function open({ key, target, currentTarget }) {
  if (key === "Enter" && target === currentTarget) currentTarget.querySelector(".events a")?.click();
}

const answer = ({ status }) => {
  if (status === null || status === undefined) return element("span", { class: "tag warn" }, "no answer");
  return status < 300 ? null : element("span", { class: "tag bad" }, `answered ${status}`);
};

/** The events that it tells of; those of a digest are known by the beginnings of their ids. */
function events(ids) {
  if (!ids.length) return null;
  const links = (some) => some.map((id) => [" ", element("a", { href: id.length < 32 ? address("events", { text: id }) : address("event", { id }) }, element("code", null, foreign(id.slice(0, 9))))]);
  const rest = ids.slice(FEW_EVENTS);
  return element(
    "div",
    { class: "events" },
    element("span", { class: "muted" }, ids.length === 1 ? "Event" : counted(ids.length, "event")),
    links(ids.slice(0, FEW_EVENTS)),
    rest.length > 0 && element("details", null, element("summary", null, `${rest.length.toLocaleString("en")} more`), links(rest)),
  );
}
