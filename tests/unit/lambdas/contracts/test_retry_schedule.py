"""The schedule is kept, never shortened, and within what SQS can hide."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.retry_schedule import LONGEST, delay, hidden_for


@given(attempt=st.integers(1, 2000), random=st.floats(0, 1, exclude_max=True))
def test_a_delay_is_one_that_sqs_can_hide(attempt: int, random: float) -> None:
    assert 5 <= delay(attempt, lambda: random) <= LONGEST


@given(attempt=st.integers(1, 2000), random=st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens(attempt: int, random: float) -> None:
    assert delay(attempt, lambda: random) >= delay(attempt, lambda: 0.0)


@given(st.floats(0, LONGEST))
def test_what_a_destination_asks_for_is_never_shortened(seconds: float) -> None:
    assert seconds <= hidden_for(seconds) <= seconds + 1


def test_the_whole_schedule_takes_longer_than_three_days_of_tries() -> None:
    total = itertools.accumulate(delay(attempt, lambda: 0.0) for attempt in range(1, 20))
    assert sum(1 for elapsed in total if elapsed <= 76 * 3600) >= 10
