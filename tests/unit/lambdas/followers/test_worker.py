"""A channel's worker: chunks, the rest, leases, the end of its time."""

from collections import Counter
from typing import Any

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.job_item import job_id
from lambdas.followers.job_run import TURN_SECONDS
from lambdas.followers.outcomes import Gone, Nothing, Refused
from lambdas.followers.plan import Plan
from tests.unit.lambdas.followers.fan_outs import START, TEN, Audience, an_audience, an_event


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


def test_write_that_is_repeated_counts_once() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    update = audience.table.update_item

    def repeats(**call: Any) -> Any:
        update(**call)  # its answer is lost, and the client makes it again
        return update(**call)

    audience.table.update_item = repeats  # type: ignore[method-assign]
    audience.work_off()
    assert audience.counted(plan) == {"sent": 10}
    assert audience.reports == [("told", {"sent": 10})]


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


@pytest.mark.parametrize(("seconds", "chunks"), [(12.0, [4]), (14.0, [4]), (15.0, [4, 4])])
def test_job_goes_back_near_the_end_of_its_time(seconds: float, chunks: list[int]) -> None:
    audience = an_audience()
    plan = audience.fan_out()
    audience.channel.seconds = 3.0
    [message] = audience.receive()
    assert audience.work(message, seconds)
    assert audience.channel.chunks == chunks
    assert audience.reports == [("returned", {"sent": sum(chunks)})]
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
        assert audience.work(message, seconds=600.0)
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


def test_share_is_named_by_its_start() -> None:
    jobs = [Job(kind="topic", channel="push", fanout="f", start=start) for start in ("", TEN[1], TEN[2])]
    assert len({job_id(job) for job in jobs}) == 3


@pytest.mark.parametrize("missing", ["send_digests", "leave_digest"])
def test_digest_is_no_job_of_a_channel_without(missing: str) -> None:
    audience = Audience("email", **{missing: None})
    plan = Plan(name="UTC#08:00#2027-01-15", at=START, followers={"email": 1})
    audience.plans.write(plan)
    audience.jobs.put(plan.jobs(), START)
    with pytest.raises(LookupError):
        audience.work(audience.receive()[0])


def test_forgotten_plan_ends_its_jobs() -> None:
    audience = an_audience()
    plan = audience.fan_out()
    del audience.table.items[f"fanout#{plan.name}", "plan"]
    audience.work_off()
    assert audience.reports == [("forgotten", {})]
