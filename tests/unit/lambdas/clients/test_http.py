"""What a destination's response means for the delivery."""

import pytest

from lambdas.clients.http import HttpResponse, lower_case, outcome_of, retry_after
from lambdas.contracts.outcomes import Retry, Undeliverable


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success_is_delivered(status: int) -> None:
    assert outcome_of("x", HttpResponse(status)) is None


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        *((status, {}) for status in (408, 425, 429, 500, 502, 503, 504, 599)),
        (403, {"retry-after": "60"}),
        (403, {"x-ratelimit-remaining": "0"}),
    ],
)
def test_what_may_succeed_later_is_retried(status: int, headers: dict[str, str]) -> None:
    outcome = outcome_of("host", HttpResponse(status, headers))
    assert isinstance(outcome, Retry)
    assert outcome.reason == f"host answered {status}"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        *((status, {}) for status in (301, 302, 400, 401, 403, 404, 410, 413, 422, 499)),
        (403, {"x-ratelimit-remaining": "17"}),
        (404, {"retry-after": "60"}),
    ],
)
def test_any_other_refusal_is_final(status: int, headers: dict[str, str]) -> None:
    outcome = outcome_of("host", HttpResponse(status, headers), detail="no_such_hook")
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
    ],
)
def test_destinations_own_wait_comes_first(
    headers: dict[str, str], wait: float | None, after: float | None
) -> None:
    outcome = outcome_of("host", HttpResponse(429, headers), wait=wait)
    assert isinstance(outcome, Retry)
    assert outcome.after == after


@pytest.mark.parametrize("value", ["", "soon", "-1", "1.5", "²", "٣", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_retry_after_of_no_seconds_leaves_the_time_open(value: str) -> None:
    assert retry_after({"retry-after": value}) is None


def test_header_names_are_compared_in_lower_case() -> None:
    assert lower_case([("Retry-After", "5")]) == {"retry-after": "5"}
