"""The ``jamwire`` command: operate a deployment, and run the local account."""

import sys

import typer

from jamwire.cli import dead_letters, events, live, rejected, secret, send
from jamwire.cli import local_account as account
from jamwire.cli.options import err, plain
from jamwire.operations.deployment import OperationError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
for command in (account.up, account.down, account.status, account.endpoints, live.live, send.send):
    app.command()(command)
groups = {"secret": secret, "rejected": rejected, "events": events, "dead-letters": dead_letters}
for name, group in groups.items():
    app.add_typer(group.app, name=name)


def main() -> None:
    """Run the command; what a person can put right ends in one line and exit code 1."""
    try:
        app()
    except OperationError as error:
        err.print(f"[red]jamwire:[/red] {plain(str(error))}")
        sys.exit(1)
