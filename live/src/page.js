// What a page shows of what is known, by attributes. It writes text and never HTML.

import { covers, plain } from "./channels.js";
import { serverTime } from "./clock.js";
import { makeLive } from "./live.js";
import { entryOf } from "./merge.js";


const tell = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`jamwire:${name}`, { detail, cancelable: true }));

const all = (...attributes) => document.querySelectorAll(attributes.map((name) => `[data-jamwire-${name}]`));

// "line-12.Delay" is the field Delay of the topic line-12; without a field it is what the notice says. A name that
// begins with a dot is one of the topic that its row is of.
const wantedBy = (element) => {
  const { jamwireText = "", jamwireAsOf = jamwireText } = element.dataset;
  const [, name, , field] = /^(.*?)(\.([^.]*))?$/s.exec(jamwireAsOf.trim());
  const topic = name || (element.closest("[data-jamwire-topic]")?.dataset.jamwireTopic ?? "");
  return { topic, field: field || undefined, isOfRow: !name };
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

// A sequence is no time: then it is when the newest notice was accepted.
const writeTime = (element, known, order) => {
  const DAY = 86_400_000;
  const date = new Date(order > 1e12 && order < serverTime() + DAY ? order : entryOf(known, "time")?.[0]);
  if (isNaN(date)) return;
  const dateStyle = serverTime() - date > DAY ? "short" : undefined;
  write(element, date.toLocaleString(undefined, { timeStyle: "short", dateStyle }), date.toISOString());
};

const show = (live, element) => {
  const { topic, field } = wantedBy(element);
  if (others.has(plain(topic))) return;
  const known = live.get(topic);
  const entry = entryOf(known, field);
  if (!isTime(element) && field === "topic") write(element, topic.replace(/^.*\//, ""));
  else if (!entry) restore(element);
  else if (isTime(element)) writeTime(element, known, entry[1]);
  else write(element, entry[0]);
  mark(live, element, entry);
};

const mark = (live, element, entry) => {
  const patience = element.closest("[data-jamwire-max-age]")?.dataset.jamwireMaxAge;
  const isUnknown = live.sinceCurrent() > patience * 1_000;
  const stale = entry?.[3] <= serverTime() ? "ended" : isUnknown && "unknown";
  if (stale) element.dataset.jamwireStale = stale;
  else delete element.dataset.jamwireStale;
};

const announce = (element) => {
  const ANNOUNCED = "[aria-live],[role=status],[role=alert],[role=log],[role=timer],[role=marquee]";
  if (!element.closest(`${ANNOUNCED},[data-jamwire-quiet],[data-jamwire-list]`))
    element.setAttribute("aria-live", "polite");
};

const showUpdate = (update, tags, told) => {
  const here =
    update.paths.some((path) => covers(path, location.pathname)) ||
    update.tags.some((tag) => tags.includes(` ${tag.toLowerCase()} `));
  const id = `${update.id} ${here}`;
  if (told.has(id)) return;
  told.add(id);
  if (!tell("updated", { ...update, here })) return;
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
  const told = new Set();
  const showAll = (name) => {
    for (const element of all("text", "as-of")) {
      const topic = plain(wantedBy(element).topic);
      if (!name || topic === name) show(live, element);
    }
  };
  // Elements may be added at any time, as frameworks do.
  const look = () => {
    for (const element of all("text", "as-of", "updated")) {
      const { topic, isOfRow } = wantedBy(element);
      const isOfList = isOfRow && element.closest("[data-jamwire-list]"); // which follows the whole family
      if (topic && !isOfList) live.follow(topic);
      if (!isTime(element)) announce(element);
    }
    extended?.();
    showAll();
  };
  const live = makeLive({
    url,
    key,
    state,
    page: location.pathname,
    onNotice: (notice) => tell("notice", notice),
    onUpdate: (update) => showUpdate(update, tags, told),
    onState: (detail) => tell("state", detail),
    onChange: (topic) => {
      const name = plain(topic);
      if (tell("topic", { topic, entries: live.get(topic) })) others.delete(name);
      else others.add(name);
      extended?.(topic);
      showAll(name);
    },
    onLook: () => document.hidden || look(),
  });
  const extended = extend?.(live);
  look();
  return live;
};
