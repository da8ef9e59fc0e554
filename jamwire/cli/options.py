"""What the commands share: options, and how a deployment is found."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from jamwire.cli.terminal import print_table
from jamwire.local.account import LocalAccount
from jamwire.local.paths import DIRECTORY
from jamwire.operations.deployment import NAME, DeployedEndpoint, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.hearings import Heard
from jamwire.operations.times import length

Local = Annotated[bool, typer.Option("--local", help="Use the local account that `jamwire up` started.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[
    str, typer.Option("--deployment", envvar="JAMWIRE_DEPLOYMENT", help="First part of the stacks' names.")
]


def find_deployment(local: bool, name: str) -> tuple[Deployment, str | None]:
    """The deployment, and the inbox's address where it is the local one."""
    if not local:
        return Deployment.aws(name), None
    account = local_account(name)
    ports = account.running()
    if ports is None:
        raise OperationError("The local account is not running; run: make up")
    return account.deployment, ports.inbox_url


def options_of(local: bool, name: str) -> str:
    """The options by which another command finds the same deployment."""
    return f"{' --local' if local else ''}{'' if name == NAME else f' --deployment {name}'}"


def local_account(name: str) -> LocalAccount:
    """The local account of this clone."""
    return LocalAccount(DIRECTORY, context={} if name == NAME else {"deployment": name})


def ask(what: str) -> str:
    """A secret from standard input or a hidden prompt; an argument would stay in the shell's history."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def print_endpoints(found: list[DeployedEndpoint], hearings: Mapping[str, Heard] | None = None) -> None:
    """Print endpoints with their whole addresses, and when each was last heard where that is known."""
    columns, rows = ("Endpoint", "Source", "URL"), [(e.name, e.source, e.url) for e in found]
    if hearings is None:
        print_table(columns, rows)
        return
    heard = [(_every(e), hearings[e.name].last_heard or "never", _silent(hearings[e.name])) for e in found]
    more = ("Expected", "Last heard", "")
    print_table((*columns, *more), [(*row, *of) for row, of in zip(rows, heard, strict=True)])


def endpoints_document(
    found: list[DeployedEndpoint], hearings: Mapping[str, Heard]
) -> list[dict[str, str | float | None]]:
    """Endpoints for ``--json``: `expect` in seconds, None where nothing is expected."""
    return [
        {
            "name": e.name,
            "source": e.source,
            "url": e.url,
            "expect": e.expect or None,
            "last_heard": hearings[e.name].last_heard or None,
            "silent_since": hearings[e.name].silent_since or None,
        }
        for e in found
    ]


def _every(endpoint: DeployedEndpoint) -> str:
    return f"every {length(endpoint.expect)}" if endpoint.expect else ""


def _silent(of: Heard) -> str:
    return "silent" if of.silent_since else ""
