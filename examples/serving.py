"""The edge of a deployed example: what stands behind it, and where it answers."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette

from examples.bucket import site_outputs
from examples.edge import Edge, Kept, StateEdge
from examples.inbox import deliveries
from jamwire.local.account import LocalAccount
from jamwire.local.credentials import HOST
from jamwire.local.polling import wait_for
from jamwire.local.processes import free_port
from jamwire.operations.live import local_url
from lambdas.contracts.outputs import DemoSiteOutput

START_SECONDS: Final = 10
ORIGIN_SECONDS: Final = 20
"""How long an origin may take: a function's first answer on a busy machine."""

_PASSED_ON: Final[Sequence[str]] = (
    "access-control-allow-origin",
    "access-control-expose-headers",
    "cache-control",
    "content-type",
    "cross-origin-resource-policy",
    "etag",
    "x-content-type-options",
)


def edges_of(account: LocalAccount) -> tuple[Edge, StateEdge]:
    """What one edge keeps of the account's site and of its topics' state, with nothing in it yet."""
    deployment = account.deployment
    site = site_outputs(deployment)
    distribution = local_url(site[DemoSiteOutput.URL], deployment.local_url)
    invalidations = partial(from_inbox, account.ports.inbox_url, site[DemoSiteOutput.DISTRIBUTION_ID])
    bucket = partial(from_bucket, deployment.client("s3"), site[DemoSiteOutput.BUCKET])
    return Edge(bucket, invalidations), StateEdge(partial(from_distribution, distribution))


@contextmanager
def serving(app: Starlette, port: int = 0) -> Iterator[str]:
    """Serve an edge while the block lasts; gives its address.

    Args:
        app: The edge.
        port: Where to answer, if that is free.
    """
    port = free_port(port)
    config = uvicorn.Config(
        app, host=HOST, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started, seconds=START_SECONDS, what="the site's edge")
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


def from_distribution(url: str, path: str) -> Kept:
    """What the site's distribution answers, at the account's own address."""
    parts = urlsplit(url)
    connection = HTTPConnection(HOST, parts.port, timeout=ORIGIN_SECONDS)
    try:
        connection.request("GET", path, headers={"host": parts.netloc})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        passed_on = {name: headers[name] for name in _PASSED_ON if name in headers}
        return Kept(answer.read(), passed_on, answer.status)
    finally:
        connection.close()


def from_inbox(inbox_url: str, distribution: str) -> Mapping[str, list[str]]:
    """All invalidations that a distribution was asked for."""
    return {
        delivery["request"]["CallerReference"]: delivery["request"]["Paths"]
        for delivery in deliveries(inbox_url, "cdn")
        if delivery["destination"] == distribution
    }
