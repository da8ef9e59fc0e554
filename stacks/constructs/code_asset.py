"""Which files of `lambdas` a function is made of: what its handler imports, and no more.

So a change touches only the functions that run it, and a new subscriber touches no other stack.
"""

import ast
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aws_cdk import aws_lambda as lambda_

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = "lambdas"


@contextmanager
def handler_code(handler: str, documents: Mapping[str, str]) -> Iterator[lambda_.Code]:
    """The asset for a handler such as ``lambdas.slack.handler.handle``, known by the hash of what is in it.

    Args:
        handler: The handler's import path.
        documents: Texts of the rulebook's by the names of their files, which are put beside `lambdas`.

    Yields:
        The code. It is copied when the function is made, which must be within the block.

    Raises:
        ValueError: There is no such module.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path in files_of(handler):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        for document, text in documents.items():
            (folder / document).write_text(text)
        yield lambda_.Code.from_asset(name)


def files_of(handler: str) -> list[Path]:
    """The handler's own module or folder, and all of `lambdas` that these import, in order."""
    own = handler.split(".")[:2]
    folder = ROOT.joinpath(*own)
    start = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
    if own[0] != PACKAGE or not all(path.is_file() for path in start):
        raise ValueError(f"The handler is {handler!r}, expected one in {PACKAGE}/ as 'lambdas.pager.handle'.")
    found: set[Path] = set()
    waiting = start
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path)
    return sorted(found)


@cache
def _imports(path: Path) -> tuple[Path, ...]:
    """Files of `lambdas` that a file imports; remembered, since functions are made of much the same files."""
    found: dict[Path, None] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if name.split(".")[0] == PACKAGE:
                found |= dict.fromkeys(_files(name))
    return tuple(found)


def _files(name: str) -> Iterator[Path]:
    """A module and the packages above it; nothing for a name inside a module."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:end])
        for candidate in (place / "__init__.py", place.with_suffix(".py")):
            if candidate.is_file():
                yield candidate
