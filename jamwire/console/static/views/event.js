// One event: what people see of it, what became of it, why, and what it was made of.

import { address, element, foreign, refill, visible } from "../dom.js";
import { stringify } from "../json.js";
import { act } from "../parts/act.js";
import { copyButton } from "../parts/copy.js";
import { deliveriesCard, isPending } from "../parts/deliveries.js";
import { icon } from "../parts/icons.js";
import { jsonTree } from "../parts/json_tree.js";
import { noticeCard } from "../parts/notice.js";
import { missing, problem } from "../parts/problem.js";
import { rulesCard } from "../parts/rules.js";
import { storyCard } from "../parts/story.js";
import { exact, timeElement } from "../time.js";
import { eventsAddress, rememberOpened } from "../parts/events_memory.js";

const AFTER_AN_ACT = 30; // seconds in which something new may become of it
const CALM = 4; // looks are so many times rarer than those of the list

export default {
  async show(root, context) {
    const id = context.query.get("id") ?? "";
    const source = context.query.get("source");
    rememberOpened(source, id);
    const back = element("a", { href: eventsAddress(), class: "back", dataset: { back: "" } }, icon("back"), "Events");
    refill(root, back);
    const ask = () => context.api(`events/${encodeURIComponent(id)}`);
    const chosen = ({ histories }) => histories.find(({ event }) => event.source === source) ?? histories[0];
    let shown = await ask();
    if (context.signal.aborted) return;
    const page = draw(root, shown, chosen(shown), context, watch);
    let lively = 0; // until when something is expected, in milliseconds
    function watch() {
      lively = Date.now() + AFTER_AN_ACT * 1000;
    }
    context.every(context.overview.poll_seconds * CALM, async () => {
      if (Date.now() > lively && !isPending(chosen(shown))) return;
      const fresh = await ask().catch(() => shown); // the page still shows what was known
      if (context.signal.aborted || stringify(fresh) === stringify(shown)) return;
      shown = fresh;
      page.renew(fresh, chosen(fresh));
      context.announce("What became of the event has changed.");
    });
  },
};

/** Show a history of what was found; gives what shows a newer one of the same event. */
function draw(root, found, history, context, changed) {
  const { event } = history;
  const trouble = element("div", null);
  const lively = element("div", null);
  const aside = element("div", { class: "aside-column" });
  const { title } = event.data.notice;
  document.title = `${visible(title)} · Jamwire`;
  function renew(anew, known) {
    refill(trouble, missing(anew));
    refill(lively, deliveriesCard(known, changed), known.story && storyCard(known.story, event.id));
  }
  renew(found, history);
  refill(aside, factsCard(history), rulesCard(history.deliveries[0]?.subscribers ?? []));
  root.append(
    element("div", { class: "head" }, element("div", { class: "aside" }, actions(history, context, changed))),
    trouble,
    found.histories.length > 1 ? siblings(found.histories, event) : "",
    element(
      "div",
      { class: "columns" },
      element("div", { class: "main-column" }, noticeCard(event.data.notice), lively, payloadCard(event, context)),
      aside,
    ),
  );
  root.querySelector(".head").prepend(root.querySelector(".back"));
  return { renew };
}

function actions({ event, deliveries }, context, changed) {
  const names = (deliveries[0]?.subscribers ?? []).map(({ name }) => name);
  const replay = () =>
    act({
      act: "replay",
      body: { ids: [event.id], source: event.source },
      choice: {
        name: "to",
        label: "To",
        options: [["", "All whose rules match"], ...names.map((name) => [name, name])],
      },
      title: "Deliver this event once more?",
      verb: "Replay",
      done: changed,
    });
  return [
    element("button", { type: "button", onclick: () => showCurl(event, context) }, "Copy as curl"),
    element("button", { type: "button", class: "main", onclick: replay }, icon("replay"), "Replay…"),
  ];
}

const siblings = (histories, { id, source }) =>
  element(
    "p",
    { class: "muted" },
    "Several endpoints accepted this id: ",
    histories.map(({ event }) => [
      event.source === source
        ? element("strong", null, foreign(event.source))
        : element("a", { href: address("event", { id, source: event.source }) }, foreign(event.source)),
      " ",
    ]),
  );

