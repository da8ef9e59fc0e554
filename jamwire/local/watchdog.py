"""Ends a local account together with whoever owns it, however that one ended: killed, it can no longer do so itself.

The owner, and nobody else, holds the write end of a pipe from which the watchdog reads. The system closes it with the
owner, on every platform and whatever the reason, and the watchdog reads its end.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jamwire.local import processes
from jamwire.local.credentials import plain_environment


@contextmanager
def watched(directory: Path) -> Iterator[None]:
    """End the account's processes with the block, or with this process, whichever ends first."""
    command = [sys.executable, "-m", "jamwire.local.watchdog", str(directory.resolve())]
    # In a session of its own: Ctrl-C and the end of a terminal go to whole groups of processes.
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, env=plain_environment(), start_new_session=True
    ):
        yield


def main() -> None:
    """Wait for the owner's end, then kill what is left."""
    sys.stdin.buffer.read()
    processes.kill(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
