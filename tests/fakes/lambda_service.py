"""Lambda's event source on a queue.

Rules (Lambda developer guide, "Using Lambda with Amazon SQS", "Handling errors for an SQS event source"): batches of up to
ten without a batching window; at least two functions at once, or as many as `MaximumConcurrency` says; a message is
deleted after a batch unless the partial batch response names it; after an error, a timeout or a death of the function
nothing is deleted and everything is visible again when its visibility ends; a throttled function has received the messages
all the same; a deletion may fail, and the message is delivered again. An execution environment runs one invocation at a
time, keeps what is in its memory for the next one, and is gone when its process dies ("Lambda execution environment").
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from greenlet import greenlet

from lambdas.runtime.context import Invocation
from lambdas.runtime.worker import Worker
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.network import Crash, Network
from tests.fakes.sqs import MAX_MESSAGES, Queue, Sqs, Stored, system_attributes

Handler = Callable[[dict[str, Any], Any], Mapping[str, Any]]

THROTTLED: Final = 38
UNDELETED: Final = 39
REPEATED: Final = 37


class EventSource:
    """Feeds a function from a queue.

    Args:
        clock: Virtual time.
        network: Faults are paid from it.
        choices: How large batches are, and what goes wrong.
        sqs: The service.
        queue: What is fed from.
        handler: The function.
        timeout: Seconds after which Lambda ends it.
        concurrency: Functions at once.
        batch: Messages of an invocation at most.
        stopped: From when until when it does not run at all, as after a deployment that was no good.
        on_death: Told of a function that did not come to its end, with its task.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        network: Network,
        choices: Choices,
        sqs: Sqs,
        queue: Queue,
        handler: Handler,
        timeout: float,
        concurrency: int,
        batch: int = MAX_MESSAGES,
        stopped: tuple[float, float] = (0.0, 0.0),
        on_death: Callable[[greenlet], None],
    ) -> None:
        self._clock = clock
        self._network = network
        self._choices = choices
        self._sqs = sqs
        self._queue = queue
        self._handler = handler
        self._timeout = timeout
        self._concurrency = concurrency
        self._batch = batch
        self._stopped_from, self._stopped_until = stopped
        self._on_death = on_death
        self._running: set[greenlet] = set()
        self._invocations = 0
        queue.on_visible = self.poll

    def poll(self) -> None:
        """Start functions for what is visible."""
        if self._stopped_from <= self._clock.now < self._stopped_until:
            self._clock.at(self._stopped_until, self.poll)
            return
        while len(self._running) < self._concurrency and self._queue.visible:
            drawn = self._choices.draw(40)
            messages = self._sqs.take(self._queue, self._batch - drawn % self._batch)
            if not messages:
                return
            if drawn == THROTTLED and self._fault("the function is throttled"):
                continue
            self._start(messages, undeleted=drawn == UNDELETED)
            if drawn == REPEATED and self._fault("a message is received twice"):
                self._sqs.again(self._queue, messages[0])

    def _fault(self, what: str) -> bool:
        if not self._network.faults_left:
            return False
        self._network.faults_left -= 1
        self._network.faults_made += 1
        self._network.note(f"{self._queue.name}: {what}")
        return True

    def _start(self, messages: list[Stored], *, undeleted: bool) -> None:
        self._invocations += 1
        name = f"{self._queue.name}-{self._invocations}"
        ends_at = self._clock.now + self._timeout
        context = SimpleNamespace(
            aws_request_id=name,
            get_remaining_time_in_millis=lambda: max(0, int((ends_at - self._clock.now) * 1000)),
        )
        records = [
            {
                "messageId": message.id,
                "receiptHandle": message.receipt,
                "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{self._queue.name}",
                "body": message.body,
                "attributes": system_attributes(message),
                "messageAttributes": {
                    name: {"stringValue": text} for name, text in message.attributes.items()
                },
            }
            for message in messages
        ]

        def run() -> None:
            try:
                answer = self._handler({"Records": records}, context)
            except (Crash, Exception) as error:  # whatever a function dies of, Lambda only knows that it did
                self._network.note(f"{name}: dies of {type(error).__name__}")
                self._on_death(task)
            else:
                staying = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
                if not (undeleted and self._fault("messages are not deleted")):
                    for record in records:
                        if record["messageId"] not in staying:
                            self._sqs.delete(self._queue, record["receiptHandle"])
            finally:
                self._running.discard(task)
                self._clock.at(self._clock.now, self.poll)

        task = self._clock.start(run)
        self._running.add(task)
        for message in messages:
            self._sqs.received(self._queue, message, task)
        self._clock.at(ends_at, lambda: self._end(task, name))

    def _end(self, task: greenlet, name: str) -> None:
        if not task.dead:
            self._network.note(f"{name}: timed out")
            task.throw(Crash)


class Environments:
    """The execution environments of a function: each does one thing at a time, and is gone when it dies of it.

    Args:
        make: Makes the worker of an environment, by the environment's name.
        choices: Which of those that are free is used next.
    """

    def __init__(self, make: Callable[[str], Worker], choices: Choices) -> None:
        self._make = make
        self._choices = choices
        self._count = 0
        self._free: list[Worker] = []

    def handle(self, batch: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
        """Run a batch in one of them."""
        drawn = self._choices.draw(8)
        if not self._free or drawn == 7:
            self._count += 1
            self._free.append(self._make(f"environment-{self._count}"))
        worker = self._free.pop(-1 - drawn % len(self._free))
        invocation = Invocation(context.aws_request_id, context.get_remaining_time_in_millis)
        answer = worker.run(batch["Records"], invocation)
        self._free.append(worker)
        return answer
