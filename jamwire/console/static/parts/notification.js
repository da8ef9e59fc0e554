// A web push as a device shows it: what the browser has opened with its own key.

import { counted, element, foreign, outward } from "../dom.js";
import { icon } from "./icons.js";
import { jsonTree } from "./json_tree.js";

const SEVERITIES = new Set(["info", "success", "warning", "error", "critical"]);
// For how little it may wake a device (RFC 8030, 5.3).
const URGENCIES = { "very-low": "on power and Wi-Fi", low: "on power or Wi-Fi", normal: "on neither power nor Wi-Fi", high: "on a low battery" };

/** @param delivery Of the inbox: `request` is `{message, ttl, urgency, topic}`, or says what was `wrong`. */
export function notification({ request }) {
  const { message, wrong, ttl, urgency } = request ?? {};
  if (message === null || message === undefined) return element("p", { class: "text" }, foreign(wrong ?? "It could not be opened."));
  const shown = isObject(message) ? message.notification : null;
  return [
    isObject(shown) ? card(shown) : jsonTree(message),
    element("p", { class: "fact" }, element("span", { class: "muted" }, "Waits "), `${counted(Number(ttl), "second")} for the browser`),
    element("p", { class: "fact" }, element("span", { class: "muted" }, "Urgency "), foreign(urgency), URGENCIES[urgency] && element("span", { class: "muted" }, `: wakes a device that is ${URGENCIES[urgency]}`)),
  ];
}

/** What screen readers say of one that arrives. */
export const wordsOf = ({ request }) => request?.message?.notification?.title ?? "A push";

function card({ title, body, navigate, tag, data }) {
  const { severity } = isObject(data) ? data : {};
  return element(
    "div",
    { class: "push notification" },
    element("p", { class: "title", dir: "auto" }, SEVERITIES.has(severity) && icon(severity), foreign(title)),
    body && element("p", { class: "text", dir: "auto" }, foreign(body)),
    navigate && element("p", null, outward(navigate)),
    tag && element("p", { class: "fact" }, element("span", { class: "muted" }, "Replaces "), foreign(tag)),
  );
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
