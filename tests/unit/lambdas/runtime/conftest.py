"""A subscriber's surroundings without AWS: its queue, its table and its clock."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime import payloads
from lambdas.runtime.delivery import Invocation
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.queue import Message, Queue
from lambdas.runtime.rate_limiter import RateLimiter
from lambdas.runtime.table import Item, RefusedError, Value
from lambdas.runtime.worker import Worker

SENT_AT = 1_800_000_000.0


class MemoryTable:
    """A table in memory, with the conditions of DynamoDB."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.calls = 0
        self.failing: set[str] = set()

    def update(
        self,
        key: str,
        *,
        set: Mapping[str, Value],
        add: Mapping[str, Value] | None = None,
        remove: Sequence[str] = (),
        when: str = "",
        given: Mapping[str, Value] | None = None,
    ) -> Item:
        self._called("update")
        old = self.items.get(key, {})
        if when and not holds(when, old, given or {}):
            raise RefusedError(old)
        new = {"id": key, **old, **set}
        for name, value in (add or {}).items():
            before: Any = new.get(name, frozenset() if isinstance(value, frozenset) else 0)
            new[name] = before | value if isinstance(value, frozenset) else before + value
        self.items[key] = {name: value for name, value in new.items() if name not in remove}
        return old

    def put(self, items: Iterable[Item]) -> None:
        self._called("put")
        self.items |= {str(item["id"]): dict(item) for item in items}

    def _called(self, name: str) -> None:
        self.calls += 1
        if name in self.failing:
            raise ConnectionError("the table is away")


def holds(condition: str, item: Item, given: Mapping[str, Value]) -> bool:
    """Whether a condition holds; a comparison with an attribute that is not there does not."""
    python = re.sub(r"attribute_not_exists\(#(\w+)\)", r"('\1' not in item)", condition)
    python = re.sub(r"#(\w+) (=|<>|<=|<) (:\w+|#\w+)", r"compare('\1', '\2', given['\3'])", python)
    python = python.replace("given[':", "given['").replace("AND", "and").replace("OR", "or")
    operators: dict[str, Callable[[Any, Any], bool]] = {
        "=": lambda a, b: a == b,
        "<>": lambda a, b: a != b,
        "<=": lambda a, b: a <= b,
        "<": lambda a, b: a < b,
    }

    def compare(name: str, operator: str, value: Value) -> bool:
        return name in item and operators[operator](item[name], value)

    return bool(eval(python, {"item": item, "given": given, "compare": compare}))  # noqa: S307 - our own text


@dataclass
class FakeSqs:
    """The calls of SQS that a subscriber makes."""

    hidden: dict[str, int] = field(default_factory=dict)
    dead: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    failing: bool = False

    def change_message_visibility_batch(self, **call: Any) -> dict[str, Any]:
        self._called()
        self.hidden |= {e["ReceiptHandle"]: e["VisibilityTimeout"] for e in call["Entries"]}
        return {}

    def send_message(self, **call: Any) -> None:
        self._called()
        self.dead.append(call)

    def receive_message(self, **call: Any) -> dict[str, Any]:
        self._called()
        self.looks.append(call["WaitTimeSeconds"])
        count = call["MaxNumberOfMessages"]
        given, self.waiting = self.waiting[:count], self.waiting[count:]
        return {"Messages": given} if given else {}

    def delete_message_batch(self, **call: Any) -> dict[str, Any]:
        self._called()
        self.deleted += [entry["ReceiptHandle"] for entry in call["Entries"]]
        return {}

    def _called(self) -> None:
        if self.failing:
            raise ConnectionError("the queue is away")

    @property
    def reasons(self) -> list[str]:
        return [call["MessageAttributes"]["Reason"]["StringValue"] for call in self.dead]


@dataclass
class Surroundings:
    """Everything around a notifier, to be set and looked at."""

    sqs: FakeSqs = field(default_factory=FakeSqs)
    table: MemoryTable = field(default_factory=MemoryTable)
    now: float = SENT_AT
    remaining_ms: int = 30_000
    invocations: int = 0
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def worker(
        self,
        notifier: Callable[[Sequence[Event]], None],
        *,
        together: bool = False,
        give_up_after: float = 76 * 3600,
        rate_limit: RateLimit | None = None,
    ) -> Worker:
        return Worker(
            handle=notifier,
            together=together,
            queue=Queue(self.sqs, "queue", "dead-letters", "Pager"),  # type: ignore[arg-type]
            ledger=Ledger(self.table),  # type: ignore[arg-type]
            rate_limiter=RateLimiter(self.table, rate_limit) if rate_limit else None,  # type: ignore[arg-type]
            give_up_after=give_up_after,
            read=functools.partial(Event.from_json, fetch=payloads.fetch),
            report=self._report,
            clock=lambda: self.now,
            random=lambda: 0.0,
        )

    def run(self, worker: Worker, *records: dict[str, Any]) -> list[str]:
        """Ids of the messages that stay in the queue."""
        self.invocations += 1
        invocation = Invocation(str(self.invocations), lambda: self.remaining_ms)
        answer = worker.run(records, invocation)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def _report(self, outcome: str, message: Message | None, event: Event | None, **facts: Any) -> None:
        self.told.append((outcome, {name: fact for name, fact in facts.items() if name != "age_ms"}))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for outcome, _ in self.told]


def a_record(
    event: Event | str, *, id: str = "m1", receives: int = 1, reason: str = "", sent_after: float = 0.0
) -> dict[str, Any]:
    sent_at_ms = str(int((SENT_AT + sent_after) * 1000))
    return {
        "messageId": id,
        "receiptHandle": f"receipt-{id}",
        "body": event if isinstance(event, str) else event.to_json(),
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": sent_at_ms,
            "ApproximateFirstReceiveTimestamp": sent_at_ms,
        },
        "messageAttributes": {"Reason": {"stringValue": reason}} if reason else {},
    }


def a_waiting(event: Event | str, *, id: str = "m1") -> dict[str, Any]:
    """A message as the queue itself gives it."""
    record = a_record(event, id=id)
    return {
        "MessageId": id,
        "ReceiptHandle": record["receiptHandle"],
        "Body": record["body"],
        "Attributes": record["attributes"],
    }


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()
