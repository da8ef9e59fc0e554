"""``jamwire events retry``: what waits, tried now."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.progress import MofNCompleteColumn, Progress

from jamwire.cli.event_store import Store
from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import err, print_json
from jamwire.operations.deployment import NAME, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.replay import check_rate
from jamwire.operations.retry import RetryResult, WaitingEvent, end_pauses, find_waiting
from jamwire.operations.retry import retry as retry_now
from jamwire.operations.subscribers import choose_subscribers
from jamwire.operations.times import length

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


RATE: Final = 10.0
"""Events in a second, where nobody says otherwise."""


def retry(
    subscriber: Annotated[str, typer.Option(help="Only what waits at this subscriber, such as slack.")] = "",
    rate: Annotated[float, typer.Option(help="Events in a second, at most.")] = RATE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Try now what waits for its next try; it says how many before it does.

    For a destination that has been mended. Nobody is told twice: what has been delivered meanwhile is left alone.
    """
    check_rate(rate)
    deployment, _ = find_deployment(local, name)
    store = Store.open(deployment, subscriber)
    work = find_waiting(deployment, store.ledgers.subscribers)
    if not work:
        err.print("Nothing waits for its next try.")
        result = RetryResult(0, [], 0)
    elif yes or typer.confirm(_question(work, rate), err=True):
        result = _run(deployment, store, work, rate)
    else:
        return
    _print_result(result, json)


def retry_waiting(deployment: Deployment, subscriber: str) -> None:
    """Try now what waits at a subscriber, without asking: its destination has just been given a new secret.

    Without an archive there is nothing to send; but the destination is called again with what comes next.
    """
    try:
        end_pauses(deployment, choose_subscribers(deployment, subscriber), now=time.time())
        store = Store.open(deployment, subscriber)
        work = find_waiting(deployment, store.ledgers.subscribers)
        result = _run(deployment, store, work, RATE) if work else RetryResult(0, [], 0)
    except OperationError as error:
        err.print(f"What waits for it is tried at its own time. {error}")
        return
    if result.sent:
        err.print(f"{result.sent} of {len(work)} events that waited for it are tried now.")


def _question(work: Sequence[WaitingEvent], rate: float) -> str:
    count = len(work)
    at = Counter(waiting.subscriber.name for waiting in work)
    where = ", ".join(f"{name}: {number}" for name, number in sorted(at.items()))
    takes = f", which takes {length(count / rate)}" if count / rate >= 10 else ""
    return f"Try {count} waiting event{'' if count == 1 else 's'} now ({where}){takes}?"


def _run(deployment: Deployment, store: Store, work: Sequence[WaitingEvent], rate: float) -> RetryResult:
    done = 0
    try:
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=err) as progress:
            task = progress.add_task("Sending", total=len(work))

            def advance(_: WaitingEvent) -> None:
                nonlocal done
                done += 1
                progress.advance(task)

            return retry_now(
                deployment,
                work,
                archive=store.archive,
                rate=rate,
                clock=time.time,
                sleep=time.sleep,
                on_progress=advance,
            )
    except KeyboardInterrupt:
        err.print(f"Interrupted after {done} of {len(work)}; the others are tried at their own time.")
        raise typer.Exit(INTERRUPTED) from None


def _print_result(result: RetryResult, json: bool) -> None:
    unsent = [
        {"event": at.summary.id, "subscriber": at.subscriber.name, "reason": "the archive no longer has it"}
        for at in result.expired
    ]
    if json:
        print_json({"sent": result.sent, "gone": result.gone, "unsent": unsent})
    else:
        for event in unsent:
            err.print(f"{event['event']} is not sent to {event['subscriber']}: {event['reason']}")
        if result.sent or result.gone or unsent:
            err.print(f"{result.sent} sent; {result.gone} waited no longer.")
    if unsent:
        raise typer.Exit(1)
