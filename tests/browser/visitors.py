"""Visitors of a site in a modelled world: real pages in a real browser, the real state code, and time that the test moves.

The pages' clock is the browser's own imitation (`page.clock`). AppSync and the CDN are played by this module, as the
documentation says of them; what goes wrong between them and a page is the test's to say.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

from lambdas.clients.live_states import LiveStates
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.live_channels import notice_channel
from lambdas.live.delivery import Pages
from lambdas.live_state.documents import document_at
from tests.fakes.events import an_event
from tests.fakes.live_table import LiveTable

SCRIPT = (Path(__file__).parents[2] / "live" / "jamwire-live.js").read_text()
SITE, STATE, STREAM = "https://site.test", "https://state.test/", "wss://live.test/event/realtime"
BEGIN = 1_800_000_000.0
KEEP = 3600.0
EDGE_SECONDS = 1.0

PAGE = f"""<!doctype html><html lang="en"><head><title>Line 12</title>
<script type="module" src="/jamwire-live.js" data-jamwire-url="{STREAM}" data-jamwire-key="da2-key"
  data-jamwire-state="{STATE}"></script></head><body>
<script>window.seen = []; for (const name of ["notice", "updated", "state"]) document.addEventListener(
  "jamwire:" + name, ({{ detail }}) => seen.push({{ name, ...detail }}));</script>
<p id="text" data-jamwire-text="line-12">on time</p>
<p id="delay" data-jamwire-text="line-12.Delay">0 min</p>
<p id="platform" data-jamwire-text="line-12.Platform">1</p>
<time id="as-of" data-jamwire-as-of="line-12">today</time>
<ul id="list" data-jamwire-list="line-12/*"><template><li><b data-jamwire-text=".topic"></b>
  <i data-jamwire-text=".Delay"></i></li></template>
  <li data-jamwire-topic="line-12/0615"><b data-jamwire-text=".topic">0615</b> <i data-jamwire-text=".Delay">0 min</i></li>
