"""A fan-out's plan and its shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Channel
from lambdas.followers.plan import MAX_SECONDS, Plan, Told, shares, split_of

IDS = st.integers(0, 16**32 - 1).map("{:032x}".format)

TOLD = Told(
    fanout="f",
    event_id="e1",
    topic="line-12",
    topic_title="Line 12",
    time="2027-01-15T08:00:00Z",
    title="Late",
)


@given(count=st.integers(1, 3000), id=IDS)
def test_every_id_is_in_one_share(count: int, id: str) -> None:
    holding = [start for start, end in shares(count) if start <= id and (not end or id < end)]
    assert len(holding) == 1


@given(count=st.integers(1, 3000))
def test_shares_are_even_and_join(count: int) -> None:
    made = list(shares(count))
    assert [end for _, end in made[:-1]] == [start for start, _ in made[1:]]
    assert made[0][0] == made[-1][1] == ""
    widths = [int(end or "f" * 32, 16) - int(start or "0", 16) for start, end in made]
    assert max(widths) - min(widths) <= 16**24 * 2
    assert len(made) == count


def test_nobody_has_no_share() -> None:
    assert list(shares(0)) == []


@pytest.mark.parametrize(
    ("channel", "followers", "jobs"),
    [("push", 100_000, 100), ("email", 100_000, 4), ("email", 3_001, 4), ("text", 3_000, 3), ("email", 1, 1)],
)
def test_channel_with_a_pace_has_few_jobs(channel: Channel, followers: int, jobs: int) -> None:
    counts = {channel: followers}
    plan = Plan(name="f", at=1.0, followers=counts, split=split_of(counts), told=TOLD)
    assert len(list(plan.jobs())) == jobs
    assert list(Plan.of(plan.to_item()).jobs()) == list(plan.jobs())


def test_plan_of_an_older_version_keeps_its_shares() -> None:
    assert len(list(Plan(name="f", at=1.0, followers={"email": 10_000}, told=TOLD).jobs())) == 10


def test_plan_is_read_as_it_was_written() -> None:
    topic = Plan(name="f", at=1_800_000_000.5, followers={"push": 3, "text": 1}, told=TOLD)
    digest = Plan(name="Asia/Tokyo#08:00#2027-01-15", at=1.0, followers={"email": 2}, since=3.5, until=4.5)
    assert Plan.of(topic.to_item()) == topic
    assert Plan.of(digest.to_item()) == digest


def test_jobs_of_a_topic_are_by_channel() -> None:
    plan = Plan(name="f", at=1.0, followers={"push": 1001, "email": 5}, told=TOLD)
    half = "8" + "0" * 31
    assert list(plan.jobs()) == [
        Job(kind="topic", channel="push", fanout="f", start="", end=half),
        Job(kind="topic", channel="push", fanout="f", start=half, end=""),
        Job(kind="topic", channel="email", fanout="f"),
    ]
    assert plan.partition("push") == "topic#push#line-12"


def test_digest_names_its_partition() -> None:
    plan = Plan(name="America/Argentina/Ushuaia#08:00#2027-01-15", at=1.0, followers={"email": 1})
    assert plan.partition("email") == "digest#America/Argentina/Ushuaia#08:00"
    assert [job.kind for job in plan.jobs()] == ["digest"]


def test_notice_says_when_it_is_too_late() -> None:
    expiring = Plan(name="f", at=100.0, told=Told(**{**_fields(TOLD), "expires": 150.0}))
    endless = Plan(name="f", at=100.0, told=Told(**{**_fields(TOLD), "expires": 1e12}))
    assert Plan(name="f", at=100.0, told=TOLD).give_up_at(60.0) == 160.0
    assert expiring.give_up_at(60.0) == 150.0
    assert endless.give_up_at(60.0) == 100.0 + MAX_SECONDS


def _fields(told: Told) -> dict[str, str]:
    return {name: getattr(told, name) for name in told.__slots__}  # type: ignore[attr-defined]
