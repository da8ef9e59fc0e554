"""The decorator that makes a notifier a Lambda function, and the wiring to the services it stands on."""

import functools
import os
import random
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, overload

import boto3
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from lambdas.event import Event
from lambdas.runtime.ledger import InProgressError, Ledger
from lambdas.runtime.message import Queue
from lambdas.runtime.outcome import Retry
from lambdas.runtime.report import metrics, report, report_unrecorded
from lambdas.runtime.worker import Worker, describe

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

One = Callable[[Event], None]
Many = Callable[[Sequence[Event]], None]
LambdaHandler = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]
RemainingMs = Callable[[], int]

_invocation: ContextVar[tuple[Ledger, RemainingMs]] = ContextVar("invocation")


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


def once(event: Event, destination: str, deliver: Callable[[], None]) -> None:
    """Deliver to one of several destinations, unless this event has reached it already.

    The decorator remembers events; a notifier that tells several people of one event needs to remember each
    of them, or a retry for the second would tell the first one twice.

    Args:
        event: The event being delivered.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.

    Raises:
        Retry: Another invocation is delivering the same at this moment.
    """
    ledger, remaining_ms = _invocation.get()
    key = f"{event.key}/{destination}"
    try:
        if not ledger.claim(key, remaining_ms()):
            return
    except InProgressError:
        raise Retry(remaining_ms() / 1000, "being delivered elsewhere") from None
    try:
        deliver()
    except Exception as error:
        ledger.release(key, error)
        raise
    try:
        ledger.record(key)
    except Exception as error:  # delivered it is: trying again would be certain to tell twice
        report_unrecorded(event, describe(error))


def _lambda_handler(notifier: Callable[[Any], None], *, together: bool) -> LambdaHandler:
    @functools.cache
    def worker() -> Worker:
        return _worker(notifier if together else lambda events: notifier(events[0]), together=together)

    @functools.wraps(notifier)
    def handle(batch: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
        _invocation.set((worker().ledger, context.get_remaining_time_in_millis))
        try:
            return worker().run(batch["Records"], context.get_remaining_time_in_millis)
        finally:
            metrics.flush_metrics()

    return handle


def _worker(handle: Many, *, together: bool) -> Worker:
    """The worker as `stacks/subscriber.py` configures it."""
    name = os.environ["POWERTOOLS_SERVICE_NAME"]
    queue = Queue(boto3.client("sqs"), os.environ["QUEUE_URL"], os.environ["DEAD_LETTERS_URL"], name)
    return Worker(
        handle=handle,
        together=together,
        queue=queue,
        ledger=Ledger(DynamoDBPersistenceLayer(table_name=os.environ["LEDGER_TABLE"]), name),
        give_up_after=float(os.environ["GIVE_UP_AFTER"]),
        report=report,
        clock=time.time,
        random=random.random,
    )
