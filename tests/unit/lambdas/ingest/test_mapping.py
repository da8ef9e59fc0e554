"""A sender's own words as a notice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Event, Notice
from lambdas.ingest.mapping import Mapped, read_mapping
from lambdas.ingest.normalisers.times import sender_time
from lambdas.ingest.source import Draft
from tests.unit.lambdas.ingest.sources.test_every_source import json_values

DRAFT = Draft("hmac.late", Notice(title="Hmac: late", text="as the source says"))


def mapped(notice: dict[str, Any], body: Any) -> Mapped:
    return read_mapping({"notice": notice}).apply(DRAFT, body)


def test_every_part_is_taken_from_where_it_is_said() -> None:
    body = {
        **{"l": "12", "d": 7, "why": "snow", "page": "https://bus.example/12", "level": "Warning", "n": "41"},
        **{"at": 1_800_000_000, "where": {"Stop": "Town Hall", "Delay": 7, "x": {}}, "pages": ["/12", "x"]},
    }
    draft = mapped(
        {
            "title": "Line {l} is {d} min late",
            "text": "{why}",
            "url": "{page}",
            "severity": "{level}",
            "topic": "line-{l}",
            "fields": "{where}",
            "paths": ["/lines/{l}", "{pages}"],
            "tags": "line-{l}",
            "site": "bus",
            "time": "{at}",
            "sequence": "{n}",
        },
        body,
    ).draft
    assert draft.notice == Notice(
        title="Line 12 is 7 min late",
        text="snow",
        url="https://bus.example/12",
        severity="warning",
        fields={"Stop": "Town Hall", "Delay": "7"},
        paths=("/lines/12", "/12"),
        tags=("line-12",),
        site="bus",
    )
    assert (draft.subject, draft.time, draft.sequence) == ("line-12", "2027-01-15T08:00:00.000Z", 41)


def test_fields_may_be_named_one_by_one() -> None:
    said = {"title": "Line {l}", "fields": {"Stop": "{where.stop}", "Late": "{d} min", "Gate": "{gate}"}}
    found = mapped(said, {"l": 12, "d": 7, "where": {"stop": "Town Hall"}})
    assert found.draft.notice.fields == {"Stop": "Town Hall", "Late": "7 min"}


def test_what_is_not_found_stays_as_the_source_made_it() -> None:
    found = mapped({"title": "Line {l}", "text": "{why}", "url": "{l}", "severity": "{l}"}, {"l": 12})
    assert found.draft.notice == Notice(title="Line 12", text="as the source says")
    assert not found.unmapped


@pytest.mark.parametrize(
    ("notice", "unmapped"),
    [
        ({"title": "Line {l}"}, True),
        ({"title": "Line {l}", "text": "{why}"}, True),
        ({"title": "A bus", "text": "{l}"}, False),
        ({"text": "{l}"}, True),
        ({"text": "{why}"}, False),
        ({"topic": "{why}"}, False),
        ({}, False),
    ],
)
def test_notice_without_title_or_anything_is_unmapped(notice: dict[str, Any], unmapped: bool) -> None:
    assert mapped(notice, {"why": "snow"}).unmapped is unmapped


@pytest.mark.parametrize(
    ("said", "time"),
    [
        (1_800_000_000, "2027-01-15T08:00:00.000Z"),
        (1_800_000_000.25, "2027-01-15T08:00:00.250Z"),
        (1_800_000_000_250, "2027-01-15T08:00:00.250Z"),
        ("1800000000", "2027-01-15T08:00:00.000Z"),
        ("2027-01-15T09:00:00+01:00", "2027-01-15T08:00:00.000Z"),
        ("2027-01-15t08:00:00.25z", "2027-01-15T08:00:00.250Z"),
        ("2027-01-15T08:00:00", None),
        ("2027-02-30T08:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        (1830, None),
        (10**8, "1973-03-03T09:46:40.000Z"),
        (10**8 - 1, None),
        (10**11, "1973-03-03T09:46:40.000Z"),
        (-1_800_000_000, None),
        (10**14, None),
        (True, None),
        ({}, None),
    ],
)
def test_time_is_rfc_3339_in_utc_or_none(said: Any, time: str | None) -> None:
    assert sender_time(said) == time


def test_time_and_sequence_that_are_none_are_counted() -> None:
    found = mapped({"time": "{at}", "sequence": "{n}"}, {"at": "soon", "n": 1.5})
    assert (found.draft.time, found.draft.sequence, found.unread) == ("", None, 2)
    assert mapped({"time": "{at}"}, {}).unread == 0


@pytest.mark.parametrize(
    ("said", "sequence"),
    [
        (0, 0),
        (-7, -7),
        ("41", 41),
        (41.0, 41),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-(2**63), -(2**63)),
        (-(2**63) - 1, None),
        ("1e3", None),
        (True, None),
    ],
)
def test_sequence_is_a_number_of_64_bits_or_none(said: Any, sequence: int | None) -> None:
    assert mapped({"sequence": "{n}"}, {"n": said}).draft.sequence == sequence


FULL = read_mapping(
    {
        "notice": {
            "title": "{title}",
            "text": "{data}",
            "url": "{title}",
            "severity": "{action}",
            "topic": "{title}",
            "fields": "{fields}",
            "paths": ["{paths}", "/{state}"],
            "tags": "{paths}",
            "time": "{state}",
            "sequence": "{state}",
        },
        "type": "{action}",
        "key": "{title}",
        "each": "data",
    }
)


@given(json_values | st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_any_body_becomes_an_event(body: Any) -> None:
    draft = FULL.apply(DRAFT, body).draft
    made = Event(
        id="1",
        source="/endpoints/x",
        type="t",
        time="t",
        notice=draft.notice,
        subject=draft.subject,
        body=body,
    )
    assert Event.from_json(made.to_json()).notice.title
    assert isinstance(FULL.native_type(body) + FULL.key_of(body), str)
    assert isinstance(FULL.items(body), list | None)
