"""Runs tests on changed code, which is nowhere but in the memory of the process that runs them.

A process collects the tests of a place, and learns by one run which functions each of them reaches. Then it forks a
child for each change in a function: the child puts the changed code in the function's place and runs the tests that
reach it, the fastest first. Such a change costs its tests and nothing else.

What is read or called while modules are imported (a class's defaults, a catalogue) is changed as it is imported: a
child of a process that has read all libraries, but none of our modules, collects the tests anew and runs all of them.
"""

import contextlib
import cProfile
import gc
import importlib.abc
import importlib.machinery
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import pytest

from tests.mutants.operators import Mutant, mutated
from tests.mutants.places import nearest_first

ROOT: Final = Path(__file__).parents[2]
LAMBDAS: Final = str(ROOT / "lambdas") + os.sep

OPTIONS: Final = (
    *("-x", "-q", "-s", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"),
    "--hypothesis-profile=mutants",
)
KEPT_MODULES: Final = ("tests", "tests.mutants")
OURS: Final = ("lambdas", "tests", "stacks", "jamwire", "examples", "docs", "bench")

LEAST_SECONDS: Final = 20.0
TIMES_AS_LONG: Final = 4
"""A change after which the tests do not end is noticed: they may take this many times as long as without it."""

MAX_MEMORY: Final = 4 << 30
"""Bytes; a change may fill the memory without end."""

Tests = tuple[str, ...]
Line = tuple[str, int]
"""A function by its file and its first line."""

FORK: Final = multiprocessing.get_context("fork")


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


def judge(mutants: Mapping[Mutant, Tests], workers: int) -> Iterator[Verdict]:
    """Run on each mutant the tests that have to notice it; in the order in which they end.

    Raises:
        LookupError: Tests fail on the code as it is.
    """
    warm_up(set(mutants.values()))
    for tests in dict.fromkeys(mutants.values()):
        ours, theirs = FORK.Pipe(duplex=False)
        some = [mutant for mutant, its in mutants.items() if its == tests]
        process = FORK.Process(target=_run_place, args=(tests, some, workers, theirs))
        process.start()
        theirs.close()
        try:
            while isinstance(told := ours.recv(), Verdict):
                yield told
        except EOFError:
            expected = f"expected them to pass: {' '.join(tests)}"
            raise LookupError(f"Tests fail on the code as it is, {expected}") from None
        process.join()
        seconds, unsettled = told
        limit = max(LEAST_SECONDS, TIMES_AS_LONG * seconds)
        yield from run([Job(mutant, _as_imported(tests, mutant), limit) for mutant in unsettled], workers)


def warm_up(places: Iterable[Tests]) -> None:
    """Read every library that the tests need, and forget our own modules, which each process reads anew."""
    with _silence():
        pytest.main([*OPTIONS, "--collect-only", *_paths(path for tests in places for path in tests)])
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        if name not in KEPT_MODULES and not name.startswith("tests.mutants."):
            del sys.modules[name]


def run(jobs: Sequence[Job], workers: int) -> Iterator[Verdict]:
    """Do jobs, each in a child, several at a time."""
    waiting, running = list(reversed(jobs)), dict[int, tuple[Job, Any, float]]()
    while waiting or running:
        while waiting and len(running) < workers:
            job = waiting.pop()
            process = FORK.Process(target=_child, args=(job.run,))
            process.start()
            running[process.sentinel] = (job, process, time.monotonic())
        wait(list(running), timeout=0.5)
        now = time.monotonic()
        for sentinel, (job, process, started) in list(running.items()):
            if process.is_alive() and now - started < job.timeout:
                continue
            if process.pid and process.is_alive():
                os.killpg(process.pid, signal.SIGKILL)
            process.join()
            del running[sentinel]
            yield Verdict(job.mutant, process.exitcode != 0, now - started)


def _child(passes: Callable[[], bool]) -> None:
    os.setsid()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    with _silence():
        status = 0 if passes() else 1
    os._exit(status)


def _run_place(tests: Tests, mutants: Sequence[Mutant], workers: int, told: Connection) -> None:
    place = Place(mutants, workers, told)
    with _silence():
        pytest.main([*OPTIONS, *_paths(tests)], plugins=[place])
    told.close()
    os._exit(0)


class Place:
    """A plugin that runs a place's collected tests once for each mutant, each time in a child.

    Args:
        mutants: The changes.
        workers: How many children at a time.
        told: Takes verdicts, and at the end how long all tests take, and the mutants that must be imported to be seen.
    """

    def __init__(self, mutants: Sequence[Mutant], workers: int, told: Connection) -> None:
        self._mutants = mutants
        self._workers = workers
        self._told = told
        self._calls = Calls()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests: learn what they reach, then run them on each mutant."""
        imported = self._calls.take()
        reached = self._reached(session)
        self._calls.end()
        if reached is None:
            return True
        functions = _functions()
        jobs: list[Job] = []
        unsettled: list[Mutant] = []
        for mutant in self._mutants:
            changed = _changed(mutant, functions)
            if changed is None:
                unsettled.append(mutant)
                continue
            places = [place for place, (_, called) in enumerate(reached) if _reaches(called, mutant)]
            places.sort(key=lambda place: reached[place][0])
            items = [session.items[place] for place in places]
            limit = max(LEAST_SECONDS, TIMES_AS_LONG * sum(reached[place][0] for place in places))
            jobs.append(Job(mutant, _in_place(session, items, mutant, changed), limit))
        gc.freeze()
        for verdict in run(jobs, self._workers):
            if not verdict.noticed and _reaches(imported, verdict.mutant):
                unsettled.append(verdict.mutant)
            else:
                self._told.send(verdict)
        self._told.send((sum(seconds for seconds, _ in reached), unsettled))
        return True

    def _reached(self, session: pytest.Session) -> list[tuple[float, set[Line]]] | None:
        """How long each test takes and which functions it reaches; None where one fails."""
        ours, theirs = FORK.Pipe(duplex=False)

        def learn() -> bool:
            learnt = []
            for item in session.items:
                started = time.perf_counter()
                _run_items(session, [item])
                learnt.append((time.perf_counter() - started, self._calls.take()))
            theirs.send(None if session.testsfailed else learnt)
            return True

        process = FORK.Process(target=_child, args=(learn,))
        process.start()
        theirs.close()
        try:
            found: list[tuple[float, set[Line]]] | None = ours.recv()
        except EOFError:
            found = None
        process.join()
        return found


class Calls:
    """Notes which of our functions are called, in any thread, from now on."""

    def __init__(self) -> None:
        self._profile = cProfile.Profile(subcalls=False, builtins=False)
        self._others = set[CodeType]()
        threading.setprofile(self._note)  # in threads that begin later
        self._profile.enable()

    def take(self) -> set[Line]:
        """Those that were called since the last time."""
        self._profile.disable()
        codes = {entry.code for entry in self._profile.getstats() if isinstance(entry.code, CodeType)}
        codes |= self._others
        self._profile.clear()
        self._others = set()
        self._profile.enable()
        ours = (code for code in codes if code.co_filename.startswith(LAMBDAS))
        return {(code.co_filename, code.co_firstlineno) for code in ours}

    def end(self) -> None:
        """Note no more."""
        self._profile.disable()
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        self._others.add(frame.f_code)


def _run_items(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return


def _reaches(called: Collection[Line], mutant: Mutant) -> bool:
    first, last = mutant.lines or (0, -1)
    return any((str(ROOT / mutant.path), line) in called for line in range(first, last + 1))


def _functions() -> dict[str, list[FunctionType]]:
    """All functions of ours that there are, by their files."""
    found: dict[str, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename.startswith(LAMBDAS):
            found.setdefault(thing.__code__.co_filename, []).append(thing)
    return found


Changed = list[tuple[FunctionType, CodeType]]


def _changed(mutant: Mutant, functions: Mapping[str, list[FunctionType]]) -> Changed | None:
    """The functions of a file and what they become; None where the change cannot be put into them."""
    path = str(ROOT / mutant.path)
    codes = {_name(code): code for code in _codes(_compiled(path, mutant.number))}
    changed = [(each, codes.get(_name(each.__code__))) for each in functions.get(path, ())]
    fits = [(each, code) for each, code in changed if code and code.co_freevars == each.__code__.co_freevars]
    first, last = mutant.lines or (0, -1)
    here = any(first <= each.__code__.co_firstlineno <= last for each, _ in fits)
    return fits if len(fits) == len(changed) and here else None


def _name(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _compiled(path: str, number: int) -> CodeType:
    code: CodeType = compile(mutated(Path(path).read_text(), number), path, "exec", dont_inherit=True)
    return code


def _in_place(
    session: pytest.Session, items: Sequence[pytest.Item], mutant: Mutant, changed: Changed
) -> Callable[[], bool]:
    """Runs collected tests with changed functions, also where a test reads the module anew."""

    def passes() -> bool:
        sys.meta_path.insert(0, MutantFinder(mutant))
        for function, code in changed:
            function.__code__ = code
        _run_items(session, items)
        return not session.testsfailed

    return passes


def _as_imported(tests: Tests, mutant: Mutant) -> Callable[[], bool]:
    """Collects tests and runs them with a module that is changed as it is imported."""

    def passes() -> bool:
        sys.meta_path.insert(0, MutantFinder(mutant))
        return pytest.main([*OPTIONS, *_paths(tests)], plugins=[NearestFirst(mutant.path)]) == 0

    return passes


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
        return _compiled(self.path, self._number)


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


def _paths(tests: Iterable[str]) -> list[str]:
    return [str(ROOT / path) for path in dict.fromkeys(tests)]


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
