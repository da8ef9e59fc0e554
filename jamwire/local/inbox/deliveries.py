"""What has been delivered."""

import re
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

from lambdas.contracts.event import timestamp
from lambdas.contracts.sms_parts import count_parts, encoding_of

Channel = Literal["slack", "build", "sms", "cdn", "live", "push", "email", "text"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)

KEPT: Final = 10_000
"""The newest so many are kept: nobody reads more, and a load test must not fill the memory."""

_TEXTS: Final[Mapping[Channel, str]] = {"sms": "Message", "text": "text"}
"""Where the text is of what is billed by its parts."""

_EVENT_ID: Final = re.compile(r"([0-9a-f]{32})(#.*)?")
_EVENT_REFERENCE: Final = re.compile(r"([0-9a-f]{32})-")


def now() -> str:
    """This moment."""
    return timestamp(time.time())


@dataclass(slots=True, kw_only=True)
class ReceivedDelivery:
    """One attempt to deliver.

    Attributes:
        channel: Where it came in.
        received_at: When, RFC 3339 in UTC.
        destination: A webhook's or a build hook's path, a number, an address, a distribution, visitors' channel, a
            browser's subscription.
        event_ids: The events it tells of, as far as they are known; those of a digest by the beginnings of their ids.
        request: The body as received.
        status: What the sender was answered; none while it waits, and if it hung up before.
        number: Its place among all that came in, from 1 on.
    """

    channel: Channel
    received_at: str = field(default_factory=now)
    destination: str
    event_ids: tuple[str, ...] = ()
    request: Any
    status: int | None
    number: int = 0


class ReceivedDeliveries:
    """All deliveries since the last `clear`."""

    def __init__(self) -> None:
        self._deliveries: deque[ReceivedDelivery] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, delivery: ReceivedDelivery) -> ReceivedDelivery:
        """Keep one."""
        self._count += 1
        delivery.number = self._count
        self._deliveries.append(delivery)
        return delivery

    def clear(self) -> None:
        """Forget all."""
        self._deliveries.clear()

    def document(self, channel: str | None) -> list[dict[str, Any]]:
        """Those of a channel, or all, oldest first."""
        chosen = [d for d in self._deliveries if channel in (None, d.channel)]
        return [_document(delivery) for delivery in sorted(chosen, key=lambda delivery: delivery.received_at)]

    def numbered(self, channel: str, after: int) -> list[dict[str, Any]]:
        """Those of a channel, or all, that came after the one of this number, with their numbers."""
        chosen = [d for d in self._deliveries if d.number > after and channel in ("", d.channel)]
        return [_document(delivery) | {"number": delivery.number} for delivery in chosen]


def _document(delivery: ReceivedDelivery) -> dict[str, Any]:
    """A delivery with, where it tells of one event, that event's id; a text message with what it is billed by."""
    event_id, *more = delivery.event_ids or (None,)
    text = _TEXTS.get(delivery.channel)
    billed = _billed(delivery.request[text]) if text else {}
    document = {**asdict(delivery), "event_id": None if more else event_id, **billed}
    del document["number"]  # which is the console's
    return document


def _billed(text: str) -> dict[str, Any]:
    return {"encoding": encoding_of(text).name, "parts": count_parts(text)}


def event_ids_of_message(message: Any) -> tuple[str, ...]:
    """The ids of the events that a Slack message tells of.

    Blocks are named after them; of a digest they are in the metadata, by their first characters.
    """
    found = [_EVENT_ID.fullmatch(name) for name in _block_ids(message)]
    return (*(match[1] for match in found if match), *_id_prefixes(message))


def event_ids_of_reference(reference: str) -> tuple[str, ...]:
    """The id of the event that an invalidation was made for: its reference begins with it."""
    found = _EVENT_REFERENCE.match(reference)
    return (found[1],) if found else ()


def event_ids_of_push(said: Any) -> tuple[str, ...]:
    """The id of the event that visitors are told of."""
    id = said.get("id") if isinstance(said, dict) else None
    return (id,) if isinstance(id, str) else ()


def event_ids_of_notification(said: Any) -> tuple[str, ...]:
    """The id of the event that a follower is told of by web push."""
    notification = said.get("notification") if isinstance(said, dict) else None
    return event_ids_of_push(notification.get("data")) if isinstance(notification, dict) else ()


def _block_ids(message: Any) -> Iterator[str]:
    if not isinstance(message, dict):
        return
    attachments = message.get("attachments")
    for holder in (message, *(attachments if isinstance(attachments, list) else [])):
        blocks = holder.get("blocks") if isinstance(holder, dict) else None
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, dict) and isinstance(block.get("block_id"), str):
                yield block["block_id"]


def _id_prefixes(message: Any) -> list[str]:
    metadata = message.get("metadata") if isinstance(message, dict) else None
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    prefixes = payload.get("ids") if isinstance(payload, dict) else None
    return prefixes.split() if isinstance(prefixes, str) else []
