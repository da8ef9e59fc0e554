"""What a destination's response means for the delivery."""

import http.client
import ssl
from dataclasses import dataclass, field
from email.utils import format_datetime, formatdate
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients import http as http_client
from lambdas.clients.http import (
    HttpResponse,
    NoResponseError,
    lower_case,
    outcome_of,
    seconds_to_wait,
    send,
    trust,
)
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.outcomes import Retry, Undeliverable

NOW = 1_800_000_000.0
LIMITED = [
    {"retry-after": "60"},
    {"x-ratelimit-remaining": "0"},
    {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000060"},
    {"ratelimit-remaining": "0"},
]


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success_is_delivered(status: int) -> None:
    assert outcome_of("x", HttpResponse(status, {"retry-after": "60"})) is None


@pytest.mark.parametrize(
    "status", [408, 409, 420, 423, 425, 429, 430, *range(500, 512), *range(520, 531), 599]
)
def test_what_passes_by_itself_is_retried(status: int) -> None:
    outcome = outcome_of("host", HttpResponse(status))
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.after) == (f"host answered {status}", None)


@pytest.mark.parametrize("status", [403, 413])
@pytest.mark.parametrize("headers", LIMITED, ids=str)
def test_refusal_that_is_a_limit_is_retried(status: int, headers: dict[str, str]) -> None:
    assert isinstance(outcome_of("host", HttpResponse(status, headers)), Retry)


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}',
        b"You have triggered an abuse detection mechanism.",
        b"Too Many Requests",
    ],
)
def test_limit_that_is_told_in_words_is_retried(body: bytes) -> None:
    outcome = outcome_of("host", HttpResponse(403, {"x-ratelimit-remaining": "17"}, body))
    assert isinstance(outcome, Retry)
    assert outcome.reason == "host answered 403"  # the body may repeat what was sent


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        *((status, {}) for status in (301, 302, 400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 451, 499)),
        (403, {"x-ratelimit-remaining": "17", "x-ratelimit-reset": "1800000060"}),
        *((status, headers) for status in (400, 401, 404, 410, 422) for headers in LIMITED),
    ],
)
def test_any_other_refusal_is_final(status: int, headers: dict[str, str]) -> None:
    outcome = outcome_of("host", HttpResponse(status, headers, b"no such hook"), detail="no_such_hook")
    assert isinstance(outcome, Undeliverable)
    assert outcome.reason == f"host answered {status} no_such_hook"


