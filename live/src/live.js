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
 * Follows topics.
 *
 * @param {import("../index.d.ts").Options} options
 * @returns {import("../index.d.ts").Live}
 */
export const connect = ({
  url, key, state: base, page, privates = [], privateState, token, onNotice, onUpdate, onState, onChange,
}) => {
  const known = new Map(); // entries by topic
  const seen = new Set(); // ids of pushes: one may come twice
  const wanted = new Set(); // names of state documents
  const listeners = new Set();
  const began = performance.now();
  let name = "connecting"; // of the state
  let poll, bedtime, blocked;
  let begun = false, polling = false;
  let isRead = !base; // since the connection was opened
  let current = -Infinity; // when all was last known to be current, by performance.now
  let problem;

  const changed = (topic) => {
    onChange?.(topic);
    for (const [its, listener] of listeners) if (its === topic) listener(live.get(topic));
  };

  const learn = (topic, entries) => {
    const its = known.get(topic) ?? {};
    if (!merge(its, entries)) return;
    known.set(topic, its);
    changed(topic);
  };

  const isNew = (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
    return true;
  };

  const data = (told) => {
    heardTime(told.time);
    if (told.paths) return isNew(`${told.id} ${told.paths}`) && onUpdate?.(told);
    if (onNotice && isNew(told.id) && !onNotice(told)) return;
    learn(plain(told.topic), entriesOf(told));
  };

  const heardDocument = ({ topic, entries, topics, updates }) => {
    if (topics) for (const [its, said] of Object.entries(topics)) learn(plain(its), said);
    else if (entries) learn(plain(topic), entries);
    else updates.forEach((update) => isSince(update) && isNew(`${update.id} ${update.paths}`) && onUpdate?.(update));
  };

  // A page that has just been loaded is new, whatever was updated before it.
  const isSince = ({ time }) => Date.parse(time) > serverTime() - (performance.now() - began);

  const say = (now, more) => {
    name = now;
    onState?.({ state: now, ...(problem && { problem }), ...more });
  };

  const namespaceOf = (topic) => (privates.some((its) => topic.startsWith(its)) ? "private" : "notice");
  const isPrivate = (name) => name.startsWith("private/");
  const authorization = async (name) => (isPrivate(name) ? { Authorization: await token() } : undefined);
  const wrong = (what) => (problem = what);
  const where = (name) => (isPrivate(name) ? privateState : base);
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

  const credentials = (name) => (name && isPrivate(name) ? authorization(name) : { "x-api-key": key });
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

  const online = () => document.hidden || begin();
  const restored = ({ persisted }) => persisted && wake();

  const check = setInterval(() => document.hidden || !stream.isOpen() || readAll(), CHECK_EVERY);
  const look = setInterval(() => {
    if (isRead && stream.isOpen() && stream.isAlive()) current = performance.now();
    for (const [topic, its] of known) if (forget(its, serverTime())) changed(topic);
  }, LOOK_EVERY);

  document.addEventListener("visibilitychange", wake);
  addEventListener("online", online);
  addEventListener("pagehide", sleep); // an open connection would keep the page out of the back/forward cache
  addEventListener("pageshow", restored);

  const live = {
    follow: (topic) => {
      const name = topic.replace(FAMILY, "");
      const its = channel(namespaceOf(topic), name);
      const isFamily = name !== topic;
      const state = isFamily ? its.replace("/", "-family/") : its;
      stream.add(isFamily ? `${its}/*` : its);
      if (wanted.has(state)) return;
      wanted.add(state);
      if (begun) read([state]);
    },
    subscribe: (topic, listener) => {
      const entry = [plain(topic), listener];
      listeners.add(entry);
      live.follow(topic);
      listener(live.get(topic));
      return () => listeners.delete(entry);
    },
    get: (topic) => known.get(plain(topic)) ?? {},
    topics: () => [...known.keys()],
    sinceCurrent: () => performance.now() - current,
    close: () => {
      sleep();
      clearTimeout(bedtime);
      clearInterval(look);
      clearInterval(check);
      stream.end();
      document.removeEventListener("visibilitychange", wake);
      removeEventListener("online", online);
      removeEventListener("pagehide", sleep);
      removeEventListener("pageshow", restored);
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
