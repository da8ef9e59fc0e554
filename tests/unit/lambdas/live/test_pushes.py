"""What visitors are told of an event, and where."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.contracts.event import Event, to_json
from lambdas.contracts.live_channels import UPDATES, notice_channel
from lambdas.contracts.live_state import entries_of
from lambdas.contracts.live_state_table import TopicState
from lambdas.live import pushes
from lambdas.live.pushes import (
    MAX_BYTES,
    MAX_NAMED,
    is_for_visitors,
    notice_text,
    state_text,
    update_of,
    update_texts,
)
from tests.fakes.events import ID, an_event

TIME = "2027-01-15T08:00:00.000Z"


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(pushes, "count", names.append)
    return names


def told(event: Event) -> dict[str, Any]:
    """What each channel is told."""
    if not is_for_visitors(event):
        return {}
    texts = dict(update_texts(update_of(event)) if event.type in UPDATES else [notice_push(event)])
    return {channel: json.loads(text) for channel, text in texts.items() if text}


def notice_push(event: Event) -> tuple[str, str]:
    return notice_channel(event.subject), notice_text(event, entries_of(event, keep=60))


def a_notice(**said: Any) -> Event:
    return replace(an_event(type="notice.sent", **said), subject="line-12")


@pytest.mark.parametrize("kind", ["deploy.succeeded", "cdn.invalidated"])
def test_an_update_is_told_to_the_site_and_to_each_page_that_it_names(kind: str) -> None:
    paths = ("/news/", "/news/index.html", "/blog/*")
    event = an_event(type=kind, paths=paths, tags=("post-1",), title="A commit's message")
    known = {"id": ID, "type": kind, "time": TIME}
    assert told(event) == {
        "site/updated": {**known, "paths": ["/blog/*", "/news/", "/news/index.html"], "tags": ["post-1"]},
        "page/news": {**known, "paths": ["/news/", "/news/index.html"], "tags": []},
    }


def test_a_deploy_that_names_nothing_is_told_to_the_site_alone() -> None:
    assert told(an_event(type="deploy.succeeded")) == {
        "site/updated": {"id": ID, "type": "deploy.succeeded", "time": TIME, "paths": [], "tags": []}
    }


def test_where_more_pages_changed_than_can_be_told_one_by_one_everything_has(counted: list[str]) -> None:
    paths = tuple(f"/{n}" for n in range(MAX_NAMED))
    assert len(told(an_event(type="cdn.invalidated", paths=paths))) == MAX_NAMED + 1
    assert counted == []
    many = told(an_event(type="cdn.invalidated", paths=(*paths, "/more")))
    assert {channel: said["paths"] for channel, said in many.items()} == {"site/updated": ["/*"]}
    tags = tuple(f"post-{n}" for n in range(MAX_NAMED + 1))
    [all] = told(an_event(type="cdn.invalidated", tags=tags)).values()
    assert (all["paths"], all["tags"]) == (["/*"], [])
    assert counted == ["TooLarge", "TooLarge"]


def test_paths_too_long_to_tell_are_everything(counted: list[str]) -> None:
    paths = (f"/{'x' * MAX_BYTES}",)
    assert [said["paths"] for said in told(an_event(type="cdn.invalidated", paths=paths)).values()] == [
        ["/*"]
    ]
    assert counted == ["TooLarge"]


def test_a_notice_is_told_to_its_topic_without_the_payload() -> None:
    event = replace(a_notice(title="Late", text="5 min", fields={"Delay": "5"}), body={"secret": "x"})
    assert told(event) == {
        "notice/line-12": {
            "id": ID,
            "type": "notice.sent",
            "time": TIME,
            "topic": "line-12",
            "title": "Late",
            "text": "5 min",
            "url": "",
            "severity": "info",
            "fields": {"Delay": "5"},
            "order": 1_800_000_000_000,
            "ends": 1_800_000_060_000,
        }
    }


def test_what_names_no_topic_stays_inside() -> None:
    assert told(an_event(type="notice.sent", title="Payroll failed")) == {}


@pytest.mark.parametrize("kind", ["deploy.failed", "form.submitted", "noticeable.sent"])
def test_of_anything_else_no_visitor_is_told(kind: str) -> None:
    assert told(replace(an_event(type=kind), subject="line-12")) == {}


def test_several_notices_are_told_as_one_with_their_entries() -> None:
    event = a_notice(title="Late", text="5 min")
    entries = entries_of(event, keep=60)
    said = json.loads(notice_text(event, entries, merged=True))
    assert said["entries"] == {name: list(entry) for name, entry in entries.items()}
    assert (said["id"], said["text"]) == (event.id, "5 min")


def test_state_is_told_as_one_notice_with_its_entries() -> None:
    entries = entries_of(a_notice(title="Late", text="5 min", fields={"Delay": "5"}), keep=60)
    newer = a_notice(title="Closed")
    said = json.loads(state_text(newer, TopicState(topic="line-12", entries=entries)))
    assert said["entries"] == {name: list(entry) for name, entry in entries.items()}
    assert (said["title"], said["text"], said["fields"]) == ("Late", "5 min", {"Delay": "5"})


def test_a_notice_too_large_is_cut(counted: list[str]) -> None:
    [said] = told(a_notice(title="Late", text="é" * MAX_BYTES, fields={"more": "x" * MAX_BYTES})).values()
    assert said["title"] == "Late"
    assert said["fields"] == {}
    assert set(said["text"]) == {"é"}
    assert counted == ["TooLarge"]


def test_a_notice_too_large_even_so_is_left_out(counted: list[str]) -> None:
    assert told(a_notice(title="x" * MAX_BYTES)) == {}
    assert counted == ["TooLarge"]


def test_the_largest_that_fits_is_whole(counted: list[str]) -> None:
    _, text = notice_push(a_notice(text=""))
    _, text = notice_push(a_notice(text="x" * (MAX_BYTES - len(to_json(text)))))
    assert (len(to_json(text)), counted) == (MAX_BYTES, [])


def test_quotes_count_as_they_are_sent(counted: list[str]) -> None:
    _, text = notice_push(a_notice(text='"' * (MAX_BYTES // 3)))
    assert (counted, len(to_json(text).encode()) <= MAX_BYTES) == (["TooLarge"], True)
