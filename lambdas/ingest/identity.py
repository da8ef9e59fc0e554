"""Identity: what tells two events of a sender apart, and a repetition from a second happening.

A source has an order of rules; the first that yields something decides, and the last always does. A rule is data: each
source says why it has which, by its sender's documentation. Nothing unsigned enters an id but where a rule names it, so
that whoever has captured a request makes no more of it than that rule allows (docs/decisions/0019-identity.md).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

MAX_ID_LENGTH: Final = 255
"""Characters of an id that a sender makes; a longer one is none, and the next rule decides."""

WINDOW: Final = 60.0
"""Seconds within which the same body is taken for a repetition, where nothing else tells."""

REMEMBERED: Final = 72 * 3600
"""Seconds for which subscribers remember what they delivered (`lambdas.runtime.ledger`)."""

_HEADER: Final = re.compile(r"[a-z0-9-]+")
_CREDENTIALS: Final = re.compile(r"authorization|cookie|secret|signature|token|password|api-?key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a verified request says of itself, for the rules to read.

    Attributes:
        payload: The parsed body, with its credentials: ids may be among them.
        content: What is signed or authenticated of the body.
        headers: By lower-case name; most of them anybody may have written.
        signed_headers: Names of those that are signed.
        signed_id: The delivery's signed id; empty where there is none.
        signed_time: The signed time; empty where there is none.
    """

    payload: Any
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_headers: Set[str] = frozenset()
    signed_id: str = ""
    signed_time: str = ""


Parts = tuple[str | bytes, ...]


@dataclass(frozen=True, slots=True)
class Rule(ABC):
    """What tells events apart.

    Attributes:
        names_delivery: Whether the sender names each delivery; another body under the same name is another event.
        always: Whether it yields something of every request.
    """

    names_delivery: ClassVar[bool] = False
    always: ClassVar[bool] = False

    @property
    @abstractmethod
    def name(self) -> str:
        """The rule in a few words, as events have it in `Sender.identity`."""

    @abstractmethod
    def parts(self, evidence: Evidence) -> Parts:
        """What makes the id; empty where the request has nothing of the kind."""


@dataclass(frozen=True, slots=True)
class SignedId(Rule):
    """The delivery's signed id, which the sender keeps over its retries."""

    names_delivery: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return "signed id"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        id = _id(evidence.signed_id)
        return (id, evidence.content) if id else ()


@dataclass(frozen=True, slots=True)
class DeliveryHeader(Rule):
    """A header with the delivery's id, which the sender keeps over its retries.

    Unless it is signed, whoever has captured a request can write another one.

    Attributes:
        header: Its name.
        signed: Whether it counts only where it is signed.
    """

    header: str
    signed: bool = False

    names_delivery: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "header", self.header.lower())
        if not _HEADER.fullmatch(self.header) or _CREDENTIALS.search(self.header):
            raise ValueError(
                f"The identity's header is {self.header!r}, expected one with an id, such as 'idempotency-key'."
            )

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return f"{'signed ' if self.signed else ''}header {self.header}"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        if self.signed and self.header not in evidence.signed_headers:
            return ()
        id = _id(evidence.headers.get(self.header, ""))
        return (id, evidence.content) if id else ()


@dataclass(frozen=True, slots=True)
class Fields(Rule):
    """Places in the body, all of which must hold a text or a number. The rest of the body may change over retries.

    Attributes:
        paths: Keys that lead there; ``*`` is every item of a list, whose values count in any order.
    """

    paths: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return f"fields {', '.join('.'.join(path) for path in self.paths)}"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        found = [list(map(_id, _at(evidence.payload, path))) for path in self.paths]
        if not all(values and all(values) for values in found):
            return ()
        return tuple(part for values in found for part in (str(len(values)), *sorted(values)))


@dataclass(frozen=True, slots=True)
class Body(Rule):
    """The body: it holds an id or a time of the sender's, and a repetition has the same one."""

    always: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return "body"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        return (evidence.content,)


@dataclass(frozen=True, slots=True)
class SignedTimeAndBody(Rule):
    """The signed time with the body, for a body that may be the same for two happenings."""

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return "signed time and body"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        return (evidence.signed_time, evidence.content) if evidence.signed_time else ()


