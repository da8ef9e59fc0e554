// The worker of web push (docs/audience.md): it shows what is pushed and opens the page that it is about. Registered by
// jamwire-follow.js, or imported by the site's own worker. It fetches nothing of the site and keeps no page.

import { Problem } from "./endpoint.js";
import { change, read } from "./kept.js";
import { FOLLOWER, renew, SHOWN } from "./subscription.js";

const REMEMBERED = 100;
const { registration } = self;

const kept = () => read(registration.scope, FOLLOWER);

const parse = (data) => {
  try {
    return data.json().notification;
  } catch {} // whoever sent it: a push must show something, or browsers take the permission away
};

// What was shown that is newer of its topic, or is it itself.
const shownBefore = async ({ tag, data: { id, time } }) => {
  const shown = (await read(registration.scope, SHOWN)) ?? []; // the newest first
  const isNewer = (one) => one.tag === tag && Date.parse(one.time) > Date.parse(time);
  return shown.find(isNewer) ?? shown.find((one) => one.id === id);
};

const remember = (said) => change(registration.scope, SHOWN, (shown = []) => [said, ...shown].slice(0, REMEMBERED));

const show = async (data) => {
  const said = parse(data);
  if (!said?.title) {
    const { site } = (await kept()) ?? {};
    return registration.showNotification(site?.name ?? location.host, { tag: "jamwire", data: { url: site?.url } });
  }
  const { title, navigate, data: more, ...options } = said;
  const isReplacing = Boolean(options.tag); // and is heard again
  const its = { title, options: { ...options, renotify: isReplacing, data: { ...more, url: navigate } } };
  const before = more?.id && (await shownBefore(said));
  if (before) {
    const again = { ...its, ...before }; // an earlier worker kept no title
    return registration.showNotification(again.title, { ...again.options, renotify: false, silent: true });
  }
  await registration.showNotification(title, its.options);
  if (more?.id) await remember({ id: more.id, tag: options.tag, time: more.time, ...its });
};

let turn = Promise.resolve();
const inTurn = (doing) => (turn = turn.then(doing, doing)); // what is shown decides what comes after it

const pageOf = (url) => {
  const site = new URL("/", registration.scope);
  const wanted = URL.canParse(url ?? "", site) ? new URL(url ?? "", site) : site;
  return /^https?:$/.test(wanted.protocol) ? wanted.href : site.href;
};

const open = async (url) => {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => one.url.split("#")[0] === url.split("#")[0]);
  return page ? page.focus() : self.clients.openWindow(url);
};

// A page that is opened later does it where it fails now, and says so where the follower is gone for good.
const resubscribe = async () => {
  const follower = await kept();
  if (!follower) return;
  await renew(registration, follower).catch((problem) => {
    if (!(problem instanceof Problem)) throw problem;
  });
};

self.addEventListener("push", (event) => event.waitUntil(inTurn(() => show(event.data))));
self.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  if (!("url" in (notification.data ?? {}))) return; // the site's own worker may show others
  notification.close();
  event.waitUntil(open(pageOf(notification.data.url)));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(resubscribe()));
