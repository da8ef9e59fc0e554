"""The body as JSON, strictly: what is ambiguous is refused, since others downstream would read it otherwise."""

import json
import math
from typing import Any, Final
from urllib.parse import parse_qsl

from lambdas.ingest.request import Request

DEEPEST: Final = 64
"""Levels of nesting; real payloads have about ten, and what nests thousands is meant to break parsers."""

FORM: Final = "application/x-www-form-urlencoded"
_FORM_FIELDS: Final = 500


class BadBodyError(ValueError):
    """A body that is not what the source sends."""


class UnsupportedTypeError(ValueError):
    """A content type that the source does not send."""


def parse(request: Request, *, forms: bool) -> Any:
    """The body's JSON value; a form's fields as an object.

    A form's field ``payload`` is the JSON itself, as GitHub and Slack send it.

    Raises:
        BadBodyError: The body is not what its type says.
        UnsupportedTypeError: The type is neither JSON nor, where the source sends them, a form.
    """
    content_type = request.content_type
    if forms and content_type == FORM:
        return _parse_form(request.body)
    if content_type in ("", "text/plain") or content_type.endswith("json"):
        return parse_json(request.body)
    raise UnsupportedTypeError("neither JSON nor a form that this source sends")


def parse_json(body: bytes) -> Any:
    """Strict JSON (RFC 8259) in UTF-8: no NaN, no number beyond a double, no key twice, no deep nesting.

    Raises:
        BadBodyError: It is not.
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except (ValueError, RecursionError):
        raise BadBodyError("not strict JSON in UTF-8") from None
    _check_depth(value)
    return value


def _parse_form(body: bytes) -> Any:
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_FORM_FIELDS,
        )
    except ValueError:
        raise BadBodyError("not a form") from None
    fields = dict(pairs)
    return parse_json(fields["payload"].encode()) if "payload" in fields else fields


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
    for _ in range(DEEPEST):
        if not level:
            return
        children = (holder.values() if type(holder) is dict else holder for holder in level)
        level = [item for items in children for item in items if type(item) in (dict, list)]
    raise BadBodyError("nested too deeply")
