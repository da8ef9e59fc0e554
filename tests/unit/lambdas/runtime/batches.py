"""Messages of a few events, as Lambda hands them over together or as they wait in the queue."""

from lambdas.contracts.rate_limit import RateLimit
from tests.fakes.events import an_event
from tests.fakes.subscriber import Surroundings, a_record

ONE_A_SECOND = RateLimit(per_second=1, burst=3)


def records(*numbers: int, receives: int = 1) -> list[dict[str, object]]:
    return [a_record(an_event(f"e{n}"), id=f"m{n}", receives=receives) for n in numbers]


def wait(around: Surroundings, *numbers: int) -> None:
    for n in numbers:
        around.wait(an_event(f"e{n}"), id=f"m{n}")
