// What is known of topics: read from their state documents and kept true by what is pushed.

import { channel, FAMILY, pageChannel, plain } from "./channels.js";
import { loadedAt, serverTime, stopwatch } from "./clock.js";
import { connection, parse } from "./connection.js";
import { documents } from "./documents.js";
import { entriesOf, merge, unforgotten } from "./merge.js";

/**
 * Follows topics, for a page (page.js) or for a program (api.js).
 *
 * @param {object} options As in index.d.ts, and `page`: the path of the page whose updates are followed;
 *   `privately`: see private.js; `onChange`, which is told each topic of which something else is known now; `onLook`, called every second.
 */
export const makeLive = ({ url, key, state: base, page, privately = {}, onNotice, onUpdate, onState, onChange, onLook }) => {
  const ASLEEP_AFTER = 5 * 60_000; // a hidden page is left alone after so long
  const LOOK_EVERY = 1_000;
  const REMEMBERED = 200;
  const BLOCKED = 2; // connections that failed in a row

  // All documents are read when a page begins, when it is open, and after every gap; and after pauses of about
  const UNREACHED_PAUSE = 700; // where one could not be read: at most a second after the network is back
  const POLL_PAUSE = 5_000; // while it is not open
  const SETTLE_PAUSE = 1_500; // once it is open: what was said just before is written, and the edge's second is over
  const CHECK_PAUSE = 250_000; // afterwards: a push that was lost without a word is made up for within five minutes

  const NOTHING = {};
  const known = new Map(); // [topic, entries] by the topic's plain name
  const wanted = new Set(); // names of state documents
  let seen = []; // ids of pushes: one may come twice
  let streaming; // state of the stream, or asleep; none before it has begun
  let isPolled = false; // what is known comes from polling
  let told; // of the state
  let problem;
  let bedtime, timer;
  let reading = 0; // the latest of the rounds of reading; only it is followed by others
  let isReached = true;
  let isSettled, isRead; // since the stream was opened
  let current = stopwatch(); // since all was last known to be current

  const say = (more) => {
    const state = isPolled ? "polling" : streaming;
    if (told === (told = state + problem)) return;
    onState?.({ state, ...(problem && { problem }), ...more });
  };

  const learn = (topic, said) => {
    const entries = { ...known.get(plain(topic))?.[1] };
    if (!merge(entries, said)) return;
    known.set(plain(topic), [topic, entries]);
    onChange(topic);
  };

  // A page that has just been loaded is new, whatever was updated before it.
  const update = (told) => Date.parse(told.time) > loadedAt && onUpdate?.(told);

  const data = (text) => {
    const told = parse(text);
    if (Array.isArray(told.paths)) update(told);
    else if (told.topic) {
      if (!seen.includes(told.id)) onNotice?.(told);
      seen = [told.id, ...seen].slice(0, REMEMBERED);
      learn(told.topic, entriesOf(told));
    }
  };

  const heardDocument = ({ topic, entries, topics, updates }) => {
    if (updates) updates.forEach(update);
    else for (const [its, said] of Object.entries(topics ?? { [topic]: entries })) learn(its, said);
  };

  const { covers, where, authorization } = privately;
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
    const outcomes = await read(wanted);
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
    if (isPoll) isSettled = isOpen();
    const pause = isOpen() ? (isSettled ? CHECK_PAUSE : SETTLE_PAUSE) : POLL_PAUSE;
    timer = setTimeout(readOn, (isReached ? pause : UNREACHED_PAUSE) * (0.8 + Math.random() * 0.4), true);
    if (isReached && !wasReached && !isOpen()) stream.connect(); // the network is back
  };

  const streamState = (now, failures, missed) => {
    streaming = now;
    if (isOpen()) isPolled = isSettled = isRead = false;
    say({ missed });
    if (isOpen()) readOn();
    else if (now === "refused" || (now === "waiting" && failures >= BLOCKED)) readOn(true);
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
    for (const [name, [topic, entries]] of known) {
      const left = unforgotten(entries, serverTime());
      const count = Object.keys(left).length;
      if (count === Object.keys(entries).length) continue;
      if (count) known.set(name, [topic, left]);
      else known.delete(name);
      onChange(topic);
    }
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

  if (page) {
    wanted.add("site");
    stream.add("site/updated");
    stream.add(pageChannel(page));
  }
  // What follows at once has said by then which topics it wants.
  queueMicrotask(() => {
    if (signal.aborted) return;
    begin();
    if (document.hidden) wake();
  });

  return {
    follow: (topic) => {
      const [its, state] = namesOf(topic);
      if (wanted.has(state)) return;
      wanted.add(state);
      stream.add(its);
      if (streaming && base) read([state]);
    },
    unfollow: (topic) => {
      const [its, state] = namesOf(topic);
      wanted.delete(state);
      stream.remove(its);
    },
    get: (topic) => known.get(plain(topic))?.[1] ?? NOTHING,
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
