"""Which mailboxes were asked within a day."""

import pytest

from lambdas.followers.mailboxes import Mailboxes
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.followers.people import ANN, BOB, DAY, NOW

KEY = b"l" * 32


@pytest.fixture
def table() -> AudienceTable:
    return AudienceTable()


@pytest.fixture
def mailboxes(table: AudienceTable) -> Mailboxes:
    return Mailboxes(table, "audience")  # type: ignore[arg-type]


def test_one_address_of_a_mailbox_is_asked_within_a_day(mailboxes: Mailboxes) -> None:
    assert mailboxes.may_ask("ann+1@example.org", ANN, KEY, NOW) is True
    assert mailboxes.may_ask("ann+2@example.org", BOB, KEY, NOW) is False
    assert mailboxes.may_ask("ann+2@example.org", BOB, KEY, NOW + DAY - 1) is False
    assert mailboxes.may_ask("ann+2@example.org", BOB, KEY, NOW + DAY) is True
    assert mailboxes.may_ask("ann+1@example.org", ANN, KEY, NOW + DAY) is False


def test_same_follower_may_be_asked_again(mailboxes: Mailboxes) -> None:
    assert [mailboxes.may_ask("ann@example.org", ANN, KEY, NOW) for _ in range(2)] == [True, True]


def test_other_mailboxes_are_of_no_concern(mailboxes: Mailboxes) -> None:
    assert mailboxes.may_ask("ann@example.org", ANN, KEY, NOW)
    assert mailboxes.may_ask("bob@example.org", BOB, KEY, NOW)


def test_note_names_nobody_and_is_forgotten_after_a_day(mailboxes: Mailboxes, table: AudienceTable) -> None:
    mailboxes.may_ask("ann@example.org", ANN, KEY, NOW)
    [item] = table.items.values()
    assert item["ttl"] == {"N": str(int(NOW + DAY))}
    assert "ann" not in str(item)
