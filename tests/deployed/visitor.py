"""A visitor of a site whose pages listen: reads the state, and hears what is pushed."""

import base64
import json
import secrets
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from jamwire.operations.live import Listening
from jamwire.operations.secrets import list_secrets
from tests.deployed.deployed import Answer, Deployed

PATIENCE_SECONDS = 60
ORIGIN = "https://www.example.com"


def get(
    deployed: Deployed, url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> Answer:
    """Ask as a page of another site does; whoever resolves *.localhost."""
    parts = urlsplit(url)
    connection: HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=deployed.account.certificate)
        context.check_hostname = False  # the emulator's certificate names itself
        connection = HTTPSConnection("127.0.0.1", parts.port, timeout=PATIENCE_SECONDS, context=context)
    else:
        connection = HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(
            method, parts.path, headers={"Host": parts.netloc, "Origin": ORIGIN, **(headers or {})}
        )
        answer = connection.getresponse()
        text = answer.read()
        found = {name.lower(): value for name, value in answer.getheaders()}
        is_json = "json" in found.get("content-type", "") and bool(text)
        return Answer(answer.status, found, json.loads(text) if is_json else text.decode())
    finally:
        connection.close()


def until_said(deployed: Deployed, url: str, name: str, value: str, **headers: str) -> dict[str, Any]:
    """Wait until a topic's document has a value; the document."""

    def read() -> dict[str, Any] | None:
        answer = get(deployed, url, headers)
        entries = answer.document["entries"] if answer.status == 200 else {}
        return answer.document if entries.get(name, [""])[0] == value else None

    return deployed.until(read, f"{name} of {url}") or {}


def send(deployed: Deployed, **body: Any) -> str:
    """A notice by the token endpoint; its event's id."""
    headers = {
        "authorization": f"Bearer {list_secrets(deployed.deployment, 'zap')[-1].value}",
        "content-type": "application/json",
        "idempotency-key": secrets.token_hex(12),
    }
    answer = deployed.post("zap", headers, json.dumps(body).encode())
    assert answer.status == 200, answer
    return str(answer.document["id"])


@contextmanager
def a_visitor(deployed: Deployed, listening: Listening) -> Iterator[ClientConnection]:
    """A connection as the visitor's script makes it, accepted."""
    url = urlsplit(listening.url)
    shown = json.dumps(authorization(listening)).encode()
    header = base64.urlsafe_b64encode(shown).decode().rstrip("=")
    with connect(
        listening.url,
        sock=socket.create_connection(("127.0.0.1", url.port or 443)),
        ssl=ssl.create_default_context(cafile=deployed.account.certificate) if url.scheme == "wss" else None,
        server_hostname="localhost" if url.scheme == "wss" else None,
        subprotocols=[Subprotocol("aws-appsync-event-ws"), Subprotocol(f"header-{header}")],
        proxy=None,
    ) as connection:
        connection.send('{"type": "connection_init"}')
        assert hear(connection)["type"] == "connection_ack"
        yield connection


def authorization(listening: Listening, token: str = "") -> dict[str, str]:
    """What a visitor shows: the key, or a token."""
    host = urlsplit(listening.publish_url).netloc
    return {"host": host, "Authorization": token} if token else {"host": host, "x-api-key": listening.key}


def subscribe(
    connection: ClientConnection, listening: Listening, channel: str, token: str = ""
) -> dict[str, Any]:
    """Ask to listen to a channel; the answer."""
    message = {
        "type": "subscribe",
        "id": secrets.token_hex(4),
        "channel": channel,
        "authorization": authorization(listening, token),
    }
    connection.send(json.dumps(message))
    return hear(connection)


def hear(connection: ClientConnection) -> dict[str, Any]:
    """What is said next, but for signs of life."""
    while True:
        message: dict[str, Any] = json.loads(connection.recv(timeout=PATIENCE_SECONDS))
        if message["type"] != "ka":
            return message
