"""The body as strict JSON: an ambiguous body is refused, since somebody downstream would read it otherwise.

Few senders sign the content type, so it does not decide how a body is read: whoever repeats a signed request may write
another. What the source sends decides, and the body itself.
"""

import codecs
import json
import math
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from lambdas.ingest.request import Request

MAX_DEPTH: Final = 64
"""Levels of nesting; real payloads have about ten, and one with thousands is meant to break parsers."""

BodyFormat = Literal["json", "json or form", "json or payload form"]
"""How a source writes what it sends. A payload form may have its JSON in the field ``payload``."""

_MAX_FORM_FIELDS: Final = 500
_TYPES: Final = frozenset({"", "text/plain", "application/x-www-form-urlencoded"})
"""Content types of JSON and forms, beside those that end in ``json``; curl calls whatever it sends a form."""


class BadBodyError(ValueError):
    """The body is not what the source sends."""


class UnsupportedTypeError(ValueError):
    """The content type is one that no source sends."""


def parse(request: Request, body_format: BodyFormat, json_field: str = "") -> Any:
    """The body's JSON value; a form's fields as an object.

    Args:
        request: The request.
        body_format: How its source writes what it sends.
        json_field: The field of a form whose JSON is meant, for a sender that sends only such forms.

    Raises:
        BadBodyError: The body is not what the source sends.
        UnsupportedTypeError: The content type is of neither JSON nor a form.
    """
    content_type = request.content_type
    if content_type not in _TYPES and not content_type.endswith("json"):
        raise UnsupportedTypeError("the content type is neither JSON nor a form")
    if not json_field and (body_format == "json" or is_json(request.body)):
        return parse_json(request.body)
    fields = _parse_form(request.body.removeprefix(codecs.BOM_UTF8))
    payload = fields.get(json_field or "payload")
    if isinstance(payload, str) and (json_field or body_format == "json or payload form"):
        return parse_json(payload.encode())
    if json_field:
        raise BadBodyError("the form has no such field with JSON")
    return fields


def is_json(body: bytes) -> bool:
    """Whether a body that could be a form is JSON: it begins as an object or a list does, and as no form does."""
    return body.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"["))


def parse_json(body: bytes) -> Any:
    """Strict JSON (RFC 8259) in UTF-8: no NaN, no number beyond a double, no key twice, no deep nesting.

    A byte order mark is ignored (section 8.1).

    Raises:
        BadBodyError: The body is not such JSON.
    """
    try:
        value = json.loads(
            body.removeprefix(codecs.BOM_UTF8).decode(),
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except (ValueError, RecursionError):
        raise BadBodyError("not strict JSON in UTF-8") from None
    _check_depth(value)
    return value


def _parse_form(body: bytes) -> dict[str, str | list[str]]:
    """A form's fields as browsers write and servers read them (WHATWG URL standard, section 5.1).

    An empty pair says nothing, and a name without a value has an empty one. A name that stands several times, or ends
    in ``[]``, has the list of its values. What has no ``=`` at all is no form.
    """
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FORM_FIELDS,
        )
    except ValueError:
        raise BadBodyError("neither strict JSON nor a form, in UTF-8") from None
    if b"=" not in body or not pairs:
        raise BadBodyError("the body is empty, or neither strict JSON nor a form")
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: its if len(its) > 1 or name.endswith("[]") else its[0] for name, its in values.items()}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        children = (holder.values() if type(holder) is dict else holder for holder in level)
        level = [item for items in children for item in items if type(item) in (dict, list)]
    raise BadBodyError("nested too deeply")
