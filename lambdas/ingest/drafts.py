"""From a verified body to drafts: one of most bodies, one of each item of a list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lambdas.ingest.endpoints import ConfiguredEndpoint
from lambdas.ingest.placement import placed
from lambdas.ingest.source import Draft, VerifiedRequest

MAX_EVENTS: Final = 10_000
"""Events of one request. Measured with twelve expressions for each, they take 3.2 s of a processor, two thirds of it in
`PublishBatch`; with the memory that the hub gives ingest for them that is 6 of its 15 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What one event is made of.

    Attributes:
        draft: By the source and by the endpoint's mapping.
        native_type: The sender's own type.
        payload: The body, or the item of it.
        position: The item's place in the request.
        key: What the endpoint's mapping says is the same for a repetition; empty where it says nothing.
        unmapped: Whether the mapping did not find what to show.
        unread: How many times and sequences it found that are none.
    """

    draft: Draft
    native_type: str
    payload: Any
    position: int = 0
    key: str = ""
    unmapped: bool = False
    unread: int = 0


def items_of(endpoint: ConfiguredEndpoint, payload: Any) -> list[Any] | None:
    """The items of a body that become an event each; None where the body is one event."""
    if endpoint.mapping and endpoint.mapping.each:
        return endpoint.mapping.items(payload)
    listed = endpoint.source.lists_events and isinstance(payload, list)
    return payload if listed and any(isinstance(item, dict) for item in payload) else None


def draft(
    endpoint: ConfiguredEndpoint, headers: Mapping[str, str], payload: Any, items: list[Any] | None
) -> Iterator[Drafted]:
    """The draft of a body, or those of its items, told apart by their places; an item that is no object has none."""
    if items is None:
        yield _drafted(endpoint, headers, payload, payload)
        return
    for position, item in enumerate(items):
        if isinstance(item, dict):
            drafted = _drafted(endpoint, headers, item, payload)
            identity = (*drafted.draft.identity, str(position))
            yield replace(drafted, draft=replace(drafted.draft, identity=identity), position=position)


def _drafted(endpoint: ConfiguredEndpoint, headers: Mapping[str, str], item: Any, body: Any) -> Drafted:
    source, mapping = endpoint.source, endpoint.mapping
    scope = mapping.scope(item, body) if mapping else item
    native_type = (mapping and mapping.native_type(scope)) or source.native_type_of(headers, item)
    request = VerifiedRequest(native_type, item, endpoint.routes, headers)
    draft = source.normalise(source, request)
    draft = placed(draft, source, request, production=endpoint.production, sites=endpoint.sites)
    if mapping is None:
        return Drafted(draft=draft, native_type=native_type, payload=item)
    mapped = mapping.apply(draft, scope)
    return Drafted(
        draft=mapped.draft,
        native_type=native_type,
        payload=item,
        key=mapping.key_of(item),
        unmapped=mapped.unmapped,
        unread=mapped.unread,
    )
