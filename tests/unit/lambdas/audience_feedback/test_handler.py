"""The function as Lambda calls it: by its environment and a notification of SNS."""

import json
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from lambdas.contracts.audience_settings import Settings
from lambdas.followers.identity import follower_id
from tests.fakes.messaging import KEYS
from tests.unit.lambdas.audience_email.test_handler import EMAIL
from tests.unit.lambdas.audience_feedback.test_feedback import ANN_ID, NUMBER, NUMBER_ID, answer, bounce
from tests.unit.lambdas.audience_functions import Account
from tests.unit.lambdas.audience_text.test_handler import IDENTITY, TEXT


def account(monkeypatch: pytest.MonkeyPatch, *settings: Settings) -> Account:
    account = Account(monkeypatch, "audience_feedback", *settings)
    account.follow("email", "ann@example.org")
    account.follow("text", NUMBER)
    return account


def notification(message: dict[str, Any]) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}


def state(account: Account, id: str) -> str | None:
    found = account.followers.get(id)
    return found.state if found else None


def test_bounce_suppresses_where_there_are_no_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    only_email = account(monkeypatch, EMAIL)
    only_email.module.handle(notification(bounce()), None)
    assert state(only_email, ANN_ID) == "suppressed"


def test_stop_is_answered_from_the_identity(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both = account(monkeypatch, EMAIL, TEXT)
    both.module.handle(notification(answer("STOP")), None)
    assert state(both, NUMBER_ID) == "suppressed"
    [call] = both.made("send_text_message")
    assert (call["DestinationPhoneNumber"], call["OriginationIdentity"]) == (NUMBER, IDENTITY)
    said = capsys.readouterr().out
    assert '"Suppressed":[1.0]' in said.replace(" ", "")
    assert NUMBER not in said


def test_failure_is_left_to_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    both = account(monkeypatch, EMAIL, TEXT)
    both.table.lose_answer = True
    with pytest.raises(ReadTimeoutError):
        both.module.handle(notification(answer("STOP")), None)
    both.module.handle(notification(answer("STOP")), None)
    assert state(both, follower_id(KEYS.lookup, "text", NUMBER)) == "suppressed"


@pytest.mark.parametrize(
    "said",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "",
        "[]",
        "1",
        '{"eventType": null}',
        '{"messageBody": "STOP"}',
    ],
)
def test_notification_of_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    both = account(monkeypatch, EMAIL, TEXT)
    both.module.handle({"Records": [{"Sns": {"Message": said}}]}, None)
    assert (state(both, ANN_ID), state(both, NUMBER_ID)) == ("following", "following")
