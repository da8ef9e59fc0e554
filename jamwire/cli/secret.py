"""``jamwire secret``: the live secrets of endpoints, and of destinations such as slack."""

from typing import Annotated

import typer

from jamwire.cli.options import Json, Local, Name, ask, find_deployment
from jamwire.cli.retry import retry_waiting
from jamwire.cli.terminal import err, print_json, print_table
from jamwire.operations.deployment import NAME
from jamwire.operations.rejections import last_used
from jamwire.operations.secrets import (
    add_secret,
    generate_secret,
    list_secrets,
    remove_secret,
    subscriber_of,
)

app = typer.Typer(
    no_args_is_help=True, help="The live secrets of endpoints, and of destinations such as slack."
)

Who = Annotated[str, typer.Argument(metavar="NAME", help="An endpoint, or a destination such as slack.")]


@app.command("add")
def add(
    who: Who,
    generate: Annotated[bool, typer.Option(help="Make one, and print it this once.")] = False,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Put a secret beside the live ones; it is read from standard input or asked for.

    What waits for a destination is tried at once with its new secret.
    """
    deployment, _ = find_deployment(local, name)
    value = generate_secret(deployment, who) if generate else ask(f"Secret of {who}")
    key = add_secret(deployment, who, value)
    err.print(f"Secret {key.id} of {who} is live.")
    if at := subscriber_of(deployment, who):
        retry_waiting(deployment, at)
    if generate:
        typer.echo(value)


@app.command("list")
def list_(who: Who, local: Local = False, json: Json = False, name: Name = NAME) -> None:
    """List live secrets by id, never by value; the newest last."""
    deployment, _ = find_deployment(local, name)
    keys = list_secrets(deployment, who)
    # Ingest tells when an endpoint's secret verified something; a destination's is simply the newest.
    is_endpoint = who in {endpoint.name for endpoint in deployment.endpoints}
    used = last_used(deployment, {key.id for key in keys}) if is_endpoint else {}
    if json:
        print_json([{"id": k.id, "added": k.added, "last_used": used.get(k.id)} for k in keys])
    elif keys:
        rows = [
            (key.id, key.added, used.get(key.id, "not within 14 days" if is_endpoint else "")) for key in keys
        ]
        print_table(("Secret", "Added", "Last used (to the hour)"), rows)
    else:
        err.print(f"{who} has no secret and refuses everything; run: jamwire secret add {who}")


@app.command("remove")
def remove(
    who: Who,
    secret: Annotated[str, typer.Argument(metavar="SECRET", help="Its id, as `secret list` shows it.")],
    local: Local = False,
    name: Name = NAME,
) -> None:
    """End a secret."""
    remove_secret(find_deployment(local, name)[0], who, secret)
    err.print(f"Secret {secret} of {who} is ended.")
