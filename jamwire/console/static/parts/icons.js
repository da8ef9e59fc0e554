// The page's icons, each a path in a square of 16.

import { svg } from "../dom.js";

const PATHS = {
  events: "M2 4h12M2 8h12M2 12h8",
  dead_letters: "M2 4.5h12v8H2zM2 5l6 4.5L14 5M6 14.5h4",
  rejected: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M3.8 3.8l8.4 8.4",
  endpoints: "M6.5 9.5l3-3M7 5l1.6-1.6a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.6 1.6a2.8 2.8 0 0 1-4-4L5 7",
  subscribers: "M3 3v10M3 8h4M7 8l4-4h2M7 8l4 4h2M7 8h6",
  alarms: "M8 2.5a4 4 0 0 0-4 4V10l-1.5 2h11L12 10V6.5a4 4 0 0 0-4-4M6.8 14h2.4",
  figures: "M2.5 2.5v11h11M5 10l2.5-3 2 2L13 5",
  outside: "M6 3H3v10h10v-3M9 2.5h4.5V7M13.5 2.5L7.5 8.5",
  faults: "M8.8 1.8L3.5 9h4l-.6 5.2L12.5 7h-4z",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  done: "M3 8.5l3.5 3.5L13 4.5",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4L14 14",
  back: "M9.5 3L4.5 8l5 5",
  replay: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  more: "M4 6.5l4 4 4-4",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  keys: "M1.5 4h13v8h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M5 9.5h6",
  close: "M4 4l8 8M12 4l-8 8",
  info: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 7.3v3.5M8 5.1v.01",
  success: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M5.3 8.2l2 2 3.4-4",
  warning: "M8 2.2L1.8 13.2h12.4zM8 6.5v3M8 11.3v.01",
  error: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
  critical: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.7M8 11v.01",
};

/** An icon that says nothing by itself: the words stand beside it. */
export const icon = (name) =>
  svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }),
  );
