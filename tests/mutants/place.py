"""A place's tests, collected once, and run on each change by the child of the process that has collected them."""

import cProfile
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from types import CodeType, FrameType, FunctionType
from typing import Final

import pytest

from tests.mutants.children import FORK, Job, in_child, limit, run, silence
from tests.mutants.imported import OPTIONS, ROOT, MutantFinder, compiled, paths_of
from tests.mutants.operators import Mutant

LAMBDAS: Final = str(ROOT / "lambdas") + os.sep

Line = tuple[str, int]
"""A function by its file and its first line."""


def run_place(tests: tuple[str, ...], mutants: Sequence[Mutant], workers: int, told: Connection) -> None:
    place = Place(mutants, workers, told)
    with silence():
        pytest.main([*OPTIONS, *paths_of(tests)], plugins=[place])
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
            seconds = limit(sum(reached[place][0] for place in places))
            jobs.append(Job(mutant, _in_place(session, items, mutant, changed), seconds))
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

        process = FORK.Process(target=in_child, args=(learn,))
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
    codes = {_name(code): code for code in _codes(compiled(path, mutant.number))}
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
