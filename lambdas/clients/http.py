"""Requests to destinations over HTTP, and what a response means for the delivery: one table for all destinations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final

from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.outcomes import Retry, Undeliverable

TIMEOUT_SECONDS: Final = 8

_LATER: Final = {408, 425, 429}
"""Request Timeout, Too Early, Too Many Requests (RFC 9110, section 15.5.9; RFC 8470; RFC 6585)."""

_FORBIDDEN: Final = 403
_SERVER_ERRORS: Final = range(500, 1000)
_SUCCESSES: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A destination's response.

    Attributes:
        status: The status code.
        headers: The headers, their names in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


class NoResponseError(Exception):
    """Whether the destination has received the request is unknown."""


def send(request: HttpRequest) -> HttpResponse:
    """Send a POST request. A redirect is a response like any other: its URL may be a credential.

    Raises:
        NoResponseError: The connection failed before the response was complete.
    """
    kind = HTTPSConnection if request.url.scheme == "https" else HTTPConnection
    connection = kind(request.url.netloc, timeout=TIMEOUT_SECONDS)
    try:
        target = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        connection.request("POST", target, request.body, dict(request.headers))
        response = connection.getresponse()
        response.read()
    except (OSError, HTTPException):
        raise NoResponseError from None
    finally:
        connection.close()
    return HttpResponse(response.status, lower_case(response.getheaders()))


def lower_case(headers: Mapping[str, str] | list[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in lower case (RFC 9110, section 5.1: names are case-insensitive)."""
    return {name.lower(): value for name, value in dict(headers).items()}


def outcome_of(
    service: str, response: HttpResponse, *, detail: str = "", wait: float | None = None
) -> Retry | Undeliverable | None:
    """What a response means for the delivery; None for a delivered event.

    Args:
        service: The destination's name, for the reason.
        response: The response.
        detail: The destination's own word for it, such as an error code; never a free text.
        wait: Seconds to wait where the response does not say; without it the retry schedule decides.
    """
    if response.status in _SUCCESSES:
        return None
    reason = f"{service} answered {response.status}{' ' if detail else ''}{detail}"
    if not _is_later(response):
        return Undeliverable(reason)
    after = retry_after(response.headers)
    return Retry(wait if after is None else after, reason)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header (RFC 9110, section 10.2.3); None for none, and for a date."""
    value = headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdecimal() else None


def _is_later(response: HttpResponse) -> bool:
    """Whether the same request may succeed later.

    GitHub answers 403 to whoever asks too often, with one of two headers (GitHub REST API, "Rate limits for the REST
    API", "Exceeding the rate limit").
    """
    limited = "retry-after" in response.headers or response.headers.get("x-ratelimit-remaining") == "0"
    return (
        response.status in _LATER
        or response.status in _SERVER_ERRORS
        or (response.status == _FORBIDDEN and limited)
    )
