"""A push service in a process of its own, over TLS: it takes every push at once, and counts them."""

import asyncio
import datetime as dt
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

ADDRESS: Final = "127.0.0.1"
PEM: Final = "push.pem"

_TAKEN: Final = b"HTTP/1.1 201 Created\r\nLocation: /m/1\r\nContent-Length: 0\r\nServer: bench\r\n\r\n"
_COUNT: Final = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}"


class PushService:
    """Where it is.

    Args:
        port: Its port.
        pem: Its certificate, which is trusted here and nowhere else.
    """

    def __init__(self, port: int, pem: Path) -> None:
        self._port = port
        self._trust = ssl.create_default_context(cafile=str(pem))

    def connection(self, origin: str) -> HTTPConnection:
        """A connection to it, whatever push service was meant."""
        return HTTPSConnection(ADDRESS, self._port, timeout=30, context=self._trust)

    def taken(self) -> int:
        """How many pushes it has taken."""
        connection = self.connection("")
        connection.request("GET", "/")
        count = int(connection.getresponse().read())
        connection.close()
        return count


@contextmanager
def running_push_service() -> Iterator[PushService]:
    """It runs while the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(folder, PEM)
        pem.write_bytes(_certificate())
        command = [sys.executable, "-m", "bench.push_service", str(pem)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
            try:
                yield PushService(int(process.stdout.readline()), pem)  # type: ignore[union-attr]
            finally:
                process.terminate()


def _certificate() -> bytes:
    """A key and its certificate for this machine's own address, for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


class _Counter:
    def __init__(self) -> None:
        self.taken = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                writer.write(self._answer(pushed=head.startswith(b"post")))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, *, pushed: bool) -> bytes:
        self.taken += pushed
        return _TAKEN if pushed else _COUNT.format(len(str(self.taken)), self.taken).encode()


async def _run(pem: str) -> None:
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(pem)
    server = await asyncio.start_server(_Counter().serve, ADDRESS, 0, ssl=trust, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
