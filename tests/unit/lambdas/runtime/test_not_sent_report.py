"""What is reported of a message that was not sent."""

import pytest

from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.runtime.not_sent_report import report_not_sent
from lambdas.runtime.report import metrics


@pytest.mark.parametrize("fate", ["gone", "refused", "later", "unknown", "account"])
def test_only_the_accounts_troubles_are_reported(fate: Fate, caplog: pytest.LogCaptureFixture) -> None:
    metrics.clear_metrics()
    report_not_sent(NotSentError(fate, "SES answered SendingPausedException"))
    said = [(record.message, record.levelname, vars(record)["reason"]) for record in caplog.records]
    counted = {name: metric["Value"] for name, metric in metrics.metric_set.items()}
    metrics.clear_metrics()
    blocked = ("account_blocked", "ERROR", "SES answered SendingPausedException")
    assert said == ([blocked] if fate == "account" else [])
    assert counted == ({"AccountBlocked": [1.0]} if fate == "account" else {})
