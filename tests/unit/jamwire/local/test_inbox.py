"""The inbox's page and its list of deliveries, whoever they come from."""

import datetime as dt

import pytest

from jamwire.local.inbox.deliveries import ReceivedDelivery
from lambdas.contracts.event import timestamp
from tests.unit.jamwire.local.inbox import EVENT_ID, MESSAGE, TOKENED, WEBHOOK, deliveries


def invalidation(**changes):
    request = {"DistributionId": "E2QWRUHAPOMQZL", "Paths": ["/*"], "CallerReference": f"{EVENT_ID}-1"}
    return ReceivedDelivery(
        **{"channel": "cdn", "destination": "E2QWRUHAPOMQZL", "request": request, "status": 201, **changes}
    )


def text_message(**changes):
    request = {"PhoneNumber": "+12065550100", "Message": "docs: deploy failed"}
    return ReceivedDelivery(
        **{"channel": "sms", "destination": "+12065550100", "request": request, "status": 200, **changes}
    )


def test_page_of_the_inbox_is_the_console(inbox):
    assert inbox.get("/").headers["content-type"].startswith("text/html")
    assert inbox.get("/console/api/outside").status_code == 401


def test_console_shows_deliveries_by_their_numbers(inbox):
    for _ in range(3):
        inbox.post(WEBHOOK, json=MESSAGE)
    found = inbox.get("/console/api/outside?channel=slack&after=1", headers=TOKENED).json()["deliveries"]
    assert [delivery["number"] for delivery in found] == [2, 3]
    assert found[0]["request"] == MESSAGE
    assert inbox.get("/console/api/outside?channel=sms", headers=TOKENED).json() == {"deliveries": []}
    assert inbox.get("/console/api/outside?after=x", headers=TOKENED).status_code == 400


def test_delivery_has_exactly_these_fields(inbox):
    inbox.post(WEBHOOK, json=MESSAGE)

    [delivery] = deliveries(inbox)
    received_at = delivery.pop("received_at")
    assert delivery == {
        "channel": "slack",
        "destination": WEBHOOK,
        "event_id": None,
        "event_ids": [],
        "request": MESSAGE,
        "status": 200,
    }
    assert abs(dt.datetime.fromisoformat(received_at) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_deliveries_of_the_account_are_in_order_of_time(inbox, account):
    now = dt.datetime.now(dt.UTC)
    inbox.post(WEBHOOK, json=MESSAGE)
    account.waiting = [
        text_message(received_at=timestamp((now + dt.timedelta(hours=1)).timestamp())),
        invalidation(received_at=timestamp((now - dt.timedelta(hours=1)).timestamp()), event_ids=(EVENT_ID,)),
    ]

    found = deliveries(inbox)

    assert [delivery["channel"] for delivery in found] == ["cdn", "slack", "sms"]
    assert found[0]["event_id"] == EVENT_ID
    assert found[2]["event_id"] is None


@pytest.mark.parametrize("channel", ["slack", "sms", "cdn"])
def test_deliveries_are_listed_by_channel(inbox, account, channel):
    inbox.post(WEBHOOK, json=MESSAGE)
    account.waiting = [text_message(), invalidation()]

    assert [delivery["channel"] for delivery in deliveries(inbox, f"?channel={channel}")] == [channel]


def test_text_message_says_what_it_is_billed_by(inbox, account):
    request = {"PhoneNumber": "+12065550100", "Message": "Störung 😀" * 12}
    account.waiting = [text_message(), text_message(request=request)]

    found = [(delivery["encoding"], delivery["parts"]) for delivery in deliveries(inbox)]

    assert found == [("GSM-7", 1), ("UCS-2", 2)]


def test_unknown_channel_is_refused(inbox):
    answer = inbox.get("/api/deliveries?channel=fax")

    assert answer.status_code == 400
    assert "slack, build, sms, cdn" in answer.json()["error"]


def test_cleared_deliveries_do_not_come_back(inbox, account):
    inbox.post(WEBHOOK, json=MESSAGE)
    account.waiting = [text_message()]

    assert inbox.delete("/api/deliveries").status_code == 204
    assert deliveries(inbox) == []
    account.waiting = [invalidation()]
    assert [delivery["channel"] for delivery in deliveries(inbox)] == ["cdn"]


def test_deliveries_are_listed_while_the_account_is_away(inbox, account):
    account.error = ConnectionRefusedError()
    inbox.post(WEBHOOK, json=MESSAGE)

    assert len(deliveries(inbox)) == 1
