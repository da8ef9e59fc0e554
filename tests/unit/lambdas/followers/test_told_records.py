"""Records of who was told: who finds one knows what it is to be counted as."""

import pytest

from lambdas.followers.told_records import TAKEN, UNCERTAIN, ToldRecords
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.followers.people import ANN, NOW


@pytest.fixture
def table() -> AudienceTable:
    return AudienceTable()


def records(table: AudienceTable, job: str, owner: str) -> ToldRecords:
    return ToldRecords(table, "audience", "f", job, owner)  # type: ignore[arg-type]


def test_recipient_is_claimed_by_one_worker(table: AudienceTable) -> None:
    share = records(table, "share-0", "one")
    assert share.claim(ANN, NOW) == ""
    assert share.claim(ANN, NOW) == "", "the call was repeated"
    assert records(table, "rest-1", "two").claim(ANN, NOW) == TAKEN
    share.record({ANN: "sent"}, NOW)
    assert share.claim(ANN, NOW) == "sent"
    assert records(table, "rest-1", "two").claim(ANN, NOW) == "later"
    share.forget([ANN])
    assert records(table, "rest-1", "two").claim(ANN, NOW) == ""


def test_doubt_is_recorded_so_that_no_other_job_waits(table: AudienceTable) -> None:
    assert records(table, "share-0", "dies").claim(ANN, NOW) == ""
    assert records(table, "share-0", "next").claim(ANN, NOW) == UNCERTAIN
    assert records(table, "rest-1", "two").claim(ANN, NOW) == "later"
