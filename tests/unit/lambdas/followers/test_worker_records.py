"""A channel's worker where each message costs money: each recipient has a record, and is never told twice."""

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.outcomes import Held, Later, Refused, Unknown
from tests.unit.lambdas.followers.fan_outs import START, TEN, an_audience, an_event


def test_told_are_not_told_again() -> None:
    audience = an_audience(records=True)
    plan = audience.fan_out()
    [message] = audience.receive()
    audience.channel.dies = True
    with pytest.raises(RuntimeError):
        audience.work(message)
    audience.channel.dies = False
    audience.clock.now = message.visible_at
    audience.work_off()
    assert audience.channel.told == TEN
    assert audience.counted(plan) == {"sent": 6, "uncertain": 4}
    assert audience.reports[-1] == ("told", {"sent": 6, "uncertain": 4})


def test_recorded_outcomes_are_counted_by_who_goes_on() -> None:
    audience = an_audience(records=True)
    plan = audience.fan_out()
    [message] = audience.receive()
    audience.channel.answers = {TEN[1]: [Refused("no")], TEN[2]: [Later(10, "429")]}
    put = audience.sqs.send_message_batch

    def dies(**_: object) -> None:
        raise RuntimeError("dies")

    audience.sqs.send_message_batch = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError):
        audience.work(message)
    audience.sqs.send_message_batch = put  # type: ignore[method-assign]
    audience.clock.now = message.visible_at
    audience.work_off()
    assert sorted(audience.channel.told) == [TEN[0], *TEN[2:]]
    assert audience.counted(plan) == {"sent": 9, "refused": 1}


def test_held_may_be_told_later() -> None:
    audience = an_audience(records=True)
    audience.channel.answers = {TEN[0]: [Held(START + 900)]}
    plan = audience.fan_out()
    audience.work_off()
    assert sorted(audience.channel.told) == TEN
    assert audience.counted(plan) == {"sent": 10, "held": 1}


def test_lost_answer_is_not_sent_again() -> None:
    audience = an_audience(records=True)
    audience.channel.answers = {TEN[0]: [Unknown("timed out")]}
    plan = audience.fan_out()
    audience.work_off()
    assert audience.channel.told == TEN[1:]
    assert audience.counted(plan) == {"sent": 9, "uncertain": 1}


def test_whom_another_job_is_telling_comes_later() -> None:
    audience = an_audience(records=True)
    plan = audience.fan_out()
    [message] = audience.receive()
    listed = Job(kind="topic", channel="push", fanout=plan.name, followers=(TEN[0],), attempt=1)
    audience.channel.answers = {TEN[0]: [Later(60, "429")]}

    def tell_rest_meanwhile() -> None:
        audience.jobs.put([listed], audience.clock.now)
        [rest] = audience.receive()
        assert audience.work(rest)

    audience.channel.before_answer = tell_rest_meanwhile
    assert audience.work(message)
    audience.work_off()
    assert sorted(audience.channel.told) == TEN
    assert audience.counted(plan) == {"sent": 10, "later": 2}


def test_late_job_expires_none_whom_another_is_telling() -> None:
    audience = an_audience(records=True)
    plan = audience.fan_out(an_event(expires="2027-01-15T08:00:10Z"))
    [message] = audience.receive()
    listed = Job(kind="topic", channel="push", fanout=plan.name, followers=(TEN[0],), attempt=1)

    def expire_rest_meanwhile() -> None:
        audience.clock.now = START + 10
        audience.jobs.put([listed], audience.clock.now)
        [rest] = audience.receive()
        assert audience.work(rest)

    audience.channel.before_answer = expire_rest_meanwhile
    audience.work(message)
    assert audience.channel.told == TEN[:4]
    audience.work_off()
    assert audience.counted(plan) == {"sent": 4, "later": 1, "expired": 6}


def test_death_before_a_rest_is_sent_leaves_it_in_doubt() -> None:
    audience = an_audience(records=True)
    audience.channel.answers = {TEN[2]: [Later(10, "429")]}
    plan = audience.fan_out()
    [message] = audience.receive()
    delete = audience.table.delete_item

    def dies(**_: object) -> None:
        raise RuntimeError("dies")

    audience.table.delete_item = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError):
        audience.work(message)
    audience.table.delete_item = delete  # type: ignore[method-assign]
    audience.clock.now = message.visible_at
    audience.work_off()
    assert audience.counted(plan) == {"sent": 9, "uncertain": 1}
