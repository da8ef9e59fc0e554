"""Several events in one part."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import SEVERITIES, Event
from lambdas.contracts.sms_parts import fits
from lambdas.sms.digest import text_for
from tests.fakes.events import an_event

UTC = ZoneInfo("UTC")
NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z
NOTE = "Budget reached, more at 00:00 UTC."


def at(time: str, **facts: Any) -> Event:
    return an_event(time, time=f"2027-01-15T{time}:00.000Z", **facts)


def said(*events: Event, zone: ZoneInfo = UTC, late: bool = False, note: str = "") -> str:
    return text_for(events, zone=zone, now=NOW, late=late, note=note)


def test_late_event_has_its_time() -> None:
    assert said(at("07:59")) == "Deploy failed"
    assert said(at("07:10", url="https://example.com/1"), late=True) == (
        "07:10 Deploy failed https://example.com/1"
    )


def test_times_are_of_the_rulebooks_zone_and_name_the_day() -> None:
    event = an_event(time="2027-01-14T22:10:00.000Z")
    assert said(event, late=True) == "Jan 14, 22:10 Deploy failed"
    assert said(event, late=True, zone=ZoneInfo("Europe/Berlin")) == "Jan 14, 23:10 Deploy failed"
    assert said(event, late=True, zone=ZoneInfo("Asia/Tokyo")) == "07:10 Deploy failed"


def test_several_events_are_counted_with_first_and_last() -> None:
    events = [at(f"06:{n:02}", title=f"Deploy {n} failed") for n in range(9)]
    events += [at("05:10", type="notice.sent"), at("06:30", type="form.submitted", title="From Ada")]
    assert said(*events) == (
        "11 events since 05:10: 9 failed deploys, 1 notice, 1 form submission. Last: From Ada"
    )


def test_types_beyond_the_third_are_counted_together() -> None:
    events = [at("06:00", type=kind) for kind in ("a.b", "a.c", "a.d", "a.e", "a.f")]
    assert said(*events).startswith("5 events since 06:00: 1 a.b, 1 a.c, 1 a.d, 2 more. Last: ")


@pytest.mark.parametrize(
    ("length", "types"),
    [
        (20, "1 {0}b, 1 {0}c, 1 {0}d, 2 more"),
        (40, "1 {0}b, 1 {0}c, 3 more"),
        (60, "1 {0}b, 4 more"),
        (120, ""),
    ],
)
def test_as_many_types_are_named_as_leave_room_for_the_last_event(length: int, types: str) -> None:
    kind = "k" * length
    text = said(*[at("06:00", type=f"{kind}{letter}") for letter in "bcdef"])
    told = f"5 events since 06:00: {types.format(kind)}." if types else "5 events since 06:00."
    assert text.startswith(f"{told} Last: Deploy")


def test_critical_events_are_counted_first_and_named() -> None:
    events = [at("06:00", severity="critical", title="Shop is down"), at("07:00"), at("07:01")]
    assert said(*events) == ("3 events since 06:00: 1 critical, 2 failed deploys. Last: Shop is down")


def test_note_is_whole_and_before_the_link() -> None:
    assert said(at("07:59", url="https://example.com/1"), note=NOTE) == (
        f"Deploy failed {NOTE} https://example.com/1"
    )
    assert said(at("07:00"), at("07:01"), note=NOTE).endswith(f"Last: Deploy failed {NOTE}")


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "title": st.text(min_size=1, max_size=300),
                "severity": st.sampled_from(SEVERITIES),
                "type": st.sampled_from(["deploy.failed", "notice.sent", "x" * 200, "日本.日"])
                | st.text(min_size=1),
                "url": st.sampled_from(["", "https://example.com/1", f"https://example.com/{'x' * 120}"]),
            }
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["", NOTE]),
    st.booleans(),
)
def test_any_events_are_one_part_with_the_note_whole(
    shapes: list[dict[str, Any]], note: str, late: bool
) -> None:
    text = said(*[at(f"06:{n:02}", **shape) for n, shape in enumerate(shapes)], note=note, late=late)
    assert fits(text)
    assert note in text
    assert len(shapes) == 1 or text.startswith(f"{len(shapes)} events since 06:00")


@pytest.mark.parametrize("title", ["日" * 100, "Deploy \u201cdocs\u201d failed"])
def test_typography_is_plain_and_other_scripts_are_kept(title: str) -> None:
    text = said(at("06:00", title=title), at("06:01", title=title))
    assert fits(text)
    assert ("\u65e5" in text) is title.startswith("\u65e5")
