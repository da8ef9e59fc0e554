"""Asks a deployment in a local account, over HTTP, on connections that stay open."""

import shlex
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote, urlsplit

from jamwire.local.account import LocalAccount
from jamwire.operations.secrets import add_secret
from lambdas.ingest.request import Request
from tests.fakes.choices import Choices
from tests.fuzz.requests import fuzzed
from tests.fuzz.run import ANSWERS, Totals
from tests.fuzz.senders import OVER_HTTP, Sender, senders

CONNECTIONS: Final = 4
PATIENCE_SECONDS: Final = 60
HERE: Final = Path(__file__).parent

_METHODS: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "PATCH"})
"""Without OPTIONS, which the local account answers itself, as if the API had said something of CORS."""
_CLIENTS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "expect", "connection", "upgrade"}
)
"""Headers that are the client's own."""

_MAX_HEADERS: Final = 8_000
"""Bytes of all headers; API Gateway takes 10,240."""


def ask(seed: str, numbers: Sequence[int]) -> Totals:
    """Deploy, ask with the requests of these numbers, and take everything down again."""
    app = shlex.join(["env", f"PYTHONPATH={HERE.parents[1]}", sys.executable, str(HERE / "rulebook.py")])
    with TemporaryDirectory() as folder, LocalAccount(Path(folder), app=app) as account:
        account.up()
        endpoints = {endpoint.name: endpoint for endpoint in account.deployment.endpoints}
        known = senders(OVER_HTTP, {name: endpoint.signed_url for name, endpoint in endpoints.items()})
        for sender in known:
            add_secret(account.deployment, sender.name, sender.verifying)
        url = next(iter(endpoints.values())).url.rpartition("/")[0]
        client = partial(_ask_all, seed, known, url, account.certificate)
        started = time.perf_counter()
        totals = Totals()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for part in pool.map(client, [numbers[start::CONNECTIONS] for start in range(CONNECTIONS)]):
                totals.add(part)
        totals.seconds = time.perf_counter() - started
        return totals


def _ask_all(
    seed: str, known: Sequence[Sender], url: str, certificate: Path, numbers: Sequence[int]
) -> Totals:
    totals = Totals()
    connection = _connect(url, certificate)
    for number in numbers:
        request = fuzzed(Choices(f"{seed}:{number}"), known, time.time()).request
        started = time.perf_counter()
        try:
            status, body = _send(connection, urlsplit(url).path, request)
        except (HTTPException, OSError):
            connection.close()  # the server ended a connection that stood open
            status, body = _send(connection, urlsplit(url).path, request)
        totals.slowest = max(totals.slowest, time.perf_counter() - started)
        totals.requests += 1
        totals.statuses[status] += 1
        totals.events += status == 200 and b'"id"' in body
        if status not in ANSWERS:
            totals.failures.append(
                f"{seed}:{number} answered {status}: {request.method} {request.url} {body[:500]!r}"
            )
    connection.close()
    return totals


def _connect(url: str, certificate: Path) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "http":
        return HTTPConnection(parts.netloc, timeout=PATIENCE_SECONDS)
    context = ssl.create_default_context(cafile=certificate)
    return HTTPSConnection(parts.netloc, timeout=PATIENCE_SECONDS, context=context)


def _send(connection: HTTPConnection, path: str, request: Request) -> tuple[int, bytes]:
    method = request.method if request.method in _METHODS else "POST"
    query = quote(request.url.partition("?")[2].encode("utf-8", "replace"), safe="%&=+./:;,-_~!$'()*@?[]")
    name = quote(request.endpoint.encode("utf-8", "replace"), safe="")[:2000]
    target = f"{path}/{name}?{query[:4000]}"
    connection.request(method, target, request.body, _sendable(request.headers))
    answer = connection.getresponse()
    return answer.status, answer.read()


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Those headers that a client can send, in the characters that HTTP has."""
    sendable: dict[str, str] = {}
    left = _MAX_HEADERS
    for name, value in headers.items():
        text = "".join(c for c in value if " " <= c <= "~" or "\xa0" <= c <= "\xff").strip()[:left]
        if name and name.isascii() and name.lower() not in _CLIENTS:
            sendable[name] = text
            left -= len(text) + len(name)
    return sendable
