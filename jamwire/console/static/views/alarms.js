// Alarms with their state, and who hears of them.

import { element, foreign } from "../dom.js";
import { timeElement } from "../time.js";
import { copyButton } from "../parts/copy.js";
import { head } from "../parts/head.js";
import { icon } from "../parts/icons.js";
import { nothing } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";

const SECONDS = 15;
const STATES = {
  ALARM: { words: "Alarm", tone: "bad", icon: "error" },
  INSUFFICIENT_DATA: { words: "No data yet", tone: "", icon: "info" },
  OK: { words: "All well", tone: "good", icon: "success" },
};
const ORDER = Object.keys(STATES);

export default {
  title: "Alarms",
  async show(root, context) {
    const found = refreshed(context, { ask: () => context.api("alarms"), draw: shown, seconds: SECONDS });
    root.append(head("Alarms"), found.root);
    await found.look();
  },
};

function shown({ alarms, emails }) {
  const sorted = alarms.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.name.localeCompare(other.name));
  return [
    heard(emails),
    sorted.length
      ? element("ul", { role: "list", class: "alarms" }, sorted.map(alarm))
      : nothing("This deployment has no alarms.", "`jamwire status` says what is deployed."),
  ];
}

/** Whether anybody hears of an alarm. */
function heard(emails) {
  const open = emails.filter(({ confirmed }) => !confirmed);
  const good = emails.filter(({ confirmed }) => confirmed);
  return [
    !emails.length && element("p", { class: "card notice warn" }, "No alarm reaches anybody by e-mail: set ", element("code", null, "alarm_email"), " in cdk.json, and deploy."),
    open.length > 0 && element("p", { class: "card notice warn" }, "AWS has sent a mail to ", names(open), ": confirm it. Until then no alarm reaches this address."),
    good.length > 0 && element("p", { class: "muted above" }, "Sent by e-mail to ", names(good), "."),
  ];
}

const names = (emails) => emails.map(({ address }, number) => [number > 0 && ", ", element("b", null, foreign(address))]);

/** One that rings is shown whole; the others are opened. */
function alarm({ name, state, since, reason, description, command }) {
  const known = STATES[state] ?? { words: state, tone: "", icon: "info" };
  const line = [
    icon(known.icon),
    element("h2", null, foreign(name)),
    element("span", { class: `tag ${known.tone}` }, known.words),
    since && element("span", { class: "muted" }, "since ", timeElement(since)),
  ];
  const more = [
    description && element("p", null, foreign(description)),
    reason && element("p", { class: "muted" }, foreign(reason)),
    command && element("div", { class: "command" }, element("code", null, foreign(command)), copyButton("Copy the command", command)),
  ];
  const keep = { item: "", keep: `alarm ${name}` };
  return state === "ALARM"
    ? element("li", { class: "card alarm bad", tabindex: "-1", dataset: keep }, element("div", { class: "head" }, line), more)
    : element("li", null, element("details", { class: "card alarm", dataset: { keep: `more ${name}` } }, element("summary", { class: "head", dataset: keep }, line), more));
}
