"""Children of a process that try changes: several at a time, each within its time, and none that outlives an interrupt."""

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, Final

from tests.mutants.operators import Mutant

FORK: Final = multiprocessing.get_context("fork")

LEAST_SECONDS: Final = 20.0
TIMES_AS_LONG: Final = 4
"""A change after which the tests do not end is noticed: they may take this many times as long as without it."""

MAX_MEMORY: Final = 4 << 30
"""Bytes; a change may fill the memory without end."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a change: whether a test has failed, or they did not end, and how long it took in seconds."""

    mutant: Mutant
    noticed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """Something for a child to do.

    Attributes:
        mutant: The change.
        run: Gives whether all tests pass.
        timeout: How long it may take, seconds.
    """

    mutant: Mutant
    run: Callable[[], bool]
    timeout: float


def limit(seconds: float) -> float:
    """How long tests may take on a change that take so long without it."""
    return max(LEAST_SECONDS, TIMES_AS_LONG * seconds)


def run(jobs: Sequence[Job], workers: int) -> Iterator[Verdict]:
    """Do jobs, each in a child, several at a time."""
    waiting, running = list(reversed(jobs)), dict[int, tuple[Job, Any, float]]()
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job = waiting.pop()
                process = FORK.Process(target=in_child, args=(job.run,))
                process.start()
                running[process.sentinel] = (job, process, time.monotonic())
            wait(list(running), timeout=0.5)
            now = time.monotonic()
            for sentinel, (job, process, started) in list(running.items()):
                if process.is_alive() and now - started < job.timeout:
                    continue
                _kill(process)
                del running[sentinel]
                yield Verdict(job.mutant, process.exitcode != 0, now - started)
    finally:
        for _, process, _ in running.values():
            _kill(process)


def _kill(process: Any) -> None:
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
    process.join()


def in_child(passes: Callable[[], bool]) -> None:
    os.setsid()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    with silence():
        status = 0 if passes() else 1
    os._exit(status)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """While the block lasts, nothing is printed, whoever tries."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, copy in enumerate(kept, start=1):
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)
