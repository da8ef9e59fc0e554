"""How an event becomes a fan-out."""

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_table import FANOUT_SECONDS
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.event import timestamp
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.news import NEWS_SECONDS, News
from lambdas.followers.planner import Planner
from lambdas.followers.plans import PlannedError
from tests.unit.lambdas.followers.fan_outs import START, TABLE, TOPICS, Audience, an_event, an_id


def test_event_is_planned_for_its_topics_followers() -> None:
    audience = Audience()
    audience.follow(an_id(1), an_id(2))
    audience.count("topics", "push#line-13#0", 9)
    plan = audience.fan_out(an_event("line-12/0615"))
    assert plan.followers == {"push": 2}
    assert plan.told
    assert (plan.told.topic, plan.told.topic_title, plan.told.title) == ("line-12", "Line 12", "12 is late")
    [message] = audience.receive()
    assert Job.from_json(message.body) == Job(kind="topic", channel="push", fanout=plan.name)


def test_event_without_a_topic_is_told_to_nobody() -> None:
    assert Audience().planner.told_of(an_event("tram-3")) is None


def test_type_decides_where_no_subject_does() -> None:
    told = Audience().planner.told_of(an_event("", type="site.published"))
    assert told
    assert told.topic_title == "News"


def test_time_of_expiry_is_read() -> None:
    told = Audience().planner.told_of(an_event(expires="2027-01-15T08:30:00Z"))
    assert told
    assert told.expires == 1_800_001_800.0


def test_channel_without_followers_is_not_planned() -> None:
    audience = Audience()
    audience.count("topics", "push#line-12#0", 0)
    assert audience.fan_out().followers == {}


def test_each_channel_gets_its_own_jobs() -> None:
    audience = Audience()
    audience.count("topics", "push#line-12#0", 1)
    audience.count("topics", "email#line-12#0", 1)
    queues: dict[Channel, JobQueue] = {"push": audience.jobs, "email": JobQueue(audience.sqs, "questions")}  # type: ignore[arg-type]
    audience.planner = Planner(TOPICS, audience.plans, queues, lambda: START)
    audience.fan_out()
    for queue, channel in ((audience.queue, "push"), (audience.questions, "email")):
        assert [Job.from_json(message.body).channel for message in queue.messages.values()] == [channel]


def test_repeated_event_has_the_first_plan() -> None:
    audience = Audience()
    audience.follow(an_id(1))
    first = audience.fan_out()
    audience.clock.now += 600
    audience.count("topics", "push#line-12#0", 2500)
    assert audience.fan_out() == first
    assert len(audience.receive()) == 2


def test_plan_of_a_faster_function_is_kept() -> None:
    audience = Audience()
    audience.follow(an_id(1))
    plans = []
    audience.table.before_write = lambda: plans.append(audience.fan_out())
    told = audience.planner.told_of(an_event())
    assert told
    audience.clock.now += 1
    assert audience.planner.plan(told) == plans[0]


def test_plan_that_is_neither_written_nor_there_sends_nothing() -> None:
    audience = Audience()
    audience.follow(an_id(1))
    audience.table.cancel = ["ConditionalCheckFailed"]
    with pytest.raises(PlannedError):
        audience.fan_out()
    assert not audience.queue.messages


def test_lost_answer_of_a_plan_is_no_second_plan() -> None:
    audience = Audience()
    audience.follow(an_id(1))
    audience.table.lose_answer = True
    with pytest.raises(Exception, match="timeout"):
        audience.fan_out()
    assert audience.fan_out().at == START


def test_news_are_written_with_the_plan_where_there_is_email() -> None:
    for channel, count in (("email", 1), ("push", 0)):
        audience = Audience(channel)  # type: ignore[arg-type]
        plan = audience.fan_out()
        news = News(audience.table, TABLE)  # type: ignore[arg-type]
        assert [at for at, _ in news.of("line-12", START + 1)] == [timestamp(START)] * count
        assert list(news.of("line-12", START)) == []
        assert list(news.of("line-12", START + NEWS_SECONDS + 1)) == []
        assert [item["sk"]["S"].endswith(plan.name) for item in audience.table.partition("fanouts")] == [True]


def test_what_is_kept_of_a_fan_out_is_forgotten_in_its_time() -> None:
    audience = Audience("email", records=True)
    audience.follow(an_id(1))
    audience.fan_out()
    audience.work_off()
    found = [
        (pk.partition("#")[0], item["ttl"]["N"])
        for (pk, _), item in audience.table.items.items()
        if "ttl" in item
    ]
    kept = sorted((partition, int(ttl) - START) for partition, ttl in found)
    month = FANOUT_SECONDS
    plan_and_job = [("fanout", month)] * 2
    assert kept == [*plan_and_job, ("fanouts", month), ("news", NEWS_SECONDS), ("told", month)]


def test_many_jobs_are_sent_in_batches() -> None:
    audience = Audience()
    audience.count("topics", "push#line-12#0", 24_500)
    audience.fan_out()
    assert len(audience.queue.messages) == 25


def test_channel_with_a_pace_gets_few_jobs() -> None:
    audience = Audience("email")
    audience.count("topics", "email#line-12#0", 24_500)
    audience.fan_out()
    assert len(audience.queue.messages) == 4


def test_followers_of_a_publish_read_what_was_published() -> None:
    said = {"type": "site.published", "body": {"name": "Page Mill Bridge"}}
    ours, theirs = an_event("", **said, source="/subscribers/Story"), an_event("", **said)
    told = [Audience().planner.told_of(event) for event in (ours, theirs)]
    assert [one.title for one in told if one] == ["Page Mill Bridge", "12 is late"]
