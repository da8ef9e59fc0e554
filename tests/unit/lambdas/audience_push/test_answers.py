"""What a push service's answer means for a follower."""

from email.utils import formatdate

import pytest

from lambdas.audience_push.answers import outcome_of
from lambdas.clients.http import HttpResponse
from lambdas.followers.outcomes import Gone, Later, Refused, Sent

NOW = 1_800_000_000.0


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_push_that_is_taken_is_sent(status: int) -> None:
    assert outcome_of(HttpResponse(status), NOW) == Sent()


@pytest.mark.parametrize("status", [404, 410])
def test_subscription_that_has_ended_is_gone(status: int) -> None:
    assert outcome_of(HttpResponse(status), NOW) == Gone(f"answered {status}")


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 405, 413, 415, 422])
def test_fault_of_ours_forgets_nobody(status: int) -> None:
    response = HttpResponse(status, {"location": "https://evil.example/"}, b"the whole push")
    assert outcome_of(response, NOW) == Refused(f"answered {status}")


@pytest.mark.parametrize("status", [406, 408, 425, 429, 500, 502, 503, 504, 599])
def test_what_passes_is_tried_later(status: int) -> None:
    assert outcome_of(HttpResponse(status), NOW) == Later(None, f"answered {status}")
    answer = outcome_of(HttpResponse(status, {"retry-after": "120"}), NOW)
    assert answer == Later(120.0, f"answered {status}")


def test_wait_is_in_whole_seconds_so_that_its_followers_come_together() -> None:
    response = HttpResponse(429, {"retry-after": formatdate(NOW + 90, usegmt=True)})
    assert [outcome_of(response, NOW + late) for late in (0.1, 0.7)] == [Later(90, "answered 429")] * 2


@pytest.mark.parametrize("said", ["99999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_endless_wait_ends_within_a_day(said: str) -> None:
    assert outcome_of(HttpResponse(503, {"retry-after": said}), NOW) == Later(86_400, "answered 503")
