"""From the failures at each number, what is to become of each event."""

from collections.abc import Iterable

from lambdas.contracts.event import Event
from lambdas.runtime import Retry, Undeliverable

Failure = Retry | Undeliverable


def raise_for_failures(failures: Iterable[Failure]) -> None:
    """Raise the outcome of a batch, where a number was not reached.

    An event is tried again as long as one number may still be reached, at the earliest time that any failure names. Of
    two at the same time, the one that is uncertain is told.

    Args:
        failures: The failures at all numbers, each with its events (`of`).

    Raises:
        Retry: Events are to be tried again.
        Undeliverable: Events cannot be delivered.
        ExceptionGroup: Several of these, each for other events.
    """
    chosen: dict[str, Failure] = {}
    events: dict[str, Event] = {}
    for failure in sorted(failures, key=_rank):
        for event in failure.of:
            chosen.setdefault(event.key, failure)
            events[event.key] = event
    outcomes = [
        _with(failure, [events[key] for key, its in chosen.items() if its is failure])
        for failure in dict.fromkeys(chosen.values())
    ]
    if len(outcomes) == 1:
        raise outcomes[0]
    if outcomes:
        raise ExceptionGroup("not every event has reached every number", outcomes)


def _rank(failure: Failure) -> tuple[bool, float, bool]:
    if isinstance(failure, Undeliverable):
        return True, 0.0, False
    return False, 0.0 if failure.after is None else failure.after, not failure.uncertain


def _with(failure: Failure, of: list[Event]) -> Failure:
    if isinstance(failure, Undeliverable):
        return Undeliverable(failure.reason, of=of)
    return Retry(failure.after, failure.reason, of=of, uncertain=failure.uncertain)
