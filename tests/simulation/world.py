"""One world: what is in it is drawn, and then it runs until nothing is left to do."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final

from lambdas.contracts.event import Event
from lambdas.contracts.probe import PROBE, probe_event
from lambdas.contracts.settings import SubscriberSettings
from lambdas.ingest.ingest import UnavailableError
from lambdas.runtime.decorator import Services, make_worker
from lambdas.runtime.queue import Message
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.dynamodb import DynamoDB
from tests.fakes.lambda_service import Environments, EventSource
from tests.fakes.network import Crash, Network, current_task
from tests.fakes.sqs import Queue, Sqs, Stored
from tests.simulation.destination import Destination
from tests.simulation.senders import MAX_EVENTS, Bucket, a_request, key_of, make_ingest, name_of
from tests.simulation.subscribers import KINDS, TIMEOUT, Kind

START: Final = 1_800_000_000.0
MAX_SECONDS: Final = 25 * 86_400.0
VISIBILITY: Final = 6 * TIMEOUT

EVENTS: Final = (1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, MAX_EVENTS)
PAUSES: Final = (0.0, 0.01, 0.5, 3.0, 40.0, 4000.0)
OUTAGES: Final = (*[0.0] * 40, *[3.0] * 4, *[60.0] * 3, 4000.0, 4000.0, 40_000.0, 400_000.0)
SENDER_WAITS: Final = (5.0, 30.0, 600.0)
SENDER_TRIES: Final = 6
REPEATED_AFTER: Final = (5.0, 600.0, 20 * 3600.0, 70 * 3600.0)
"""With all that may hold a repetition up on its way, it comes within the 72 hours for which it is recognised."""

SNS_DELAYS: Final = (0.02, 0.03, 0.3, 5.0)
STOPPED_FROM: Final = START + 69 * 3600.0
"""Just before the last repetitions come."""

STOPPED_FOR: Final = (*[0.0] * 19, 6 * 3600.0)
COPIED_AFTER: Final = (0.0, 5.0, 60.0, 1800.0)
PROBED_AFTER: Final = (*[None] * 12, 0.0, 0.02, 0.5, 40.0)
"""When a doctor's probe comes into each queue, if one does: beside the first events, or while they wait."""


_PROBE_TEXT: Final = probe_event("p", START).to_json()


@dataclass(eq=False)
class Subscriber:
    """A subscriber in a world.

    Attributes:
        name: Its kind.
        kind: What it is.
        queue: Where its events wait.
        destinations: Where it delivers to.
        outcomes: What the runtime reported, by outcome and event.
    """

    name: str
    kind: Kind
    queue: Queue
    dead_letters: Queue
    destinations: Sequence[Destination]
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)


