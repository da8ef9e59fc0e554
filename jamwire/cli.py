"""The ``jamwire`` command: operate a deployment, and run the local account."""

import dataclasses
import datetime as dt
import secrets
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from jamwire.dead_letters import Choice, Letter, age, discard, list_letters, redrive
from jamwire.deployment import NAME, Deployment, Endpoint, OperationError, as_document, to_json
from jamwire.keyrings import add_secret, generate_secret, list_secrets, remove_secret
from jamwire.records import last_used, list_rejections
from jamwire.samples import SAMPLES, build_request
from jamwire.sending import curl_line, post
from jamwire.trying import endpoint_for, request_for_curl
from jamwire.trying import send as send_sample
from lambdas.ingest.sources import CATALOGUE

if TYPE_CHECKING:
    from jamwire.local.account import LocalAccount

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
secret_app = typer.Typer(
    no_args_is_help=True, help="The live secrets of endpoints, and of destinations such as slack."
)
app.add_typer(secret_app, name="secret")
rejected_app = typer.Typer(no_args_is_help=True, help="Requests that endpoints refused.")
app.add_typer(rejected_app, name="rejected")
dead_letters_app = typer.Typer(no_args_is_help=True, help="Events that could not be delivered.")
app.add_typer(dead_letters_app, name="dead-letters")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_WIDEST: Final = 1000
"""Columns of a table: the terminal wraps a long address, and a copy of it is whole."""

