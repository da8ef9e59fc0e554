"""``jamwire events``: the events of the last weeks, what became of them, and sending them once more."""

import dataclasses
import datetime as dt
import json as json_
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from jamwire.cli.event_store import Endpoint, Since, Store, Type, Until, now
from jamwire.cli.options import Json, Local, Name, err, find_deployment, one_line, out, plain, print_table
from jamwire.cli.replay import replay
from jamwire.operations.deliveries import Fate
from jamwire.operations.deployment import NAME, to_json
from jamwire.operations.events import Found, History, Told, history, list_events
from jamwire.operations.times import ago, length, short, to_the_second

app = typer.Typer(no_args_is_help=True, help="Events of the last weeks, and what became of them.")


@app.command("list")
def list_(
    since: Since = "24h",
    until: Until = "",
    type: Type = "",
    endpoint: Endpoint = "",
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
    selection = store.selection(since, until, type, endpoint)
    # One more than is shown, to know whether there are more.
    found = list_events(
        store.archive, store.ledgers, selection, failed=failed, at=subscriber, limit=limit + 1
    )
    shown = found[-limit:]
    if json:
        print(to_json([_as_document(event) for event in shown]))  # noqa: T201
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
        print(to_json([_history_document(h) for h in found]))  # noqa: T201
        return
    for number, known in enumerate(found):
        if number:
            out.print()
        _print_history(known, present)


app.command("replay")(replay)


def _print_found(found: Sequence[Found], *, failed: bool, at: str) -> None:
    columns = ["Accepted (UTC)", "Event", "Type", "Endpoint", "Title"]
    rows = [[short(s.time), s.id, s.type, s.endpoint, one_line(s.title)] for s in (f.summary for f in found)]
    if failed or at:
        columns.insert(4, "Dead at" if failed else f"At {at}")
        for row, event in zip(rows, found, strict=True):
            row.insert(4, ", ".join(event.fates if failed else (fate.state for fate in event.fates.values())))
    print_table(tuple(columns), [tuple(row) for row in rows], prose="cut")


def _print_history(known: History, now: dt.datetime) -> None:
    event = known.event
    facts = {
        "Event": event.id,
        "Type": event.type,
        "Endpoint": event.endpoint,
        "Accepted": f"{to_the_second(event.time)} ({ago(event.time, now)} ago)",
        "Title": one_line(event.notice.title),
        "Link": one_line(event.notice.url),
    }
    for name, fact in facts.items():
        if fact:
            out.print(
                f"[dim]{name:<10}[/dim]{plain(fact)}", overflow="ellipsis", no_wrap=True, soft_wrap=False
            )
    for told in known.told:
        if told.replay:
            to = ", ".join(told.replay.to) or "all whose rules match"
            out.print(
                f"\n[dim]Replay    [/dim]{told.replay.replay}, sent {ago(told.replay.at, now)} ago to {plain(to)}"
            )
        else:
            out.print()
        _print_fates(told, now)
    if known.story:
        out.print("\n[dim]Publish   [/dim]" + plain(one_line(known.story.name)))
        rows = [(name, short(at), after) for name, at, after in known.story.steps_for_display()]
        print_table(("Step", "When (UTC)", "After"), rows)


def _print_fates(told: Told, now: dt.datetime) -> None:
    rows = [
        (name, fate.state, short(fate.at), str(fate.attempts or ""), _remark(fate, now))
        for name, fate in told.fates.items()
    ]
    print_table(
        ("Subscriber", "What became of it", "When (UTC)", "Attempts", "Remark"), rows, prose="wrapped"
    )


def _remark(fate: Fate, now: dt.datetime) -> str:
    if not fate.next_try:
        return fate.reason
    wait = (dt.datetime.fromisoformat(fate.next_try) - now).total_seconds()
    when = f"next try in {length(wait)}" if wait > 0 else "next try now"
    return f"{when}: {fate.reason}" if fate.reason else when


def _as_document(found: Found) -> dict[str, Any]:
    document = dataclasses.asdict(found.summary)
    return (
        document | {"fates": {name: fate.state for name, fate in found.fates.items()}}
        if found.fates
        else document
    )


def _history_document(known: History) -> dict[str, Any]:
    return {
        "event": json_.loads(known.event.to_json()),
        "told": [
            {
                "replay": told.replay.replay if told.replay else None,
                "sent_at": told.replay.at if told.replay else None,
                "subscribers": [{"name": n, **dataclasses.asdict(fate)} for n, fate in told.fates.items()],
            }
            for told in known.told
        ],
        "story": {
            "name": known.story.name,
            "ended": known.story.announced_type,
            "timeline": known.story.timeline(),
        }
        if known.story
        else None,
    }
