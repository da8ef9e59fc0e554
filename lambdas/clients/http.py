"""Requests to destinations over HTTP, and what a response means for the delivery: one table for all destinations."""

import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final

from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.outcomes import Retry, Undeliverable

TIMEOUT_SECONDS: Final = 8
"""A request must end well within a function's time; a destination answers within one or two."""

_SUCCESSES: Final = range(200, 300)
_SERVER_ERRORS: Final = range(500, 1000)
"""Of the server or of what stands in front of it (Cloudflare's 520 to 530)."""

_LATER: Final = {
    408: "Request Timeout",  # RFC 9110, section 15.5.9
    409: "Conflict",  # 15.5.10, with the state of the resource: a build is at work
    420: "Enhance Your Calm",  # older APIs' word for 429
    423: "Locked",  # RFC 4918, section 11.3
    425: "Too Early",  # RFC 8470, section 5.2
    429: "Too Many Requests",  # RFC 6585, section 4
    430: "Too Many Requests",  # Shopify API, "Status and error codes"
}
"""Refusals that pass by themselves."""

_LATER_IF_LIMITED: Final = {
    403: "Forbidden",  # GitHub REST API, "Exceeding the rate limit"
    413: "Content Too Large",  # RFC 9110, section 15.5.14: temporary if it says when
}
"""Refusals that pass where the response says that it is a limit, and are final otherwise."""

_LIMIT_IN_WORDS: Final = re.compile(rb"rate limit|abuse detection|too many requests", re.IGNORECASE)
"""GitHub's secondary limits may come without any header ("Exceeding the rate limit")."""

_MAX_KEPT_BYTES: Final = 2048
"""How much of a body is kept: enough for an error's words."""

_FIRST_UNIX_TIME: Final = 1_000_000_000
"""A reset below it counts seconds from now (IETF draft "RateLimit header fields"), one above is a time (GitHub)."""

_MAX_DIGITS: Final = 12
_MAX_RESET_SECONDS: Final = 24 * 3600.0
"""A window of a rate limit is no longer; a later reset is in a unit that nobody has documented."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A destination's response.

    Attributes:
        status: The status code.
        headers: The headers, their names in lower case.
        body: The body, or its beginning; it may repeat what was sent, and reaches no log.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class NoResponseError(ConnectionError):
    """Whether the destination has received the request is unknown."""


def send(request: HttpRequest, max_kept: int | None = _MAX_KEPT_BYTES) -> HttpResponse:
    """Send a request. A redirect is a response like any other: its URL may be a credential.

    Args:
        request: The request.
        max_kept: How many bytes of the response's body are kept; None for all.

    Raises:
        NoResponseError: The connection failed before the response was complete.
    """
    connection = _connection(request)
    try:
        target = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        connection.request(request.method, target, request.body or None, dict(request.headers))
        response = connection.getresponse()
        body = response.read()
    except (OSError, HTTPException):
        raise NoResponseError from None
    finally:
        connection.close()
    return HttpResponse(response.status, lower_case(response.getheaders()), body[:max_kept])


def _connection(request: HttpRequest) -> HTTPConnection:
    """A new one: one that was kept may have been closed meanwhile, and nobody knew whether the request was received."""
    if request.url.scheme == "https":
        return HTTPSConnection(request.url.netloc, timeout=TIMEOUT_SECONDS, context=trust())
    return HTTPConnection(request.url.netloc, timeout=TIMEOUT_SECONDS)


@cache
def trust() -> ssl.SSLContext:
    """Whom to trust. Kept, since reading the certificates takes longer than all else that a request does."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def lower_case(headers: Mapping[str, str] | list[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in lower case (RFC 9110, section 5.1: names are case-insensitive)."""
    return {name.lower(): value for name, value in dict(headers).items()}


def outcome_of(
    service: str,
    response: HttpResponse,
    *,
    detail: str = "",
    wait: float | None = None,
    clock: Callable[[], float] = time.time,
) -> Retry | Undeliverable | None:
    """What a response means for the delivery; None for a delivered event.

    Args:
        service: The destination's name, for the reason.
        response: The response.
        detail: The destination's own word for it, such as an error code; never a free text.
        wait: Seconds to wait where the response does not say; without it the retry schedule decides.
        clock: Unix time in seconds.
    """
    if response.status in _SUCCESSES:
        return None
    reason = f"{service} answered {response.status}{' ' if detail else ''}{detail}"
    if not _is_later(response):
        return Undeliverable(reason)
    after = seconds_to_wait(response.headers, clock())
    return Retry(wait if after is None else after, reason)


def seconds_to_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds for which the destination wants to be left alone; None where it does not say."""
    after = _retry_after(headers.get("retry-after", ""), now)
    if after is None and _limit(headers, "remaining") == "0":
        after = _until_reset(_limit(headers, "reset"), now)
    return after


def _retry_after(value: str, now: float) -> float | None:
    """Seconds, or the time of an HTTP date (RFC 9110, section 10.2.3)."""
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _until_reset(value: str, now: float) -> float | None:
    """Seconds until a rate limit's window ends, from a unix time or from seconds."""
    if not (value.isascii() and value.isdecimal()) or len(value) > _MAX_DIGITS:
        return None
    seconds = float(value) - (now if float(value) >= _FIRST_UNIX_TIME else 0.0)
    return max(0.0, seconds) if seconds <= _MAX_RESET_SECONDS else None


def _limit(headers: Mapping[str, str], name: str) -> str:
    """What a response says of a rate limit: ``remaining`` or ``reset``."""
    return headers.get(f"x-ratelimit-{name}") or headers.get(f"ratelimit-{name}", "")


def _is_later(response: HttpResponse) -> bool:
    """Whether the same request may succeed later."""
    return (
        response.status in _LATER
        or response.status in _SERVER_ERRORS
        or (response.status in _LATER_IF_LIMITED and _is_limited(response))
    )


def _is_limited(response: HttpResponse) -> bool:
    headers = response.headers
    return (
        "retry-after" in headers
        or _limit(headers, "remaining") == "0"
        or bool(_LIMIT_IN_WORDS.search(response.body))
    )
