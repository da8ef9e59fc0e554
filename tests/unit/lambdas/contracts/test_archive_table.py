"""The items of the event store: small, sorted by time, light in the index, and deleted after their days."""

import dataclasses
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients.dynamodb import from_item, to_item
from lambdas.contracts.archive_table import DAY, ID, SOURCE, SUMMARY, TIME, TITLE_LENGTH, event_text, item_of
from lambdas.contracts.event import Event
from tests.fakes.dynamodb import item_bytes
from tests.fakes.events import NOON, an_event

WRITTEN = "78f915bacf01ab1eace144bed709791991b8c84c594829181650b5b5b5002c3868a9"

FILES = [f"content/{section}/page-{n}.md" for section in ("news", "blog", "about") for n in range(14)]
COMMITS = [
    {
        "id": (commit := hashlib.sha1(bytes([n]), usedforsecurity=False).hexdigest()),
        "message": f"Correct the times of line {n}",
        "url": f"https://github.example/site/commit/{commit}",
        "author": {"name": f"Editor {n}", "email": f"editor-{n}@example.com", "username": f"editor{n}"},
        "modified": FILES[n::9],
    }
    for n in range(9)
]


def a_push() -> Event:
    """A push of some commits: more than 3 kB."""
    return dataclasses.replace(
        an_event(type="code.pushed", title="9 commits to main"), body={"commits": COMMITS}
    )


def test_event_of_3_kb_is_one_write_unit_and_so_is_its_summary() -> None:
    event = a_push()
    assert len(event.to_json()) > 3000
    item = to_item(item_of(event, kept_seconds=1))
    assert item_bytes(item) <= 1024
    summary = {name: item[name] for name in (ID, SOURCE, DAY, TIME, *SUMMARY)}
    assert item_bytes(summary) <= 1024


@given(
    st.text(min_size=1, max_size=300),
    st.text(max_size=50),
    st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
)
def test_event_is_read_as_it_was_written(title: str, text: str, body: Any) -> None:
    event = dataclasses.replace(an_event(title=title, text=text), body=body)
    event = Event.from_json(event.to_json())  # in characters that travel
    item = from_item(to_item(item_of(event, kept_seconds=1)))
    assert Event.from_json(event_text(item)) == event


def test_item_that_was_written_before_is_read() -> None:
    """Its bytes are of the first version: whoever changes the dictionary cannot read what is kept."""
    item = {
        "id": "e1",
        "source": "/endpoints/site",
        "type": "deploy.failed",
        "time": "2027-01-15T08:00:00.000Z",
        "severity": "error",
        "title": "Deploy failed",
        "event": bytes.fromhex(WRITTEN),
    }
    assert json.loads(event_text(item))["data"]["payload"] == {"id": "e1"}


def test_item_expires_by_the_events_time_in_whole_seconds() -> None:
    event = dataclasses.replace(an_event(), time="2027-01-15T08:00:00.750Z")
    assert item_of(event, kept_seconds=60)["ttl"] == int(NOON) + 60


@pytest.mark.parametrize("time", ["2027-01-15T08:00:00Z", "2027-01-15T10:00:00.0+02:00"])
def test_times_are_of_one_form_and_sort_as_text(time: str) -> None:
    item = item_of(dataclasses.replace(an_event(), time=time), kept_seconds=1)
    assert (item["time"], item["day"]) == ("2027-01-15T08:00:00.000Z", "2027-01-15")


def test_long_title_is_cut_for_the_index() -> None:
    assert item_of(an_event(title="x" * 5000), kept_seconds=1)["title"] == "x" * TITLE_LENGTH
