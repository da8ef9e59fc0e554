"""What has been delivered."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, get_args

Channel = Literal["slack", "sms", "cdn"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)

_EVENT_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One attempt to deliver.

    Attributes:
        channel: Where it came in.
        received_at: When, RFC 3339 in UTC.
        destination: A webhook's path, a number, a distribution.
        event_id: The event it tells of, where that is known.
        request: The body as received.
        status: What the sender was answered; none if it hung up before.
    """

    channel: Channel
    destination: str
    request: Any
    status: int | None
    event_id: str | None = None
    received_at: str = field(default_factory=lambda: now())


class Records:
    """All deliveries since the last `clear`."""

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []

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
    found = _EVENT_ID.match(reference)
    return found.group() if found else None


def now() -> str:
    """This moment, RFC 3339 in UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _block_ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("block_id"), str):
            yield value["block_id"]
        for name in ("attachments", "blocks"):
            yield from _block_ids(value.get(name))
    elif isinstance(value, list):
        for item in value:
            yield from _block_ids(item)
