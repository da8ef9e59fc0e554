// Requests that endpoints refused: why, and what to do about it.

import { address, counted, element, foreign } from "../dom.js";
import { timeElement } from "../time.js";
import { advice } from "../parts/advice.js";
import { size } from "../parts/amounts.js";
import { filters } from "../parts/filters.js";
import { head, narrowed } from "../parts/head.js";
import { nothing, withCode } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";
import { table } from "../parts/table.js";

const RANGES = [
  ["", "Last 24 hours"],
  ["1h", "Last hour"],
  ["7d", "Last 7 days"],
  ["14d", "Last 14 days"],
];
const SECONDS = 10; // between two looks; the server asks AWS once a minute
const LIMIT = 500; // rows

export default {
  title: "Refused",
  async show(root, context) {
    const { query, overview } = context;
    const controls = [
      { name: "since", label: "Time", kind: "choice", options: RANGES },
      { name: "endpoint", label: "Endpoint", kind: "choice", options: [["", "All endpoints"], ...overview.endpoints.map((name) => [name, name])] },
    ];
    const reason = query.get("reason") ?? "";
    const bar = filters(controls, query, (values) => context.go(address("rejected", { ...values, reason })));
    if (reason) bar.root.append(narrowed(reason, within(query, "")));
    const asked = { since: query.get("since") || "24h", endpoint: query.get("endpoint") ?? "", reason, limit: LIMIT };
    const found = refreshed(context, {
      ask: () => context.api("rejected", { query: asked }),
      draw: (document) => shown(document, query),
      seconds: SECONDS,
    });
    root.append(
      head("Refused requests"),
      bar.root,
      found.root,
    );
    await found.look();
  },
};

const within = (query, reason) => address("rejected", { since: query.get("since"), endpoint: query.get("endpoint"), reason });

function shown({ rejections, rows, requests: count, reasons, complete_since: since }, query) {
  if (!rejections.length) {
    return nothing("Nothing was refused in this time.", "`jamwire send netlify/deploy-failed --tamper` sends a request that must be refused.");
  }
  return [
    since && element("p", { class: "muted" }, "More was refused than can be read: here is all since ", timeElement(since), ", and a part of what was before."),
    element("ul", { role: "list", class: "reasons" }, reasons.map((group) => reasonCard(group, query))),
    element("h2", { class: "above" }, counted(count, "request")),
    rows > rejections.length && element("p", { class: "muted" }, `The newest ${rejections.length.toLocaleString("en")} of ${counted(rows, "row")}.`),
    requests(rejections),
  ];
}

const reasonCard = ({ reason, count, endpoints, status }, query) =>
  element(
    "li",
    { class: "card reason" },
    element("span", { class: "number" }, count.toLocaleString("en")),
    element(
      "div",
      null,
      element("h2", null, element("a", { href: within(query, reason), dataset: { item: "", keep: `reason ${reason}` } }, foreign(sentence(reason)))),
      element("p", null, withCode(advice(reason, endpoints[0] || "NAME"))),
      element("p", { class: "muted" }, `Answered ${status} · `, endpointsOf(endpoints)),
    ),
  );

const endpointsOf = (endpoints) =>
  endpoints.map((name, number) => [number > 0 && ", ", name ? element("a", { href: address("endpoints", { name }) }, foreign(name)) : "no endpoint of this name"]);

const sentence = (reason) => reason.charAt(0).toUpperCase() + reason.slice(1);

const requests = (rejections) =>
  table({
    caption: "Refused requests, newest first",
    key: ({ place }) => place,
    rows: rejections.map((row, place) => ({ ...row, place })),
    columns: [
      { label: "When", width: "6rem", cell: ({ time }) => timeElement(time) },
      { label: "Endpoint", width: "minmax(6rem, 12rem)", cell: ({ endpoint }) => (endpoint ? foreign(endpoint) : element("span", { class: "muted" }, "none")) },
      { label: "Reason", class: "wide", cell: ({ reason }) => foreign(reason) },
      { label: "Status", width: "3.5rem", cell: ({ status }) => status },
      { label: "From", width: "minmax(6rem, 10rem)", class: "labelled", cell: ({ address }) => foreign(address) },
      { label: "Size", width: "4.5rem", class: "numeric", cell: ({ bytes }) => size(bytes) },
      { label: "Times", width: "4rem", class: "numeric labelled", cell: ({ count = 1 }) => count.toLocaleString("en") },
      { label: "Body", width: "6.5rem", class: "labelled", cell: ({ digest }) => digest && element("code", { title: `SHA-256 begins with ${digest}` }, digest.slice(0, 10)) },
    ],
  }).root;
