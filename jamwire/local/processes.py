"""Processes of a local account: they outlive the command that starts them, and a later one finds them again."""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import Final

import psutil

from jamwire.local.credentials import HOST
from jamwire.local.polling import wait_for

READY_SECONDS: Final = 30
GRACE_SECONDS: Final = 5
TAIL_LINES: Final = 25

MARK: Final = "JAMWIRE_LOCAL_PROCESS"
"""The environment variable by which they are known.

Whatever they start inherits it, so that nothing is lost when the command that started them is killed, and no process
id is remembered that might have become another's.
"""

_children: Final[list[subprocess.Popen[bytes]]] = []
"""Those of this process, kept until they have ended: it is on us to ask the system for their end."""


def start(
    name: str,
    command: Sequence[str | Path],
    directory: Path,
    environment: Mapping[str, str],
    *,
    ready: Callable[[], bool],
) -> bool:
    """Start a process that outlives this one and wait until it is ready; says whether it came to that.

    Args:
        name: What it is known by beside the directory. What it prints goes to ``logs/<name>.log``.
        command: The program and its arguments.
        directory: The account's directory.
        environment: All of its environment.
        ready: Tells whether it is ready.
    """
    log = log_of(directory, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - our own command
            [str(part) for part in command],
            cwd=directory,
            env={**environment, **mark(directory, name)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children.append(child)
    with suppress(TimeoutError):
        wait_for(lambda: ready() or child.poll() is not None, seconds=READY_SECONDS, what=name)
        if child.poll() is None:
            return True
    stop(directory, name)
    return False


def log_of(directory: Path, name: str) -> Path:
    """Where a process's output is."""
    return directory / "logs" / f"{name}.log"


def last_words(directory: Path, name: str) -> str:
    """The end of a process's output, for whoever must find out why it does not start."""
    return "\n".join(log_of(directory, name).read_text(errors="replace").splitlines()[-TAIL_LINES:])


def mark(directory: Path, name: str) -> dict[str, str]:
    """The mark as a part of a process's environment."""
    return {MARK: f"{name}@{directory.resolve()}"}


@dataclass(frozen=True, slots=True)
class AccountProcess:
    """A process of an account, as it was when it was found."""

    process: psutil.Process
    command: Sequence[str]
    environment: Mapping[str, str]


def find(directory: Path, name: str = "") -> list[AccountProcess]:
    """The account's processes of this name, or all, with whatever they have started."""
    place = str(directory.resolve())
    marks = ((found, *found.environment[MARK].partition("@")) for found in _marked())
    return [found for found, its_name, _, its_place in marks if its_place == place and name in ("", its_name)]


def _marked() -> Iterator[AccountProcess]:
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # it has ended, or belongs to somebody else
            environment = process.environ()
            if MARK in environment:
                yield AccountProcess(process, process.cmdline(), environment)


def stop(directory: Path, name: str = "") -> None:
    """End the account's processes of this name, or all; those that do not end by themselves are killed."""
    family = [found.process for found in find(directory, name)]
    for signal in (psutil.Process.terminate, psutil.Process.kill):
        for process in family:
            with suppress(psutil.NoSuchProcess):
                signal(process)
        _, family = psutil.wait_procs(family, timeout=GRACE_SECONDS)
        if not family:
            break
    _children[:] = [child for child in _children if child.poll() is None]


def kill(directory: Path) -> None:
    """Kill all of the account's processes, also those that others of them start meanwhile.

    Raises:
        TimeoutError: Some of them do not end.
    """

    def gone() -> bool:
        left = find(directory)
        for found in left:
            with suppress(psutil.NoSuchProcess):
                found.process.kill()
        return not left

    wait_for(gone, seconds=GRACE_SECONDS, what="the end of the account's processes")


def free_port(preferred: int = 0) -> int:
    """A port of this machine that nobody listens on; the preferred one, if that is free."""
    with suppress(OSError), create_server((HOST, preferred)) as server:
        return int(server.getsockname()[1])
    return free_port()
