"""Quiet hours and days in a time zone, also where its clock is changed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.sms_limits import Budget, Day, QuietHours

BERLIN = "Europe/Berlin"
NIGHT = QuietHours("22:00", "07:00", BERLIN)


def instant(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24T21:59:59+01:00", None),
        ("2026-11-24T22:00:00+01:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T00:00:00+01:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T06:59:59+01:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T07:00:00+01:00", None),
    ],
)
def test_a_night_goes_over_midnight(now: str, until: str | None) -> None:
    assert NIGHT.until(instant(now)) == (until and instant(until))


@pytest.mark.parametrize(("now", "quiet"), [("11:59", False), ("12:00", True), ("13:30", False)])
def test_an_hour_within_a_day(now: str, quiet: bool) -> None:
    noon = QuietHours("12:00", "13:30", "UTC")
    assert (noon.until(instant(f"2026-11-24T{now}:00+00:00")) is not None) is quiet


def test_the_night_in_which_summer_time_begins_is_an_hour_shorter_and_ends_by_the_clock() -> None:
    start, end = instant("2027-03-27T22:00:00+01:00"), instant("2027-03-28T07:00:00+02:00")
    assert end - start == 8 * 3600
    assert NIGHT.until(start) == NIGHT.until(end - 1) == end
    assert NIGHT.until(start - 1) is NIGHT.until(end) is None


def test_the_night_in_which_it_ends_is_an_hour_longer() -> None:
    start, end = instant("2026-10-24T22:00:00+02:00"), instant("2026-10-25T07:00:00+01:00")
    assert end - start == 10 * 3600
    assert NIGHT.until(start) == NIGHT.until(end - 1) == end
    assert NIGHT.until(start - 1) is NIGHT.until(end) is None


def test_an_end_that_the_clock_skips_or_shows_twice_is_one_moment() -> None:
    hours = QuietHours("22:00", "02:30", BERLIN)
    skipped = instant("2027-03-28T03:30:00+02:00")
    assert hours.until(skipped - 1) == skipped
    assert hours.until(skipped) is None
    first = instant("2026-10-25T02:30:00+02:00")
    assert hours.until(first - 1) == first
    assert hours.until(instant("2026-10-25T02:10:00+01:00")) is None  # the same night does not begin again


TIMES = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from(
    [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"]
)
MOMENTS = st.integers(1_780_000_000, 1_850_000_000)


@given(st.tuples(TIMES, TIMES).filter(lambda times: times[0] != times[1]), ZONES, MOMENTS)
def test_quiet_hours_end_and_are_over_then(times: tuple[str, str], zone: str, now: int) -> None:
    hours = QuietHours(*times, zone)
    until = hours.until(now)
    if until is not None:
        assert now < until <= now + 25 * 3600
        assert hours.until(until - 1) == until
        assert hours.until(until) is None or times[0] > times[1]


@given(ZONES, MOMENTS)
def test_days_follow_each_other_without_gap(zone: str, now: int) -> None:
    day = Day.at(now, ZoneInfo(zone))
    assert now < day.ends <= now + 25 * 3600
    assert Day.at(day.ends - 1, ZoneInfo(zone)) == day
    assert Day.at(day.ends, ZoneInfo(zone)).name > day.name


@pytest.mark.parametrize(
    ("per_day", "per_number", "wrong"),
    [
        (0, 1, "per_day is 0, expected a whole number from 1"),
        (1, 0, "per_number is 0, expected a whole number from 1"),
        (-5, 1, "per_day is -5, expected"),
        (2.5, 1, "per_day is 2.5, expected"),
        (True, 1, "per_day is True, expected"),
        (4, 5, "per_number is 5, expected at most per_day, 4"),
    ],
)
def test_budget_that_is_none_is_refused(per_day: int, per_number: int, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Budget(per_day, per_number)


def test_smallest_budget_is_a_message() -> None:
    assert Budget(1, 1) == Budget(per_day=1, per_number=1)


@pytest.mark.parametrize(
    ("start", "end", "zone", "wrong"),
    [
        ("24:00", "07:00", BERLIN, "start of the quiet hours is '24:00', expected a time of day"),
        ("22:00", "7:00", BERLIN, "end of the quiet hours is '7:00', expected a time of day"),
        ("22:00", 7, BERLIN, "end of the quiet hours is 7, expected a time of day"),
        ("22:00", "22:00", BERLIN, "start and end at '22:00', expected two different times"),
        ("22:00", "07:00", "Europe/Nowhere", "zone of the quiet hours is 'Europe/Nowhere', expected one"),
        ("22:00", "07:00", "", "zone of the quiet hours is '', expected one"),
        ("22:00", "07:00", "../etc/passwd", "zone of the quiet hours is '../etc/passwd', expected one"),
    ],
)
def test_quiet_hours_that_are_none_are_refused(start: str, end: str, zone: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        QuietHours(start, end, zone)
