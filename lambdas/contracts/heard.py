"""How ingest's log says that an endpoint was heard. It holds no class: each one is a part of ingest's cold start."""

from typing import Final

HEARD: Final = "heard"
"""The field of the line of an accepted request that says so; its time is the line's."""

HEARD_EVERY: Final = 300.0
"""Seconds after which a running function says so again: an endpoint may have been heard so much later than is said."""
