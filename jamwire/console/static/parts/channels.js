// How what was delivered on each channel looks. A channel that is not in the table is shown as JSON.

import { counted, element, foreign, outward } from "../dom.js";
import { exact, timeElement } from "../time.js";
import { icon } from "./icons.js";
import { jsonTree } from "./json_tree.js";
import { mail } from "./mail.js";
import { notification, wordsOf } from "./notification.js";
import { reply } from "./reply.js";
import { slackMessage, titleOf } from "./slack_message.js";
import { textMessage } from "./text_message.js";

const FEW_PATHS = 8;

/** By the inbox's name of the channel: `title` of one, `several`, `words(delivery)` for who listens, `draw(delivery)`. */
export const CHANNELS = {
  slack: {
    title: "Slack message",
    several: "Slack",
    words: ({ request }) => titleOf(request),
    draw: ({ request, received_at: at }) => slackMessage(request, timeElement(at)),
  },
  sms: {
    title: "Text message",
    several: "Text messages",
    words: ({ request }) => request?.Message,
    draw: textMessage,
  },
  cdn: {
    title: "Invalidation",
    several: "Invalidations",
    words: ({ request }) => `Invalidated ${counted(list(request?.Paths).length, "path")}`,
    draw: ({ request }) => paths(list(request?.Paths)),
  },
  build: {
    title: "Build",
    several: "Builds",
    words: ({ request }) => buildOf(request).title,
    draw: ({ request }) => {
      const { title, host, publishes } = buildOf(request);
      return [
        element("p", { class: "title" }, foreign(title)),
        fact("Build host", foreign(HOSTS[host] ?? host ?? "")),
        publishes > 0 && fact("For", counted(publishes, "publish", "publishes")),
      ];
    },
  },
  live: {
    title: "Push to open pages",
    several: "Open pages",
    words: ({ request }) => request?.title ?? request?.type,
    draw: ({ request }) => push(isObject(request) ? request : {}),
  },
  push: { title: "Notification", several: "Notifications", words: wordsOf, draw: notification },
  email: { title: "E-mail", several: "E-mails", words: ({ request }) => request?.subject, draw: mail },
  text: {
    title: "Text to a follower",
    several: "Texts to followers",
    words: ({ request }) => request?.text,
    draw: (delivery) => [textMessage(delivery), reply(delivery)],
  },
};

/** The channel's part of a delivery. */
export function drawn(delivery) {
  const channel = Object.hasOwn(CHANNELS, delivery.channel) ? CHANNELS[delivery.channel] : null;
  return channel ? channel.draw(delivery) : jsonTree(delivery.request);
}

/** A channel's title; its own name where nobody knows it. */
export const titleOfChannel = (name) => (Object.hasOwn(CHANNELS, name) ? CHANNELS[name].title : name);

const HOSTS = { amplify: "Amplify", cloudflare: "Cloudflare Pages", github: "GitHub Actions", netlify: "Netlify", vercel: "Vercel" };

/** What a build host was told (`lambdas/contracts/build_hosts.py`). */
function buildOf(request) {
  const body = isObject(request?.body) ? request.body : {};
  const facts = isObject(body.client_payload) ? body.client_payload : body;
  return { host: request?.host, title: request?.query?.trigger_title || facts.title || "A build", publishes: facts.publishes };
}

function paths(all) {
  const shown = (some) => element("ul", { role: "list", class: "paths" }, some.map((path) => element("li", null, element("code", null, foreign(path)))));
  const rest = all.slice(FEW_PATHS);
  return [
    shown(all.slice(0, FEW_PATHS)),
    rest.length > 0 && element("details", null, element("summary", null, `${rest.length.toLocaleString("en")} more`), shown(rest)),
  ];
}

/** What open pages were told (`lambdas/live/pushes.py`). */
function push({ title, text, url, severity, topic, fields, type, paths: changed, ends }) {
  return [
    element(
      "div",
      { class: "push" },
      element("p", { class: "title" }, SEVERITIES.has(severity) && icon(severity), title ? foreign(title) : foreign(type ?? "An update")),
      text && element("p", { class: "text" }, foreign(text)),
      isObject(fields) && Object.keys(fields).length > 0 && element("dl", { class: "facts" }, Object.entries(fields).map(([name, value]) => [element("dt", null, foreign(name)), element("dd", null, foreign(value))])),
      url && element("p", null, outward(url)),
    ),
    topic && fact("Topic", foreign(topic)),
    list(changed).length > 0 && paths(list(changed)),
    typeof ends === "number" && fact("Until", exact(ends)),
  ];
}

const SEVERITIES = new Set(["info", "success", "warning", "error", "critical"]);

const fact = (label, value) => element("p", { class: "fact" }, element("span", { class: "muted" }, `${label} `), value);

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value) => (Array.isArray(value) ? value : []);
