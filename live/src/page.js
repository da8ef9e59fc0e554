// What a page shows of what is known, by attributes. It writes text and never HTML.

import { covers, plain } from "./channels.js";
import { serverTime } from "./clock.js";
import { makeLive } from "./live.js";
import { entryOf } from "./merge.js";

const ANNOUNCED = "[aria-live],[role=status],[role=alert],[role=log],[role=timer],[role=marquee]";
const LOOK_EVERY = 1_000;

const tell = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`jamwire:${name}`, { detail, cancelable: true }));

const all = (...attributes) => document.querySelectorAll(attributes.map((name) => `[data-jamwire-${name}]`));

// "line-12.Delay" is the field Delay of the topic line-12; without a field it is what the notice says. A name that
// begins with a dot is one of the topic that its row is of.
const wantedBy = (element) => {
  const { jamwireText, jamwireAsOf = jamwireText } = element.dataset;
  const [, name, , field] = /^(.*?)(\.([^.]*))?$/s.exec(jamwireAsOf.trim());
  const topic = name || (element.closest("[data-jamwire-topic]")?.dataset.jamwireTopic ?? "");
  return { topic, field: field || undefined };
};

const built = new WeakMap(); // what an element held before
const others = new Set(); // topics that the page shows in its own way

const write = (element, text) => {
  if (!built.has(element)) built.set(element, element.textContent);
  if (element.textContent !== text) element.textContent = text;
};

const timeOf = (order) => {
  const date = new Date(order);
  const isOld = serverTime() - order > 86_400_000;
  const options = { timeStyle: "short", ...(isOld && { dateStyle: "short" }) };
  return { iso: date.toISOString(), text: date.toLocaleString(document.documentElement.lang || undefined, options) };
};

const show = (live, element) => {
  const { topic, field } = wantedBy(element);
  if (others.has(plain(topic))) return;
  const known = live.get(topic);
  const isTime = "jamwireAsOf" in element.dataset;
  const entry = entryOf(known, field);
  const shown = !isTime && field === "topic" ? topic.replace(/^.*\//, "") : entry?.[0];
  if (isTime && entry) {
    const { iso, text } = timeOf(Date.parse(entryOf(known, "time")?.[0]) || entry[1]);
    element.dateTime = iso;
    write(element, text);
  } else if (shown !== undefined) write(element, shown);
  else if (built.has(element)) write(element, built.get(element));
  mark(live, element, entry);
};

const mark = (live, element, entry) => {
  const patience = element.closest("[data-jamwire-max-age]")?.dataset.jamwireMaxAge;
  const stale =
    entry?.[3] <= serverTime() ? "ended" : live.sinceCurrent() > patience * 1_000 ? "unknown" : undefined;
  if (stale) element.dataset.jamwireStale = stale;
  else delete element.dataset.jamwireStale;
};

const announce = (element) => {
  if (!element.closest(`${ANNOUNCED},[data-jamwire-quiet],[data-jamwire-list]`))
    element.setAttribute("aria-live", "polite");
};

const showUpdate = (update, tags, told) => {
  const here =
    update.paths.some((path) => covers(path, location.pathname)) ||
    update.tags.some((tag) => tags.includes(` ${tag.toLowerCase()} `));
  const id = `${update.id} ${here}`;
  if (told.has(id) || !tell("updated", { ...update, here })) return;
  told.add(id);
  for (const element of all("updated")) {
    if (!element.hidden || !(here || element.dataset.jamwireUpdated === "site")) continue;
    element.hidden = false;
    // Screen readers announce what is put into a live region, and not the region's own appearance.
    setTimeout(() => element.append(...element.childNodes), 100);
  }
};

/** Lets this document follow what its elements name. `extend` adds more: see lists.js. */
export const start = ({ jamwireUrl: url, jamwireKey: key, jamwireState: state, jamwireTags = "" }, extend) => {
  const tags = ` ${jamwireTags} `.toLowerCase(); // CloudFront's know no case
  const told = new Set();
  const follow = (element) => {
    const { topic } = wantedBy(element);
    if (topic) live.follow(topic);
  };
  const showAll = (topic) => {
    for (const element of all("text", "as-of"))
      if (topic === undefined || plain(wantedBy(element).topic) === topic) show(live, element);
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
      if (!tell("topic", { topic, entries: live.get(topic) })) others.add(topic);
      extended?.(topic);
      showAll(topic);
    },
  });
  const extended = extend?.(live);
  all("text", "as-of").forEach(follow);
  [...all("text"), ...all("updated")].forEach(announce);
  setInterval(() => document.hidden || showAll(), LOOK_EVERY);
  return live;
};
