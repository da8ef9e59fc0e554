"""What is reported of a message that was not sent."""

from collections.abc import Iterator

import pytest

from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.runtime import not_sent_report
from lambdas.runtime.not_sent_report import report_not_sent
from lambdas.runtime.report import metrics

PAUSED = "SES answered SendingPausedException"


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    not_sent_report._said.clear()
    metrics.clear_metrics()
    yield
    metrics.clear_metrics()


def counted() -> dict[str, list[float]]:
    return {name: metric["Value"] for name, metric in metrics.metric_set.items()}


@pytest.mark.parametrize("fate", ["gone", "refused", "later", "unknown", "account"])
def test_only_the_accounts_troubles_are_reported(fate: Fate, caplog: pytest.LogCaptureFixture) -> None:
    report_not_sent(NotSentError(fate, PAUSED))
    said = [(record.message, record.levelname, vars(record)["reason"]) for record in caplog.records]
    assert said == ([("account_blocked", "ERROR", PAUSED)] if fate == "account" else [])
    assert counted() == ({"AccountBlocked": [1.0]} if fate == "account" else {})


def test_same_trouble_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    for now, reason in ((100.0, PAUSED), (159.9, PAUSED), (159.9, "another"), (160.0, PAUSED)):
        report_not_sent(NotSentError("account", reason), lambda now=now: now)  # type: ignore[misc]
    assert [vars(record)["reason"] for record in caplog.records] == [PAUSED, "another", PAUSED]
    assert sum(counted()["AccountBlocked"]) == 4
