// Slack's markup as nodes (Slack API reference, "Formatting text for app surfaces"). No HTML is ever made of a text.
import { element, visible } from "../dom.js";

const MAX_LENGTH = 20_000; // Slack itself takes 3,000 characters in a block; a refused message may have any number

const FENCE = /```\n?([\s\S]+?)\n?```/;
const LINES = [
  ["blockquote", /^&gt; ?(.*)$/],
  ["ul", /^[•◦▪‣] +(.*)$/],
];
const ESCAPES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const STYLES = { "*": "strong", _: "em", "~": "s" };

// Code, something in angles, or a run between two marks, in which angles are whole.
const INLINE = new RegExp(
  [
    /`(?<code>[^`\n]+)`/,
    /<(?<angles>[^<>\n]*)>/,
    /(?<![\p{L}\p{N}])(?<mark>[*_~])(?=\S)(?<run>(?:<[^<>\n]*>|[^<\n]){1,3000}?)(?<=\S)\k<mark>(?![\p{L}\p{N}])/u,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);
const URL_IN_TEXT = /https?:\/\/[^\s|]+[^\s|.,;:!?)'"\]]/g;

const ANGLES = [
  [/^!date\^(-?\d{1,12})\^([^^|]*)(?:\^([^|]*))?(?:\|(.*))?$/, (seconds, form, url, fallback) => date(seconds, form, url, fallback)],
  [/^!(here|channel|everyone)(?:\|.*)?$/, (who) => mention(`@${who}`)],
  [/^!subteam\^([^|]*)(?:\|@?(.*))?$/, (id, name) => mention(`@${name || id}`)],
  [/^@([^|]*)(?:\|(.*))?$/, (id, name) => mention(`@${name || id}`)],
  [/^#([^|]*)(?:\|(.*))?$/, (id, name) => mention(`#${name || id}`)],
  [/^((?:https?:\/\/|mailto:)[^|]*)(?:\|(.*))?$/, (url, label) => link(url, label)],
];

/** A text in Slack's markup. `verbatim`: addresses in it are no links. */
export function mrkdwn(text, { verbatim = false } = {}) {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  const pieces = cut.split(FENCE).map((piece, index) => (index % 2 ? fence(piece) : lines(piece, verbatim)));
  return element("div", { class: "mrkdwn", dir: "auto" }, ...pieces.flat());
}

/** A text without markup but for its own line breaks. */
export function plainText(text) {
  return element("span", { class: "plain-text", dir: "auto" }, visible(text));
}

const fence = (text) => element("pre", {}, unescaped(text));

function lines(text, verbatim) {
  const groups = [];
  for (const line of text.split("\n")) {
    const [tag, content] = kindOf(line);
    if (groups.at(-1)?.tag !== tag) groups.push({ tag, contents: [] });
    groups.at(-1).contents.push(content);
  }
  return groups.filter(({ contents }) => contents.join("")).map(({ tag, contents }) => GROUPS[tag](contents, verbatim));
}

function kindOf(line) {
  for (const [tag, pattern] of LINES) {
    const found = pattern.exec(line);
    if (found) return [tag, found[1]];
  }
  return ["p", line];
}

const GROUPS = {
  p: (contents, verbatim) => element("p", {}, ...inline(contents.join("\n").replace(/^\n+|\n+$/g, ""), verbatim)),
  blockquote: (contents, verbatim) => element("blockquote", {}, ...inline(contents.join("\n"), verbatim)),
  ul: (contents, verbatim) =>
    element("ul", {}, ...contents.map((content) => element("li", {}, ...inline(content, verbatim)))),
};

function inline(text, verbatim) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(...words(text.slice(end, found.index), verbatim), ...marked(found.groups, verbatim));
    end = found.index + found[0].length;
  }
  return [...nodes, ...words(text.slice(end), verbatim)];
}

function marked({ code, angles, mark, run }, verbatim) {
  if (code !== undefined) return [element("code", {}, unescaped(code))];
  if (mark !== undefined) return [element(STYLES[mark], {}, ...inline(run, verbatim))];
  for (const [pattern, make] of ANGLES) {
    const found = pattern.exec(angles);
    if (found) return [make(...found.slice(1))];
  }
  return [`<${unescaped(angles)}>`];
}

function words(text, verbatim) {
  if (verbatim) return text ? [unescaped(text)] : [];
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(URL_IN_TEXT)) {
    nodes.push(unescaped(text.slice(end, found.index)), link(found[0]));
    end = found.index + found[0].length;
  }
  return [...nodes, unescaped(text.slice(end))].filter(Boolean);
}

const plain = (text) => text.replace(/&(?:lt|gt|amp);/g, (escape) => ESCAPES[escape]);
const unescaped = (text) => visible(plain(text));

const mention = (text) => element("span", { class: "mention" }, unescaped(text));

const link = (url, label) =>
  element("a", { href: plain(url), target: "_blank", rel: "noopener noreferrer" }, unescaped(label || url));

// Slack API reference, "Formatting text for app surfaces: Date formatting"; in the time zone of whoever looks.

const DAY = { weekday: undefined, year: "numeric", month: "long", day: "numeric" };
const short = { ...DAY, month: "short" };
const long = { ...DAY, weekday: "long" };
const asDate = (options) => (date) => date.toLocaleDateString("en", options);
const pretty = (options) => (date) => relativeDay(date) ?? asDate(options)(date);
const FORMS = {
  date_num: (date) => new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
  date_slash: asDate({ ...DAY, month: "2-digit", day: "2-digit" }),
  date: asDate(DAY),
  date_short: asDate(short),
  date_long: asDate(long),
  date_pretty: pretty(DAY),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  time: (date) => date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }),
  time_secs: (date) => date.toLocaleTimeString("en-GB"),
};

function relativeDay(date) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(Date.now())) / 86_400_000);
  return { 0: "Today", [-1]: "Yesterday", 1: "Tomorrow" }[days];
}

function date(seconds, form, url, fallback) {
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.valueOf())) return unescaped(fallback ?? "");
  const shown = unescaped(form).replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(FORMS, name) ? FORMS[name](moment) : whole));
  const time = element("time", { datetime: moment.toISOString(), title: moment.toISOString() }, shown);
  return /^https?:\/\//.test(url ?? "") ? element("a", { href: plain(url), target: "_blank", rel: "noopener noreferrer" }, time) : time;
}
