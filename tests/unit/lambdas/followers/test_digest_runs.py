"""Runs of digests: which are due, each once, and with what news."""

import datetime as dt

import pytest

from lambdas.contracts.event import timestamp
from lambdas.followers.digest_runs import FIRST_SECONDS, SETTLING_SECONDS, DigestItem, DigestRuns
from lambdas.followers.recipients import Recipient
from tests.unit.lambdas.followers.fan_outs import START, TABLE, Audience, an_event, an_id

DAY = 86_400.0


def seconds(time: str) -> float:
    return dt.datetime.fromisoformat(time).timestamp()


def a_slot(zone: str, at: str) -> DigestItem:
    return DigestItem(zone=zone, at=at, followers=1, ran="", sent="", until=0.0)


class Digests:
    """An audience whose followers get digests at 08:00 in UTC, which is when time starts."""

    def __init__(self) -> None:
        self.audience = Audience("email")
        self.runs = DigestRuns(
            self.audience.table,  # type: ignore[arg-type]
            TABLE,
            self.audience.jobs,
            lambda: self.audience.clock.now,
        )
        self.audience.clock.now = START - DAY
        self.follow(an_id(1), "line-12")
        assert self.runs.start() == 0

    def follow(self, id: str, *topics: str) -> None:
        item = Recipient(id=id, address=b"sealed", topics=topics).to_item("digest#UTC#08:00")
        self.audience.table.put_item(TableName=TABLE, Item=item)
        self.audience.count("digests", "UTC#08:00", 3)

    def at(self, now: float) -> int:
        """Start what is due at a time and send it all; tells how many runs were started."""
        self.audience.clock.now = now
        started = self.runs.start()
        self.audience.work_off()
        return started

    def happens(self, id: str, at: float, subject: str = "line-12") -> None:
        self.audience.clock.now = at
        told = self.audience.planner.told_of(an_event(subject, id=id, time=at))
        assert told
        self.audience.planner.plan(told)

    @property
    def told(self) -> list[tuple[str, list[str]]]:
        digests = self.audience.channel.digests
        return [(digest.recipient.id, [told.event_id for told in digest.news]) for digest in digests]


@pytest.mark.parametrize(
    ("zone", "at", "now", "date"),
    [
        ("", "08:00", "2027-01-15T08:00:00Z", "2027-01-15"),
        ("", "08:00", "2027-01-15T07:59:59Z", "2027-01-14"),
        ("Asia/Tokyo", "08:00", "2027-01-14T23:00:00Z", "2027-01-15"),
        ("America/New_York", "20:00", "2027-01-16T00:59:00Z", "2027-01-14"),
        ("Nowhere/Else", "08:00", "2027-01-15T08:00:00Z", "2027-01-15"),
        # The clocks of Berlin skip from 02:00 to 03:00 at 01:00Z, and go back from 03:00 to 02:00 at 01:00Z.
        ("Europe/Berlin", "02:30", "2027-03-28T00:59:59Z", "2027-03-27"),
        ("Europe/Berlin", "02:30", "2027-03-28T01:00:00Z", "2027-03-28"),
        ("Europe/Berlin", "02:30", "2027-10-31T00:30:00Z", "2027-10-31"),
        ("Europe/Berlin", "02:30", "2027-10-31T01:00:00Z", "2027-10-30"),
        ("Europe/Berlin", "02:30", "2027-10-31T01:30:00Z", "2027-10-31"),
    ],
)
def test_run_is_due_by_the_clock_on_the_wall(zone: str, at: str, now: str, date: str) -> None:
    assert a_slot(zone, at).due_date(seconds(now)) == date


def test_digest_has_what_is_new_of_its_topics() -> None:
    digests = Digests()
    digests.follow(an_id(2), "line-12", "news")
    digests.follow(an_id(3), "line-99")
    digests.happens("e1", START - 3600)
    digests.happens("e2", START - 1800, "news")
    assert digests.at(START) == 1
    assert digests.told == [(an_id(1), ["e1"]), (an_id(2), ["e1", "e2"])]
    assert [outcome for outcome, _ in digests.audience.reports] == ["told"]
    assert digests.audience.reports[0][1] == {"sent": 2, "nothing": 1}
    assert digests.audience.left == [], "it is nobody's last digest"


def test_run_happens_once() -> None:
    digests = Digests()
    digests.happens("e1", START - 3600)
    assert [digests.at(START + 900 * quarter) for quarter in range(3)] == [1, 0, 0]
    assert len(digests.told) == 1


