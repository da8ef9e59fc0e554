// What is known of topics: read from their state documents and kept true by what is pushed.

import { channel, FAMILY, pageChannel, plain } from "./channels.js";
import { loadedAt, serverTime, stopwatch } from "./clock.js";
import { connection, parse } from "./connection.js";
import { documents } from "./documents.js";
import { entriesOf, firsts, merge, unforgotten } from "./merge.js";

/**
 * Follows topics, for a page (page.js) or for a program (api.js).
 *
 * @param {object} options As in index.d.ts, and `page`: the path of the page whose updates are followed;
 *   `covers`, `where` and `authorization`: see private.js; `onChange`, which is told each topic of which something else is known now; `onLook`, called every second.
 */
export const makeLive = ({ url, key, state: base, page, covers, where, authorization, onNotice, onUpdate, onState, onChange, onLook }) => {
  const ASLEEP_AFTER = 5 * 60_000; // a hidden page is left alone after so long
  const LOOK_EVERY = 1_000;
  const BLOCKED = 2; // connections that failed in a row

  // All documents are read when a page begins, when it is open, and after every gap; and after pauses of about
  const UNREACHED_PAUSE = 700; // where one could not be read: at most a second after the network is back
  const POLL_PAUSE = 5_000; // while it is not open
  const LONGEST_RETRY = 60_000; // where one is not what it should be; it begins with the shortest of these two
  const SETTLE_PAUSE = 1_500; // once it is open: what was said just before is written, and the edge's second is over
  const CHECK_PAUSE = 250_000; // afterwards: a push that was lost without a word is made up for within five minutes

  const JUST = 3_000; // what was said so long before a document was made may not be in it yet
  const MAX_UPDATES = 50; // of a document, the newest first

  const NOTHING = {};
  const sizeOf = (entries) => Object.keys(entries).length;
  const learned = new WeakMap(); // stopwatches by entry
  const known = new Map(); // [topic, entries] by the topic's plain name
  const wanted = new Map(); // channels by the names of their state documents
  const isFirst = firsts(); // of a push, by its id: one may come twice
  let streaming; // state of the stream, or asleep; none before it has begun
  let isPolled = false; // what is known comes from polling
  let told; // of the state
  let problem;
  let updatedAt; // when updates were read
  let bedtime, timer;
  let reading = 0; // the latest of the rounds of reading; only it is followed by others
  let isReached = true;
  let pause; // until all documents are read again
  let isRead; // since the stream was opened
  let current = stopwatch(); // since all was last known to be current

  const get = (topic) => known.get(plain(topic))?.[1] ?? NOTHING;

  const say = (more) => {
    const state = isPolled ? "polling" : streaming;
    if (told === (told = state + problem)) return;
    onState?.({ state, ...(problem && { problem }), ...more });
  };

  // What is known is what is left of before, and what was said.
  const learn = (topic, said, left = get(topic)) => {
    const entries = { ...left };
    if (!merge(entries, said) && sizeOf(left) === sizeOf(get(topic))) return;
    for (const entry of Object.values(entries)) if (!learned.has(entry)) learned.set(entry, stopwatch());
    if (sizeOf(entries)) known.set(plain(topic), [topic, entries]);
    else known.delete(plain(topic));
    onChange(topic);
  };

  // A page that has just been loaded is new, whatever was updated before it.
  const update = (told) => Date.parse(told.time) > loadedAt && onUpdate?.(told);

  const data = (text) => {
    const told = parse(text);
    if (Array.isArray(told.paths)) update(told);
    else if (told.topic) {
      if (isFirst(told.id)) onNotice?.(told);
      learn(told.topic, entriesOf(told));
    }
  };

  const heardUpdates = (updates, age) => {
    updates.forEach(update);
    // Where it has no room for what was told since the last time, any page may have changed.
    const oldest = updates[MAX_UPDATES - 1];
    if (Date.parse(oldest?.time) > (updatedAt ?? loadedAt)) update({ ...oldest, paths: ["/*"] });
    updatedAt = serverTime() - age;
  };

  // What a document lacks was forgotten, unless it has just been said, or the document was cut.
  const heardDocument = ({ topic, entries, topics, updates, cut }, name, age) => {
    if (updates) return heardUpdates(updates, age);
    const its = name.replace("-family/", "/");
    const all = new Map(); // [topic, what is said of it] by the topic's plain name
    for (const one of Object.entries(topics ?? { [topic]: entries })) all.set(plain(one[0]), one);
    for (const [name, [topic]] of known) {
      const [own] = namesOf(topic);
      if (!all.has(name) && (topics ? !cut && own.startsWith(`${its}/`) : own === its)) all.set(name, [topic]);
    }
    for (const [topic, said] of all.values()) {
      const isLeft = ([name, entry]) => said?.[name]?.[2] === entry[2] || learned.get(entry)() < age + JUST;
      learn(topic, said, Object.fromEntries(Object.entries(get(topic)).filter(isLeft)));
    }
  };

  const read = documents((name) => where?.(name) ?? base, (name) => authorization?.(name), heardDocument);

  const isOpen = () => streaming === "open";

  // Reads, and goes on; but a page that is hidden is left alone, unless something has happened.
  const readOn = async (isPoll) => {
    clearTimeout(timer);
    if (!base) return;
    const mine = ++reading;
    if (isPoll && document.hidden) {
      isPolled = false;
      return say();
    }
    const outcomes = await read(wanted.keys());
    if (mine !== reading) return;
    const wasReached = isReached;
    isReached = !outcomes.includes(undefined);
    problem = outcomes.find(Boolean);
    if (isReached && !problem) {
      isRead = true;
      current = stopwatch();
    }
    isPolled = isPoll && isReached && !isOpen();
    say();
    if (!isReached) pause = UNREACHED_PAUSE;
    else if (!isOpen()) pause = POLL_PAUSE;
    else if (isPoll && problem && pause <= LONGEST_RETRY) pause = Math.min(1.5 * pause, LONGEST_RETRY);
    else pause = isPoll && !problem ? CHECK_PAUSE : SETTLE_PAUSE;
    timer = setTimeout(readOn, pause * (0.8 + Math.random() * 0.4), true);
    if (isReached && !wasReached && !isOpen()) stream.connect(); // the network is back
  };

  const streamState = (now, failures, missed) => {
    streaming = now;
    if (isOpen()) isPolled = isRead = false;
    say({ missed });
    if (isOpen()) readOn();
    else if (failures >= BLOCKED) readOn(true);
  };

  const credentials = (channel = "") => authorization?.(channel) ?? { "x-api-key": key };
  const stream = connection(url, credentials, { data, state: streamState });

  const sleep = () => {
    stream.drop();
    clearTimeout(timer);
    reading++;
    isPolled = false;
    streaming = "asleep";
    say();
  };

  const begin = () => {
    stream.connect();
    readOn();
  };

  const wake = () => {
    clearTimeout(bedtime);
    if (document.hidden) bedtime = setTimeout(sleep, ASLEEP_AFTER);
    else if (stream.isAlive()) readOn();
    else begin();
  };

  const look = setInterval(() => {
    stream.look();
    if ((isRead || !base) && isOpen()) current = stopwatch();
    for (const [topic, entries] of known.values()) learn(topic, {}, unforgotten(entries, serverTime()));
    onLook?.();
  }, LOOK_EVERY);

  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("visibilitychange", wake, { signal });
  addEventListener("online", () => document.hidden || begin(), { signal });
  addEventListener("pagehide", sleep, { signal }); // an open connection would keep the page out of the back/forward cache
  addEventListener("pageshow", ({ persisted }) => persisted && wake(), { signal });

  // The channel of a topic or family, and its state document.
  const namesOf = (topic) => {
    const name = topic.replace(FAMILY, "");
    const its = channel(covers?.(topic) ? "private" : "notice", name);
    return name === topic ? [its, its] : [`${its}/*`, its.replace("/", "-family/")];
  };

  const SITE = "site";
  const want = (its, state) => {
    if (wanted.has(state)) return;
    wanted.set(state, its);
    stream.add(its);
    if (streaming && base) read([state]);
  };

  const leave = (state) => {
    stream.remove(wanted.get(state));
    wanted.delete(state);
  };

  if (page) {
    want("site/updated", SITE);
    stream.add(pageChannel(page));
  }
  // What follows at once has said by then which topics it wants.
  queueMicrotask(() => {
    if (signal.aborted) return;
    begin();
    if (document.hidden) wake();
  });

  return {
    follow: (topic) => want(...namesOf(topic)),
    unfollow: (topic) => leave(namesOf(topic)[1]),
    /** Follows these topics, and no longer any others. */
    followOnly: (topics) => {
      const names = topics.map(namesOf);
      const states = [SITE, ...names.map(([, state]) => state)];
      for (const state of wanted.keys()) if (!states.includes(state)) leave(state);
      for (const its of names) want(...its);
    },
    get,
    known,
    sinceCurrent: () => current(),
    close: () => {
      listening.abort();
      sleep();
      clearTimeout(bedtime);
      clearInterval(look);
    },
  };
};
