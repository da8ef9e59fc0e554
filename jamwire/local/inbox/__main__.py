"""Runs the inbox: ``python -m jamwire.local.inbox --port 4001 --account-port 4000``."""

import argparse
from pathlib import Path

import uvicorn

from jamwire.local.credentials import HOST
from jamwire.local.inbox.account import LocalOutgoing
from jamwire.local.inbox.app import make_app


def main() -> None:
    """Serve on 127.0.0.1 until told to end."""
    parser = argparse.ArgumentParser(prog="jamwire.local.inbox")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account-port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, help="what the account identifies itself with over TLS")
    options = parser.parse_args()
    app = make_app(LocalOutgoing(options.account_port, options.certificate))
    # A request that hangs because it was told to must not hold up the end.
    uvicorn.run(
        app,
        host=HOST,
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
