"""The normaliser for whatever has none of its own: a notice from the type, or from what the sender put in plain words.

A body may say ``title``, ``text`` (or ``message``), ``url``, ``severity``, ``fields``, ``paths``, ``tags``, ``site``
and ``topic`` (or ``subject``), at its top or under ``data``; what it does not say is left empty. By ``environment``
and ``site`` it also says whether it is about the site (`lambdas.ingest.placement`). A notice with a topic
is one that visitors of the site may be told.
"""

from typing import Any, Final

from lambdas.contracts.event import SEVERITIES, Notice
from lambdas.ingest.environment import Environment
from lambdas.ingest.source import Draft, Source, VerifiedRequest

MAX_TITLE_LENGTH: Final = 300
MAX_TEXT_LENGTH: Final = 4000
MAX_URL_LENGTH: Final = 2000
MAX_FIELDS: Final = 25
MAX_PATHS: Final = 3000

ENVIRONMENT: Final = Environment(
    names=(("environment",), ("data", "environment")), sites=(("site",), ("data", "site"))
)


def normalise(source: Source, request: VerifiedRequest) -> Draft:
    """A draft whose type is the sender's own word, and whose notice any channel can show."""
    event_type = source.type_of(request.native_type)
    said = _plain_words(request.payload)
    notice = Notice(
        title=_text(said, "title")[:MAX_TITLE_LENGTH] or headline(event_type),
        text=(_text(said, "text") or _text(said, "message"))[:MAX_TEXT_LENGTH],
        url=web_address(_text(said, "url")),
        severity=next((s for s in SEVERITIES if s == _text(said, "severity").lower()), "info"),
        fields=_fields(said.get("fields")),
        paths=tuple(path for path in _texts(said.get("paths")) if path.startswith("/")),
        tags=_texts(said.get("tags")),
        site=_text(said, "site")[:MAX_TITLE_LENGTH],
    )
    return Draft(
        event_type, notice, subject=(_text(said, "topic") or _text(said, "subject"))[:MAX_TITLE_LENGTH]
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
    """The text if it is an address that a person can open, else nothing."""
    return text if text.startswith(("https://", "http://")) and len(text) <= MAX_URL_LENGTH else ""


def _plain_words(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        return {}
    data = payload.get("data")
    return {**data, **payload} if isinstance(data, dict) else payload


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return (
        tuple(item for item in value[:MAX_PATHS] if isinstance(item, str)) if isinstance(value, list) else ()
    )


def _fields(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    shown = {name: str(item) for name, item in value.items() if isinstance(item, str | int | float)}
    return dict(list(shown.items())[:MAX_FIELDS])
