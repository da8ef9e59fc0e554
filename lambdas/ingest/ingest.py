"""From a request to its answer: verify, normalise, publish."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from lambdas.clients.publisher import Message, size_of
from lambdas.contracts.event import Event, Sender, timestamp, to_json
from lambdas.contracts.keyring import Key
from lambdas.ingest.answer import Answer
from lambdas.ingest.body import BadBodyError, UnsupportedTypeError, parse
from lambdas.ingest.drafts import MAX_EVENTS, Drafted, draft, items_of
from lambdas.ingest.endpoints import ConfiguredEndpoint
from lambdas.ingest.event_ids import EventIds, Identified, id_of_draft
from lambdas.ingest.identity import Evidence
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import VerificationError, Verified
from lambdas.ingest.schemes.tokens import EventBridge
from lambdas.ingest.source import without
from lambdas.ingest.truncation import truncated

MAX_BODY_BYTES: Final = 6 * 1024 * 1024
"""What Lambda takes in (Lambda API reference, `Invoke`), in bytes; on AWS a larger request does not reach us."""

MAX_REPLAY_BYTES: Final = 64
"""Bytes that the name of a replay takes in a replayed event (`Event.replay`)."""

MAX_EVENT_BYTES: Final = 256 * 1024 - MAX_REPLAY_BYTES
"""SNS's limit for a message with its attributes (SNS API reference, `Publish`), in bytes, less what a replay adds."""


MAX_WORD: Final = 256
"""Characters that an event keeps of each word of the sender (`Sender`)."""


