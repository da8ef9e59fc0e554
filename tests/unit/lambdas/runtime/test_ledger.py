"""An event is claimed by one, settled once, remembered as long as a repetition may come, and then forgotten."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from lambdas.contracts.ledger_item import DEAD
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.runtime.claims import Claim, ClaimRequest, NotClaimableError
from lambdas.runtime.ledger import REMEMBERED, Claimed, Ledger
from lambdas.runtime.table import ConditionFailedError
from tests.fakes.choices import Choices
from tests.fakes.dynamodb import expiry
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Surroundings, a_record

DAY = 86_400
QUEUED = 14 * DAY
"""For so long SQS keeps a message, and a dead letter."""

MAX_GIVE_UP_AFTER = 13 * DAY
LATE = 12 * DAY
"""So old an event may be when it is first tried."""


@pytest.fixture
def ledger(around: Surroundings) -> Ledger:
    return Ledger(around.table)


def claim(ledger: Ledger, message: str = "m1", *, at: float = 0.0, **facts: Any) -> Claim:
    return ledger.claim(request(message, at=at, **facts))


def request(message: str = "m1", *, at: float = 0.0, **facts: Any) -> ClaimRequest:
    now = SENT_AT + at
    wanted = {
        **{"sent_at": SENT_AT, "owner": f"1/{message}", "now": now, "expires_at": now + 30},
        **{"redriven": False, "first": False, **facts},
    }
    return ClaimRequest(key="e1", message=message, **wanted)


def state_held(ledger: Ledger, message: str = "m2", **facts: Any) -> tuple[str, float]:
    with pytest.raises(NotClaimableError) as held:
        claim(ledger, message, **facts)
    return held.value.state, held.value.until - SENT_AT


def postpone(ledger: Ledger, claimed: Claim, *, until: float, attempted: bool = True) -> None:
    ledger.postpone(
        claimed,
        not_before=SENT_AT + until,
        now=SENT_AT,
        reason="away",
        first_failed_at=SENT_AT,
        isolated=True,
        attempted=attempted,
    )


def test_claim_is_held_by_one_until_it_expires(ledger: Ledger) -> None:
    claim(ledger)
    assert state_held(ledger, at=29.999) == ("claimed", 30)
    taken_over = claim(ledger, "m2", at=30)
    assert (taken_over.attempt, taken_over.uncertain) == (2, True)


def test_claim_made_twice_is_one(ledger: Ledger) -> None:
    """The first answer of the table may be lost on its way, and the client then asks again."""
    claim(ledger)
    assert not claim(ledger).uncertain


def test_takeover_made_twice_is_still_uncertain(ledger: Ledger) -> None:
    claim(ledger)
    claim(ledger, "m2", at=30)
    assert claim(ledger, "m2", at=30).uncertain


def test_waiting_event_is_claimable_when_its_time_comes(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger), until=60)
    assert state_held(ledger, at=59.999) == ("waiting", 60)
    again = claim(ledger, "m2", at=60)
    assert (again.attempt, again.first_failed_at, again.isolated, again.uncertain) == (
        2,
        SENT_AT,
        True,
        False,
    )


def test_claim_of_a_waiting_event_outlasts_its_old_time(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger), until=60)
    claim(ledger, "m2", at=60)
    assert state_held(ledger, "m3", at=61) == ("claimed", 90)


@pytest.mark.parametrize(("sent", "is_new"), [(REMEMBERED - 0.001, False), (REMEMBERED, True)])
def test_repetition_is_judged_by_when_it_was_sent(ledger: Ledger, sent: float, is_new: bool) -> None:
    ledger.record([claim(ledger)], SENT_AT)
    read_at = 13 * DAY  # however late it is read
    if is_new:
        assert claim(ledger, "m2", at=read_at, sent_at=SENT_AT + sent).attempt == 1
    else:
        assert state_held(ledger, at=read_at, sent_at=SENT_AT + sent)[0] == "delivered"


def test_dead_event_is_claimed_by_a_redriven_message_only(ledger: Ledger) -> None:
    ledger.bury(claim(ledger), now=SENT_AT, reason="refused")
    assert state_held(ledger, at=DAY)[0] == "dead"
    assert state_held(ledger, "m1", at=DAY, redriven=True)[0] == "dead"
    assert claim(ledger, "m2", at=DAY, redriven=True).attempt == 1


def test_dead_event_tells_why_and_after_how_many_attempts(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger), until=0)
    ledger.bury(claim(ledger), now=SENT_AT, reason="refused")
    with pytest.raises(NotClaimableError) as held:
        claim(ledger)
    assert (held.value.reason, held.value.attempts, held.value.message) == ("refused", 2, "m1")
    assert "refused" not in str(held.value)


def test_only_what_is_dead_is_in_the_index_of_the_dead(around: Surroundings, ledger: Ledger) -> None:
    postpone(ledger, claim(ledger), until=0)
    assert "dead" not in around.items["e1"]
    ledger.bury(claim(ledger), now=SENT_AT, reason="refused")
    assert around.items["e1"]["dead"] == DEAD
    redriven = claim(ledger, "m2", redriven=True)
    ledger.record([redriven], SENT_AT)
    assert "dead" not in around.items["e1"]


def test_lost_claim_settles_nothing(ledger: Ledger) -> None:
    lost = claim(ledger)
    claim(ledger, "m2", at=30)
    with pytest.raises(ConditionFailedError):
        postpone(ledger, lost, until=0)
    with pytest.raises(ConditionFailedError):
        ledger.bury(lost, now=SENT_AT, reason="late")


def test_destinations_are_kept_through_retries_as_digests(around: Surroundings, ledger: Ledger) -> None:
    claimed = claim(ledger)
    ledger.add_destination(claimed, "first", SENT_AT)
    ledger.add_destination(claimed, "second", SENT_AT)
    postpone(ledger, claimed, until=0)
    assert claim(ledger).delivered_to == {"first", "second"}


def test_delivery_costs_two_calls_of_the_table(around: Surroundings) -> None:
    around.run(around.worker(lambda events: None), a_record(an_event("e1")))
    assert around.dynamodb.calls.total() == 2


def test_delivery_that_may_be_repeated_costs_none(around: Surroundings) -> None:
    around.run(around.worker(lambda events: None, idempotent=True), a_record(an_event("e1")))
    assert around.dynamodb.calls.total() == 0


@pytest.mark.parametrize("again", [{"receives": 2}, {"reason": "refused"}, {"retried": "now"}])
def test_delivery_is_recorded_where_it_is_made_again(around: Surroundings, again: dict[str, Any]) -> None:
    around.run(around.worker(lambda events: None, idempotent=True), a_record(an_event("e1"), **again))
    assert around.items["/endpoints/site/e1"]["state"] == "delivered"


def test_failure_of_what_may_be_repeated_is_recorded(around: Surroundings) -> None:
    around.run(around.worker(raises(ValueError()), idempotent=True), a_record(an_event("e1")))
    item = around.items["/endpoints/site/e1"]
    assert (item["state"], item["attempts"], item["first_failed_at"]) == ("waiting", 1, SENT_AT * 1000)


def test_first_receipt_settles_nothing_of_a_known_event(around: Surroundings, ledger: Ledger) -> None:
    ledger.record([claim(ledger)], SENT_AT)
    first = ledger.claim_unless_first(request("m2", first=True))
    with pytest.raises(ConditionFailedError):
        postpone(ledger, first, until=60)


def settle(ledger: Ledger, state: str) -> None:
    claimed = claim(ledger)
    match state:
        case "waiting":
            postpone(ledger, claimed, until=60)
        case "delivered":
            ledger.record([claimed], SENT_AT)
        case "dead":
            ledger.bury(claimed, now=SENT_AT, reason="refused")


@pytest.mark.parametrize("redriven", [True, False])
@pytest.mark.parametrize("at", [0, 29.999, 30, 59.999, 60])
@pytest.mark.parametrize("sent_at", [SENT_AT, SENT_AT + REMEMBERED])
@pytest.mark.parametrize("state", ["claimed", "waiting", "delivered", "dead"])
def test_rule_is_the_same_for_what_is_written_and_read(
    ledger: Ledger, state: str, sent_at: float, at: float, redriven: bool
) -> None:
    settle(ledger, state)
    wanted = request("m2", at=at, sent_at=sent_at, redriven=redriven)
    assert wanted.may_claim(ledger.read(["e1"])["e1"]) == may(lambda: ledger.claim(wanted))


def may(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except NotClaimableError:
        return False
    return True


def test_read_event_is_claimed_once(ledger: Ledger) -> None:
    claimed = Claimed(ledger, {})
    assert claimed.claim(request("m1", owner="permit")).attempt == 1
    assert not may(lambda: claimed.claim(request("m2", owner="permit")))


def test_event_in_flight_of_the_dead_is_uncertain(ledger: Ledger) -> None:
    ledger.lapse(["e1"], owner="a/1", now=SENT_AT)
    ledger.lapse(["e1"], owner="a/1", now=SENT_AT)  # by another that takes over at the same time
    taken_over = claim(ledger, "m2")
    assert (taken_over.attempt, taken_over.uncertain) == (2, True)


def test_settled_event_does_not_lapse(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger, owner="a/1"), until=60)
    ledger.lapse(["e1"], owner="a/1", now=SENT_AT)
    assert state_held(ledger) == ("waiting", 60)


def test_each_event_in_flight_lapses_by_itself(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger, owner="a/1"), until=60)
    ledger.lapse(["e1", "e2"], owner="a/1", now=SENT_AT)
    assert {key: item.unsettled for key, item in ledger.read(["e1", "e2"]).items()} == {"e1": 0, "e2": 1}


@pytest.mark.parametrize("state", ["delivered", "dead"])
def test_event_that_has_ended_does_not_lapse(ledger: Ledger, state: str) -> None:
    settle(ledger, state)
    ledger.lapse(["e1"], owner="a/1", now=SENT_AT)
    assert state_held(ledger)[0] == state


def test_end_is_known_of_the_same_owner_only(ledger: Ledger) -> None:
    claimed = claim(ledger, owner="a/1")
    assert ledger.ended_at("e1", "a/1") is None
    postpone(ledger, claimed, until=60)
    assert ledger.ended_at("e1", "a/1") == SENT_AT * 1000
    assert ledger.ended_at("e1", "a/2") is None


def test_end_of_a_later_attempt_is_known(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger, owner="a/1"), until=0)
    postpone(ledger, claim(ledger, owner="a/2"), until=0)
    assert (ledger.ended_at("e1", "a/1"), ledger.ended_at("e1", "a/2")) == (None, SENT_AT * 1000)


def test_end_of_the_last_attempt_outlives_what_is_none(ledger: Ledger) -> None:
    postpone(ledger, claim(ledger, owner="a/1"), until=0)
    postpone(ledger, claim(ledger, owner="b/1"), until=60, attempted=False)
    assert ledger.ended_at("e1", "a/1") == SENT_AT * 1000
    assert claim(ledger, at=60).attempt == 2


def raises(error: BaseException) -> Callable[[Any], None]:
    def notify(events: Any) -> None:
        raise error

    return notify


@pytest.mark.parametrize(
    ("notifier", "needed"),
    [
        (raises(SystemExit()), QUEUED),  # it dies, and the message may be read again as long as there is one
        (raises(Retry(after=40_000.5)), 40_000.5 + QUEUED),
        (raises(ValueError()), QUEUED),
        (raises(Undeliverable("refused")), 2 * QUEUED),  # the dead letters', and what is sent once more
        (lambda events: None, REMEMBERED + QUEUED),  # a repetition of the last moment, read at the last
    ],
    ids=["claimed", "waiting-as-asked", "waiting", "dead", "delivered"],
)
def test_item_outlives_what_needs_it(
    around: Surroundings, notifier: Callable[[Any], None], needed: float
) -> None:
    around.now = SENT_AT + LATE + 0.7
    worker = around.worker(notifier, give_up_after=MAX_GIVE_UP_AFTER)
    with suppress(SystemExit):
        around.run(worker, a_record(an_event("e1")))
    item = around.dynamodb.tables["ledger"]["/endpoints/site/e1"]
    assert around.now + needed <= expiry(item) < around.now + 60 * DAY


def test_expired_event_is_claimed_as_new(around: Surroundings, ledger: Ledger) -> None:
    around.network.choices = Choices(given=[1] * 9)  # what has expired is deleted
    ledger.bury(claim(ledger), now=SENT_AT, reason="refused")
    around.now = expiry(around.dynamodb.tables["ledger"]["e1"])
    again = claim(ledger, "m2", at=around.now - SENT_AT)
    assert (again.attempt, again.uncertain) == (1, False)
