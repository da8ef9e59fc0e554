"""The fewest items that cover what has changed, within what CloudFront allows and what may be paid.

Each item of an invalidation is paid as one path, a wildcard too. As long as all that changed may be named, it is: the
pages beside it stay cached. Where that is too many, folders become wildcards, the deepest and fullest first, and at the
very last everything is one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from lambdas.cdn.items import EVERYTHING, is_wildcard, without_covered

MAX_PATHS: Final = 3000
MAX_WILDCARDS: Final = 15
"""In progress for one distribution at a time (CloudFront developer guide, "InvalidationLimits")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What an invalidation may hold.

    Attributes:
        paths: Paths and tags.
        wildcards: Paths with a wildcard.
        affordable: Items of any kind; one is always affordable.
    """

    paths: int = MAX_PATHS
    wildcards: int = MAX_WILDCARDS
    affordable: int = MAX_PATHS

    def holds(self, items: Collection[str]) -> bool:
        """Whether there is room for these."""
        wildcards = sum(map(is_wildcard, items))
        return (
            wildcards <= self.wildcards
            and len(items) - wildcards <= self.paths
            and len(items) <= max(self.affordable, 1)
        )


def compact(changed: Collection[str], room: Room) -> list[str] | None:
    """Items that cover all that changed, in order; None where there is no room even for one wildcard.

    Args:
        changed: Paths, wildcards and tags, as items.
        room: What the invalidation may hold.
    """
    items = without_covered(changed)
    return next((sorted(some) for some in _ever_coarser(items, room) if room.holds(some)), None)


def _ever_coarser(items: set[str], room: Room) -> Iterator[set[str]]:
    yield items
    paths = {item for item in items if item.startswith("/")}
    tags = items - paths
    folders = {path: _folders(path) for path in paths}
    depths = {depth for above in folders.values() for depth in range(1, len(above))}
    for depth in sorted(depths, reverse=True):
        yield from _with_folders_of(depth, folders, tags, room)
    yield {EVERYTHING}


def _with_folders_of(
    depth: int, folders: dict[str, list[str]], tags: set[str], room: Room
) -> Iterator[set[str]]:
    """Wildcards for the fullest folders of a depth, one more each time."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for path, above in folders.items():
        if len(above) > depth:
            groups[above[depth]].add(path)
    fullest = sorted(
        (folder for folder, paths in groups.items() if len(paths) > 1), key=lambda f: (-len(groups[f]), f)
    )
    named = set(folders)
    wildcards: set[str] = set()
    for folder in fullest[: room.wildcards]:
        named -= groups[folder]
        wildcards.add(f"{folder}*")
        yield named | wildcards | tags


def _folders(path: str) -> list[str]:
    """The folders above a path: ``/``, ``/blog/``, ``/blog/2026/``."""
    head = path.partition("?")[0]
    return [head[: place + 1] for place, character in enumerate(head) if character == "/"]