function factsCard({ event, archived_until: until }) {
  const { sender = {} } = event.data;
  const facts = [
    [
      "Event",
      element(
        "span",
        { class: "copied" },
        element("code", null, foreign(event.id)),
        copyButton("Copy the id", event.id),
      ),
    ],
    ["Type", element("a", { href: address("events", { type: event.type }) }, foreign(event.type))],
    [
      "Endpoint",
      element("a", { href: address("events", { endpoint: endpointOf(event) }) }, foreign(endpointOf(event))),
    ],
    ["Accepted", [timeElement(event.time), element("div", { class: "muted" }, exact(Date.parse(event.time)))]],
    ["Subject", event.subject && foreign(event.subject)],
    ["Outcome", event.outcome && foreign(event.outcome)],
    ["Publish", event.correlationid && element("code", null, foreign(event.correlationid))],
    ["Sender says", sender.type && foreign(sender.type)],
    ["Sender's time", sender.time && timeElement(sender.time)],
    ["Environment", sender.environment && foreign(sender.environment)],
    ["Sender's site", sender.site && foreign(sender.site)],
    ["Archived", until && ["until ", element("time", { datetime: until }, exact(Date.parse(until)))]],
  ];
  const shown = facts
    .filter(([, fact]) => fact)
    .map(([name, fact]) => [element("dt", null, name), element("dd", null, fact)]);
  return element(
    "section",
    { class: "card", "aria-labelledby": "facts" },
    element("h2", { id: "facts" }, "Facts"),
    element("dl", { class: "facts" }, shown),
  );
}

const endpointOf = ({ source }) => source.replace(/^\/endpoints\//, "");

function payloadCard(event, context) {
  const { payload, sender = {} } = event.data;
  const headers = Object.keys(sender.headers ?? {}).length > 0;
  return element(
    "section",
    { class: "card", "aria-labelledby": "payload" },
    element("h2", { id: "payload" }, "Payload"),
    event.dataref && payload === null ? payloadElsewhere(event, context) : jsonTree(payload),
    headers && fold("Headers that the event keeps", () => jsonTree(sender.headers, { label: "Headers" })),
    fold("The whole event, as subscribers get it", () => jsonTree(event, { label: "Event" })),
  );
}

function payloadElsewhere(event, context) {
  const place = element("div", null, element("p", null, "One moment…"));
  async function load() {
    try {
      const { payload } = await context.api(`events/${encodeURIComponent(event.id)}/payload`, {
        query: { endpoint: endpointOf(event) },
      });
      refill(place, jsonTree(payload));
    } catch (error) {
      if (!context.signal.aborted) refill(place, problem(error, load));
    }
  }
  load();
  const where = ["It is too large to travel and is kept at ", element("code", null, foreign(event.dataref)), "."];
  return [element("p", { class: "muted" }, where), place];
}

/** Something that is built as it is opened. */
function fold(title, build) {
  const root = element(
    "details",
    { class: "fold", ontoggle: () => root.open && root.children.length === 1 && root.append(build()) },
    element("summary", null, title),
  );
  return root;
}

async function showCurl(event, context) {
  const content = element("div", { class: "content" }, element("p", null, "One moment…"));
  const buttons = element(
    "div",
    { class: "buttons" },
    element("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close"),
  );
  const dialog = element(
    "dialog",
    { class: "curl", "aria-labelledby": "curl-title", onclose: () => dialog.remove() },
    element("h2", { id: "curl-title" }, "Send it again by curl"),
    content,
    buttons,
  );
  document.body.append(dialog);
  dialog.showModal();
  try {
    const { command, signed, note } = await context.api(`events/${encodeURIComponent(event.id)}/curl`, {
      query: { endpoint: endpointOf(event) },
    });
    const words =
      note || (signed ? "It is signed by the endpoint's secret." : "It is not signed: put the endpoint's secret in.");
    refill(content, element("p", null, foreign(words)), element("pre", { tabindex: "0" }, foreign(command)));
    buttons.append(copyButton("Copy the command", command, { words: "Copy" }));
  } catch (error) {
    refill(content, problem(error));
  }
}
