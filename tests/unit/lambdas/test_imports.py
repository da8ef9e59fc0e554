"""Which modules of `lambdas` import which, for their types included; and what no function starts with."""

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HANDLERS = sorted(path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py"))

HEAVY = {"asyncio", "cryptography", "slack_sdk"}
"""Each would add a twentieth to a function's start, or more."""

SEALING = {"cryptography"}
"""What the audience's functions start with that read or write an address, a link or a push."""

HEAVY_FOR_INGEST = {*HEAVY, "aws_lambda_powertools"}
"""A sender waits for ingest (`docs/decisions/0003-ingest-without-powertools.md`)."""


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


@pytest.mark.parametrize("function", HANDLERS)
def test_function_starts_without_what_is_heavy(function: str) -> None:
    code = f"import sys, lambdas.{function}.handler; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = HEAVY_FOR_INGEST if function == "ingest" else HEAVY
    heavy = heavy - SEALING if function.startswith("audience_") else heavy
    assert heavy & {*done.stdout.split()} == set()
