"""What the shipped rulebook does without: a second webhook, a small budget, quiet hours."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jamwire.local.account import LocalAccount
from jamwire.operations.secrets import list_secrets
from tests.deployed.deployed import Deployed, Sent

HERE = Path(__file__).parent
DAY, NIGHT = "+12065550100", "+12065550101"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'channels.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app, auth=True) as account:
        account.up()
        yield Deployed(account)


def texts(deployed: Deployed, number: str) -> list[str]:
    """All that a number was told."""
    found = deployed.inbox("GET", "/api/deliveries?channel=sms")
    return [d["request"]["Message"] for d in found if d["destination"] == number]


def ledger_item(deployed: Deployed, stack: str, sent: Sent) -> dict[str, dict[str, str]]:
    """What a subscriber's ledger says of an event."""
    [table] = deployed.resources(stack, "AWS::DynamoDB::Table")
    answer = deployed.deployment.client("dynamodb").get_item(
        TableName=table, Key={"id": {"S": f"/endpoints/zap/{sent.id}"}}
    )
    return dict(answer.get("Item", {}))


def test_a_second_webhook_is_told_where_the_first_is_dead(deployed: Deployed) -> None:
    [own], [other] = (list_secrets(deployed.deployment, name) for name in ("slack", "slack-fallback"))
    deployed.until_idle("Slack")  # or the fault would meet another test's event
    deployed.fault(status=404, count=1)
    sent = deployed.send("token/notice")
    deployed.until(lambda: "slack" in deployed.told(sent), "the message")
    first, second = [d for d in deployed.deliveries(sent) if d["channel"] == "slack"]
    assert own.value.endswith(first["destination"])
    assert other.value.endswith(second["destination"])
    assert "Slack answered 404 no_service" in second["request"]["text"]
    assert (first["status"], second["status"]) == (404, 200)


def test_beyond_the_budget_and_in_quiet_hours_events_wait_and_are_not_lost(deployed: Deployed) -> None:
    deployed.renew_budget()
    day, night = (len(texts(deployed, number)) for number in (DAY, NIGHT))
    deployed.send("token/notice")
    deployed.until(lambda: len(texts(deployed, DAY)) == day + 1, "the first text of the day")
    deployed.send("token/critical")
    deployed.until(lambda: len(texts(deployed, DAY)) == day + 2, "the last text of the day")
    assert "Budget reached, more at 00:00 UTC." in texts(deployed, DAY)[-1]
    late = deployed.send("token/notice")
    for stack, reason in (("Sms", "the day's budget is spent"), ("Night", "quiet hours")):
        deployed.until(lambda stack=stack: deployed.log_has(stack, late, "postponed"), f"{late.id} waiting")
        item = ledger_item(deployed, stack, late)
        assert (item["state"]["S"], item["reason"]["S"]) == ("waiting", reason)
        assert int(item["not_before"]["N"]) > time.time() * 1000
    assert len(texts(deployed, DAY)) == day + 2
    deployed.until(lambda: len(texts(deployed, NIGHT)) == night + 1, "what is critical, at night")
