"""When an endpoint was last heard: from the table where it knows, else from ingest's log."""

import datetime as dt
from typing import Any

import pytest

from jamwire.operations.deployment import Deployment
from jamwire.operations.dynamodb import to_item
from jamwire.operations.hearings import Heard, find_hearings
from lambdas.contracts.outputs import HubOutput
from lambdas.contracts.silence import Hearing, Hearings
from lambdas.contracts.state_table import STATE_ID, Record, item_of
from tests.fakes.logs import INGEST, NOW, Logs, deployment


@pytest.fixture
def logs() -> Logs:
    return Logs()


class Table:
    """A table of one item."""

    def __init__(self, state: Hearings) -> None:
        self.item = to_item(item_of(STATE_ID, Record(state=state, version=1), NOW.timestamp()))

    def get_item(self, **request: Any) -> dict[str, Any]:
        assert request["Key"] == {"id": {"S": "state"}}
        return {"Item": self.item} if request["TableName"] == "hearings" else {}


def test_log_says_when_an_endpoint_was_heard(logs: Logs) -> None:
    logs.add(INGEST, 7200, {"heard": True, "endpoint": "site"})
    logs.add(INGEST, 3601, {"heard": True, "endpoint": "site"})
    logs.add(INGEST, 9, {"endpoint": "heard"})
    assert find_hearings(deployment(logs), clock=lambda: NOW) == {"site": Heard("2027-01-15T06:59:59Z")}


def test_endpoint_that_was_not_heard_is_listed(logs: Logs) -> None:
    logs.add(INGEST, 15 * 86_400, {"heard": True, "endpoint": "site"})
    assert find_hearings(deployment(logs), clock=lambda: NOW) == {"site": Heard()}


def kept(clients: dict[str, Any], **endpoints: Hearing) -> Deployment:
    """A deployment that keeps this of its endpoints."""
    table = {"dynamodb": Table(Hearings(endpoints=endpoints))}
    return deployment(clients | table, more={HubOutput.SILENCE_TABLE: "hearings"})


def test_table_is_asked_and_no_log_where_it_knows() -> None:
    at = (NOW - dt.timedelta(days=30)).timestamp()
    hearing = Hearing(since=at - 1, heard=at, silent=at)
    found = find_hearings(kept({}, site=hearing, gone=hearing), clock=lambda: NOW)
    assert found == {"site": Heard("2026-12-16T08:00:00Z", "2026-12-16T08:00:00Z")}


@pytest.mark.parametrize("known", [{}, {"site": Hearing(since=NOW.timestamp() - 600, silent=1.0)}])
def test_log_tells_of_the_time_before_the_table(logs: Logs, known: dict[str, Hearing]) -> None:
    logs.add(INGEST, 3 * 86_400, {"heard": True, "endpoint": "site"})
    found = find_hearings(kept({"logs": logs}, **known), clock=lambda: NOW)
    assert found["site"].last_heard == "2027-01-12T08:00:00Z"
    assert bool(found["site"].silent_since) == bool(known)


def test_log_is_not_asked_of_what_the_table_outlasts() -> None:
    hearing = Hearing(since=(NOW - dt.timedelta(days=14)).timestamp())
    assert find_hearings(kept({}, site=hearing), clock=lambda: NOW) == {"site": Heard()}
