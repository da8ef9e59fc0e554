"""The example's day: an invented one, but one that could be."""

import json
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from examples.bus_times.build import SITE, departures, minutes
from examples.bus_times.day import ALL_WELL, Day, Moment, is_worth_a_push

LINE = json.loads((SITE / "content" / "line.json").read_text())
A_FEW = settings(max_examples=15, deadline=None)
TIMES = [time for part in LINE["parts"] for time in departures(part)]


def a_day(seed: int, begin: str = "06:00") -> list[Moment]:
    return list(Day(TIMES, Random(seed)).moments(minutes(begin)))  # noqa: S311


@A_FEW
@given(seed=st.integers(0, 10_000))
def test_every_bus_leaves_once_and_not_too_early_or_never(seed: int) -> None:
    ends: dict[str, str] = {}
    for moment in a_day(seed):
        for time, (status, _) in moment.statuses.items():
            assert status == ends.get(time, status)  # what is over stays so
            if status == "cancelled" or status.startswith("left"):
                ends[time] = status
    assert sorted(ends) == TIMES
    for time, status in ends.items():
        assert status == "cancelled" or minutes(status.removeprefix("left ")) >= minutes(time)


@A_FEW
@given(seed=st.integers(0, 10_000))
def test_a_delay_ends_when_its_bus_has_left(seed: int) -> None:
    for moment in a_day(seed):
        for time, status in moment.statuses.items():
            if status.words.startswith("+"):
                assert status.ends == minutes(time) + int(status.words.removesuffix(" min")) > moment.minute
            assert status.ends > moment.minute


def test_who_begins_late_knows_what_has_left() -> None:
    first = a_day(12, "12:00")[0]
    assert first.statuses["06:05"].words == "left 06:05"
    assert list(first.statuses) == [time for time in TIMES if minutes(time) <= minutes("13:00")]


@A_FEW
@given(seed=st.integers(0, 10_000))
def test_there_is_something_new_each_time(seed: int) -> None:
    moments = a_day(seed)
    for before, after in pairwise(moments):
        assert after.minute > before.minute
        assert (before.says, before.statuses) != (after.says, after.statuses)


def test_the_same_seed_is_the_same_day() -> None:
    assert a_day(12) == a_day(12)
    assert a_day(12) != a_day(13)
    assert any("late" in moment.says for moment in a_day(12))


def test_followers_are_told_what_begins_and_not_each_minute() -> None:
    late, later = "The 06:15 is expected 2 min late: fog.", "The 06:15 is expected 5 min late: fog."
    said = [ALL_WELL, late, later, "The 06:45 is cancelled: fog.", later, ALL_WELL, late]
    told = [now for before, now in pairwise(["", *said]) if is_worth_a_push(before, now)]
    assert told == [late, "The 06:45 is cancelled: fog.", late]
