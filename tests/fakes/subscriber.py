"""A subscriber's surroundings without AWS: its queue, its table and its clock, and the real runtime in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lambdas.clients.dynamodb import Item, from_item
from lambdas.contracts.event import Event
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SubscriberSettings
from lambdas.runtime.context import Invocation
from lambdas.runtime.decorator import Services, make_worker
from lambdas.runtime.queue import Message
from lambdas.runtime.table import Table
from lambdas.runtime.worker import Worker
from tests.fakes.clock import Clock
from tests.fakes.dynamodb import DynamoDB
from tests.fakes.network import DirectNetwork
from tests.fakes.sqs import Queue, Sqs, Stored

SENT_AT = 1_800_000_000.0
GIVE_UP_AFTER = 76 * 3600.0


@dataclass
class Surroundings:
    """Everything around a notifier, to be set and looked at.

    Attributes:
        remaining_ms: What is left of each invocation.
        reported: Outcomes with their facts.
        ages: How old each message was, milliseconds, that something was reported of.
        slept: How long was waited in place, seconds.
        beside_runs: What happens after a call beside another one, and before that one.
    """

    remaining_ms: int = 30_000
    reported: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ages: list[int] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    beside_runs: Callable[[], Any] = lambda: None

    def __post_init__(self) -> None:
        self.clock = Clock(SENT_AT)
        self.network = DirectNetwork(self.clock)
        self.sqs = Sqs(self.network)
        self.dead_letters = self.sqs.make(Queue("dead-letters"))
        self.queue = self.sqs.make(Queue("queue", dead_letters=self.dead_letters))
        self.dynamodb = DynamoDB(self.network)
        self.table = Table(self.dynamodb, "ledger")  # type: ignore[arg-type]
        self._invocations = 0

    @property
    def now(self) -> float:
        return self.clock.now

    @now.setter
    def now(self, value: float) -> None:
        self.clock.run(value)
        self.clock.now = value

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        if seconds:
            self.slept.append(seconds)
            self.now += seconds

    def beside(self, call: Callable[[], Any]) -> Callable[[], Any]:
        """A call beside another one, which is answered before that one begins."""
        try:
            answer = call()
        except ConnectionError as error:
            answer = error
        self.beside_runs()
        return lambda: self._given(answer)

    @staticmethod
    def _given(answer: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    def worker(
        self,
        notifier: Callable[[Any], None],
        *,
        batch: bool = False,
        give_up_after: float = GIVE_UP_AFTER,
        rate_limit: RateLimit | None = None,
        idempotent: bool = False,
    ) -> Worker:
        """The worker of a notifier, which takes a sequence of events in any case."""
        return make_worker(
            notifier if batch else lambda event: notifier([event]),
            batch=batch,
            services=Services(
                sqs=self.sqs,  # type: ignore[arg-type]
                dynamodb=self.dynamodb,  # type: ignore[arg-type]
                report=self._report,
                clock=lambda: self.now,
                random=lambda: 0.0,
                sleep=self.sleep,
                beside=self.beside,
            ),
            settings=SubscriberSettings(
                stack_id="Pager",
                queue_url="queue",
                dead_letters_url="dead-letters",
                ledger_table="ledger",
                give_up_after=give_up_after,
                rate_limit=rate_limit,
                idempotent=idempotent or None,
            ),
            service="Pager",
        )

    def run(self, worker: Worker, *records: dict[str, Any]) -> list[str]:
        """Let a worker see to messages, as Lambda does.

        Returns:
            Ids of the messages that stay in the queue.
        """
        self._invocations += 1
        self.receive(*records)
        answer = worker.run(records, Invocation(str(self._invocations), lambda: self.remaining_ms))
        staying = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        for record in records:
            if record["messageId"] not in staying:
                self.sqs.delete(self.queue, record["receiptHandle"])
        return staying

    def receive(self, *records: dict[str, Any]) -> None:
        """Make records messages of the queue, which Lambda has received."""
        for record in records:
            sent_at = int(record["attributes"]["SentTimestamp"]) / 1000
            self.queue.messages[record["messageId"]] = Stored(
                id=record["messageId"],
                body=record["body"],
                sent_at=sent_at,
                attributes={},
                visible_at=self.now + self.queue.visibility,
                receives=int(record["attributes"]["ApproximateReceiveCount"]),
                first_received_at=sent_at,
                receipt=record["receiptHandle"],
            )

    def wait(self, event: Event, *, id: str, **written: str) -> None:
        """A message comes into the queue and waits there, with what is written on it."""
        self.sqs.put(self.queue, event.to_json(), written, id=id)
        self.clock.run(self.now)

    def _report(self, outcome: str, message: Message | None, event: Event | None, **facts: Any) -> None:
        if (age := facts.pop("age_ms", None)) is not None:
            self.ages.append(age)
        self.reported.append((outcome, facts))

    @property
    def outcomes(self) -> list[str]:
        return [outcome for outcome, _ in self.reported]

    @property
    def items(self) -> dict[str, Item]:
        """The items of its table."""
        return {key: from_item(item) for key, item in self.dynamodb.tables.get("ledger", {}).items()}

    @property
    def reasons(self) -> list[str]:
        """Why the dead letters are dead."""
        return [letter.attributes["Reason"] for letter in self.dead_letters.messages.values()]


def a_record(
    event: Event | str,
    *,
    id: str = "m1",
    receives: int = 1,
    reason: str = "",
    retried: str = "",
    probe: str = "",
    sent_at: float = SENT_AT,
) -> dict[str, Any]:
    """A message as Lambda hands it over.

    With a reason, it is a dead letter that was sent once more; with `retried`, what an operator wants tried now; with
    `probe`, the probe of that name.
    """
    written = {"Reason": reason, "Retried": retried, "Probe": probe}
    sent_at_ms = str(int(sent_at * 1000))
    return {
        "messageId": id,
        "receiptHandle": f"{id}#{receives}",
        "body": event if isinstance(event, str) else event.to_json(),
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": sent_at_ms,
            "ApproximateFirstReceiveTimestamp": sent_at_ms,
        },
        "messageAttributes": {name: {"stringValue": text} for name, text in written.items() if text},
    }


class Recorder:
    """A notifier that takes note of its batches, by event id; raises what it is given, by event id or for all."""

    def __init__(self, answer: Exception | None = None, **failures: Exception) -> None:
        self.batches: list[list[str]] = []
        self.failures = failures
        self.answer = answer

    def __call__(self, events: Any) -> None:
        ids = [event.id for event in events]
        if failure := next((self.failures[id] for id in ids if id in self.failures), self.answer):
            raise failure
        self.batches.append(ids)

    @property
    def told(self) -> list[str]:
        """Ids of all events that it has taken."""
        return [id for batch in self.batches for id in batch]