class Secrets(Protocol):
    """The endpoints' live secrets (`lambdas.clients.secrets.Keyring`)."""

    def keys(self, name: str) -> Sequence[Key]:
        """An endpoint's secrets."""
        ...

    def refresh(self) -> bool:
        """Read them again, if that is allowed now."""
        ...


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """The request is refused with this status; the reason is for our log, not for the answer.

    A reason is one of few texts, since it is a dimension of a metric, and holds nothing that the sender sent.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class UnavailableError(Exception):
    """A service that ingest needs is away; the sender is asked to send the request again."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that was accepted.

    Attributes:
        event: The first event that was published; None after a handshake, and for a list without an event.
        answer: What the sender expects, where that is not the event's id in JSON.
        key_id: The id of the secret that verified it; empty where none did.
        counted: Names of metrics that count it beside `Accepted`.
        ids: The ids of the events of a list, in its order; None where the request is one event.
        refused: The places of the list's items that are no events.
        unmapped: Events of which the endpoint's mapping did not find what to show.
        unread: Times and sequences that the mapping found and that are none.
    """

    event: Event | None = None
    answer: Answer | None = None
    key_id: str = ""
    counted: tuple[str, ...] = ()
    ids: Sequence[str] | None = None
    refused: Sequence[int] = ()
    unmapped: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Ingest with all it depends on.

    Attributes:
        endpoints: By name.
        secrets: Their live secrets. Raises `UnavailableError` where they cannot be read.
        publish: Publishes all of these messages. Raises `UnavailableError` where it cannot; some may be published then.
        store_payload: Stores a payload's JSON under a name and gives its address. Raises `UnavailableError` where it
            cannot.
        ids: Tells which event a request is.
        clock: Unix time in seconds.
    """

    endpoints: Mapping[str, ConfiguredEndpoint]
    secrets: Secrets
    publish: Callable[[Sequence[Message]], None]
    store_payload: Callable[[str, str], str]
    ids: EventIds
    clock: Callable[[], float] = time.time

    def accept(self, request: Request) -> Accepted:
        """Verify a request and publish it as one or several events, or answer its handshake.

        Raises:
            Refusal: The request is not what the endpoint takes.
            UnavailableError: A service is away; what was published before has the same id in a second try.
        """
        endpoint = self._endpoint(request)
        request = endpoint.as_called(request)
        if answer := self._answer_handshake(endpoint, request):
            return Accepted(answer=answer)
        _check_method_and_size(request)
        verified, key = self._verify(endpoint, request)
        payload = _parse(endpoint, request)
        handshake = endpoint.source.handshake
        if handshake and handshake.signed and (answer := handshake.answer(request, payload, [key.value])):
            return Accepted(answer=answer, key_id=key.id)
        evidence = Evidence(
            payload=payload,
            content=request.body if verified.content is None else verified.content,
            headers=request.headers,
            signed_headers=verified.headers,
            signed_id=verified.id,
            signed_time=verified.time,
        )
        accepted = self._publish(endpoint, evidence)
        return replace(accepted, answer=endpoint.source.reply(request), key_id=key.id)

    def accept_from_eventbridge(self, name: str, payload: Mapping[str, Any]) -> Accepted:
        """Publish the event of a source that speaks through EventBridge, which IAM has let in.

        Raises:
            Refusal: The endpoint's source does not speak that way.
            UnavailableError: The event cannot be published now.
        """
        endpoint = self.endpoints.get(name)
        if endpoint is None or not isinstance(endpoint.scheme, EventBridge):
            raise Refusal(404, "no such endpoint of EventBridge")
        return self._publish(endpoint, Evidence(payload=payload, content=to_json(payload).encode()))

    def _endpoint(self, request: Request) -> ConfiguredEndpoint:
        endpoint = self.endpoints.get(request.endpoint)
        if endpoint is None:
            raise Refusal(404, "no such endpoint")
        if not endpoint.admits(request.address):
            raise Refusal(401, "the address may not call")
        return endpoint

    def _answer_handshake(self, endpoint: ConfiguredEndpoint, request: Request) -> Answer | None:
        """The answer to an unsigned handshake; an endpoint without a secret gives none, unless it is to be told one."""
        handshake = endpoint.source.handshake
        if handshake is None or handshake.signed:
            return None

        def answer() -> Answer | None:
            secrets = [key.value for key in self.secrets.keys(endpoint.name)]
            asks = bool(secrets) or handshake.brings_secret
            return handshake.answer(request, None, secrets) if asks else None

        known = answer()
        # Perhaps it names a secret that was added a moment ago. A POST is about to be verified, which looks for those.
        if known or request.method == "POST" or not self.secrets.refresh():
            return known
        return answer()

    def _verify(self, endpoint: ConfiguredEndpoint, request: Request) -> tuple[Verified, Key]:
        try:
            return self._verify_with_known_secrets(endpoint, request)
        except Refusal:
            # Perhaps it is signed by a secret that was added a moment ago.
            if not self.secrets.refresh():
                raise
        return self._verify_with_known_secrets(endpoint, request)

    def _verify_with_known_secrets(
        self, endpoint: ConfiguredEndpoint, request: Request
    ) -> tuple[Verified, Key]:
        keys = self.secrets.keys(endpoint.name)
        if not keys:
            raise Refusal(401, f"the endpoint has no secret; run: jamwire secret add {endpoint.name}")
        try:
            verified = endpoint.scheme.verify([key.value for key in keys], request, self.clock())
        except VerificationError as unverified:
            raise Refusal(401, str(unverified)) from None
        return verified, keys[verified.position]

    def _publish(self, endpoint: ConfiguredEndpoint, evidence: Evidence) -> Accepted:
        """Publish the events of a body: one of most, one of each item of a list.

        An item of a list that cannot become an event is left out and named by its place; the others are published.
        """
        payload = _redacted(endpoint, evidence.payload)
        items = items_of(endpoint, payload)
        if items and len(items) > MAX_EVENTS:
            raise Refusal(413, "too many events in one request")
        drafts = list(draft(endpoint, evidence.headers, payload, items))
        if items and not drafts:
            raise Refusal(400, "no item of the list is an object")
        native_type = endpoint.source.native_type_of(evidence.headers, payload)
        identified = self.ids.identify(endpoint, evidence, native_type)
        headers = _kept_headers(endpoint, evidence.headers)
        events = [self._event(endpoint, drafted, identified, headers) for drafted in drafts]
        self.publish([self._message(event) for event in events])
        return Accepted(
            events[0] if events else None,
            counted=identified.counted,
            ids=None if items is None else [event.id for event in events],
            refused=sorted(set(range(len(items or ()))) - {drafted.position for drafted in drafts}),
            unmapped=sum(drafted.unmapped for drafted in drafts),
            unread=sum(drafted.unread for drafted in drafts),
        )

    def _event(
        self,
        endpoint: ConfiguredEndpoint,
        drafted: Drafted,
        identified: Identified,
        headers: Mapping[str, str],
    ) -> Event:
        draft = drafted.draft
        return Event(
            id=id_of_draft(endpoint, identified.id, drafted),
            source=f"/endpoints/{endpoint.name}",
            type=draft.type,
            time=timestamp(self.clock()),
            notice=draft.notice,
            subject=draft.subject,
            outcome=draft.outcome,
            correlationid=draft.correlation,
            sender=Sender(
                type=drafted.native_type[:MAX_WORD],
                time=draft.time,
                sequence=draft.sequence,
                environment=draft.environment[:MAX_WORD],
                site=draft.site[:MAX_WORD],
                headers=headers,
                identity="key" if drafted.key else identified.rule,
            ),
            body=drafted.payload,
        )

    def _message(self, event: Event) -> Message:
        message = Message(_serialise(event), event.attributes)
        return message if _fits(message) else self._without_payload(event)

    def _without_payload(self, event: Event) -> Message:
        """The event's message without its payload, which is stored where `dataref` says (CloudEvents, "Dataref").

        A redelivery has the same id and writes the same object again.
        """
        dataref = self.store_payload(f"{event.endpoint}/{event.id}.json", to_json(event.body))
        event = replace(event, body=None, dataref=dataref)
        message = Message(event.to_json(), event.attributes)
        return message if _fits(message) else Message(truncated(event).to_json(), event.attributes)


def _check_method_and_size(request: Request) -> None:
    if request.method != "POST":
        raise Refusal(405, "not a POST")
    # Nothing more than doubles on its way in, so most bodies need not be counted through.
    if len(request.body) > MAX_BODY_BYTES // 2 and request.carried > MAX_BODY_BYTES:
        raise Refusal(413, "body too large")


def _parse(endpoint: ConfiguredEndpoint, request: Request) -> Any:
    try:
        return parse(request, endpoint.source.body, endpoint.scheme.json_field)
    except BadBodyError as bad:
        raise Refusal(400, str(bad)) from None
    except UnsupportedTypeError as unsupported:
        raise Refusal(415, str(unsupported)) from None


def _redacted(endpoint: ConfiguredEndpoint, payload: Any) -> Any:
    """The payload without what may not leave ingest."""
    for path in (*endpoint.scheme.credentials, *endpoint.source.credentials):
        payload = without(payload, path)
    return payload


def _kept_headers(endpoint: ConfiguredEndpoint, headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:MAX_WORD] for name in endpoint.kept_headers if headers.get(name)}


def _fits(message: Message) -> bool:
    return size_of(message) <= MAX_EVENT_BYTES


def _serialise(event: Event) -> str:
    try:
        return event.to_json()
    except (ValueError, RecursionError):
        raise Refusal(400, "the body cannot be passed on as JSON") from None
