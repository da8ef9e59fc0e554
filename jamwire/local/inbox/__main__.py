"""Runs the inbox: ``python -m jamwire.local.inbox --port 4001 --account-port 4000``."""

import argparse

import uvicorn

from jamwire.local.inbox.account import LocalOutgoing
from jamwire.local.inbox.app import make_app


def main() -> None:
    """Serve on 127.0.0.1 until told to end."""
    parser = argparse.ArgumentParser(prog="jamwire.local.inbox")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account-port", type=int, required=True)
    parser.add_argument(
        "--directory", help="the local account's directory: a mark by which the process is found"
    )
    options = parser.parse_args()
    app = make_app(LocalOutgoing(options.account_port))
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
