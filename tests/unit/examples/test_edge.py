"""The examples' edge: what was fetched is kept, until it is to be forgotten; of the state a second."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from examples.edge import Edge, Kept, StateEdge, make_app


class World:
    """A bucket, and invalidations."""

    def __init__(self) -> None:
        self.files = {"/": b"home", "/news/": b"news", "/news/a/": b"a"}
        self.asked: dict[str, list[str]] = {}
        self.now = 0.0
        self.state = StateEdge(self.state_origin, lambda: self.now)
        self.status = 200

    def origin(self, path: str) -> Kept | None:
        if path not in self.files:
            return None
        headers = {"etag": f'"{self.files[path].decode()}"', "content-type": "text/html"}
        return Kept(self.files[path], headers)

    def state_origin(self, path: str) -> Kept:
        headers = {"etag": f'"{self.now}"', "content-type": "application/json"}
        return Kept(f"{path} at {self.now}".encode(), headers, self.status)

    def change_all(self) -> None:
        self.files = dict.fromkeys(self.files, b"new")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def visitor(world: World) -> Iterator[TestClient]:
    each_a_second_later = count().__next__
    site = Edge(world.origin, lambda: world.asked, each_a_second_later)
    with TestClient(make_app(site, world.state)) as visitor:
        yield visitor


def read(visitor: TestClient) -> dict[str, str]:
    return {path: visitor.get(path).text for path in ("/", "/news/", "/news/a/")}


def test_what_was_fetched_is_served_until_it_is_invalidated(world: World, visitor: TestClient) -> None:
    assert visitor.get("/news/").headers["x-cache"] == "Miss from edge"
    old = read(visitor)
    world.change_all()
    assert read(visitor) == old
    assert visitor.get("/news/").headers["x-cache"] == "Hit from edge"
    world.asked["1"] = ["/news/"]
    assert read(visitor) == {**old, "/news/": "new"}


@pytest.mark.parametrize(
    ("item", "fresh"),
    [("/*", ["/", "/news/", "/news/a/"]), ("/news/*", ["/news/", "/news/a/"]), ("/news", [])],
)
def test_an_invalidation_is_read_as_cloudfront_reads_it(
    world: World, visitor: TestClient, item: str, fresh: list[str]
) -> None:
    read(visitor)
    world.change_all()
    world.asked["1"] = [item]
    assert [path for path, text in read(visitor).items() if text == "new"] == fresh


def test_an_invalidation_is_obeyed_once(world: World, visitor: TestClient) -> None:
    read(visitor)
    world.asked["1"] = ["/*"]
    kept = read(visitor)
    world.change_all()
    assert read(visitor) == kept


def test_what_is_not_there_is_asked_for_again(world: World, visitor: TestClient) -> None:
    assert visitor.get("/late/").status_code == 404
    world.files["/late/"] = b"late"
    assert visitor.get("/late/").text == "late"


def test_a_browser_that_has_it_is_not_sent_it_again(visitor: TestClient) -> None:
    tag = visitor.get("/").headers["etag"]
    assert visitor.get("/", headers={"if-none-match": tag}).status_code == 304
    assert visitor.get("/", headers={"if-none-match": '"other"'}).status_code == 200


LINE, SITE = "/_jamwire/notice/line-12.json", "/_jamwire/site.json"


def test_the_state_is_read_once_a_second_by_all(world: World, visitor: TestClient) -> None:
    for world.now in (0.0, 0.5, 0.9, 1.0, 1.5):
        answers = [visitor.get(path) for path in (LINE, LINE, SITE)]
        assert {answer.status_code for answer in answers} == {200}
        assert answers[0].text == f"{LINE} at {float(int(world.now))}"
    assert world.state.reads == {LINE: 2, SITE: 2}
    assert visitor.get(LINE, headers={"if-none-match": '"1.0"'}).status_code == 304


def test_an_error_of_the_state_is_not_kept(world: World, visitor: TestClient) -> None:
    world.status = 503
    assert [visitor.get(LINE).status_code for _ in range(2)] == [503, 503]
    world.status = 200
    assert visitor.get(LINE).status_code == 200
    assert world.state.reads == {LINE: 3}


def test_who_asks_meanwhile_shares_a_read_of_the_state() -> None:
    reading = threading.Event()

    def origin(path: str) -> Kept:
        assert reading.wait(10)
        return Kept(b"one", {})

    async def visits() -> list[bool]:
        visitors = [asyncio.create_task(edge.get(LINE)) for _ in range(8)]
        await asyncio.sleep(0)  # all have asked
        reading.set()
        return [hit for _, hit in await asyncio.gather(*visitors)]

    edge = StateEdge(origin)
    assert asyncio.run(visits()) == [False, *[True] * 7]
    assert edge.reads == {LINE: 1}


def test_who_asks_meanwhile_shares_a_look_for_invalidations(world: World) -> None:
    looks = Counter[str]()

    def invalidations() -> dict[str, list[str]]:
        looks["inbox"] += 1
        return world.asked

    async def visits() -> None:
        for _ in range(4):
            await edge.get("/")

    # Asked, looked; asked while that look was on, and just after it, so that it is shared; asked, looked.
    edge = Edge(world.origin, invalidations, iter([1.0, 2.0, 1.5, 2.04, 3.0, 4.0]).__next__)
    asyncio.run(visits())
    assert looks["inbox"] == 2


def test_a_proxy_that_swallows_upgrades_answers_the_rest(world: World) -> None:
    world.files["/"] = b"<script data-jamwire-url='ws://live.example.com:4566/event'>"
    app = make_app(Edge(world.origin, lambda: world.asked), world.state, blocked="live.example.com:4566")
    with TestClient(app) as visitor:
        assert "ws://testserver/event" in visitor.get("/").text
        assert visitor.get(LINE).status_code == 200
    assert asyncio.run(upgraded(app)) == []


async def upgraded(app: ASGIApp) -> list[Any]:
    """What a visitor hears who asks for a WebSocket, and gives up."""
    said = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect"}])
    heard: list[Any] = []

    async def receive() -> Any:
        return next(said)

    async def send(message: Any) -> None:
        heard.append(message)

    await app({"type": "websocket", "path": "/event", "headers": [], "query_string": b""}, receive, send)
    return heard
