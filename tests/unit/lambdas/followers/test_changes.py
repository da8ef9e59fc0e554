"""A change of a follower writes what has changed, and nothing else."""

from dataclasses import replace

from lambdas.contracts.audience_table import topic_partition
from lambdas.followers.changes import Change, transaction_of
from lambdas.followers.follower import Follower
from tests.unit.lambdas.followers.people import ANN, browser


def written(old: Follower, new: Follower) -> set[str]:
    """Partitions in which a change writes an item whole."""
    writes = transaction_of("table", [Change(id=ANN, version=1, old=old, new=new)])
    return {write["Put"]["Item"]["pk"]["S"] for write in writes if "Put" in write}


def test_place_that_stays_is_not_written_again() -> None:
    old = browser(topics=("line-12",))
    partitions = written(old, replace(old, topics=("line-12", "line-7")))
    assert topic_partition("push", "line-7") in partitions
    assert topic_partition("push", "line-12") not in partitions


def test_place_is_written_again_where_who_stands_there_has_changed() -> None:
    old = browser(topics=("line-12",))
    assert topic_partition("push", "line-12") in written(old, replace(old, address=b"elsewhere"))
