"""The event store keeps what is sent for so many days, encrypted, and its function may write and not read."""

from typing import Any

import pytest
from aws_cdk import Duration

from lambdas.contracts.settings import ArchiveSettings
from stacks.archive import ArchiveStack
from tests.unit.stacks.rulebook import resources, shipped, template_of


def events_table() -> dict[str, Any]:
    tables = resources(shipped()["Jamwire-Archive"], "AWS::DynamoDB::Table")
    [table] = [table for table in tables if "PointInTimeRecoverySpecification" in table]
    return table


def test_every_event_is_heard() -> None:
    [subscription] = resources(shipped()["Jamwire-Archive"], "AWS::SNS::Subscription")
    assert "FilterPolicy" not in subscription


def test_events_are_encrypted_expire_and_can_be_recovered_for_a_day() -> None:
    table = events_table()
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 1,
    }


def test_one_index_is_sorted_by_time_and_holds_no_event() -> None:
    [index] = events_table()["GlobalSecondaryIndexes"]
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["day", "time"]
    assert index["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["type", "severity", "title"],
    }


def test_the_function_may_put_items_and_not_read_them() -> None:
    statements = [
        statement
        for policy in resources(shipped()["Jamwire-Archive"], "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "EventStore" in str(statement["Resource"])
    ]
    assert [(s["Action"], "index" in str(s["Resource"])) for s in statements] == [("dynamodb:PutItem", False)]


def keep_of(days: Duration) -> int:
    template = template_of(lambda app, hub: ArchiveStack(app, "Archive", hub=hub, keep=days))
    [function] = resources(template, "AWS::Lambda::Function")
    return ArchiveSettings.from_environment(function["Environment"]["Variables"]).keep_seconds


def test_how_long_is_said_in_the_rulebook() -> None:
    assert keep_of(Duration.days(7)) == 7 * 86_400


@pytest.mark.parametrize("keep", [Duration.days(0), Duration.hours(23), Duration.days(366)])
def test_a_time_out_of_range_is_refused_in_one_sentence(keep: Duration) -> None:
    with pytest.raises(ValueError, match=r"^keep is [\d.]+ days, expected 1 to 365\.$"):
        keep_of(keep)


def test_it_keeps_no_event_for_longer_than_its_payload_is_kept() -> None:
    with pytest.raises(
        ValueError, match=r"^keep is 33 days and the hub's payloads_kept 60, expected at least 61 of it"
    ):
        keep_of(Duration.days(33))
    assert keep_of(Duration.days(32)) == 32 * 86_400
