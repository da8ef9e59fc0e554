"""Times as people write and read them."""

import datetime as dt

import pytest

from jamwire.operations.times import ago, length, parse_moment, short, to_the_second

NOW = dt.datetime(2027, 1, 15, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "2027-01-15T06:00:00+00:00"),
        ("90 min", "2027-01-15T06:30:00+00:00"),
        ("30d", "2026-12-16T08:00:00+00:00"),
        ("2027-01-14", "2027-01-14T00:00:00+00:00"),
        ("2027-01-14T10:30", "2027-01-14T10:30:00+00:00"),
        ("2027-01-14T10:30:00Z", "2027-01-14T10:30:00+00:00"),
        ("2027-01-14T10:30+02:00", "2027-01-14T10:30:00+02:00"),
    ],
)
def test_time_is_a_length_ago_or_utc_by_default(text: str, moment: str) -> None:
    assert parse_moment(text, NOW) == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["", "yesterday", "2", "h", "2w", "-2h", "2h30", "2027-13-01", "9999999d"])
def test_invalid_time_is_refused_with_valid_ones(text: str) -> None:
    with pytest.raises(ValueError, match="expected one such as 2h, 3d or 2027-01-15T08:00"):
        parse_moment(text, NOW)


def test_time_before_all_time_is_invalid() -> None:
    with pytest.raises(ValueError, match="is not a valid time"):
        parse_moment("999999d", NOW)


def test_length_is_in_the_largest_unit_that_fits() -> None:
    assert [length(s) for s in (-1, 0.4, 59, 60, 3_599, 7_200, 200_000)] == [
        "0 s",
        "0 s",
        "59 s",
        "1 min",
        "59 min",
        "2 h",
        "2 d",
    ]
    assert ago("2027-01-15T07:50:00.000Z", NOW) == "10 min"
    assert to_the_second("2027-01-15T07:50:00.123Z") == "2027-01-15T07:50:00Z"
    assert short("2027-01-15T07:50:00.123Z") == "01-15 07:50:00"
    assert to_the_second("") == short("") == ""
