"""Batches, as AWS's batch calls take them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of `size`, the last one shorter; as `itertools.batched`, which Python 3.11 does not have."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