class World:
    """A world.

    Args:
        choices: What is in it, and what goes wrong.
        kinds: Kinds of subscribers to choose from.
        visibility: Of the queues, in seconds.
        crowd: How many events come at once; how many come, and how far apart, is drawn where it is left out.
        note: Takes the lines of the story, with the time.
    """

    def __init__(
        self,
        choices: Choices,
        *,
        kinds: Sequence[str] = tuple(KINDS),
        visibility: float = VISIBILITY,
        crowd: int = 0,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self.choices = choices
        self.clock = Clock(START)
        self.note: Callable[[str], None] = lambda text: None
        if note:
            self.note = lambda text: note(f"{self.clock.now - START:10.3f}  {text}")
        self.network = Network(self.clock, choices, choices.draw(7), self.note)
        self.network.incident = self._incident
        self.sqs = Sqs(self.network)
        self.sqs.received, self.sqs.let_go = self._received, self._let_go
        self.dynamodb = DynamoDB(self.network)
        self.bucket = Bucket(self.network)
        self.ingest = make_ingest(self._publish_to_sns, self.bucket, lambda: self.clock.now)
        self.accepted: dict[str, float] = {}
        self.incidents: Counter[str] = Counter()
        self.deaths: set[Any] = set()
        self.worked_on_twice: list[str] = []
        self._holders: dict[tuple[str, str], Any] = {}
        self._keys: dict[Any, set[str]] = {}
        self._visibility = visibility
        first = choices.draw(len(kinds))
        second = choices.draw(len(kinds) * 3)
        names = {kinds[first], kinds[second if second < len(kinds) else first]}
        count = crowd or EVENTS[choices.draw(len(EVENTS))]
        self.refused = frozenset(key_of(n) for n in range(count) if choices.draw(12) == 11)
        self.subscribers = [self._subscriber(name) for name in sorted(names)]
        self._probe()
        self.clock.start(lambda: self._send(count, 0.0 if crowd else PAUSES[choices.draw(len(PAUSES))]))

    def run(self) -> bool:
        """Run until nothing is left to do; tells whether that came in time."""
        return self.clock.run(START + MAX_SECONDS)

    def redrive(self) -> bool:
        """Send all dead letters to their subscribers once more, as an operator does when the fault is found."""
        self.network.faults_left = 0
        for subscriber in self.subscribers:
            for destination in subscriber.destinations:
                destination.refuses, destination.down_until = frozenset(), 0.0
            for letter in list(subscriber.dead_letters.messages.values()):
                del subscriber.dead_letters.messages[letter.id]
                self.sqs.put(subscriber.queue, letter.body, letter.attributes)
        return self.clock.run(self.clock.now + MAX_SECONDS)

    def _subscriber(self, name: str) -> Subscriber:
        kind = KINDS[name]
        dead_letters = self.sqs.make(Queue(f"{name}-dead"))
        queue = self.sqs.make(Queue(name, visibility=self._visibility, dead_letters=dead_letters))
        down_until = START + OUTAGES[self.choices.draw(len(OUTAGES))]
        destinations = [
            Destination(
                name=f"{name}'s {'first' if n == 0 else 'second'}",
                clock=self.clock,
                choices=self.choices,
                note=self.note,
                spend_fault=self._spend_fault,
                lost=self._lost,
                down_until=down_until if n == 0 else 0.0,
                refuses=self.refused if n == 0 else frozenset(),
            )
            for n in range(kind.destinations)
        ]
        subscriber = Subscriber(name, kind, queue, dead_letters, destinations)
        environments = Environments(
            lambda name: make_worker(
                kind.notifier(*destinations),
                batch=kind.batch,
                services=self._services(subscriber, name),
                settings=SubscriberSettings(
                    stack_id=subscriber.name,
                    queue_url=subscriber.name,
                    dead_letters_url=f"{subscriber.name}-dead",
                    ledger_table=f"{subscriber.name}-ledger",
                    give_up_after=kind.give_up_after,
                    rate_limit=kind.rate_limit,
                    idempotent=kind.idempotent or None,
                ),
                service=subscriber.name,
            ),
            self.choices,
        )
        EventSource(
            clock=self.clock,
            network=self.network,
            choices=self.choices,
            sqs=self.sqs,
            queue=queue,
            handler=environments.handle,
            timeout=TIMEOUT,
            concurrency=2 if kind.rate_limit else 3,
            stopped=(STOPPED_FROM, STOPPED_FROM + STOPPED_FOR[self.choices.draw(len(STOPPED_FOR))]),
            on_death=self._died,
        )
        return subscriber

    def _probe(self) -> None:
        """A doctor sends a probe to each queue, in some worlds."""
        after = PROBED_AFTER[self.choices.draw(len(PROBED_AFTER))]
        self.is_probed = after is not None
        for subscriber in self.subscribers if after is not None else ():
            put = partial(self.sqs.put, subscriber.queue, _PROBE_TEXT, {PROBE: "p"})
            self.clock.at(START + after, put)

    def _services(self, subscriber: Subscriber, environment: str) -> Services:
        return Services(
            sqs=self.sqs,  # type: ignore[arg-type]
            dynamodb=self.dynamodb,  # type: ignore[arg-type]
            report=self._report_of(subscriber),
            clock=lambda: self.clock.now,
            random=self.choices.fraction,
            sleep=self.clock.sleep,
            beside=self._beside,
            environment=environment,
        )

    def _beside(self, call: Callable[[], Any]) -> Callable[[], Any]:
        """Of two calls at the same time either may be answered first."""
        if self.choices.draw(2):
            return call
        try:
            answer = call()
        except Exception as error:
            return lambda error=error: _raise(error)  # type: ignore[misc]
        return lambda: answer

    def _report_of(self, subscriber: Subscriber) -> Callable[..., None]:
        def report(outcome: str, message: Message | None, event: Event | None, **facts: Any) -> None:
            subscriber.outcomes[outcome, event.key if event else ""] += 1
            of = f" {name_of(event.key)}" if event else ""
            why = f": {facts['reason']}" if facts.get("reason") else ""
            again = f", again in {facts['next_try_in']} s" if "next_try_in" in facts else ""
            self.note(f"{subscriber.name}: {outcome}{of}{why}{again}")

        return report

    def _send(self, count: int, pause: float) -> None:
        """Senders post events; one that is not answered posts again, and some that are do too, days later."""
        for number in range(count):
            self.clock.start(lambda number=number: self._post(number))  # type: ignore[misc]
            if pause:
                self.clock.sleep(pause)

    def _post(self, number: int) -> None:
        again = self.choices.draw(10) == 9
        for _ in range(SENDER_TRIES):
            try:
                self.ingest.accept(a_request(number))
            except (UnavailableError, Crash):
                self.note(f"the sender of e{number} is told to come again")
                self.clock.sleep(SENDER_WAITS[self.choices.draw(len(SENDER_WAITS))])
                continue
            self.note(f"e{number} is accepted")
            self.accepted.setdefault(key_of(number), self.clock.now)
            if not again:
                return
            again = False
            self.clock.sleep(REPEATED_AFTER[self.choices.draw(len(REPEATED_AFTER))])

    def _publish_to_sns(self, text: str, attributes: Mapping[str, str]) -> None:
        self.network.call("SNS Publish", lambda: self._publish(text))

    def _publish(self, text: str) -> None:
        """SNS hands an event to each queue, later, in any order, and now and then twice (SNS guide, "Message delivery")."""
        for subscriber in self.subscribers:
            drawn = self.choices.draw(32)
            delays = [SNS_DELAYS[drawn % 4]]
            if drawn == 31 and self._spend_fault():
                delays.append(COPIED_AFTER[self.choices.draw(len(COPIED_AFTER))])
            for delay in delays:
                self.clock.at(
                    self.clock.now + delay,
                    lambda queue=subscriber.queue: self.sqs.put(queue, text),  # type: ignore[misc]
                )

    def _spend_fault(self) -> bool:
        if not self.network.faults_left:
            return False
        self.network.faults_left -= 1
        self.network.faults_made += 1
        return True

    def _received(self, queue: Queue, message: Stored, task: Any) -> None:
        holder = self._holders.get((queue.name, message.id))
        if holder is not None and holder is not task and not holder.dead:
            self.worked_on_twice.append(f"{queue.name} {message.id}")
        self._holders[queue.name, message.id] = task
        self._keys.setdefault(task, set()).add(_key_in(message.body))

    def _let_go(self, queue: Queue, message_id: str) -> None:
        self._holders.pop((queue.name, message_id), None)

    def _incident(self, fault: str) -> None:
        self.incidents.update(self._keys.get(current_task(), ()))

    def _lost(self, keys: Sequence[str]) -> None:
        self.incidents.update(keys)

    def _died(self, task: Any) -> None:
        self.deaths.add(task)
        self.incidents.update(self._keys.get(task, ()))


def _raise(error: Exception) -> Any:
    raise error


@cache
def _key_in(body: str) -> str:
    return Event.from_json(body).key
