"""Sending a request to an endpoint, or saying how with curl."""

import shlex
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, build_opener
from urllib.request import Request as UrlRequest

from jamwire.operations.errors import OperationError
from jamwire.operations.loopback import is_loopback
from lambdas.ingest.request import Request

TIMEOUT_SECONDS: Final = 30

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class EndpointResponse:
    """What an endpoint answered."""

    status: int
    body: str


def post(url: str, request: Request) -> EndpointResponse:
    """Post a request's headers and body to an address; where that leads elsewhere, nobody follows, as senders do not.

    Raises:
        OperationError: Nothing answers there.
    """
    call = UrlRequest(_with_query(_checked(url), request), request.body, dict(request.headers), method="POST")  # noqa: S310
    return _send(url, call)


def get(url: str) -> EndpointResponse:
    """Ask an address.

    Raises:
        OperationError: Nothing answers there.
    """
    return _send(url, UrlRequest(_checked(url)))  # noqa: S310


def _checked(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise OperationError(f"The address is {url!r}, expected one that begins with https://")
    return url


def _send(url: str, call: UrlRequest) -> EndpointResponse:
    # A proxy for the world has nothing to do on this machine.
    opener = build_opener(_Stay, *([ProxyHandler({})] if is_loopback(url) else []))
    try:
        with _opened(opener, call) as answer:
            return EndpointResponse(answer.status, answer.read(MAX_ANSWER_BYTES).decode(errors="replace"))
    except (OSError, HTTPException, UnicodeError) as error:
        raise OperationError(f"Nothing answers at {url}: {getattr(error, 'reason', error)}") from None


def _opened(opener: OpenerDirector, call: UrlRequest) -> Any:
    """The answer, also where it is a refusal."""
    try:
        return opener.open(call, timeout=TIMEOUT_SECONDS)
    except HTTPError as refused:
        return refused


class _Stay(HTTPRedirectHandler):
    """Takes an answer such as 302 for what it is: the body is meant for the address that was named."""

    def redirect_request(self, *_: Any) -> None:
        """Go nowhere."""


def curl_line(url: str, request: Request) -> str:
    """The same as one line for a shell."""
    parts = ["curl", "-sS", _with_query(url, request)]
    for name, value in request.headers.items():
        parts += ["-H", f"{name}: {value}"]
    return shlex.join([*parts, "--data-binary", request.body.decode()])


def _with_query(url: str, request: Request) -> str:
    """The address with the query that the request was signed with, if any."""
    _, _, query = request.path.partition("?")
    return f"{url}?{query}" if query else url
