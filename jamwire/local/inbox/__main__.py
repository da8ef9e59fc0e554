"""Runs the inbox: ``python -m jamwire.local.inbox --port 4001 --account-port 4000 --directory .jamwire``."""

import argparse
import secrets
import time
from functools import partial
from pathlib import Path

import uvicorn

from jamwire.console.context import Context
from jamwire.local.console_token import console_token
from jamwire.local.credentials import HOST, endpoint_url, local_session
from jamwire.local.inbox.account import LocalOutgoing
from jamwire.local.inbox.app import make_app
from jamwire.operations.aws import KeptClients
from jamwire.operations.deployment import NAME, Deployment


def main() -> None:
    """Serve on 127.0.0.1 until told to end."""
    parser = argparse.ArgumentParser(prog="jamwire.local.inbox")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account-port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, help="what the account identifies itself with over TLS")
    parser.add_argument("--directory", type=Path, required=True, help="the account's")
    parser.add_argument("--deployment", default=NAME)
    options = parser.parse_args()
    app = make_app(
        LocalOutgoing(options.account_port, options.certificate),
        console=_context(options),
        token=console_token(options.directory),
    )
    # A request that hangs because it was told to must not hold up the end.
    uvicorn.run(
        app,
        host=HOST,
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


def _context(options: argparse.Namespace) -> Context:
    """The console's, for the deployment in the local account."""
    clients = KeptClients(partial(local_session, options.account_port, options.certificate))
    url = endpoint_url(options.account_port, tls=options.certificate is not None)
    return Context(
        find_deployment=lambda: Deployment(options.deployment, client=clients, local_url=url),
        clock=time.time,
        sleep=time.sleep,
        fresh=lambda: secrets.token_hex(12),
    )


if __name__ == "__main__":
    main()
