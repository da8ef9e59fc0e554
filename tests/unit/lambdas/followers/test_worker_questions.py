"""A channel's worker asks questions: now, later, or no more."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_table import PENDING_SECONDS
from lambdas.contracts.retry_schedule import MIN_DELAY
from lambdas.followers.outcomes import Held, Later, Sent
from tests.fakes.sqs import Queue
from tests.unit.lambdas.followers.fan_outs import START, TEN, Audience

QUESTION = Job(kind="question", channel="email", fanout=TEN[0], question="sealed")


@pytest.mark.parametrize(
    ("outcome", "wait"),
    [(Later(50, "429"), 50), (Later(None, "503"), 3), (Held(START + 70), 70), (Held(START), MIN_DELAY)],
)
@pytest.mark.parametrize(
    "queue_of", [lambda audience: audience.questions, lambda audience: audience.queue], ids=["own", "of-jobs"]
)
def test_question_is_asked_again_later(
    outcome: Later | Held, wait: float, queue_of: Callable[[Audience], Queue]
) -> None:
    answers = [outcome, Sent()]
    audience = Audience("email", ask=lambda job: answers.pop(0))
    audience.sqs.put(queue_of(audience), QUESTION.to_json())
    [message] = audience.receive_from(queue_of(audience))
    assert audience.work(message)
    assert not audience.queue.messages
    [again] = audience.questions.messages.values()
    assert again.visible_at == START + wait
    assert audience.facts == [{"next_try_in": pytest.approx(wait, abs=1)}]
    audience.work_off()
    assert audience.reports == [("postponed", {}), ("asked", {})]


@pytest.mark.parametrize("outcome", [Later(None, "paused"), Later(7200, "quota")])
def test_question_is_no_dead_letter_and_given_up_after_a_day(outcome: Later) -> None:
    asked: list[tuple[str, str]] = []

    def ask(job: Job) -> Later:
        asked.append((job.fanout, job.question))
        return outcome

    audience = Audience("email", ask=ask)
    audience.sqs.put(audience.questions, QUESTION.to_json())
    most = 0
    while audience.questions.messages:
        audience.clock.now = min(audience.waiting())
        for message in audience.receive_from(audience.questions):
            most = max(most, message.receives)
            audience.work(message)
    assert len(asked) > 10
    assert set(asked) == {(TEN[0], "sealed")}
    assert most <= 2, "a message is a dead letter after ten"
    assert audience.reports[-1] == ("given_up", {})
    assert PENDING_SECONDS - 7200 <= audience.clock.now - START <= PENDING_SECONDS


@pytest.mark.parametrize("name", ["questions", "jobs"])
def test_early_question_is_hidden_in_its_own_queue(name: str) -> None:
    audience = Audience("email", ask=lambda job: Sent())
    later = replace(QUESTION, not_before=START + 1000)
    audience.sqs.put(audience.sqs.queues[name], later.to_json())
    [message] = audience.receive_from(audience.sqs.queues[name])
    assert not audience.work(message)
    assert message.visible_at == START + 1000
    assert audience.facts == [{"next_try_in": 1000}]


def test_question_is_no_job_of_a_channel_without() -> None:
    audience = Audience("push")
    audience.sqs.put(audience.questions, QUESTION.to_json())
    with pytest.raises(LookupError):
        audience.work(audience.receive_from(audience.questions)[0])
