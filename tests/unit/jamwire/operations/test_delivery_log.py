"""What a ledger does not have of deliveries that may be repeated, the log of the function tells."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.delivery_log import SEARCHED, status_in_log
from jamwire.operations.subscribers import find_subscribers
from lambdas.contracts.event import timestamp
from tests.fakes.account import NOW, Account

SINCE = dt.datetime.fromtimestamp(NOW - 60, dt.UTC)


def found(account: Account, *, replay: str = "") -> DeliveryStatus | None:
    subscriber = replace(find_subscribers(account.deployment)["Slack"], log="/live")
    event = account.keep("one")
    return status_in_log(account.deployment, subscriber, event, replay=replay, since=SINCE)


def write(account: Account, *, after: float = 1.0, **facts: Any) -> None:
    line = {"message": "delivered", "event_id": "one", "endpoint": "site", "attempt": 1} | facts
    account.logs.lines.append((round((NOW - 60 + after) * 1000), json.dumps(line)))


def test_delivery_is_found_with_its_time(account: Account) -> None:
    account.logs.lines.append((round(NOW * 1000), "START RequestId: one"))
    write(account, message="postponed", after=1)
    write(account, after=2)
    assert found(account) == DeliveryStatus("delivered", timestamp(NOW - 58), 1)


def test_delivery_of_a_replay_is_its_own(account: Account) -> None:
    write(account, replay="r1")
    assert found(account) is None
    assert found(account, replay="r1") == DeliveryStatus("delivered", timestamp(NOW - 59), 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"event_id": "one-more"},
        {"endpoint": "code"},
        {"message": "dead"},
        {"after": SEARCHED.total_seconds() + 1},
        {"after": -1},
    ],
)
def test_line_of_something_else_is_no_delivery(account: Account, facts: dict[str, Any]) -> None:
    write(account, **facts)
    assert found(account) is None


def test_log_is_not_read_where_the_ledger_has_everything(account: Account) -> None:
    subscriber = find_subscribers(account.deployment)["Slack"]
    del account.logs
    event = account.keep("one")
    assert status_in_log(account.deployment, subscriber, event, replay="", since=SINCE) is None
