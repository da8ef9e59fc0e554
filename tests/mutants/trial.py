"""Runs tests on changed code, which is nowhere but in the memory of the process that runs them.

A process that has read pytest, its plugins and all libraries forks one child for each trial, so that a trial costs its
tests and nothing else, and an interrupted run leaves nothing behind.
"""

import contextlib
import importlib.abc
import importlib.machinery
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest

from tests.mutants.operators import Mutant, mutated
from tests.mutants.places import nearest_first

ROOT: Final = Path(__file__).parents[2]

OPTIONS: Final = (
    *("-x", "-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"),
    "--hypothesis-profile=mutants",
)
KEPT_MODULES: Final = ("tests", "tests.mutants")
OURS: Final = ("lambdas", "tests", "stacks", "jamwire", "examples", "docs", "bench")

LEAST_SECONDS: Final = 20.0
TIMES_AS_LONG: Final = 4
"""A change after which the tests do not end is noticed: they may take this many times as long as without it."""

MAX_MEMORY: Final = 4 << 30
"""Bytes; a change may fill the memory without end."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Tests that are to be run.

    Attributes:
        tests: What pytest is told.
        mutant: What is changed; None for the code as it is.
        timeout: How long they may take, seconds.
    """

    tests: tuple[str, ...]
    mutant: Mutant | None = None
    timeout: float = 600.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a trial: whether a test has failed, or they did not end, and how long it took in seconds."""

    trial: Trial
    noticed: bool
    seconds: float


class MutantFinder(importlib.abc.MetaPathFinder):
    """Finds one module changed."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == self._name else None
        if spec and spec.origin:
            spec.loader = MutantLoader(spec.name, spec.origin, self._mutant.number)
        return spec


class MutantLoader(importlib.machinery.SourceFileLoader):
    """Reads a module with one of its changes made."""

    def __init__(self, name: str, path: str, number: int) -> None:
        super().__init__(name, path)
        self._number = number

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text()
        code: CodeType = compile(mutated(source, self._number), self.path, "exec", dont_inherit=True)
        return code


class NearestFirst:
    """A plugin that runs the nearest tests first: most changes are noticed there."""

    def __init__(self, path: str) -> None:
        self._order = nearest_first(path)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=self._distance)

    def _distance(self, item: pytest.Item) -> int:
        matches = (place for place, start in enumerate(self._order) if item.nodeid.startswith(start))
        return next(matches, len(self._order))


def limits(tests: Collection[tuple[str, ...]], workers: int) -> dict[tuple[str, ...], float]:
    """How long the tests of each place may take, seconds; by running them on the code as it is.

    Raises:
        LookupError: Some of them fail there.
    """
    verdicts = list(run([Trial(some) for some in tests], workers))
    if failing := [" ".join(verdict.trial.tests) for verdict in verdicts if verdict.noticed]:
        raise LookupError(f"Tests fail on the code as it is, expected them to pass: {'; '.join(failing)}")
    return {verdict.trial.tests: max(LEAST_SECONDS, TIMES_AS_LONG * verdict.seconds) for verdict in verdicts}


def judge(mutants: Mapping[Mutant, tuple[str, ...]], workers: int) -> Iterator[Verdict]:
    """Run on each mutant the tests that have to notice it; in the order in which they end."""
    places = set(mutants.values())
    warm_up(places)
    seconds = limits(places, workers)
    yield from run([Trial(tests, mutant, seconds[tests]) for mutant, tests in mutants.items()], workers)


def warm_up(tests: Iterable[tuple[str, ...]]) -> None:
    """Read every library that the tests need, and forget our own modules, which each trial reads anew."""
    paths = dict.fromkeys(path for some in tests for path in some)
    with _silence():
        pytest.main([*OPTIONS, "--collect-only", *(str(ROOT / path) for path in paths)])
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        if name not in KEPT_MODULES and not name.startswith("tests.mutants."):
            del sys.modules[name]


def run(trials: Sequence[Trial], workers: int) -> Iterator[Verdict]:
    """Run trials, several at a time."""
    fork = multiprocessing.get_context("fork")
    waiting, running = list(reversed(trials)), dict[int, tuple[Trial, Any, float]]()
    while waiting or running:
        while waiting and len(running) < workers:
            trial = waiting.pop()
            process = fork.Process(target=_child, args=(trial,), daemon=True)
            process.start()
            running[process.sentinel] = (trial, process, time.monotonic())
        wait(list(running), timeout=0.5)
        now = time.monotonic()
        for sentinel, (trial, process, started) in list(running.items()):
            if process.is_alive() and now - started < trial.timeout:
                continue
            if process.pid and process.is_alive():
                os.killpg(process.pid, signal.SIGKILL)
            process.join()
            del running[sentinel]
            yield Verdict(trial, process.exitcode != 0, now - started)


def _child(trial: Trial) -> None:
    os.setsid()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    plugins = []
    if trial.mutant:
        sys.meta_path.insert(0, MutantFinder(trial.mutant))
        plugins.append(NearestFirst(trial.mutant.path))
    with _silence():
        status = pytest.main([*OPTIONS, *(str(ROOT / path) for path in trial.tests)], plugins=plugins)
    os._exit(int(status))


@contextlib.contextmanager
def _silence() -> Iterator[None]:
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
