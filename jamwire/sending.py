"""Sending a sample to an endpoint, or saying how with curl."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from jamwire.deployment import OperationError
from jamwire.loopback import is_loopback

TIMEOUT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered."""

    status: int
    body: str


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Post a body.

    Raises:
        OperationError: Nothing answers there.
    """
    if not url.startswith(("https://", "http://")):
        raise OperationError(f"The address is {url!r}, expected one that begins with https://")
    # A proxy for the world has nothing to do on this machine.
    opener = build_opener(ProxyHandler({})) if is_loopback(url) else build_opener()
    request = Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - checked above
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return Answer(answer.status, answer.read().decode(errors="replace"))
    except HTTPError as refused:
        return Answer(refused.code, refused.read().decode(errors="replace"))
    except (URLError, OSError) as error:
        raise OperationError(f"Nothing answers at {url}: {getattr(error, 'reason', error)}") from None


def curl_line(url: str, headers: Mapping[str, str], body: bytes) -> str:
    """The same as one line for a shell."""
    parts = ["curl", "-sS", url]
    for name, value in headers.items():
        parts += ["-H", f"{name}: {value}"]
    return shlex.join([*parts, "--data-binary", body.decode()])
