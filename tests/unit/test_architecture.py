"""The rules of the tree: who may import whom, where things stand, and how long functions are."""

import ast
import graphlib
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("stacks", "lambdas", "jamwire")
RULEBOOKS = ("app", "examples.bus_times.app", "examples.prices.app")

SHARED = ("contracts", "clients", "runtime", "followers")
FUNCTIONS = sorted(
    path.name
    for path in (ROOT / "lambdas").iterdir()
    if path.is_dir() and path.name not in (*SHARED, "__pycache__")
)

ALLOWED = {
    **dict.fromkeys(RULEBOOKS, ("stacks",)),
    "stacks": ("stacks", "lambdas.contracts", "lambdas.ingest"),
    "jamwire": ("jamwire", "lambdas.contracts", "lambdas.ingest", "lambdas.followers"),
    "lambdas.contracts": ("lambdas.contracts",),
    "lambdas.clients": ("lambdas.clients", "lambdas.contracts"),
    "lambdas.followers": ("lambdas.followers", "lambdas.contracts"),
    "lambdas.runtime": ("lambdas.runtime", "lambdas.clients", "lambdas.contracts"),
    **{
        f"lambdas.{name}": (f"lambdas.{name}", *(f"lambdas.{shared}" for shared in SHARED))
        for name in FUNCTIONS
    },
}
"""What each module or package may import of this project, whether at run time or for types only."""

FUNCTIONS_ONLY = ("lambdas.clients", "lambdas.runtime")
KEPT_OUT = {
    "stacks": (*FUNCTIONS_ONLY, "boto3", "botocore"),
    "jamwire.cli": FUNCTIONS_ONLY,
    "jamwire.operations": FUNCTIONS_ONLY,
}
"""What synthesis and the command do without, since a person waits for them."""

MEDIAN_LINES, MAX_LINES = 8, 64


@cache
def modules() -> dict[str, Path]:
    """Every module of the project's code by its name; a package by its own."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    paths += [ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in RULEBOOKS]
    return {_name(path): path for path in sorted(paths)}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(module: str) -> tuple[str, ...]:
    """The modules that a module imports, wherever in it, and for whatever purpose."""
    return tuple(dict.fromkeys(_imports(ast.parse(modules()[module].read_text()))))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "An import is relative, expected it from the root."
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in modules() else node.module


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def is_ours(module: str) -> bool:
    return any(is_in(module, room) for room in (*ROOMS, "examples", "tests", "bench"))


@pytest.mark.parametrize("package", ALLOWED)
def test_package_imports_only_what_it_may(package: str) -> None:
    allowed = ALLOWED[package]
    strangers = [
        f"{module} imports {name}, expected only modules of {', '.join(allowed)}."
        for module in modules()
        if is_in(module, package)
        for name in imports(module)
        if is_ours(name) and not any(is_in(name, one) for one in allowed)
    ]
    assert not strangers, "\n".join(strangers)


def test_contracts_need_the_standard_library_only() -> None:
    strangers = [
        f"{module} imports {name}, expected the standard library and lambdas.contracts only."
        for module in modules()
        if is_in(module, "lambdas.contracts")
        for name in imports(module)
        if name.split(".")[0] not in sys.stdlib_module_names and not is_in(name, "lambdas.contracts")
    ]
    assert not strangers, "\n".join(strangers)


@pytest.mark.parametrize("rulebook", RULEBOOKS)
def test_rulebook_imports_the_cdk_and_stacks_only(rulebook: str) -> None:
    strangers = [name for name in imports(rulebook) if name.split(".")[0] not in ("aws_cdk", "stacks")]
    assert not strangers, f"{rulebook} imports {', '.join(strangers)}, expected aws_cdk and stacks only."


def test_imports_make_no_circle() -> None:
    graph = {
        module: {name for name in imports(module) if name in modules()} - {module} for module in modules()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"These modules import each other in a circle: {' ← '.join(error.args[1])}.")


def test_init_file_is_one_docstring() -> None:
    """But for the runtime's, which is the subscriber's public API."""
    full = [
        f"{path.relative_to(ROOT)} holds more than one docstring, expected its code in a module with a name."
        for path in modules().values()
        if path.name == "__init__.py" and path.parent != ROOT / "lambdas" / "runtime"
        if [type(node) for node in ast.parse(path.read_text()).body] != [ast.Expr]
    ]
    assert not full, "\n".join(full)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_entry_of_a_function_is_its_handler_module(function: str) -> None:
    path = ROOT / "lambdas" / function / "handler.py"
    assert path.is_file(), f"lambdas/{function} has no handler.py, expected the function's entry there."
    names = {name for node in ast.parse(path.read_text()).body for name in _defined(node)}
    assert "handle" in names, (
        f"lambdas/{function}/handler.py defines no `handle`, expected the function's entry."
    )


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    if isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_stacks_name_each_function_by_its_handler() -> None:
    named = {
        node.value
        for module, path in modules().items()
        if is_in(module, "stacks")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        if isinstance(node.value, str) and re.fullmatch(r"lambdas(\.\w+)+", node.value)
    }
    assert named == {f"lambdas.{function}.handler.handle" for function in FUNCTIONS}


@pytest.mark.parametrize("start", KEPT_OUT)
def test_synthesis_and_command_start_without_the_functions_libraries(start: str) -> None:
    names = [name for name in modules() if is_in(name, start)]
    code = f"import sys, {', '.join(names)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = [name for name in KEPT_OUT[start] if name in done.stdout.split()]
    assert not loaded, f"Importing {start} loads {', '.join(loaded)}, expected none of these."


def lines() -> dict[str, int]:
    """How many lines each function has, from its `def` to its end."""
    return {
        f"{module}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_functions_are_short() -> None:
    median = statistics.median(lines().values())
    assert median <= MEDIAN_LINES, f"The median function has {median} lines, expected at most {MEDIAN_LINES}."
    long = [
        f"{name} has {count} lines, expected at most {MAX_LINES}."
        for name, count in lines().items()
        if count > MAX_LINES
    ]
    assert not long, "\n".join(long)
