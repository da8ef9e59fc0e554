"""What a subscriber remembers expires when nothing needs it any more, in the form by which DynamoDB deletes."""

from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.runtime.budget import spend
from lambdas.runtime.context import DeliveryContext, delivery_context
from lambdas.runtime.ledger import REMEMBERED, Ledger
from lambdas.runtime.table import Table
from tests.fakes.events import an_event
from tests.simulation.choices import Choices
from tests.simulation.clock import Clock
from tests.simulation.dynamodb import DynamoDB, expiry
from tests.unit.lambdas.runtime.conftest import SENT_AT, Surroundings, a_record

DAY = 86_400
QUEUED = 14 * DAY
"""For so long SQS keeps a message, and a dead letter."""

LONGEST_TRIED = 13 * DAY
"""The longest `give_up_after`."""

LATE = 12 * DAY
"""So old an event may be when it is first tried."""


class Store(DynamoDB):
    """The model of DynamoDB, answering at once."""

    def __init__(self) -> None:
        self.time = Clock(SENT_AT)
        at_once = Choices(given=[1] * 99)  # what has expired is deleted
        network: Any = SimpleNamespace(
            clock=self.time, choices=at_once, call=lambda name, effect: effect(), note=lambda text: None
        )
        super().__init__(network)

    @property
    def expiry(self) -> float:
        [item] = self.tables["table"].values()
        return expiry(item)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def table(store: Store) -> Table:
    return Table(store, "table")  # type: ignore[arg-type]


def raises(error: Exception) -> Callable[[Any], None]:
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
def test_a_ledger_item_outlives_what_needs_it(
    around: Surroundings, store: Store, table: Table, notifier: Callable[[Any], None], needed: float
) -> None:
    around.now = store.time.now = SENT_AT + LATE + 0.7
    around.table = table  # type: ignore[assignment]
    worker = around.worker(notifier, give_up_after=LONGEST_TRIED)
    with suppress(SystemExit):
        around.run(worker, a_record(an_event("e1")))
    assert around.now + needed <= store.expiry < around.now + 60 * DAY


def test_an_event_that_expired_can_be_claimed_as_new(store: Store, table: Table) -> None:
    ledger = Ledger(table)
    claim = ledger.claim("e1", message="m1", sent_at=SENT_AT, by="1/m1", now=SENT_AT, until=SENT_AT + 30)
    ledger.bury(claim, now=SENT_AT, reason="refused")
    store.time.now = store.expiry
    again = ledger.claim(
        "e1", message="m2", sent_at=store.time.now, by="2/m2", now=store.time.now, until=store.time.now + 30
    )
    assert (again.attempt, again.uncertain) == (1, False)


def test_a_counter_outlives_its_day(store: Store, table: Table) -> None:
    worker: Any = SimpleNamespace(ledger=SimpleNamespace(table=table))
    with delivery_context(DeliveryContext(worker, {})):
        spend("day", 1, limit=3, until=SENT_AT + 3600.5)
    assert SENT_AT + 3600.5 < store.expiry < SENT_AT + 60 * DAY
