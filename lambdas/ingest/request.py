"""The HTTP request as the sender made it."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, undone of what API Gateway does to it.

    Attributes:
        endpoint: The endpoint's name, from the path.
        method: In upper case.
        headers: By lower-case name; API Gateway joins repeated ones by commas.
        body: The raw bytes that were signed.
    """

    endpoint: str
    method: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event of an HTTP API, payload format 2.0 (API Gateway developer guide, "Lambda integrations").

        Raises:
            ValueError: The body is said to be base64 and is not.
        """
        text = event.get("body") or ""
        return cls(
            endpoint=(event.get("pathParameters") or {}).get("endpoint", ""),
            method=event["requestContext"]["http"]["method"].upper(),
            headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
            body=_decoded(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass"),
        )

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("the body is not base64") from None
