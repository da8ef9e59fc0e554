"""Faults that the inbox is told to have: how often, how long, of which channel, and what is none."""

import asyncio
import json

import httpx2
import pytest

from jamwire.local.inbox.app import make_app
from tests.unit.jamwire.local.inbox import CONSOLE, HOOKS, MESSAGE, ORDER, TOKEN, TOKENED, WEBHOOK, deliveries


def test_console_turns_faults_on_and_off(inbox):
    place = "/console/api/faults"
    assert inbox.post(place, json={"status": 503}, headers=TOKENED).status_code == 204
    assert inbox.get(place, headers=TOKENED).json() == [{"channel": "slack", "status": 503}]
    assert inbox.delete(place, headers=TOKENED).status_code == 204
    assert inbox.get("/api/faults").json() == []


def test_fault_is_taken_as_often_as_its_count(inbox):
    inbox.post("/api/faults", json={"channel": "slack", "status": 429, "retry_after": 2, "count": 2})

    answers = [inbox.post(WEBHOOK, json=MESSAGE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == ["2", "2", None]
    assert [delivery["status"] for delivery in deliveries(inbox)] == [429, 429, 200]


def test_fault_without_count_lasts_until_cleared(inbox):
    inbox.post("/api/faults", json={"status": 500})
    assert {inbox.post(WEBHOOK, json=MESSAGE).status_code for _ in range(5)} == {500}

    assert inbox.delete("/api/faults").status_code == 204

    assert inbox.post(WEBHOOK, json=MESSAGE).status_code == 200


def test_faults_follow_one_another(inbox):
    for fault in ({"status": 429, "count": 1}, {"status": 503, "count": 2}, {"status": 410}):
        assert inbox.post("/api/faults", json=fault).status_code == 204

    assert [inbox.post(WEBHOOK, json=MESSAGE).status_code for _ in range(5)] == [429, 503, 503, 410, 410]


def test_faults_to_come_are_listed(inbox):
    inbox.post("/api/faults", json={"status": 429, "retry_after": 2, "count": 2})
    inbox.post("/api/faults", json={"hang": 20})
    inbox.post(WEBHOOK, json=MESSAGE)

    assert inbox.get("/api/faults").json() == [
        {"channel": "slack", "status": 429, "retry_after": 2, "count": 1},
        {"channel": "slack", "hang": 20},
    ]


def test_fault_that_hangs_answers_late(inbox):
    inbox.post("/api/faults", json={"hang": 0.01, "count": 1})

    assert inbox.post(WEBHOOK, json=MESSAGE).status_code == 200
    assert deliveries(inbox)[0]["status"] == 200


def test_delivery_of_a_sender_that_hung_up_is_recorded(account):
    async def attempt():
        app = make_app(account, console=CONSOLE, token=TOKEN)
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1"
        ) as client:
            await client.post("/api/faults", json={"hang": 600, "count": 1})
            sent = [{"type": "http.request", "body": json.dumps(MESSAGE).encode(), "more_body": False}]

            async def receive():
                return sent.pop() if sent else {"type": "http.disconnect"}

            async def send(message):
                pass

            scope = {
                **{"type": "http", "method": "POST", "path": WEBHOOK, "query_string": b""},
                "headers": [(b"host", b"127.0.0.1")],
            }
            await asyncio.wait_for(app(scope, receive, send), timeout=5)
            return (await client.get("/api/deliveries")).json()

    [delivery] = asyncio.run(attempt())

    assert delivery["status"] is None


def test_faults_are_of_one_channel(inbox):
    inbox.post("/api/faults", json={"channel": "build", "status": 503, "retry_after": 7, "count": 1})

    assert inbox.post(WEBHOOK, json=MESSAGE).status_code == 200
    refused = inbox.post(HOOKS["netlify"], json=ORDER)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert inbox.post(HOOKS["netlify"], json=ORDER).status_code == 200
    assert [delivery["status"] for delivery in deliveries(inbox, "?channel=build")] == [503, 200]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("[]", "Expected an object"),
        ("nonsense", "not JSON"),
        ("{}", "Neither status nor hang"),
        ('{"count": 2}', "Neither status nor hang"),
        ('{"hang": 2, "retry_after": 1}', "retry_after goes with a status"),
        ('{"channel": "fax", "status": 500}', "expected slack"),
        ('{"channel": ["slack"], "status": 500}', "expected slack"),
        ('{"channel": "sms", "status": 500}', "local account answers"),
        ('{"channel": "cdn", "status": 500}', "local account answers"),
        ('{"status": "500"}', "expected a whole number from 200 to 599"),
        ('{"status": 429.0}', "expected a whole number"),
        ('{"status": true}', "expected a whole number"),
        ('{"status": 99}', "expected a whole number from 200"),
        ('{"status": 500, "count": 0}', "count is 0"),
        ('{"hang": -1}', "hang is -1"),
        ('{"hang": NaN}', "hang is nan"),
        ('{"status": 500, "state": "down"}', "state is unknown"),
        ('{"cut": false}', "cut is False"),
    ],
)
def test_invalid_fault_is_refused(inbox, fault, said):
    answer = inbox.post("/api/faults", content=fault)

    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert inbox.get("/api/faults").json() == []
