"""What waits for its next try, tried now."""

from collections.abc import Callable, Sequence
from typing import Final

from jamwire.console.acts.act import Body, Done, Prepared, counted, text
from jamwire.console.context import Context
from jamwire.operations.errors import OperationError
from jamwire.operations.retry import RetryResult, WaitingEvent, find_waiting, retry

RATE: Final = 10.0
"""Events in a second."""


def prepare(context: Context, body: Body) -> Prepared:
    """Try now what waits at ``subscriber``, or everywhere."""
    ledgers = context.ledgers(text(body, "subscriber"))
    work = find_waiting(context.deployment(), ledgers.subscribers)
    names = ", ".join(sorted({waiting.subscriber.name for waiting in work}))
    sentence = (
        f"{counted(len(work), 'waiting event')} of {names} will be tried now." if work else "Nothing waits."
    )

    def perform() -> Done:
        tried: list[WaitingEvent] = []
        try:
            return _done(run(context, work, on_progress=tried.append))
        except OperationError as failure:
            return Done(len(tried), f"{counted(len(tried), 'event')} tried now.", failure=failure)

    return Prepared(len(work), sentence, perform)


def run(
    context: Context, work: Sequence[WaitingEvent], *, on_progress: Callable[[WaitingEvent], None]
) -> RetryResult:
    """Have what waits tried now."""
    return retry(
        context.deployment(),
        work,
        archive=context.archive(),
        rate=RATE,
        clock=context.clock,
        sleep=context.sleep,
        on_progress=on_progress,
    )


def _done(result: RetryResult) -> Done:
    gone = f" {counted(result.gone, 'event')} waited no longer." if result.gone else ""
    unsent = [{"id": at.summary.id, "reason": "the archive no longer has it"} for at in result.expired]
    return Done(result.sent, f"{counted(result.sent, 'event')} tried now.{gone}", unsent)
