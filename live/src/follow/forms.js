// Forms, which work without this script: their action is the endpoint's. With it their answers are told on the page.

import { describe } from "./api.js";
import { ask } from "./endpoint.js";
import { action, element, panelOf } from "./panel.js";

const FORM = "form[data-jamwire-follow]";

/** The topics that a button or a form names. */
export const topicsOf = ({ dataset }) => dataset.jamwireFollow.split(/\s+/).filter(Boolean);

const bodyOf = (form, submitter) => {
  const data = new FormData(form, submitter);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const said = Object.fromEntries(data);
  return {
    ...said,
    topics: form.elements.topics ? data.getAll("topics") : topicsOf(form),
    zone: said.zone || timeZone,
    ...(said.consent && { consent: true }),
  };
};

const codeForm = (say, confirm) => {
  const input = element("input", { inputmode: "numeric", autocomplete: "one-time-code", required: "" });
  const form = element("form", {}, element("label", {}, say("code"), " ", input), " ", element("button", {}, say("confirm")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    confirm(input.value.trim());
  });
  return form;
};

/** Sends a form; of text messages it then asks for the code. */
export const send = async ({ url, say, tell, act }, form, submitter) => {
  const panel = panelOf(form);
  const said = bodyOf(form, submitter);
  const { channel, number, topics } = said;
  const { message } = await ask(url, "follow", said);
  panel.say(message);
  tell("follow", { topics, channel, pending: true });
  if (channel !== "text") return;
  const confirm = (code) =>
    act(form, async () => {
      const { topics } = await ask(url, "confirm", { number, code });
      const settings = await ask(url, "settings");
      panel.put();
      panel.say(say("confirmed", { title: topics.map((topic) => describe(settings, topic).title).join(", ") }));
      tell("follow", { topics, channel });
    });
  const next = codeForm(say, confirm);
  panel.put(next);
  next.elements[0].focus();
};

const show = (form, channel) => {
  form.hidden = false;
  const folded = form.closest("details");
  if (folded) folded.open = true;
  channel.checked = true; // of several; of one it means nothing
  [...form.elements].find(({ type }) => /^(email|tel|text)$/.test(type))?.focus();
};

/** Buttons that lead to the page's forms for the same topics by the other channels that there are. */
export const others = (say, { channels }, topics) =>
  ["email", "text"].flatMap((name) => {
    const forms = [...document.querySelectorAll(FORM)].filter((form) =>
      topics.every((topic) => topicsOf(form).includes(topic)),
    );
    const inputs = forms.flatMap((form) => [...form.elements].filter((one) => one.name === "channel"));
    const input = channels[name] && inputs.find(({ value }) => value === name);
    return input ? [action(say(name), () => show(input.form, input)), " "] : [];
  });
