"""The size of the dependency layer as Lambda unpacks it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from stacks.constructs.function import install_dependencies


def measure(*, short: bool) -> Iterator[Figure]:
    """Megabytes on disk; there is no shorter form."""
    with tempfile.TemporaryDirectory() as folder:
        install_dependencies(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    yield Figure(name="dependency layer, unzipped", value=size / 1e6, unit="MB", goal=15)
