"""``jamwire events retry``: it says how many before it sends, and ends with a code that scripts can trust."""

import json

import pytest
from typer.testing import CliRunner, Result

from jamwire.cli import events, retry, secret
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


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ((), "jamwire events retry --subscriber slack"),
        (("--local",), "jamwire events retry --subscriber slack --local"),
        (("--deployment", "Other"), "jamwire events retry --subscriber slack --deployment Other"),
    ],
)
def test_new_secret_of_a_destination_names_the_command(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], hint: str
) -> None:
    monkeypatch.setattr(secret, "find_deployment", lambda local, name: (None, None))
    monkeypatch.setattr(secret, "add_secret", lambda deployment, who, value: Key("k1", value, ""))
    monkeypatch.setattr(secret, "subscriber_of", lambda deployment, who: "slack")
    run_ = CliRunner().invoke(
        secret.app, ["add", "slack", *options], input="https://hooks.slack.example/new\n"
    )
    assert run_.exit_code == 0, run_.output
    assert run_.stderr.rstrip().endswith(hint)
