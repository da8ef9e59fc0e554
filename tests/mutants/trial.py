"""Runs tests on changed code, which is nowhere but in the memory of the process that runs them.

A process collects the tests of a place, and learns by one run which functions each of them reaches. Then it forks a
child for each change in a function: the child puts the changed code in the function's place and runs the tests that
reach it, the fastest first. Such a change costs its tests and nothing else.

What is read or called while modules are imported (a class's defaults, a catalogue) is changed as it is imported: a
child of a process that has read all libraries, but none of our modules, collects the tests anew and runs all of them.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pytest

from tests.mutants.children import FORK, Job, Verdict, limit, run, silence
from tests.mutants.imported import OPTIONS, as_imported, paths_of
from tests.mutants.operators import Mutant
from tests.mutants.place import run_place

KEPT_MODULES: Final = ("tests", "tests.mutants")
OURS: Final = ("lambdas", "tests", "stacks", "jamwire", "examples", "docs", "bench")

Tests = tuple[str, ...]


def judge(mutants: Mapping[Mutant, Tests], workers: int) -> Iterator[Verdict]:
    """Run on each mutant the tests that have to notice it; in the order in which they end.

    Raises:
        LookupError: Tests fail on the code as it is.
    """
    warm_up(set(mutants.values()))
    for tests in dict.fromkeys(mutants.values()):
        ours, theirs = FORK.Pipe(duplex=False)
        some = [mutant for mutant, its in mutants.items() if its == tests]
        process = FORK.Process(target=run_place, args=(tests, some, workers, theirs))
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
        yield from run(
            [Job(mutant, as_imported(tests, mutant), limit(seconds)) for mutant in unsettled], workers
        )


def warm_up(places: Iterable[Tests]) -> None:
    """Read every library that the tests need, and forget our own modules, which each process reads anew."""
    with silence():
        pytest.main([*OPTIONS, "--collect-only", *paths_of(path for tests in places for path in tests)])
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        if name not in KEPT_MODULES and not name.startswith("tests.mutants."):
            del sys.modules[name]
