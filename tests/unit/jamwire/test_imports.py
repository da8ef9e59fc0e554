"""The command's rooms: what each may import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MODULES = sorted(path for path in (ROOT / "jamwire").rglob("*.py") if path.name != "launcher.py")

NOT_BY_NAME = {
    "jamwire/cli": ("boto3", "botocore", "stacks", "aws_cdk"),
    "jamwire/operations": ("jamwire.cli", "jamwire.local", "typer", "rich", "stacks", "aws_cdk"),
    "jamwire/console": (
        "jamwire.cli",
        "jamwire.local",
        "typer",
        "rich",
        "boto3",
        "botocore",
        "stacks",
        "aws_cdk",
    ),
    "jamwire/samples": ("jamwire.cli", "jamwire.local", "jamwire.operations", "typer", "rich", "boto3"),
    "jamwire/local": ("jamwire.cli", "typer", "rich", "stacks", "aws_cdk"),
}
OF_LAMBDAS = ("lambdas.contracts.", "lambdas.followers.", "lambdas.ingest.")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", NOT_BY_NAME)
def test_room_imports_nothing_of_another_kind(room: str) -> None:
    found = {
        (path.name, name)
        for path in (ROOT / room).rglob("*.py")
        for name in imports(path)
        if any(f"{name}.".startswith(f"{other}.") for other in NOT_BY_NAME[room])
    }
    assert found == set()


def test_of_lambdas_only_what_is_shared_is_imported() -> None:
    found = {
        (path.name, name)
        for path in MODULES
        for name in imports(path)
        if name.startswith("lambdas.") and not f"{name}.".startswith(OF_LAMBDAS)
    }
    assert found == set()


@pytest.mark.parametrize("path", sorted((ROOT / "jamwire").rglob("__init__.py")), ids=str)
def test_package_is_one_docstring(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert [type(node) for node in body] == [ast.Expr]


def test_imports_have_no_circle() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in MODULES}
    open_edges = {
        module: {
            known
            for name in imports(path)
            for known in names
            if name == known or name.rpartition(".")[0] == known
        }
        for module, path in names.items()
    }
    while free := [module for module, imported in open_edges.items() if not imported & open_edges.keys()]:
        for module in free:
            del open_edges[module]
    assert open_edges == {}
