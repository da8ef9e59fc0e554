"""A request as the endpoint sees it: where to, with what, and from which network; JSON and forms in one shape."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from lambdas.audience_api.problem import Problem

MAX_BYTES: Final = 16 * 1024
"""A subscription has about 400 bytes, twenty topics at most 5,200."""

_MAX_FIELDS: Final = 60
_FORM: Final = "application/x-www-form-urlencoded"
_DEFAULT_STAGE: Final = "$default"
_OPENED: Final = ("/confirm", "/preferences", "/unsubscribe")
"""Where links in messages lead."""

_LISTS: Final = ("topics",)
"""Fields of a form that may stand several times; of the others the first counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request.

    Attributes:
        method: In upper case.
        path: Where to, without the stage: ``/follow``.
        query: The query's parameters; of repeated ones the first.
        body: The body.
        content_type: The media type without its parameters, in lower case.
        accept: What the browser would like to have.
        address: Where it comes from.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    accept: str = ""
    address: str = field(default="", repr=False)

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event of an HTTP API, payload format 2.0 (API Gateway developer guide, "Lambda integrations")."""
        context = event["requestContext"]
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        stage = context.get("stage", _DEFAULT_STAGE)
        path = event.get("rawPath") or "/"
        return cls(
            method=context["http"]["method"].upper(),
            path=path if stage == _DEFAULT_STAGE else path.removeprefix(f"/{stage}"),
            query=_first(event.get("rawQueryString") or ""),
            body=_body(event),
            content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
            accept=headers.get("accept", ""),
            address=context["http"].get("sourceIp", ""),
        )

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON by its type."""
        return self.content_type == "application/json" or self.content_type.endswith("+json")

    @property
    def wants_page(self) -> bool:
        """Whether a person sees the answer, and not a script: to a form, to a link, or in a browser's window."""
        is_opened = self.method in ("GET", "HEAD") and self.path in _OPENED
        return self.content_type == _FORM or is_opened or (not self.is_json and "text/html" in self.accept)

    def fields(self) -> dict[str, Any]:
        """What the body says by name, whether it is JSON or a form.

        Raises:
            Problem: It is too large, neither of both, or cannot be read.
        """
        if len(self.body) > MAX_BYTES:
            raise Problem(413, "too_large")
        if not self.is_json and self.content_type != _FORM:
            raise Problem(415, "wrong_type")
        try:
            return _from_json(self.body) if self.is_json else _from_form(self.body)
        except (ValueError, RecursionError):
            raise Problem(400, "not_readable") from None


def _from_json(body: bytes) -> dict[str, Any]:
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


def _from_form(body: bytes) -> dict[str, Any]:
    """A form says nothing of a list from which nothing was chosen: it is empty."""
    said = parse_qs(
        body.decode(),
        keep_blank_values=True,
        strict_parsing=False,
        errors="strict",
        max_num_fields=_MAX_FIELDS,
    )
    return dict.fromkeys(_LISTS, ()) | {
        name: tuple(values) if name in _LISTS else values[0] for name, values in said.items()
    }


def _first(query: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(query, max_num_fields=_MAX_FIELDS).items()}
    except ValueError:
        return {}


def _body(event: Mapping[str, Any]) -> bytes:
    """What is no base64 reads as nothing, and nothing is a body that cannot be read."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
