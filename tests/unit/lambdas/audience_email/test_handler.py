"""The function as Lambda calls it: by its environment and a job of its queue, from the table to SES."""

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import EmailSettings, MessageSettings
from lambdas.followers.outcomes import Digest, Sent
from lambdas.runtime import not_sent_report
from tests.fakes.messaging import recipient
from tests.unit.lambdas.audience_email.test_letters import TOLD
from tests.unit.lambdas.audience_email.test_mailer import ANN, ANN_ID, job
from tests.unit.lambdas.audience_functions import Account

EMAIL = EmailSettings(
    email_from="Harbour Buses <news@example.com>",
    email_consent="E-mails of delays.",
    email_configuration_set="Jamwire-Audience",
    email_reply_to="office@example.com",
    email_address_line="1 Quay, Seatown",
    email_per_second=1000.0,
    email_questions_per_day=1,
)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account(monkeypatch, "audience_email", EMAIL, MessageSettings(message_words_file="words.json"))
    account.follow("email", ANN)
    return account


def test_followers_of_a_topic_get_an_email(account: Account) -> None:
    account.plan(TOLD, "email")
    assert account.work(Job(kind="topic", channel="email", fanout=TOLD.fanout)) == []
    [call] = account.made("send_email")
    assert call["Destination"] == {"ToAddresses": [ANN]}
    assert call["FromEmailAddress"] == EMAIL.email_from
    assert call["ReplyToAddresses"] == ["office@example.com"]
    assert call["ConfigurationSetName"] == "Jamwire-Audience"
    content = call["Content"]["Simple"]
    assert "1 Quay, Seatown" in content["Body"]["Text"]["Data"]
    assert "https://api.example.com/preferences?t=" in content["Body"]["Text"]["Data"]


def test_email_whose_answer_was_lost_is_not_sent_by_boto3_again(account: Account) -> None:
    account.plan(TOLD, "email")
    account.work(Job(kind="topic", channel="email", fanout=TOLD.fanout))
    assert account.attempts["sesv2"] == 1
    assert account.attempts["sqs"] is None  # what may be repeated is


def test_site_says_it_in_its_own_words(account: Account) -> None:
    account.plan(TOLD, "email")
    account.work(Job(kind="topic", channel="email", fanout=TOLD.fanout))
    [call] = account.made("send_email")
    assert "Weiterlesen" in call["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_digest_is_an_email(account: Account) -> None:
    digest = Digest(recipient=recipient(ANN_ID, ANN), news=(TOLD,))
    assert account.module._channel().send_digests([digest]) == {ANN_ID: Sent()}
    assert [call["Destination"] for call in account.made("send_email")] == [{"ToAddresses": [ANN]}]


def test_workers_share_the_pace_of_the_account(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    paces: list[float] = []
    monkeypatch.setattr(account.module, "Pace", paces.append)
    account.module._channel()
    assert paces == [EMAIL.email_per_second / 2]


def test_person_is_asked(account: Account) -> None:
    assert account.work(job("bob@example.org")) == []
    [call] = account.made("send_email")
    assert call["Destination"] == {"ToAddresses": ["bob@example.org"]}
    assert "E-mails of delays." in call["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_questions_of_a_day_are_limited(account: Account) -> None:
    assert [account.work(job(address)) for address in ("bob@example.org", "eve@example.org")] == [[], []]
    assert [call["Destination"] for call in account.made("send_email")] == [
        {"ToAddresses": ["bob@example.org"]}
    ]


def test_who_unsubscribed_gets_nothing(account: Account) -> None:
    account.plan(TOLD, "email")
    account.followers.end(ANN_ID, "link")
    assert account.work(Job(kind="topic", channel="email", fanout=TOLD.fanout)) == []
    assert not account.made("send_email")


def test_log_names_nobody(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    not_sent_report._said.clear()
    account.plan(TOLD, "email")
    account.refuse("send_email", "MessageRejected", f"Email address is not verified: {ANN}")
    account.work(Job(kind="topic", channel="email", fanout=TOLD.fanout))
    said = repr([vars(record) for record in caplog.records])
    assert "account_blocked" in said
    assert "sandbox" in said
    assert ANN not in said


@pytest.mark.parametrize(("per_second", "chunk"), [(14, 50), (1, 15), (0.01, 1), (1000, 50)])
def test_chunk_is_sent_within_half_a_minute(account: Account, per_second: float, chunk: int) -> None:
    assert account.module.chunk_at(per_second) == chunk
