"""An example that runs until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from jamwire.cli.terminal import err, out, plain
from jamwire.operations.errors import OperationError


def shown(show: Callable[[argparse.Namespace], None], options: argparse.Namespace) -> None:
    """Show it until Ctrl-C; what a person can put right ends in one line and exit code 1."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            show(options)
    except OperationError as error:
        err.print(f"[red]demo:[/red] {plain(str(error))}")
        sys.exit(1)
    out.print("\nThe local account is stopped.")


def a_positive(text: str) -> float:
    """A number of the command's arguments.

    Raises:
        argparse.ArgumentTypeError: It is none, or not more than 0.
    """
    if not 0 < (value := float(text)) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}, expected more than 0")
    return value
