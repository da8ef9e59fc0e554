"""Processes of a local account: started apart from the command that starts them, found again by their mark."""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Final

import psutil

GRACE_SECONDS: Final = 5


def mark(directory: Path) -> str:
    """The argument by which every process of this account is known, even if its starter was killed."""
    return f"--directory={directory.resolve()}"


def start(
    name: str, command: Sequence[str], directory: Path, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a process that outlives this one; what it prints goes to ``logs/<name>.log``."""
    logs = directory / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{name}.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own command
            [*command, mark(directory)],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def find(directory: Path, containing: str = "") -> list[psutil.Process]:
    """The account's processes, without those that they have started in turn."""
    marked = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if mark(directory) in line and any(containing in part for part in line):
            marked.append(process)
    return marked


def stop(processes: Sequence[psutil.Process]) -> None:
    """End processes and all that they have started; those that do not end by themselves are killed."""
    family = list(processes)
    for process in processes:
        try:
            family += process.children(recursive=True)
        except psutil.NoSuchProcess:
            continue
    for signal in (psutil.Process.terminate, psutil.Process.kill):
        for process in family:
            try:
                signal(process)
            except psutil.NoSuchProcess:
                continue
        _, family = psutil.wait_procs(family, timeout=GRACE_SECONDS)
        if not family:
            return


def free_port(preferred: int = 0) -> int:
    """A port of 127.0.0.1 that nobody listens on; the preferred one, if that is free."""
    for port in (preferred, 0) if preferred else (0,):
        with closing(socket(AF_INET, SOCK_STREAM)) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port of 127.0.0.1 is free")
