"""Jobs are sent until SQS has taken each of them."""

from typing import Any

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.job_queue import MAX_TRIES, JobQueue, NotSentError

JOBS = [Job(kind="topic", channel="push", fanout="f", start=start) for start in ("1", "2", "3")]


class Refusing:
    """SQS, which refuses the second job so many times."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.calls: list[list[str]] = []

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        entries = {entry["Id"]: Job.from_json(entry["MessageBody"]).start for entry in call["Entries"]}
        self.calls.append([*entries.values()])
        refused = [id for id, start in entries.items() if start == "2" and len(self.calls) <= self.refusals]
        return {"Failed": [{"Id": id} for id in refused]} if refused else {}


def test_only_jobs_that_were_refused_are_sent_again() -> None:
    sqs = Refusing(MAX_TRIES - 1)
    JobQueue(sqs, "jobs").put(JOBS, 0.0)  # type: ignore[arg-type]
    assert sqs.calls == [["1", "2", "3"], ["2"], ["2"]]


def test_job_that_is_refused_again_and_again_is_told() -> None:
    sqs = Refusing(MAX_TRIES)
    with pytest.raises(NotSentError):
        JobQueue(sqs, "jobs").put(JOBS, 0.0)  # type: ignore[arg-type]
    assert len(sqs.calls) == MAX_TRIES
