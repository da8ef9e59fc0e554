"""The console as a program of its own, on this machine only."""

import socket
from typing import Final

import uvicorn
from starlette.types import ASGIApp

HOST: Final = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A socket on a port of this machine that only this machine reaches; 0 for any that is free.

    Raises:
        OSError: Another program has the port.
    """
    return socket.create_server((HOST, port))


def address(port: int, token: str) -> str:
    """The console's address. What is behind the number sign is sent to nobody."""
    return f"http://{HOST}:{port}/#token={token}"


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until Ctrl-C."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, proxy_headers=False, timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listening])
