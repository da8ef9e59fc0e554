"""The decorator that makes a notifier a Lambda function, and the wiring to the services it stands on."""

import functools
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import boto3

from lambdas.contracts.event import Event
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime import payloads
from lambdas.runtime.delivery import Invocation, Report
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.queue import Queue
from lambdas.runtime.rate_limiter import RateLimiter
from lambdas.runtime.report import metrics, report
from lambdas.runtime.table import Table
from lambdas.runtime.worker import Worker

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

One = Callable[[Event], None]
Many = Callable[[Sequence[Event]], None]
LambdaHandler = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All that a subscriber stands on.

    Attributes:
        sqs: The client.
        dynamodb: The client.
        fetch: Reads a payload too large to travel, by its `dataref`.
        report: Where outcomes are told.
        clock: Unix time in seconds.
        random: A number in [0, 1).
    """

    sqs: "SQSClient"
    dynamodb: "DynamoDBClient"
    fetch: Callable[[str], Any] = payloads.fetch
    report: Report = report
    clock: Callable[[], float] = time.time
    random: Callable[[], float] = random.random


@overload
def subscriber(notifier: One) -> LambdaHandler: ...
@overload
def subscriber(*, batch: bool) -> Callable[[Many], LambdaHandler]: ...
def subscriber(notifier: One | None = None, *, batch: bool = False) -> Any:
    """Make a notifier the handler of a subscriber's function.

    ``@subscriber`` goes on a function of one `Event`; ``@subscriber(batch=True)`` on a function of a sequence
    of events that are delivered, retried or given up together. The notifier itself stays reachable as
    ``handle.__wrapped__``: that is what its unit tests call.
    """
    if notifier is None:
        return functools.partial(_lambda_handler, together=batch)
    return _lambda_handler(notifier, together=False)


def make_worker(
    notifier: Callable[[Any], None], *, together: bool, services: Services, settings: Mapping[str, str]
) -> Worker:
    """The worker as `stacks/constructs/subscriber.py` configures it.

    Args:
        notifier: A function of one event, or of several.
        together: Which of the two.
        services: What it stands on.
        settings: The function's environment.
    """
    table = Table(services.dynamodb, settings["LEDGER_TABLE"])
    limit = settings.get("RATE_LIMIT")
    return Worker(
        handle=notifier if together else lambda events: notifier(events[0]),
        together=together,
        queue=Queue(
            services.sqs,
            settings["QUEUE_URL"],
            settings["DEAD_LETTERS_URL"],
            settings["POWERTOOLS_SERVICE_NAME"],
        ),
        ledger=Ledger(table),
        rate_limiter=RateLimiter(table, RateLimit.from_json(limit)) if limit else None,
        give_up_after=float(settings["GIVE_UP_AFTER"]),
        read=functools.partial(Event.from_json, fetch=services.fetch),
        report=services.report,
        clock=services.clock,
        random=services.random,
    )


def _lambda_handler(notifier: Callable[[Any], None], *, together: bool) -> LambdaHandler:
    @functools.cache
    def worker() -> Worker:
        services = Services(sqs=boto3.client("sqs"), dynamodb=boto3.client("dynamodb"))
        return make_worker(notifier, together=together, services=services, settings=os.environ)

    @functools.wraps(notifier)
    def handle(batch: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        try:
            invocation = Invocation(context.aws_request_id, context.get_remaining_time_in_millis)
            return worker().run(batch["Records"], invocation)
        finally:
            metrics.flush_metrics()

    return handle
