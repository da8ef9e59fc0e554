// A text message as a phone shows it, with what it is billed by.

import { counted, element } from "../dom.js";
import { linked } from "./linked.js";

const ROOM = { "GSM-7": "160 characters", "UCS-2": "70 characters" };

/** @param delivery Of the inbox, with `encoding` and `parts`: by SNS to the team, by End User Messaging to a follower. */
export function textMessage({ request, encoding, parts }) {
  return element(
    "div",
    { class: "phone" },
    element("p", { class: "bubble", dir: "auto" }, linked(request?.Message ?? request?.text)),
    element("p", { class: "billed muted" }, [billed(encoding, parts), priceOf(request)].filter(Boolean).join(" · ")),
  );
}

const billed = (encoding, parts) => parts && `${counted(parts, "part")} of ${encoding} (${ROOM[encoding] ?? "?"} in one)`;

/** What it may cost at most: the limit that AWS is given. What it does cost, the country decides. */
function priceOf(request) {
  const given = request?.MessageAttributes?.["AWS.SNS.SMS.MaxPrice"];
  const limit = Number(given?.StringValue ?? given?.Value ?? request?.max_price);
  return Number.isFinite(limit) && limit > 0 ? `costs at most $${limit.toFixed(2)}` : "";
}
