"""Waiting for a condition, instead of for a time."""

import http.client
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

POLL_SECONDS: Final = 0.03
Result = TypeVar("Result")


def wait_for(
    condition: Callable[[], Result | None], *, seconds: float, what: str, every: float = POLL_SECONDS
) -> Result:
    """The condition's first result that is true.

    Args:
        condition: What is waited for.
        seconds: For how long, at most.
        what: Its name, where it does not come.
        every: Seconds from one look to the next.

    Raises:
        TimeoutError: It did not come in time; the text says what.
    """
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:g} seconds")
        time.sleep(every)


def answers(url: str, certificate: Path | None = None) -> bool:
    """Whether an address of this machine answers with success; no proxy is asked."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    try:
        if certificate:
            context = ssl.create_default_context(cafile=certificate)
            connection = http.client.HTTPSConnection(host, port, timeout=2, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=2)
    except OSError:  # the certificate is still being made
        return False
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
