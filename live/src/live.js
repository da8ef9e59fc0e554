// What is known of topics: read from their state documents and kept true by what is pushed.

import { channel, FAMILY, pageChannel, plain } from "./channels.js";
import { heardTime, serverTime } from "./clock.js";
import { connection } from "./connection.js";
import { documents } from "./documents.js";
import { entriesOf, forget, merge } from "./merge.js";

const ASLEEP_AFTER = 5 * 60_000; // a hidden page is left alone after so long
const SETTLE = 1_000; // what was said while a subscription began may be in the state a moment later
const POLL_EVERY = 5_000, POLL_AGAIN = 1_000, LOOK_EVERY = 1_000;
const BLOCKED = 2; // connections that failed in a row, or one that was not opened within so long
const BLOCKED_AFTER = 4_000;
const CHECK_EVERY = 5 * 60_000; // a push that was lost without a word is made up for
const REMEMBERED = 200;

const spread = (wait) => wait * (0.8 + Math.random() * 0.4);

/**
 * Follows topics, for a page (page.js) or for a program (api.js).
 *
 * @param {import("../index.d.ts").Options & {onChange: (topic: string) => void}} options
 */
export const makeLive = ({ url, key, state: base, page, privately, onNotice, onUpdate, onState, onChange }) => {
  const known = new Map(); // entries by topic
  const seen = new Set(); // ids of pushes: one may come twice
  const wanted = new Set(); // names of state documents
  const began = performance.now();
  let name = "connecting"; // of the state
  let poll, bedtime, blocked;
  let begun = false, polling = false;
  let isRead = !base; // since the connection was opened
  let current = -Infinity; // when all was last known to be current, by performance.now
  let problem;

  const learn = (topic, entries) => {
    const its = known.get(topic) ?? {};
    if (!merge(its, entries)) return;
    known.set(topic, its);
    onChange(topic);
  };

  const isNew = (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
    return true;
  };

  // A page that has just been loaded is new, whatever was updated before it.
  const update = (told) =>
    Date.parse(told.time) > serverTime() - performance.now() + began && isNew(`${told.id} ${told.paths}`) && onUpdate?.(told);

  const data = (told) => {
    heardTime(told.time);
    if (told.paths) return update(told);
    if (isNew(told.id)) onNotice?.(told);
    learn(plain(told.topic), entriesOf(told));
  };

  const heardDocument = ({ topic, entries, topics, updates }) => {
    if (topics) for (const [its, said] of Object.entries(topics)) learn(plain(its), said);
    else if (entries) learn(plain(topic), entries);
    else updates.forEach(update);
  };

  const say = (now, more) => {
    name = now;
    onState?.({ state: now, ...(problem && { problem }), ...more });
  };

  const wrong = (what) => (problem = what);
  const where = (name) => privately?.where(name) ?? base;
  const authorization = (name) => privately?.authorization(name);
  const read = base ? documents(where, authorization, heardDocument, wrong) : async () => false;

  const readAll = async () => {
    problem = undefined;
    const all = await read(wanted);
    if (problem) say(name);
    else if (all) {
      isRead = true;
      current = performance.now();
    }
    return all;
  };

  const stopPolling = () => {
    clearTimeout(blocked);
    clearTimeout(poll);
    polling = false;
  };

  const pollOn = async () => {
    clearTimeout(poll);
    polling = !!base && !document.hidden && !stream.isOpen();
    if (!polling) return;
    const all = await readAll();
    if (!polling) return;
    if (all && name !== "polling") say("polling");
    clearTimeout(poll);
    poll = setTimeout(pollOn, spread(all ? POLL_EVERY : POLL_AGAIN));
  };

  const streamState = (now, failures, missed) => {
    if (now === "open") {
      stopPolling();
      isRead = !base;
      say("open", missed && { missed });
      readAll();
      setTimeout(readAll, SETTLE);
    } else if (name !== "polling" || now === "refused") say(now);
    if (failures >= BLOCKED && !polling) pollOn();
  };

  const credentials = (name = "") => authorization(name) ?? { "x-api-key": key };
  const stream = connection(url, credentials, new Set(), { data, state: streamState });

  const sleep = () => {
    stream.drop();
    stopPolling();
    say("asleep");
  };

  const begin = () => {
    stopPolling();
    stream.connect();
    readAll();
    blocked = setTimeout(pollOn, BLOCKED_AFTER);
  };

  const wake = () => {
    clearTimeout(bedtime);
    if (document.hidden) bedtime = setTimeout(sleep, ASLEEP_AFTER);
    else if (!stream.isAlive()) begin();
    else if (!stream.isOpen()) pollOn();
  };

  const check = setInterval(() => stream.isOpen() && !document.hidden && readAll(), CHECK_EVERY);
  const look = setInterval(() => {
    if (isRead && stream.isOpen() && stream.isAlive()) current = performance.now();
    for (const [topic, its] of known) if (forget(its, serverTime())) onChange(topic);
  }, LOOK_EVERY);

  const listening = new AbortController();
  const { signal } = listening;
  document.addEventListener("visibilitychange", wake, { signal });
  addEventListener("online", () => document.hidden || begin(), { signal });
  addEventListener("pagehide", sleep, { signal }); // an open connection would keep the page out of the back/forward cache
  addEventListener("pageshow", ({ persisted }) => persisted && wake(), { signal });

  const live = {
    follow: (topic) => {
      const name = topic.replace(FAMILY, "");
      const its = channel(privately?.covers(topic) ? "private" : "notice", name);
      const isFamily = name !== topic;
      const state = isFamily ? its.replace("/", "-family/") : its;
      stream.add(isFamily ? `${its}/*` : its);
      if (wanted.has(state)) return;
      wanted.add(state);
      if (begun) read([state]);
    },
    get: (topic) => known.get(plain(topic)) ?? {},
    topics: () => [...known.keys()],
    sinceCurrent: () => performance.now() - current,
    close: () => {
      sleep();
      clearTimeout(bedtime);
      clearInterval(look);
      clearInterval(check);
      listening.abort();
      stream.end();
    },
  };

  if (page !== undefined) {
    wanted.add("site");
    stream.add("site/updated");
    stream.add(pageChannel(page));
  }
  queueMicrotask(() => {
    begun = true; // what follows at once has said by now which topics it wants
    begin();
    if (document.hidden) wake();
  });
  return live;
};
