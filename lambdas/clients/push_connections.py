"""Connections to push services: kept, since a push takes less than a handshake, and to public addresses only."""

import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Final

from lambdas.clients.http import HttpResponse, NoResponseError, lower_case, trust

TIMEOUT_SECONDS: Final = 8
"""For each step of a request; a push service answers within a tenth of a second."""

_CLOSED: Final = (ConnectionError, ssl.SSLEOFError)
"""How a connection shows that its other end has closed it."""

_MAX_KEPT_BYTES: Final = 2048


class NotConnectedError(ConnectionError):
    """The push service takes no connection: it has received nothing."""


class PrivateAddressError(Exception):
    """A name leads to no public address: who named it means a machine that is not meant to be reached from outside."""


class _ClosedError(NoResponseError):
    """The other end has closed the connection."""


class _Kept(threading.local):
    """A thread's connections by their origins."""

    def __init__(self) -> None:
        self.connections: dict[str, HTTPConnection] = {}


class PushConnections:
    """Sends requests, each thread on a connection of its own for each push service.

    Args:
        new: Makes a connection to a push service, by its origin: `new_connection`.
    """

    def __init__(self, new: Callable[[str], HTTPConnection]) -> None:
        self._new = new
        self._kept = _Kept()

    def post(self, origin: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        """Send a request. A redirect is a response like any other.

        What was sent on a connection that turns out to be closed is sent once more on a new one: a push that comes
        twice is replaced by its topic, or ignored by its event.

        Raises:
            NotConnectedError: The push service takes no connection.
            NoResponseError: Whether the push service has received it is unknown.
            PrivateAddressError: The push service is at no public address.
        """
        if kept := self._kept.connections.pop(origin, None):
            with suppress(_ClosedError):
                return self._exchange(origin, kept, path, headers, body)
        return self._exchange(origin, self._opened(origin), path, headers, body)

    def _opened(self, origin: str) -> HTTPConnection:
        connection = self._new(origin)
        try:
            connection.connect()
        except OSError:
            raise NotConnectedError from None
        return connection

    def _exchange(
        self, origin: str, connection: HTTPConnection, path: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Ask, and keep the connection if it may be used again."""
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            beginning = response.read(_MAX_KEPT_BYTES)
            if response.isclosed() and not response.will_close:
                self._kept.connections[origin] = connection
            return HttpResponse(response.status, lower_case(response.getheaders()), beginning)
        except _CLOSED:
            raise _ClosedError from None
        except (OSError, HTTPException):
            raise NoResponseError from None
        finally:
            if self._kept.connections.get(origin) is not connection:
                connection.close()


def new_connection(origin: str, private: Collection[str] = ()) -> HTTPConnection:
    """A connection that is not open yet.

    Args:
        origin: The push service's.
        private: Origins that may be at a private address, since the deployment itself names them.
    """
    scheme, _, netloc = origin.partition("://")
    if origin not in private:
        return _PublicConnection(netloc, timeout=TIMEOUT_SECONDS)
    if scheme == "https":
        return HTTPSConnection(netloc, timeout=TIMEOUT_SECONDS, context=trust())
    return HTTPConnection(netloc, timeout=TIMEOUT_SECONDS)


class _PublicConnection(HTTPSConnection):
    """Connects to a public address, which is the one that was looked at: a name may lead elsewhere the next time."""

    def connect(self) -> None:
        """Connect.

        Raises:
            PrivateAddressError: There is no public address.
        """
        plain = _connected(public_addresses(self.host, self.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = trust().wrap_socket(plain, server_hostname=self.host)


def public_addresses(host: str, port: int) -> list[tuple[str, int]]:
    """The public addresses of a name.

    Raises:
        OSError: Nobody knows the name.
        PrivateAddressError: It has none.
    """
    found = [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    public = [(address, port) for address in found if is_public(address)]
    if not public:
        raise PrivateAddressError
    return public


def is_public(address: str) -> bool:
    """Whether an address is one of the internet (IANA's registries of special-purpose addresses)."""
    read = ip_address(address)
    return read.is_global and not read.is_multicast


def _connected(addresses: list[tuple[str, int]]) -> socket.socket:
    """A connection to the first address that takes one."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection(address, TIMEOUT_SECONDS)
    return socket.create_connection(last, TIMEOUT_SECONDS)
