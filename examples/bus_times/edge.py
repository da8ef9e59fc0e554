"""A CDN's edge, where the local account has none: it keeps what the bucket gave, until it is to be forgotten.

The emulator's CloudFront passes everything on and forgets nothing, since it keeps nothing. Here it can be seen what a
visitor sees of a real one: the old page, until its invalidation.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from examples.bus_times.build_host import site_outputs
from examples.bus_times.inbox import deliveries
from jamwire.local.credentials import HOST
from jamwire.local.polling import answers, wait_for
from jamwire.local.processes import free_port
from jamwire.operations.deployment import Deployment
from lambdas.cdn.items import matches

START_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as the origin gave it."""

    body: bytes
    headers: Mapping[str, str]


Origin = Callable[[str], Kept | None]
"""Gives the file at a path; None where there is none."""

Invalidations = Callable[[], Mapping[str, list[str]]]
"""All that the distribution was ever asked to forget: paths, by the caller's reference."""


@dataclass
class Edge:
    """What an edge keeps.

    It looks for invalidations before it answers, so that it is never behind what the account has completed.

    Attributes:
        origin: Where files come from.
        invalidations: What is to be forgotten.
    """

    origin: Origin
    invalidations: Invalidations
    _kept: dict[str, Kept] = field(default_factory=dict)
    _obeyed: set[str] = field(default_factory=set)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def get(self, path: str) -> tuple[Kept | None, bool]:
        """The file at a path, and whether it was kept here."""
        with self._alone:  # what was fetched before an invalidation must not be kept after it
            self._obey()
            if path in self._kept:
                return self._kept[path], True
            if found := self.origin(path):
                self._kept[path] = found
            return found, False

    def _obey(self) -> None:
        for reference, items in self.invalidations().items():
            if reference not in self._obeyed:
                self._obeyed.add(reference)
                self._kept = {
                    path: kept
                    for path, kept in self._kept.items()
                    if not any(matches(item, path) for item in items)
                }


def make_app(edge: Edge) -> Starlette:
    """The edge as a web application; ``x-cache`` says whether a file was kept, as CloudFront puts it."""

    def serve(request: Request) -> Response:
        kept, hit = edge.get(request.url.path)
        cache = {"x-cache": f"{'Hit' if hit else 'Miss'} from edge"}
        if kept is None:
            return PlainTextResponse("There is no such page.\n", 404, cache)
        headers = {**kept.headers, **cache}
        if request.headers.get("if-none-match") == kept.headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(kept.body, headers=headers)

    return Starlette(routes=[Route("/{path:path}", serve, methods=["GET"])])


@contextmanager
def edge_of(deployment: Deployment, inbox_url: str, port: int = 0) -> Iterator[str]:
    """Serve a deployment's site while the block lasts; gives its address.

    Args:
        deployment: The deployment.
        inbox_url: Where its invalidations come in.
        port: Where to answer, if that is free.
    """
    site = site_outputs(deployment)
    edge = Edge(
        partial(from_bucket, deployment.client("s3"), site["Bucket"]),
        partial(from_inbox, inbox_url, site["DistributionId"]),
    )
    port = free_port(port)
    config = uvicorn.Config(
        make_app(edge),
        host=HOST,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(
            lambda: answers(f"http://{HOST}:{port}/"), seconds=START_SECONDS, what="the site's first page"
        )
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def from_bucket(s3: Any, bucket: str, path: str) -> Kept | None:
    """The file at a path, of a folder its index; a CloudFront function does the same before an S3 origin."""
    key = f"{path}index.html" if path.endswith("/") else path
    try:
        found = s3.get_object(Bucket=bucket, Key=key.removeprefix("/"))
    except s3.exceptions.NoSuchKey:
        return None
    headers = {
        "content-type": found["ContentType"],
        "cache-control": found.get("CacheControl", "no-cache"),
        "etag": found["ETag"],
    }
    return Kept(found["Body"].read(), headers)


def from_inbox(inbox_url: str, distribution: str) -> dict[str, list[str]]:
    """All invalidations that a distribution was asked for."""
    return {
        delivery["request"]["CallerReference"]: delivery["request"]["Paths"]
        for delivery in deliveries(inbox_url, "cdn")
        if delivery["destination"] == distribution
    }
