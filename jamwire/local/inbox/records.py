"""What has been delivered."""

import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

from lambdas.event import timestamp

Channel = Literal["slack", "sms", "cdn"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)

KEPT: Final = 10_000
"""The newest so many are kept: nobody reads more, and a load test must not fill the memory."""

_EVENT_ID: Final = re.compile(r"[0-9a-f]{32}")
_EVENT_REFERENCE: Final = re.compile(r"([0-9a-f]{32})-")


def now() -> str:
    """This moment."""
    return timestamp(time.time())


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One attempt to deliver.

    Attributes:
        channel: Where it came in.
        received_at: When, RFC 3339 in UTC.
        destination: A webhook's path, a number, a distribution.
        event_id: The event it tells of, where that is known.
        request: The body as received.
        status: What the sender was answered; none while it waits, and if it hung up before.
    """

    channel: Channel
    received_at: str = field(default_factory=now)
    destination: str
    event_id: str | None = None
    request: Any
    status: int | None


class Records:
    """All deliveries since the last `clear`."""

    def __init__(self) -> None:
        self._deliveries: deque[Delivery] = deque(maxlen=KEPT)

    def add(self, delivery: Delivery) -> Delivery:
        """Keep one."""
        self._deliveries.append(delivery)
        return delivery

    def clear(self) -> None:
        """Forget all."""
        self._deliveries.clear()

    def document(self, channel: str | None) -> list[dict[str, Any]]:
        """Those of a channel, or all, oldest first."""
        chosen = [d for d in self._deliveries if channel in (None, d.channel)]
        return [asdict(delivery) for delivery in sorted(chosen, key=lambda delivery: delivery.received_at)]


def event_id_of_message(message: Any) -> str | None:
    """The id of the event that a Slack message tells of: a block of it is named after it."""
    return next((found for found in _block_ids(message) if _EVENT_ID.fullmatch(found)), None)


def event_id_of_reference(reference: str) -> str | None:
    """The id of the event that an invalidation was made for: its reference begins with it."""
    found = _EVENT_REFERENCE.match(reference)
    return found[1] if found else None


def _block_ids(message: Any) -> Iterator[str]:
    if not isinstance(message, dict):
        return
    attachments = message.get("attachments")
    for holder in (message, *(attachments if isinstance(attachments, list) else [])):
        blocks = holder.get("blocks") if isinstance(holder, dict) else None
        for block in blocks if isinstance(blocks, list) else []:
            if isinstance(block, dict) and isinstance(block.get("block_id"), str):
                yield block["block_id"]
