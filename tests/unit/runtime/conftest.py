"""A subscriber's surroundings without AWS: its queue, its ledger's store and its clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from lambdas.event import Event
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.message import Message, Queue
from lambdas.runtime.worker import Worker

SENT_AT = 1_800_000_000.0


class MemoryStore(BasePersistenceLayer):
    """Powertools' persistence with the DynamoDB layer's conditions, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, DataRecord] = {}
        self.calls = 0
        self.failing: set[str] = set()

    def _called(self, name: str) -> None:
        self.calls += 1
        if name in self.failing:
            raise ConnectionError("the store is away")

    def _get_record(self, idempotency_key: str) -> DataRecord:
        if idempotency_key not in self.records:
            raise IdempotencyItemNotFoundError
        return self.records[idempotency_key]

    def _put_record(self, data_record: DataRecord) -> None:
        self._called("put")
        old = self.records.get(data_record.idempotency_key)
        if old is not None and not old.is_expired:
            raise IdempotencyItemAlreadyExistsError(old_data_record=old)
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self._called("update")
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self._called("delete")
        self.records.pop(data_record.idempotency_key, None)


@dataclass
class FakeSqs:
    """The two calls of SQS that a subscriber makes."""

    hidden: dict[str, int] = field(default_factory=dict)
    dead: list[dict[str, Any]] = field(default_factory=list)
    failing: bool = False

    def change_message_visibility(self, **call: Any) -> None:
        if self.failing:
            raise ConnectionError("the queue is away")
        self.hidden[call["ReceiptHandle"]] = call["VisibilityTimeout"]

    def send_message(self, **call: Any) -> None:
        if self.failing:
            raise ConnectionError("the queue is away")
        self.dead.append(call)

    @property
    def reasons(self) -> list[str]:
        return [call["MessageAttributes"]["Reason"]["StringValue"] for call in self.dead]


@dataclass
class Surroundings:
    """Everything around a notifier, to be set and looked at."""

    sqs: FakeSqs = field(default_factory=FakeSqs)
    store: MemoryStore = field(default_factory=MemoryStore)
    now: float = SENT_AT
    remaining_ms: int = 30_000
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def worker(
        self,
        notifier: Callable[[Sequence[Event]], None],
        *,
        together: bool = False,
        give_up_after: float = 76 * 3600,
    ) -> Worker:
        return Worker(
            handle=notifier,
            together=together,
            queue=Queue(self.sqs, "queue", "dead-letters", "Pager"),  # type: ignore[arg-type]
            ledger=Ledger(self.store, "Pager"),
            give_up_after=give_up_after,
            report=self._report,
            clock=lambda: self.now,
            random=lambda: 0.0,
        )

    def run(self, worker: Worker, *records: dict[str, Any]) -> list[str]:
        """Ids of the messages that stay in the queue."""
        answer = worker.run(records, lambda: self.remaining_ms)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def _report(self, outcome: str, message: Message, event: Event | None, **facts: Any) -> None:
        self.told.append((outcome, facts))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for outcome, _ in self.told]


def a_record(event: Event | str, *, id: str = "m1", attempt: int = 1) -> dict[str, Any]:
    return {
        "messageId": id,
        "receiptHandle": f"receipt-{id}",
        "body": event if isinstance(event, str) else event.to_json(),
        "attributes": {
            "ApproximateReceiveCount": str(attempt),
            "SentTimestamp": str(int(SENT_AT * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(SENT_AT * 1000)),
        },
    }


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()
