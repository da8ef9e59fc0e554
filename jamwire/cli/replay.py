"""``jamwire events replay``: events, sent once more."""

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress

from jamwire.cli.event_store import Endpoint, Since, Store, Type, Until, now
from jamwire.cli.options import Json, Local, Name, find_deployment, options_of
from jamwire.cli.terminal import err, plain, print_json
from jamwire.operations import replay as replaying
from jamwire.operations.archive import Archive
from jamwire.operations.deployment import NAME, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.replay import ALL, PendingEvent, ReplayPlan, ReplayResult
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.times import length

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


def replay(
    events: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Their ids.")] = None,
    since: Since = "",
    until: Until = "",
    type: Type = "",
    endpoint: Endpoint = "",
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what is dead, and only to those at which it is.")
    ] = False,
    to: Annotated[
        str, typer.Option(help="A subscriber such as slack, whatever its rule; or all whose rules match.")
    ] = ALL,
    rate: Annotated[float, typer.Option(help="Events in a second, at most.")] = 10,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    resume: Annotated[str, typer.Option(help="Go on with the replay of this name.")] = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Send events once more, though they have been delivered; it says how many before it does.

    Subscribers take it for a new delivery. A sender that repeats the event afterwards is still told to nobody.
    """
    replaying.check_rate(rate)
    if resume and (events or since or until or type or endpoint or failed or to != ALL):
        raise typer.BadParameter("expected no other choice beside it", param_hint="--resume")
    if not resume and bool(events) == bool(since):
        raise typer.BadParameter("expected ids, or --since", param_hint="ID")
    if events and until:
        raise typer.BadParameter("expected ids, or a time", param_hint="--until")
    deployment, _ = find_deployment(local, name)
    if resume:
        plan = ReplayPlan.from_document(Archive.of(deployment, time.sleep).load_plan(resume))
        store = Store.open(deployment, "" if plan.to == ALL else plan.to)
    else:
        store = Store.open(deployment, "" if to == ALL else to)
        plan = ReplayPlan(
            replay=replaying.new_name(now(), secrets.token_hex(3)),
            selection=(
                Selection(type=type, endpoint=endpoint, ids=tuple(events))
                if events
                else store.selection(since, until, type, endpoint)
            ),
            failed=failed,
            to=ALL if to == ALL else store.ledgers.subscribers[0].name,
        )
    work = replaying.find_pending(plan, store.archive, store.ledgers)
    if not work:
        err.print("There is nothing left to send." if resume else "There are no such events.")
    elif yes or typer.confirm(_question(plan, work, rate), err=True):
        if not resume:
            store.archive.save_plan(plan.replay, plan.to_document(), time.time())
        result = _run(deployment, store.archive, plan, work, rate, _resumption(plan, local, name))
        _print_result(plan, result, json)


def _question(plan: ReplayPlan, work: Sequence[PendingEvent], rate: float) -> str:
    count = len(work)
    if plan.failed:
        at = Counter(subscriber.name for _, to in work for subscriber in to)
        whom = f"where it is dead ({', '.join(f'{name}: {n}' for name, n in sorted(at.items()))})"
    else:
        whom = "to every subscriber whose rule matches" if plan.to == ALL else f"to {plan.to}"
    takes = f", which takes {length(count / rate)}" if count / rate >= 10 else ""
    return f"Send {count} event{'' if count == 1 else 's'} once more, {whom}{takes}?"


def _resumption(plan: ReplayPlan, local: bool, name: str) -> str:
    return f"jamwire events replay --resume {plan.replay}{options_of(local, name)}"


def _run(
    deployment: Deployment,
    archive: Archive,
    plan: ReplayPlan,
    work: Sequence[PendingEvent],
    rate: float,
    resumption: str,
) -> ReplayResult:
    done = 0
    try:
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=err) as progress:
            task = progress.add_task("Sending", total=len(work))

            def advance(_: EventSummary) -> None:
                nonlocal done
                done += 1
                progress.advance(task)

            return replaying.run(
                plan,
                work,
                archive=archive,
                send=replaying.Sender(deployment),
                rate=rate,
                clock=time.time,
                sleep=time.sleep,
                on_progress=advance,
            )
    except KeyboardInterrupt:
        err.print(f"Interrupted after {done} of {len(work)}; to go on: {plain(resumption)}")
        raise typer.Exit(INTERRUPTED) from None
    except OperationError as error:
        raise OperationError(f"After {done} of {len(work)}: {error}; to go on: {resumption}") from None


def _print_result(plan: ReplayPlan, result: ReplayResult, json: bool) -> None:
    unsent = [{"event": s.id, "endpoint": s.endpoint, "reason": why} for s, why in result.unsent.items()]
    if json:
        print_json({"replay": plan.replay, "sent": result.sent, "unsent": unsent})
    else:
        for event in unsent:
            err.print(f"{event['event']} of {event['endpoint']} is not sent: {event['reason']}")
        err.print(f"Replay {plan.replay}: {result.sent} sent.")
        if plan.failed:
            err.print("[dim]Their dead letters are still there; see: jamwire dead-letters list[/dim]")
    if unsent:
        raise typer.Exit(1)
