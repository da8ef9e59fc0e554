"""The request log: one JSON line for each request, with nothing of what the sender sent.

`jamwire rejected list` and `jamwire secret list` read these lines. Rejected requests are written down in full only up
to a rate, so that an attack cannot become a bill; those beyond it are counted, and the next line tells how many.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lambdas.clients.embedded_metrics import embedded_metrics
from lambdas.clients.token_bucket import TokenBucket
from lambdas.contracts.heard import HEARD, HEARD_EVERY
from lambdas.ingest.request import Request

REJECTED_BURST: Final = 60
REJECTED_PER_SECOND: Final = 1.0
"""Rejected requests that one running function writes down."""

KEY_SEEN_EVERY: Final = 3600.0
"""Seconds after which a secret that verifies is named again."""

REFUSED_NAMED: Final = 20
"""Items of one list that its line names."""


class RequestLog:
    """Makes the log's lines, and remembers what one running function must know between them.

    Args:
        service: The function's name in logs and metrics.
        namespace: Of its metrics.
        clock: Unix time in seconds.
    """

    def __init__(self, service: str, namespace: str, clock: Callable[[], float] = time.time) -> None:
        self._service = service
        self._namespace = namespace
        self._clock = clock
        self._allowance = TokenBucket(REJECTED_BURST, REJECTED_PER_SECOND, clock)
        self._unrecorded = 0
        self._keys_seen: dict[str, float] = {}
        self._endpoints_heard: dict[str, float] = {}

    def accepted(
        self,
        status: int,
        milliseconds: float,
        key_id: str,
        *,
        events: int = 1,
        unmapped: int = 0,
        unread: int = 0,
        counted: Sequence[str] = (),
        refused: Sequence[int] = (),
        **facts: Any,
    ) -> str:
        """A line for an accepted request; it names the secret that verified it, once an hour.

        What became an event counts in the metric `Accepted`, and in those of `counted`; a handshake does not. Of a
        list's items that were refused, the first places are named. Now and then it says that the endpoint was heard,
        which is what has verified itself: a handshake may be a stranger's.
        """
        line = {"service": self._service, "status": status, "outcome": "accepted", **facts}
        if events > 1:
            line["count"] = events
        if refused:
            line["refused"] = list(refused[:REFUSED_NAMED])
        line |= {"ms": milliseconds} | self._metric(
            {
                "Accepted": events if "event_id" in facts else 0,
                "RefusedItems": len(refused),
                "UnmappedNotices": unmapped,
                "UnreadTimes": unread,
                **(dict.fromkeys(counted, 1) if "event_id" in facts else {}),
            },
            ["service"],
        )
        if key_id and self._is_due(self._keys_seen, key_id, KEY_SEEN_EVERY):
            line["secret_seen"] = key_id
        if (key_id or "event_id" in facts) and self._is_due(
            self._endpoints_heard, str(facts.get("endpoint")), HEARD_EVERY
        ):
            line[HEARD] = True
        return _to_json(line)

    def rejected(
        self, status: int, milliseconds: float, reason: str, request: Request | None, endpoint: str
    ) -> str:
        """A line for a rejected request, with the metric `Rejected` by reason."""
        line: dict[str, Any] = {"service": self._service, "status": status, "outcome": "rejected"}
        if not self._allowance.take():
            self._unrecorded += 1
            return _to_json(line | {"recorded": False})
        count, self._unrecorded = 1 + self._unrecorded, 0
        if request:
            line |= {
                "address": request.address,
                "bytes": len(request.body),
                "digest": hashlib.sha256(request.body).hexdigest()[:32],
            }
        if endpoint:
            line["endpoint"] = endpoint
        metric = self._metric({"Rejected": count}, ["service"], ["service", "reason"])
        return _to_json(line | {"reason": reason, "ms": milliseconds} | metric)

    def other(self, status: int, milliseconds: float, outcome: str, **facts: Any) -> str:
        """A line for what is neither."""
        return _to_json(
            {"service": self._service, "status": status, "outcome": outcome, **facts, "ms": milliseconds}
        )

    def _is_due(self, said: dict[str, float], name: str, seconds: float) -> bool:
        """Whether something is to be said once more that is said so often; it counts as said then."""
        due = self._clock() - said.get(name, 0.0) >= seconds
        if due:
            said[name] = self._clock()
        return due

    def _metric(self, counts: Mapping[str, int], *dimensions: list[str]) -> dict[str, Any]:
        """What makes a line count as metrics, by these of its fields."""
        counts = {name: count for name, count in counts.items() if count}
        if not counts:
            return {}
        return embedded_metrics(counts, dimensions, namespace=self._namespace, now=self._clock())


def _to_json(line: dict[str, Any]) -> str:
    """Without spaces: a log is paid for by the byte."""
    return json.dumps(line, separators=(",", ":"))
