"""How botocore's requests travel, between two ends of a socket."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

from lambdas.clients import aws, transport
from lambdas.clients.transport import Origin, Transport

URL = "https://sqs.eu-north-1.amazonaws.com/queue?a=b"
QUEUE = "https://sqs.us-east-1.amazonaws.com/1/queue"


def answer(body: bytes = b"{}", status: str = "200 OK", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-length: %d\r\n%s\r\n%s" % (status.encode(), len(body), headers, body)


OK = answer()


@dataclass
class Service:
    """The other end.

    Attributes:
        answers: What each connection answers, one request after the other; then it is closed.
        asked: What it was asked.
        origins: Where it was connected to, and within how many seconds, once for each connection.
    """

    answers: list[Sequence[bytes]]
    asked: list[bytes] = field(default_factory=list)
    origins: list[tuple[Origin, float]] = field(default_factory=list)
    _ours: list[socket.socket] = field(default_factory=list)
    _serving: list[threading.Thread] = field(default_factory=list)

    def connect(self, origin: Origin, timeout: float) -> socket.socket:
        self.origins.append((origin, timeout))
        ours, theirs = socket.socketpair()
        self._ours.append(ours)
        self._serving.append(threading.Thread(target=self._serve, args=(theirs, self.answers.pop(0))))
        self._serving[-1].start()
        return ours

    def _serve(self, theirs: socket.socket, answers: Sequence[bytes]) -> None:
        with theirs:
            for given in answers:
                if asked := theirs.recv(65_536):
                    self.asked.append(asked)
                    theirs.sendall(given)

    def until_closed(self) -> None:
        for serving in self._serving:
            serving.join(10)

    def close(self) -> None:
        for ours in self._ours:
            ours.close()
        self.until_closed()


Sending = Callable[..., tuple[Service, Transport]]


@pytest.fixture
def sending() -> Iterator[Sending]:
    """Makes a service by what its connections answer, and what asks it."""
    services: list[Service] = []

    def make(*connections: Sequence[bytes]) -> tuple[Service, Transport]:
        services.append(Service(list(connections)))
        return services[-1], Transport(3.0, 5.0, services[-1].connect)

    yield make
    for service in services:
        service.close()


def a_request(body: Any = b"{}", **headers: Any) -> AWSPreparedRequest:
    return AWSRequest("POST", URL, headers={"X-Amz-Target": b"Send", **headers}, data=body).prepare()


def test_request_is_sent_in_one_piece(sending: Sending) -> None:
    service, ours = sending([answer(b'{"b": 1}', headers=b"x-amzn-requestid: 17\r\n")])
    response = ours.send(a_request('{"a": "é"}'.encode()))
    assert (response.status_code, response.content) == (200, b'{"b": 1}')
    assert response.headers["X-Amzn-RequestId"] == "17"
    head, _, body = service.asked[0].partition(b"\r\n\r\n")
    assert body == '{"a": "é"}'.encode()
    assert head.split(b"\r\n") == [
        b"POST /queue?a=b HTTP/1.1",
        b"X-Amz-Target: Send",
        b"Content-Length: 11",
        b"Host: sqs.eu-north-1.amazonaws.com",
    ]
    assert service.origins == [(("https", "sqs.eu-north-1.amazonaws.com"), 3.0)]


def test_named_host_stays(sending: Sending) -> None:
    service, ours = sending([OK])
    ours.send(a_request(host="abc.appsync-api.us-east-1.amazonaws.com"))
    assert service.asked[0].lower().count(b"\r\nhost: ") == 1
    assert b"host: abc.appsync-api" in service.asked[0]


def test_text_is_sent_as_utf_8(sending: Sending) -> None:
    service, ours = sending([OK])
    request = a_request()
    request.body = "é"
    ours.send(request)
    assert service.asked[0].endswith("\r\n\r\né".encode())


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\rb"])
def test_header_of_several_lines_is_sent_to_nobody(sending: Sending, value: str) -> None:
    service, ours = sending([OK])
    with pytest.raises(ValueError, match="more than one line"):
        ours.send(a_request(name=value))
    assert service.origins == []


def test_connection_is_kept(sending: Sending) -> None:
    service, ours = sending([OK, OK, OK])
    for _ in range(3):
        ours.send(a_request())
    assert (len(service.origins), len(service.asked)) == (1, 3)


def test_connection_that_was_closed_meanwhile_is_not_used(sending: Sending) -> None:
    service, ours = sending([OK], [OK])
    ours.send(a_request())
    service.until_closed()
    assert ours.send(a_request()).status_code == 200
    assert len(service.origins) == 2


def test_connection_that_is_to_be_closed_is_not_kept(sending: Sending) -> None:
    service, ours = sending([answer(headers=b"connection: close\r\n"), OK], [OK])
    for _ in range(2):
        ours.send(a_request())
    assert len(service.origins) == 2


@pytest.mark.parametrize("given", [b"", b"HTTP/1.1", OK[:-1], b"nonsense\r\n\r\n"])
def test_half_a_response_is_a_closed_connection(sending: Sending, given: bytes) -> None:
    service, ours = sending([given], [OK])
    with pytest.raises(ConnectionClosedError):
        ours.send(a_request())
    service.until_closed()
    assert ours.send(a_request()).status_code == 200


def test_response_that_does_not_come_is_a_timeout() -> None:
    ours, theirs = socket.socketpair()
    with theirs, pytest.raises(ReadTimeoutError):
        Transport(3.0, 0.01, lambda *_: ours).send(a_request())
    assert ours.fileno() == -1  # closed: what comes late would answer another request


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (TimeoutError(), ConnectTimeoutError),
        (ConnectionRefusedError(), EndpointConnectionError),
        (socket.gaierror(), EndpointConnectionError),
        (ssl.SSLCertVerificationError(), SSLError),
    ],
)
def test_connection_that_cannot_be_made_says_why(error: OSError, raised: type[Exception]) -> None:
    def connect(origin: Origin, timeout: float) -> socket.socket:
        raise error

    with pytest.raises(raised):
        Transport(3.0, 5.0, connect).send(a_request())


@pytest.mark.parametrize(
    "changed",
    [{"stream_output": True}, {"body": iter([b""])}, {"headers": {"Expect": "100-continue"}}],
    ids=["streamed", "parts", "waiting"],
)
def test_what_is_not_in_one_piece_is_left_to_botocore(sending: Sending, changed: dict[str, Any]) -> None:
    service, ours = sending([OK])
    request = a_request()
    for name, value in changed.items():
        setattr(request, name, value)
    assert ours.before_send(request, event_name="before-send.s3.PutObject") is None
    assert service.origins == []


@pytest.fixture
def _new_clients() -> Iterator[None]:
    aws.client.cache_clear()  # type: ignore[attr-defined]
    yield
    aws.client.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_new_clients")
def test_functions_client_is_answered_and_tries_again(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = answer(b'{"Messages": [{"Body": "hello"}]}')
    service, ours = sending([answer(status="503 Busy"), OK[:-1]], [received])
    monkeypatch.setattr(transport, "Transport", lambda *_: ours)
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's own pause
    heard = aws.client("sqs").receive_message(QueueUrl=QUEUE)
    assert [message["Body"] for message in heard["Messages"]] == ["hello"]
    assert len(service.asked) == 3
    assert all(b"AWS4-HMAC-SHA256" in asked for asked in service.asked)


@pytest.mark.usefixtures("_new_clients")
def test_way_by_a_proxy_is_left_to_botocore(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    service, ours = sending([OK])
    monkeypatch.setattr(transport, "Transport", lambda *_: ours)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(HTTPClientError, match="socket"):  # urllib3's, which nobody may use here
        aws.client("sqs").receive_message(QueueUrl=QUEUE)
    assert service.origins == []


@pytest.mark.usefixtures("_new_clients")
@pytest.mark.parametrize(("url", "read"), [("https://sqs.example", [1]), ("http://sqs.example", [])])
def test_certificates_are_read_with_the_client(
    monkeypatch: pytest.MonkeyPatch, url: str, read: list[int]
) -> None:
    found: list[int] = []
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setattr(transport, "whom_to_trust", lambda: found.append(1))
    aws.client("sqs")
    assert found == read


@pytest.mark.parametrize(("bundle", "cafiles"), [("", []), ("/ca.pem", ["/ca.pem"])])
def test_bundle_of_the_environment_is_trusted(
    monkeypatch: pytest.MonkeyPatch, bundle: str, cafiles: list[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setenv("AWS_CA_BUNDLE", bundle)
    monkeypatch.setattr(ssl, "create_default_context", lambda cafile: asked.append(cafile))
    monkeypatch.setattr(transport, "trust", lambda: "whom all trust")
    found = transport.whom_to_trust.__wrapped__()
    assert (found, asked) == (None if bundle else "whom all trust", cafiles)
