import asyncio
import datetime as dt
import json
import time

import httpx2
import pytest
from starlette.testclient import TestClient

from jamwire.console.context import Context
from jamwire.local.inbox.app import make_app
from jamwire.local.inbox.deliveries import ReceivedDelivery
from lambdas.contracts.build_hosts import HOSTS, a_local_hook
from lambdas.contracts.event import timestamp

WEBHOOK = "/services/T0LOCAL/B0LOCAL/4f5e6d7c8b9a"
EVENT_ID = "0123456789abcdef0123456789abcdef"
TOKEN = "2f6d1c0b9a8e7d6c"
TOKENED = {"authorization": f"Bearer {TOKEN}"}
CONSOLE = Context(find_deployment=lambda: None, clock=time.time, sleep=time.sleep, fresh=lambda: "")
MESSAGE = {"text": "docs: deployed"}


class Account:
    """Stands in for the local account: gives out what a test puts here."""

    def __init__(self):
        self.waiting = []
        self.error = None

    def fresh(self):
        if self.error:
            raise self.error
        given, self.waiting = self.waiting, []
        return given


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def inbox(account):
    with TestClient(make_app(account, console=CONSOLE, token=TOKEN), base_url="http://127.0.0.1") as client:
        yield client


def deliveries(inbox, query=""):
    return inbox.get(f"/api/deliveries{query}").json()


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


def test_console_turns_faults_on_and_off(inbox):
    place = "/console/api/faults"
    assert inbox.post(place, json={"status": 503}, headers=TOKENED).status_code == 204
    assert inbox.get(place, headers=TOKENED).json() == [{"channel": "slack", "status": 503}]
    assert inbox.delete(place, headers=TOKENED).status_code == 204
    assert inbox.get("/api/faults").json() == []


def test_webhook_answers_as_slack_does(inbox):
    answer = inbox.post(WEBHOOK, json=MESSAGE)

    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")


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


@pytest.mark.parametrize(
    "message",
    [
        {"text": "a", "blocks": [{"type": "divider"}, {"type": "divider", "block_id": EVENT_ID}]},
        {"text": "a", "attachments": [{}, {"blocks": [{"type": "divider", "block_id": EVENT_ID}]}]},
    ],
)
def test_event_is_known_by_a_block_named_after_it(inbox, message):
    inbox.post(WEBHOOK, json=message)

    assert deliveries(inbox)[0]["event_id"] == EVENT_ID


@pytest.mark.parametrize("block_id", ["title", EVENT_ID[:-1], EVENT_ID.upper(), f"{EVENT_ID}0"])
def test_other_blocks_name_no_event(inbox, block_id):
    inbox.post(WEBHOOK, json={"text": "a", "blocks": [{"type": "divider", "block_id": block_id}]})

    assert deliveries(inbox)[0]["event_id"] is None


@pytest.mark.parametrize(
    "body", [b"", b"text", b"\xff", b"[1]", b"null", b"{}", b'{"text": ""}', b"[" * 9999]
)
def test_unreadable_message_is_refused_and_recorded(inbox, body):
    answer = inbox.post(WEBHOOK, content=body)

    assert (answer.status_code, answer.text) == (400, "invalid_payload")
    assert deliveries(inbox)[0]["status"] == 400


def section(**parts):
    return {"type": "section", **parts}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


@pytest.mark.parametrize(
    "blocks",
    [
        {"type": "section"},
        [{"type": "divider"}] * 51,
        [{"text": mrkdwn("no type")}],
        [section()],
        [section(text=mrkdwn(""))],
        [section(text=mrkdwn("a" * 3001))],
        [section(fields=[mrkdwn("a")] * 11)],
        [section(fields=[mrkdwn("a" * 2001)])],
        [{"type": "context", "elements": []}],
        [{"type": "context", "elements": [mrkdwn("a")] * 11}],
        [{"type": "header", "text": {"type": "plain_text", "text": "a" * 151}}],
        [{"type": "divider", "block_id": "a" * 256}],
    ],
)
def test_blocks_over_slacks_limits_are_refused(inbox, blocks):
    for message in ({"blocks": blocks}, {"text": "a", "attachments": [{"blocks": blocks}]}):
        answer = inbox.post(WEBHOOK, json=message)

        assert (answer.status_code, answer.text) == (400, "invalid_blocks")


NAMED = {"type": "divider", "block_id": "a"}
METADATA = {"event_type": "jamwire_digest", "event_payload": {"events": 2, "ids": "012345678 abcdef012"}}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"blocks": [section(text=mrkdwn("a" * 3000))] * 5}, "msg_blocks_too_long"),
        ({"blocks": [NAMED], "attachments": [{"blocks": [NAMED]}]}, "invalid_blocks"),
        ({"text": "a", "metadata": {**METADATA, "event_type": "jamwire.digest"}}, "invalid_metadata_format"),
        ({"text": "a", "metadata": {**METADATA, "event_payload": "a"}}, "invalid_metadata_format"),
        (
            {"text": "a", "metadata": {**METADATA, "event_payload": {"a": "a" * 3000}}},
            "invalid_metadata_format",
        ),
    ],
)
def test_message_over_slacks_limits_is_refused(inbox, message, said):
    answer = inbox.post(WEBHOOK, json=message)

    assert (answer.status_code, answer.text) == (400, said)


