// The package's entry for programs and bundlers: nothing happens on import.

import { plain } from "./channels.js";
import { makeLive } from "./live.js";

export { covers, noticeChannel, pageChannel } from "./channels.js";
export { entriesOf, entryOf, forget, merge } from "./merge.js";
export { privateTopics } from "./private.js";

/**
 * Follows topics.
 *
 * @param {import("../index.d.ts").Options} options
 * @returns {import("../index.d.ts").Live}
 */
export const connect = (options) => {
  const listeners = new Map(); // sets of listeners by topic
  const live = makeLive({
    ...options,
    onChange: (topic) => {
      options.onChange?.(topic);
      listeners.get(topic)?.forEach((listener) => listener(live.get(topic)));
    },
  });
  return {
    ...live,
    subscribe: (topic, listener) => {
      const its = plain(topic);
      listeners.set(its, (listeners.get(its) ?? new Set()).add(listener));
      live.follow(topic);
      return () => listeners.get(its).delete(listener);
    },
  };
};
