"""A source, which is an entry of the catalogue, and what its normaliser is given and gives."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import SENDERS_TYPES
from lambdas.ingest.answer import Answer
from lambdas.ingest.body import BodyFormat
from lambdas.ingest.environment import Environment
from lambdas.ingest.handshakes import ComputedHandshake, Handshake
from lambdas.ingest.identity import Rule
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import Scheme

if TYPE_CHECKING:
    from lambdas.contracts.builds import Outcome

NativeType = Callable[[Mapping[str, str], Any], str]
"""Reads the sender's own name for what happened from headers and payload, for a sender that says it in both."""

Routes = Mapping[str, Sequence[str]]
"""Content type (or ``*``) to templates of the paths where such content is shown."""


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """What a normaliser is given: a request that is proven to come from the sender, without its credentials.

    Attributes:
        native_type: The sender's own name for what happened; empty where it gives none.
        payload: The parsed body.
        routes: The endpoint's routes.
        headers: The headers by lower-case name; no scheme signs them.
    """

    native_type: str
    payload: Any
    routes: Routes = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self, *path: str) -> str:
        """A text or number of the payload as text; empty where there is none."""
        value = value_at(self.payload, *path)
        return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a normaliser gives: the part of an event that depends on the source.

    Attributes:
        type: The event type.
        notice: What to show.
        subject: What the event is about.
        correlation: Ties it to the build that it is part of.
        time: When it happened by the sender's clock (`lambdas.contracts.event.Sender`).
        sequence: The sender's own order.
        outcome: How a build or deploy has ended, where its type does not tell (`lambdas.contracts.builds`).
        environment: The environment that the sender named.
        site: The site or project that the sender named.
        identity: What tells this event from the others of the same request, where one request carries several.
    """

    type: str
    notice: Notice
    subject: str = ""
    correlation: str = ""
    time: str = ""
    sequence: int | None = None
    outcome: "Outcome | Literal['']" = ""
    environment: str = ""
    site: str = ""
    identity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An entry of the catalogue: all that ingest knows of a kind of sender.

    Attributes:
        name: The name by which the rulebook and the catalogue know it.
        scheme: How its calls are verified, unless the rulebook says otherwise.
        native_type: Where its own event type is: a header's name, a path in the body as ``("data", "type")``, or what
            reads it.
        identity: What tells its events apart: the first rule that yields something decides, and the last always does.
        normalise: Makes a draft of a verified request; the source's own, or one that several share.
        types: Its own event types, in lower case, and the event types of Jamwire that they stand for.
        body: How it writes what it sends.
        lists_events: Whether each object of a body that is a list is an event of its own.
        topics: Of its native types, in lower case, those by which one body is two events; no other enters an id, since
            whoever has captured a request could make as many events of it as there are names.
        headers: Headers that events keep, by lower-case name, for people who look for a delivery; never a credential.
        environment: How it says to which environment and site an event belongs.
        credentials: Paths in the body that must not leave ingest, beside those of its scheme.
        handshake: What it asks before it sends events.
        reply: The answer that it expects to a request, where that is not the event's id in JSON.
    """

    name: str
    scheme: Scheme
    native_type: str | tuple[str, ...] | NativeType
    identity: tuple[Rule, ...]
    normalise: Callable[["Source", VerifiedRequest], Draft]
    types: Mapping[str, str] = field(default_factory=dict)
    body: BodyFormat = "json"
    lists_events: bool = False
    topics: Set[str] = frozenset()
    headers: tuple[str, ...] = ()
    environment: Environment = field(default_factory=Environment)
    credentials: tuple[tuple[str, ...], ...] = ()
    handshake: Handshake | ComputedHandshake | None = None
    reply: Callable[[Request], Answer | None] = lambda request: None

    def native_type_of(self, headers: Mapping[str, str], payload: Any) -> str:
        """The sender's own name for what happened; empty where it gives none."""
        if callable(self.native_type):
            return self.native_type(headers, payload)
        if isinstance(self.native_type, str):
            return headers.get(self.native_type, "")
        value = value_at(payload, *self.native_type)
        return value if isinstance(value, str) else ""

    def type_of(self, native_type: str) -> str:
        """The event type that a native type stands for: one of Jamwire's, or ``<source>.<native type>``.

        A word that only Jamwire itself says (`INTERNAL`) is the sender's own.
        """
        known = self.types.get(native_type.lower())
        if known:
            return known
        word = _word(native_type)
        return word if word in SENDERS_TYPES else self.own_type(native_type)

    def own_type(self, native_type: str) -> str:
        """A native type as ``<source>.<native type>``, for what none of Jamwire's event types describes."""
        return f"{self.name}.{_word(native_type).removeprefix(f'{self.name}.') or 'received'}"


def _word(native_type: str) -> str:
    return _NOT_A_WORD.sub("-", native_type.lower()).strip("-.")[:_WORD_LENGTH]


_NOT_A_WORD: Final = re.compile(r"[^a-z0-9_.-]+")
_WORD_LENGTH: Final = 100


def value_at(value: Any, *path: str) -> Any:
    """The value at a path of keys; None where the path ends early."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def without(value: Any, path: tuple[str, ...]) -> Any:
    """The value without what is at a path, where ``*`` is every item of a list; the given one stays as it is."""
    key, *rest = path
    if key == "*" and isinstance(value, list):
        return [without(item, tuple(rest)) for item in value] if rest else []
    if not isinstance(value, dict) or key not in value:
        return value
    if not rest:
        return {name: item for name, item in value.items() if name != key}
    return {**value, key: without(value[key], tuple(rest))}