</ul>
<p id="updated" data-jamwire-updated hidden>New</p>
</body></html>"""

SHOWN = """() => [...document.querySelectorAll("[data-jamwire-text],[data-jamwire-as-of]")].map((element) =>
  [element.closest("[data-jamwire-topic]")?.dataset.jamwireTopic, element.textContent, element.dataset.jamwireStale])"""


@dataclass
class Visitor:
    """A visitor's page and what lies between it and the world.

    Attributes:
        page: The page.
        network: Whether it has a network.
        sockets: Whether WebSockets go through.
        losing: Whether pushes to it get lost, without a word.
        streams: Its open connections, each with the channels that it has asked for.
    """

    page: Page
    network: bool = True
    sockets: bool = True
    losing: bool = False
    streams: list[tuple[WebSocketRoute, dict[str, str]]] = field(default_factory=list)


class World:
    """The world in which notices are sent and pages are open.

    Attributes:
        now: Unix seconds.
        visitors: All whose pages are open.
        states: What is known of topics.
        requests: Paths that were asked of the CDN, and of the origin behind it.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.now = BEGIN
        self.visitors: list[Visitor] = []
        self.requests: list[str] = []
        self.origin_requests: list[tuple[float, str]] = []
        self.table = LiveTable()
        client: Any = self.table
        self.states = LiveStates(client, "states")
        self.answer: Callable[[str], tuple[int, str, str] | None] = lambda path: None
        self._context = context
        self._edge: dict[str, tuple[float, str]] = {}
        self._activity = 0
        self._pages = Pages(
            publish=self._publish,
            states=self.states,
            keep=KEEP,
            clock=lambda: self.now,
            sleep=lambda seconds: None,
        )

    def open(self, *, clock_is_wrong_by: float = 0, sockets: bool = True, network: bool = True) -> Visitor:
        """Open the page."""
        page = self._context.new_page()
        visitor = Visitor(page, sockets=sockets, network=network)
        page.clock.install(time=self.now + clock_is_wrong_by)
        page.clock.pause_at(self.now + clock_is_wrong_by + 60)  # it has run a little
        page.route(f"{SITE}/**", self._serve)
        page.route(f"{STATE}**", lambda route: self._read(visitor, route))
        page.route_web_socket(STREAM, lambda stream: self._connect(visitor, stream))
        page.goto(f"{SITE}/line-12/")
        self.visitors.append(visitor)
        self.settle()
        return visitor

    def close(self) -> None:
        """Close all pages."""
        for visitor in self.visitors:
            visitor.page.close()

    def wait(self, seconds: float, *, at_a_time: float = 1.0) -> None:
        """Let time pass, in the world and on all pages."""
        while seconds > 0:
            step = min(seconds, at_a_time)
            self.now += step
            seconds -= step
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
        """Until no page has anything under way."""
        quiet = 0
        while quiet < 3:
            before = self._activity
            for visitor in self.visitors:
                visitor.page.evaluate(
                    "() => new Promise((done) => { const { port1, port2 } = new MessageChannel();"
                    " port1.onmessage = done; port2.postMessage(0); })"
                )
            quiet = quiet + 1 if self._activity == before else 0

    def send(self, *events: Event) -> None:
        """Deliver notices as the function does."""
        topics: dict[str, list[Event]] = {}
        for event in events:
            topics.setdefault(notice_channel(event.subject), []).append(event)
        for channel, its in topics.items():
            assert self._pages.deliver_notices(channel, its) == []
        self.settle()

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

    def set_network(self, visitor: Visitor, there: bool) -> None:
        """Cut a visitor's network, or mend it."""
        visitor.network = there
        if not there:
            self._hang_up(visitor)
        visitor.page.evaluate("(name) => dispatchEvent(new Event(name))", "online" if there else "offline")
        self.settle()

    def hide(self, visitor: Visitor, hidden: bool) -> None:
        """Make a page believe that its tab is hidden, or seen."""
        visitor.page.evaluate(
            "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            hidden,
        )
        self.settle()

    def _hang_up(self, visitor: Visitor) -> None:
        for stream, _ in visitor.streams:
            stream.close(code=1001)
        visitor.streams.clear()

    def _serve(self, route: Route) -> None:
        if route.request.url.endswith("/jamwire-live.js"):
            route.fulfill(body=SCRIPT, content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

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
            document = document_at(path, self.states, round(self.now * 1000))
            assert document is not None, path
            self._edge[path] = kept = (self.now + EDGE_SECONDS, document)
        return kept[1]

    def _connect(self, visitor: Visitor, stream: WebSocketRoute) -> None:
        self._activity += 1
        if not (visitor.network and visitor.sockets):
            stream.close(code=1001)
            return
        channels: dict[str, str] = {}
        visitor.streams.append((stream, channels))
        stream.on_message(lambda said: self._hear(visitor, stream, channels, json.loads(str(said))))
        stream.on_close(lambda *_: self._forget(visitor, stream))

    def _forget(self, visitor: Visitor, stream: WebSocketRoute) -> None:
        self._activity += 1
        visitor.streams[:] = [each for each in visitor.streams if each[0] is not stream]

    def _hear(self, visitor: Visitor, stream: WebSocketRoute, channels: dict[str, str], said: Any) -> None:
        self._activity += 1
        if said["type"] == "connection_init":
            stream.send(json.dumps({"type": "connection_ack", "connectionTimeoutMs": 300_000}))
        if said["type"] == "subscribe":
            channels[said["id"]] = said["channel"]
            stream.send(json.dumps({"type": "subscribe_success", "id": said["id"]}))

    def _publish(self, channel: str, texts: Sequence[str]) -> Sequence[None]:
        for visitor in self.visitors:
            if visitor.losing:
                continue
            for stream, id in self._listening(visitor, channel):
                self._activity += 1
                for text in texts:
                    stream.send(json.dumps({"type": "data", "id": id, "event": text}))
        return [None] * len(texts)

    def _listening(self, visitor: Visitor, channel: str) -> Iterator[tuple[WebSocketRoute, str]]:
        for stream, channels in visitor.streams:
            for id, name in channels.items():
                if name == channel or (name.endswith("/*") and channel.startswith(name[:-1])):
                    yield stream, id


@contextmanager
def a_world(context: BrowserContext) -> Iterator[World]:
    """A world whose pages are closed in the end."""
    world = World(context)
    try:
        yield world
    finally:
        world.close()


def shown(visitor: Visitor) -> list[list[str | None]]:
    """What the page shows: of each row or of none, the text, and whether it is stale."""
    return sorted(visitor.page.evaluate(SHOWN), key=str)
