"""The schedule is kept and never shortened; what the queue hides is within what SQS can."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.retry_schedule import DELAYS, JITTER, LATER, MAX_DELAY, MAX_HIDDEN, delay, hidden_for

HOUR = 3600
random_numbers = st.floats(0, 1, exclude_max=True)


@given(attempt=st.integers(1, 2000), random=random_numbers)
def test_delay_is_the_planned_one_and_jitter_lengthens_it(attempt: int, random: float) -> None:
    planned = delay(attempt, lambda: 0.0)
    assert planned <= delay(attempt, lambda: random) <= min(planned * (1 + JITTER), MAX_DELAY)


@pytest.mark.parametrize("attempt", [len(DELAYS), len(DELAYS) + 1, 2000])
def test_every_stage_has_jitter(attempt: int) -> None:
    assert delay(attempt, lambda: 0.9) > delay(attempt, lambda: 0.5) > delay(attempt, lambda: 0.0)


def test_last_stage_is_twelve_hours() -> None:
    assert delay(len(DELAYS) + 1, lambda: 0.0) == LATER == 12 * HOUR


@given(st.floats(0, MAX_HIDDEN))
def test_hidden_time_is_never_shorter_than_asked(seconds: float) -> None:
    assert seconds <= hidden_for(seconds) <= seconds + 1


@given(st.floats(-1e9, 1e9))
def test_hidden_time_is_one_that_sqs_takes(seconds: float) -> None:
    assert 0 <= hidden_for(seconds) <= 12 * HOUR - 900


def test_schedule_has_ten_tries_in_three_days() -> None:
    total = itertools.accumulate(delay(attempt, lambda: 0.0) for attempt in range(1, 20))
    assert sum(1 for elapsed in total if elapsed <= 76 * HOUR) >= 10
