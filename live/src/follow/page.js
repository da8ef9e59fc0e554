// What a page has to follow by, and what it shows of what is followed, by attributes.

import { audience, describe, hindrance, Problem } from "./api.js";
import { others, send, topicsOf } from "./forms.js";
import { action, element, panelOf } from "./panel.js";
import { words, wordsOf } from "./words.js";

const BUTTON = "button[data-jamwire-follow]";
const FORM = "form[data-jamwire-follow]";

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`jamwire:${name}`, { detail }));

const all = (selector) => document.querySelectorAll(selector);

/** Lets this document's buttons and forms follow. */
export const start = ({ jamwireAudience: url, jamwireWorker: worker }) => {
  const its = audience({ url, worker });
  const say = words();
  let followed = [];
  let settings;

  const follows = (topics) => topics.every((topic) => followed.includes(topic));

  const paint = () => {
    for (const button of all(BUTTON)) {
      button.hidden = false;
      button.setAttribute("aria-pressed", follows(topicsOf(button)));
    }
    for (const shown of all("[data-jamwire-followed]")) shown.hidden = !follows([shown.dataset.jamwireFollowed]);
  };

  const know = (topics) => {
    followed = topics;
    paint();
  };

  // One thing at a time: until it is done, its button or form is busy.
  const act = async (of, doing) => {
    if (of.ariaBusy === "true") return;
    const panel = panelOf(of);
    of.ariaBusy = "true";
    panel.say(say("wait"));
    try {
      await doing(panel);
    } catch (problem) {
      panel.say(wordsOf(say, problem));
      if (!(problem instanceof Problem)) throw problem;
      if (settings && /^(denied|homescreen|unsupported)$/.test(problem.name)) offer(panel, topicsOf(of));
    } finally {
      of.ariaBusy = "false";
    }
  };

  const offer = (panel, topics) => {
    const found = others(say, settings, topics);
    panel.put(...(found.length ? [element("p", {}, say("instead")), element("p", {}, ...found)] : []));
  };

  const titled = (topics) => ({ title: topics.map((topic) => describe(settings, topic).title).join(", ") });

  const follow = async (panel, topics, challenge) => {
    know(await its.follow(topics, challenge));
    panel.put();
    panel.say(say("followed", titled(topics)));
    tell("follow", { topics, channel: "push" });
  };

  const unfollow = async (panel, topics) => {
    know(await its.unfollow(topics));
    panel.put();
    panel.say(say("unfollowed", titled(topics)));
    tell("unfollow", { topics, channel: "push" });
  };

  // Cloudflare Turnstile, where the endpoint wants it; the page brings its script.
  const challenged = (place) =>
    new Promise((answered) => {
      const { challenge } = settings;
      if (!challenge || !globalThis.turnstile) return answered();
      turnstile.render(place, { sitekey: challenge.site_key, callback: answered });
    });

  // The browser asks but once: who says no there is not asked again. So it asks only those who have said yes here.
  const explain = (button, panel, topics) => {
    const place = element("div");
    const challenge = challenged(place);
    const yes = () =>
      act(button, async () => {
        const permission = await Notification.requestPermission();
        if (permission !== "granted") throw new Problem(permission === "denied" ? "denied" : "undecided");
        await follow(panel, topics, await challenge);
      });
    const no = () => {
      panel.put();
      panel.say("");
    };
    const about = topics.map((topic) => describe(settings, topic));
    const lines = about.map(({ title, text }) => element("p", {}, element("strong", {}, title), ` ${text}`));
    const first = action(say("yes"), yes);
    const label = about.map(({ title }) => title).join(", ");
    const last = element("p", {}, first, " ", action(say("no"), no));
    const group = element("div", { role: "group", "aria-label": label }, ...lines, element("p", {}, say("explain")), place, last);
    group.addEventListener("keydown", ({ key }) => key === "Escape" && no());
    panel.say("");
    panel.put(group);
    first.focus();
  };

  const press = (button) =>
    act(button, async (panel) => {
      const topics = topicsOf(button);
      settings = await its.settings();
      if (follows(topics)) return unfollow(panel, topics);
      const reason = settings.channels.push ? hindrance() : "unsupported";
      if (reason) throw new Problem(reason);
      if (Notification.permission === "granted" && !settings.challenge) return follow(panel, topics);
      explain(button, panel, topics);
    });

  // What has ended without a click is said where it can be followed again.
  const sayEnded = async (ended) => {
    if (ended.length) settings ??= await its.settings().catch(() => undefined);
    if (!settings) return; // it is not reached
    for (const button of all(BUTTON)) {
      const topics = topicsOf(button).filter((topic) => ended.includes(topic));
      if (topics.length) panelOf(button).say(say("unfollowed", titled(topics)));
    }
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(BUTTON);
    if (button) press(button);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(FORM);
    if (!form) return;
    event.preventDefault();
    act(form, () => send({ url, say, tell, act }, form, event.submitter));
  });
  // Elements may be added at any time, and another page of the site may follow or end it.
  new MutationObserver(paint).observe(document.documentElement, { childList: true, subtree: true });
  addEventListener("visibilitychange", async () => document.hidden || know(await its.topics()));

  (async () => {
    const before = await its.topics();
    know(before);
    const now = await its.check();
    know(now);
    await sayEnded(before.filter((topic) => !now.includes(topic)));
  })();
};
