"""A list of followers is read chunk by chunk, longer than a chunk though it be: an older deployment's were longer."""

import pytest

from lambdas.contracts.audience_job import Job
from lambdas.followers.chunk import Chunk, next_chunk
from lambdas.followers.recipients import Recipient, Recipients
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.followers.fan_outs import TEN

PARTITION = "topic#push#line-12"


def chunks_of(ids: list[str], following: list[str], size: int) -> list[Chunk]:
    table = AudienceTable()
    for id in following:
        table.items[PARTITION, id] = Recipient(id=id, address=b"sealed").to_item(PARTITION)
    job = Job(kind="topic", channel="push", fanout="f", followers=tuple(ids))
    recipients = Recipients(table, "audience")  # type: ignore[arg-type]
    chunks = [next_chunk(recipients, PARTITION, job, "", size)]
    while not chunks[-1].is_last and len(chunks) < len(ids):
        chunks.append(next_chunk(recipients, PARTITION, job, chunks[-1].cursor, size))
    return chunks


@pytest.mark.parametrize(("followers", "sizes"), [(3, [3]), (4, [4]), (5, [4, 1]), (8, [4, 4])])
def test_list_is_read_in_chunks(followers: int, sizes: list[int]) -> None:
    chunks = chunks_of(TEN[:followers], TEN, size=4)
    assert [len(chunk.recipients) for chunk in chunks] == sizes
    assert [one.id for chunk in chunks for one in chunk.recipients] == TEN[:followers]
    assert chunks[-1].cursor == TEN[followers - 1]


def test_those_who_have_left_are_counted() -> None:
    chunks = chunks_of(TEN[:6], TEN[1:4], size=4)
    assert [(len(chunk.recipients), chunk.ended) for chunk in chunks] == [(3, 1), (0, 2)]
