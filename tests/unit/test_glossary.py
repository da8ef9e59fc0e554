"""The glossary explains every name that a person meets in a log, a metric, an event or a table.

The names are read from the code's own syntax, so that a new one without a line in the glossary fails here.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lambdas.contracts.access_log import COUNTED
from lambdas.contracts.metrics import RECIPIENTS
from tests.conftest import ROOT

LAMBDAS = ROOT / "lambdas"
OPERATIONS = ROOT / "jamwire" / "operations"
GLOSSARY = ROOT / "docs" / "glossary.md"

EVENT_TYPE = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
METRIC = re.compile(r"([A-Z][a-z]+)+")
ATTRIBUTE = re.compile(r"[a-z]+(_[a-z]+)*")

COUNTS = ("add_metric", "single_metric", "count", "_count", "_metric")
"""Functions whose first argument names a metric."""

WRITES = re.compile(r"put_item|PutRequest|update_item|table(\(\))?\.update")
"""What the source of a module says that writes items to DynamoDB."""

LAYOUT = re.compile(r"_(table|item)\.py$")
"""The name of a module that lays an item out."""

WIRE_TYPES = {"S", "N", "B", "BOOL", "SS", "NS", "M", "L"}
"""DynamoDB's types of values (DynamoDB API reference, `AttributeValue`)."""


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def modules(folder: Path) -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in sources(folder)]


def texts(tree: ast.AST) -> Iterator[str]:
    """Every constant text, without docstrings' prose: those hold spaces."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def event_types() -> set[str]:
    """What reads as an event type where both sides agree on events, and where alarms become events."""
    trees = [*modules(LAMBDAS / "contracts"), *modules(LAMBDAS / "alarm_events")]
    found = {text for tree in trees for text in texts(tree) if EVENT_TYPE.fullmatch(text)}
    return {text for text in found if not text.startswith("data.")}  # a place in an event's JSON


def outcomes_table() -> ast.Dict:
    """`OUTCOMES` of the runtime's report."""
    tree = ast.parse((LAMBDAS / "runtime" / "report.py").read_text())
    [table] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "OUTCOMES"
    ]
    assert isinstance(table, ast.Dict)
    return table


def outcomes() -> set[str]:
    """The runtime's, and those that ingest writes into its log."""
    runtime = {text for key in outcomes_table().keys if key for text in texts(key)}
    ingest = {
        text
        for tree in modules(LAMBDAS / "ingest")
        for node in ast.walk(tree)
        for value in outcomes_of_ingest(node)
        for text in texts(value)
    }
    return runtime | ingest


def outcomes_of_ingest(node: ast.AST) -> Iterator[ast.expr]:
    """``{"outcome": …}`` in a log line, or the outcome with which `other` is called."""
    if isinstance(node, ast.Dict):
        yield from (
            v for k, v in zip(node.keys, node.values, strict=True) if k and ast.unparse(k) == "'outcome'"
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "other":
        yield node.args[2]


def metrics() -> set[str]:
    """Those of outcomes, and whatever is counted by its name."""
    of_outcomes = {next(texts(value)) for value in outcomes_table().values}
    calls = [
        node
        for tree in modules(LAMBDAS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args
    ]
    counted = {
        text
        for call in calls
        if ast.unparse(call.func).rpartition(".")[2] in COUNTS
        for text in texts(call.args[0])
        if METRIC.fullmatch(text)
    }
    return of_outcomes | counted | counted_by_ingest() | COUNTED.keys() | set(RECIPIENTS.values())


def counted_by_ingest() -> set[str]:
    """What ingest names for its log to count: ``counted=("RepetitionsUnknown",)``."""
    return {
        text
        for tree in modules(LAMBDAS / "ingest")
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "counted"
        for text in texts(node.value)
    }


def attributes() -> set[str]:
    """Names of attributes in DynamoDB's tables."""
    found = {"id"}
    for path in [*sources(LAMBDAS), *sources(OPERATIONS)]:
        source = path.read_text()
        tree = ast.parse(source)
        if WRITES.search(source) or LAYOUT.search(path.name):
            found |= {
                name for name in keys(tree) if ATTRIBUTE.fullmatch(name) and not is_value_only(name, source)
            }
            found |= set(keys(tree, of_wire_types=True))
        found |= set(fields_of_items(tree))
    return found


def keys(tree: ast.Module, *, of_wire_types: bool = False) -> Iterator[str]:
    """Keys of dictionaries, as a display or by assignment; a constant of the module stands for its text.

    With `of_wire_types`, only those whose value is written as DynamoDB wants it: ``{"version": {"N": …}}``.
    """
    constants = {
        ast.unparse(node.target): node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and node.value
    }
    for node in ast.walk(tree):
        for place in places_of(node, of_wire_types):
            place = constants.get(ast.unparse(place), place)
            if isinstance(place, ast.Constant) and isinstance(place.value, str) and place.value[:1] != ":":
                yield place.value


def places_of(node: ast.AST, of_wire_types: bool) -> Iterator[ast.expr]:
    """The keys that a dictionary is given here."""
    if isinstance(node, ast.Dict):
        pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
        yield from (key for key, value in pairs if not of_wire_types or is_wire_type(value))
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and not of_wire_types:
        yield node.slice


def is_wire_type(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Dict)
        and {ast.unparse(key).strip("'") for key in value.keys if key} <= WIRE_TYPES
    )


def is_value_only(name: str, source: str) -> bool:
    """Whether a condition names it as a value (``:now``) and never as an attribute (``#now``)."""
    return bool(re.search(rf"[^\w]:{name}\b", source)) and not re.search(rf"#{name}\b", source)


def fields_of_items(tree: ast.Module) -> Iterator[str]:
    """Fields of a class that says how an item is laid out."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.endswith("Item"):
            yield from (ast.unparse(part.target) for part in node.body if isinstance(part, ast.AnnAssign))


def explained(section: str) -> list[str]:
    """The names in the first column of a section's table."""
    text = GLOSSARY.read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]


SECTIONS = {
    "Event types": event_types,
    "Outcomes": outcomes,
    "Metrics": metrics,
    "Attributes": attributes,
}


@pytest.mark.parametrize(("section", "names"), SECTIONS.items(), ids=SECTIONS)
def test_glossary_explains_every_name_in_the_code(section: str, names: Callable[[], set[str]]) -> None:
    assert names() - set(explained(section)) == set()


@pytest.mark.parametrize(("section", "names"), SECTIONS.items(), ids=SECTIONS)
def test_glossary_explains_no_name_that_is_gone(section: str, names: Callable[[], set[str]]) -> None:
    assert set(explained(section)) - names() == set()


@pytest.mark.parametrize("section", SECTIONS)
def test_glossary_explains_a_name_once(section: str) -> None:
    names = explained(section)
    assert sorted(names) == sorted(set(names))
