"""The decorator that makes a notifier a Lambda function, and the wiring to the services it stands on."""

import functools
import os
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import boto3

from lambdas.contracts.event import Event
from lambdas.contracts.settings import SubscriberSettings
from lambdas.runtime import payloads
from lambdas.runtime.beside import in_a_thread
from lambdas.runtime.context import Beside, Invocation, Report, SubscriberContext
from lambdas.runtime.delivery import Notifier
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.queue import Queue
from lambdas.runtime.rate_limiter import RateLimiter
from lambdas.runtime.report import metrics, report
from lambdas.runtime.table import Table
from lambdas.runtime.turn import Turns
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
        report: Where outcomes are reported.
        clock: Unix time in seconds.
        random: A number in [0, 1).
        sleep: Waits so many seconds.
        beside: Makes a call beside another one.
        environment: Names this execution environment.
    """

    sqs: "SQSClient"
    dynamodb: "DynamoDBClient"
    fetch: Callable[[str], Any] = payloads.fetch
    report: Report = report
    clock: Callable[[], float] = time.time
    random: Callable[[], float] = random.random
    sleep: Callable[[float], None] = time.sleep
    beside: Beside[Any] = in_a_thread
    environment: str = field(default_factory=lambda: uuid.uuid4().hex[:12])


@overload
def subscriber(notifier: One) -> LambdaHandler: ...
@overload
def subscriber(*, batch: bool, gather: bool = False) -> Callable[[Many], LambdaHandler]: ...
def subscriber(notifier: One | None = None, *, batch: bool = False, gather: bool = False) -> Any:
    """Make a notifier the handler of a subscriber's function.

    ``@subscriber`` goes on a function of one `Event`; ``@subscriber(batch=True)`` on a function of a sequence
    of events that are delivered, retried or given up together; with ``gather=True`` it is given all that waits where
    events pile up, as one of a rate-limited destination is in any case. The notifier itself stays reachable as
    ``handle.__wrapped__``: that is what its unit tests call.
    """
    if notifier is None:
        return functools.partial(_lambda_handler, batch=batch, gather=gather)
    return _lambda_handler(notifier, batch=False)


def make_worker(
    handle: Callable[[Any], None],
    *,
    batch: bool,
    services: Services,
    settings: SubscriberSettings,
    service: str,
    gather: bool = False,
) -> Worker:
    """The worker as `stacks/constructs/subscriber.py` configures it.

    Args:
        handle: The notifier, a function of one event or of several.
        batch: Which of the two.
        services: What the worker stands on.
        settings: The subscriber's.
        service: The subscriber's name in logs, metrics and on dead letters.
        gather: Whether it takes what else waits.
    """
    table = Table(services.dynamodb, settings.ledger_table)
    context = SubscriberContext(
        ledger=Ledger(table),
        queue=Queue(services.sqs, settings.queue_url, settings.dead_letters_url, service),
        report=services.report,
        clock=services.clock,
        random=services.random,
        sleep=services.sleep,
        beside=services.beside,
        give_up_after=settings.give_up_after,
    )
    notifier = Notifier(
        handle=handle if batch else lambda events: handle(events[0]),
        read=functools.partial(Event.from_json, fetch=services.fetch),
        rate_limited=settings.rate_limit is not None,
    )
    turns = None
    if settings.rate_limit:
        limiter = RateLimiter(table, settings.rate_limit, context.ledger, services.environment)
        turns = Turns(notifier=notifier, batch=batch, limiter=limiter, context=context)
    return Worker(
        notifier=notifier,
        batch=batch,
        context=context,
        turns=turns,
        idempotent=bool(settings.idempotent),
        gather=gather,
    )


def _lambda_handler(notifier: Callable[[Any], None], *, batch: bool, gather: bool = False) -> LambdaHandler:
    @functools.cache
    def worker() -> Worker:
        return make_worker(
            notifier,
            batch=batch,
            services=Services(sqs=boto3.client("sqs"), dynamodb=boto3.client("dynamodb")),
            settings=SubscriberSettings.from_environment(os.environ),
            service=os.environ["POWERTOOLS_SERVICE_NAME"],
            gather=gather,
        )

    @functools.wraps(notifier)
    def handle(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        try:
            invocation = Invocation(context.aws_request_id, context.get_remaining_time_in_millis)
            return worker().run(event["Records"], invocation)
        finally:
            metrics.flush_metrics()

    return handle
