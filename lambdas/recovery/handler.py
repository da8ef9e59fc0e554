"""The function that EventBridge runs on a schedule, to ask senders for deliveries that failed."""

import datetime as dt
import functools
import os
from collections.abc import Mapping
from typing import Any

from lambdas.clients import http
from lambdas.clients.aws import at_start, client
from lambdas.clients.publisher import Publisher
from lambdas.clients.secrets import Keyring
from lambdas.contracts.keyring import DESTINATION
from lambdas.contracts.outcomes import Undeliverable
from lambdas.contracts.settings import RecoverySettings
from lambdas.recovery.github import GitHub
from lambdas.recovery.recovery import Recovery
from lambdas.runtime.report import logger, metrics


def handle(event: Mapping[str, Any], context: object) -> None:
    """Recover what failed, as of the time for which the run was scheduled (EventBridge, "Scheduled events")."""
    try:
        _recovery().run(dt.datetime.fromisoformat(event["time"]).timestamp())
    finally:
        if metrics.metric_set:  # most runs find nothing, of which Powertools would warn
            metrics.flush_metrics()


@at_start
def _recovery() -> Recovery:
    settings = RecoverySettings.from_environment(os.environ)
    return Recovery(
        webhooks=settings.webhooks,
        stack_id=settings.stack_id,
        every=settings.every,
        connect=functools.partial(_connect, settings),
        publish=Publisher(client("sns"), settings.topic_arn).publish,
        log=logger.info,
    )


def _connect(settings: RecoverySettings) -> GitHub:
    """GitHub by the token as it is now: a run comes long after the last one, and a new token works in the next."""
    keys = Keyring(client("secretsmanager"), settings.secret_arn).keys(DESTINATION)
    if not keys:
        raise Undeliverable(f"no token is set; run: jamwire secret add {settings.stack_id.lower()}")
    return GitHub(token=keys[-1].value, send=functools.partial(http.send, max_kept=None))
