"""The event's contract: what one side writes the other side reads, and nothing else is an event."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import (
    SEVERITIES,
    Event,
    InvalidEventError,
    Notice,
    Sender,
    endpoint_of,
    source_of,
)
from tests.fakes.events import an_event

# What SNS and SQS do not carry is replaced on the way, and has a test of its own.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))
notices = st.builds(
    Notice,
    title=texts.filter(bool),
    text=texts,
    url=texts,
    severity=st.sampled_from(SEVERITIES),
    fields=st.dictionaries(texts, texts),
    paths=st.lists(texts).map(tuple),
    tags=st.lists(texts).map(tuple),
    site=texts,
    incomplete=st.booleans(),
    locale=texts,
)


@given(notice=notices, body=st.dictionaries(texts, texts | st.integers() | st.none()), subject=texts)
def test_what_one_side_writes_the_other_reads(notice: Notice, body: Any, subject: str) -> None:
    event = Event(
        id="1", source="/endpoints/site", type="a.b", time="t", notice=notice, subject=subject, body=body
    )
    assert Event.from_json(event.to_json()) == event


@pytest.mark.parametrize(
    ("endpoint", "source"), [("cms", "/endpoints/cms"), ("/subscribers/Cdn", "/subscribers/Cdn")]
)
def test_source_is_named_by_its_endpoint_where_it_has_one(endpoint: str, source: str) -> None:
    assert source_of(endpoint) == source
    assert endpoint_of(source) == endpoint


def test_it_is_a_cloudevent() -> None:
    document = json.loads(an_event().to_json())
    assert document["specversion"] == "1.0"
    assert document["datacontenttype"] == "application/json"
    assert {"id", "source", "type", "time", "data"} <= set(document)
    assert set(document["data"]) == {"notice", "payload"}
    assert "subject" not in document


def test_it_knows_its_endpoint() -> None:
    assert an_event(source="/endpoints/shop").endpoint == "shop"


def test_text_that_no_queue_carries_is_replaced() -> None:
    text = an_event(title="a\ud800b\ufffec").to_json()
    text.encode()
    assert Event.from_json(text).notice.title == "a\ufffdb\ufffdc"


def test_a_payload_that_is_kept_elsewhere_is_fetched_once_for_each_event() -> None:
    fetched: list[str] = []

    def fetch(dataref: str) -> Any:
        fetched.append(dataref)
        return {"of": dataref}

    first, second = (replace(an_event(), dataref=f"s3://payloads/{n}").to_json() for n in (1, 2))
    event = Event.from_json(first, fetch)
    assert fetched == []
    assert event.payload() is event.payload()
    assert event.payload() == {"of": "s3://payloads/1"}
    assert Event.from_json(second, fetch).payload() == {"of": "s3://payloads/2"}
    assert fetched == ["s3://payloads/1", "s3://payloads/2"]
    assert event == Event.from_json(first)
    assert "fetch" not in repr(event)


def test_a_payload_that_travelled_is_not_fetched() -> None:
    text = replace(an_event(), body={"a": 1}).to_json()
    assert Event.from_json(text, fetch=lambda dataref: pytest.fail(dataref)).payload() == {"a": 1}


def test_who_reads_an_event_without_a_way_to_its_payload_is_told() -> None:
    event = Event.from_json(replace(an_event(), dataref="s3://payloads/1").to_json())
    with pytest.raises(LookupError, match="kept elsewhere"):
        event.payload()


GOOD = json.loads(an_event().to_json())
BAD: dict[str, Any] = {
    "no JSON": "{",
    "deep": "[" * 100_000,
    "a list": "[]",
    "no version": json.dumps({**GOOD, "specversion": "0.3"}),
    "no id": json.dumps({**GOOD, "id": ""}),
    "a number for a text": json.dumps({**GOOD, "type": 1}),
    "no data": json.dumps({**GOOD, "data": None}),
    "no notice": json.dumps({**GOOD, "data": {}}),
    "no title": json.dumps({**GOOD, "data": {"notice": {}}}),
    "an unknown severity": json.dumps({**GOOD, "data": {"notice": {"title": "x", "severity": "loud"}}}),
    "fields that are none": json.dumps({**GOOD, "data": {"notice": {"title": "x", "fields": {"a": 1}}}}),
    "a word for whether it is incomplete": json.dumps(
        {**GOOD, "data": {"notice": {"title": "x", "incomplete": "no"}}}
    ),
    "paths that are none": json.dumps({**GOOD, "data": {"notice": {"title": "x", "paths": "/"}}}),
    "a path that is none": json.dumps({**GOOD, "data": {"notice": {"title": "x", "paths": ["/", 1]}}}),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(InvalidEventError):
        Event.from_json(text)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"time": ""}, "time: expected a text"),
        ({"subject": 1}, "subject: expected a text or nothing"),
        ({"data": []}, "data: expected an object"),
    ],
)
def test_refusal_says_what_was_expected(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidEventError, match=f"^{reason}$"):
        Event.from_json(json.dumps(GOOD | change))


def sent_by(sender: Any) -> str:
    return json.dumps({**GOOD, "data": {**GOOD["data"], "sender": sender}})


def test_senders_words_are_read_as_they_were_written() -> None:
    sender = Sender(type="push", time="t", sequence=7, environment="main", site="s", headers={"x-id": "1"})
    event = replace(an_event(), sender=sender)
    assert Event.from_json(event.to_json()) == event
    assert Event.from_json(sent_by({})).sender == Sender()


@pytest.mark.parametrize(
    "sender",
    ["push", {"type": 1}, {"sequence": "7"}, {"sequence": True}, {"headers": []}, {"headers": {"x-id": 1}}],
)
def test_senders_words_that_are_none_are_refused(sender: Any) -> None:
    with pytest.raises(InvalidEventError):
        Event.from_json(sent_by(sender))


def test_number_that_json_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        replace(an_event(), body={"n": float("nan")}).to_json()
