"""The inbox as a mailbox and as a carrier."""

import time

import pytest
from starlette.testclient import TestClient

from jamwire.console.context import Context
from jamwire.local.inbox import carrier, mailbox
from jamwire.local.inbox.app import make_app

EVENT_ID = "0123456789abcdef0123456789abcdef"
CONSOLE = Context(find_deployment=lambda: None, clock=time.time, sleep=time.sleep, fresh=lambda: "")
NUMBER, PHONE = "+18005550199", "+12065550100"
MAIL = {
    "at": 1_800_000_000.0,
    "arrived": ["ada@example.com"],
    "FromEmailAddress": "Harbour Buses <news@example.com>",
    "Destination": {"ToAddresses": ["ada@example.com"]},
    "Content": {
        "Simple": {
            "Subject": {"Data": "Line 12"},
            "Body": {"Text": {"Data": "8 min late"}, "Html": {"Data": "<p>8 min late</p>"}},
            "Headers": [{"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"}],
        }
    },
}
TEXT = {
    "at": 1_800_000_000.0,
    "OriginationNumber": NUMBER,
    "DestinationPhoneNumber": PHONE,
    "MessageBody": "Line 12: 8 min late",
}


class Account:
    """Stands in for the local account, which has one number."""

    def __init__(self):
        self.answers = []

    def fresh(self):
        return []

    def answer(self, said):
        self.answers.append(said)
        return said["to"] == NUMBER


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def inbox(account):
    with TestClient(make_app(account, console=CONSOLE, token="t"), base_url="http://127.0.0.1") as client:
        yield client


def test_mail_is_a_delivery_with_its_headers():
    delivery = mailbox.delivery_of(MAIL)
    assert (delivery.channel, delivery.destination, delivery.status) == ("email", "ada@example.com", 200)
    assert delivery.received_at == "2027-01-15T08:00:00.000Z"
    assert delivery.request == {
        "from": "Harbour Buses <news@example.com>",
        "reply_to": [],
        "subject": "Line 12",
        "text": "8 min late",
        "html": "<p>8 min late</p>",
        "headers": {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    }


def test_mail_names_its_event_in_a_header():
    simple = MAIL["Content"]["Simple"]
    named = {**simple, "Headers": [{"Name": "X-Jamwire-Event", "Value": EVENT_ID}]}
    assert mailbox.delivery_of({**MAIL, "Content": {"Simple": named}}).event_ids == (EVENT_ID,)
    assert mailbox.delivery_of(MAIL).event_ids == ()


def test_mail_that_bounces_has_not_arrived():
    assert mailbox.delivery_of({**MAIL, "arrived": []}).status == 550


def test_text_message_is_a_delivery():
    delivery = carrier.delivery_of(TEXT)
    assert (delivery.channel, delivery.destination) == ("text", PHONE)
    assert delivery.request == {"from": NUMBER, "text": "Line 12: 8 min late", "max_price": ""}


def test_phone_answers(inbox, account):
    said = {"from": PHONE, "to": NUMBER, "text": "STOP"}
    assert inbox.post("/api/texts", json=said).status_code == 202
    assert account.answers == [said]


def test_phone_answers_in_the_console_by_its_token_only(inbox, account):
    said, place = {"from": PHONE, "to": NUMBER, "text": "STOP"}, "/console/api/texts"
    assert inbox.post(place, json=said).status_code == 401
    assert inbox.post(place, json=said, headers={"authorization": "Bearer t"}).status_code == 202
    assert account.answers == [said]


def test_answer_to_a_number_that_is_not_the_deployments_is_refused(inbox):
    answer = inbox.post("/api/texts", json={"from": PHONE, "to": "+18005550100", "text": "STOP"})
    assert (answer.status_code, answer.json()["error"]) == (404, "The deployment has no number +18005550100.")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"STOP", "not JSON"),
        (b"[]", "Expected an object"),
        (b'{"from": "+12065550100", "to": "+18005550199"}', "Expected an object"),
        (b'{"from": "me", "to": "+18005550199", "text": "STOP"}', "from is 'me'"),
        (b'{"from": "+12065550100", "to": 7, "text": "STOP"}', "to is 7"),
        (b'{"from": "+12065550100", "to": "+18005550199", "text": ""}', "1 to 1600"),
    ],
)
def test_answer_that_no_phone_gives_is_refused(inbox, account, body, said):
    answer = inbox.post("/api/texts", content=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert account.answers == []
