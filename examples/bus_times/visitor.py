"""A visitor who follows the line and closes the page, in a browser that is driven: where there is no push service.

The browser subscribes to the inbox's push service instead of its maker's, which is far away. What is pushed is handed
to the site's worker by the DevTools protocol, as the browser itself would.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.request import ProxyHandler, Request, build_opener

from playwright.sync_api import Browser, Worker, sync_playwright

from jamwire.local.chromium import FLAGS, find_chromium

PATIENCE: Final = 30_000
"""Milliseconds."""

SCOPE: Final = "/jamwire-worker/"

_SUBSCRIBE: Final = """
const played = (said) => said && { endpoint: said.endpoint, toJSON: () => said, unsubscribe: playedUnsubscribe };
PushManager.prototype.getSubscription = async () => played(await playedSubscription());
PushManager.prototype.subscribe = async (wanted) => played(await playedSubscribe(wanted.applicationServerKey));
"""

_SHOWN: Final = """async ({ id, patience }) => {
  for (const until = Date.now() + patience; Date.now() < until; ) {
    await new Promise((done) => setTimeout(done, 250));
    const found = (await registration.getNotifications()).find(({ data }) => data.id === id);
    if (found) return { title: found.title, body: found.body };
  }
}"""
"""The worker is told of a push, and shows it when it is ready. It is not asked at once: a browser that is asked what it
shows while it begins to show it may forget it."""

_CLICK: Final = """async (id) => {
  let opened, done;
  Clients.prototype.openWindow = async (url) => { opened = url; };
  const notification = (await registration.getNotifications()).find(({ data }) => data.id === id);
  const event = new NotificationEvent("notificationclick", { notification });
  event.waitUntil = (promise) => { done = promise; };
  dispatchEvent(event);
  await done;
  return opened;
}"""
"""Only a person's click lets a worker open a page; here it says which."""

_IS_CURRENT: Final = """({ text, time }) => {
  const { dateTime } = document.querySelector(".stop time");
  return document.querySelector(".says").textContent === text || Date.parse(dateTime) > Date.parse(time);
}"""
"""Whether the page shows what was pushed, or something newer."""


class Visitor:
    """A visitor with a browser.

    Args:
        browser: The browser.
        inbox_url: Where its push service is.
        address: Where the site is.
    """

    def __init__(self, browser: Browser, inbox_url: str, address: str) -> None:
        self._inbox = inbox_url
        self._address = address
        self._context = browser.new_context()
        self._context.set_default_timeout(PATIENCE)
        self._context.grant_permissions(["notifications"])
        self._context.add_init_script(_SUBSCRIBE)
        self._context.expose_function("playedSubscribe", self._subscribe)
        self._context.expose_function("playedSubscription", lambda: self._subscription)
        self._context.expose_function("playedUnsubscribe", self._unsubscribe)
        self._subscription: dict[str, Any] | None = None
        self._after = 0
        self._registration = ""
        self._devtools = self._context.new_cdp_session(self._context.new_page())
        self._devtools.on("ServiceWorker.workerRegistrationUpdated", self._learn)
        self._devtools.send("ServiceWorker.enable")

    def follow(self) -> None:
        """Open the page, follow the line, and close the page."""
        page = self._context.new_page()
        page.goto(f"{self._address}/")
        button = page.locator("button[data-jamwire-follow]")
        button.click()
        page.locator("button[data-jamwire-follow][aria-pressed=true]").wait_for()
        page.close()

    def look(self) -> Iterator[str]:
        """Take what was pushed, and open the page by a click; tells what is seen, in words."""
        if not self._subscription or not self._registration:
            return
        id = self._subscription["endpoint"].rpartition("/")[2]
        waiting = _ask(f"{self._inbox}/push/subscriptions/{id}/messages?after={self._after}")
        for message in waiting["messages"]:
            self._after = message["number"]
            yield from self._push(message["message"])

    def close(self) -> None:
        """Close the browser."""
        self._context.close()

    def _push(self, message: Any) -> Iterator[str]:
        site = {"origin": self._address, "registrationId": self._registration}
        self._devtools.send("ServiceWorker.deliverPushMessage", {**site, "data": json.dumps(message)})
        told, worker = message["notification"]["data"], self._worker()
        id = told["id"]
        if shown := worker.evaluate(_SHOWN, {"id": id, "patience": PATIENCE}):
            yield f"Pushed, while no page is open: {shown['title']}: {shown['body']}"
            says = self._open(worker.evaluate(_CLICK, id), shown["body"], told["time"])
            yield f"Its click opens the page, which says: {says}"

    def _open(self, url: str, text: str, time: str) -> str:
        """What the page says once it knows what was pushed; a moment before, it says what it was built with."""
        page = self._context.new_page()
        page.goto(url)
        page.wait_for_function(_IS_CURRENT, arg={"text": text, "time": time})
        says = page.locator(".says").inner_text()
        page.close()
        return says

    def _worker(self) -> Worker:
        [worker] = self._context.service_workers or [self._context.wait_for_event("serviceworker")]
        return worker

    def _subscribe(self, key: str) -> dict[str, Any]:
        if self._subscription is None:
            found = _ask(f"{self._inbox}/push/subscriptions", {"applicationServerKey": key})
            self._subscription, self._after = {name: found[name] for name in ("endpoint", "keys")}, 0
        return self._subscription

    def _unsubscribe(self) -> None:
        self._subscription = None

    def _learn(self, told: Any) -> None:
        for registration in told["registrations"]:
            if registration["scopeURL"] == f"{self._address}{SCOPE}":
                self._registration = registration["registrationId"]


@contextmanager
def a_visitor(inbox_url: str, address: str) -> Iterator[Visitor | None]:
    """A visitor with a browser of its own; None where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        yield None
        return
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
    ):
        yield Visitor(browser, inbox_url, address)


def _ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with build_opener(ProxyHandler({})).open(Request(url, data), timeout=10) as answer:  # noqa: S310 - this machine
        return json.load(answer)
