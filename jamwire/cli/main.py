"""The ``jamwire`` command: operate a deployment, and run the local account."""

import pkgutil
import sys
from typing import Any, Final, NamedTuple

import typer
import typer.core
import typer.main

from jamwire.cli.terminal import err, plain
from jamwire.operations.errors import OperationError


class Listed(NamedTuple):
    """A command as the list of commands shows it: where it is, in `jamwire.cli`, and its help."""

    place: str
    help: str


COMMANDS: Final = {
    "up": Listed("local_account:up", "Start or update the local account, and deploy every stack into it."),
    "down": Listed("local_account:down", "Stop the local account."),
    "status": Listed(
        "local_account:status",
        "Show the endpoints, the inbox and the stacks, with warnings.",
    ),
    "doctor": Listed(
        "doctor:doctor", "Check all that a deployment needs, and say what to do; 1 where something is wrong."
    ),
    "endpoints": Listed(
        "local_account:endpoints",
        "List the addresses to give to your services, and when each was last heard.",
    ),
    "live": Listed(
        "live:app",
        "Print what to put into the site's pages so that they listen; with `state`, what they show.",
    ),
    "send": Listed("send:send", "Send a signed sample of what a source sends."),
    "secret": Listed("secret:app", "The live secrets of endpoints, and of destinations such as slack."),
    "rejected": Listed("rejected:app", "Requests that endpoints refused."),
    "events": Listed("events:app", "Events of the last weeks, and what became of them."),
    "audience": Listed("audience:app", "The people who asked to be told, and what they are told."),
    "ui": Listed("ui:ui", "Show a deployment in the browser, and act on it."),
    "listen": Listed("listen:listen", "Forward real events to a receiver on this machine, signed anew."),
    "alarms": Listed("hub:alarms", "Say who gets alarms by e-mail, and how to try it."),
    "unprotect": Listed("hub:unprotect_hub", "Let the hub and an audience be destroyed; asks first."),
    "dead-letters": Listed("dead_letters:app", "Events that could not be delivered."),
}
"""Every command. Its module, and with it boto3, is imported only when the command is run."""


class LazyGroup(typer.core.TyperGroup):
    """A group whose commands are listed without being imported."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments name, imported."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else listed, rest


def load(name: str) -> Any:
    """Import a command.

    Args:
        name: One of `COMMANDS`.
    """
    command, parent = pkgutil.resolve_name(f"jamwire.cli.{COMMANDS[name].place}"), typer.Typer()
    if isinstance(command, typer.Typer):
        parent.add_typer(command, name=name)
    else:
        parent.command(name)(command)
    return typer.main.get_group(parent).commands[name]


def _unloaded() -> None:
    """Stand for a command in the list of commands."""


app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False
)
for name, listed in COMMANDS.items():
    app.command(name, help=listed.help)(_unloaded)


def main() -> None:
    """Run the command; what a person can put right ends in one line and exit code 1."""
    try:
        app()
    except OperationError as error:
        err.print(f"[red]jamwire:[/red] {plain(str(error))}")
        sys.exit(1)
