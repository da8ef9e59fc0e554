"""What the log and the metrics tell of a delivery."""

import json
from collections.abc import Callable

import pytest

from lambdas.runtime.queue import Message
from lambdas.runtime.report import count, metrics, report
from tests.fakes.events import an_event
from tests.fakes.subscriber import a_record

EVENT = an_event("e1", replay="r1")
MESSAGE = Message.of_record(a_record(EVENT))


class Told:
    """What was reported.

    Attributes:
        line: The log's line: its text, its level and its facts.
        counted: The metrics that have no other dimension than the service.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
        metrics.flush_metrics()
        written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        [self.counted] = [line for line in written if "_aws" in line and "operation" not in line]
        [self.line] = [vars(record) for record in caplog.records]
        caplog.clear()


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], Told]:
    caplog.set_level("INFO")
    return lambda: Told(capsys, caplog)


def test_line_tells_which_event_was_delivered(told: Callable[[], Told]) -> None:
    report("delivered", MESSAGE, EVENT, age_ms=1500, attempt=2)
    line = told().line
    expected = {"event_id": "e1", "event_type": "deploy.failed", "endpoint": "site", "replay": "r1"}
    assert expected.items() <= line.items()
    assert (line["msg"], line["attempt"]) == ("delivered", 2)


def test_message_is_named_where_somebody_may_look_for_it(told: Callable[[], Told]) -> None:
    report("postponed", MESSAGE, EVENT, reason="busy")
    assert told().line["message_id"] == "m1"
    report("delivered", MESSAGE, EVENT, age_ms=1500)
    assert "message_id" not in told().line


def test_line_of_the_event_itself_names_no_replay(told: Callable[[], Told]) -> None:
    report("delivered", None, an_event("e1"), age_ms=1500)
    assert told().line.keys().isdisjoint({"replay", "message_id", "count"})


def test_age_is_measured_of_what_was_delivered_only(told: Callable[[], Told]) -> None:
    report("delivered", MESSAGE, EVENT, age_ms=1500)
    counted = told().counted
    assert (counted["Delivered"], counted["AgeAtDelivery"]) == ([1.0], [1500.0])
    report("duplicate", MESSAGE, EVENT, age_ms=1500)
    assert "AgeAtDelivery" not in told().counted


def test_messages_reported_together_are_all_counted(told: Callable[[], Told]) -> None:
    report("rate_limiter_failed", None, None, count=3)
    both = told()
    assert (both.line["count"], both.counted["RuntimeFailures"]) == (3, [3.0])


def test_level_tells_what_a_person_must_see(told: Callable[[], Told]) -> None:
    report("dead", MESSAGE, EVENT, reason="refused")
    line = told().line
    assert (line["levelname"], line["reason"]) == ("ERROR", "refused")


def test_notifier_counts_what_it_wants(capsys: pytest.CaptureFixture[str]) -> None:
    count("Parts")
    count("Parts", 2)
    metrics.flush_metrics()
    [line] = capsys.readouterr().out.splitlines()
    assert sum(json.loads(line)["Parts"]) == 3
