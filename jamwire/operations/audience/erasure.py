"""Erases a person: whole, and proved by reading again."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.audience.addresses import Address
from jamwire.operations.audience.audience import Audience, changing
from jamwire.operations.audience.people import CURSOR, Kept, all_kept, items_with
from jamwire.operations.dynamodb import to_item
from jamwire.operations.errors import OperationError
from lambdas.contracts.audience_table import PARTITION_KEY, SORT_KEY
from lambdas.followers.identity import follower_id

_OF_FOLLOWERS: Final = ("follower#", "topic#", "digest#")

_KEPT_DIGITS: Final = 8
"""Of an id that is a job's cursor. So few name nobody, and hardly another follower begins so and is told twice."""

_LOOKS: Final = 3
"""A worker that is sending at this moment may write a record of it once more."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was there of a person, and that it is gone.

    Attributes:
        was: What was kept.
        items: From how many items it was taken out beside the follower, its places and its proofs.
    """

    was: Kept
    items: int


def erase(audience: Audience, address: Address) -> Erased:
    """Erase all that is kept of a person, and read the table again for it.

    Raises:
        OperationError: The account cannot be asked, or something comes back again and again.
    """
    id = follower_id(audience.keys.lookup, address.channel, address.text)
    was, deleted = all_kept(audience, address), 0
    with changing():
        for _ in range(_LOOKS):
            audience.followers.erase(id)
            left = list(items_with(audience, id))
            if not left:
                return Erased(was, deleted)
            for item in filter(_is_beside, left):
                _take_out(audience, item, id)
                deleted += 1
        if not list(items_with(audience, id)):
            return Erased(was, deleted)
    raise OperationError("Something is written of this person while it is erased; try again in a minute")


def _is_beside(item: Mapping[str, Any]) -> bool:
    """Whether it is beside a follower; what is of one is deleted together with its counts, or not at all."""
    return not item[PARTITION_KEY]["S"].startswith(_OF_FOLLOWERS)


def _take_out(audience: Audience, item: Mapping[str, Any], id: str) -> None:
    """Delete an item; but a job goes on, at the first id that begins as this one does."""
    key = {name: item[name] for name in (PARTITION_KEY, SORT_KEY)}
    if CURSOR not in item:
        audience.dynamodb.delete_item(TableName=audience.table, Key=key)
        return
    with suppress(audience.dynamodb.exceptions.ConditionalCheckFailedException):  # its worker went on
        audience.dynamodb.update_item(
            TableName=audience.table,
            Key=key,
            UpdateExpression="SET #cursor = :before",
            ExpressionAttributeNames={"#cursor": CURSOR},
            ExpressionAttributeValues=to_item({":before": id[:_KEPT_DIGITS].ljust(len(id), "0"), ":id": id}),
            ConditionExpression="#cursor = :id",
        )
