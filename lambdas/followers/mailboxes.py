"""Which mailboxes were asked: one person has many addresses, ``ann+1@`` and ``ann+2@``, and is asked once a day.

Each address is a follower of its own; whoever enters one after the other would fill the mailbox with questions.
"""

from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_table import PENDING_SECONDS, TTL, key
from lambdas.followers.addresses import mailbox_of
from lambdas.followers.identity import stranger_id

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_QUESTION: Final = "question"


class Mailboxes:
    """The mailboxes that were asked within a day.

    Args:
        client: DynamoDB.
        table: The audience's table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def may_ask(self, address: str, follower: str, lookup_key: bytes, now: float) -> bool:
        """Note that a follower is asked; tells whether no other address of its mailbox was within a day.

        Args:
            address: The address in its one form.
            follower: The follower's id; how often it is asked itself, its own item knows.
            lookup_key: The audience's.
            now: Unix seconds.
        """
        where = key(f"limit#mailbox#{stranger_id(lookup_key, mailbox_of(address))}", _QUESTION)
        note: dict[str, Any] = {
            **{name: {"S": value} for name, value in where.items()},
            "follower": {"S": follower},
            TTL: {"N": str(int(now) + PENDING_SECONDS)},
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=note,
                ConditionExpression="attribute_not_exists(#ttl) OR #ttl <= :now OR #follower = :follower",
                ExpressionAttributeNames={"#ttl": TTL, "#follower": "follower"},
                ExpressionAttributeValues={":now": {"N": str(int(now))}, ":follower": {"S": follower}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
