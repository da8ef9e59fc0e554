"""Every quarter of an hour: start the digests that are due."""

import os
import time
from typing import TYPE_CHECKING, Any

from lambdas.clients.aws import at_start, client
from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues
from lambdas.followers.digest_runs import DigestRuns
from lambdas.followers.job_queue import JobQueue
from lambdas.runtime.report import count, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handle(_event: dict[str, Any], _context: "LambdaContext") -> None:
    """Start them.

    Raises:
        ExceptionGroup: Some could not be started; they are with the next quarter of an hour.
    """
    if started := _runs().start():
        count("DigestsStarted", started)
        logger.info("digests_started", count=started)
        metrics.flush_metrics()


@at_start
def _runs() -> DigestRuns:
    settings = AudienceSettings.from_environment(os.environ)
    url = ChannelQueues.from_environment(os.environ).email_queue_url
    return DigestRuns(client("dynamodb"), settings.table, JobQueue(client("sqs"), url), time.time)
