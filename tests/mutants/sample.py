"""Which mutants there are, and a sample of them by number and seed."""

import random
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutants.operators import Mutant, mutants_of

EQUIVALENTS: Final = Path(__file__).with_name("equivalents.toml")


class Equivalent(NamedTuple):
    """A change that nobody could see: where, what, and why."""

    place: str
    change: str
    reason: str


def equivalents() -> list[Equivalent]:
    """The changes that are not counted."""
    tables = tomllib.loads(EQUIVALENTS.read_text())["equivalent"]
    return [Equivalent(table["place"], table["change"], table["reason"]) for table in tables]


def place_of(mutant: Mutant) -> str:
    """Where a change is, whatever its line: the file and the function."""
    return f"{mutant.path}::{mutant.function}"


def all_mutants(root: Path, folder: str = "lambdas") -> Iterator[Mutant]:
    """Every change of a folder's files, the equivalent ones, too."""
    for path in sorted((root / folder).rglob("*.py")):
        yield from mutants_of(root, path.relative_to(root).as_posix())


def sample(root: Path, count: int, seed: str, areas: Collection[str] = ()) -> list[Mutant]:
    """Some of the changes that are not equivalent: of all places, or of these folders or files of `lambdas/`."""
    left_out = {(one.place, one.change) for one in equivalents()}
    known = [one for one in all_mutants(root) if (place_of(one), one.change) not in left_out]
    folders = tuple(f"lambdas/{area}" for area in areas)
    those = [one for one in known if one.path.startswith(folders)] if folders else known
    return random.Random(seed).sample(those, min(count, len(those)))  # noqa: S311 - not for secrets
