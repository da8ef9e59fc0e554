// Who is told of an event, and why, or why not.

import { element, foreign } from "../dom.js";
import { stringify } from "../json.js";
import { icon } from "./icons.js";

const ANSWERS = {
  true: ["success", "is told"],
  false: ["rejected", "is not told"],
  null: ["info", "unknown"],
};

/** @param subscribers Those of the event's own delivery. */
export const rulesCard = (subscribers) =>
  element(
    "section",
    { class: "card rules", "aria-labelledby": "rules" },
    element("h2", { id: "rules" }, "Who is told, and why"),
    element("ul", { role: "list" }, subscribers.map(line)),
  );

function line({ name, rule, rule_text: text, matched = null, not_matched_because: because }) {
  const [sign, answer] = ANSWERS[matched];
  return element(
    "li",
    null,
    icon(sign),
    element(
      "div",
      null,
      element("strong", null, foreign(name)),
      element("span", { class: "muted" }, ` ${answer}`, because && ": ", because && foreign(because)),
      text && !because && element("p", { class: "muted" }, foreign(text)),
      rule && element("details", null, element("summary", null, "Rule"), policy(rule)),
    ),
  );
}

const policy = (rule) => element("pre", { tabindex: "0" }, foreign(stringify(rule.policy, 2)));
