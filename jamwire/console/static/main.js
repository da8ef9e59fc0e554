// The shell: which view is shown, and what all views share.

import { api, takeToken } from "./api.js";
import { address, element, refill } from "./dom.js";
import { problem } from "./parts/problem.js";
import { icon } from "./parts/icons.js";
import { listenToKeys } from "./parts/keys.js";
import { settings } from "./parts/settings.js";

/** The views, in the order of the navigation. `key` follows `g`; one with `within` is reached from another. */
const VIEWS = [
  { name: "events", title: "Events", key: "e", load: () => import("./views/events.js") },
  { name: "event", title: "Event", within: "events", load: () => import("./views/event.js") },
  { name: "dead_letters", title: "Dead letters", key: "d", load: () => import("./views/dead_letters.js") },
  { name: "rejected", title: "Refused", key: "r", load: () => import("./views/rejected.js") },
  { name: "endpoints", title: "Endpoints", key: "p", load: () => import("./views/endpoints.js") },
  { name: "subscribers", title: "Subscribers", key: "s", load: () => import("./views/subscribers.js") },
  { name: "alarms", title: "Alarms", key: "a", load: () => import("./views/alarms.js") },
  { name: "figures", title: "Figures", key: "f", load: () => import("./views/figures.js") },
  { name: "outside", title: "Outside", key: "o", needs: "inbox", load: () => import("./views/outside.js") },
  { name: "faults", title: "Faults", key: "x", needs: "inbox", load: () => import("./views/faults.js") },
];

const root = document.getElementById("view");
const announcements = document.getElementById("announcements");
let leaving = new AbortController();
let overview = null;

/** Go to a view: its address becomes the page's. With `replace`, "back" does not lead to what was there. */
function go(url, { replace = false } = {}) {
  become(url, { replace });
  return show();
}

/** Give the page an address without showing anything anew: what is shown has already become that. */
const become = (url, { replace = true } = {}) => history[replace ? "replaceState" : "pushState"](null, "", url);

/** Show the view that the address names. */
async function show() {
  leaving.abort();
  leaving = new AbortController();
  const query = new URLSearchParams(location.search);
  const view = VIEWS.find(({ name }) => name === query.get("view")) ?? VIEWS[0];
  markCurrent(view);
  document.title = `${view.title} · Jamwire`;
  root.setAttribute("aria-busy", "true");
  const { signal } = leaving;
  try {
    overview ??= await introduce();
    markCurrent(view);
    const { default: shown } = await view.load();
    if (signal.aborted) return;
    root.className = `view-${view.name}`;
    refill(root);
    scrollTo(0, 0);
    await shown.show(root, contextOf(query, signal));
  } catch (error) {
    if (!signal.aborted) refill(root, problem(error, show));
  } finally {
    if (!signal.aborted) root.removeAttribute("aria-busy");
  }
}

/** What a view is given beside its root. */
const contextOf = (query, signal) => ({
  query, // URLSearchParams of the address
  overview, // the document of `GET overview`
  signal, // aborted as the view is left
  go, // go(address(view, query), {replace})
  become, // become(address(view, query), {replace})
  api: (path, options) => api(path, { signal, ...options }),
  announce, // say it to who listens to the page
  every: (seconds, task, own = signal) => every(seconds, task, own), // again and again while the page is seen
});

function announce(text) {
  announcements.textContent = text;
}

/** Run a task again and again, one at a time, while the page is seen and the view is shown. */
async function every(seconds, task, signal) {
  while (!signal.aborted) {
    await new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
    });
    if (!signal.aborted && !document.hidden) await task();
  }
}

async function introduce() {
  const known = await api("overview");
  const where = known.local ? "local account" : known.region;
  refill(document.getElementById("name"), known.deployment);
  refill(
    document.getElementById("deployment"),
    element("span", { class: known.local ? "place local" : "place" }, where),
  );
  refill(document.getElementById("views"), navigation(known));
  return known;
}

const navigation = (known) =>
  element(
    "ul",
    { role: "list" },
    VIEWS.filter(({ within, needs }) => !within && (!needs || known[needs])).map(({ name, title, key }) =>
      element(
        "li",
        null,
        element("a", { href: address(name), dataset: { view: name }, title: `${title} (g ${key})` }, icon(name), title),
      ),
    ),
  );

function markCurrent({ name, within }) {
  for (const link of document.querySelectorAll("#views a")) {
    if (link.dataset.view !== (within ?? name)) {
      link.removeAttribute("aria-current");
      continue;
    }
    link.setAttribute("aria-current", "page");
    link.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone the navigation is wider than the page
  }
}

/** A plain click on a link within the console changes the view without loading the page anew. */
function follow(event) {
  const link = event.target.closest("a[href^='/?']");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href).then(() => root.contains(document.activeElement) || root.focus({ preventScroll: true }));
}

document.addEventListener("click", follow);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address stays the view's
  root.focus();
});
addEventListener("popstate", async () => {
  if (await takeToken()) overview = null; // somebody pasted another address into this tab
  await show();
});
listenToKeys({ views: VIEWS, go, root });
refill(document.getElementById("settings"), settings());
await takeToken();
await show();
