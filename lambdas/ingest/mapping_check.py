"""What the rulebook says of a sender's own words, checked before it is deployed. Ingest does not import this module."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lambdas.contracts.event import SEVERITIES
from lambdas.contracts.event_types import INTERNAL, SENDERS_TYPES
from lambdas.ingest.mapping import READERS, MappingDocument, NoticeMapping, Templates, read_mapping, value_of
from lambdas.ingest.source import Source
from lambdas.ingest.templates import Expression, Template, TemplateError

_HEADER: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_KEY: Final = "idempotency_key"
_VARIES: Final = ("expires", "time", "sequence", _KEY)
"""What cannot be the same for every body."""

_SEVERAL: Final = ("paths", "tags")
_TEMPLATE: Final = "text with JMESPath expressions in braces, such as 'Line {line}'"
_TIME: Final = "RFC 3339 with a zone, or unix time in seconds or milliseconds"
_EXPECTED: Final = {
    "url": "an address that begins with https:// or http://",
    "severity": f"one of {', '.join(SEVERITIES)}",
    "fields": "an object of texts and numbers",
    "paths": "paths that begin with /",
    "expires": _TIME,
    "time": _TIME,
    "sequence": "a whole number",
}
_TEXT: Final = "a text or a number"


def check_mapping(name: str, source: Source, document: MappingDocument, sample: Any) -> None:
    """Check an endpoint's mapping, and try it on a sample body if there is one.

    Raises:
        ValueError: Something is not what it must be; one sentence says what was given and what is expected.
    """
    notice = document.get("notice", {})
    if not isinstance(notice, Mapping):
        raise _mistake(name, "notice", notice, "parts such as {'title': 'Line {line}'}")
    for part, of in notice.items():
        _check_part(name, part, of)
    for place, text in _templates(document):
        _check_template(name, place, text)
    _check_each(name, document.get("each"))
    for place in ("type", "key"):
        _check_header(name, place, document.get(f"{place}_header"))
    _check_types(name, source, document.get("types", {}))
    _check_type(name, "is", document.get("type", ""))
    mapping = read_mapping(document)
    _check_constants(name, document, mapping)
    if sample is not None:
        _try(name, document, mapping, _json_of(name, sample))


def _mistake(name: str, place: str, given: Any, expected: str, verb: str = "is") -> ValueError:
    return ValueError(f"The {place} of {name!r} {verb} {given!r}, expected {expected}.")


def _templates(document: MappingDocument) -> Iterator[tuple[str, str]]:
    """Every template, with the place that it is given for."""
    for part, of in document.get("notice", {}).items():
        if isinstance(of, Mapping):
            yield from ((f"field {label!r}", text) for label, text in of.items())
        else:
            yield from ((part, text) for text in ([of] if isinstance(of, str) else of))
    yield from ((place, document[key]) for place, key in (("type", "type"), (_KEY, "key")) if key in document)


def _check_part(name: str, part: str, of: Any) -> None:
    if part not in READERS:
        raise ValueError(f"The notice of {name!r} has {part!r}, expected one of {', '.join(READERS)}.")
    several = part in _SEVERAL and isinstance(of, list | tuple)
    if not (isinstance(of, str) or several or (part == "fields" and isinstance(of, Mapping))):
        raise _mistake(name, part, of, _TEMPLATE)


def _check_template(name: str, place: str, text: Any) -> None:
    try:
        template = Template.of(text)
    except (TemplateError, TypeError):
        raise _mistake(name, place, text, _TEMPLATE) from None
    if place in _VARIES and template.is_constant:
        raise _mistake(name, place, text, "a JMESPath expression in braces, such as '{id}'")


def _check_each(name: str, each: Any) -> None:
    try:
        if each is not None:
            Expression.of(each)
    except (TemplateError, TypeError, AttributeError):
        raise _mistake(name, "each", each, "a JMESPath expression such as 'departures[]'") from None


def _check_header(name: str, place: str, header: str | None) -> None:
    if header is not None and not _HEADER.fullmatch(header):
        raise _mistake(
            name, f"{_KEY if place == 'key' else place}'s header", header, "a name such as 'x-event'"
        )


def _check_types(name: str, source: Source, types: Mapping[str, str]) -> None:
    for of in types.values():
        own = source.own_type(of) == of
        if not own and of not in SENDERS_TYPES:
            expected = f"{source.name}.<word> or one of {', '.join(sorted(SENDERS_TYPES))}"
            raise _mistake(name, "event type in types", of, expected)


def _check_type(name: str, verb: str, native_type: str) -> None:
    if native_type in INTERNAL:
        raise _mistake(name, "type", native_type, "none that only Jamwire itself says", verb)


def _check_constants(name: str, document: MappingDocument, mapping: NoticeMapping) -> None:
    for part, of in mapping.notice.items():
        if _is_constant(of) and READERS[part](value_of(of, None)) is None:
            raise _mistake(name, part, document["notice"][part], _EXPECTED.get(part, _TEXT))


def _is_constant(of: Templates) -> bool:
    several = of.values() if isinstance(of, Mapping) else of if isinstance(of, tuple) else (of,)
    return all(template.is_constant for template in several)


def _json_of(name: str, sample: Any) -> Any:
    """The sample as ingest would read it; a text is JSON already."""
    try:
        return json.loads(sample if isinstance(sample, str) else json.dumps(sample))
    except (TypeError, ValueError):
        raise ValueError(
            f"The sample of {name!r} is no JSON, expected a body as the sender sends it."
        ) from None


def _try(name: str, document: MappingDocument, mapping: NoticeMapping, body: Any) -> None:
    """Try a mapping on a sample: each expression finds something, and each part is what it must be."""
    items = mapping.items(body) if mapping.each else [body]
    items = [item for item in items or [] if isinstance(item, dict) or not mapping.each]
    if not items:
        raise _mistake(
            name, "each", document["each"], "an expression that finds a list of objects in the sample"
        )
    scopes = [mapping.scope(item, body) for item in items]
    for place, text in _templates(document):
        _try_template(name, place, text, items if place == _KEY else scopes)
    for scope in scopes:
        for part, of in mapping.notice.items():
            _try_part(name, part, value_of(of, scope))
        _check_type(name, "is, for the sample,", mapping.native_type(scope))


def _try_template(name: str, place: str, text: str, scopes: list[Any]) -> None:
    template = Template.of(text)
    if any(isinstance(scope, dict) and text in scope for scope in scopes):
        raise _mistake(name, place, text, f"'{{{text}}}' for what the sample has there")
    if all(template.value(scope) is None for scope in scopes):
        raise _mistake(name, place, text, "expressions that find something in the sample")


def _try_part(name: str, part: str, value: Any) -> None:
    if value not in (None, "") and READERS[part](value) is None:
        raise _mistake(name, part, value, _EXPECTED.get(part, _TEXT), "is, for the sample,")
