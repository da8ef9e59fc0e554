// What a page shows of what is known, by attributes. It writes text and never HTML.

import { covers, plain } from "./channels.js";
import { serverTime } from "./clock.js";
import { makeLive } from "./live.js";
import { entryOf, firsts } from "./merge.js";

const tell = (name) => (detail) =>
  document.dispatchEvent(new CustomEvent(`jamwire:${name}`, { detail, cancelable: true }));

const built = new WeakMap(); // what elements held before
const others = new Set(); // topics that the page shows in its own way

/** Writes a text, and the time that it means. */
export const write = (element, text, dateTime) => {
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

const show = (live, element, topic, field, render) => {
  const known = live.get(topic);
  const entry = field === "topic" ? [topic.replace(/^.*\//, "")] : entryOf(known, field);
  if (entry?.[0]) render(element, entry, known);
  else restore(element);
  const patience = element.closest("[data-jamwire-max-age]")?.dataset.jamwireMaxAge * 1_000;
  const ends = entry ? entry[3] : Date.parse(element.dataset.jamwireEnds); // of what was built
  const stale = ends <= serverTime() ? "ended" : live.sinceCurrent() > patience && "unknown";
  if (stale) element.dataset.jamwireStale = stale;
  else delete element.dataset.jamwireStale;
};

/**
 * A part of a page: elements with an attribute that names what they show. "line-12.Delay" is the field Delay of the
 * topic line-12; without a field it is what the notice says. A name that begins with a dot is one of the topic that its
 * row is of.
 *
 * @param {string} attribute
 * @param {(element: Element, entry: Array, known: object) => void} render
 * @returns {(live: object) => (changed?: Set<string>) => string[]} See `start`. A list's rows need no channels.
 */
export const showing = (attribute, render) => (live) => (changed) =>
  [...document.querySelectorAll(`[${attribute}]`)].map((element) => {
    const named = element.getAttribute(attribute).trim();
    const [, own, , field] = /^(.*?)(\.([^.]*))?$/s.exec(named);
    const topic = own || element.closest("[data-jamwire-topic]")?.dataset.jamwireTopic || "";
    const name = plain(topic);
    if ((!changed || changed.has(name)) && !others.has(name)) show(live, element, topic, field, render);
    return element.closest("[data-jamwire-list]") ? "" : topic;
  });

const isFirst = firsts(); // of an update, which several channels and the state tell

const showUpdate = (update, tags) => {
  const here =
    update.paths.some((path) => covers(path, location.pathname)) ||
    update.tags.some((tag) => tags.includes(tag.toLowerCase()));
  if (!isFirst(update.id + here) || !tell("updated")({ ...update, here })) return;
  for (const element of document.querySelectorAll("[data-jamwire-updated]"))
    if (element.hidden && (here || element.dataset.jamwireUpdated === "site")) {
      element.hidden = false;
      // Screen readers announce what is put into a live region, and not the region's own appearance.
      setTimeout(() => element.append(...element.childNodes), 100);
    }
};

/**
 * Lets this document follow what its elements name.
 *
 * @param {DOMStringMap} dataset Of the script's element.
 * @param {...(live: object) => (changed?: Set<string>) => string[]} parts More than texts: see index.js. What each gives
 *   is called every second, and when topics have changed with their plain names, and gives what is to be followed.
 */
export const start = ({ jamwireUrl: url, jamwireKey: key, jamwireState: state, jamwireTags = "" }, ...parts) => {
  const tags = jamwireTags.toLowerCase().split(/\s+/); // CloudFront's know no case
  const SPOKEN = // in another way, or not
    "[aria-live],[role=status],[role=alert],[role=log],[role=timer],[role=marquee],[data-jamwire-quiet],[data-jamwire-list]";
  // Elements may be added and removed at any time, as frameworks do.
  const look = () => {
    live.follow(all.flatMap((part) => part()));
    for (const element of document.querySelectorAll("[data-jamwire-text],[data-jamwire-updated]"))
      if (!element.closest(SPOKEN)) element.setAttribute("aria-live", "polite");
  };
  let changed; // names of topics: what one document says of many is shown all at once
  const showChanged = () => {
    const names = changed;
    changed = undefined;
    for (const part of all) part(names);
  };
  const live = makeLive(
    { url, key, state, page: location.pathname },
    {
      notice: tell("notice"),
      state: tell("state"),
      updated: (update) => showUpdate(update, tags),
      topic: (topic) => {
        const name = plain(topic);
        others[tell("topic")({ topic, entries: live.get(topic) }) ? "delete" : "add"](name);
        if (!changed) queueMicrotask(showChanged);
        (changed ??= new Set()).add(name);
      },
      look: () => document.hidden || look(),
    },
  );
  const texts = showing("data-jamwire-text", (element, [text]) => write(element, text));
  const all = [...parts, texts].map((part) => part(live)); // a row is there before its texts are written
  look();
  queueMicrotask(live.begin); // a program that imports this one has said by then what it listens to
};
