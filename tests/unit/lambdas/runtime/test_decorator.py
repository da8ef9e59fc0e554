"""The decorator as a notifier's author sees it, on the environment that the construct gives."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

import lambdas.runtime.decorator as module
from lambdas.contracts.settings import SubscriberSettings
from lambdas.runtime import Event, Retry, deliver_once, subscriber
from tests.fakes.events import an_event
from tests.fakes.subscriber import Surroundings, a_record

CONTEXT = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30_000)
SETTINGS = SubscriberSettings(
    stack_id="Pager",
    queue_url="queue",
    dead_letters_url="dead-letters",
    ledger_table="ledger",
    give_up_after=1e12,
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, around: Surroundings) -> None:
    clients = {"sqs": around.sqs, "dynamodb": around.dynamodb}
    monkeypatch.setattr(module, "client", clients.__getitem__)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "Pager")
    for name, value in SETTINGS.to_environment().items():
        monkeypatch.setenv(name, value)


def invoke(around: Surroundings, handler: Any, *ids: str) -> list[str]:
    records = [a_record(an_event(id), id=f"m-{id}") for id in ids]
    around.receive(*records)
    answer = handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def let_its_time_come(around: Surroundings) -> None:
    around.dynamodb.tables["ledger"]["/endpoints/site/e1"]["not_before"] = {"N": "0"}


def metrics_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


def test_notifier_is_a_function_of_one_event(around: Surroundings) -> None:
    told: list[str] = []

    @subscriber
    def handle(event: Event) -> None:
        told.append(event.notice.title)

    assert invoke(around, handle, "e1", "e2") == []
    assert told == ["Deploy failed"] * 2


def test_notifier_may_be_a_function_of_a_batch(around: Surroundings) -> None:
    told: list[list[str]] = []

    @subscriber(batch=True)
    def handle(events: Sequence[Event]) -> None:
        told.append([event.id for event in events])

    assert invoke(around, handle, "e1", "e2") == []
    assert told == [["e1", "e2"]]


def test_notifier_itself_can_be_called_in_a_test() -> None:
    told: list[Event] = []

    @subscriber
    def handle(event: Event) -> None:
        told.append(event)

    handle.__wrapped__(an_event())  # type: ignore[attr-defined]
    assert told == [an_event()]


def test_retry_repeats_none_of_several_destinations(around: Surroundings) -> None:
    told: list[str] = []
    away = {"second"}

    def tell(destination: str) -> None:
        if destination in away:
            raise Retry(reason="away")
        told.append(destination)

    @subscriber
    def handle(event: Event) -> None:
        for destination in ("first", "second"):
            deliver_once(event, destination, lambda destination=destination: tell(destination))

    assert invoke(around, handle, "e1") == ["m-e1"]
    away.clear()
    let_its_time_come(around)
    assert invoke(around, handle, "e1") == []
    assert told == ["first", "second"]


def test_delivery_is_one_line_and_metrics_without_content(
    around: Surroundings, capsys: pytest.CaptureFixture[str]
) -> None:
    @subscriber
    def handle(event: Event) -> None: ...

    invoke(around, handle, "e1")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["Delivered"] for line in lines if "_aws" in line] == [[1.0]]
    assert "Deploy failed" not in json.dumps(lines)


@pytest.mark.parametrize(("after", "failing_for"), [(None, [[0.0], [0.0]]), (0, [])])
def test_failing_for_tells_what_failed_and_not_what_waits(
    around: Surroundings,
    capsys: pytest.CaptureFixture[str],
    after: int | None,
    failing_for: list[list[float]],
) -> None:
    @subscriber
    def handle(event: Event) -> None:
        raise Retry(after, reason="away")

    invoke(around, handle, "e1")
    let_its_time_come(around)
    invoke(around, handle, "e1")
    counted = metrics_of(capsys)
    assert [line["FailingFor"] for line in counted if "FailingFor" in line] == failing_for
    assert [line["Postponed"] for line in counted] == [[1.0], [1.0]]


def test_runtime_failure_is_counted_in_all_and_by_operation(
    around: Surroundings, capsys: pytest.CaptureFixture[str]
) -> None:
    @subscriber
    def handle(event: Event) -> None: ...

    around.network.failing = {"DynamoDB BatchWriteItem"}
    assert invoke(around, handle, "e1") == []
    dimensions = {
        tuple(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]): line.get("operation")
        for line in metrics_of(capsys)
        if line["RuntimeFailures"] == [1.0]
    }
    assert {tuple(sorted(names)): operation for names, operation in dimensions.items()} == {
        ("service",): None,
        ("operation", "service"): "record",
    }
