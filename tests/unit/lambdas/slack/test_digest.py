"""Several events in few messages: each in exactly one, critical ones first, and all as Slack takes it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jamwire.local.inbox import slack
from jamwire.local.inbox.deliveries import event_ids_of_message
from lambdas.contracts.event import SEVERITIES, Event
from lambdas.contracts.event_types import EVENT_TYPES
from lambdas.slack.blocks import Block
from lambdas.slack.digest import (
    ID_PREFIX_LENGTH,
    MAX_IN_FULL,
    MAX_MESSAGE_SIZE,
    MAX_SUMMARISED,
    compose_first,
)
from lambdas.slack.message import COLOURS
from lambdas.slack.summary import ENDING_SIZE, MIN_SIZE, summarise
from lambdas.slack.text import size
from tests.fakes.events import an_event

HOOK = "/services/T0LOCAL/B0LOCAL/4f5e6d7c8b9a"


def an_id(number: int) -> str:
    return f"{number:09x}".ljust(32, "0")


def at(second: int) -> str:
    return f"2027-01-15T08:{second // 60:02}:{second % 60:02}.000Z"


def some(count: int, *, start: int = 0, **facts: Any) -> list[Event]:
    """So many events, one each second."""
    return [
        an_event(an_id(start + n), time=at(start + n), **({"title": f"Title {start + n}"} | facts))
        for n in range(count)
    ]


def messages_for(events: list[Event]) -> list[dict[str, Any]]:
    """All messages that it takes to tell of these events."""
    messages = []
    while events:
        message, rest = compose_first(events)
        assert len(rest) < len(events)
        messages.append(message)
        events = rest
    return messages


def texts(attachment: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in attachment["blocks"] if "text" in block]


def context(attachment: dict[str, Any]) -> str:
    return str(attachment["blocks"][-1]["elements"][0]["text"])


def test_few_events_are_shown_in_full_in_the_order_of_time() -> None:
    message, rest = compose_first(reversed(some(MAX_IN_FULL)))
    assert rest == []
    assert message["text"] == "*5 failed deploys*"
    assert [texts(part)[0] for part in message["attachments"]] == [f"*Title {n}*" for n in range(5)]
    assert event_ids_of_message(message) == tuple(map(an_id, range(5)))


def test_more_events_are_counted_with_the_latest_five() -> None:
    forms = some(127, type="form.submitted", url="https://example.com/1")
    message, rest = compose_first(forms)
    assert rest == []
    assert message["text"] == "*127 form submissions*"
    [summary] = message["attachments"]
    [said] = texts(summary)
    assert said.splitlines() == [
        "*127 form submissions*, latest five:",
        *(f"• <https://example.com/1|Title {n}>" for n in range(122, 127)),
    ]
    assert context(summary).startswith("<!date^1800000000^")
    assert "<!date^1800000126^" in context(summary)


def test_summary_has_the_worst_colour_and_a_block_a_type() -> None:
    events = [
        *some(3, type="deploy.failed", severity="error"),
        *some(9, start=10, type="form.submitted"),
        *some(1, start=30, type="github.issues.opened"),
    ]
    message, _ = compose_first(events)
    assert message["text"] == "*9 form submissions, 3 failed deploys and 1 github.issues.opened*"
    [summary] = message["attachments"]
    assert summary["color"] == COLOURS["error"]
    assert [said.splitlines()[0] for said in texts(summary)] == [
        "*9 form submissions*, latest five:",
        "*3 failed deploys*:",
        "*1 github.issues.opened*:",
    ]


def test_rarest_of_many_types_are_counted_together() -> None:
    events = [
        event for n in range(12) for event in some(12 - n, start=20 * n, type=f"github.kind_{chr(97 + n)}")
    ]
    message, rest = compose_first(events)
    assert rest == []
    assert texts(message["attachments"][0])[-1] == "and 10 events of 4 other types"
    assert message["text"].endswith("and 45 more*")


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ([1], "and 1 event of 1 other type"),
        ([2], "and 2 events of 1 other type"),
        ([1, 1], "and 2 events of 2 other types"),
    ],
)
def test_others_are_counted_in_plain_words(rest: list[int], told: str) -> None:
    counts = [3] * 8 + rest
    events = [e for n, many in enumerate(counts) for e in some(many, start=20 * n, type=f"kind.{n}")]
    message, _ = compose_first(events)
    assert texts(message["attachments"][0])[-1] == told


def test_five_events_of_a_type_are_not_called_the_latest() -> None:
    message, _ = compose_first([*some(5), *some(2, start=10, type="form.submitted")])
    assert texts(message["attachments"][0])[0].splitlines()[0] == "*5 failed deploys*:"


def test_single_critical_event_is_called_one() -> None:
    message, _ = compose_first([*some(1, severity="critical"), *some(1, start=5)])
    assert message["text"] == "*1 critical event and 1 failed deploy*"


def test_critical_events_come_first_and_in_full() -> None:
    critical = some(2, start=50, type="notice.sent", severity="critical", text="All of it")
    message, rest = compose_first([*some(100, type="form.submitted"), *critical])
    first, second, summary = message["attachments"]
    assert rest == []
    assert message["text"] == "*2 critical events and 100 form submissions*"
    assert texts(first) == ["*Title 50*", "All of it"]
    assert texts(second) == ["*Title 51*", "All of it"]
    assert texts(summary)[0].startswith("*100 form submissions*")


def test_many_critical_events_have_a_summary_of_their_own() -> None:
    critical = some(40, type="notice.sent", severity="critical")
    message, _ = compose_first([*critical, *some(10, start=100)])
    *full, summary, others = message["attachments"]
    assert [texts(part)[0] for part in full] == [f"*Title {n}*" for n in range(MAX_IN_FULL)]
    assert (texts(summary)[0].splitlines()[0], summary["color"]) == (
        "*35 notices*, latest five:",
        COLOURS["critical"],
    )
    assert texts(others)[0].startswith("*10 failed deploys*")


def test_long_critical_events_come_before_all_others() -> None:
    critical = some(4, severity="critical", text="x" * 2900, fields={f"f{n}": "y" * 500 for n in range(8)})
    others = some(50, start=100)
    first, second, *more = messages_for([*others, *critical])
    told = event_ids_of_message(first) + event_ids_of_message(second)
    assert told == tuple(event.id for event in critical[: len(told)])
    assert event_ids_of_message(more[-1])[-50:] == tuple(event.id[:ID_PREFIX_LENGTH] for event in others)


def test_message_of_long_events_keeps_room_for_its_headline() -> None:
    for length in range(2000, 2900, 20):
        message, _ = compose_first(some(MAX_IN_FULL, text="x" * length))
        assert size(message) <= MAX_MESSAGE_SIZE


def long_titles() -> list[Event]:
    """Events of eight types, of which no message has room for all."""
    facts = {"title": "t" * 900, "url": f"https://example.com/{'x' * 370}"}
    return [event for n in range(8) for event in some(9 - n, start=20 * n, type=f"kind.{n}", **facts)]


def test_summary_shows_as_many_types_as_fit() -> None:
    message, rest = compose_first(long_titles())
    assert rest == []
    assert slack.judge(HOOK, message) == slack.OK
    assert texts(message["attachments"][0])[-1].startswith("and ")


def test_type_that_just_fits_into_the_room_is_shown() -> None:
    def blocks(room: int) -> list[Block]:
        summary = summarise(long_titles(), room)
        assert summary
        return list(summary["blocks"])

    first, second, *_ = blocks(100_000)
    room = size(first) + size(second) + ENDING_SIZE
    ending = 2  # the number of the others and the time
    assert (len(blocks(room)), len(blocks(room - 1))) == (2 + ending, 1 + ending)


def test_summary_stays_within_its_room() -> None:
    for room in range(MIN_SIZE, MAX_MESSAGE_SIZE, 100):
        assert size(summarise(long_titles(), room)) <= room


def test_replays_are_told_apart_and_counted() -> None:
    event = an_event(an_id(1))
    message, _ = compose_first([event, an_event(an_id(1), replay="r1")])
    assert slack.judge(HOOK, message) == slack.OK
    assert event_ids_of_message(message) == (an_id(1), an_id(1))
    [summary] = compose_first([*some(10), *some(3, start=20, replay="r1")])[0]["attachments"]
    assert context(summary).endswith(" · 3 replayed")


def test_visitors_text_mentions_nobody() -> None:
    hostile = "<!channel> <https://evil.example|click> & <@U1>"
    message, _ = compose_first(some(20, title=hostile, type=hostile, url="https://example.com/>|<!here>"))
    assert "<!channel" not in json.dumps(message)
    assert "<!here" not in json.dumps(message)
    assert "<http" in json.dumps(message)


@pytest.mark.parametrize("count", [MAX_SUMMARISED, MAX_SUMMARISED + 2, 1000])
def test_crowd_takes_as_few_messages_as_hold_all_ids(count: int) -> None:
    messages = messages_for(some(count, type="form.submitted"))
    assert len(messages) == -(-count // MAX_SUMMARISED)
    told = [id for message in messages for id in event_ids_of_message(message)]
    assert sorted(id[:ID_PREFIX_LENGTH] for id in told) == [an_id(n)[:ID_PREFIX_LENGTH] for n in range(count)]


NASTY = st.text(alphabet=st.sampled_from('ab &<>|*_`\n"\\é日😀'), min_size=1)
SHAPES = st.fixed_dictionaries(
    {
        "title": NASTY | st.just("t" * 5000),
        "text": st.sampled_from(["", "short", "x" * 20_000, "&" * 20_000]),
        "url": st.sampled_from(["", *(f"https://example.com/{'x' * n}" for n in (1, 370, 900, 3000))]),
        "severity": st.sampled_from(SEVERITIES),
        "type": st.sampled_from([*EVENT_TYPES, "x" * 300]) | NASTY,
        "fields": st.dictionaries(NASTY, st.just("v" * 3000) | NASTY, max_size=12),
        "replay": st.sampled_from(["", "", "2027-01-15"]),
        "time": st.integers(0, 3599).map(at),
    }
)


@settings(max_examples=settings().max_examples * 3 // 2)
@given(st.lists(SHAPES, min_size=1, max_size=30), st.integers(1, 20))
def test_any_event_is_in_one_message_that_slack_takes(shapes: list[dict[str, Any]], times: int) -> None:
    events = [an_event(an_id(n), **shape) for n, shape in enumerate(shapes * times)]
    told: list[str] = []
    for message in messages_for(events):
        assert slack.judge(HOOK, message) == slack.OK
        assert size(message) < 12_000 - 300  # the line about a dead webhook
        told += event_ids_of_message(message)
    assert sorted(id[:ID_PREFIX_LENGTH] for id in told) == [event.id[:ID_PREFIX_LENGTH] for event in events]
