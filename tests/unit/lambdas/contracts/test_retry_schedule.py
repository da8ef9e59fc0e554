"""The schedule keeps its bounds, whatever the jitter; what the queue hides is within what SQS can."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.retry_schedule import JITTER, MAX_HIDDEN, delay, hidden_for

HOUR = 3600
GIVE_UP_AFTER = 76 * HOUR
MAX_ATTEMPTS = 120

random_numbers = st.floats(0, 1, exclude_max=True)
ages = st.floats(0, 20 * 24 * HOUR)


def longest(failing_for: float) -> float:
    """What the schedule promises."""
    return min(max(3, failing_for), 15 * 60 if failing_for < 6 * HOUR else HOUR)


def attempts(random: Callable[[], float], answers_in: Callable[[], float] = lambda: 0.0) -> Iterator[float]:
    """Seconds from the first failure to each attempt's end, within the time in which an event is tried."""
    at = 0.0
    while at <= GIVE_UP_AFTER:
        yield at
        at += delay(at, random) + answers_in()


@given(failing_for=ages, random=random_numbers)
def test_wait_is_within_its_bound_and_jitter_only_shortens_it(failing_for: float, random: float) -> None:
    wait = delay(failing_for, lambda: random)
    assert wait <= longest(failing_for)
    assert wait >= 3
    assert wait > longest(failing_for) * (1 - JITTER) - 1  # whole seconds


@pytest.mark.parametrize(
    ("failing_for", "wait"),
    [
        (0, 3), (2.9, 3), (3.9, 3), (4, 4), (60, 60), (899.9, 899), (900, 900),
        (6 * HOUR - 1, 900), (6 * HOUR, HOUR), (75 * HOUR, HOUR),
    ],
)  # fmt: skip
def test_wait_is_the_time_since_the_first_failure(failing_for: float, wait: int) -> None:
    assert delay(failing_for, lambda: 0.0) == wait


@pytest.mark.parametrize("failing_for", [60, 900, 6 * HOUR])
def test_every_stage_has_jitter(failing_for: float) -> None:
    assert delay(failing_for, lambda: 0.9) < delay(failing_for, lambda: 0.5) < delay(failing_for, lambda: 0.0)


@pytest.mark.parametrize(("random", "count"), [(0.0, 103), (1.0, 114)])
def test_attempts_in_76_hours(random: float, count: int) -> None:
    assert len(list(attempts(lambda: random))) == count


@given(st.randoms(use_true_random=False))
def test_attempts_never_exceed_their_limit(chance: object) -> None:
    numbers = iter(chance.random, None)  # type: ignore[attr-defined]
    assert len(list(attempts(lambda: next(numbers)))) <= MAX_ATTEMPTS


@given(outage=st.floats(0, GIVE_UP_AFTER - HOUR), random=random_numbers, seconds=st.floats(0, 1))
def test_lag_is_at_most_the_outage(outage: float, random: float, seconds: float) -> None:
    """Where the destination fails at once; an attempt begins so many seconds before its answer."""
    first_after = next(at for at in attempts(lambda: random, lambda: seconds) if at - seconds >= outage)
    assert first_after - outage <= max(3, outage) + 2 * seconds


@given(st.floats(0, MAX_HIDDEN))
def test_hidden_time_is_never_shorter_than_asked(seconds: float) -> None:
    assert seconds <= hidden_for(seconds) <= seconds + 1


@given(st.floats(-1e9, 1e9))
def test_hidden_time_is_one_that_sqs_takes(seconds: float) -> None:
    assert 0 <= hidden_for(seconds) <= 12 * HOUR - 900


def test_attempts_are_dense_at_first() -> None:
    ends = itertools.islice(attempts(lambda: 0.0), 8)
    assert list(ends) == [0, 3, 6, 12, 24, 48, 96, 192]
