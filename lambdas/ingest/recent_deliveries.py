"""The deliveries that a running function has seen of late, to notice a sender that gives one id to two bodies."""

import hashlib
from typing import Final

REMEMBERED: Final = 1000
"""Deliveries; the oldest is forgotten first."""


class RecentDeliveries:
    """Bodies of deliveries by their ids. What another running function has seen is not known here."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    def is_reused(self, delivery: str, body: bytes) -> bool:
        """Whether the delivery's id came with another body the last time."""
        digest = hashlib.sha256(body).digest()
        last = self._bodies.pop(delivery, digest)
        self._bodies[delivery] = digest
        if len(self._bodies) > REMEMBERED:
            del self._bodies[next(iter(self._bodies))]
        return last != digest