@dataclass(frozen=True, slots=True)
class SameBody(Rule):
    """The same body within some time is a repetition, where nothing that the sender says tells.

    Ingest asks one item which event it was (`lambdas.ingest.repetitions`).

    Attributes:
        seconds: From the first of them on.
    """

    seconds: float = WINDOW

    always: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= REMEMBERED:
            raise ValueError(
                f"The identity's time is {self.seconds!r}, expected seconds from 1 to {REMEMBERED}."
            )

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return f"same body within {self.seconds:g} s"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        return (evidence.content,)


@dataclass(frozen=True, slots=True)
class NeverRepeats(Rule):
    """Every request is an event: the sender makes no second attempt, so whatever comes has happened."""

    always: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """See `Rule.name`."""
        return "never repeats"

    def parts(self, evidence: Evidence) -> Parts:
        """See `Rule.parts`."""
        return (evidence.content,)


IDEMPOTENCY_KEY: Final = DeliveryHeader("idempotency-key")
"""The header of the IETF's draft "The Idempotency-Key HTTP DeliveryHeader Field"."""

FREE_FORM: Final = (IDEMPOTENCY_KEY, SameBody())
"""For senders of one's own, of whom the source knows nothing: they may name their deliveries."""


def by_header(header: str) -> Rule:
    """A header in which the sender names each delivery, the same one in a retry: ``by_header("x-delivery-id")``.

    Raises:
        ValueError: It is no name of a header, or that of a credential.
    """
    return DeliveryHeader(header)


def by_fields(*places: str) -> Rule:
    """Places in the body that together name what happened: ``by_fields("id")``, ``by_fields("page.id", "saved_at")``.

    Raises:
        ValueError: There is none, or one is empty.
    """
    paths = tuple(tuple(place.split(".")) for place in places)
    if not paths or not all(all(path) for path in paths):
        raise ValueError(f"The identity's fields are {places!r}, expected places such as 'id' or 'page.id'.")
    return Fields(paths)


def by_body() -> Rule:
    """The body, for a sender that writes an id or the time into it, and sends the same one in a retry."""
    return Body()


def within(seconds: float) -> Rule:
    """The same body within so many seconds is one event.

    Raises:
        ValueError: It is less than a second, or more than subscribers remember.
    """
    return SameBody(seconds)


def never_repeats() -> Rule:
    """Every request is an event, for a sender that does not retry."""
    return NeverRepeats()


def completed(rules: Sequence[Rule], fallback: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules up to the first that always yields, followed by the fallback's where none does."""
    kept: list[Rule] = []
    for rule in (*rules, *fallback):
        kept.append(rule)
        if rule.always:
            break
    return tuple(kept)


def decide(rules: Sequence[Rule], evidence: Evidence) -> tuple[Rule, Parts]:
    """The first rule that yields something, and what it yields."""
    return next((rule, parts) for rule in rules if (parts := rule.parts(evidence)))


_KINDS: Final[Mapping[str, type[Rule]]] = {
    "header": DeliveryHeader,
    "fields": Fields,
    "body": Body,
    "within": SameBody,
    "never-repeats": NeverRepeats,
}


def rule_document(rule: Rule) -> list[Any]:
    """A rule of the rulebook as JSON: its kind, and what it was made of."""
    kind = next(name for name, of in _KINDS.items() if type(rule) is of)
    match rule:
        case DeliveryHeader(header=header):
            return [kind, header]
        case Fields(paths=paths):
            return [kind, *(".".join(path) for path in paths)]
        case SameBody(seconds=seconds):
            return [kind, seconds]
        case _:
            return [kind]


def read_rule(document: Sequence[Any]) -> Rule:
    """The inverse of `rule_document`."""
    kind, *values = document
    if kind == "fields":
        return by_fields(*values)
    return _KINDS[kind](*values)


def _id(value: Any) -> str:
    """A text or number as an id; empty for what is none, or is too long to be one."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= MAX_ID_LENGTH else ""


def _at(value: Any, path: Sequence[str]) -> list[Any]:
    """What is at a path, where ``*`` is every item of a list; level by level, since a list may have thousands."""
    found = [value]
    for key in path:
        if key == "*":
            found = [item for holder in found if isinstance(holder, list) for item in holder]
        else:
            found = [holder.get(key) if isinstance(holder, dict) else None for holder in found]
    return found
