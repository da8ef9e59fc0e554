"""Which events share a text message."""

from lambdas.contracts.event import Event, timestamp
from lambdas.sms.batching import LATE_SECONDS, MAX_SEPARATE, in_order, next_batch
from tests.fakes.events import NOON, an_event


def events(count: int, *, age: float = 0, severity: str = "error") -> list[Event]:
    return [an_event(f"{severity}-{n}", time=timestamp(NOON - age), severity=severity) for n in range(count)]


def test_few_events_have_a_text_each() -> None:
    few = events(MAX_SEPARATE)
    assert next_batch(few, NOON) == few[:1]


def test_many_events_share_a_text() -> None:
    many = events(MAX_SEPARATE + 1)
    assert next_batch(many, NOON) == many


def test_late_events_share_a_text() -> None:
    late = events(2, age=LATE_SECONDS + 1)
    assert next_batch(late, NOON) == late
    assert len(next_batch(events(2, age=LATE_SECONDS), NOON)) == 1
    assert len(next_batch([*events(1, age=LATE_SECONDS + 1), *events(2)], NOON)) == 1


def test_critical_events_come_first_and_share_no_text_with_others() -> None:
    critical, others = events(4, severity="critical"), events(4, age=10)
    ordered = in_order([*others, *critical])
    assert ordered == [*critical, *others]
    assert next_batch(ordered, NOON) == critical
