"""What the audience's stack, functions and command agree on."""

import json
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    PushSettings,
    SiteOfAudience,
    TextSettings,
)
from lambdas.contracts.audience_table import (
    ID_DIGITS,
    digest_partition,
    fanout_name,
    follower_key,
    topic_partition,
)
from lambdas.contracts.audience_topics import CHANNELS, Topic, Topics
from lambdas.contracts.environment import Settings

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
number = st.floats(0, 1e9, allow_nan=False)

VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: text,
    int: st.integers(0, 10**9),
    float: number,
    tuple[str, ...]: st.lists(text, max_size=3).map(tuple),
    SiteOfAudience: st.builds(SiteOfAudience, name=text, url=text, privacy_url=text, locale=text),
}

SETTINGS: tuple[type[Settings], ...] = (
    AudienceSettings,
    ChannelQueues,
    PushSettings,
    EmailSettings,
    TextSettings,
    AudienceApiSettings,
)


@pytest.mark.parametrize("kind", SETTINGS)
@given(data=st.data())
def test_settings_come_through_an_environment(kind: type[Settings], data: st.DataObject) -> None:
    hints = get_type_hints(kind)
    values = {field.name: data.draw(VALUES[hints[field.name]]) for field in fields(kind)}
    settings = kind(**values)
    assert kind.from_environment(settings.to_environment()) == settings


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_have_their_defaults_where_nothing_is_said(kind: type[Settings]) -> None:
    hints = get_type_hints(kind)
    asked = {
        f.name: "1" if hints[f.name] in (int, float) else "[]" for f in fields(kind) if f.default is MISSING
    }
    said = {
        name.upper(): '{"name":"n","url":"u"}' if name == "site" else value for name, value in asked.items()
    }
    settings = kind.from_environment(said)
    kept = {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    assert {name: getattr(settings, name) for name in kept} == kept


def test_settings_of_the_audience_name_no_variable_twice() -> None:
    names = [field.name for kind in SETTINGS for field in fields(kind)]
    assert len(names) == len(set(names))


jobs = st.builds(
    Job,
    kind=st.sampled_from(("topic", "digest", "question")),
    channel=st.sampled_from(CHANNELS),
    fanout=text.filter(bool),
    start=text,
    end=text,
    followers=st.lists(text, max_size=3).map(tuple),
    attempt=st.integers(0, 20),
    first_at=number,
    not_before=number,
    question=text,
)


@given(jobs)
def test_job_comes_through_its_message(job: Job) -> None:
    assert Job.from_json(job.to_json()) == job


def test_message_of_a_job_is_short() -> None:
    job = Job(kind="topic", channel="push", fanout="f")
    assert json.loads(job.to_json()) == {"kind": "topic", "channel": "push", "fanout": "f"}


def test_rest_of_a_job_fits_into_a_message() -> None:
    """A share may be left as a whole: a thousand ids and what more followers there are by then."""
    job = Job(
        kind="topic", channel="push", fanout="f" * 32, followers=tuple(f"{n:032x}" for n in range(2000))
    )
    assert len(job.to_json()) < 256 * 1024


TOPICS = Topics(
    {
        "line-*": Topic("Line {}", "Delays."),
        "news": Topic("News", "What is new.", ("site.published", "build.*")),
        "stop/*/works": Topic("Works at {}", "Works."),
        "about.us": Topic("{}", "Us."),
    }
)


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        ("line-12", "Line 12"),
        ("line-", None),
        ("line-*", "Line *"),
        ("line-12/0615", None),
        ("stop/oak/works", "Works at oak"),
        ("stop/oak/tree/works", None),
        ("news", "News"),
        ("newsletter", None),
        ("aboutXus", None),
        ("about.us", ""),
        ("", None),
    ],
)
def test_title_is_that_of_the_topic_as_a_whole(topic: str, title: str | None) -> None:
    assert TOPICS.title_of(topic) == title


@pytest.mark.parametrize(
    "topic",
    ["line-*", "line-1 2", "line-\n", "line-<b>", "line-#", f"line-{'1' * 61}", "line-é", "line-\u202e"],
)
def test_topic_of_another_alphabet_cannot_be_followed(topic: str) -> None:
    assert not TOPICS.can_follow(topic)


@pytest.mark.parametrize(
    ("type", "subject", "topic"),
    [
        ("notice.posted", "line-12", "line-12"),
        ("notice.posted", "line-12/0615", "line-12"),
        ("notice.posted", "line-12/0615/oak", "line-12"),
        ("notice.posted", "stop/oak/works", "stop/oak/works"),
        ("notice.posted", "tram-1", None),
        ("notice.posted", "", None),
        ("site.published", "", "news"),
        ("site.published", "line-12", "line-12"),
        ("site.published.again", "", None),
        ("build.failed", "x", "news"),
        ("builds.failed", "x", None),
    ],
)
def test_event_belongs_to_one_topic(type: str, subject: str, topic: str | None) -> None:
    assert TOPICS.topic_of(type, subject) == topic


def test_topics_come_through_a_functions_file() -> None:
    assert Topics.from_json(TOPICS.to_json()).all == TOPICS.all


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_subject_belongs_to_a_topic_that_can_be_followed_or_none(subject: str, type: str) -> None:
    topic = TOPICS.topic_of(type, subject)
    assert topic is None or TOPICS.can_follow(topic)


def test_partitions_name_what_they_hold() -> None:
    assert topic_partition("push", "line-12") == "topic#push#line-12"
    assert digest_partition("", "07:30") == digest_partition("UTC", "07:30") == "digest#UTC#07:30"
    assert follower_key("a") == {"pk": "follower#a", "sk": "follower"}
    assert len(fanout_name("/endpoints/site/e1")) == ID_DIGITS
    assert fanout_name("a") != fanout_name("b")