Local = Annotated[bool, typer.Option("--local", help="Use the local account that `jamwire up` started.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[
    str, typer.Option("--deployment", envvar="JAMWIRE_DEPLOYMENT", help="First part of the stacks' names.")
]
Subscriber = Annotated[str, typer.Option(help="Only of this subscriber, such as slack.")]
Reason = Annotated[str, typer.Option(help="Only those whose reason has this in it.")]
EventId = Annotated[str, typer.Option("--event", help="Only of the event with this id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Who = Annotated[str, typer.Argument(metavar="NAME", help="An endpoint, or a destination such as slack.")]


def main() -> None:
    """Run the command; what a person can put right ends in one line and exit code 1."""
    try:
        app()
    except OperationError as error:
        err.print(f"[red]jamwire:[/red] {_plain(str(error))}")
        sys.exit(1)


@app.command()
def up(local: Local = True, name: Name = NAME) -> None:
    """Start or update the local account, and deploy every stack into it."""
    account = _local_account(name)
    started = time.monotonic()
    with err.status("Starting") as status:

        def tell(text: str) -> None:
            err.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  {_plain(text)}")
            status.update(text)

        ports = account.up(tell)
        deployment = account.deployment
        endpoints = deployment.endpoints
    err.print(f"[dim]{time.monotonic() - started:5.1f} s[/dim]  Ready\n")
    _print_endpoints(endpoints)
    out.print(f"\nInbox     {ports.inbox_url}/api/deliveries")
    out.print(f"Shell     export AWS_ENDPOINT_URL=http://127.0.0.1:{ports.port} AWS_REGION=us-east-1 \\")
    out.print(
        "            AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test CDK_DEFAULT_ACCOUNT=000000000000"
    )
    endpoint = next((e for e in endpoints if e.source == "netlify"), endpoints[0])
    sample = next(
        s
        for label, s in SAMPLES.items()
        if label.startswith(f"{endpoint.source}/") and "started" not in label
    )
    out.print("\nPaste this to send a signed webhook, then look into the inbox:\n")
    request = request_for_curl(deployment, endpoint, sample, fresh=secrets.token_hex(12))
    out.print(_plain(curl_line(endpoint.url, request)))


@app.command()
def down() -> None:
    """Stop the local account."""
    _local_account(NAME).down()
    err.print("The local account is stopped.")


@app.command()
def status(local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """Show the endpoints, the inbox and the stacks."""
    deployment, inbox = _deployment(local, name)
    stacks = [{"name": stack.name, "status": stack.status} for stack in deployment.stacks]
    if json:
        print(to_json({"endpoints": as_document(deployment.endpoints), "inbox": inbox, "stacks": stacks}))  # noqa: T201
        return
    _print_endpoints(deployment.endpoints)
    if inbox:
        out.print(f"\nInbox  {inbox}")
    _print_table(("Stack", "Status"), [(stack["name"], stack["status"]) for stack in stacks])


@app.command()
def endpoints(local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """List the addresses to give to your services."""
    found = _deployment(local, name)[0].endpoints
    if json:
        print(to_json(as_document(found)))  # noqa: T201
    else:
        _print_endpoints(found)


@secret_app.command("add")
def secret_add(
    who: Who,
    generate: Annotated[bool, typer.Option(help="Make one, and print it this once.")] = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Put a secret beside the live ones; it is read from standard input or asked for."""
    deployment, _ = _deployment(local, name)
    value = generate_secret(deployment, who) if generate else _ask(f"Secret of {who}")
    key = add_secret(deployment, who, value)
    err.print(f"Secret {key.id} of {who} is live.")
    if generate:
        print(value)  # noqa: T201


@secret_app.command("list")
def secret_list(who: Who, local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """List live secrets by id, never by value; the newest last."""
    deployment, _ = _deployment(local, name)
    keys = list_secrets(deployment, who)
    used = last_used(deployment, {key.id for key in keys})
    if json:
        print(to_json([{"id": k.id, "added": k.added, "last_used": used.get(k.id)} for k in keys]))  # noqa: T201
    elif keys:
        rows = [(key.id, key.added, used.get(key.id, "not within 14 days")) for key in keys]
        _print_table(("Secret", "Added", "Last used (to the hour)"), rows)
    else:
        err.print(f"{who} has no secret and refuses everything; run: jamwire secret add {who}")


@secret_app.command("remove")
def secret_remove(
    who: Who,
    secret: Annotated[str, typer.Argument(metavar="SECRET", help="Its id, as `secret list` shows it.")],
    local: Local = False,
    name: Name = NAME,
) -> None:
    """End a secret."""
    remove_secret(_deployment(local, name)[0], who, secret)
    err.print(f"Secret {secret} of {who} is ended.")


@app.command()
def send(
    sample: Annotated[
        str | None, typer.Argument(help="Such as netlify/deploy-failed; `--list` shows all.")
    ] = None,
    endpoint: Annotated[
        str, typer.Option(help="Which endpoint; else the first of the sample's source.")
    ] = "",
    to: Annotated[str, typer.Option(help="Any address instead; its secret is read or asked for.")] = "",
    tamper: Annotated[
        bool, typer.Option(help="Sign it wrongly; success is then to be refused with 401.")
    ] = False,
    curl: Annotated[bool, typer.Option(help="Print a curl line instead of sending.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the samples.")] = False,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """Send a signed sample of what a source sends."""
    if show or sample is None:
        _print_samples(json)
        return
    if sample not in SAMPLES:
        raise typer.BadParameter(f"{sample!r} is none; `jamwire send --list` shows them", param_hint="SAMPLE")
    chosen, fresh = SAMPLES[sample], secrets.token_hex(12)
    if to:
        key = _ask("Secret of the endpoint")
        scheme = CATALOGUE[chosen.source].scheme
        request = build_request(chosen, scheme, key, url=to, now=time.time(), fresh=fresh, tamper=tamper)
        answer = post(to, request)
    else:
        deployment, _ = _deployment(local, name)
        target = endpoint_for(deployment, chosen, endpoint)
        if curl:
            print(curl_line(target.url, request_for_curl(deployment, target, chosen, fresh=fresh)))  # noqa: T201
            return
        answer = send_sample(deployment, target, chosen, fresh=fresh, tamper=tamper)
    print(to_json(dataclasses.asdict(answer)) if json else f"{answer.status} {answer.body}")  # noqa: T201
    if (answer.status == 401) if tamper else (200 <= answer.status < 300):
        return
    raise typer.Exit(1)


@rejected_app.command("list")
def rejected_list(
    hours: Annotated[
        int, typer.Option(help="How far to look back, up to 336 (14 days).", min=1, max=336)
    ] = 24,
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """List rejected requests with the reason; the newest last. Bodies and secrets are not kept."""
    found = list_rejections(_deployment(local, name)[0], dt.timedelta(hours=hours))
    if json:
        print(to_json([dataclasses.asdict(rejection) for rejection in found]))  # noqa: T201
    elif found:
        columns = ("Time", "Endpoint", "Status", "Reason", "From", "Bytes", "Digest", "Times")
        rows = [
            (
                r.time,
                r.endpoint,
                str(r.status),
                r.reason,
                r.address,
                str(r.bytes),
                r.digest[:12],
                str(r.count),
            )
            for r in found
        ]
        _print_table(columns, rows)
    else:
        err.print(f"Nothing was rejected in the last {hours} hours.")


@dead_letters_app.command("list")
def dead_letters_list(
    subscriber: Subscriber = "",
    reason: Reason = "",
    event: EventId = "",
    local: Local = False,
    json: Json = False,
    name: Name = NAME,
) -> None:
    """List dead letters with their reason; the oldest first."""
    letters = list_letters(_deployment(local, name)[0], Choice(subscriber, reason, event))
    if json:
        print(to_json([_without_body(letter) for letter in letters]))  # noqa: T201
    elif letters:
        now = dt.datetime.now(dt.UTC)
        columns = ("Subscriber", "Event", "Type", "Age", "Attempts", "Reason")
        _print_table(
            columns,
            [(x.subscriber, x.event_id, x.type, age(x, now), str(x.attempts), x.reason) for x in letters],
        )
    else:
        err.print("There are no such dead letters.")


@dead_letters_app.command("show")
def dead_letters_show(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id, as `list` shows it.")],
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Show all of an event's dead letters as JSON, with the event itself."""
    letters = list_letters(_deployment(local, name)[0], Choice(event_id=event))
    if not letters:
        raise OperationError(f"There is no dead letter of {event}; run: jamwire dead-letters list")
    print(to_json([_without_body(letter) | {"message": letter.body} for letter in letters]))  # noqa: T201


@dead_letters_app.command("redrive")
def dead_letters_redrive(
    subscriber: Subscriber = "",
    reason: Reason = "",
    event: EventId = "",
    yes: Yes = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Send dead letters to their subscriber once more; it says how many before it does."""
    deployment, choice = _deployment(local, name)[0], Choice(subscriber, reason, event)
    if count := _confirmed(deployment, choice, "Send {} once more", yes=yes):
        with Progress(console=err) as progress:
            task = progress.add_task("Sending", total=count)
            redrive(deployment, choice, told=lambda letter: progress.advance(task))


@dead_letters_app.command("discard")
def dead_letters_discard(
    subscriber: Subscriber = "",
    reason: Reason = "",
    event: EventId = "",
    yes: Yes = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Throw dead letters away for good; it says how many before it does."""
    deployment, choice = _deployment(local, name)[0], Choice(subscriber, reason, event)
    if count := _confirmed(deployment, choice, "Throw {} away for good", yes=yes):
        with Progress(console=err) as progress:
            task = progress.add_task("Discarding", total=count)
            discard(deployment, choice, told=lambda letter: progress.advance(task))


def _confirmed(deployment: Deployment, choice: Choice, question: str, *, yes: bool) -> int:
    """How many letters are to be dealt with; none where there are none or the person says no."""
    count = len(list_letters(deployment, choice))
    if not count:
        err.print("There are no such dead letters.")
    elif not yes and not typer.confirm(
        question.format(f"{count} dead letter{'' if count == 1 else 's'}") + "?", err=True
    ):
        return 0
    return count


def _without_body(letter: Letter) -> dict[str, object]:
    return {k: v for k, v in dataclasses.asdict(letter).items() if k not in ("body", "receipt")}


def _deployment(local: bool, name: str) -> tuple[Deployment, str | None]:
    """The deployment, and the inbox's address where it is the local one."""
    if not local:
        return Deployment.aws(name), None
    account = _local_account(name)
    ports = account.running()
    if ports is None:
        raise OperationError("The local account is not running; run: make up")
    return account.deployment, ports.inbox_url


def _local_account(name: str) -> "LocalAccount":
    from jamwire.local.account import LocalAccount
    from jamwire.local.paths import DIRECTORY

    return LocalAccount(DIRECTORY, context={} if name == NAME else {"deployment": name})


def _ask(what: str) -> str:
    """A secret from standard input or a hidden prompt; an argument would stay in the shell's history."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _print_endpoints(found: list[Endpoint]) -> None:
    _print_table(("Endpoint", "Source", "URL"), [(e.name, e.source, e.url) for e in found])


def _print_samples(json: bool) -> None:
    if json:
        print(to_json([{"name": label, "says": sample.says} for label, sample in SAMPLES.items()]))  # noqa: T201
    else:
        _print_table(("Sample", "What it is"), [(label, sample.says) for label, sample in SAMPLES.items()])


def _print_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, no_wrap=True)  # an address is there to be copied, whole
    for row in rows:
        table.add_row(*map(_plain, row))
    Console(highlight=False, width=_WIDEST).print(table)


def _plain(text: str) -> str:
    """Text that Rich takes for no markup."""
    return text.replace("[", r"\[")
