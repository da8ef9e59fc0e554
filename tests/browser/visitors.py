"""Visitors of a site in a modelled world: real pages in a real browser, the real state code, and time that the test moves.

The pages' clock is the browser's own imitation (`page.clock`). AppSync and the CDN are played by this module, as the
documentation says of them; what goes wrong between them and a page is the test's to say.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, WebSocketRoute

from lambdas.clients.live_states import LiveStates
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.live_channels import notice_channel
from lambdas.live.delivery import Pages
from lambdas.live_state.documents import document_at
from tests.browser.pages import PAGE, POLICY, SHOWN, SITE, STATE, STREAM, WATCH
from tests.fakes.events import an_event
from tests.fakes.live_table import LiveTable

SCRIPT = (Path(__file__).parents[2] / "live" / "jamwire-live.js").read_text()
BEGIN = 1_800_000_000.0
KEEP = 3600.0
EDGE_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 60.0
PATIENCE = 30.0
"""Real seconds for which a page's answer is waited for."""

IDLE = """async (told) => {
  await new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
  return fetching === 0 && (told === null || (unanswered <= told[1] && heard >= told[0]));
}"""


@dataclass
class Visitor:
    """A visitor's page and what lies between it and the world.

    Attributes:
        page: The page.
        network: Whether it has a network.
        sockets: What becomes of WebSockets: "open", "refused", "silent" (opened, and nobody answers), or "hanging" (the
            upgrade is swallowed).
        losing: Whether pushes to it get lost, without a word.
        opened_at: When the page was opened.
        told: Messages that were sent to it.
        streams: Its open connections, each with the channels that it has asked for.
        ignored: How many messages of an open connection were taken and nobody answers.
    """

    page: Page
    network: bool = True
    sockets: str = "open"
    losing: bool = False
    opened_at: float = 0.0
    told: int = 0
    streams: list[tuple[WebSocketRoute, dict[str, str]]] = field(default_factory=list)
    ignored: Counter[WebSocketRoute] = field(default_factory=Counter)

    @property
    def awaits(self) -> tuple[int, int] | None:
        """How many messages its page is to hear, and how many of its own have no answer; None where nobody answers."""
        if not self.network or self.sockets == "silent":
            return None
        return self.told, self.ignored.total()


