"""``jamwire dead-letters``: events that could not be delivered."""

import datetime as dt
from typing import Annotated

import typer
from rich.progress import Progress

from jamwire.cli.options import Json, Local, Name, find_deployment
from jamwire.cli.terminal import err, print_json, print_table
from jamwire.operations import dead_letters
from jamwire.operations.dead_letters import Filter, list_dead_letters
from jamwire.operations.deployment import NAME, Deployment
from jamwire.operations.documents import dead_letter_document
from jamwire.operations.errors import OperationError
from jamwire.operations.times import ago

app = typer.Typer(no_args_is_help=True, help="Events that could not be delivered.")

Subscriber = Annotated[str, typer.Option(help="Only of this subscriber, such as slack.")]
Reason = Annotated[str, typer.Option(help="Only those whose reason has this in it.")]
EventId = Annotated[str, typer.Option("--event", help="Only of the event with this id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("list")
def list_(
    subscriber: Subscriber = "",
    reason: Reason = "",
    event: EventId = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """List dead letters with their reason; the oldest first."""
    letters = list_dead_letters(find_deployment(local, name)[0], Filter(subscriber, reason, event))
    if json:
        print_json([dead_letter_document(letter) for letter in letters])
    elif letters:
        now = dt.datetime.now(dt.UTC)
        columns = ("Subscriber", "Event", "Type", "Age", "Attempts", "Reason")
        print_table(
            columns,
            [
                (x.subscriber, x.event_id, x.type, ago(x.died_at, now), str(x.attempts), x.reason)
                for x in letters
            ],
            prose="wrapped",
        )
    else:
        err.print("There are no such dead letters.")


@app.command("show")
def show(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id, as `list` shows it.")],
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Show all of an event's dead letters as JSON, with the event itself."""
    letters = list_dead_letters(find_deployment(local, name)[0], Filter(event_id=event))
    if not letters:
        raise OperationError(f"There is no dead letter of {event}; run: jamwire dead-letters list")
    print_json([dead_letter_document(letter) | {"message": letter.body} for letter in letters])


@app.command("redrive")
def redrive(
    subscriber: Subscriber = "",
    reason: Reason = "",
    event: EventId = "",
    yes: Yes = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Send dead letters to their subscriber once more; it says how many before it does."""
    deployment, filter = find_deployment(local, name)[0], Filter(subscriber, reason, event)
    if count := _confirmed(deployment, filter, "Send {} once more", yes=yes):
        with Progress(console=err) as progress:
            task = progress.add_task("Sending", total=count)
            dead_letters.redrive(deployment, filter, on_progress=lambda letter: progress.advance(task))


@app.command("discard")
def discard(
    subscriber: Subscriber = "",
    reason: Reason = "",
    event: EventId = "",
    yes: Yes = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Throw dead letters away for good; it says how many before it does."""
    deployment, filter = find_deployment(local, name)[0], Filter(subscriber, reason, event)
    if count := _confirmed(deployment, filter, "Throw {} away for good", yes=yes):
        with Progress(console=err) as progress:
            task = progress.add_task("Discarding", total=count)
            dead_letters.discard(deployment, filter, on_progress=lambda letter: progress.advance(task))


def _confirmed(deployment: Deployment, filter: Filter, question: str, *, yes: bool) -> int:
    """How many dead letters match; 0 where the person does not confirm."""
    count = len(list_dead_letters(deployment, filter))
    if not count:
        err.print("There are no such dead letters.")
    elif not yes and not typer.confirm(
        question.format(f"{count} dead letter{'' if count == 1 else 's'}") + "?", err=True
    ):
        return 0
    return count
