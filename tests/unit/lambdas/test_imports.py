"""Which modules of `lambdas` import which, for their types included: read from the code, without running it."""

import ast
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[3]


def imports() -> dict[str, set[str]]:
    """Each module with the modules that it imports."""
    found = {name_of(path): path for path in (ROOT / "lambdas").rglob("*.py")}
    return {module: set(imported(path, found)) & found.keys() for module, path in found.items()}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, found: Collection[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (member if member in found else node.module for member in members)


def test_no_module_is_imported_in_a_circle() -> None:
    graph = imports()
    assert "lambdas.runtime.ledger" in graph["lambdas.runtime.context"]
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
