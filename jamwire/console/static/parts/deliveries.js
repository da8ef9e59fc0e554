// What became of an event at each subscriber: drawn, and as a table that says the same in words.

import { counted, element, foreign } from "../dom.js";
import { ago, length, timeElement, timeOfDay } from "../time.js";
import { act } from "./act.js";
import { table } from "./table.js";
import { timeline } from "./timeline.js";

const TONES = { delivered: "good", dead: "bad", waiting: "warn", interrupted: "warn" };
const PENDING = ["waiting", "being delivered", "interrupted"];
const FRESH = 60_000; // milliseconds in which subscribers hear of an event

/** Whether something may still become of it by itself. */
export function isPending({ event, deliveries }) {
  const states = deliveries.flatMap(({ subscribers }) => subscribers.map(({ state }) => state));
  const isFresh = Date.now() - Date.parse(event.time) < FRESH;
  return states.some((state) => PENDING.includes(state) || (isFresh && state === "unknown"));
}

/**
 * The part of the page.
 *
 * @param history One of `GET events/<id>`.
 * @param changed Is called after an act.
 */
export function deliveriesCard({ event, deliveries }, changed) {
  const accepted = Date.parse(event.time);
  const told = deliveries.map(({ subscribers, ...sent }) => ({ ...sent, subscribers: subscribers.filter(isTold) }));
  const rows = [
    { name: "Accepted", from: 0, to: 0, state: "accepted", words: timeOfDay(accepted) },
    ...drawn(told, accepted),
  ];
  return element(
    "section",
    { class: "card outcomes", "aria-labelledby": "deliveries" },
    element("h2", { id: "deliveries" }, "What became of it"),
    timeline(rows, (Date.now() - accepted) / 1000),
    told.map((delivery) => [
      delivery.replay && replayTitle(delivery),
      delivery.subscribers.length > 0
        ? outcomes(event, delivery, changed)
        : element("p", { class: "muted" }, "Nobody is told of it: no rule matches."),
    ]),
  );
}

const isTold = ({ state }) => state !== "not told"; // of the others `rulesCard` says why

const replayTitle = ({ replay, sent_at }) =>
  element("h3", null, "Replay ", element("code", null, foreign(replay)), ", sent ", timeElement(sent_at));

const drawn = (deliveries, accepted) => {
  const after = (moment) => (moment ? Math.max(0, (Date.parse(moment) - accepted) / 1000) : undefined);
  return deliveries.flatMap(({ replay, sent_at, subscribers }) =>
    subscribers.map((status) => {
      const from = after(sent_at) ?? 0;
      const name = replay ? `↻ ${status.name}` : status.name;
      const to = after(status.at);
      const until = after(status.next_try);
      return { name, from, to, until, state: status.state, words: words(status, from, to) };
    }),
  );
};

function words({ state, attempts, next_try: next }, from, to) {
  if (next) return `waits until ${timeOfDay(Date.parse(next))}`;
  if (!["delivered", "dead"].includes(state) || to === undefined) return state;
  return `${state} after ${length(to - from)}${attempts > 1 ? `, attempt ${attempts}` : ""}`;
}

function outcomes(event, { replay, subscribers }, changed) {
  const caption = replay ? `Outcomes of replay ${replay}` : "Outcomes by subscriber";
  return table({
    caption,
    columns: columns(event, Boolean(replay), changed),
    key: ({ name }) => name,
    rows: subscribers,
  }).root;
}

const columns = (event, isReplay, changed) => [
  { label: "Subscriber", width: "8rem", cell: ({ name }) => element("strong", null, foreign(name)) },
  {
    label: "Outcome",
    width: "8rem",
    cell: ({ state }) => element("span", { class: `tag ${TONES[state] ?? ""}` }, state),
  },
  { label: "When", width: "6rem", class: "muted", cell: ({ at }) => at && timeElement(at) },
  { label: "Why", width: "minmax(0, 1fr)", class: "wide muted", cell: remark },
  { label: "Acts", width: "auto", class: "acts", cell: (status) => buttons(event, status, isReplay, changed) },
];

function remark({ attempts, next_try: next, reason }) {
  const parts = [
    next && `Next try ${ago(Date.parse(next))}. `,
    attempts > 1 && `${counted(attempts, "attempt")}. `,
    reason && foreign(reason),
  ].filter(Boolean);
  return parts.length > 0 && parts;
}

const ACTS = {
  dead: [
    { act: "redrive", verb: "Redrive", title: "Send it to the queue once more?" },
    { act: "discard", verb: "Discard", title: "Discard the dead letter?", danger: true },
  ],
  waiting: [{ act: "retry", verb: "Try now", title: "Try now what waits?" }],
  delivered: [{ act: "replay", verb: "Replay", title: "Deliver it once more?" }],
};

const BODIES = {
  redrive: ({ id, source }, { name }) => ({ subscriber: name, reason: "", id, source }),
  discard: ({ id, source }, { name }) => ({ subscriber: name, reason: "", id, source }),
  retry: (_, { name }) => ({ subscriber: name }),
  replay: ({ id, source }, { name }) => ({ ids: [id], source, to: name }),
};

const buttons = (event, status, isReplay, changed) =>
  (ACTS[status.state] ?? [])
    .filter(({ act: name }) => !isReplay || name !== "replay")
    .map((offered) => {
      const start = () => act({ ...offered, body: BODIES[offered.act](event, status), done: changed });
      const label = `${offered.verb}, ${status.name}`;
      return element("button", { type: "button", class: "quiet", "aria-label": label, onclick: start }, offered.verb);
    });
