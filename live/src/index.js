// The script of a page (docs/live.md). It listens to AppSync Events, reads the state of topics from a CDN, writes text
// and never HTML, and needs neither inline scripts nor inline styles.

import { cached } from "./cached.js";
import { lists } from "./lists.js";
import { start } from "./page.js";
import { summaries } from "./summary.js";
import { times } from "./times.js";

export { covers, noticeChannel, pageChannel } from "./channels.js";

const script = globalThis.document?.querySelector("script[data-jamwire-url]");

if (script) {
  cached();
  start(script.dataset, lists, summaries, times);
}
