"""The HTTP request as the sender made it."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request without what API Gateway does to it.

    Attributes:
        endpoint: The endpoint's name, from the path.
        method: In upper case.
        headers: By lower-case name; API Gateway joins repeated ones by commas.
        body: The raw bytes that were signed.
        url: As the sender called it, with its query.
        address: The sender's address.
        encoded: Whether the body came as base64.
    """

    endpoint: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    url: str = ""
    address: str = ""
    encoded: bool = False

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event of an HTTP API, payload format 2.0 (API Gateway developer guide, "Lambda integrations").

        Raises:
            ValueError: The body is said to be base64 and is not.
        """
        text = event.get("body") or ""
        context = event["requestContext"]
        query = event.get("rawQueryString")
        path = event.get("rawPath", "") + (f"?{query}" if query else "")
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        encoded = bool(event.get("isBase64Encoded"))
        protocol = "http" if headers.get("x-forwarded-proto") == "http" else "https"
        return cls(
            endpoint=(event.get("pathParameters") or {}).get("endpoint") or _own_route(event),
            method=context["http"]["method"].upper(),
            headers=headers,
            body=_decoded(text) if encoded else text.encode("utf-8", "surrogatepass"),
            url=f"{protocol}://{context.get('domainName', '')}{path}",
            address=context["http"].get("sourceIp", ""),
            encoded=encoded,
        )

    @property
    def carried(self) -> int:
        """Bytes that the body takes in Lambda's invocation: four for three in base64, two for what JSON escapes."""
        if self.encoded:
            return (len(self.body) + 2) // 3 * 4
        return len(self.body) + sum(map(self.body.count, _ESCAPED))

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def path(self) -> str:
        """The URL's path with its query."""
        _, _, rest = self.url.rpartition("://")
        return rest[rest.find("/") :] if "/" in rest else "/"

    @property
    def query(self) -> Mapping[str, str]:
        """The query's parameters; of repeated ones the first."""
        try:
            pairs = parse_qsl(self.path.partition("?")[2], keep_blank_values=True, max_num_fields=50)
        except ValueError:
            return {}
        return dict(reversed(pairs))


_ESCAPED: Final = (b'"', b"\\", b"\n", b"\r", b"\t")


def _own_route(event: Mapping[str, Any]) -> str:
    """The endpoint that a route leads to that leads to no other: ``ANY /site``."""
    return str(event.get("routeKey", "")).partition(" /")[2]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("the body is not base64") from None
