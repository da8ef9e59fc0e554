"""A CDN's edge, where the local account has none: it keeps what its origins gave, as long as it may.

The emulator's CloudFront passes everything on and keeps nothing. Here it can be seen what a visitor sees of a real one:
the old page until its invalidation, and the state of topics at most a second old, however many ask for it.
"""

import time
from asyncio import Lock, to_thread
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from lambdas.cdn.items import matches

STATE: Final = "/_jamwire/"
"""Where the site's distribution serves the state of topics."""

LIFETIME_SECONDS: Final = 1.0
"""Of the state at the edge: what its `Cache-Control` says (`lambdas/live_state/handler.py`)."""


LOOK_SECONDS: Final = 0.05
"""From one look for invalidations to the next; a real edge hears of one after seconds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as the origin gave it."""

    body: bytes
    headers: Mapping[str, str]
    status: int = 200


Origin = Callable[[str], Kept | None]
"""Gives what is at a path; None where there is nothing."""

Invalidations = Callable[[], Mapping[str, list[str]]]
"""All that the distribution was ever asked to forget: paths, by the caller's reference."""


@dataclass
class Edge:
    """What an edge keeps of a site.

    It looks for invalidations before it answers, so that it is hardly behind what the account has completed. Those who
    ask meanwhile, or just after, share one look.

    Attributes:
        origin: Where files come from.
        invalidations: What is to be forgotten.
        clock: Seconds that pass.
    """

    origin: Origin
    invalidations: Invalidations
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, Kept] = field(default_factory=dict)
    _obeyed: set[str] = field(default_factory=set)
    _looked: float = float("-inf")
    _alone: Lock = field(default_factory=Lock)

    async def get(self, path: str) -> tuple[Kept | None, bool]:
        """The file at a path, and whether it was kept here."""
        asked = self.clock()
        async with self._alone:  # what was fetched before an invalidation must not be kept after it
            if self._looked + LOOK_SECONDS <= asked:
                self._looked = self.clock()
                self._obey(await to_thread(self.invalidations))
            if path in self._kept:
                return self._kept[path], True
            if found := await to_thread(self.origin, path):
                self._kept[path] = found
            return found, False

    def _obey(self, invalidations: Mapping[str, list[str]]) -> None:
        for reference, items in invalidations.items():
            if reference not in self._obeyed:
                self._obeyed.add(reference)
                self._kept = {
                    path: kept
                    for path, kept in self._kept.items()
                    if not any(matches(item, path) for item in items)
                }


@dataclass
class StateEdge:
    """What an edge keeps of the state of topics: each document for a second, and no error.

    Attributes:
        origin: Where documents come from.
        clock: Seconds that pass.
        reads: How often the origin was asked, by path.
    """

    origin: Origin
    clock: Callable[[], float] = time.monotonic
    reads: Counter[str] = field(default_factory=Counter)
    _kept: dict[str, tuple[float, Kept]] = field(default_factory=dict)
    _alone: defaultdict[str, Lock] = field(default_factory=lambda: defaultdict(Lock))

    async def get(self, path: str) -> tuple[Kept | None, bool]:
        """The document at a path, and whether it was kept here; who asks at the same time shares one read."""
        async with self._alone[path]:
            fetched, kept = self._kept.get(path, (float("-inf"), None))
            if kept and self.clock() - fetched < LIFETIME_SECONDS:
                return kept, True
            self.reads[path] += 1
            fetched, found = self.clock(), await to_thread(self.origin, path)
            if found and found.status == 200:
                self._kept[path] = fetched, found
            return found, False


def make_app(site: Edge, state: StateEdge, *, blocked: str = "") -> Starlette:
    """The edge as a web application; ``x-cache`` says whether an answer was kept, as CloudFront puts it.

    Args:
        site: What is kept of the site.
        state: What is kept of the state.
        blocked: Where the site's pages listen, host and port, if this is the edge as it is seen through a proxy that
            swallows `Upgrade`, as those of some firms and schools do: pages then try to listen through it, in vain.
    """

    async def serve(request: Request) -> Response:
        path = request.url.path
        kept, hit = await (state if path.startswith(STATE) else site).get(path)
        cache = {"x-cache": f"{'Hit' if hit else 'Miss'} from edge"}
        if kept is None:
            return PlainTextResponse("There is no such page.\n", 404, cache)
        headers = {**kept.headers, **cache}
        if request.headers.get("if-none-match") == headers.get("etag", ""):
            return Response(status_code=304, headers=headers)
        body = kept.body.replace(blocked.encode(), request.url.netloc.encode()) if blocked else kept.body
        return Response(body, kept.status, headers)

    routes: list[BaseRoute] = [Route("/{path:path}", serve, methods=["GET"])]
    return Starlette(routes=[*routes, WebSocketRoute("/{path:path}", _swallow)] if blocked else routes)


async def _swallow(socket: WebSocket) -> None:
    """Answer nothing, until the visitor gives up."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
