// What a page shows of what is known, by attributes. It writes text and never HTML.

import { covers, plain } from "./channels.js";
import { serverTime } from "./clock.js";
import { makeLive } from "./live.js";
import { entryOf, firsts } from "./merge.js";

const tell = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`jamwire:${name}`, { detail, cancelable: true }));

const all = (...attributes) => document.querySelectorAll(attributes.map((name) => `[data-jamwire-${name}]`));

// "line-12.Delay" is the field Delay of the topic line-12; without a field it is what the notice says. A name that
// begins with a dot is one of the topic that its row is of.
const wantedBy = (element) => {
  const { jamwireText = "", jamwireAsOf = jamwireText } = element.dataset;
  const [, name, field] = /^(.*?)(?:\.([^.]*))?$/s.exec(jamwireAsOf.trim());
  return { topic: name || element.closest("[data-jamwire-topic]")?.dataset.jamwireTopic || "", field };
};

const isTime = ({ dataset }) => "jamwireAsOf" in dataset;

const built = new WeakMap(); // what elements held before
const others = new Set(); // topics that the page shows in its own way

const write = (element, text, dateTime) => {
  if (!built.has(element)) built.set(element, [[...element.childNodes], element.dateTime]);
  if (element.textContent !== text) element.textContent = text;
  if (dateTime) element.dateTime = dateTime;
};

const restore = (element) => {
  if (!built.has(element)) return;
  const [nodes, dateTime] = built.get(element);
  built.delete(element);
  element.replaceChildren(...nodes);
  element.dateTime = dateTime; // of other elements than <time> it means nothing
};

// An order is a time if it is one of these centuries', in milliseconds. A sequence is none: then it is when the newest
// notice was accepted.
const writeTime = (element, known, order) => {
  const DAY = 86_400_000;
  const date = new Date(order > 1e12 && order < 1e13 ? order : entryOf(known, "time")?.[0]);
  if (isNaN(date)) return;
  const dateStyle = serverTime() - date > DAY ? "short" : undefined;
  write(element, date.toLocaleString([], { timeStyle: "short", dateStyle }), date.toISOString());
};

const show = (live, element, { topic, field }) => {
  const known = live.get(topic);
  const entry = entryOf(known, field);
  if (!isTime(element) && field === "topic") write(element, topic.replace(/^.*\//, ""));
  else if (!entry) restore(element);
  else if (isTime(element)) writeTime(element, known, entry[1]);
  else write(element, entry[0]);
  const patience = element.closest("[data-jamwire-max-age]")?.dataset.jamwireMaxAge;
  const isUnknown = live.sinceCurrent() > patience * 1_000;
  const stale = entry?.[3] <= serverTime() ? "ended" : isUnknown && "unknown";
  if (stale) element.dataset.jamwireStale = stale;
  else delete element.dataset.jamwireStale;
};

const showUpdate = (update, tags, isFirst) => {
  const here =
    update.paths.some((path) => covers(path, location.pathname)) ||
    update.tags.some((tag) => tags.includes(` ${tag.toLowerCase()} `));
  if (!isFirst(update.id + here) || !tell("updated", { ...update, here })) return;
  for (const element of all("updated")) {
    if (element.hidden && (here || element.dataset.jamwireUpdated === "site")) {
      element.hidden = false;
      // Screen readers announce what is put into a live region, and not the region's own appearance.
      setTimeout(() => element.append(...element.childNodes), 100);
    }
  }
};

/** Lets this document follow what its elements name. `extend` adds more: see index.js. */
export const start = ({ jamwireUrl: url, jamwireKey: key, jamwireState: state, jamwireTags = "" }, extend) => {
  const tags = ` ${jamwireTags} `.toLowerCase(); // CloudFront's know no case
  const SPOKEN = // in another way, or not
    "[aria-live],[role=status],[role=alert],[role=log],[role=timer],[role=marquee],[data-jamwire-quiet]";
  const isFirst = firsts();
  const showAll = (name) => {
    for (const element of all("text", "as-of")) {
      const wanted = wantedBy(element);
      const its = plain(wanted.topic);
      if ((!name || its === name) && !others.has(its)) show(live, element, wanted);
    }
  };
  // Elements may be added and removed at any time, as frameworks do. A list's rows need no channels, and are not read out.
  const look = () => {
    const named = new Set();
    for (const { dataset } of all("list", "summary")) named.add((dataset.jamwireList ?? dataset.jamwireSummary).trim());
    for (const element of all("text", "as-of", "updated")) {
      if (element.closest("[data-jamwire-list]")) continue;
      named.add(wantedBy(element).topic);
      if (!isTime(element) && !element.closest(SPOKEN)) element.setAttribute("aria-live", "polite");
    }
    named.delete("");
    live.followOnly([...named]);
    extended?.();
    showAll();
  };
  const live = makeLive({
    url,
    key,
    state,
    page: location.pathname,
    onNotice: (notice) => tell("notice", notice),
    onUpdate: (update) => showUpdate(update, tags, isFirst),
    onState: (detail) => tell("state", detail),
    onChange: (topic) => {
      const name = plain(topic);
      const isOurs = tell("topic", { topic, entries: live.get(topic) });
      others[isOurs ? "delete" : "add"](name);
      extended?.(topic);
      showAll(name);
    },
    onLook: () => document.hidden || look(),
  });
  const extended = extend?.(live);
  look();
  return live;
};
