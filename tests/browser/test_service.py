"""The push service as LiveStack deploys it: who may listen, who may publish, and what arrives.

What is relied on of the local account is held here (AppSync Events developer guide, "WebSocket protocol").
"""

import base64
import json
import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jamwire.operations.live import Listening
from tests.deployed.deployed import Deployed
from tests.deployed.test_roles import without_grant

PATIENCE_SECONDS = 60


@contextmanager
def a_visitor(deployed: Deployed, listening: Listening, key: str = "") -> Iterator[ClientConnection]:
    """A connection as the visitor's script makes it."""
    url = urlsplit(listening.url)
    shown = base64.urlsafe_b64encode(json.dumps(authorization(listening, key)).encode()).decode().rstrip("=")
    with connect(
        listening.url,
        sock=socket.create_connection(("127.0.0.1", url.port or 443)),  # whoever resolves *.localhost
        ssl=ssl_context(deployed),
        server_hostname="localhost",
        subprotocols=[Subprotocol("aws-appsync-event-ws"), Subprotocol(f"header-{shown}")],
        proxy=None,
    ) as connection:
        yield connection


def authorization(listening: Listening, key: str = "") -> dict[str, str]:
    return {"host": urlsplit(listening.publish_url).netloc, "x-api-key": key or listening.key}


def ssl_context(deployed: Deployed) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=deployed.account.certificate)


def ask(connection: ClientConnection, **message: Any) -> dict[str, Any]:
    """Send a message; what is answered next, but for signs of life."""
    connection.send(json.dumps(message))
    return hear(connection)


def hear(connection: ClientConnection) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(connection.recv(timeout=PATIENCE_SECONDS))
        if message["type"] != "ka":
            return message


def subscribe(connection: ClientConnection, listening: Listening, channel: str) -> None:
    assert ask(connection, type="connection_init")["type"] == "connection_ack"
    message = {"type": "subscribe", "id": "1", "channel": channel, "authorization": authorization(listening)}
    assert ask(connection, **message) == {"type": "subscribe_success", "id": "1"}


def send(deployed: Deployed, **body: Any) -> str:
    """A notice by the token endpoint; its event's id."""
    endpoint, headers, _ = deployed.signed("token/notice")
    named = headers | {"idempotency-key": secrets.token_hex(12)}  # the same words again are another notice
    answer = deployed.post(endpoint, named, json.dumps(body).encode())
    assert answer.status == 200
    return str(answer.document["id"])


def test_a_notice_reaches_whoever_listens_to_its_topic(deployed: Deployed, listening: Listening) -> None:
    with a_visitor(deployed, listening) as visitor:
        subscribe(visitor, listening, "notice/line-12")
        event = send(deployed, topic="line-12", title="Late", fields={"Delay": "5 min"}, secret="of ours")
        told = hear(visitor)
        assert (told["type"], told["id"]) == ("data", "1")
        said = json.loads(told["event"])
        assert (said["id"], said["topic"], said["fields"]) == (event, "line-12", {"Delay": "5 min"})
        assert "secret" not in said
    [shown] = [d for d in deployed.inbox("GET", "/api/deliveries?channel=live") if d["event_id"] == event]
    assert (shown["destination"], shown["request"]) == ("notice/line-12", said)


def test_a_deploy_reaches_whoever_listens_to_the_site(deployed: Deployed, listening: Listening) -> None:
    with a_visitor(deployed, listening) as visitor:
        subscribe(visitor, listening, "site/updated")
        sent = deployed.send("netlify/deploy-succeeded")
        said = json.loads(hear(visitor)["event"])
        assert (said["id"], said["type"], said["paths"]) == (sent.id, "deploy.succeeded", [])


def test_a_visitor_who_publishes_is_refused(deployed: Deployed, listening: Listening) -> None:
    message = {"channel": "notice/line-12", "events": ['{"topic": "line-12", "text": "Free beer"}']}
    with a_visitor(deployed, listening) as visitor:
        subscribe(visitor, listening, "notice/line-12")
        shown = authorization(listening)
        answer = ask(visitor, type="publish", id="2", authorization=shown, **message)
        assert (answer["type"], answer["errors"][0]["errorType"]) == (
            "publish_error",
            "UnauthorizedException",
        )
        url = urlsplit(listening.publish_url)
        headers = {**authorization(listening), "content-type": "application/json"}
        account = f"https://127.0.0.1:{url.port}{url.path}"
        refused = deployed._ask(account, "POST", json.dumps(message).encode(), headers)
        assert refused.status in (401, 403)
        send(deployed, topic="line-12", title="Late")
        assert json.loads(hear(visitor)["event"])["title"] == "Late"  # and nothing before


def test_without_the_key_nobody_listens(deployed: Deployed, listening: Listening) -> None:
    with a_visitor(deployed, listening, "da2-wrong") as stranger:
        assert hear(stranger)["type"] == "connection_error"
        with pytest.raises(ConnectionClosed):
            hear(stranger)


def test_the_function_publishes_by_its_role_and_by_that_alone(
    deployed: Deployed, listening: Listening
) -> None:
    [table] = [
        stack.outputs["SubscriberLedgerTable"]
        for stack in deployed.deployment.stacks
        if stack.short_name == "Live"
    ]
    dynamodb = deployed.deployment.client("dynamodb")

    def is_refused() -> bool:
        items = dynamodb.scan(TableName=table)["Items"]
        return any("403" in item.get("reason", {}).get("S", "") for item in items)

    with a_visitor(deployed, listening) as visitor:
        subscribe(visitor, listening, "notice/line-7")
        with without_grant(deployed, "Live", "appsync:EventPublish"):
            send(deployed, topic="line-7", title="Late")
            deployed.until(is_refused, "a push that is refused, and waits")
        assert hear(visitor)["type"] == "data"  # the role is as it was
