"""A request over HTTP, before it is sent (`lambdas.clients.http`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request: a POST, where nothing else is said."""

    url: SplitResult
    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