def test_news_are_in_one_digest_whenever_runs_are_late() -> None:
    digests = Digests()
    for number, at in enumerate([START - 600, START - 30, START + 200, START + DAY - 10, START + DAY + 10]):
        digests.happens(f"e{number}", at)
        if number in (1, 4):
            digests.at(max(at, START + 100) + (700 if number == 4 else 0))
    digests.at(START + 2 * DAY)
    told = [event for _, events in digests.told for event in events]
    assert told == [f"e{number}" for number in range(5)]


def test_news_of_the_millisecond_in_which_a_run_ends_are_in_one_digest() -> None:
    digests = Digests()
    digests.happens("e1", START - SETTLING_SECONDS + 0.0004)
    digests.at(START + 0.0009)
    digests.at(START + DAY)
    assert digests.told == [(an_id(1), ["e1"])]


def test_missed_run_is_made_up_once() -> None:
    digests = Digests()
    digests.happens("e1", START - 3600)
    digests.happens("e2", START + DAY + 3600)
    assert digests.at(START + 2 * DAY - 3600) == 1
    assert digests.at(START + 2 * DAY) == 1
    assert digests.told == [(an_id(1), ["e1", "e2"])]


def test_first_run_is_the_next_day() -> None:
    audience = Audience("email")
    runs = DigestRuns(audience.table, TABLE, audience.jobs, lambda: audience.clock.now)  # type: ignore[arg-type]
    audience.count("digests", "UTC#06:00", 1)
    assert runs.start() == 0
    audience.clock.now += DAY
    assert runs.start() == 1


def test_first_run_has_what_came_an_hour_before_it_was_noticed() -> None:
    """The follower is one of an older deployment, which did not write since when."""
    digests = Digests()
    for id, at in (("e1", -FIRST_SECONDS - 1), ("e2", -FIRST_SECONDS), ("e3", 0.0)):
        digests.happens(id, START - DAY + at)
    digests.at(START)
    assert digests.told == [(an_id(1), ["e2", "e3"])]


def test_digest_without_a_count_has_nobody() -> None:
    digest = DigestItem(zone="UTC", at="08:00", followers=0, ran="", sent="", until=0.0)
    assert DigestItem.of({"pk": {"S": "digests"}, "sk": {"S": "UTC#08:00"}}) == digest


def test_digest_that_nobody_gets_is_not_run() -> None:
    digests = Digests()
    digests.audience.table.items["digests", "UTC#08:00"]["followers"] = {"N": "0"}
    assert digests.at(START) == 0
    digests.audience.table.items["digests", "UTC#08:00"]["followers"] = {"N": "1"}
    assert digests.at(START + 3600) == 0
    assert digests.at(START + DAY) == 1


def test_jobs_that_were_not_sent_are_sent_by_the_next_function() -> None:
    digests = Digests()
    digests.happens("e1", START - 3600)
    digests.audience.sqs._network.failing = {"SQS"}  # type: ignore[attr-defined]
    with pytest.raises(ExceptionGroup):
        digests.at(START)
    digests.audience.sqs._network.failing = set()  # type: ignore[attr-defined]
    assert digests.at(START + 900) == 1
    assert digests.told == [(an_id(1), ["e1"])]


def test_two_functions_start_a_run_once() -> None:
    digests = Digests()
    digests.happens("e1", START - 3600)
    digests.audience.clock.now = START
    started = []
    digests.audience.table.before_write = lambda: started.append(digests.runs.start())
    assert digests.runs.start() == 0
    digests.audience.work_off()
    assert started == [1]
    assert len(digests.told) == 1


def test_one_broken_time_holds_up_no_other() -> None:
    digests = Digests()
    digests.audience.count("digests", "UTC#07:00", 1)
    digests.audience.table.items["digests", "UTC#07:00"] |= {"ran": {"S": "2027-01-13"}}
    digests.audience.table.cancel = ["ThrottlingError"]
    digests.audience.clock.now = START
    with pytest.raises(ExceptionGroup):
        digests.runs.start()
    assert digests.audience.table.items["digests", "UTC#08:00"]["ran"] == {"S": "2027-01-15"}


def test_expired_news_are_not_told() -> None:
    digests = Digests()
    audience = digests.audience
    audience.clock.now = START - 3600
    told = audience.planner.told_of(an_event(expires=timestamp(START - 10)))
    assert told
    audience.planner.plan(told)
    digests.at(START)
    assert digests.told == []
