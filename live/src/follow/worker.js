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

// Whether it has not been shown, nor anything newer of its topic; afterwards it has.
const isNews = async ({ tag, data: { id, time } }) => {
  let isNew;
  await change(registration.scope, SHOWN, (shown = []) => {
    isNew = !shown.some((one) => one.id === id || (one.tag === tag && Date.parse(one.time) > Date.parse(time)));
    return isNew ? [{ id, tag, time }, ...shown].slice(0, REMEMBERED) : shown;
  });
  return isNew;
};

const show = async (data) => {
  const said = parse(data);
  if (!said?.title) {
    const { site } = (await kept()) ?? {};
    return registration.showNotification(site?.name ?? location.host, { tag: "jamwire", data: { url: site?.url } });
  }
  const { title, navigate, data: more, ...options } = said;
  if (more?.id && !(await isNews(said))) return;
  const isReplacing = Boolean(options.tag); // and is heard again
  return registration.showNotification(title, { ...options, renotify: isReplacing, data: { ...more, url: navigate } });
};

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

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  if (!("url" in (notification.data ?? {}))) return; // the site's own worker may show others
  notification.close();
  event.waitUntil(open(pageOf(notification.data.url)));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(resubscribe()));
