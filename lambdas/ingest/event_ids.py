"""The ids of events: the same for a repetition, another one for everything else (`lambdas.ingest.identity`)."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lambdas.ingest.drafts import Drafted
from lambdas.ingest.endpoints import ConfiguredEndpoint
from lambdas.ingest.identity import Evidence, NeverRepeats, SameBody, decide
from lambdas.ingest.recent_deliveries import RecentDeliveries
from lambdas.ingest.repetitions import Remember


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An event's id.

    Attributes:
        id: The same for a repetition, another for everything else.
        rule: The name of the rule that made it.
        counted: Names of metrics that count how it was made.
    """

    id: str
    rule: str
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventIds:
    """Tells which event a request is.

    Attributes:
        random_id: Makes a new id, for requests each of which is an event.
        remember: Says which event a body was, for senders of whom only the body tells.
        recent_deliveries: What this function has seen of late.
        clock: Unix time in seconds.
    """

    random_id: Callable[[], str]
    remember: Remember = lambda digest, event, now, until: None
    recent_deliveries: RecentDeliveries = field(default_factory=RecentDeliveries)
    clock: Callable[[], float] = time.time

    def identify(self, endpoint: ConfiguredEndpoint, evidence: Evidence, native_type: str) -> Identified:
        """The event's id, by the first of the endpoint's rules that yields something."""
        rule, parts = decide(endpoint.identity, evidence)
        topic = native_type.lower() if native_type.lower() in endpoint.source.topics else ""
        digest = _digest(endpoint.name, rule.name, topic, *parts)
        match rule:
            case NeverRepeats():
                return Identified(id=self.random_id(), rule=rule.name)
            case SameBody():
                return self._by_window(rule, digest)
        delivery = _digest(endpoint.name, rule.name, topic, parts[0])
        reused = rule.names_delivery and self.recent_deliveries.is_reused(delivery, evidence.content)
        return Identified(id=digest, rule=rule.name, counted=("DeliveryIdReused",) if reused else ())

    def _by_window(self, rule: SameBody, digest: str) -> Identified:
        now = self.clock()
        new = _digest(digest, str(int(now // rule.seconds)))
        known = self.remember(digest, new, now, now + rule.seconds)
        return Identified(id=known or new, rule=rule.name, counted=() if known else ("RepetitionsUnknown",))


def id_of_draft(endpoint: ConfiguredEndpoint, request_id: str, drafted: Drafted) -> str:
    """By the key that the endpoint's mapping found in it; else by the request, and by what tells its events apart."""
    if drafted.key:
        return _digest(endpoint.name, "key", drafted.key)
    identity = drafted.draft.identity
    return _digest(request_id, *identity) if identity else request_id


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()[:32]
