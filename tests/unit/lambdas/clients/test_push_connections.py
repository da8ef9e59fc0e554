"""Connections to push services: when they are kept, and where they may lead."""

import io
import socket
import ssl
from collections.abc import Callable
from http.client import BadStatusLine, HTTPConnection, HTTPResponse, HTTPSConnection, RemoteDisconnected
from typing import Any, ClassVar

import pytest

from lambdas.clients import push_connections
from lambdas.clients.http import HttpResponse, NoResponseError, trust
from lambdas.clients.push_connections import (
    NotConnectedError,
    PrivateAddressError,
    PushConnections,
    is_public,
    new_connection,
    public_addresses,
)

ORIGIN, OTHER = "https://push.example.net", "https://other.example.net"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"

Answer = bytes | Exception


class Wire:
    """A socket that is read from a text."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._text)


class Connection(HTTPConnection):
    """A connection whose other end says what it is told to, one answer after the other."""

    made: ClassVar[list["Connection"]] = []
    script: ClassVar[list[Answer]] = []
    refuses: ClassVar[Exception | None] = None

    def __init__(self, origin: str) -> None:
        super().__init__("push.example.net")
        self.origin = origin
        self.sent: list[tuple[Any, ...]] = []
        self.closed = False
        Connection.made.append(self)

    def connect(self) -> None:
        if Connection.refuses:
            raise Connection.refuses

    def request(self, *request: Any, **_: Any) -> None:
        self.sent.append(request)

    def getresponse(self) -> HTTPResponse:
        answer = Connection.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        response = HTTPResponse(Wire(answer))  # type: ignore[arg-type]
        response.begin()
        return response

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Callable[..., HttpResponse]:
    monkeypatch.setattr(Connection, "made", [])
    connections = PushConnections(Connection)

    def post(*script: Answer, origin: str = ORIGIN) -> HttpResponse:
        monkeypatch.setattr(Connection, "script", [*script])
        return connections.post(origin, "/a", {"TTL": "60"}, b"push")

    return post


def test_connection_is_kept_for_the_next_push(post: Callable[..., HttpResponse]) -> None:
    assert [post(CREATED).status, post(CREATED).status, post(CREATED, origin=OTHER).status] == [201] * 3
    one, other = Connection.made
    assert (one.origin, other.origin) == (ORIGIN, OTHER)
    assert one.sent == [("POST", "/a", b"push", {"TTL": "60"})] * 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 201 Created\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 9999\r\n\r\n" + b"x" * 9999,
    ],
)
def test_connection_that_cannot_be_used_again_is_closed(
    post: Callable[..., HttpResponse], answer: bytes
) -> None:
    post(answer)
    post(CREATED)
    assert [connection.closed for connection in Connection.made] == [True, False]


@pytest.mark.parametrize(
    "error", [RemoteDisconnected(), ConnectionResetError(), BrokenPipeError(), ssl.SSLEOFError()]
)
def test_kept_connection_that_was_closed_is_renewed(
    post: Callable[..., HttpResponse], error: Exception
) -> None:
    post(CREATED)
    assert post(error, CREATED).status == 201
    assert [connection.closed for connection in Connection.made] == [True, False]


@pytest.mark.parametrize(
    "error", [TimeoutError(), socket.gaierror(), ssl.SSLError(), ConnectionRefusedError()]
)
def test_push_service_that_takes_no_connection_has_received_nothing(
    post: Callable[..., HttpResponse], error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "refuses", error)
    with pytest.raises(NotConnectedError):
        post(CREATED)
    assert Connection.made[0].sent == []


@pytest.mark.parametrize("error", [RemoteDisconnected(), TimeoutError(), ssl.SSLError(), BadStatusLine("x")])
def test_new_connection_that_fails_gives_no_response(
    post: Callable[..., HttpResponse], error: Exception
) -> None:
    with pytest.raises(NoResponseError):
        post(error, CREATED)
    assert [connection.closed for connection in Connection.made] == [True]


def test_kept_connection_that_is_silent_is_not_asked_again(post: Callable[..., HttpResponse]) -> None:
    post(CREATED)
    with pytest.raises(NoResponseError):
        post(TimeoutError(), CREATED)
    assert len(Connection.made) == 1


def test_redirect_is_an_answer(post: Callable[..., HttpResponse]) -> None:
    answer = post(b"HTTP/1.1 307 T\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n")
    assert (answer.status, len(Connection.made)) == (307, 1)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - it is refused
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "ff02::1",
    ],
)
def test_address_of_ones_own_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["142.250.74.74", "17.188.143.1", "2a00:1450:4001:80e::200a"])
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_private_addresses_of_a_name_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "10.0.0.1", "142.250.74.74")
    assert public_addresses("push.example.net", 443) == [("142.250.74.74", 443)]


def test_name_of_a_private_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "10.0.0.1", "::1")
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given: connected.append(given))
    with pytest.raises(PrivateAddressError):
        PushConnections(new_connection).post(ORIGIN, "/a", {}, b"push")
    assert connected == []


def test_next_address_is_tried_where_one_takes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "142.250.74.74", "17.188.143.1")
    tried: list[Any] = []

    def create_connection(address: Any, timeout: float) -> Any:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(NotConnectedError):
        PushConnections(new_connection).post(ORIGIN, "/a", {}, b"push")
    assert tried == [("142.250.74.74", 443), ("17.188.143.1", 443)]


def test_further_push_service_may_be_at_a_private_address() -> None:
    kinds = {
        origin: type(new_connection(origin, private=["https://push.lan", "http://127.0.0.1:9100"]))
        for origin in ("https://push.lan", "http://127.0.0.1:9100", ORIGIN)
    }
    assert kinds == {
        "https://push.lan": HTTPSConnection,
        "http://127.0.0.1:9100": HTTPConnection,
        ORIGIN: push_connections._PublicConnection,
    }


def test_public_connection_is_verified_by_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "142.250.74.74")
    wrapped: list[Any] = []

    class Plain:
        def setsockopt(self, level: int, option: int, value: int) -> None:
            wrapped.append((level, option, bool(value)))

    context = trust()
    monkeypatch.setattr(socket, "create_connection", lambda address, timeout: Plain())
    monkeypatch.setattr(
        context, "wrap_socket", lambda plain, server_hostname: wrapped.append(server_hostname)
    )
    connection = new_connection(ORIGIN)
    connection.connect()
    assert wrapped == [(socket.IPPROTO_TCP, socket.TCP_NODELAY, True), "push.example.net"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