class World:
    """The world in which notices are sent and pages are open.

    Attributes:
        now: Unix seconds.
        visitors: All whose pages are open.
        states: What is known of topics.
        requests: Paths that were asked of the CDN, and of the origin behind it.
        files: Kind and content of the site's files by path; anything else is the page.
        on_the_way: What becomes of pushes on their way to a page: they may come twice, or in another order.
        meanwhile: What happens while a page connects: it has read the state, and is not heard yet.
        is_refused: Whether a subscription to a channel is.
        answer: What the CDN answers in place of the state: status, kind and body.
    """

    def __init__(self, browser: Browser) -> None:
        self.now = BEGIN
        self.visitors: list[Visitor] = []
        self.requests: list[str] = []
        self.origin_requests: list[tuple[float, str]] = []
        self.table = LiveTable()
        client: Any = self.table
        self.states = LiveStates(client, "states")
        self.is_refused: Callable[[str], bool] = lambda channel: False
        self.answer: Callable[[str], tuple[int, str, str] | None] = lambda path: None
        self.files = {
            "/jamwire-live.js": ("text/javascript", SCRIPT),
            "/watch.js": ("text/javascript", WATCH),
        }
        self.on_the_way: Callable[[Sequence[str]], Sequence[str]] = lambda texts: texts
        self.meanwhile: Callable[[], object] = lambda: None
        self._browser = browser
        self._edge: dict[str, tuple[float, str]] = {}
        self._activity = 0
        self._pages = Pages(
            publish=self._publish,
            states=self.states,
            keep=KEEP,
            clock=lambda: self.now,
            sleep=lambda seconds: None,
        )

    def open(self, *, clock_is_wrong_by: float = 0, sockets: str = "open", network: bool = True) -> Visitor:
        """Open the page."""
        page = self._browser.new_context().new_page()  # all pages of a context have one clock
        visitor = Visitor(page, sockets=sockets, network=network, opened_at=self.now)
        page.clock.install(time=self.now + clock_is_wrong_by - 60)
        page.clock.pause_at(self.now + clock_is_wrong_by)
        page.route(f"{SITE}/**", self._serve)
        page.route(f"{STATE}**", lambda route: self._read(visitor, route))
        page.route_web_socket(STREAM, lambda stream: self._connect(visitor, stream))
        page.add_init_script(f"window.upgradesHang = {json.dumps(sockets == 'hanging')}")
        page.goto(f"{SITE}/line-12/")
        self.visitors.append(visitor)
        self.settle()
        return visitor

    def close(self) -> None:
        """Close all pages, in which nothing was refused or thrown."""
        wrong = [visitor.page.evaluate("wrong") for visitor in self.visitors]
        for visitor in self.visitors:
            visitor.page.context.close()
        assert not any(wrong), wrong

    def wait(self, seconds: float, *, at_a_time: float = 1.0) -> None:
        """Let time pass, in the world and on all pages."""
        while seconds > 0:
            step = min(seconds, at_a_time)
            self.now += step
            seconds -= step
            if self.now // KEEP_ALIVE_SECONDS > (self.now - step) // KEEP_ALIVE_SECONDS:
                self._keep_alive()
            for visitor in self.visitors:
                visitor.page.clock.run_for(round(step * 1000))
            self.settle()

    def skip(self, seconds: float) -> None:
        """Let time pass in which pages do nothing, as on a machine that sleeps."""
        self.now += seconds
        for visitor in self.visitors:
            visitor.page.clock.fast_forward(round(seconds * 1000))
        self.settle()

    def settle(self) -> None:
        """Until no page has anything under way; what gets lost is not waited for."""
        quiet, patience = 0, time.monotonic() + PATIENCE
        while quiet < 2 and time.monotonic() < patience:
            before = self._activity
            is_idle = all(visitor.page.evaluate(IDLE, visitor.awaits) for visitor in self.visitors)
            quiet = quiet + 1 if is_idle and self._activity == before else 0

    def set_sockets(self, visitor: Visitor, sockets: str) -> None:
        """Let WebSockets that are made from now on through, or not."""
        visitor.sockets = sockets
        visitor.page.evaluate("(hang) => { window.upgradesHang = hang; }", sockets == "hanging")

    def send(self, *events: Event) -> None:
        """Deliver notices as the function does."""
        self.deliver(*events)
        self.settle()

    def deliver(self, *events: Event) -> None:
        """The same, without waiting for pages."""
        topics: dict[str, list[Event]] = {}
        for event in events:
            topics.setdefault(notice_channel(event.subject), []).append(event)
        for channel, its in topics.items():
            assert self._pages.deliver_notices(channel, its, isolated=False, again=False) == []

    def send_update(self, event: Event) -> None:
        """Deliver an update of the site as the function does."""
        assert self._pages.deliver_update(event) == []
        self.settle()

    def notice(self, id: str, topic: str = "line-12", *, age: float = 0, **notice: Any) -> Event:
        """A notice that was accepted so many seconds ago."""
        said = {"title": f"Notice {id}", **notice}
        return replace(
            an_event(id, type="notice.sent", time=timestamp(self.now - age), **said), subject=topic
        )

    def update(self, id: str, *paths: str) -> Event:
        """An update of pages that is told now."""
        return an_event(id, type="cdn.invalidated", time=timestamp(self.now), paths=paths)

    def cut_network(self, visitor: Visitor, *, is_told: bool) -> None:
        """Cut a visitor's network.

        Args:
            visitor: Whose.
            is_told: Whether the browser notices at once, and ends its connections.
        """
        visitor.network = False
        if is_told:
            self._hang_up(visitor)
            visitor.page.evaluate("dispatchEvent(new Event('offline'))")
        self.settle()

    def mend_network(self, visitor: Visitor, *, is_told: bool) -> None:
        """Mend a visitor's network; connections of before are gone."""
        visitor.network = True
        self._hang_up(visitor)
        if is_told:
            visitor.page.evaluate("dispatchEvent(new Event('online'))")
        self.settle()

    def hide(self, visitor: Visitor, hidden: bool) -> None:
        """Make a page believe that its tab is hidden, or seen."""
        visitor.page.evaluate(
            "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); }",
            hidden,
        )
        self.settle()

    def _hang_up(self, visitor: Visitor) -> None:
        for stream, _ in visitor.streams:
            stream.close(code=1001)
        visitor.streams.clear()
        visitor.ignored.clear()
        visitor.told = 0

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        kind, body = self.files.get(path, ("text/html", PAGE))
        route.fulfill(body=body, content_type=kind, headers={"content-security-policy": POLICY})

    def _read(self, visitor: Visitor, route: Route) -> None:
        self._activity += 1
        if not visitor.network:
            route.abort("internetdisconnected")
            return
        path = "/" + route.request.url.removeprefix(STATE)
        self.requests.append(path)
        status, kind, body = self.answer(path) or (200, "application/json", self._at_the_edge(path))
        headers = {
            "date": formatdate(self.now, usegmt=True),
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "Date, ETag, Age",
            "cache-control": "no-store",
        }
        route.fulfill(status=status, content_type=kind, body=body, headers=headers)

    def _at_the_edge(self, path: str) -> str:
        kept = self._edge.get(path)
        if kept is None or kept[0] <= self.now:
            self.origin_requests.append((self.now, path))
            document = document_at(path, self.states, round(self.now * 1000), lambda: None)
            assert document is not None, path
            self._edge[path] = kept = (self.now + EDGE_SECONDS, document)
        return kept[1]

    def _connect(self, visitor: Visitor, stream: WebSocketRoute) -> None:
        self._activity += 1
        if not visitor.network or visitor.sockets == "refused":
            stream.close(code=1001)
            return
        channels: dict[str, str] = {}
        visitor.streams.append((stream, channels))
        stream.on_message(lambda said: self._hear(visitor, stream, channels, json.loads(str(said))))
        stream.on_close(lambda *_: self._forget(visitor, stream))

    def _forget(self, visitor: Visitor, stream: WebSocketRoute) -> None:
        self._activity += 1
        visitor.told = 0  # what was on its way then gets lost
        stream.close()
        visitor.streams[:] = [each for each in visitor.streams if each[0] is not stream]
        del visitor.ignored[stream]

    def _hear(self, visitor: Visitor, stream: WebSocketRoute, channels: dict[str, str], said: Any) -> None:
        self._activity += 1
        if visitor.sockets == "silent" or not visitor.network:
            visitor.ignored[stream] += 1
            return
        if said["type"] == "connection_init":
            self.meanwhile()
            self._tell(visitor, stream, {"type": "connection_ack", "connectionTimeoutMs": 300_000})
        if said["type"] == "subscribe" and self.is_refused(said["channel"]):
            errors = [{"errorType": "UnauthorizedException"}]
            self._tell(visitor, stream, {"type": "subscribe_error", "id": said["id"], "errors": errors})
        elif said["type"] == "subscribe":
            channels[said["id"]] = said["channel"]
            self._tell(visitor, stream, {"type": "subscribe_success", "id": said["id"]})
        if said["type"] == "unsubscribe":
            del channels[said["id"]]
            self._tell(visitor, stream, {"type": "unsubscribe_success", "id": said["id"]})

    def _publish(self, channel: str, texts: Sequence[str]) -> Sequence[None]:
        for visitor in self.visitors:
            if visitor.losing or not visitor.network:
                continue
            for stream, id in self._listening(visitor, channel):
                for text in self.on_the_way(texts):
                    self._tell(visitor, stream, {"type": "data", "id": id, "event": text})
        return [None] * len(texts)

    def _keep_alive(self) -> None:
        for visitor in self.visitors:
            for stream, _ in visitor.streams if visitor.network else []:
                self._tell(visitor, stream, {"type": "ka"})

    def _tell(self, visitor: Visitor, stream: WebSocketRoute, message: dict[str, Any]) -> None:
        self._activity += 1
        visitor.told += 1
        stream.send(json.dumps(message))

    def _listening(self, visitor: Visitor, channel: str) -> Iterator[tuple[WebSocketRoute, str]]:
        for stream, channels in visitor.streams:
            for id, name in channels.items():
                if name == channel or (name.endswith("/*") and channel.startswith(name[:-1])):
                    yield stream, id


@contextmanager
def a_world(browser: Browser) -> Iterator[World]:
    """A world whose pages are closed in the end."""
    world = World(browser)
    try:
        yield world
    finally:
        world.close()


def shown(visitor: Visitor) -> list[list[str | None]]:
    """What the page shows, in its order: of each row or of none, the text, and whether it is stale."""
    return list(visitor.page.evaluate(SHOWN))
