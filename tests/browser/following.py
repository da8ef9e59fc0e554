"""A site whose visitors follow topics, served as strictly as a site can be, and a browser whose push service is played.

A browser's real push service is far away. So `PushManager` is replaced on the page and in the worker, with real keys;
what is pushed comes by the DevTools protocol, and Chromium's own notifications are looked at.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Worker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from examples.serving import serving
from jamwire.local.polling import wait_for
from tests.browser.audience import FakeEndpoint, an_endpoint
from tests.conftest import ROOT

LIVE = ROOT / "live"
SCOPE = "/jamwire-worker/"
PATIENCE = 30_000

FAKE_PUSH = """
// The browser's subscription, for the page and for the worker; of each registration there is one.
const SUBSCRIPTION = "/played-subscription";
const kept = async () => {
  const found = await (await caches.open("played")).match(SUBSCRIPTION);
  return found && played(await found.json());
};
const keep = async (said) => (await caches.open("played")).put(SUBSCRIPTION, new Response(JSON.stringify(said)));
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=/g, "");
const played = (said) => ({
  endpoint: said.endpoint,
  key: said.key,
  toJSON: () => ({ endpoint: said.endpoint, expirationTime: null, keys: said.keys }),
  unsubscribe: async () => (await caches.open("played")).delete(SUBSCRIPTION),
});
PushManager.prototype.getSubscription = async () => (await kept()) ?? null;
PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey: key }) => {
  if (!userVisibleOnly) throw new DOMException("It must be visible.", "NotAllowedError");
  const old = await kept();
  if (old && old.key !== key) throw new DOMException("There is another key.", "InvalidStateError");
  if (old) return old;
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const p256dh = base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
  const auth = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const said = { key, endpoint: `https://fcm.googleapis.com/fcm/send/${crypto.randomUUID()}`, keys: { p256dh, auth } };
  await keep(said);
  return played(said);
};
"""

WATCH = (
    FAKE_PUSH
    + """
window.seen = [];
for (const name of ["follow", "unfollow"])
  document.addEventListener(`jamwire:${name}`, ({ detail }) => seen.push({ name, ...detail }));
window.wrong = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => wrong.push(violatedDirective));
addEventListener("error", ({ message }) => wrong.push(message));
addEventListener("unhandledrejection", ({ reason }) => wrong.push(`${reason}`));

// What a person answers to the browser's question; the permission is remembered, as a browser does.
window.asked = 0;
const permission = () => localStorage.permission ?? "default";
Object.defineProperty(Notification, "permission", { get: permission });
Notification.requestPermission = async () => {
  asked++;
  localStorage.permission = localStorage.answer ?? "granted";
  return permission();
};
"""
)

WATCH_WORKER = (
    FAKE_PUSH
    + """
