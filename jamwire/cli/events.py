"""``jamwire events``: events of the last weeks, their deliveries, and replays."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

import typer

from jamwire.cli.event_store import Endpoint, Since, Store, Type, Until, now
from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.replay import replay as replay_command
from jamwire.cli.retry import retry as retry_command
from jamwire.cli.terminal import err, one_line, out, plain, print_json, print_table
from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.deployment import NAME
from jamwire.operations.documents import event_document, history_document
from jamwire.operations.events import Delivery, FoundEvent, History, history, list_events
from jamwire.operations.times import ago, length, short, to_the_second

app = typer.Typer(no_args_is_help=True, help="Events of the last weeks, and what became of them.")


@app.command("list")
def list_(
    since: Since = "24h",
    until: Until = "",
    type: Type = "",
    endpoint: Endpoint = "",
    severity: Annotated[str, typer.Option(help="Only of this severity, such as error.")] = "",
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what a subscriber could not deliver.")
    ] = False,
    subscriber: Annotated[
        str, typer.Option(help="Only what this subscriber has heard of, and how it ended.")
    ] = "",
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1)] = 100,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """List events; the newest last."""
    store = Store.open(find_deployment(local, name)[0], subscriber)
    selection = store.selection(since, until, type, endpoint, severity)
    # One more than is shown, to know whether there are more.
    found = list_events(
        store.archive, store.ledgers, selection, failed=failed, at=subscriber, limit=limit + 1
    )
    shown = found[-limit:]
    if json:
        print_json([event_document(event) for event in shown])
        return
    if not shown:
        err.print(f"There are no such events since {to_the_second(selection.since)}.")
        return
    _print_found(shown, failed=failed, at=store.ledgers.subscribers[0].name if subscriber else "")
    if len(found) > limit:
        err.print(f"[dim]These are the newest {limit}; there are more: --limit {10 * limit}[/dim]")


@app.command("show")
def show(
    event: Annotated[str, typer.Argument(metavar="ID", help="The event's id, as `list` shows it.")],
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Show what became of an event at each subscriber; with --json, the event itself too."""
    deployment, _ = find_deployment(local, name)
    store, present = Store.open(deployment), now()
    found = history(deployment, store.archive, store.ledgers, event, present)
    if json:
        print_json([history_document(h) for h in found])
        return
    for number, known in enumerate(found):
        if number:
            out.print()
        _print_history(known, present)


app.command("replay")(replay_command)
app.command("retry")(retry_command)


def _print_found(found: Sequence[FoundEvent], *, failed: bool, at: str) -> None:
    columns = ["Accepted (UTC)", "Event", "Type", "Endpoint", "Title"]
    rows = [[short(s.time), s.id, s.type, s.endpoint, one_line(s.title)] for s in (f.summary for f in found)]
    if failed or at:
        columns.insert(4, "Dead at" if failed else f"At {at}")
        for row, event in zip(rows, found, strict=True):
            row.insert(
                4,
                ", ".join(event.statuses if failed else (status.state for status in event.statuses.values())),
            )
    print_table(tuple(columns), [tuple(row) for row in rows], prose="cut")


def _print_history(known: History, now: dt.datetime) -> None:
    event = known.event
    facts = {
        "Event": event.id,
        "Type": event.type,
        "Endpoint": event.endpoint,
        "Accepted": f"{to_the_second(event.time)} ({ago(event.time, now)} ago)",
        "Archived": f"until {to_the_second(known.archived_until)}",
        "Title": one_line(event.notice.title),
        "Link": one_line(event.notice.url),
    }
    for name, fact in facts.items():
        if fact:
            out.print(
                f"[dim]{name:<10}[/dim]{plain(fact)}", overflow="ellipsis", no_wrap=True, soft_wrap=False
            )
    for delivery in known.deliveries:
        out.print()
        if replay := delivery.replay:
            to = ", ".join(replay.to) or "all whose rules match"
            out.print(f"[dim]Replay    [/dim]{replay.replay}, sent {ago(replay.at, now)} ago to {plain(to)}")
        _print_statuses(delivery, now)
    if known.story:
        out.print("\n[dim]Publish   [/dim]" + plain(one_line(known.story.name)))
        rows = [(name, short(at), after) for name, at, after in known.story.steps_for_display()]
        print_table(("Step", "When (UTC)", "After"), rows)


def _print_statuses(delivery: Delivery, now: dt.datetime) -> None:
    rows = [
        (name, status.state, short(status.at), str(status.attempts or ""), _remark(status, now))
        for name, status in delivery.statuses.items()
    ]
    print_table(
        ("Subscriber", "What became of it", "When (UTC)", "Attempts", "Remark"), rows, prose="wrapped"
    )


def _remark(status: DeliveryStatus, now: dt.datetime) -> str:
    if not status.next_try:
        return status.reason
    wait = (dt.datetime.fromisoformat(status.next_try) - now).total_seconds()
    when = f"next try in {length(wait)}" if wait > 0 else "next try now"
    return f"{when}: {status.reason}" if status.reason else when
