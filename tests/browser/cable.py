"""The network between a browser and the local account: a TCP proxy that can be cut and mended."""

import selectors
import socket
import threading
from contextlib import suppress

CHUNK = 65_536


class Cable:
    """Leads from a port of its own to another one of this machine, while its block lasts.

    Attributes:
        port: Where it begins.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._whole = threading.Event()
        self._whole.set()
        self._lines: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])

    def __enter__(self) -> "Cable":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """End all connections, and let none be made."""
        self._whole.clear()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def mend(self) -> None:
        """Let connections be made again."""
        self._whole.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if self._whole.is_set():
                    threading.Thread(target=self._carry, args=(near,), daemon=True).start()
                else:
                    near.close()

    def _carry(self, near: socket.socket) -> None:
        with (
            near,
            socket.create_connection(("127.0.0.1", self._to)) as far,
            selectors.DefaultSelector() as both,
        ):
            self._lines += [near, far]
            for here, there in ((near, far), (far, near)):
                both.register(here, selectors.EVENT_READ, there)
            with suppress(OSError):
                while True:
                    for key, _ in both.select():
                        here, there = key.fileobj, key.data
                        assert isinstance(here, socket.socket)
                        data = here.recv(CHUNK)
                        if not data:
                            return
                        there.sendall(data)
