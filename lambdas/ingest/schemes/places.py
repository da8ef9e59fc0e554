"""Where in a request a value is: in a header, in the query, or in a field of the body.

A place is the name of a header, ``query.<parameter>`` or ``body.<field>``; a field inside another one is
``body.<field>.<field>``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

from lambdas.ingest.body import is_json
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import VerificationError, header_of, is_header

_MAX_FIELDS: Final = 500


def in_body(place: str) -> bool:
    """Whether a place is a field of the body."""
    return place.startswith("body.")


def normalised(place: str) -> str:
    """A place with a header's name in lower case; fields and parameters have a case."""
    return place if place.startswith(("query.", "body.")) else place.lower()


def is_place(place: str) -> bool:
    """Whether this is a place."""
    kind, _, name = place.partition(".")
    return all(name.split(".")) if kind in ("query", "body") else is_header(place)


@dataclass(frozen=True)
class Places:
    """The places of a request; its body is parsed once, and only if one of its fields is asked for."""

    request: Request

    def at(self, place: str) -> str:
        """The value at a place.

        Raises:
            VerificationError: Nothing is there, or something that is no text, number or truth value.
        """
        kind, _, name = place.partition(".")
        if kind == "query":
            return self._parameter(name)
        return self._field(name) if kind == "body" else header_of(self.request, place)

    def _parameter(self, name: str) -> str:
        value = self.request.query.get(name, "")
        if not value:
            raise VerificationError(f"no parameter {name} in the query")
        return value

    def _field(self, path: str) -> str:
        """A field of the body, a number as the sender wrote it."""
        value = self._fields
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            raise VerificationError(f"no field {path} in the body")
        return value

    @cached_property
    def _fields(self) -> Any:
        if not is_json(self.request.body):
            return form_of(self.request.body)
        try:
            # What is ambiguous is refused when the body is parsed for good.
            return json.loads(self.request.body, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            raise VerificationError("the body is neither JSON nor a form") from None


def form_of(body: bytes) -> Mapping[str, str]:
    """A form's fields; of a name that stands several times nobody knows which value is meant, so it has none.

    Raises:
        VerificationError: The body is no form.
    """
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise VerificationError("the body is neither JSON nor a form") from None
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}
