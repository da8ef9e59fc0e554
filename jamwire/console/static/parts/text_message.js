// A text message as a phone shows it, with what it is billed by.

import { counted, element, foreign, outward } from "../dom.js";

const ROOM = { "GSM-7": "160 characters", "UCS-2": "70 characters" };
const URL_IN_TEXT = /(https?:\/\/\S+)/;

/** @param delivery Of the inbox, with `encoding` and `parts`. */
export function textMessage({ request, encoding, parts }) {
  const text = String(request?.Message ?? "");
  return element(
    "div",
    { class: "phone" },
    element("p", { class: "bubble", dir: "auto" }, text.split(URL_IN_TEXT).map((piece, index) => (index % 2 ? outward(piece) : foreign(piece)))),
    element("p", { class: "billed muted" }, [billed(encoding, parts), priceOf(request)].filter(Boolean).join(" · ")),
  );
}

const billed = (encoding, parts) => parts && `${counted(parts, "part")} of ${encoding} (${ROOM[encoding] ?? "?"} in one)`;

/** What it may cost at most: the limit that SNS is given. What it does cost, the country decides. */
function priceOf(request) {
  const limit = Number(request?.MessageAttributes?.["AWS.SNS.SMS.MaxPrice"]?.StringValue ?? request?.MessageAttributes?.["AWS.SNS.SMS.MaxPrice"]?.Value);
  return Number.isFinite(limit) && limit > 0 ? `costs at most $${limit.toFixed(2)}` : "";
}
