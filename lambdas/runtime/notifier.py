"""The notifier as the runtime calls it, and the messages that it is called with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lambdas.contracts.event import Event, InvalidEventError
from lambdas.runtime.queue import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """The notifier, and what it wants to be called with.

    Attributes:
        handle: Delivers events together, or a single one.
        read: Reads an event. Raises `InvalidEventError`.
        rate_limited: Whether one delivery is one call, since the destination may be called only so often.
    """

    handle: Callable[[Sequence[Event]], None]
    read: Callable[[str], Event]
    rate_limited: bool

    def arrival(self, message: Message) -> "Arrival":
        """A message with its event, if it holds one."""
        try:
            return Arrival(message, self.read(message.body))
        except InvalidEventError as invalid:
            return Arrival(message, None, str(invalid))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came.

    Attributes:
        message: The message.
        event: Its event; None where it holds none.
        invalid: Why it holds none.
    """

    message: Message
    event: Event | None
    invalid: str = ""
