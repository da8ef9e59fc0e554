"""The console's frame: what is deployed, and what there is to look at."""

from typing import Final

from jamwire.console.context import Context, Document, Query
from jamwire.operations.archive import has_archive
from jamwire.operations.subscribers import find_subscribers
from lambdas.contracts.event import timestamp
from lambdas.contracts.event_types import EVENT_TYPES

POLL_LOCAL: Final = 0.5
POLL_AWS: Final = 2.0
"""Seconds from one look at what is new to the next, while the page is looked at."""


def read(context: Context, query: Query) -> Document:
    """What is deployed."""
    deployment = context.deployment()
    is_local = bool(deployment.local_url)
    return {
        "deployment": deployment.name,
        "region": deployment.client("cloudformation").meta.region_name,
        "local": is_local,
        "archive": has_archive(deployment),
        "inbox": context.outside is not None,
        "now": timestamp(context.clock()),
        "endpoints": [endpoint.name for endpoint in deployment.endpoints],
        "subscribers": list(find_subscribers(deployment)),
        "types": list(EVENT_TYPES),
        "poll_seconds": POLL_LOCAL if is_local else POLL_AWS,
    }
