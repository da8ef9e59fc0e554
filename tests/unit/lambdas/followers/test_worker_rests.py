"""A channel's worker: who is told later, and who is not told any more."""

from typing import Any

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.job_item import job_id
from lambdas.followers.outcomes import Held, Later, Unknown
from tests.unit.lambdas.followers.fan_outs import START, TEN, an_audience, an_event


def test_rest_comes_later_and_the_job_ends() -> None:
    audience = an_audience()
    audience.channel.answers = {
        TEN[0]: [Later(60, "429")],
        TEN[2]: [Later(60, "429")],
        TEN[5]: [Later(None, "503")],
    }
    plan = audience.fan_out()
    [message] = audience.receive()
    assert audience.work(message)
    rests = [Job.from_json(message.body) for message in audience.queue.messages.values()]
    assert [(rest.followers, rest.attempt) for rest in rests] == [((TEN[0], TEN[2]), 1), ((TEN[5],), 1)]
    assert rests[0].not_before == pytest.approx(START + 60.1)
    assert rests[1].not_before == pytest.approx(START + 3.2)
    audience.work_off()
    assert sorted(audience.channel.told) == TEN
    assert audience.counted(plan) == {"sent": 10, "later": 3}


def test_recipient_without_an_answer_is_tried_again() -> None:
    audience = an_audience()
    audience.channel.silent = [TEN[3]]
    plan = audience.fan_out()
    audience.work_off()
    assert audience.counted(plan) == {"sent": 10, "later": 1}


def test_wait_grows_with_each_attempt() -> None:
    audience = an_audience()
    audience.channel.answers = {TEN[0]: [Later(None, "503")] * 5}
    audience.fan_out()
    waits = []
    for _ in range(6):
        [message] = audience.receive()
        audience.work(message)
        if left := [*audience.queue.messages.values()]:
            waits.append(left[0].visible_at - audience.clock.now)
            audience.clock.now = left[0].visible_at
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(3, abs=0.5)
    assert waits[-1] > 20


def test_lost_answer_is_counted_and_sent_again() -> None:
    audience = an_audience()
    audience.channel.answers = {TEN[0]: [Unknown("timed out")]}
    plan = audience.fan_out()
    audience.work_off()
    assert sorted(audience.channel.told) == TEN
    assert audience.counted(plan) == {"sent": 10, "later": 1, "uncertain": 1}


def test_lost_answer_is_counted_though_its_chunk_is_not() -> None:
    audience = an_audience()
    audience.channel.answers = {TEN[0]: [Unknown("timed out")]}
    plan = audience.fan_out()
    [message] = audience.receive()
    query, calls = audience.table.query, []

    def dies(**call: object) -> object:
        calls.append(call)
        if len(calls) == 2:
            raise RuntimeError("dies")
        return query(**call)

    audience.table.query = dies  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        audience.work(message)
    audience.work_off()
    assert sorted([TEN[0], *TEN[1:4], *TEN]) == sorted(audience.channel.told)
    assert audience.counted(plan) == {"sent": 11, "uncertain": 5}


def test_lost_answer_too_late_is_counted() -> None:
    audience = an_audience()
    audience.channel.answers = {TEN[0]: [Unknown("timed out")]}
    plan = audience.fan_out(an_event(expires="2027-01-15T08:00:03Z"))
    audience.work_off()
    assert audience.counted(plan) == {"sent": 9, "uncertain": 1}


def test_held_recipients_come_when_it_is_time() -> None:
    audience = an_audience(give_up_after=48 * 3600.0)
    audience.channel.answers = {TEN[4]: [Held(START + 30 * 3600)]}
    plan = audience.fan_out()
    audience.work_off(40 * 3600)
    assert sorted(audience.channel.told) == TEN
    assert audience.clock.now >= START + 30 * 3600
    assert audience.counted(plan) == {"sent": 10, "held": 1}
    assert [outcome for outcome, _ in audience.reports].count("waiting") <= 4


def test_who_left_meanwhile_is_not_told() -> None:
    audience = an_audience()
    audience.channel.answers = {TEN[0]: [Later(60, "429")], TEN[1]: [Later(60, "429")]}
    plan = audience.fan_out()
    audience.work(audience.receive()[0])
    audience.leave(TEN[0])
    audience.work_off()
    assert sorted(audience.channel.told) == TEN[1:]
    assert audience.counted(plan) == {"sent": 9, "later": 2, "ended": 1}


def test_late_notice_is_not_told() -> None:
    audience = an_audience()
    plan = audience.fan_out(an_event(expires="2027-01-15T08:05:00Z"))
    audience.clock.now = START + 300
    audience.work_off()
    assert audience.channel.told == []
    assert audience.counted(plan) == {"expired": 10}


@pytest.mark.parametrize("records", [False, True])
def test_death_in_a_late_job_leaves_nobody_in_doubt(records: bool) -> None:
    audience = an_audience(records=records)
    plan = audience.fan_out(an_event(expires="2027-01-15T08:05:00Z"))
    audience.clock.now = START + 300
    [message] = audience.receive()
    update, calls = audience.table.update_item, []

    def dies(**call: Any) -> Any:
        calls.append(call)
        if len(calls) == 3:  # it is claimed, begun, and recorded
            raise RuntimeError("dies")
        return update(**call)

    audience.table.update_item = dies  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        audience.work(message)
    audience.clock.now = message.visible_at
    audience.work_off()
    assert audience.channel.told == []
    assert audience.counted(plan) == {"expired": 10}


def test_rest_that_would_be_too_late_expires_at_once() -> None:
    audience = an_audience()
    audience.channel.answers = {
        TEN[0]: [Later(301, "429")],
        TEN[1]: [Held(START + 86_400)],
        TEN[2]: [Held(START + 300)],
    }
    plan = audience.fan_out(an_event(expires="2027-01-15T08:05:00Z"))
    audience.work(audience.receive()[0])
    assert audience.counted(plan) == {"sent": 7, "expired": 3}
    assert not audience.queue.messages


def test_second_event_does_not_wait_for_the_firsts_rest() -> None:
    audience = an_audience()
    audience.channel.answers = {id: [Later(600, "429")] for id in TEN}
    audience.fan_out()
    audience.work(audience.receive()[0])
    assert audience.channel.told == []
    audience.fan_out(an_event(id="e2"))
    [message] = audience.receive()
    assert audience.work(message)
    assert audience.channel.told == TEN
    assert audience.clock.now < START + 10


def test_rest_is_named_by_its_list_and_attempt() -> None:
    jobs = [
        Job(kind="topic", channel="push", fanout="f", followers=followers, attempt=attempt)
        for followers in (("a",), ("b",), ("a", "b"))
        for attempt in (1, 2)
    ]
    assert len({job_id(job) for job in jobs}) == 6
