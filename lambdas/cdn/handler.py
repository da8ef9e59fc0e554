"""CloudFront invalidations: what has changed is fetched anew."""

import os
from collections.abc import Sequence

from lambdas.cdn.cloudfront import CloudFront
from lambdas.cdn.memory import Memory
from lambdas.cdn.plan import Cdn, Progress
from lambdas.cdn.state import CdnState
from lambdas.clients.aws import at_start, client
from lambdas.contracts.settings import CdnSettings
from lambdas.runtime import Event, count, subscriber
from lambdas.runtime.stateful import StatefulSubscriber


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Invalidate what the events have changed, together."""
    _subscriber().handle(events)


@at_start
def _subscriber() -> StatefulSubscriber[CdnState, Progress, Progress]:
    settings = CdnSettings.from_environment(os.environ)
    cloudfront = CloudFront(
        client=client("cloudfront"),
        distributions=settings.distributions,
        count=count,
    )
    return StatefulSubscriber.from_environment(
        Cdn(settings), cloudfront.advance, complete=Memory.from_environment().recall
    )
