"""`itertools.batched`, which Python has from 3.12 on: the command and synthesis run on 3.11 as well."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def batched(things: Iterable[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
    """Things in groups of up to `size`, in order, as batch calls of AWS take them."""
    iterator = iter(things)
    while batch := tuple(islice(iterator, size)):
        yield batch
