// The package's entry for programs and bundlers: nothing happens on import.

import { FAMILY, plain } from "./channels.js";
import { serverTime } from "./clock.js";
import { makeLive } from "./live.js";
import { entryOf } from "./merge.js";
import { privateTopics } from "./private.js";

export { covers, noticeChannel, pageChannel } from "./channels.js";

/** What a field of a topic says, or without one the topic; undefined where nothing is known. */
export const textOf = (entries, field) => entryOf(entries, field)?.[0];

/** Whether what a field says has ended, by the server's time. */
export const hasEnded = (entries, field) => entryOf(entries, field)?.[3] <= serverTime();

const isOf = (topic, followed) =>
  FAMILY.test(followed) ? plain(topic).startsWith(plain(followed.slice(0, -1)) + "/") : plain(topic) === plain(followed);

/**
 * Follows topics.
 *
 * @param {import("../index.d.ts").Options} options
 * @returns {import("../index.d.ts").Live}
 */
export const connect = ({ topics = [], private: own, onNotice, onState, ...options }) => {
  const listeners = new Map(); // sets of listeners by topic or family
  const closing = new AbortController();
  // A listener's error is its own, and is reported as any other; what is told goes on.
  const tell = (listener, ...told) => queueMicrotask(() => closing.signal.aborted || listener?.(...told));
  const live = makeLive(
    { ...options, ...(own && privateTopics(own)), signal: closing.signal },
    {
      notice: (notice) => tell(onNotice, notice),
      state: (detail) => tell(onState, detail),
      topic: (topic) => {
        for (const [followed, its] of listeners)
          if (isOf(topic, followed)) its.forEach((listener) => tell(listener, live.get(topic), topic));
      },
    },
  );
  const follow = (followed) => {
    if (!listeners.has(followed)) listeners.set(followed, new Set());
    live.follow([...listeners.keys()]);
    return listeners.get(followed);
  };
  topics.forEach(follow);
  // What subscribes at once has said by then which topics it wants.
  queueMicrotask(() => closing.signal.aborted || live.begin());
  return {
    subscribe: (followed, listener) => {
      const its = follow(followed);
      const mine = (...told) => its.has(mine) && listener(...told);
      its.add(mine);
      return () => {
        its.delete(mine);
        if (its.size || topics.includes(followed) || listeners.get(followed) !== its) return;
        listeners.delete(followed);
        live.follow([...listeners.keys()]);
      };
    },
    get: live.get,
    topics: (family) =>
      [...live.known.values()].map(([topic]) => topic).filter((topic) => !family || isOf(topic, family)).sort(),
    sinceCurrent: live.sinceCurrent,
    close: () => {
      closing.abort();
      live.sleep();
    },
  };
};
