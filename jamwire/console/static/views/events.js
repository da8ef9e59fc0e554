// All events, the newest first, arriving by themselves.

import { address, counted, element, foreign, refill, visible } from "../dom.js";
import { rememberList, takeOpened } from "../parts/events_memory.js";
import { filters } from "../parts/filters.js";
import { icon } from "../parts/icons.js";
import { nothing, problem } from "../parts/problem.js";
import { table } from "../parts/table.js";
import { exact, timeElement } from "../time.js";

const PAGE = 100; // events
const MOST = 500; // of one answer
const SPANS = [
  ["1h", "Last hour"],
  ["", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
];
const UNTIL = [["1h"], ["6h"], ["24h"], ["7d"]];
const SEVERITIES = ["info", "success", "warning", "error", "critical"];
const NAMES = ["text", "type", "endpoint", "severity", "subscriber", "since", "until", "failed"];
const LONGEST_PAUSE = 10; // seconds between looks while the server does not answer

export default {
  async show(root, context) {
    const { overview } = context;
    const list = element("div", { class: "list" });
    const state = element("p", { class: "live", role: "status" });
    const bar = filters(controls(overview), context.query, (values, isTyping) => {
      context.become(address("events", values), { replace: isTyping });
      start(values);
    });
    refill(
      root,
      element("div", { class: "head" }, element("h1", null, "Events"), element("div", { class: "aside" }, state)),
      bar.root,
      list,
    );
    if (!overview.archive) {
      bar.root.remove();
      return list.append(
        nothing("This deployment keeps no events.", "An `ArchiveStack` in its rulebook keeps each for 30 days."),
      );
    }
    let showing = new AbortController();
    function start(values) {
      showing.abort();
      showing = new AbortController();
      const signal = AbortSignal.any([showing.signal, context.signal]);
      rememberList(address("events", values));
      return follow({ ...context, signal }, values, list, state);
    }
    await start(filled(context.query));
  },
};

const filled = (query) => Object.fromEntries(NAMES.map((name) => [name, query.get(name)]).filter(([, value]) => value));

const controls = ({ endpoints, subscribers, types }) => [
  { name: "text", label: "Search", kind: "search", placeholder: "Search id, type, title, payload" },
  { name: "since", label: "Since", kind: "choice", options: SPANS },
  {
    name: "until",
    label: "Until, such as 2h (ago) or 2027-01-15T08:00 (UTC)",
    kind: "text",
    placeholder: "Until now",
    options: UNTIL,
  },
  { name: "type", label: "Type", kind: "text", placeholder: "Any type", options: types.map((type) => [type, type]) },
  { name: "endpoint", label: "Endpoint", kind: "choice", options: choices("Any endpoint", endpoints) },
  { name: "severity", label: "Severity", kind: "choice", options: choices("Any severity", SEVERITIES) },
  { name: "subscriber", label: "Subscriber", kind: "choice", options: choices("Any subscriber", subscribers) },
  { name: "failed", label: "Failed", kind: "check" },
];

const choices = (none, names) => [["", none], ...names.map((name) => [name, name])];

const COLUMNS = [
  {
    label: "Severity",
    unseen: true,
    width: "1.1rem",
    class: "severity",
    cell: ({ severity }) => [icon(severity), element("span", { class: "unseen" }, severity)],
  },
  { label: "Event", class: "title", cell: titleOf, href: ({ id, source }) => address("event", { id, source }) },
  { label: "Type", width: "minmax(0, 11.5rem)", class: "type", cell: ({ type }) => foreign(type, { class: "tag" }) },
  {
    label: "Endpoint",
    width: "minmax(0, 9rem)",
    class: "endpoint one muted",
    cell: ({ endpoint }) => foreign(endpoint),
  },
  { label: "Accepted", width: "6rem", class: "one when numeric muted", cell: ({ time }) => timeElement(time) },
];

function titleOf({ title, dead_at: dead = [] }) {
  return [
    foreign(title, { class: "one" }),
    dead.length > 0 && element("span", { class: "tag bad" }, `Dead at ${dead.join(", ")}`),
  ];
}

/** Show what matches, then what comes. */
async function follow(context, values, list, state) {
  const found = listOf(context, values, list, (task) => attempt(task));

  async function attempt(task) {
    try {
      await task();
    } catch (error) {
      if (!context.signal.aborted)
        refill(
          list,
          problem(error, () => attempt(task)),
          found.shown.size() > 0 && found.shown.root,
          found.more,
        );
    }
  }

  await attempt(found.older);
  focusOpened(found.shown.root);
  if (values.until) return refill(state);
  watch(context, found.newer, (words) => refill(state, words));
}

/**
 * The list, whose rows follow one upon the other without a hole.
 *
 * @param attempt Runs a task and shows what goes wrong.
 * @returns `older()` and `newer()`, which ask and show; `shown`, its table, and `more`, what stands below it.
 */
function listOf(context, values, list, attempt) {
  const shown = table({
    caption: "Events, the newest first",
    columns: COLUMNS,
    key: ({ id, source }) => `${source}/${id}`,
    rank: ({ time }) => time,
  });
  const more = element("div", { class: "more" });
  const ask = (query) => context.api("events", { query: { ...values, ...query }, signal: context.signal });
  let newest = "";
  let cursor = "";
  let seen = ""; // until when the last look has seen what there is; empty before the first
  let told = []; // what the rows say, of the failed

  function settle({ events }) {
    newest = events.reduce((latest, { time }) => (time > latest ? time : latest), newest);
    const isEmpty = shown.size() === 0;
    const wanted = isEmpty ? empty(values) : shown.root;
    if (isEmpty || list.firstChild !== wanted) refill(list, wanted, more);
  }

  async function older(button) {
    if (button) button.disabled = true;
    const from = cursor;
    const answer = await ask({ limit: PAGE, ...(from && { cursor: from }) });
    if (context.signal.aborted || cursor !== from) return; // the list has begun anew meanwhile
    seen ||= answer.until;
    told.push(...answer.events.map(said));
    shown.append(answer.events);
    goOn(answer);
  }

  /** The list begins anew: between it and these is a hole, or it no longer says what is so. */
  function begin(answer) {
    const focused = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
    told = answer.events.map(said);
    shown.replace(answer.events);
    goOn(answer);
    if (focused) linkTo(list, focused)?.focus({ preventScroll: true });
  }

  function goOn(answer) {
    cursor = answer.cursor;
    settle(answer);
    refill(more, rest(answer));
  }

  const rest = ({ cursor, searched_since: since }) => [
    cursor &&
      element(
        "button",
        { type: "button", onclick: (event) => attempt(() => older(event.currentTarget)) },
        values.text ? "Search further back" : "Show older",
      ),
    since &&
      element(
        "span",
        { title: exact(Date.parse(since)) },
        `${counted(shown.size(), "event")} since `,
        timeElement(since),
      ),
  ];

  async function newer() {
    if (!seen) return older();
    const answer = await ask(question());
    if (context.signal.aborted) return;
    const arrived = answer.events.filter((row) => !shown.has(row));
    if (values.failed ? isChanged(answer) : answer.cursor && answer.searched_since > seen) begin(answer);
    else if (!values.failed) shown.prepend(arrived);
    seen = answer.until;
    settle(answer);
    if (arrived.length) context.announce(`${counted(arrived.length, "new event")}: ${visible(arrived[0].title)}`);
  }

  const question = () => {
    if (values.failed) return { limit: Math.min(MOST, Math.max(PAGE, shown.size())) };
    return newest ? { after: newest } : { limit: PAGE };
  };

  const isChanged = ({ events, cursor: rest }) =>
    events.some((event, place) => said(event) !== told[place]) || (!rest && events.length < told.length);

  return { shown, more, older, newer };
}

/** What a row says that may change while it is listed. */
const said = ({ id, source, dead_at: dead }) => JSON.stringify([id, source, dead]);

const linkTo = (root, href) =>
  [...root.querySelectorAll("a[data-item]")].find((link) => link.getAttribute("href") === href);

/** Who comes back from an event stands where they left. */
function focusOpened(root) {
  const opened = takeOpened();
  const link = opened && linkTo(root, opened);
  link?.scrollIntoView({ block: "center" });
  link?.focus({ preventScroll: true });
}

/** Look again and again, seldom while the server does not answer. */
function watch({ every, signal, overview }, look, show) {
  let said = null;
  const say = (words) =>
    words !== said && show((said = words) || [element("span", { class: "pulse", "aria-hidden": "true" }), "Live"]);
  let pauses = 0;
  async function attempt() {
    if (pauses-- > 0) return;
    pauses = 0;
    try {
      await look();
      say("");
    } catch (error) {
      if (signal.aborted) return;
      pauses = LONGEST_PAUSE / overview.poll_seconds;
      say(`Not live: ${error.message}`);
    }
  }
  say("");
  every(overview.poll_seconds, attempt, signal);
}

const empty = (values) =>
  Object.keys(values).length
    ? nothing("No event matches.", "Take a filter away, or look further back.")
    : nothing(
        "No events in the last 24 hours.",
        "Send one: `jamwire send netlify/deploy-succeeded`, with `--local` to the local account. It appears here by itself.",
      );
