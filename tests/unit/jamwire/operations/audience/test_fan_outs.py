"""What was told of late, and a test send."""

from collections import Counter

import pytest

from jamwire.operations.audience.addresses import Address
from jamwire.operations.audience.challenge import set_challenge
from jamwire.operations.audience.fan_outs import latest, of_event
from jamwire.operations.audience.trial import send_test
from jamwire.operations.errors import NotFoundError, OperationError
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_table import fanout_name
from lambdas.followers.job_item import JobItems
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.plan import Plan, Told
from lambdas.followers.plans import Plans
from lambdas.followers.recipients import Recipients
from tests.fakes.audience_account import AudienceAccount

NOW = 1_800_000_000.0
ANN = Address("email", "ann@example.com")


def plan(account: AudienceAccount, event: str, at: float, **followers: int) -> Plan:
    name = fanout_name(event)
    told = Told(fanout=name, event_id=event, topic="line-12", topic_title="Line 12", time="t", title="Late")
    made = Plan(name=name, at=at, followers=followers, told=told)  # type: ignore[arg-type]
    Plans(account.table, "table").write(made)  # type: ignore[arg-type]
    return made


def work(account: AudienceAccount, job: Job, counts: dict[str, int], *, done: bool = True) -> None:
    items = JobItems(account.table, "table", records=False)  # type: ignore[arg-type]
    lease = items.begin(items.claim(job, "worker", now=NOW, until=NOW + 60), 1)
    if done:
        items.end(lease, "f" * 32, Counter(counts), NOW)
    else:
        items.record(lease, "8" * 32, Counter(counts), 1)


def test_progress_is_counted_by_channel() -> None:
    account = AudienceAccount()
    made = plan(account, "e1", NOW, push=2500, email=10)
    first, second, *_, mail = made.jobs()
    work(account, first, {"sent": 800, "gone": 20, "later": 10})
    work(account, second, {"sent": 100, "refused": 3}, done=False)
    work(account, mail, {"sent": 9, "uncertain": 1})
    [found] = latest(account.audience)
    push, email = found.channels
    assert (push.channel, push.of, push.jobs, push.done) == ("push", 2500, 2, 1)
    assert push.counts == {"sent": 900, "gone": 20, "refused": 3, "later": 10}
    assert (push.settled, push.waiting) == (923, 10)
    assert (email.counts, email.jobs, email.waiting) == ({"sent": 9, "uncertain": 1}, 1, 0)
    assert (found.topic, found.title, found.event_id) == ("line-12", "Late", "e1")


def test_who_came_later_waits_no_more() -> None:
    account = AudienceAccount()
    [job] = plan(account, "e1", NOW, push=10).jobs()
    work(account, job, {"sent": 8, "later": 2})
    work(
        account,
        Job(kind="topic", channel="push", fanout=job.fanout, followers=("a",), attempt=1),
        {"sent": 2},
    )
    [found] = latest(account.audience)
    assert found.channels[0].waiting == 0


def test_latest_come_first_over_pages() -> None:
    account = AudienceAccount(page=1)
    for number in range(3):
        plan(account, f"e{number}", NOW + number, push=1)
    assert [each.event_id for each in latest(account.audience)] == ["e2", "e1", "e0"]


def test_event_is_found_by_its_id_or_its_fan_out() -> None:
    account = AudienceAccount()
    made = plan(account, "e1", NOW, push=1)
    plan(account, "e2", NOW + 1, push=1)
    assert of_event(account.audience, "e1") == of_event(account.audience, made.name)
    with pytest.raises(NotFoundError, match="e3 was told to nobody"):
        of_event(account.audience, "e3")


def test_run_of_a_digest_is_named() -> None:
    account = AudienceAccount()
    made = Plan(name="UTC#07:30#2027-01-15", at=NOW, followers={"email": 3})
    Plans(account.table, "table").write(made)  # type: ignore[arg-type]
    [found] = latest(account.audience)
    assert (found.title, found.event_id, found.topic) == ("digest UTC#07:30#2027-01-15", "", "")


def test_test_send_is_a_job_for_one_follower() -> None:
    account = AudienceAccount()
    id = account.follow("email", ANN.text, "line-12")
    name = send_test(account.audience, ANN, "Hello", NOW, token=lambda: "word")
    [(queue, body)] = account.queue.sent
    assert (queue, body["followers"], body["fanout"]) == ("email-queue", [id], name)
    made = Plans(account.table, "table").get(name)  # type: ignore[arg-type]
    assert made
    assert made.told
    assert (made.told.title, made.followers) == ("Hello", {"email": 1})
    found = Recipients(account.table, "table").named(made.partition("email"), body["followers"])  # type: ignore[arg-type]
    assert [recipient.id for recipient in found] == [id]


def test_nobody_gets_a_test_who_does_not_follow() -> None:
    account = AudienceAccount()
    with pytest.raises(NotFoundError, match="Nobody follows"):
        send_test(account.audience, ANN, "Hello", NOW)
    account.follow("email", ANN.text, at="07:30")
    with pytest.raises(OperationError, match="digests"):
        send_test(account.audience, ANN, "Hello", NOW)
    assert account.queue.sent == []


def test_challenge_is_put_beside_the_keys() -> None:
    account = AudienceAccount()
    before = account.audience.keys
    set_challenge(account.audience, "0x4AAA-secret")
    after = account.audience.keys
    assert isinstance(after, AudienceKeys)
    assert (after.challenge, after.data) == ("0x4AAA-secret", before.data)
    assert len(account.secrets.tokens[0]) == 32
    with pytest.raises(OperationError, match="no secret"):
        set_challenge(account.audience, "two words are none")
