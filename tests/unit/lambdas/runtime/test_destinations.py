"""Each of several destinations is told once, whatever becomes of the others."""

from collections.abc import Sequence

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry
from lambdas.runtime import deliver_to, undelivered
from tests.fakes.events import an_event
from tests.fakes.subscriber import Surroundings, a_record

RECORDS = [a_record(an_event(id), id=id) for id in ("e1", "e2")]


def test_destination_gets_only_what_has_not_reached_it(around: Surroundings) -> None:
    told: list[str] = []

    def notify(events: Sequence[Event]) -> None:
        left = undelivered(events, "first")
        deliver_to(left[:1], "first", lambda: told.append(left[0].id))
        if left[1:]:
            raise Retry(after=0, of=events)

    worker = around.worker(notify, batch=True)
    assert around.run(worker, *RECORDS) == ["e1", "e2"]
    assert around.run(worker, *RECORDS) == []
    assert told == ["e1", "e2"]


def test_unrecorded_destination_is_counted_and_delivered(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        around.network.failing = {"DynamoDB UpdateItem"}
        deliver_to(events, "first", lambda: None)

    assert around.run(around.worker(notify, batch=True), *RECORDS) == []
    assert around.outcomes == ["record_failed"] * 2 + ["delivered"] * 2


def test_name_of_a_destination_is_not_kept(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        deliver_to(events, "+12065550100", lambda: None)
        raise Retry(after=60)

    around.run(around.worker(notify, batch=True), *RECORDS)
    assert "12065550100" not in str(around.items)
