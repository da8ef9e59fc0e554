"""The function as Lambda calls it: by its environment and a job of its queue, from the table to the phone."""

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import TextSettings
from lambdas.runtime import not_sent_report
from tests.unit.lambdas.audience_functions import Account
from tests.unit.lambdas.audience_text.test_texter import ANN, BOB, job
from tests.unit.lambdas.audience_text.test_texts import TOLD

IDENTITY = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c"
TEXT = TextSettings(
    text_identity=IDENTITY,
    text_consent="Delays by text.",
    text_help="office@example.com",
    text_countries=("US",),
    text_per_day=10,
    text_per_follower=2,
    text_codes_per_day=1,
    text_quiet_start="00:00",
    text_quiet_end="00:01",
    text_max_price=0.05,
    text_configuration_set="Jamwire-Audience",
)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account(monkeypatch, "audience_text", TEXT)
    account.follow("text", ANN)
    return account


def test_followers_of_a_topic_get_a_text(account: Account) -> None:
    account.plan(TOLD, "text")
    assert account.work(Job(kind="topic", channel="text", fanout=TOLD.fanout)) == []
    [call] = account.made("send_text_message")
    assert call["DestinationPhoneNumber"] == ANN
    assert (call["OriginationIdentity"], call["ConfigurationSetName"]) == (IDENTITY, "Jamwire-Audience")
    assert call["MaxPrice"] == "0.05000"
    assert "Context" not in call
    assert account.table.partition(f"told#{TOLD.fanout}")  # by which nobody is sent it twice


def test_codes_of_a_day_are_limited(account: Account) -> None:
    assert [account.work(job(BOB)), account.work(job("+12065550109"))] == [[], []]
    assert [call["DestinationPhoneNumber"] for call in account.made("send_text_message")] == [BOB]


def test_log_names_nobody(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    not_sent_report._said.clear()
    account.plan(TOLD, "text")
    account.refuse("send_text_message", "AccessDeniedException", f"cannot send to {ANN}")
    account.work(Job(kind="topic", channel="text", fanout=TOLD.fanout))
    account.work(job(BOB))
    said = repr([vars(record) for record in caplog.records])
    assert "account_blocked" in said
    assert not any(number in said for number in (ANN, BOB))
