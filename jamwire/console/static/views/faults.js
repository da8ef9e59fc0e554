// What is to go wrong outside, to see that nothing is lost by it.

import { counted, element, refill } from "../dom.js";
import { head } from "../parts/head.js";
import { icon } from "../parts/icons.js";
import { problem } from "../parts/problem.js";
import { refreshed } from "../parts/refreshed.js";

const SECONDS = 2;
const HOSTS = { slack: "Slack", build: "The build host", push: "The push service" };

const READY = [
  { words: "Slack is busy", more: "answers 429 five times and asks for two seconds", fault: { channel: "slack", status: 429, retry_after: 2, count: 5 } },
  { words: "Slack is down", more: "answers 500 until it is mended", fault: { channel: "slack", status: 500 } },
  { words: "The webhook is gone", more: "Slack answers 404 until it is mended", fault: { channel: "slack", status: 404 } },
  { words: "Slack's answer is lost", more: "the connection is cut instead, once", fault: { channel: "slack", cut: true, count: 1 } },
  { words: "Slack is slow", more: "answers after 20 seconds, three times", fault: { channel: "slack", hang: 20, count: 3 } },
  { words: "The build host is down", more: "answers 503 until it is mended", fault: { channel: "build", status: 503 } },
  { words: "The push service is busy", more: "answers 429 five times and asks for two seconds", fault: { channel: "push", status: 429, retry_after: 2, count: 5 } },
];

export default {
  title: "Faults",
  async show(root, context) {
    const said = element("div", { class: "said", role: "status" });
    const found = refreshed(context, {
      ask: () => context.api("faults"),
      draw: (faults) => current(faults, () => clear(faults)),
      seconds: SECONDS,
    });

    /** Do it, say it with the way back, and look again. */
    async function perform(words, call, undo) {
      try {
        await call();
        const back = undo && element("button", { type: "button", onclick: () => perform("Undone.", undo) }, "Undo");
        refill(said, element("p", null, words), back);
      } catch (error) {
        refill(said, problem(error));
      }
      await found.look();
    }

    const post = (fault) => context.api("faults", { body: fault });
    const remove = () => context.api("faults", { method: "DELETE" });
    const add = async (fault) => {
      const before = await context.api("faults").catch(() => []);
      const undo = async () => (await remove(), await inOrder(before, post));
      await perform(`${sentence(fault)}, from now on.`, () => post(fault), undo);
    };
    const clear = (faults) => perform(`${counted(faults.length, "fault")} mended.`, remove, () => inOrder(faults, post));

    root.append(
      head("Faults"),
      element("p", { class: "lead muted" }, "Here the outside can be made to fail as it does in life. Then look at what waits, what is tried again, and that nothing is lost or told twice."),
      said,
      found.root,
      element("h2", { class: "above" }, "Ready made"),
      element("ul", { role: "list", class: "ready" }, READY.map((ready) => element("li", null, readyButton(ready, add)))),
      element("h2", { class: "above" }, "Your own"),
      form(add),
    );
    await found.look();
  },
};

const inOrder = async (faults, post) => {
  for (const fault of faults) await post(fault);
};

const current = (faults, clear) =>
  faults.length
    ? element(
        "section",
        { class: "card notice warn", "aria-label": "Faults that are on" },
        element("div", { class: "head" }, icon("warning"), element("h2", null, counted(faults.length, "fault is on", "faults are on")), element("button", { type: "button", dataset: { keep: "clear" }, onclick: clear }, "Mend everything")),
        element("ol", null, faults.map((fault) => element("li", null, `${sentence(fault)}.`))),
      )
    : element("p", { class: "card notice good" }, icon("success"), "All is well outside.");

/** `Slack answers 429 and asks for 2 s, 5 times`. */
export function sentence({ channel = "slack", status, retry_after: wait, hang, cut, count }) {
  const does = [
    hang !== undefined && `waits ${hang} s`,
    cut && "cuts the connection",
    status !== undefined && `answers ${status}${wait === undefined ? "" : ` and asks for ${wait} s`}`,
  ].filter(Boolean);
  return `${HOSTS[channel] ?? channel} ${does.join(" and ")}, ${count ? counted(count, "time") : "until it is mended"}`;
}

const readyButton = ({ words, more, fault }, add) =>
  element("button", { type: "button", onclick: () => add(fault) }, element("b", null, words), element("span", { class: "muted" }, more));

const STATUSES = [429, 500, 502, 503, 400, 403, 404, 410];

/** A fault in single words; what is left empty is left out. */
function form(add) {
  const number = (name, label, most, placeholder) => element("label", null, label, element("input", { type: "number", name, min: name === "count" ? 1 : 0, max: most, step: name === "hang" ? "any" : 1, placeholder }));
  const made = element(
    "form",
    { class: "card fault", onsubmit: submit },
    element("label", null, "Who", element("select", { name: "channel" }, Object.entries(HOSTS).map(([value, words]) => element("option", { value }, words)))),
    element("label", null, "Answers", element("select", { name: "status" }, element("option", { value: "" }, "as ever"), STATUSES.map((status) => element("option", { value: status, selected: status === 500 }, status)))),
    number("retry_after", "Asks for, seconds", 86_400, "nothing"),
    number("hang", "Waits before, seconds", 600, "0"),
    number("count", "Times", 1_000_000, "until mended"),
    element("label", { class: "check" }, element("input", { type: "checkbox", name: "cut" }), "Cuts the connection"),
    element("div", { class: "buttons" }, element("button", { class: "main" }, "Let it fail")),
  );
  function submit(event) {
    event.preventDefault();
    const { channel, cut, ...numbers } = Object.fromEntries(new FormData(made));
    const given = Object.entries(numbers).filter(([, value]) => value !== "").map(([name, value]) => [name, Number(value)]);
    add({ channel, ...Object.fromEntries(given), ...(cut && { cut: true }) });
  }
  return made;
}
