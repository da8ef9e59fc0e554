"""The event: the one message that travels between the hub and its subscribers.

It is a CloudEvents 1.0 message in structured JSON (https://github.com/cloudevents/spec, v1.0.2). Ingest makes
it, every subscriber reads it, and nothing else crosses that border. This module is therefore imported by both
sides and depends on the standard library only.
"""

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

SPECVERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/json"
ENDPOINTS: Final = "/endpoints/"
"""What the source of an event begins with that an endpoint accepted."""

SUBSCRIBERS: Final = "/subscribers/"
"""What the source of an event begins with that a subscriber published."""

Severity = Literal["info", "success", "warning", "error", "critical"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

# What SNS and SQS refuse in a message (SQS SendMessage: "invalid characters"), and lone surrogates, which no
# UTF-8 can carry. JSON escapes the control characters by itself.
_NOT_TRANSPORTABLE: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")


class InvalidEventError(ValueError):
    """A text that is not an event of this contract. The message names the field, never its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What any channel can show of an event without knowing the source it came from.

    Attributes:
        title: One line of plain text; never empty.
        text: More plain text, possibly several lines; may be empty.
        url: Where a person can look, ``http`` or ``https``; empty where there is none.
        severity: How much attention it asks for.
        fields: Short labelled values, in the order to show them.
        paths: Paths of the site that have changed, each starting with ``/``; for machines.
        tags: Cache tags that have changed; for machines.
        site: Name of the site it concerns; empty where unknown.
        incomplete: Whether what it is about is shown at addresses that the sender did not tell: `paths` then hold
            ``/*``, which is everything, with those that are known, or nothing at all. Who remembers where the event's
            subject was shown may purge that in place of everything.
        locale: The language that has changed, in the sender's words, where it is one of several that are published
            by themselves; empty for all of them.
        expires: When it is history, RFC 3339 in UTC; empty where the sender does not say.
    """

    title: str
    text: str = ""
    url: str = ""
    severity: Severity = "info"
    fields: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    site: str = ""
    incomplete: bool = False
    locale: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What the sender itself said of the event, in its own words; what it did not say is empty.

    Attributes:
        type: The sender's own name for what happened.
        time: When it happened by the sender's clock, RFC 3339 in UTC; only from what is signed or authenticated.
        sequence: The sender's own order of what it says of one thing; only from what is signed or authenticated.
        environment: The environment that it named: ``production``, ``deploy-preview``, ``staging``.
        site: The site or project that it named.
        headers: Headers by lower-case name, of those that its source lists; never a credential.
        identity: Which rule tells this event from others (`lambdas.ingest.identity`).
    """

    type: str = ""
    time: str = ""
    sequence: int | None = None
    environment: str = ""
    site: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""

    def to_document(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A CloudEvents 1.0 event.

    Attributes:
        id: Deterministic where the source allows it; a redelivery carries the same one.
        source: ``/endpoints/<endpoint>``; ``/subscribers/<stack>`` where a subscriber published it; ``/alarms`` for an
            alarm (`lambdas.alarm_events.alarm_event`).
        type: A word of Jamwire's vocabulary (``deploy.failed``) or ``<source>.<native type>``.
        time: When Jamwire accepted it, RFC 3339 in UTC.
        notice: What to show.
        subject: What the event is about, within the source; empty where the source names nothing.
        outcome: How a build or deploy has ended, where its type does not tell (`lambdas.contracts.builds`).
        dataref: Where a payload too large to travel is kept (CloudEvents claim check); empty otherwise.
        correlationid: Ties events of one cause together; empty where there is none.
        replay: Names the replay in which an operator sends the event once more; empty for the event itself.
        sender: What the sender itself said of it; empty for an event that no endpoint accepted.
        body: The payload as it travels inside the event; subscribers read it through `payload()`.
        load: Reads the payload that is kept at `dataref`; no part of what the event says.
    """

    id: str
    source: str
    type: str
    time: str
    notice: Notice
    subject: str = ""
    outcome: str = ""
    dataref: str = ""
    correlationid: str = ""
    replay: str = ""
    sender: Sender = field(default_factory=Sender)
    body: Any = None
    load: Callable[[], Any] | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """What identifies it: CloudEvents says source and id together; a replay is a delivery of its own."""
        return key_of(self.source, self.id, self.replay)

    @property
    def endpoint(self) -> str:
        """Name of the endpoint that accepted the event; the source itself where no endpoint did."""
        return endpoint_of(self.source)

    @property
    def is_internal(self) -> bool:
        """Whether a subscriber published it (`lambdas.clients.publisher`), which no endpoint can say of itself."""
        return self.source.startswith(SUBSCRIBERS)

    @property
    def attributes(self) -> dict[str, str]:
        """What SNS is told beside the event, so that rules on these cost nothing."""
        return {"type": self.type, "source": self.source, "endpoint": self.endpoint}

    def payload(self) -> Any:
        """The source's own body, as parsed JSON, without its credentials.

        One too large to travel is read from where it is kept, once for each event.

        Raises:
            LookupError: It is kept elsewhere, and whoever read the event gave no way to read it.
            Undeliverable: It is no longer kept (`lambdas.runtime.payloads`).
        """
        if not self.dataref:
            return self.body
        if self.load is None:
            raise LookupError("the payload is kept elsewhere, expected Event.from_json(text, fetch=…)")
        return self.load()

    def to_json(self) -> str:
        """The event as CloudEvents structured JSON, in characters that SNS and SQS carry."""
        document: dict[str, Any] = {
            "specversion": SPECVERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": self.time,
            "datacontenttype": CONTENT_TYPE,
        }
        for name in _OPTIONAL:
            if value := getattr(self, name):
                document[name] = value
        sender = self.sender.to_document()
        document["data"] = {
            "notice": asdict(self.notice),
            **({"sender": sender} if sender else {}),
            "payload": self.body,
        }
        return to_json(document)

    @classmethod
    def from_json(cls, text: str, fetch: Callable[[str], Any] | None = None) -> "Event":
        """Read an event.

        Args:
            text: The event as `to_json` wrote it.
            fetch: Reads a payload that is kept elsewhere, by its `dataref`.

        Raises:
            InvalidEventError: The text is not JSON or not an event of this contract.
        """
        document = _object(_parse(text), "event")
        if document.get("specversion") != SPECVERSION:
            raise InvalidEventError("specversion: expected 1.0")
        data = _object(document.get("data"), "data")
        dataref = _text(document, "dataref")
        return cls(
            **{name: _text(document, name, required=True) for name in _REQUIRED},
            **{name: _text(document, name) for name in _OPTIONAL},
            notice=_notice(_object(data.get("notice"), "data.notice")),
            sender=_sender(_object(data.get("sender", {}), "data.sender")),
            body=data.get("payload"),
            load=functools.cache(functools.partial(fetch, dataref)) if fetch and dataref else None,
        )


def to_json(value: Any) -> str:
    """JSON in characters that SNS and SQS carry.

    Raises:
        ValueError: The value holds what JSON does not.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text if text.isascii() else _NOT_TRANSPORTABLE.sub("\ufffd", text)


def key_of(source: str, id: str, replay: str = "") -> str:
    """The key of an event of which only these are known."""
    return f"{source}/{id}{'#' if replay else ''}{replay}"


def parts_of(key: str) -> tuple[str, str, str]:
    """The inverse of `key_of`; no id of Jamwire's has a slash or a number sign."""
    source, _, name = key.rpartition("/")
    id, _, replay = name.partition("#")
    return source, id, replay


def endpoint_of(source: str) -> str:
    """Name of the endpoint that a source names; the source itself where it names none."""
    return source.removeprefix(ENDPOINTS)


def source_of(endpoint: str) -> str:
    """The inverse of `endpoint_of`."""
    return endpoint if endpoint.startswith("/") else f"{ENDPOINTS}{endpoint}"


def timestamp(seconds: float) -> str:
    """Unix time as RFC 3339 in UTC, all of one length so that their order is that of time."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_REQUIRED: Final = ("id", "source", "type", "time")
_OPTIONAL: Final = ("subject", "outcome", "dataref", "correlationid", "replay")


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidEventError("the message is not JSON") from None


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidEventError(f"{where}: expected an object")
    return value


def _text(document: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = document.get(name, "")
    if not isinstance(value, str) or (required and not value):
        raise InvalidEventError(f"{name}: expected {'a text' if required else 'a text or nothing'}")
    return value


def _texts(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = document.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidEventError(f"data.notice.{name}: expected a list of texts")
    return tuple(value)


def _sender(document: dict[str, Any]) -> Sender:
    sequence = document.get("sequence")
    if sequence is not None and type(sequence) is not int:
        raise InvalidEventError("data.sender.sequence: expected a whole number or nothing")
    headers = _object(document.get("headers", {}), "data.sender.headers")
    if not all(isinstance(value, str) for value in headers.values()):
        raise InvalidEventError("data.sender.headers: expected texts")
    texts = {name: _text(document, name) for name in ("type", "time", "environment", "site", "identity")}
    return Sender(**texts, sequence=sequence, headers=headers)


def _notice(document: dict[str, Any]) -> Notice:
    severity = document.get("severity", "info")
    if severity not in SEVERITIES:
        raise InvalidEventError(f"data.notice.severity: expected one of {', '.join(SEVERITIES)}")
    fields = _object(document.get("fields", {}), "data.notice.fields")
    if not all(isinstance(value, str) for value in fields.values()):
        raise InvalidEventError("data.notice.fields: expected texts")
    incomplete = document.get("incomplete", False)
    if not isinstance(incomplete, bool):
        raise InvalidEventError("data.notice.incomplete: expected true, false or nothing")
    return Notice(
        title=_text(document, "title", required=True),
        text=_text(document, "text"),
        url=_text(document, "url"),
        severity=severity,
        fields=fields,
        paths=_texts(document, "paths"),
        tags=_texts(document, "tags"),
        site=_text(document, "site"),
        incomplete=incomplete,
        locale=_text(document, "locale"),
        expires=_text(document, "expires"),
    )