// Only a person's click lets a worker open or focus a page.
self.opened = [];
Clients.prototype.openWindow = async (url) => opened.push(["opened", url]);
WindowClient.prototype.focus = async function () { opened.push(["focused", this.url]); };
// A browser that is asked what it shows while it begins to show it forgets it.
self.handled = 0;
const { waitUntil } = ExtendableEvent.prototype;
ExtendableEvent.prototype.waitUntil = function (promise) {
  if (this.type === "push") Promise.allSettled([promise]).then(() => handled++);
  waitUntil.call(this, promise);
};
"""
)

STYLE = """
body { font: 1rem/1.5 sans-serif; margin: 1rem; }
[hidden] { display: none; }
button[aria-pressed="true"] { background: #0b5fa5; color: #fff; }
.jamwire-follow:has(p:not(:empty)) { border-left: 4px solid #0b5fa5; padding-left: 1rem; }
"""

FORM = """<form id="{channel}" data-jamwire-follow="line-12" method="post" action="{url}follow">
<input type="hidden" name="channel" value="{channel}"><input type="hidden" name="topics" value="line-12">
<p><label>{label} <input type="{type}" name="{name}" required></label></p>
<p><label><input type="checkbox" name="consent" value="true" required> I agree.</label></p>
<p><button>Send it to me</button></p></form>"""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Line 12</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css"><script src="/watch.js"></script>
<script type="application/json" data-jamwire-words>{words}</script>
<script type="module" src="/jamwire-follow.js" data-jamwire-audience="{url}"{more}></script></head>
<body><main><h1>Line 12</h1>
<button type="button" data-jamwire-follow="line-12" hidden>Tell me about line 12</button>
<p data-jamwire-followed="line-12" hidden>You follow this line.</p>
<button type="button" data-jamwire-follow="news" hidden>Tell me the news</button>
<details><summary>By e-mail or text message</summary>{forms}</details>
</main></body></html>"""


@dataclass
class Following:
    """A visitor of the site.

    Attributes:
        context: The browser's.
        endpoint: What the site's pages ask.
        site: Where the site is.
        files: Kind and content of the site's files by path; anything else is the page.
        words: The page's own words.
        more: Attributes of the script.
        policies: Names of the Trusted Types policies that its page allows.
    """

    context: BrowserContext
    endpoint: FakeEndpoint
    site: str = ""
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    more: str = ' data-jamwire-worker="/jamwire-worker.js"'
    policies: str = "jamwire-follow"

    @property
    def app(self) -> Starlette:
        """The site as a web application."""
        return Starlette(routes=[Route("/{path:path}", self._serve)])

    @property
    def page_text(self) -> str:
        """The page."""
        url = self.endpoint.url
        fields = (("email", "E-mail", "email", "address"), ("text", "Number", "tel", "number"))
        forms = [
            FORM.format(url=url, channel=channel, label=label, type=type, name=name)
            for channel, label, type, name in fields
        ]
        return PAGE.format(url=url, more=self.more, words=json.dumps(self.words), forms="".join(forms))

    @property
    def policy(self) -> str:
        """All that the page may do."""
        url = self.endpoint.url
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; "
            f"connect-src {url}; form-action {url}; "
            f"require-trusted-types-for 'script'; trusted-types {self.policies}"
        )

    def _serve(self, request: Request) -> Response:
        kind, text = self.files.get(request.url.path, ("text/html", self.page_text))
        return Response(text, media_type=kind, headers={"content-security-policy": self.policy})

    def open(self, path: str = "/") -> Page:
        """Open a page, and wait until it shows what is followed."""
        page = self.context.new_page()
        page.goto(f"{self.site}{path}")
        page.locator("[data-jamwire-follow=news][aria-pressed]").wait_for()
        return page

    @property
    def worker(self) -> Worker:
        """The worker, which runs."""
        [worker] = self.context.service_workers or [self.context.wait_for_event("serviceworker")]
        return worker


@contextmanager
def a_visitor(browser: Browser, **options: Any) -> Iterator[Following]:
    """A visitor of a site; in the end no page has broken the policy or thrown."""
    context = browser.new_context(**options)
    context.grant_permissions(["notifications"])
    with an_endpoint() as endpoint:
        visitor = Following(context, endpoint)
        visitor.files = {
            "/jamwire-follow.js": ("text/javascript", (LIVE / "jamwire-follow.js").read_text()),
            "/jamwire-worker.js": (
                "text/javascript",
                WATCH_WORKER + (LIVE / "jamwire-worker.js").read_text(),
            ),
            "/watch.js": ("text/javascript", WATCH),
            "/style.css": ("text/css", STYLE),
            "/favicon.ico": ("image/png", ""),
        }
        with serving(visitor.app) as visitor.site:
            yield visitor
            wrong = [page.evaluate("window.wrong ?? []") for page in context.pages]
            context.close()
    assert not any(wrong), wrong


@dataclass
class PushService:
    """Delivers what is pushed to a page's worker, as a browser's push service does.

    Attributes:
        devtools: Of one of the browser's pages.
        site: Where the site is.
        workers: The workers that run now.
    """

    devtools: CDPSession
    site: str
    workers: Callable[[], Sequence[Worker]]
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Learn which workers there are."""
        self.devtools.on("ServiceWorker.workerRegistrationUpdated", self._learn)
        self.devtools.send("ServiceWorker.enable")

    def deliver(self, data: str, scope: str = SCOPE) -> None:
        """Deliver a message to the worker of a scope, decrypted, and wait until it has been handled."""
        registration = {"origin": self.site, "registrationId": self._registration(f"{self.site}{scope}")}
        before = self._handled()
        self.devtools.send("ServiceWorker.deliverPushMessage", {**registration, "data": data})
        wait_for(lambda: self._handled() > before, seconds=PATIENCE / 1000, what="a worker with the push")

    def _handled(self) -> int:
        return sum(worker.evaluate("self.handled ?? 0") for worker in self.workers())

    def _registration(self, scope: str) -> str:
        def heard() -> str | None:
            self.devtools.send("ServiceWorker.enable")  # what is told is heard while something is asked
            return self._ids.get(scope)

        return wait_for(heard, seconds=PATIENCE / 1000, what="the worker's registration")

    def _learn(self, told: Any) -> None:
        for registration in told["registrations"]:
            self._ids[registration["scopeURL"]] = registration["registrationId"]


def push_service_of(visitor: Following, page: Page) -> PushService:
    """The push service of a visitor's browser, of which a page is open."""
    context = visitor.context
    return PushService(context.new_cdp_session(page), visitor.site, lambda: context.service_workers)


def notifications(page: Page, scope: str = SCOPE) -> list[dict[str, Any]]:
    """What the browser shows, the newest first."""
    shown = page.evaluate(
        """async (scope) => (await (await navigator.serviceWorker.getRegistration(scope)).getNotifications())
          .map(({ title, body, tag, data, renotify, silent, lang }) =>
            ({ title, body, tag, data, renotify, silent, lang }))""",
        scope,
    )
    return list(shown)


def pressed(page: Page, topic: str = "line-12") -> bool:
    """Whether a topic's button shows that it is followed."""
    return page.get_attribute(f"button[data-jamwire-follow={topic}]", "aria-pressed") == "true"
