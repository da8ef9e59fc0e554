"""The decorator as a notifier's author sees it, on the environment that the construct gives."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

import lambdas.runtime.decorator as module
from lambdas.runtime import Event, Retry, deliver_once, subscriber
from tests.fakes.events import an_event
from tests.unit.lambdas.runtime.conftest import FakeSqs, MemoryTable, a_record

CONTEXT = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30_000)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    store = MemoryTable()
    monkeypatch.setattr(module.boto3, "client", lambda service: FakeSqs())
    monkeypatch.setattr(module, "Table", lambda client, name: store)
    for name, value in {
        "POWERTOOLS_SERVICE_NAME": "Pager",
        "QUEUE_URL": "queue",
        "DEAD_LETTERS_URL": "dead-letters",
        "LEDGER_TABLE": "ledger",
        "GIVE_UP_AFTER": "1e12",
    }.items():
        monkeypatch.setenv(name, value)
    return store


def invoke(handler: Any, *ids: str) -> list[str]:
    records = [a_record(an_event(id), id=f"m-{id}") for id in ids]
    answer = handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_notifier_is_a_function_of_one_event(store: MemoryTable) -> None:
    told: list[str] = []

    @subscriber
    def handle(event: Event) -> None:
        told.append(event.notice.title)

    assert invoke(handle, "e1", "e2") == []
    assert told == ["Deploy failed"] * 2


def test_or_of_a_batch(store: MemoryTable) -> None:
    told: list[list[str]] = []

    @subscriber(batch=True)
    def handle(events: Sequence[Event]) -> None:
        told.append([event.id for event in events])

    assert invoke(handle, "e1", "e2") == []
    assert told == [["e1", "e2"]]


def test_the_notifier_itself_can_be_called_in_a_test() -> None:
    told: list[Event] = []

    @subscriber
    def handle(event: Event) -> None:
        told.append(event)

    handle.__wrapped__(an_event())  # type: ignore[attr-defined]
    assert told == [an_event()]


def test_a_retry_repeats_none_of_several_destinations(store: MemoryTable) -> None:
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

    assert invoke(handle, "e1") == ["m-e1"]
    away.clear()
    store.items["/endpoints/site/e1"]["until"] = 0.0  # its time has come
    assert invoke(handle, "e1") == []
    assert told == ["first", "second"]


def test_each_delivery_is_one_line_and_its_metrics_without_content(
    store: MemoryTable, capsys: pytest.CaptureFixture[str]
) -> None:
    @subscriber
    def handle(event: Event) -> None: ...

    invoke(handle, "e1")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["Delivered"] for line in lines if "_aws" in line] == [[1.0]]
    assert "Deploy failed" not in json.dumps(lines)


@pytest.mark.parametrize(("after", "failures"), [(None, [[1.0], [2.0]]), (0, [])])
def test_what_fails_tells_how_often_it_did_and_what_waits_as_asked_has_not_failed(
    store: MemoryTable, capsys: pytest.CaptureFixture[str], after: int | None, failures: list[list[float]]
) -> None:
    @subscriber
    def handle(event: Event) -> None:
        raise Retry(after, reason="away")

    invoke(handle, "e1")
    store.items["/endpoints/site/e1"]["until"] = 0.0  # its time has come
    invoke(handle, "e1")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [line for line in lines if "_aws" in line]
    assert [line["Failures"] for line in counted if "Failures" in line] == failures
    assert [line["Postponed"] for line in counted] == [[1.0], [1.0]]
