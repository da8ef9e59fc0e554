// A message to Slack, drawn as Slack draws it (Slack API reference, "Block Kit: blocks", "Secondary message attachments").
import { element } from "../dom.js";
import { jsonTree } from "./json_tree.js";
import { mrkdwn, plainText } from "./mrkdwn.js";

const NAMED_COLOURS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };
const COLOUR = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** A message as posted to a webhook, whatever it is; `time` is a node that says when. */
export function slackMessage(message, time) {
  return element(
    "article",
    { class: "slack" },
    element("span", { class: "slack-avatar", "aria-hidden": "true" }, "J"),
    element(
      "div",
      { class: "slack-body" },
      element("p", { class: "slack-sender" }, element("b", {}, "Jamwire"), element("span", { class: "slack-app" }, "App"), time),
      ...content(message),
    ),
  );
}

function content(message) {
  if (!isObject(message)) return [plainText(String(message))];
  const blocks = list(message.blocks);
  const text = blocks.length ? [] : texts(message.text, message.mrkdwn !== false);
  return [...text, ...blocks.map(block), ...list(message.attachments).flatMap(attachment)];
}

/** The first words of a message, without markup: what a notification would show. */
export function titleOf(message) {
  const text = isObject(message) ? (message.text ?? list(message.attachments)[0]?.fallback ?? "") : message;
  return mrkdwn(String(text)).textContent;
}

const BLOCKS = {
  actions: ({ elements }) => element("div", { class: "slack-actions" }, ...list(elements).map(button)),
  context: ({ elements }) => element("div", { class: "slack-context" }, ...list(elements).map(contextElement)),
  divider: () => element("hr", {}),
  header: ({ text }) => element("p", { class: "slack-header", dir: "auto" }, String(text?.text ?? "")),
  image: ({ image_url, alt_text, title }) => image(image_url, title?.text || alt_text),
  markdown: ({ text }) => plainText(String(text)),
  rich_text: ({ elements }) => element("div", { class: "mrkdwn", dir: "auto" }, ...list(elements).map(richText)),
  section: ({ text, fields, accessory }) =>
    element(
      "div",
      { class: "slack-section" },
      element(
        "div",
        {},
        ...textObject(text),
        list(fields).length ? element("div", { class: "slack-fields" }, ...list(fields).flatMap(textObject)) : null,
      ),
      accessory ? button(accessory) : null,
    ),
};

function block(given) {
  const draw = isObject(given) && Object.hasOwn(BLOCKS, given.type) ? BLOCKS[given.type] : null;
  return draw ? draw(given) : jsonTree(given);
}

function attachment(given) {
  if (!isObject(given)) return jsonTree(given);
  const body = list(given.blocks).length ? list(given.blocks).map(block) : legacy(given);
  const bar = element("div", { class: "slack-attachment" }, ...body);
  const above = texts(given.pretext, true);
  const colour = NAMED_COLOURS[given.color] ?? given.color;
  const found = COLOUR.exec(typeof colour === "string" ? colour : "");
  if (found) bar.style.setProperty("--bar", `#${found[1]}`); // by the object model, which a strict policy allows
  return [...above, bar];
}

/** An attachment as it was before blocks. */
function legacy({ author_name, title, title_link, text, fields, footer, fallback }) {
  const heading = title && title_link ? `<${title_link}|${title}>` : title;
  const parts = [author_name, heading && `*${heading}*`, text].filter(Boolean);
  const shown = parts.length || list(fields).length ? parts : [fallback ?? ""];
  const pairs = list(fields).map(({ title, value }) => mrkdwn(`*${title ?? ""}*\n${value ?? ""}`));
  return [
    ...shown.flatMap((part) => texts(part, true)),
    pairs.length ? element("div", { class: "slack-fields" }, ...pairs) : null,
    footer ? element("div", { class: "slack-context" }, plainText(String(footer))) : null,
  ];
}

function button(given) {
  if (given?.type === "image") return image(given.image_url, given.alt_text);
  const label = String(given?.text?.text ?? given?.placeholder?.text ?? given?.type ?? "");
  const kind = given?.style === "danger" || given?.style === "primary" ? ` slack-${given.style}` : "";
  const attributes = { class: `slack-button${kind}`, dir: "auto" };
  return isWeb(given?.url)
    ? element("a", { ...attributes, href: given.url, target: "_blank", rel: "noopener noreferrer" }, label)
    : element("span", attributes, label); // there is no Slack that would take the click
}

/** Nothing is loaded from anywhere: an image is its words, and a link. */
function image(url, words) {
  const label = `Image: ${words || "without words"}`;
  return isWeb(url)
    ? element("a", { class: "slack-image", href: url, target: "_blank", rel: "noopener noreferrer" }, label)
    : element("span", { class: "slack-image" }, label);
}

const contextElement = (given) => (given?.type === "image" ? image(given.image_url, given.alt_text) : element("div", {}, ...textObject(given)));

function textObject(given) {
  if (!isObject(given) || typeof given.text !== "string") return [];
  return [given.type === "mrkdwn" ? mrkdwn(given.text, { verbatim: given.verbatim === true }) : plainText(given.text)];
}

const texts = (text, marked) => (text ? [marked ? mrkdwn(String(text)) : plainText(String(text))] : []);

const RICH = {
  rich_text_list: ({ elements, style }) =>
    element(style === "ordered" ? "ol" : "ul", {}, ...list(elements).map((item) => element("li", {}, ...runs(item)))),
  rich_text_preformatted: (given) => element("pre", {}, ...runs(given)),
  rich_text_quote: (given) => element("blockquote", {}, ...runs(given)),
  rich_text_section: (given) => element("p", {}, ...runs(given)),
};

const richText = (given) => (Object.hasOwn(RICH, given?.type ?? "") ? RICH[given.type](given) : jsonTree(given));

const runs = (given) => list(given?.elements).map(run);

function run({ type, text, url, name, user_id, channel_id, range, style } = {}) {
  const words = String(text ?? url ?? (name && `:${name}:`) ?? (user_id && `@${user_id}`) ?? (channel_id && `#${channel_id}`) ?? range ?? "");
  const bare = type === "link" && isWeb(url) ? element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words) : words;
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.keys(tags).filter((name) => style?.[name]).reduce((inner, name) => element(tags[name], {}, inner), bare);
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value) => (Array.isArray(value) ? value : []);
const isWeb = (url) => typeof url === "string" && /^https?:\/\//.test(url);
