"""The normaliser for whatever has none of its own: a notice from the type, or from what the sender put in plain words.

A body may say ``title``, ``text`` (or ``message``), ``url``, ``severity``, ``fields``, ``paths``, ``tags``, ``site``
and ``topic`` (or ``subject``), at its top or under ``data``; what it does not say is left empty. By ``environment``
and ``site`` it also says whether it is about the site (`lambdas.ingest.placement`). A notice with a topic is one that
visitors of the site may be told; ``time`` (or ``timestamp``) or ``sequence`` orders what is said of a topic, and
``expires`` says when it is history. A number is taken where a text is expected. A severity of another vocabulary is
taken for the nearest; one that nobody knows is shown as it was said.
"""

import re
from typing import Any, Final
from urllib.parse import quote, urlsplit

from lambdas.contracts.event import Notice, Severity
from lambdas.ingest.environment import Environment
from lambdas.ingest.normalisers.times import sender_sequence, sender_time
from lambdas.ingest.normalisers.values import as_text, labelled
from lambdas.ingest.source import Draft, Source, VerifiedRequest

MAX_TITLE_LENGTH: Final = 300
MAX_TEXT_LENGTH: Final = 4000
MAX_URL_LENGTH: Final = 2000
MAX_PATHS: Final = 3000
EVERYTHING: Final = "/*"

_SEVERITIES: Final[dict[Severity, tuple[str, ...]]] = {
    "info": ("info", "information", "informational", "notice", "debug", "trace", "verbose", "low", "none"),
    "success": ("success", "successful", "succeeded", "ok", "okay", "resolved", "recovered", "good", "up"),
    "warning": ("warning", "warn", "minor", "moderate", "medium", "degraded"),
    "error": ("error", "err", "major", "high", "severe", "failure", "failed", "bad"),
    "critical": (
        *("critical", "crit", "fatal", "emergency", "emerg", "alert", "panic", "blocker", "urgent"),
        *("disaster", "down"),
    ),
}
"""Severities by the words of others: syslog's keywords (RFC 5424, section 6.2.1) and those of loggers and monitors.

A number means one thing here and its opposite there, so it is shown and not taken for a severity.
"""

_SEVERITY_OF: Final = {word: severity for severity, words in _SEVERITIES.items() for word in words}
_NO_LETTER: Final = re.compile(r"[^a-z]+")
_IGNORED_IN_ADDRESSES: Final = re.compile(r"[\t\r\n]")

ENVIRONMENT: Final = Environment(
    names=(("environment",), ("data", "environment")), sites=(("site",), ("data", "site"))
)


def normalise(source: Source, request: VerifiedRequest) -> Draft:
    """A draft whose type is the sender's own word, and whose notice any channel can show."""
    event_type = source.type_of(request.native_type)
    said = _plain_words(request.payload)
    severity, fields = _severity(said)
    notice = Notice(
        title=_text(said, "title")[:MAX_TITLE_LENGTH] or headline(event_type),
        text=(_text(said, "text") or _text(said, "message"))[:MAX_TEXT_LENGTH],
        url=web_address(_text(said, "url")),
        severity=severity,
        fields=labelled([*_fields(said.get("fields")), *fields]),
        paths=_paths(said.get("paths")),
        tags=_texts(said.get("tags")),
        site=_text(said, "site")[:MAX_TITLE_LENGTH],
        expires=sender_time(said.get("expires")) or "",
    )
    return Draft(
        event_type,
        notice,
        subject=(_text(said, "topic") or _text(said, "subject"))[:MAX_TITLE_LENGTH],
        time=sender_time(said.get("time", said.get("timestamp"))) or "",
        sequence=sender_sequence(said.get("sequence")),
    )


def normalise_message(source: Source, request: VerifiedRequest) -> Draft:
    """As `normalise`; what names no type of its own is a message to people."""
    return normalise(
        source, request if request.native_type else VerifiedRequest("notice.sent", request.payload)
    )


def headline(event_type: str) -> str:
    """An event type in words: ``github.issues.opened`` becomes “Github: issues opened”."""
    family, _, rest = event_type.partition(".")
    words = rest.replace(".", " ").replace("_", " ").replace("-", " ")
    return f"{family.replace('-', ' ').capitalize()}: {words}"


def web_address(text: str) -> str:
    """The text as an address that a person can open; nothing where it is none.

    As in browsers (WHATWG URL standard, sections 4.4 and 1.3), space around it and line breaks in it are no part of it,
    and what nobody can see in it is written in percent signs.
    """
    seen = _IGNORED_IN_ADDRESSES.sub("", text.strip())
    address = "".join(c if c.isprintable() and c != " " else quote(c, errors="replace") for c in seen)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_one = parts.scheme in ("https", "http") and parts.hostname and "%" not in parts.hostname
    return address if is_one and len(address) <= MAX_URL_LENGTH else ""


def severity_named(word: str) -> Severity | None:
    """The severity by a word of ours or of others; None where nobody knows it."""
    return _SEVERITY_OF.get(_NO_LETTER.sub("", word.lower()))


def _plain_words(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        return {}
    data = payload.get("data")
    return {**data, **payload} if isinstance(data, dict) else payload


def _severity(said: dict[str, Any]) -> tuple[Severity, list[tuple[str, str]]]:
    """The severity that was said; where nobody knows it, with the field that shows the word."""
    word = _text(said, "severity")
    known = severity_named(word)
    return (known, []) if known else ("info", [("Severity", word)])


def _text(said: dict[str, Any], name: str) -> str:
    return as_text(said.get(name))


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts; a form has a text where its list has one item."""
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items[:MAX_PATHS] if isinstance(item, str))


def _paths(value: Any) -> tuple[str, ...]:
    """The paths that were named; everything where they are too many, or one of them is no path."""
    paths = tuple(path for path in _texts(value) if path.startswith("/"))
    return (EVERYTHING,) if isinstance(value, list) and len(paths) < len(value) else paths


def _fields(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