def test_events_of_a_digest_are_known_by_their_prefixes(inbox):
    replay = {"blocks": [{"type": "divider", "block_id": f"{EVENT_ID}#2027-01-15"}]}
    inbox.post(WEBHOOK, json={"text": "a", "attachments": [replay], "metadata": METADATA})

    [delivery] = deliveries(inbox)
    assert delivery["event_ids"] == [EVENT_ID, "012345678", "abcdef012"]
    assert delivery["event_id"] is None


def test_blocks_at_slacks_limits_are_accepted(inbox):
    blocks = [
        section(text=mrkdwn("a" * 3000), fields=[mrkdwn("a" * 2000), *[mrkdwn("a")] * 9]),
        {"type": "context", "elements": [mrkdwn("a")] * 10, "block_id": "a" * 255},
        {"type": "header", "text": {"type": "plain_text", "text": "a" * 150}},
        *[{"type": "divider"}] * 47,
    ]

    assert inbox.post(WEBHOOK, json={"blocks": blocks}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/services/", "/services/T0/B0", "/services/B0/T0/x", "/services/T0/B0/x/y"]
)
def test_unknown_webhook_is_refused(inbox, path):
    answer = inbox.post(path, json=MESSAGE)

    assert (answer.status_code, answer.text) == (404, "no_service")
    assert deliveries(inbox)[0]["status"] == 404


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


def test_inbox_answers_under_no_other_host_name(inbox):
    assert inbox.get("/api/deliveries", headers={"host": "rebound.example.com"}).status_code == 400


FOREIGN = [
    {"origin": "https://evil.example.com"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:8080"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]
ASKED = [
    *(("GET", path) for path in ("/api/deliveries", "/api/faults", "/push/subscriptions/a/messages")),
    *(("POST", path) for path in ("/api/faults", "/api/texts", "/push/subscriptions")),
    *(("DELETE", path) for path in ("/api/deliveries", "/api/faults", "/push/subscriptions/a")),
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_page_of_another_site_is_refused(inbox, method, path, headers):
    answer = inbox.request(
        method, path, content=b'{"status": 500}' if method == "POST" else None, headers=headers
    )

    assert answer.status_code == 403
    assert inbox.get("/api/faults").json() == []


def test_page_of_the_inbox_itself_may_ask(inbox):
    own = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}

    assert inbox.post("/api/faults", json={"status": 500}, headers=own).status_code == 204
    assert inbox.get("/api/faults", headers={"sec-fetch-site": "none"}).json()


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


HOOKS = {name: a_local_hook(name, "http://127.0.0.1", lambda digits: "a1" * (digits // 2)) for name in HOSTS}
ORDER = {
    "correlation": "0a1b2c3d4e5f",
    "title": "News [jamwire:0a1b2c3d4e5f]",
    "event": EVENT_ID,
    "publishes": 1,
}


@pytest.mark.parametrize(
    ("host", "status"), [("netlify", 200), ("vercel", 201), ("cloudflare", 200), ("amplify", 202)]
)
def test_build_hook_answers_as_its_build_host_does(inbox, host, status):
    answer = inbox.post(HOOKS[host], json=ORDER)

    assert answer.status_code == status
    [delivery] = deliveries(inbox)
    assert (delivery["channel"], delivery["event_id"]) == ("build", EVENT_ID)
    assert delivery["request"] == {"host": host, "query": {}, "body": ORDER}


def test_github_dispatch_needs_a_token(inbox):
    body = {"event_type": "jamwire", "client_payload": ORDER}
    path = "/repos/local/site/dispatches"

    assert inbox.post(path, json=body).status_code == 401
    answer = inbox.post(path, json=body, headers={"authorization": "Bearer x"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert deliveries(inbox)[1]["event_id"] == EVENT_ID
    bad = inbox.post(path, json={"event_type": ""}, headers={"authorization": "Bearer x"})
    assert bad.status_code == 422


def test_path_of_no_build_host_is_refused(inbox):
    assert inbox.post("/build_hooks/nothing", json=ORDER).status_code == 404
    assert deliveries(inbox)[0]["status"] == 404


def test_build_request_shows_its_title_and_no_credential(inbox):
    inbox.post(f"{HOOKS['netlify']}?trigger_title=News&token=secret", json=ORDER)

    assert deliveries(inbox)[0]["request"]["query"] == {"trigger_title": "News"}


@pytest.mark.parametrize("body", [b"", b"text", b"[1]", b"null", b'{"client_payload": []}', b"[" * 9999])
def test_build_request_is_recorded_whatever_it_holds(inbox, body):
    assert inbox.post(HOOKS["netlify"], content=body).status_code == 200
    assert deliveries(inbox)[0]["event_id"] is None


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
