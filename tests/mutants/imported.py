"""A module that is changed as it is imported, and the tests that then run, collected anew."""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest

from tests.mutants.operators import Mutant, mutated
from tests.mutants.places import nearest_first

ROOT: Final = Path(__file__).parents[2]

OPTIONS: Final = (
    *("-x", "-q", "-s", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"),
    "--hypothesis-profile=mutants",
)


def as_imported(tests: tuple[str, ...], mutant: Mutant) -> Callable[[], bool]:
    """Collects tests and runs them with a module that is changed as it is imported."""

    def passes() -> bool:
        sys.meta_path.insert(0, MutantFinder(mutant))
        return pytest.main([*OPTIONS, *paths_of(tests)], plugins=[NearestFirst(mutant.path)]) == 0

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
        return compiled(self.path, self._number)


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


def compiled(path: str, number: int) -> CodeType:
    code: CodeType = compile(mutated(Path(path).read_text(), number), path, "exec", dont_inherit=True)
    return code


def paths_of(tests: Iterable[str]) -> list[str]:
    return [str(ROOT / path) for path in dict.fromkeys(tests)]
