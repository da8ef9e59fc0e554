"""A channel's worker: chunks, the rest, leases, the end of its time."""

from collections import Counter
from typing import Any

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.job_item import job_id
from lambdas.followers.job_run import TURN_SECONDS
from lambdas.followers.outcomes import Gone, Held, Later, Nothing, Refused, Unknown
from tests.unit.lambdas.followers.fan_outs import START, TEN, an_audience, an_event


def test_everybody_is_told_once_in_chunks() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    audience.work_off()
    assert audience.channel.told == TEN
    assert audience.channel.chunks == [4, 4, 2]
    assert audience.counted(plan) == {"sent": 10}
    assert audience.reports == [("told", {"sent": 10})]
    assert audience.facts == [{"seconds": pytest.approx(3 * audience.channel.seconds)}]
    assert [item["sending"] for item in audience.job_items(plan).values()] == [{"N": "0"}]


def test_job_without_recipients_ends() -> None:
    audience = an_audience()
    for id in TEN:
        audience.leave(id)
    plan = audience.fan_out()
    audience.work_off()
    assert audience.reports == [("told", {})]
    assert all("done_at" in item for item in audience.job_items(plan).values())


def test_repeated_job_does_nothing() -> None:
    audience = an_audience()
    audience.fan_out()
    audience.fan_out()
    audience.work_off()
    assert audience.channel.told == TEN
    assert audience.reports[1:] == [("done_before", {})]


def test_outcomes_are_counted_and_the_gone_end() -> None:
    audience = an_audience()
    audience.channel.answers = {TEN[1]: [Gone("410")], TEN[2]: [Refused("too large")], TEN[3]: [Nothing()]}
    plan = audience.fan_out()
    audience.work_off()
    assert audience.counted(plan) == {"sent": 7, "gone": 1, "refused": 1, "nothing": 1}
    assert audience.channel.gone == [(TEN[1], "410")]


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


def test_list_of_an_older_deployment_is_told_in_chunks() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    audience.queue.messages.clear()
    audience.jobs.put([Job(kind="topic", channel="push", fanout=plan.name, followers=tuple(TEN[:6]))], START)
    audience.work_off()
    assert audience.channel.told == TEN[:6]
    assert audience.channel.chunks == [4, 2]


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


def test_dead_workers_chunk_is_told_again_and_counted() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    [message] = audience.receive()
    audience.channel.dies = True
    with pytest.raises(RuntimeError):
        audience.work(message)
    assert audience.reports == [("failed", {})]
    audience.channel.dies = False
    audience.clock.now = message.visible_at
    audience.work_off()
    assert audience.channel.told == [*TEN[:4], *TEN]
    assert audience.counted(plan) == {"sent": 10, "uncertain": 4}
    assert audience.reports[-1] == ("told", {"sent": 10, "uncertain": 4})


def test_job_in_other_hands_waits_for_its_lease() -> None:
    audience = an_audience()
    audience.fan_out()
    audience.fan_out()
    first, second = audience.receive()
    audience.channel.dies = True
    with pytest.raises(RuntimeError):
        audience.work(first)
    assert not audience.work(second)
    assert second.visible_at == pytest.approx(START + 62.1, abs=1)
    assert audience.reports[-1] == ("taken", {})


def test_job_goes_back_near_the_end_of_its_time() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    audience.channel.seconds = 3.0
    [message] = audience.receive()
    assert audience.work(message, seconds=12.0)
    assert audience.channel.chunks == [4]
    assert audience.reports == [("returned", {"sent": 4})]
    [again] = audience.queue.messages.values()
    assert again.visible_at == audience.clock.now
    audience.work_off()
    assert audience.channel.told == TEN
    assert audience.counted(plan) == {"sent": 10}


def test_second_event_has_its_turn_before_the_first_is_told() -> None:
    audience = an_audience()
    audience.channel.seconds = TURN_SECONDS
    first, second = audience.fan_out(), audience.fan_out(an_event(id="e2"))
    for message in audience.receive():
        assert audience.work(message)
    assert [audience.counted(plan) for plan in (first, second)] == [{"sent": 4}, {"sent": 4}]
    assert audience.channel.chunks == [4, 4]
    audience.work_off()
    assert sorted(audience.channel.told) == sorted(2 * TEN)
    assert audience.counted(first) == audience.counted(second) == {"sent": 10}


def test_job_that_ends_within_its_turn_is_one_message() -> None:
    audience = an_audience()
    audience.channel.seconds = TURN_SECONDS / 3
    audience.fan_out()
    assert audience.work(audience.receive()[0])
    assert audience.reports == [("told", {"sent": 10})]


def test_long_job_is_no_dead_letter() -> None:
    audience = an_audience(chunk=1)
    audience.channel.seconds = TURN_SECONDS
    audience.fan_out()
    receives = []
    while messages := audience.receive():
        receives += [message.receives for message in messages]
        assert all(map(audience.work, messages))
    assert len(receives) > 10
    assert set(receives) == {1}
    assert audience.channel.told == TEN


@pytest.mark.parametrize("operation", ["update_item", "send_message_batch"])
def test_death_at_the_end_of_a_turn_leaves_the_job(operation: str) -> None:
    audience = an_audience()
    audience.channel.seconds = TURN_SECONDS
    plan = audience.fan_out()
    [message] = audience.receive()
    service = audience.table if operation == "update_item" else audience.sqs
    working, calls = getattr(service, operation), []

    def dies(**call: object) -> object:
        calls.append(call)
        if operation == "send_message_batch" or len(calls) == 3:  # it is claimed, begun, and released
            raise RuntimeError("dies")
        return working(**call)

    setattr(service, operation, dies)
    with pytest.raises(RuntimeError):
        audience.work(message)
    setattr(service, operation, working)
    audience.clock.now = message.visible_at
    audience.work_off()
    unrecorded = 4 if operation == "update_item" else 0
    assert sorted(audience.channel.told) == sorted([*TEN[:unrecorded], *TEN])
    assert audience.counted(plan) == Counter(sent=10) + Counter(uncertain=unrecorded)


def test_worker_that_lost_its_lease_stops() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    audience.fan_out()
    slow, fast = audience.receive()

    def overtake() -> None:
        audience.clock.now += 63
        assert audience.work(fast)

    audience.channel.before_answer = overtake
    assert not audience.work(slow)
    assert slow.visible_at == audience.clock.now, (
        "it comes again, and does nothing where the other has done it"
    )
    assert audience.reports[-1] == ("lost", {})
    assert audience.counted(plan) == {"sent": 10, "uncertain": 4}


def test_worker_that_lost_its_lease_to_one_as_far_stops() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    audience.fan_out()
    slow, fast = audience.receive()

    def overtake() -> None:
        audience.clock.now += 63
        audience.channel.seconds = TURN_SECONDS
        assert audience.work(fast)

    audience.channel.before_answer = overtake
    assert not audience.work(slow)
    assert [outcome for outcome, _ in audience.reports] == ["returned", "lost"]
    audience.work_off()
    assert audience.channel.told == [*TEN[:4], *TEN]
    assert audience.counted(plan) == {"sent": 10, "uncertain": 4}


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


def test_share_is_named_by_its_start() -> None:
    jobs = [Job(kind="topic", channel="push", fanout="f", start=start) for start in ("", TEN[1], TEN[2])]
    assert len({job_id(job) for job in jobs}) == 3


def test_forgotten_plan_ends_its_jobs() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    del audience.table.items[f"fanout#{plan.name}", "plan"]
    audience.work_off()
    assert audience.reports == [("forgotten", {})]
