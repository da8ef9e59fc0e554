"""The normaliser for whatever has none of its own: a notice from the type, or from what the sender put in plain words.

A body may say ``title``, ``text`` (or ``message``), ``url``, ``severity``, ``fields``, ``paths``, ``tags``, ``site``
and ``topic`` (or ``subject``), at its top or under ``data``; what it does not say is left empty. A notice with a topic
is one that visitors of the site may be told.
"""

from typing import Any, Final

from lambdas.contracts.event import SEVERITIES, Notice
from lambdas.ingest.sources.source import Delivery, Draft, Source

TITLE_LENGTH: Final = 300
TEXT_LENGTH: Final = 4000
URL_LENGTH: Final = 2000
MOST_FIELDS: Final = 25
MOST_PATHS: Final = 3000


def normalise(source: Source, delivery: Delivery) -> Draft:
    """A draft whose type is the sender's own word, and whose notice any channel can show."""
    kind = source.type_of(delivery.native_type)
    said = _plain_words(delivery.payload)
    notice = Notice(
        title=_text(said, "title")[:TITLE_LENGTH] or headline(kind),
        text=(_text(said, "text") or _text(said, "message"))[:TEXT_LENGTH],
        url=web_address(_text(said, "url")),
        severity=next((s for s in SEVERITIES if s == _text(said, "severity").lower()), "info"),
        fields=_fields(said.get("fields")),
        paths=tuple(path for path in _texts(said.get("paths")) if path.startswith("/")),
        tags=_texts(said.get("tags")),
        site=_text(said, "site")[:TITLE_LENGTH],
    )
    return Draft(kind, notice, subject=(_text(said, "topic") or _text(said, "subject"))[:TITLE_LENGTH])


def normalise_message(source: Source, delivery: Delivery) -> Draft:
    """As `normalise`; what names no type of its own is a message to people."""
    return normalise(source, delivery if delivery.native_type else Delivery("notice.sent", delivery.payload))


def normalise_ifttt(source: Source, delivery: Delivery) -> Draft:
    """As `normalise_message`; IFTTT's webhooks name their three values only by number (unconfirmed)."""
    payload = delivery.payload if isinstance(delivery.payload, dict) else {}
    values = {name: payload.get(f"value{n}") for n, name in enumerate(("title", "text", "url"), start=1)}
    said = {name: value for name, value in values.items() if isinstance(value, str)}
    return normalise_message(source, Delivery(delivery.native_type, {**said, **payload}))


def headline(kind: str) -> str:
    """An event type in words: ``github.issues.opened`` becomes “Github: issues opened”."""
    family, _, rest = kind.partition(".")
    words = rest.replace(".", " ").replace("_", " ").replace("-", " ")
    return f"{family.replace('-', ' ').capitalize()}: {words}"


def web_address(text: str) -> str:
    """The text if it is an address that a person can open, else nothing."""
    return text if text.startswith(("https://", "http://")) and len(text) <= URL_LENGTH else ""


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
        tuple(item for item in value[:MOST_PATHS] if isinstance(item, str)) if isinstance(value, list) else ()
    )


def _fields(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    shown = {name: str(item) for name, item in value.items() if isinstance(item, str | int | float)}
    return dict(list(shown.items())[:MOST_FIELDS])
