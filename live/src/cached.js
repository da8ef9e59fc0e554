// A page from the browser's cache is as old as it is there; it may have been updated since.

import { wasMade } from "./clock.js";

/** Learns when the page was made that this document comes from, where the browser had it. */
export const cached = async () => {
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.transferSize !== 0) return;
  try {
    const { headers } = await fetch(location.href, { cache: "only-if-cached", mode: "same-origin" });
    wasMade(Date.parse(headers.get("date")) + 1_000 * headers.get("age")); // Age is what it was when it came
  } catch {} // it is not there, or a policy does not let one look
};
