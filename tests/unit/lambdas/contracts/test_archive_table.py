"""The items of the event store: sorted by time, light in the indexes, and deleted after their days."""

import dataclasses

import pytest

from lambdas.contracts.archive_table import TITLE_LENGTH, item_of
from tests.fakes.events import NOON, an_event


def test_item_expires_by_the_events_time_in_whole_seconds() -> None:
    event = dataclasses.replace(an_event(), time="2027-01-15T08:00:00.750Z")
    assert item_of(event, kept_seconds=60)["ttl"] == int(NOON) + 60


@pytest.mark.parametrize("time", ["2027-01-15T08:00:00Z", "2027-01-15T10:00:00.0+02:00"])
def test_times_are_of_one_form_and_sort_as_text(time: str) -> None:
    item = item_of(dataclasses.replace(an_event(), time=time), kept_seconds=1)
    assert item["time"] == "2027-01-15T08:00:00.000Z"


def test_long_title_is_cut_for_the_indexes() -> None:
    assert item_of(an_event(title="x" * 5000), kept_seconds=1)["title"] == "x" * TITLE_LENGTH
