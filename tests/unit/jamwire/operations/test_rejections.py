"""What was rejected is listed from two logs: ingest's, and API Gateway's for what never reached ingest."""

import datetime as dt
from typing import Any

import pytest

from jamwire.operations.rejections import list_rejections
from lambdas.contracts.outputs import HubOutput
from tests.fakes.logs import ACCESS, INGEST, NOW, Logs, deployment

A_DAY = dt.timedelta(days=1)


@pytest.fixture
def logs() -> Logs:
    return Logs()


def throttled(path: str = "/site", ip: str = "192.0.2.7") -> dict[str, Any]:
    return {"time": "0", "ip": ip, "endpoint": f"ANY {path}", "status": "429", "ms": "0"}


def refused() -> dict[str, Any]:
    reason = "no secret made this signature"
    return {"outcome": "rejected", "status": 401, "reason": reason, "endpoint": "site", "Rejected": 2}


def listed(logs: Logs, since: dt.timedelta = A_DAY) -> list[tuple[str, str, int, str, int]]:
    found = list_rejections(deployment(logs), since, clock=lambda: NOW).rejections
    return [(r.time, r.endpoint, r.status, r.reason, r.count) for r in found]


def test_throttled_requests_are_listed_among_the_refused(logs: Logs) -> None:
    logs.add(ACCESS, 3600, throttled())
    logs.add(INGEST, 1800, refused())
    logs.add(ACCESS, 60, throttled())
    assert listed(logs) == [
        ("2027-01-15T07:00:00Z", "site", 429, "throttled", 1),
        ("2027-01-15T07:30:00Z", "site", 401, "no secret made this signature", 2),
        ("2027-01-15T07:59:00Z", "site", 429, "throttled", 1),
    ]


def test_throttled_requests_of_a_minute_are_one_row(logs: Logs) -> None:
    for place in range(40):
        logs.add(ACCESS, 119 - place, throttled())
    logs.add(ACCESS, 90, throttled(ip="192.0.2.8"))
    logs.add(ACCESS, 30, throttled())
    assert [(time, count) for time, _, _, _, count in listed(logs)] == [
        ("2027-01-15T07:58:30Z", 1),
        ("2027-01-15T07:58:40Z", 40),
        ("2027-01-15T07:59:30Z", 1),
    ]


def test_name_that_no_endpoint_has_is_not_shown(logs: Logs) -> None:
    """It is a stranger's text."""
    logs.add(ACCESS, 60, throttled("/<script>"))
    assert listed(logs) == [("2027-01-15T07:59:00Z", "", 429, "throttled", 1)]


def test_answered_requests_are_none_of_the_refused(logs: Logs) -> None:
    logs.add(ACCESS, 60, throttled() | {"status": "200"})
    logs.add(INGEST, 60, {"outcome": "rejected", "status": 401, "recorded": False})
    logs.add(INGEST, 60, 'Task timed out after 15.00 seconds "rejected"')
    assert listed(logs) == []


def test_deployment_without_the_output_lists_what_ingest_refused(logs: Logs) -> None:
    logs.add(INGEST, 60, refused())
    old = deployment(logs, without=HubOutput.ACCESS_LOG)
    assert [r.status for r in list_rejections(old, A_DAY, clock=lambda: NOW).rejections] == [401]


def test_flood_leaves_the_newest_of_the_refused(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log is read from its oldest line, and a bounded part of it."""
    monkeypatch.setattr("jamwire.operations.log_lines.MAX_PAGES", 5)
    for place in range(20):
        logs.add(INGEST, 20_000 - place, refused())
    logs.add(INGEST, 1800, refused())
    logs.add(INGEST, 30, refused())
    found = list_rejections(deployment(logs), A_DAY, clock=lambda: NOW)
    assert [r.time for r in found.rejections][-2:] == ["2027-01-15T07:30:00Z", "2027-01-15T07:59:30Z"]
    assert len(found.rejections) == 5
    assert found.complete_since == "2027-01-15T07:00:00Z"


def test_refused_requests_that_are_few_are_complete(logs: Logs) -> None:
    for seconds in (0, 60, 60.001, 600, 3600, 86_400):
        logs.add(INGEST, seconds, refused())
    logs.add(INGEST, -5, refused())  # by a clock that is ahead
    logs.add(INGEST, 86_400.001, refused())
    found = list_rejections(deployment(logs), A_DAY, clock=lambda: NOW)
    assert (len(found.rejections), found.complete_since) == (7, "")