@pytest.mark.parametrize(
    ("headers", "wait", "after"),
    [
        ({"retry-after": "90"}, None, 90.0),
        ({"retry-after": "90"}, 2.0, 90.0),
        ({"retry-after": "0"}, 2.0, 0.0),
        ({}, 2.0, 2.0),
        ({}, None, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000040"}, 2.0, 40.0),
    ],
)
def test_destinations_own_wait_comes_first(
    headers: dict[str, str], wait: float | None, after: float | None
) -> None:
    outcome = outcome_of("host", HttpResponse(429, headers), wait=wait, clock=lambda: NOW)
    assert isinstance(outcome, Retry)
    assert outcome.after == after


@pytest.mark.parametrize(("seconds", "after"), [(90, 90.0), (0, 0.0), (-90, 0.0), (5 * 86_400, 5 * 86_400.0)])
def test_http_date_is_waited_for(seconds: int, after: float) -> None:
    assert seconds_to_wait({"retry-after": formatdate(NOW + seconds, usegmt=True)}, NOW) == after


def test_date_of_another_zone_is_that_moment() -> None:
    assert seconds_to_wait({"retry-after": "Fri, 15 Jan 2027 09:01:30 +0100"}, NOW) == 90.0


@pytest.mark.parametrize(
    ("reset", "after"),
    [
        ("1800000060", 60.0),
        ("60", 60.0),
        ("1799999999", 0.0),
        ("1800000060000", None),
        ("1900000000", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_end_of_a_used_up_window_is_waited_for(reset: str, after: float | None) -> None:
    for prefix in ("x-ratelimit", "ratelimit"):
        headers = {f"{prefix}-remaining": "0", f"{prefix}-reset": reset}
        assert seconds_to_wait(headers, NOW) == after


def test_window_that_is_not_used_up_says_nothing() -> None:
    assert seconds_to_wait({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "1800000060"}, NOW) is None


def test_retry_after_outranks_the_window() -> None:
    headers = {"retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000060"}
    assert seconds_to_wait(headers, NOW) == 7


@pytest.mark.parametrize("value", ["", "soon", "-1", "1.5", "²", "٣", "Wed, 99 Oct 2026 07:28:00 GMT"])
def test_retry_after_of_no_time_leaves_it_open(value: str) -> None:
    assert seconds_to_wait({"retry-after": value}, NOW) is None


@given(st.dictionaries(st.sampled_from([*LIMITED[2], "retry-after"]), st.text(max_size=40)))
def test_any_header_is_a_wait_or_none(headers: dict[str, str]) -> None:
    wait = seconds_to_wait(headers, NOW)
    assert wait is None or wait >= 0


@given(st.datetimes(timezones=st.timezones()))
def test_any_date_is_a_wait_or_none(date: object) -> None:
    wait = seconds_to_wait({"retry-after": format_datetime(date)}, NOW)  # type: ignore[arg-type]
    assert wait is None or wait >= 0


def test_header_names_are_compared_in_lower_case() -> None:
    assert lower_case([("Retry-After", "5")]) == {"retry-after": "5"}


@dataclass
class Connection:
    """Stands where `http.client`'s connections do: answers, or breaks where it is told to."""

    made: ClassVar[list["Connection"]] = []
    breaks: ClassVar[Exception | None] = None

    host: str
    timeout: float
    context: ssl.SSLContext | None = None
    requests: list[tuple[Any, ...]] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self.made.append(self)

    def request(self, *parts: Any) -> None:
        self.requests.append(parts)

    def getresponse(self) -> "Connection":
        if self.breaks:
            raise self.breaks
        return self

    status = 202

    def read(self) -> bytes:
        return b"x" * 5000

    def getheaders(self) -> list[tuple[str, str]]:
        return [("Retry-After", "7")]

    def close(self) -> None:
        self.closed = True


class PlainConnection(Connection):
    """Without TLS."""


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    monkeypatch.setattr(http_client, "HTTPSConnection", Connection)
    monkeypatch.setattr(http_client, "HTTPConnection", PlainConnection)
    monkeypatch.setattr(Connection, "made", [])
    return Connection.made


def a_request(url: str) -> HttpRequest:
    return HttpRequest(url=urlsplit(url), body=b"{}", headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    ("url", "kind", "target"),
    [
        ("https://host.example/hook", Connection, "/hook"),
        ("https://host.example/hook?title=a", Connection, "/hook?title=a"),
        ("http://host.example/hook", PlainConnection, "/hook"),
    ],
)
def test_request_is_posted_to_its_url(
    connections: list[Connection], url: str, kind: type[Connection], target: str
) -> None:
    response = send(a_request(url))
    [connection] = connections
    assert (type(connection), connection.host) == (kind, "host.example")
    assert connection.requests == [("POST", target, b"{}", {"content-type": "application/json"})]
    assert (response.status, response.headers) == (202, {"retry-after": "7"})
    assert 1000 < len(response.body) < 5000  # enough for an error's words
    assert connection.closed


def test_answer_to_a_question_is_kept_whole(connections: list[Connection]) -> None:
    request = HttpRequest(method="GET", url=urlsplit("https://host.example/list"), body=b"", headers={})
    assert len(send(request, max_kept=None).body) == 5000
    assert connections[0].requests == [("GET", "/list", None, {})]


def test_certificate_of_a_destination_is_verified(connections: list[Connection]) -> None:
    for _ in range(2):
        send(a_request("https://host.example/hook"))
    first, second = [connection.context for connection in connections]
    assert first
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert second is first  # reading the certificates takes longer than all else


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), http.client.BadStatusLine("x")])
def test_connection_that_breaks_is_no_response(
    connections: list[Connection], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Connection, "breaks", error)
    with pytest.raises(NoResponseError):
        send(a_request("https://host.example/hook"))
    assert connections[0].closed


def test_body_of_a_response_does_not_show_itself() -> None:
    assert "secret" not in repr(HttpResponse(400, {}, b"secret"))


def test_destination_has_to_show_whose_it_is() -> None:
    trust.cache_clear()
    assert (trust().verify_mode, trust().check_hostname) == (ssl.CERT_REQUIRED, True)
