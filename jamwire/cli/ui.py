"""``jamwire ui``: the console, a page on this machine."""

import secrets
import time
from typing import Annotated

import typer

from jamwire.cli.options import Local, Name, find_deployment, local_account
from jamwire.cli.terminal import err, out
from jamwire.console.app import make_console
from jamwire.console.context import Context
from jamwire.console.server import address, listen, serve
from jamwire.operations.aws import KeptClients
from jamwire.operations.deployment import NAME, Deployment
from jamwire.operations.errors import OperationError


def ui(
    port: Annotated[
        int, typer.Option(help="Where it listens; any free port without it.", min=0, max=65535)
    ] = 0,
    local: Local = False,
    name: Name = NAME,
) -> None:
    """Show a deployment in the browser, and act on it."""
    deployment, _ = find_deployment(local, name)
    if local:  # the local account serves it, with what stands in for the outside
        out.print(local_account(name).console_url)
        return
    clients, token = KeptClients(), secrets.token_urlsafe(24)
    context = Context(
        find_deployment=lambda: Deployment(name, client=clients, local_url=deployment.local_url),
        clock=time.time,
        sleep=time.sleep,
        fresh=lambda: secrets.token_hex(12),
        forget_credentials=clients.forget,
    )
    try:
        listening = listen(port)
    except OSError as error:
        raise OperationError(f"Port {port} cannot be used: {error.strerror}") from None
    out.print(address(listening.getsockname()[1], token))
    err.print("[dim]Open it in a browser on this machine. Ctrl-C ends it.[/dim]")
    serve(make_console(context, token=token), listening)
