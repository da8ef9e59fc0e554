"""What is to become of each event, of what has become of it at each number."""

from collections.abc import Iterable

from lambdas.contracts.event import Event
from lambdas.runtime import Retry, Undeliverable

Failure = Retry | Undeliverable


def answer(failures: Iterable[Failure]) -> None:
    """Raise what the numbers' failures amount to.

    An event is tried again as long as one number may still be told of it, at the earliest time that any of them names.
    """
    chosen: dict[str, Failure] = {}
    events: dict[str, Event] = {}
    for failure in sorted(failures, key=_rank):
        for event in failure.of:
            chosen.setdefault(event.key, failure)
            events[event.key] = event
    answers = [
        _with(failure, [events[key] for key, its in chosen.items() if its is failure])
        for failure in dict.fromkeys(chosen.values())
    ]
    if len(answers) == 1:
        raise answers[0]
    if answers:
        raise ExceptionGroup("not every event has reached every number", answers)


def _rank(failure: Failure) -> tuple[bool, float]:
    if isinstance(failure, Undeliverable):
        return True, 0.0
    return False, 0.0 if failure.after is None else failure.after


def _with(failure: Failure, of: list[Event]) -> Failure:
    if isinstance(failure, Undeliverable):
        return Undeliverable(failure.reason, of=of)
    return Retry(failure.after, failure.reason, of=of)
