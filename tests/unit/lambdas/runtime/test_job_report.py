"""What is logged and counted of a job."""

import json

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.contracts.metrics import RECIPIENTS
from lambdas.followers.job_item import COUNTS
from lambdas.runtime.job_report import report_job

ID = "0123456789abcdef0123456789abcdef"


def test_recipients_are_counted_and_logged_together(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    job = Job(kind="topic", channel="push", fanout="f", followers=(ID,), attempt=2)
    report_job("told", job, {"sent": 3, "gone": 1, "later": 0}, seconds=1.5)
    [line] = [vars(record) for record in caplog.records]
    expected = {
        "msg": "told",
        "channel": "push",
        "fanout": "f",
        "attempt": 2,
        "sent": 3,
        "gone": 1,
        "seconds": 1.5,
    }
    assert expected.items() <= line.items()
    [counted] = [json.loads(text) for text in capsys.readouterr().out.splitlines() if "_aws" in text]
    assert (counted["FollowersTold"], counted["FollowersGone"]) == ([3.0], [1.0])
    assert "FollowersLater" not in counted
    assert ID not in str([line, counted])


def test_question_is_logged_without_its_person(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    report_job("asked", Job(kind="question", channel="email", fanout=ID, question="sealed words"), {})
    [line] = [vars(record) for record in caplog.records]
    assert line["msg"] == "asked"
    assert not any(word in str(line) for word in (ID, "sealed"))


def test_every_count_has_a_metric() -> None:
    assert tuple(RECIPIENTS) == COUNTS
