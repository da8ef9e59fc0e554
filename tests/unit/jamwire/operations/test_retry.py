"""What waits is tried now, once, by a copy of its message; the old message then finds it delivered."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.events import subscribers_beside_archive
from jamwire.operations.retry import RetryResult, WaitingEvent, find_waiting, retry
from jamwire.operations.selection import EventSummary
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.outcomes import Retry
from lambdas.contracts.rate_limit import RateLimit
from tests.fakes.account import NOW, Account
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

HOUR = 3600
LATER = round((NOW + HOUR) * 1000)


def waiting(account: Account, name: str = "") -> list[WaitingEvent]:
    return find_waiting(account.deployment, subscribers_beside_archive(account.deployment, name))


def retried(account: Account, work: list[WaitingEvent], *, rate: float = 10) -> RetryResult:
    return retry(
        account.deployment,
        work,
        archive=account.archive,
        rate=rate,
        clock=account.clock,
        sleep=account.clock.sleep,
        on_progress=lambda waiting: None,
    )


def wait(account: Account, subscriber: str, key: str, *, until: int = LATER) -> None:
    account.remember(subscriber, key, "waiting", not_before=until, reason="Slack answered 500")


def not_before(account: Account, subscriber: str, key: str) -> int:
    return int(account.dynamodb.tables[f"{subscriber}-ledger"][key, ""]["not_before"]["N"])


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_only_what_waits_is_found_the_next_first(account: Account, page: int) -> None:
    account.dynamodb.page = page
    events = [account.keep(f"e{n}") for n in range(6)]
    for event, state in zip(events, ("claimed", "delivered", "dead"), strict=False):
        account.remember("Slack", event.key, state)
    wait(account, "Slack", events[3].key, until=LATER + 1000)
    wait(account, "Sms", events[4].key)
    found = waiting(account)
    assert [(at.subscriber.name, at.summary.id) for at in found] == [("Sms", "e4"), ("Slack", "e3")]
    assert (found[0].next_try, found[0].reason) == (timestamp(NOW + HOUR), "Slack answered 500")


def test_waiting_event_of_one_subscriber_only(account: Account) -> None:
    event = account.keep("e1")
    wait(account, "Slack", event.key)
    wait(account, "Sms", event.key)
    assert [at.subscriber.name for at in waiting(account, "slack")] == ["Slack"]
    with pytest.raises(OperationError, match="there are: Slack, Sms"):
        waiting(account, "pager")


def test_copy_is_sent_and_the_ledger_lets_it_in(account: Account) -> None:
    event = account.keep("e1")
    wait(account, "Slack", event.key)
    assert retried(account, waiting(account)) == RetryResult(1, [], 0)
    [(url, body)] = account.sqs.sent
    assert url.endswith("/Slack")
    assert Event.from_json(body) == event
    assert list(account.sqs.written[0]) == ["Retried"]
    assert not_before(account, "Slack", event.key) == round(NOW * 1000)


def test_replay_that_waits_keeps_its_name(account: Account) -> None:
    event = account.keep("e1")
    wait(account, "Slack", f"{event.key}#r1")
    retried(account, waiting(account))
    [(_, body)] = account.sqs.sent
    assert Event.from_json(body).key == f"{event.key}#r1"
    assert not_before(account, "Slack", f"{event.key}#r1") == round(NOW * 1000)


@pytest.mark.parametrize(("state", "until"), [("delivered", LATER), ("dead", LATER), ("waiting", 0)])
def test_what_waits_no_longer_is_left_alone(account: Account, state: str, until: int) -> None:
    event = account.keep("e1")
    wait(account, "Slack", event.key)
    work = waiting(account)
    account.remember("Slack", event.key, state, not_before=until)
    assert retried(account, work) == RetryResult(0, [], 1)
    assert account.sqs.sent == []
    assert not_before(account, "Slack", event.key) == until


def test_event_that_has_expired_waits_on(account: Account) -> None:
    event = account.keep("e1")
    wait(account, "Slack", event.key)
    wait(account, "Slack", account.keep("e2").key)
    del account.dynamodb.tables["events"]["e1", "/endpoints/site"]
    result = retried(account, waiting(account))
    assert ([at.summary.id for at in result.expired], result.sent) == (["e1"], 1)
    assert not_before(account, "Slack", event.key) == LATER


def test_pause_that_a_destination_asked_for_is_over(account: Account) -> None:
    wait(account, "Slack", account.keep("e1").key)
    for name in ("Slack", "Sms"):
        account.remember(name, "rate-limit", "", due_at=LATER)
    retried(account, waiting(account))
    due = {
        name: account.dynamodb.tables[f"{name}-ledger"]["rate-limit", ""]["due_at"]["N"]
        for name in ("Slack", "Sms")
    }
    assert due == {"Slack": str(round(NOW * 1000)), "Sms": str(LATER)}


def test_rate_limits_the_copies_of_a_second(account: Account) -> None:
    for n in range(5):
        wait(account, "Slack", account.keep(f"e{n}").key, until=LATER + n)
    times: list[float] = []
    account.sqs.send_message = lambda **message: times.append(account.clock.now)  # type: ignore[method-assign]
    retried(account, waiting(account), rate=2)
    assert [later - earlier for earlier, later in pairwise(times)] == [0.5] * 4


def test_without_an_archive_it_says_what_to_do() -> None:
    with pytest.raises(OperationError, match="ArchiveStack"):
        waiting(Account(archived=False))


class Kept:
    """An archive of one event."""

    def __init__(self, event: Event) -> None:
        self.event = event

    def read(self, summaries: list[EventSummary]) -> dict[EventSummary, Event]:
        return dict.fromkeys(summaries, self.event)


def retry_in(around: Surroundings, event: Event) -> None:
    """What the command does, in the subscriber's own surroundings."""
    sent: list[dict[str, Any]] = []
    clients = {"dynamodb": around.dynamodb, "sqs": SimpleNamespace(send_message=lambda **m: sent.append(m))}
    subscriber = DeployedSubscriber("Pager", "queue", "dead-letters", "ledger")
    summary = EventSummary(event.id, event.source)
    retry(
        Deployment("Jamwire", client=clients.__getitem__),
        [WaitingEvent(subscriber, summary, "", "", "")],
        archive=Kept(event),  # type: ignore[arg-type]
        rate=10,
        clock=lambda: around.now,
        sleep=lambda seconds: None,
        on_progress=lambda waiting: None,
    )
    assert len(sent) == 1


@pytest.mark.parametrize("limit", [None, RateLimit(1)], ids=["at any time", "paced"])
@pytest.mark.parametrize("failure", [Retry(HOUR, "busy"), OSError()], ids=["named a time", "failed"])
def test_event_is_delivered_once_though_both_messages_come(
    failure: Exception, limit: RateLimit | None
) -> None:
    around, event = Surroundings(), an_event("e1")
    around.run(around.worker(Recorder(failure), rate_limit=limit), a_record(event, id="old"))
    recorder = Recorder()
    mended = around.worker(recorder, rate_limit=limit)
    around.now += 2
    assert around.run(mended, a_record(event, id="other", sent_at=around.now)) == ["other"]
    retry_in(around, event)
    around.now += 1
    assert around.run(mended, a_record(event, id="copy", sent_at=around.now)) == []
    around.now = SENT_AT + 2 * HOUR
    for message in ("old", "other"):
        around.now += 2
        assert around.run(mended, a_record(event, id=message, receives=2)) == []
    assert recorder.told == ["e1"]
    assert around.outcomes[-2:] == ["duplicate", "duplicate"]
