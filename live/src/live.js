// What is known of topics: read from their state documents and kept true by what is pushed.

import { channel, FAMILY, pageChannel, plain } from "./channels.js";
import { loadedAt, serverTime, stopwatch } from "./clock.js";
import { connection, parse } from "./connection.js";
import { documents } from "./documents.js";
import { entriesOf, firsts, isUnforgotten, merge } from "./merge.js";

/**
 * Follows topics, for a page (page.js) or for a program (api.js).
 *
 * @param {object} options As in index.d.ts, and `page`: the path of the page whose updates are followed; `signal`, which
 *   is aborted when nothing is to wake it any more; `namespace` and `access`: see private.js.
 * @param {object} on Functions that are told: `topic`, each topic of which something else is known now; `notice`, what
 *   was pushed; `state`; of a page also `updated`. And `look`, called every second.
 */
export const makeLive = (
  { url, key, state: base, page, signal, namespace = () => "notice", access = () => ({}) },
  on,
) => {
  const ASLEEP_AFTER = 5 * 60_000; // a hidden page is left alone after so long
  const LOOK_EVERY = 1_000;
  const BLOCKED = 2; // connections that failed in a row

  // All documents are read when a page begins, when it is open, and after every gap; and after pauses of
  const SETTLE_PAUSE = 510; // until what the edge keeps, a second at most, was made after that
  const EDGE_LIFETIME = 1_000;
  // and, up to half as long again, of
  const CHECK_PAUSE = 200_000; // afterwards: a push that was lost without a word is made up for within five minutes
  const LONGEST_RETRY = 45_000; // where one is not what it should be; it begins with the shortest
  const POLL_PAUSE = 4_000; // while it is not open
  const UNREACHED_PAUSE = 560; // where one could not be read: at most a second after the network is back

  const JUST = 3_000; // what was said so long before a document was made may not be in it yet
  const MAX_UPDATES = 50; // of a document, the newest first

  const NOTHING = {};
  const learned = new WeakMap(); // stopwatches by entry
  const known = new Map(); // [topic, entries] by the topic's plain name
  const wanted = new Map(); // channels by the names of their state documents
  const isFirst = firsts(); // of a push, by its id: one may come twice
  let streaming; // state of the stream, or asleep; none before it has begun
  let isPolled = false; // what is known comes from polling
  let told; // of the state
  let problem;
  let updatedAt; // when updates were read
  let bedtime, timer, looking;
  let reading = 0; // the latest of the rounds of reading; only it is followed by others
  let isReached = true;
  let settling; // a stopwatch, since something has happened
  let retry = SETTLE_PAUSE; // the pause after a document that is not what it should be
  let isRead; // since the stream was opened
  let current = stopwatch(); // since all was last known to be current

  const get = (topic) => known.get(plain(topic))?.[1] ?? NOTHING;

  const say = (more) => {
    const state = isPolled ? "polling" : streaming;
    if (told === (told = state + problem)) return;
    on.state({ state, ...(problem && { problem }), ...more });
  };

  // What is known is what is left of before, and what was said.
  const learn = (topic, said, isLeft = () => true) => {
    const before = Object.entries(get(topic));
    const left = before.filter(isLeft);
    const entries = Object.fromEntries(left);
    const news = merge(entries, said);
    if (!news.length && left.length === before.length) return;
    for (const entry of news) learned.set(entry, stopwatch());
    if (left.length + news.length) known.set(plain(topic), [topic, entries]);
    else known.delete(plain(topic));
    on.topic(topic);
  };

  // A page that has just been loaded is new, whatever was updated before it.
  const update = (told) => Date.parse(told.time) > loadedAt && on.updated?.(told);

  const data = (text) => {
    const told = parse(text);
    if (told.paths) update(told);
    else if (told.topic) {
      if (isFirst(told.id)) on.notice(told);
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
    const isOf = (topic) => (topics ? !cut && channelOf(topic).startsWith(`${its}/`) : channelOf(topic) === its);
    const lacking = [...known.values()].map(([topic]) => [topic]).filter(([topic]) => isOf(topic));
    const all = new Map(
      [...lacking, ...Object.entries(topics ?? { [topic]: entries })].map((one) => [plain(one[0]), one]),
    );
    for (const [topic, said] of all.values())
      learn(topic, said, ([name, entry]) => said?.[name]?.[2] === entry[2] || learned.get(entry)() < age + JUST);
  };

  const read = documents(base, access, heardDocument);

  const isOpen = () => streaming === "open";

  // Reads, and goes on; but a page that is hidden is left alone, unless something has happened.
  const readOn = async (isPoll) => {
    clearTimeout(timer);
    if (!base) return;
    const mine = ++reading;
    if (!isPoll) settling = stopwatch();
    else if (document.hidden) {
      isPolled = false;
      return say();
    }
    const since = settling();
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
    retry = isPoll && problem ? Math.min(1.5 * retry, LONGEST_RETRY) : SETTLE_PAUSE;
    let pause = problem || since < EDGE_LIFETIME ? retry : CHECK_PAUSE;
    if (!isOpen()) pause = POLL_PAUSE;
    if (!isReached) pause = UNREACHED_PAUSE;
    timer = setTimeout(readOn, pause + (pause > SETTLE_PAUSE && (Math.random() * pause) / 2), true);
    if (isReached && !wasReached && !isOpen()) stream.connect(); // the network is back
  };

  const streamState = (now, failures, missed) => {
    streaming = now;
    if (isOpen()) isPolled = isRead = false;
    say({ missed });
    if (isOpen()) readOn();
    else if (failures >= BLOCKED) readOn(true);
  };

  const stream = connection(url, { "x-api-key": key }, access, data, streamState);

  const look = () => {
    stream.look();
    if ((isRead || !base) && isOpen()) current = stopwatch();
    for (const [topic] of known.values()) learn(topic, {}, ([, entry]) => isUnforgotten(entry, serverTime()));
    on.look?.();
  };

  const sleep = () => {
    stream.drop();
    clearTimeout(timer);
    clearInterval(looking);
    reading++;
    isPolled = false;
    streaming = "asleep";
    say();
  };

  const begin = () => {
    stream.connect();
    readOn();
    clearInterval(looking);
    looking = setInterval(look, LOOK_EVERY);
    if (document.hidden) wake();
  };

  const wake = () => {
    clearTimeout(bedtime);
    if (document.hidden) bedtime = setTimeout(sleep, ASLEEP_AFTER);
    else if (stream.isAlive()) readOn();
    else begin();
  };

  const listen = (name, listener) => addEventListener(name, listener, { signal });
  listen("visibilitychange", wake);
  listen("online", () => document.hidden || begin());
  listen("pagehide", sleep); // an open connection would keep the page out of the back/forward cache
  listen("pageshow", ({ persisted }) => persisted && wake());

  const channelOf = (topic) => channel(namespace(topic), topic);

  // The state document of a topic or family, and its channel.
  const namesOf = (topic) => {
    const its = channelOf(topic.replace(FAMILY, ""));
    return FAMILY.test(topic) ? [its.replace("/", "-family/"), `${its}/*`] : [its, its];
  };

  /** Follows these topics, and no longer any others. */
  const follow = (topics) => {
    const names = new Map(topics.filter(Boolean).map(namesOf));
    if (page) names.set("site", "site/updated");
    for (const [state, its] of wanted)
      if (!names.has(state)) {
        stream.leave(its);
        wanted.delete(state);
      }
    for (const [state, its] of names)
      if (!wanted.has(state)) {
        wanted.set(state, its);
        stream.listen(its);
        if (streaming && base) read([state]);
      }
  };

  if (page) stream.listen(pageChannel(page));
  return {
    /** To be called once. */
    begin,
    follow,
    get,
    known,
    sinceCurrent: () => current(),
    sleep,
  };
};
