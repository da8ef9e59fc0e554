// Endpoints: where senders call, whether they are heard, their secrets, and what to click at them.

import { address, counted, element, foreign } from "../dom.js";
import { length, timeElement } from "../time.js";
import { act } from "../parts/act.js";
import { copyButton } from "../parts/copy.js";
import { head } from "../parts/head.js";
import { mrkdwn } from "../parts/mrkdwn.js";
import { nothing, problem } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";
import { SEEN_DAYS, secretList } from "../parts/secret.js";

const SECONDS = 10;

export default {
  title: "Endpoints",
  async show(root, context) {
    const chosen = context.query.get("name");
    const trouble = element("div");
    const { samples } = await context.api("samples").catch((error) => {
      trouble.append(problem(error));
      return { samples: [] };
    });
    const found = refreshed(context, {
      ask: () => context.api("endpoints"),
      draw: ({ endpoints }) => shown(endpoints, { samples, chosen, done: () => found.look() }),
      seconds: SECONDS,
    });
    root.append(head("Endpoints"), trouble, found.root);
    await found.look();
    root.querySelector(".card.chosen")?.scrollIntoView({ block: "start" });
  },
};

const shown = (endpoints, given) =>
  endpoints.length ? endpoints.map((endpoint) => card(endpoint, given)) : nothing("There is no endpoint yet.", "Name one in `app.py`: `endpoints={\"site\": \"netlify\"}`, and deploy.");

const card = (endpoint, { samples, chosen, done }) =>
  element(
    "section",
    { class: endpoint.name === chosen ? "card endpoint chosen" : "card endpoint", "aria-label": endpoint.name, tabindex: "-1", dataset: { item: "", keep: `card ${endpoint.name}` } },
    element(
      "div",
      { class: "head" },
      element("h2", null, foreign(endpoint.name)),
      element("span", { class: "tag" }, foreign(endpoint.source)),
      hearing(endpoint),
    ),
    endpoint.url
      ? element("div", { class: "command" }, element("code", null, foreign(endpoint.url)), copyButton(`Copy the URL of ${endpoint.name}`, endpoint.url))
      : element("p", { class: "muted" }, "It has no URL: its source speaks through EventBridge."),
    facts(endpoint),
    secrets(endpoint, done),
    element("div", { class: "foot" }, guide(endpoint), sender(endpoint, samples, done)),
  );

/** Whether the sender is heard: the newest of what came. */
function hearing({ name, last_heard: heard, last_refused: refused, expect }) {
  const isRefused = refused && refused > (heard ?? "");
  if (isRefused) {
    return element("a", { class: "tag bad", href: address("rejected", { endpoint: name }) }, "refused ", timeElement(refused));
  }
  if (expect && heard && Date.now() - Date.parse(heard) > expect * 1000) {
    return element("span", { class: "tag warn" }, "silent, heard ", timeElement(heard));
  }
  return heard ? element("span", { class: "tag good" }, "heard ", timeElement(heard)) : element("span", { class: "tag" }, "never heard from");
}

function facts({ name, last_heard: heard, last_refused: refused, expect, throttled }) {
  const known = [
    ["Last heard", heard ? timeElement(heard) : "not yet"],
    ["Last refused", refused ? element("a", { href: address("rejected", { endpoint: name }) }, timeElement(refused)) : `not in ${SEEN_DAYS} days`],
    expect && ["Speaks", `at least every ${length(expect)}; its silence is an event`],
    throttled && ["Too fast", `${counted(throttled, "request")} of the last day: answered 429, "try again later"`],
  ];
  return element("dl", { class: "beside" }, known.filter(Boolean).map(([label, value]) => element("div", null, element("dt", null, label), element("dd", null, value))));
}

const HINT = "As the service shows it. The secrets that are here go on to count until you end them, so nothing is refused meanwhile.";

const secrets = ({ name, secrets: its, url }, done) =>
  (url || its.length > 0) && secretList(name, its, { title: "Secrets", words: "Add a secret", hint: HINT, without: "It has no secret, so every request is refused.", done });

const guide = ({ name, source, guide: lines = [] }) =>
  lines.length > 0 &&
  element(
    "details",
    { class: "guide", dataset: { keep: `guide ${name}` } },
    element("summary", null, `What to click at ${source}`, element("span", { class: "unseen" }, ` for ${name}`)),
    lines.map((line) => mrkdwn(line.replaceAll("NAME", name), { verbatim: true })),
  );

/** Sends one of the source's samples. */
function sender({ name, source }, samples, done) {
  const its = samples.filter((sample) => sample.source === source).map((sample) => sample.name);
  if (!its.length) return null;
  const choice = element("select", { "aria-label": `Sample for ${name}`, dataset: { keep: `sample ${name}` } }, its.map((sample) => element("option", { value: sample }, sample)));
  const send = () => act({ act: "send", body: { sample: choice.value, endpoint: name }, title: `Send a sample to ${name}?`, verb: "Send", done });
  return element("div", { class: "sender" }, choice, element("button", { type: "button", "aria-label": `Send a sample to ${name}`, dataset: { keep: `send ${name}` }, onclick: send }, "Send a sample"));
}
