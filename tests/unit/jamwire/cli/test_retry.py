"""``jamwire events retry``: it says how many before it sends, and ends with a code that scripts can trust."""

import json

import pytest
from typer.testing import CliRunner, Result

from jamwire.cli import events, retry, secret
from jamwire.operations.retry import PAUSES
from lambdas.contracts.circuit_item import CIRCUIT_ID
from lambdas.contracts.keyring import Key
from tests.fakes.account import NOW, Account

LATER = round((NOW + 3600) * 1000)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account()
    monkeypatch.setattr(retry, "find_deployment", lambda local, name: (account.deployment, None))
    monkeypatch.setattr("time.time", account.clock)
    monkeypatch.setattr("time.sleep", account.clock.sleep)
    return account


def wait(account: Account, *ids: str) -> None:
    for id in ids:
        event = account.keep(id)
        for subscriber in ("Slack", "Sms"):
            account.remember(subscriber, event.key, "waiting", not_before=LATER)


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(events.app, ["retry", *arguments], input=given)


def test_it_counts_first_and_sends_when_confirmed(account: Account) -> None:
    wait(account, "e1", "e2")
    run_ = run(given="y\n")
    assert "Try 4 waiting events now (Slack: 2, Sms: 2)?" in run_.stderr
    assert (run_.exit_code, len(account.sqs.sent)) == (0, 4)


def test_it_sends_nothing_unless_confirmed(account: Account) -> None:
    wait(account, "e1")
    assert run("--subscriber", "slack", given="n\n").exit_code == 0
    assert account.sqs.sent == []


def test_json_says_what_was_sent(account: Account) -> None:
    wait(account, "e1")
    run_ = run("--subscriber", "slack", "--yes", "--json")
    assert json.loads(run_.stdout) == {"sent": 1, "gone": 0, "unsent": []}
    assert (run_.exit_code, account.sent()) == (0, [("Slack", "e1")])


def test_expired_event_is_named_and_ends_in_1(account: Account) -> None:
    wait(account, "e1")
    del account.dynamodb.tables["events"]["e1", "/endpoints/site"]
    run_ = run("--subscriber", "slack", "--yes", "--json")
    [unsent] = json.loads(run_.stdout)["unsent"]
    assert (unsent["event"], unsent["subscriber"], run_.exit_code) == ("e1", "Slack", 1)


def test_nothing_that_waits_is_no_failure(account: Account) -> None:
    run_ = run("--json")
    assert (json.loads(run_.stdout)["sent"], run_.exit_code) == (0, 0)
    assert "Nothing waits" in run_.stderr


@pytest.fixture
def mended(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A deployment whose Slack gets a new webhook by ``jamwire secret add slack``."""
    monkeypatch.setattr(secret, "find_deployment", lambda local, name: (account.deployment, None))
    monkeypatch.setattr(secret, "add_secret", lambda deployment, who, value: Key("k1", value, ""))
    monkeypatch.setattr(secret, "subscriber_of", lambda deployment, who: "slack")
    return account


def add_secret() -> Result:
    return CliRunner().invoke(secret.app, ["add", "slack"], input="https://hooks.slack.example/new\n")


def test_new_secret_of_a_destination_ends_the_wait_for_it(mended: Account) -> None:
    wait(mended, "e1", "e2")
    mended.remember("Slack", CIRCUIT_ID, "", next_probe_at=LATER)
    run_ = add_secret()
    assert (run_.exit_code, mended.sent()) == (0, [("Slack", "e1"), ("Slack", "e2")]), run_.output
    assert "2 of 2 events that waited for it are tried now" in run_.stderr
    assert mended.dynamodb.tables["Slack-ledger"][CIRCUIT_ID, ""]["next_probe_at"]["N"] == str(
        round(NOW * 1000)
    )


def test_new_secret_ends_the_pauses_though_nothing_can_be_sent(
    mended: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_archive = Account(archived=False)
    monkeypatch.setattr(secret, "find_deployment", lambda local, name: (without_archive.deployment, None))
    for item, time in PAUSES.items():
        without_archive.remember("Slack", item, "", **{time: LATER})
    run_ = add_secret()
    assert run_.exit_code == 0, run_.output
    assert "Secret k1 of slack is live." in run_.stderr
    assert "ArchiveStack" in run_.stderr
    ledger = without_archive.dynamodb.tables["Slack-ledger"]
    assert {ledger[item, ""][time]["N"] for item, time in PAUSES.items()} == {str(round(NOW * 1000))}
