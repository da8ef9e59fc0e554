"""How botocore's requests travel: over connections of the standard library, which are kept.

Botocore signs, repeats and reads as ever. Before it sends a request it asks its `before-send` event for the response
(`botocore.endpoint.Endpoint`), and gets it here. Its own way, by urllib3, takes a third of a call's processor time, and
each client reads the certificates anew.
"""

import os
import select
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from lambdas.clients.http import trust

if TYPE_CHECKING:
    from collections.abc import Iterable

Origin = tuple[str, str]
"""Scheme, and host with its port."""

Connect = Callable[[Origin, float], socket.socket]
"""Connects to an origin within so many seconds."""


class _Body:
    """A body that was read."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> "Iterable[bytes]":
        return (self._body,)


def connect(origin: Origin, timeout: float) -> socket.socket:
    """A new connection."""
    scheme, netloc = origin
    if scheme == "https":
        connection: HTTPConnection = HTTPSConnection(netloc, timeout=timeout, context=whom_to_trust())
    else:
        connection = HTTPConnection(netloc, timeout=timeout)
    connection.connect()
    opened: socket.socket = connection.sock
    return opened


class Transport:
    """Sends a client's requests; for any number of threads.

    Args:
        connect_timeout: Seconds that a connection may take.
        read_timeout: Seconds that a response may keep silent.
        connect: Connects.
    """

    def __init__(self, connect_timeout: float, read_timeout: float, connect: Connect = connect) -> None:
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._connect = connect
        self._idle = defaultdict[Origin, list[socket.socket]](list)

    def before_send(self, request: AWSPreparedRequest, **_event: object) -> AWSResponse | None:
        """Answer botocore's event; None leaves to it what is not written or read in one piece."""
        in_one = isinstance(request.body, bytes | str | None) and "Expect" not in request.headers
        return self.send(request) if in_one and not request.stream_output else None

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send a request; its response is read.

        Raises:
            ConnectionClosedError: There was no whole response.
            ConnectTimeoutError: Nobody has taken the connection in time.
            EndpointConnectionError: There is no connection.
            ReadTimeoutError: The response was silent for too long.
            SSLError: The other end is not whom it says it is.
        """
        url = urlsplit(request.url)
        origin = (url.scheme, url.netloc)
        message = message_of(request, url)
        opened = self._kept(origin) or self._new(origin, request.url)
        try:
            opened.sendall(message)
            response = HTTPResponse(opened, method=request.method)
            response.begin()
            body = response.read()
        except TimeoutError as error:
            opened.close()
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except (OSError, HTTPException) as error:
            opened.close()
            raise ConnectionClosedError(endpoint_url=request.url, request=request, error=error) from error
        if response.will_close:
            opened.close()
        else:
            self._idle[origin].append(opened)
        headers: Any = dict(response.getheaders())
        return AWSResponse(request.url, response.status, headers, _Body(body))

    def _kept(self, origin: Origin) -> socket.socket | None:
        """A connection that was kept; what can be read from it before anything is asked is its end."""
        idle = self._idle[origin]
        with suppress(IndexError):  # none is left, or another thread was faster
            while is_readable(opened := idle.pop()):
                opened.close()
            return opened
        return None

    def _new(self, origin: Origin, url: str) -> socket.socket:
        try:
            opened = self._connect(origin, self._connect_timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except ssl.SSLError as error:
            raise SSLError(endpoint_url=url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        opened.settimeout(self._read_timeout)
        return opened


def carry(client: Any) -> None:
    """Carry a client's requests; where a proxy is set, botocore knows how to use it."""
    if getproxies():
        return
    config = client.meta.config
    client.meta.events.register(
        "before-send", Transport(config.connect_timeout, config.read_timeout).before_send
    )
    if client.meta.endpoint_url.startswith("https:"):
        whom_to_trust()  # now, when a function that starts has a whole processor


def is_readable(opened: socket.socket) -> bool:
    """Whether there is something to read at once, if only the end."""
    looking = select.poll()
    looking.register(opened, select.POLLIN)
    return bool(looking.poll(0))


def message_of(request: AWSPreparedRequest, url: SplitResult) -> bytes:
    """A request as it is sent, in one piece.

    Raises:
        ValueError: A header would end where it must not.
    """
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    lines = [f"{request.method} {target} HTTP/1.1"]
    for name, value in request.headers.items():
        lines.append(f"{name}: {value.decode('latin-1') if isinstance(value, bytes) else value}")
    if "Host" not in request.headers:  # which knows names in any case
        lines.append(f"Host: {url.netloc}")
    head = "\r\n".join([*lines, "", ""])
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        raise ValueError("A header has more than one line.")
    body: Any = request.body or b""
    return head.encode("latin-1") + (body.encode() if isinstance(body, str) else body)


@cache
def whom_to_trust() -> ssl.SSLContext:
    """The bundle that AWS's own setting names, or whom every request trusts; kept, since it takes long to read."""
    bundle = os.environ.get("AWS_CA_BUNDLE")
    return ssl.create_default_context(cafile=bundle) if bundle else trust()
