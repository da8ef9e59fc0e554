"""A subscriber whose destination is down, as its events come and come back."""

from collections.abc import Callable
from typing import Any

from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.worker import Worker
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

DOWN = RuntimeError("down")


class Outage:
    """A subscriber whose destination is down: e0 and e1 have failed.

    Attributes:
        worker: Of a function that knows of it.
        told: Event ids of all attempts, whether they failed or not.
    """

    def __init__(self, around: Surroundings, **props: Any) -> None:
        self.around = around
        self.told: list[str] = []
        self.recorder = Recorder(answer=DOWN)
        self.before_answer: Callable[[], None] = lambda: None
        self.worker = self.another_function(**props)
        self.receives = dict.fromkeys((f"e{n}" for n in range(10)), 0)
        assert self.come("e0") == ["e0"]
        assert self.come("e1") == ["e1"]

    def another_function(self, **props: Any) -> Worker:
        """A worker that has heard of nothing yet."""

        def notify(events: Any) -> None:
            self.told += [event.id for event in events]
            self.before_answer()
            self.recorder(events)

        return self.around.worker(notify, **props)

    def come(self, *ids: str, at: float = 0.0, worker: Worker | None = None) -> list[str]:
        """Messages come at a time, or come back; gives the ids of those that were attempted."""
        self.around.now = max(self.around.now, SENT_AT + at)
        self.told.clear()
        for id in ids:
            self.receives[id] += 1
        records = [a_record(an_event(id), id=id, receives=self.receives[id]) for id in ids]
        self.around.run(worker or self.worker, *records)
        return list(self.told)

    def hidden(self, id: str) -> int:
        return self.around.sqs.hidden[id]


LIMITED: dict[str, Any] = {"batch": True, "rate_limit": RateLimit(per_second=100, burst=100)}
