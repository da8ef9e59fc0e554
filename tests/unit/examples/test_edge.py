"""The example's edge: what was fetched is kept, until it is to be forgotten."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from examples.bus_times.edge import Edge, Kept, make_app


class World:
    """A bucket, and invalidations."""

    def __init__(self) -> None:
        self.files = {"/": b"home", "/news/": b"news", "/news/a/": b"a"}
        self.asked: dict[str, list[str]] = {}

    def origin(self, path: str) -> Kept | None:
        if path not in self.files:
            return None
        headers = {"etag": f'"{self.files[path].decode()}"', "content-type": "text/html"}
        return Kept(self.files[path], headers)

    def change_all(self) -> None:
        self.files = dict.fromkeys(self.files, b"new")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def visitor(world: World) -> Iterator[TestClient]:
    with TestClient(make_app(Edge(world.origin, lambda: world.asked))) as visitor:
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
