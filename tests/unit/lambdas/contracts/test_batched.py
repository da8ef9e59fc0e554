from collections.abc import Sequence

import pytest

from lambdas.contracts.batched import batched


@pytest.mark.parametrize(
    ("things", "batches"), [("", []), ("ab", [("a", "b")]), ("abcde", [("a", "b"), ("c", "d"), ("e",)])]
)
def test_batches_are_full_but_for_the_last(things: str, batches: Sequence[tuple[str, ...]]) -> None:
    assert list(batched(iter(things), 2)) == batches
