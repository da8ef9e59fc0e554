"""What is remembered of endpoints from which something is expected: when each was heard, and what was told of it.

`lambdas.silence` writes it as one state (`lambdas.contracts.state_table`), and the `jamwire` command reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What is known of one endpoint. Times are unix seconds.

    Attributes:
        since: When it began to be listened for.
        heard: When it was last heard; 0 for never.
        silent: Since when it is silent, where that was told; 0 while it is not.
    """

    since: float = 0.0
    heard: float = 0.0
    silent: float = 0.0

    @property
    def last(self) -> float:
        """From when on its silence counts."""
        return self.heard or self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An endpoint that fell silent, or was heard again.

    Attributes:
        type: The event's type.
        endpoint: The endpoint's name.
        since: From when on it was silent; the same for both ends of a silence.
        never: Whether it had not been heard before.
        at: When it was noticed that it is silent, or when it was heard.
    """

    type: str = ""
    endpoint: str = ""
    since: float = 0.0
    never: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearings:
    """What is known of all endpoints.

    Attributes:
        endpoints: By name.
        read_until: Up to when ingest's log has been read, unix seconds.
        untold: What is still to be told, the oldest first.
    """

    endpoints: Mapping[str, Hearing] = field(default_factory=dict)
    read_until: float = 0.0
    untold: tuple[Change, ...] = ()
